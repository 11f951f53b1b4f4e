/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The configuration as a plain, fully validated tree: what gw.conf and the wg(8) files that it names
 * say. Read at start and at a reload, by one thread at a time; it holds keys, so config_free wipes it.
 * The formats are described in docs/configuration.md and gw.conf(5).
 */

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "wire.h"

/* Which routing table gets the routes to the peers' allowed IPs: wg-quick's Table. */
enum route_mode {
	ROUTE_AUTO,  /* the main table; a default route gets a table and policy rules of its own */
	ROUTE_OFF,   /* none */
	ROUTE_TABLE, /* the table numbered interface_config.route_table */
};

struct peer_config {
	uint8_t public_key[WG_KEY_LEN];
	uint8_t preshared_key[WG_KEY_LEN]; /* all zero: none */
	struct endpoint endpoint;      /* family AF_UNSPEC: not known, the peer must call first */
	struct ip_prefix *allowed_ips; /* host bits cleared */
	size_t n_allowed_ips;
	uint16_t keepalive_s; /* 0: off */
};

/* Where an interface's encrypted packets come and go. */
enum underlay {
	UNDERLAY_SOCKET, /* UDP sockets of the kernel */
	UNDERLAY_PORT,   /* the ports of gw_config */
};

#define CONFIG_NETNS_MAX 64 /* bytes, with the zero */

struct interface_config {
	char name[IFNAMSIZ];
	uint8_t private_key[WG_KEY_LEN];
	uint16_t listen_port; /* 0: any free port */
	uint32_t fwmark;      /* 0: none */
	uint16_t mtu; /* bytes of inner packet; 0: from the route to the peers, as wg-quick does */
	enum route_mode route_mode;
	uint32_t route_table;
	struct ip_prefix *addresses; /* host bits kept */
	size_t n_addresses;
	enum underlay underlay; /* with UNDERLAY_PORT listen_port is not 0 */
	bool is_mss_clamped;    /* TCP through the tunnel agrees on segments that fit it */
	bool is_dscp_copied;    /* from inner to outer packets; else the outer DSCP is 0 */
	char netns
		[CONFIG_NETNS_MAX]; /* of ip-netns(8), where the TUN is; empty: with the sockets */
	struct peer_config *peers;
	size_t n_peers;
	bool is_bare; /* addresses, routes and "up" are left to others, such as wg-quick(8) */
};

enum port_mode {
	PORT_OWN,    /* the NIC is ours; the kernel sees it through a TAP called as the port */
	PORT_SHARED, /* the NIC stays the kernel's; we take our UDP out of it (net_af_xdp only) */
};

struct port_config {
	char name[IFNAMSIZ]; /* of the port, and of its twin in the kernel */
	char device[256];    /* as rte_dev_probe takes it: 0000:3b:00.0 or net_af_xdp0,iface=eth1 */
	enum port_mode mode;
	uint16_t queues;                         /* 0: one per worker */
	uint16_t mtu;                            /* bytes of IP packet; 0: the device's */
	uint16_t rx_descriptors, tx_descriptors; /* 0: the device's own preference */
	uint32_t host_rate; /* packets/s that each worker hands to the host's kernel at most */
	bool is_promiscuous;
};

struct gw_config {
	char crypto[16];       /* "auto", "native", "ipsec-mb", "scalar" */
	char log_level[8];     /* "error", "warning", "info", "debug" */
	uint32_t idle_spin_us; /* a worker without packets polls this long before it sleeps */
	uint32_t mbufs;   /* packet buffers of the whole process; 0: from the number of workers */
	uint16_t mtu_max; /* that interfaces may get while they run; 0: what they have at first */
	uint32_t handshake_lcores; /* that compute handshakes and do nothing else, up to 16 */
	bool is_offloaded;         /* the kernel joins and cuts packets for us, where it can */
	struct endpoint metrics;   /* where Prometheus asks; family AF_UNSPEC: nowhere */
	bool has_peer_metrics;     /* each peer has its own, too */
	struct interface_config *interfaces;
	size_t n_interfaces;
	struct port_config *ports; /* at most WG_PORTS_MAX, named otherwise than interfaces */
	size_t n_ports;
};

/* Where the reader says what is wrong: one line per call, without a newline. */
struct config_report {
	void (*error)(void *context, const char *line);
	void (*warning)(void *context, const char *line);
	void *context;
};

/*
 * config_load reads `path` and every file that it names. NULL: exactly one error was reported, in the form
 * "FILE:LINE: KEY: what is wrong; what is allowed". Resolves endpoint names, so it may wait for DNS. Any thread.
 */
must_check struct gw_config *config_load(const char *path, const struct config_report *report);

/*
 * config_for_interface: an interface without a key, peers or files, of which wg(8) and ip(8) make what they want; the rest
 * is as in a gw.conf that says nothing. NULL: an error was reported.
 */
must_check struct gw_config *config_for_interface(
	const char *name, const struct config_report *report);

/* config_forget_peers wipes and frees the peers and the private keys, which the gateway has copies of by then. */
void config_forget_peers(struct gw_config *config);

/* config_free wipes the keys and frees everything; NULL is allowed. */
void config_free(struct gw_config *config);
