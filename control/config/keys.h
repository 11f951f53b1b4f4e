/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Every key of gw.conf and of the wg(8) files, in one table: the readers of both formats, the words of
 * their errors and the test that compares conf/gw.full.conf with the code all use it. Init only.
 */

#include <stdbool.h>
#include <stddef.h>

struct config_reader;

enum config_format {
	FORMAT_GW, /* gw.conf, in libconfig's syntax */
	FORMAT_WG, /* the files of wg(8) and wg-quick(8) */
	N_FORMATS,
};

enum config_scope {
	SCOPE_GATEWAY, /* the top level of gw.conf */
	SCOPE_INTERFACE,
	SCOPE_PEER,
	SCOPE_PORT,
	N_SCOPES,
};

enum key_form {
	FORM_TEXT,
	FORM_NUMBER,
	FORM_TEXT_OR_NUMBER,
	FORM_BOOL,
	FORM_LIST, /* of texts; in a wg(8) file split at commas, and further lines add to it */
	FORM_GROUPS,
};

enum key_id {
	KEY_CRYPTO,
	KEY_LOG_LEVEL,
	KEY_IDLE_SPIN_US,
	KEY_MBUFS,
	KEY_HANDSHAKE_LCORES,
	KEY_OFFLOAD,
	KEY_METRICS,
	KEY_METRICS_PEERS,
	KEY_INTERFACES,
	KEY_PORTS,
	KEY_NAME,
	KEY_CONFIG,
	KEY_PRIVATE_KEY,
	KEY_PRIVATE_KEY_FILE,
	KEY_LISTEN_PORT,
	KEY_FWMARK,
	KEY_MTU,
	KEY_TABLE,
	KEY_ADDRESSES,
	KEY_UNDERLAY,
	KEY_MSS_CLAMP,
	KEY_DSCP,
	KEY_NETNS,
	KEY_PEERS,
	KEY_DNS,
	KEY_PRE_UP,
	KEY_POST_UP,
	KEY_PRE_DOWN,
	KEY_POST_DOWN,
	KEY_SAVE_CONFIG,
	KEY_PUBLIC_KEY,
	KEY_PRESHARED_KEY,
	KEY_PRESHARED_KEY_FILE,
	KEY_ENDPOINT,
	KEY_ALLOWED_IPS,
	KEY_PERSISTENT_KEEPALIVE,
	KEY_PORT_NAME,
	KEY_PORT_DEVICE,
	KEY_PORT_MODE,
	KEY_PORT_QUEUES,
	KEY_PORT_MTU,
	KEY_PORT_RX_DESCRIPTORS,
	KEY_PORT_TX_DESCRIPTORS,
	KEY_PORT_HOST_RATE,
	KEY_PORT_PROMISCUOUS,
	N_KEYS,
};

struct config_key {
	const char *name[N_FORMATS]; /* NULL: not a key of that format */
	enum config_scope scope;
	enum key_form form;
	bool is_secret;  /* the text itself is a key */
	bool is_refused; /* known from wg-quick, and never carried out here */

	/* Reads one value, or one element of a list, into what `reader` fills at the moment. */
	bool (*parse)(struct config_reader *reader, const char *text);
	const char *default_text; /* in the words of gw.conf; NULL: none */
	const char *allowed;      /* follows "allowed: " */
};

extern const struct config_key config_keys[N_KEYS];

/* key_find looks `name` up; wg(8) names are free in upper and lower case. NULL: no such key there. */
const struct config_key *key_find(
	enum config_format format, enum config_scope scope, const char *name);

static inline enum key_id key_id(const struct config_key *key)
{
	return (enum key_id)(key - config_keys);
}

/* key_scope_title: how people call that part of a file: "[Peer]" or "a peer". */
const char *key_scope_title(enum config_format format, enum config_scope scope);

/* key_fail_unknown reports that `name` is no key of `scope`, what was meant, and what there is. Always false. */
bool key_fail_unknown(struct config_reader *reader, enum config_scope scope, const char *name);
