/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/values.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/secure.h"
#include "config/key_text.h"
#include "config/reader.h"
#include "config/scalars.h"

/* One of some words, which end with NULL, into a field of `out_size` bytes. */
static bool word_take(struct config_reader *reader, const char *text, const char *const *words,
	char *out, size_t out_size)
{
	if (scalar_find_word(reader, text, words) < 0)
		return false;
	snprintf(out, out_size, "%s", text);
	return true;
}

bool value_crypto(struct config_reader *reader, const char *text)
{
	static const char *const words[] = {"auto", "native", "ipsec-mb", "scalar", NULL};
	struct gw_config *config = reader->config;

	return word_take(reader, text, words, config->crypto, sizeof(config->crypto));
}

bool value_log_level(struct config_reader *reader, const char *text)
{
	static const char *const words[] = {"error", "warning", "info", "debug", NULL};
	struct gw_config *config = reader->config;

	return word_take(reader, text, words, config->log_level, sizeof(config->log_level));
}

bool value_idle_spin_us(struct config_reader *reader, const char *text)
{
	return scalar_take_number(reader, text, 0, 1000000, &reader->config->idle_spin_us);
}

bool value_mbufs(struct config_reader *reader, const char *text)
{
	uint32_t *mbufs = &reader->config->mbufs;

	if (!scalar_take_number(reader, text, 0, 16777216, mbufs))
		return false;
	return *mbufs == 0 || *mbufs >= 1024 || config_bad_value(reader, "%u is too small", *mbufs);
}

bool value_handshake_lcores(struct config_reader *reader, const char *text)
{
	return scalar_take_number(reader, text, 0, 16, &reader->config->handshake_lcores);
}

bool value_offload(struct config_reader *reader, const char *text)
{
	return scalar_take_flag(reader, text, &reader->config->is_offloaded);
}

bool value_metrics_peers(struct config_reader *reader, const char *text)
{
	return scalar_take_flag(reader, text, &reader->config->has_peer_metrics);
}

bool value_name_is_valid(const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=+.-";
	size_t len = strspn(name, allowed);

	return len > 0 && len < IFNAMSIZ && !name[len] && strcmp(name, ".") != 0
		&& strcmp(name, "..") != 0;
}

bool value_name(struct config_reader *reader, const char *text)
{
	char shown[CONFIG_QUOTE_MAX];

	if (!value_name_is_valid(text))
		return config_bad_value(
			reader, "%s cannot be the name of an interface", config_quote(text, shown));
	snprintf(reader->interface->name, IFNAMSIZ, "%s", text);
	return true;
}

bool value_config(struct config_reader *reader, const char *text)
{
	return config_path(reader, text, reader->wg_path);
}

static bool key_take(struct config_reader *reader, const char *text, uint8_t out[WG_KEY_LEN])
{
	if (key_text_decode(text, strlen(text), out))
		return true;
	return config_bad_value(reader, "not a key in base64, its length is %zu", strlen(text));
}

static bool key_file_take(struct config_reader *reader, const char *text, uint8_t out[WG_KEY_LEN])
{
	char path[PATH_MAX], shown[CONFIG_QUOTE_MAX];
	enum key_file_result result = KEY_FILE_UNREADABLE;
	bool is_exposed = false;
	int descriptor, error;

	if (!config_path(reader, text, path))
		return false;
	descriptor = reader->env->open_file(path);
	if (descriptor >= 0)
		result = key_file_read(descriptor, out, &is_exposed);
	error = errno;
	if (descriptor >= 0)
		close(descriptor);
	if (result == KEY_FILE_UNREADABLE)
		return config_bad_value(reader, "cannot read %s: %s", config_quote(path, shown),
			strerrordesc_np(error));
	if (result == KEY_FILE_NO_KEY)
		return config_bad_value(
			reader, "%s does not hold a key in base64", config_quote(path, shown));
	if (is_exposed)
		config_warn(reader, "%s: holds a key and others can open it; run: chmod 600 %s",
			path, path);
	return true;
}

static bool key_is_zero(const uint8_t key[WG_KEY_LEN])
{
	static const uint8_t zero[WG_KEY_LEN];

	return secure_equal(key, zero, WG_KEY_LEN);
}

/* A key of zeroes is what wg(8) shows for no key. */
static bool private_key_check(struct config_reader *reader)
{
	return !key_is_zero(reader->interface->private_key)
		|| config_bad_value(reader, "the key is all zero");
}

bool value_private_key(struct config_reader *reader, const char *text)
{
	return key_take(reader, text, reader->interface->private_key) && private_key_check(reader);
}

bool value_private_key_file(struct config_reader *reader, const char *text)
{
	return key_file_take(reader, text, reader->interface->private_key)
		&& private_key_check(reader);
}

bool value_public_key(struct config_reader *reader, const char *text)
{
	return key_take(reader, text, reader->peer->public_key)
		&& (!key_is_zero(reader->peer->public_key)
			|| config_bad_value(reader, "the key is all zero"));
}

