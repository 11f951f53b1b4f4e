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

/* Decimal, or hexadecimal after 0x; nothing else, not even a sign. */
static bool number_read(const char *text, uint64_t *out)
{
	uint64_t base = 10, value = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *digit = strchr(digits, *text);
		uint64_t d = digit ? (uint64_t)(digit - digits) : 16;

		if (d >= 16 && digit)
			d -= 6; /* upper case */
		if (!digit || d >= base)
			return false;
		/* Stays at a value that no key allows, so that a long number is out of range. */
		value = value > UINT32_MAX ? value : value * base + d;
	}
	*out = value;
	return true;
}

static bool number_take(
	struct config_reader *reader, const char *text, uint64_t min, uint64_t max, uint32_t *out)
{
	char shown[CONFIG_QUOTE_MAX];
	uint64_t value;

	if (!number_read(text + (*text == '-'), &value))
		return config_bad_value(reader, "%s is not a number", config_quote(text, shown));
	if (*text == '-' || value < min || value > max)
		return config_bad_value(reader, "%s is out of range", config_quote(text, shown));
	*out = (uint32_t)value;
	return true;
}

static bool number16_take(struct config_reader *reader, const char *text, uint16_t *out)
{
	uint32_t value = 0;

	if (!number_take(reader, text, 0, UINT16_MAX, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

/* One of some words, which end with NULL, into a field of `out_size` bytes. */
static bool word_take(struct config_reader *reader, const char *text, const char *const *words,
	char *out, size_t out_size)
{
	char shown[CONFIG_QUOTE_MAX];

	for (; *words; words++) {
		if (strcmp(text, *words) == 0) {
			snprintf(out, out_size, "%s", text);
			return true;
		}
	}
	return config_bad_value(reader, "%s is not known", config_quote(text, shown));
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
	return number_take(reader, text, 0, 1000000, &reader->config->idle_spin_us);
}

bool value_mbufs(struct config_reader *reader, const char *text)
{
	uint32_t *mbufs = &reader->config->mbufs;

	if (!number_take(reader, text, 0, 16777216, mbufs))
		return false;
	return *mbufs == 0 || *mbufs >= 1024 || config_bad_value(reader, "%u is too small", *mbufs);
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
	return number16_take(reader, text, &reader->interface->listen_port);
}

bool value_fwmark(struct config_reader *reader, const char *text)
{
	return number_take(reader, strcmp(text, "off") == 0 ? "0" : text, 0, UINT32_MAX,
		&reader->interface->fwmark);
}

bool value_mtu(struct config_reader *reader, const char *text)
{
	char shown[CONFIG_QUOTE_MAX];
	uint16_t mtu;

	if (!number16_take(reader, text, &mtu))
		return false;
	if (mtu != 0 && (mtu < 576 || mtu > 9000))
		return config_bad_value(reader, "%s is out of range", config_quote(text, shown));
	reader->interface->mtu = mtu;
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
	return number_take(reader, text, 1, UINT32_MAX, &interface->route_table);
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
	return number16_take(
		reader, strcmp(text, "off") == 0 ? "0" : text, &reader->peer->keepalive_s);
}
