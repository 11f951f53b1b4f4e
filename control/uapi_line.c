/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "uapi_line.h"

#include <errno.h>
#include <net/if.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>

/* A value's parser; false: it is none. */
typedef bool (*value_fn)(const char *text, struct uapi_line *out);

static bool take_key(const char *text, struct uapi_line *out)
{
	size_t len;

	return strlen(text) == 2 * WG_KEY_LEN
		&& sodium_hex2bin(
			   out->bytes, sizeof(out->bytes), text, 2 * WG_KEY_LEN, NULL, &len, NULL)
		== 0
		&& len == WG_KEY_LEN;
}

/* Decimal digits and nothing else. */
static bool take_number(const char *text, uint32_t max, uint32_t *out)
{
	uint64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = 10 * number + (unsigned)(*text - '0');
		if (number > max)
			return false;
	}
	*out = (uint32_t)number;
	return true;
}

static bool take_u16(const char *text, struct uapi_line *out)
{
	return take_number(text, UINT16_MAX, &out->number);
}

static bool take_u32(const char *text, struct uapi_line *out)
{
	return take_number(text, UINT32_MAX, &out->number);
}

static bool take_true(const char *text, struct uapi_line *out)
{
	(void)out;
	return strcmp(text, "true") == 0;
}

static bool take_version(const char *text, struct uapi_line *out)
{
	(void)out;
	return strcmp(text, "1") == 0;
}

/* The zone of an IPv6 address: the name of an interface, or its number. */
static bool take_zone(const char *text, uint32_t *out)
{
	*out = if_nametoindex(text);
	return *out || take_number(text, UINT32_MAX, out);
}

/* Numbers only, 192.0.2.1:port or [2001:db8::1]:port: names are wg(8)'s to resolve. */
static bool take_endpoint(const char *text, struct uapi_line *out)
{
	const char *colon = strrchr(text, ':');
	bool is_bracketed = *text == '[';
	char host[ADDR_TEXT_MAX], *zone;
	uint32_t port;
	size_t len;

	out->endpoint = (struct endpoint){.port = 0};
	if (!colon || !take_number(colon + 1, UINT16_MAX, &port))
		return false;
	len = (size_t)(colon - text);
	if (is_bracketed && (len < 2 || colon[-1] != ']'))
		return false;
	text += is_bracketed;
	len -= is_bracketed ? 2 : 0;
	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	zone = strchr(host, '%');
	if (zone)
		*zone++ = '\0';
	out->endpoint.port = (uint16_t)port;
	return ip_addr_parse(host, &out->endpoint.addr)
		&& is_bracketed == (out->endpoint.addr.family == AF_INET6)
		&& (!zone || (is_bracketed && take_zone(zone, &out->endpoint.scope)));
}

static bool take_allowed_ip(const char *text, struct uapi_line *out)
{
	if (*text == '-') {
		out->key = UAPI_ALLOWED_IP_GONE;
		text++;
	}
	return strchr(text, '/') && ip_prefix_parse(text, &out->prefix);
}

static const struct {
	const char *name;
	enum uapi_key key;
	bool is_of_peer;
	value_fn take;
} keys[] = {
	{"private_key", UAPI_PRIVATE_KEY, false, take_key},
	{"listen_port", UAPI_LISTEN_PORT, false, take_u16},
	{"fwmark", UAPI_FWMARK, false, take_u32},
	{"replace_peers", UAPI_REPLACE_PEERS, false, take_true},
	{"public_key", UAPI_PUBLIC_KEY, false, take_key},
	{"public_key", UAPI_PUBLIC_KEY, true, take_key},
	{"update_only", UAPI_UPDATE_ONLY, true, take_true},
	{"remove", UAPI_REMOVE, true, take_true},
	{"preshared_key", UAPI_PRESHARED_KEY, true, take_key},
	{"endpoint", UAPI_ENDPOINT, true, take_endpoint},
	{"persistent_keepalive_interval", UAPI_KEEPALIVE, true, take_u16},
	{"replace_allowed_ips", UAPI_REPLACE_ALLOWED_IPS, true, take_true},
	{"allowed_ip", UAPI_ALLOWED_IP, true, take_allowed_ip},
	{"protocol_version", UAPI_PROTOCOL_VERSION, true, take_version},
};

int uapi_line_parse(char *text, bool is_about_peer, struct uapi_line *out)
{
	char *value = strchr(text, '=');

	if (!value)
		return -EPROTO;
	*value++ = '\0';
	for (size_t i = 0; i < array_len(keys); i++) {
		if (keys[i].is_of_peer != is_about_peer || strcmp(keys[i].name, text) != 0)
			continue;
		out->key = keys[i].key;
		return keys[i].take(value, out) ? 0 : -EINVAL;
	}
	return -EINVAL;
}
