/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/checks.h"

#include <stdlib.h>
#include <string.h>

#include "config/key_text.h"
#include "config/reader.h"

#define MTU_MIN_IPV6 1280 /* RFC 8200, section 5 */

bool check_mtu(struct config_reader *reader)
{
	const struct interface_config *interface = reader->interface;

	if (interface->mtu == 0 || interface->mtu >= MTU_MIN_IPV6)
		return true;
	for (size_t i = 0; i < interface->n_addresses; i++) {
		if (interface->addresses[i].addr.family != AF_INET6)
			continue;
		reader->place = reader->seen[KEY_MTU];
		reader->key = &config_keys[KEY_MTU];
		return config_bad_value(
			reader, "%u is too small for the interface's IPv6 address", interface->mtu);
	}
	return true;
}

/*
 * Pointers into an array, sorted by what they point to; of equals the earlier comes first, so that the
 * later one gets the error. NULL: out of memory, reported.
 */
typedef int (*compare_fn)(const void *a, const void *b);

static int compare_pointed(const void *a, const void *b, void *compare)
{
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	int order = (*(compare_fn *)compare)(x, y);

	return order ? order : x < y ? -1 : x > y;
}

static const void **sorted(struct config_reader *reader, const void *array, size_t n,
	size_t element_len, compare_fn compare)
{
	const void **pointers = calloc(n + 1, sizeof(*pointers)); /* ends with NULL */

	if (!pointers) {
		config_fail(reader, "memory", "out of memory; allowed: a smaller configuration");
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		pointers[i] = (const char *)array + i * element_len;
	qsort_r(pointers, n, sizeof(*pointers), compare_pointed, &compare);
	return pointers;
}

static int compare_public_key(const void *a, const void *b)
{
	const struct peer_config *x = a, *y = b;

	return memcmp(x->public_key, y->public_key, WG_KEY_LEN);
}

bool check_peers(struct config_reader *reader)
{
	const struct interface_config *interface = reader->interface;
	const void **peers = sorted(reader, interface->peers, interface->n_peers,
		sizeof(*interface->peers), compare_public_key);
	bool is_good = peers;

	for (size_t i = 1; is_good && i < interface->n_peers; i++) {
		const struct peer_config *first = peers[i - 1], *second = peers[i];
		struct place place = reader->peer_places[first - interface->peers];
		char text[KEY_TEXT_LEN + 1];

		if (compare_public_key(first, second) != 0)
			continue;
		reader->place = reader->peer_places[second - interface->peers];
		is_good = config_fail(reader, config_key_name(reader, KEY_PUBLIC_KEY),
			"the peer %s is already at %s:%u; allowed: each peer once",
			key_text_encode(first->public_key, text), place.file, place.line);
	}
	free(peers);
	return is_good;
}

static int compare_prefix(const void *a, const void *b)
{
	const struct allowed_ip_note *x = a, *y = b;

	if (x->prefix.addr.family != y->prefix.addr.family)
		return x->prefix.addr.family < y->prefix.addr.family ? -1 : 1;
	if (x->prefix.len != y->prefix.len)
		return x->prefix.len < y->prefix.len ? -1 : 1;
	return memcmp(x->prefix.addr.bytes, y->prefix.addr.bytes, sizeof(x->prefix.addr.bytes));
}

static bool fail_shared_prefix(struct config_reader *reader, const struct allowed_ip_note *first,
	const struct allowed_ip_note *second)
{
	const struct peer_config *peers = reader->interface->peers;
	char one[KEY_TEXT_LEN + 1], two[KEY_TEXT_LEN + 1], prefix[ADDR_TEXT_MAX];

	reader->place = second->place;
	return config_fail(reader, config_key_name(reader, KEY_ALLOWED_IPS),
		"%s is given to two peers, %s and %s (%s:%u); allowed: one peer for each prefix",
		ip_prefix_format(&second->prefix, prefix),
		key_text_encode(peers[second->peer].public_key, two),
		key_text_encode(peers[first->peer].public_key, one), first->place.file,
		first->place.line);
}

/* wg(8) would move the prefix to the later peer without a word; in a file that is a mistake. */
bool check_allowed_ips(struct config_reader *reader)
{
	size_t n = reader->n_allowed_ip_notes;
	const void **notes = sorted(reader, reader->allowed_ip_notes, n,
		sizeof(*reader->allowed_ip_notes), compare_prefix);
	bool is_good = notes;

	for (size_t i = 1; is_good && i < n; i++) {
		const struct allowed_ip_note *first = notes[i - 1], *second = notes[i];

		if (compare_prefix(first, second) == 0 && first->peer != second->peer)
			is_good = fail_shared_prefix(reader, first, second);
	}
	free(notes);
	return is_good;
}

static int compare_name(const void *a, const void *b)
{
	const struct interface_config *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_listen_port(const void *a, const void *b)
{
	const struct interface_config *x = a, *y = b;

	return (x->listen_port > y->listen_port) - (x->listen_port < y->listen_port);
}

static const struct interface_note *note_of(
	const struct config_reader *reader, const struct interface_config *interface)
{
	return &reader->interface_notes[interface - reader->config->interfaces];
}

static bool check_names(struct config_reader *reader)
{
	const struct gw_config *config = reader->config;
	const void **order = sorted(reader, config->interfaces, config->n_interfaces,
		sizeof(*config->interfaces), compare_name);
	bool is_good = order;

	for (size_t i = 1; is_good && i < config->n_interfaces; i++) {
		const struct interface_note *first = note_of(reader, order[i - 1]);
		const struct interface_config *second = order[i];

		if (compare_name(order[i - 1], second) != 0)
			continue;
		reader->place = note_of(reader, second)->name;
		is_good = config_fail(reader, "name",
			"%s is already the interface at %s:%u; allowed: each name once",
			second->name, first->name.file, first->name.line);
	}
	free(order);
	return is_good;
}

static bool check_listen_ports(struct config_reader *reader)
{
	const struct gw_config *config = reader->config;
	const void **order = sorted(reader, config->interfaces, config->n_interfaces,
		sizeof(*config->interfaces), compare_listen_port);
	bool is_good = order;

	for (size_t i = 1; is_good && i < config->n_interfaces; i++) {
		const struct interface_config *first = order[i - 1], *second = order[i];
		struct place place = note_of(reader, first)->listen_port;

		if (second->listen_port == 0 || compare_listen_port(first, second) != 0)
			continue;
		reader->place = note_of(reader, second)->listen_port;
		reader->format = note_of(reader, second)->format;
		is_good = config_fail(reader, config_key_name(reader, KEY_LISTEN_PORT),
			"%u is already the port of %s at %s:%u; allowed: each port once",
			second->listen_port, first->name, place.file, place.line);
	}
	free(order);
	return is_good;
}

bool check_interfaces(struct config_reader *reader)
{
	return check_names(reader) && check_listen_ports(reader);
}
