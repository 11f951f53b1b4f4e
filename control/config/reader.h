/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the readers of both formats share: where they are, what they have filled so far, and how they
 * say what is wrong. Private to control/config and its tests. Init only.
 */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "config/config.h"
#include "config/keys.h"
#include "config/text_file.h"

/* What a load needs of the machine; tests and fuzzers bring their own. */
struct config_env {
	int (*open_file)(const char *path); /* a descriptor, or -1 and errno */
	int (*resolve)(const char *host, struct ip_addr *out, uint32_t *out_scope); /* 0 or EAI_ */
	void (*pause)(void); /* between two tries of resolve */
	size_t interfaces_max;
	size_t ports_max;
	size_t peers_max; /* of all interfaces together */
};

/* config_env_host is the machine itself. */
extern const struct config_env config_env_host;

struct place {
	const char *file;
	unsigned line; /* 0: nowhere */
};

/* Remembered for the checks that look across keys. */
struct allowed_ip_note {
	struct ip_prefix prefix;
	size_t peer;
	struct place place;
};

struct interface_note {
	enum config_format format;
	struct place name;
	struct place listen_port;
	struct place underlay; /* in gw.conf */
	char *wg_path;         /* keeps the places' file name; NULL: all in gw.conf */
};

struct port_note {
	struct place name;
	struct place device;
};

struct config_reader {
	const struct config_report *report;
	const struct config_env *env;
	struct gw_config *config;
	struct interface_config *interface; /* the last of `config` */
	struct peer_config *peer;           /* the last of `interface` */
	size_t n_peers;                     /* of all interfaces */
	struct port_config *port;           /* the last of `config` */

	/* Where the reader is. */
	enum config_format format;
	struct text_file *file;
	struct place place;
	const struct config_key *key;

	struct place section[N_SCOPES]; /* where the present gateway, interface, peer, port begin */
	struct place seen[N_KEYS];      /* where its keys are */
	char wg_path[PATH_MAX];         /* what the interface's `config` names */

	struct interface_note *interface_notes;   /* as many as interfaces */
	struct port_note *port_notes;             /* as many as ports */
	struct place *peer_places;                /* as many as peers of `interface` */
	struct allowed_ip_note *allowed_ip_notes; /* of `interface` */
	size_t n_allowed_ip_notes;

	unsigned n_pauses; /* taken so far while names were resolved */
	bool has_failed;
};

/*
 * config_fail reports "FILE:LINE: KEY: text" for reader->place; only the first call of a load is heard.
 * Always false, so that a caller can return it. Never give it a secret.
 */
bool config_fail(struct config_reader *reader, const char *key, const char *format, ...)
	printf_like(3, 4);

/* config_bad_value reports the text for reader->key, and what that key allows. Always false. */
bool config_bad_value(struct config_reader *reader, const char *format, ...) printf_like(2, 3);

void config_warn(struct config_reader *reader, const char *format, ...) printf_like(2, 3);

/* config_key_name: the name of `id` in the format that is being read. */
const char *config_key_name(const struct config_reader *reader, enum key_id id);

/*
 * config_quote writes `text` as people may see it: in quotes, on one line, cut when it is long, and
 * not at all when it could hold a key. Returns `out`.
 */
#define CONFIG_QUOTE_MAX 224
const char *config_quote(const char *text, char *out);

/* config_path: `text` as a path from the folder of the file that is being read; false: reported. */
must_check bool config_path(struct config_reader *reader, const char *text, char out[PATH_MAX]);

/*
 * config_grow gives an array of `n` elements room for one more, zeroed; the array then replaces `array`.
 * An array that moves is wiped behind itself. NULL: out of memory, reported; `array` is as it was.
 */
must_check void *config_grow(
	struct config_reader *reader, void *array, size_t n, size_t element_len);

/* config_take_value hands one text to reader->key's parser. */
must_check bool config_take_value(struct config_reader *reader, const char *text);

/* config_load_in is config_load with another machine below it. */
must_check struct gw_config *config_load_in(
	const struct config_env *env, const char *path, const struct config_report *report);