bool value_preshared_key(struct config_reader *reader, const char *text)
{
	return key_take(reader, text, reader->peer->preshared_key);
}

bool value_preshared_key_file(struct config_reader *reader, const char *text)
{
	return key_file_take(reader, text, reader->peer->preshared_key);
}

bool value_listen_port(struct config_reader *reader, const char *text)
{
	return scalar_take_u16(reader, text, &reader->interface->listen_port);
}

bool value_fwmark(struct config_reader *reader, const char *text)
{
	return scalar_take_number(reader, strcmp(text, "off") == 0 ? "0" : text, 0, UINT32_MAX,
		&reader->interface->fwmark);
}

bool value_mtu(struct config_reader *reader, const char *text)
{
	return scalar_take_u16_or_zero(reader, text, 576, 9000, &reader->interface->mtu);
}

bool value_underlay(struct config_reader *reader, const char *text)
{
	static const char *const words[] = {
		[UNDERLAY_SOCKET] = "socket", [UNDERLAY_PORT] = "port", NULL};
	int found = scalar_find_word(reader, text, words);

	if (found >= 0)
		reader->interface->underlay = (enum underlay)found;
	return found >= 0;
}

bool value_mss_clamp(struct config_reader *reader, const char *text)
{
	return scalar_take_flag(reader, text, &reader->interface->is_mss_clamped);
}

bool value_dscp(struct config_reader *reader, const char *text)
{
	static const char *const words[] = {"zero", "copy", NULL};
	int found = scalar_find_word(reader, text, words);

	reader->interface->is_dscp_copied = found == 1;
	return found >= 0;
}

bool value_netns(struct config_reader *reader, const char *text)
{
	char shown[CONFIG_QUOTE_MAX];

	if (strlen(text) >= CONFIG_NETNS_MAX || strchr(text, '/') || strcmp(text, ".") == 0
		|| strcmp(text, "..") == 0)
		return config_bad_value(
			reader, "%s cannot be the name of a namespace", config_quote(text, shown));
	snprintf(reader->interface->netns, CONFIG_NETNS_MAX, "%s", text);
	return true;
}

bool value_table(struct config_reader *reader, const char *text)
{
	struct interface_config *interface = reader->interface;

	interface->route_table = 0;
	if (strcmp(text, "auto") == 0) {
		interface->route_mode = ROUTE_AUTO;
		return true;
	}
	if (strcmp(text, "off") == 0) {
		interface->route_mode = ROUTE_OFF;
		return true;
	}
	interface->route_mode = ROUTE_TABLE;
	return scalar_take_number(reader, text, 1, UINT32_MAX, &interface->route_table);
}

static bool prefix_take(struct config_reader *reader, const char *text, struct ip_prefix *out)
{
	char shown[CONFIG_QUOTE_MAX];

	return ip_prefix_parse(text, out)
		|| config_bad_value(reader, "%s is not an address with a prefix length",
			config_quote(text, shown));
}

bool value_address(struct config_reader *reader, const char *text)
{
	struct interface_config *interface = reader->interface;
	struct ip_prefix prefix, *addresses;

	if (!prefix_take(reader, text, &prefix))
		return false;
	addresses = config_grow(
		reader, interface->addresses, interface->n_addresses, sizeof(*addresses));
	if (!addresses)
		return false;
	addresses[interface->n_addresses++] = prefix;
	interface->addresses = addresses;
	return true;
}

static bool allowed_ip_note(struct config_reader *reader, const struct ip_prefix *prefix)
{
	struct allowed_ip_note *notes = config_grow(
		reader, reader->allowed_ip_notes, reader->n_allowed_ip_notes, sizeof(*notes));

	if (!notes)
		return false;
	notes[reader->n_allowed_ip_notes++] = (struct allowed_ip_note){
		.prefix = *prefix,
		.peer = reader->interface->n_peers - 1,
		.place = reader->place,
	};
	reader->allowed_ip_notes = notes;
	return true;
}

bool value_allowed_ip(struct config_reader *reader, const char *text)
{
	struct peer_config *peer = reader->peer;
	struct ip_prefix prefix, *allowed_ips;

	if (!prefix_take(reader, text, &prefix))
		return false;
	ip_prefix_mask(&prefix);
	allowed_ips =
		config_grow(reader, peer->allowed_ips, peer->n_allowed_ips, sizeof(*allowed_ips));
	if (!allowed_ips)
		return false;
	allowed_ips[peer->n_allowed_ips++] = prefix;
	peer->allowed_ips = allowed_ips;
	return allowed_ip_note(reader, &prefix);
}

bool value_persistent_keepalive(struct config_reader *reader, const char *text)
{
	return scalar_take_u16(
		reader, strcmp(text, "off") == 0 ? "0" : text, &reader->peer->keepalive_s);
}
