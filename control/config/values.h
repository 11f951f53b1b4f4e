/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * One parser for each kind of value, whichever format its text comes from. Each fills what `reader`
 * has open; false: reported. They are called through config_keys. Init only.
 */

#include <stdbool.h>

struct config_reader;

bool value_crypto(struct config_reader *reader, const char *text);
bool value_log_level(struct config_reader *reader, const char *text);
bool value_idle_spin_us(struct config_reader *reader, const char *text);
bool value_mbufs(struct config_reader *reader, const char *text);
bool value_handshake_lcores(struct config_reader *reader, const char *text);
bool value_offload(struct config_reader *reader, const char *text);
bool value_metrics(struct config_reader *reader, const char *text);
bool value_metrics_peers(struct config_reader *reader, const char *text);

bool value_name(struct config_reader *reader, const char *text);
bool value_config(struct config_reader *reader, const char *text);
bool value_private_key(struct config_reader *reader, const char *text);
bool value_private_key_file(struct config_reader *reader, const char *text);
bool value_listen_port(struct config_reader *reader, const char *text);
bool value_fwmark(struct config_reader *reader, const char *text);
bool value_mtu(struct config_reader *reader, const char *text);
bool value_table(struct config_reader *reader, const char *text);
bool value_address(struct config_reader *reader, const char *text);
bool value_underlay(struct config_reader *reader, const char *text);
bool value_mss_clamp(struct config_reader *reader, const char *text);
bool value_dscp(struct config_reader *reader, const char *text);
bool value_netns(struct config_reader *reader, const char *text);

bool value_public_key(struct config_reader *reader, const char *text);
bool value_preshared_key(struct config_reader *reader, const char *text);
bool value_preshared_key_file(struct config_reader *reader, const char *text);
bool value_endpoint(struct config_reader *reader, const char *text);
bool value_allowed_ip(struct config_reader *reader, const char *text);
bool value_persistent_keepalive(struct config_reader *reader, const char *text);

bool value_port_name(struct config_reader *reader, const char *text);
bool value_port_device(struct config_reader *reader, const char *text);
bool value_port_mode(struct config_reader *reader, const char *text);
bool value_port_queues(struct config_reader *reader, const char *text);
bool value_port_mtu(struct config_reader *reader, const char *text);
bool value_port_rx_descriptors(struct config_reader *reader, const char *text);
bool value_port_tx_descriptors(struct config_reader *reader, const char *text);
bool value_port_host_rate(struct config_reader *reader, const char *text);
bool value_port_promiscuous(struct config_reader *reader, const char *text);

/* value_name_is_valid: may the kernel and we call an interface so? */
bool value_name_is_valid(const char *name);
