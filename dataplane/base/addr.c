/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "base/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ip_prefix_mask(struct ip_prefix *prefix)
{
	for (unsigned bit = prefix->len; bit < 8 * sizeof(prefix->addr.bytes); bit++)
		prefix->addr.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
}

bool ip_addr_parse(const char *text, struct ip_addr *out)
{
	*out = (struct ip_addr){.family = strchr(text, ':') ? AF_INET6 : AF_INET};
	return inet_pton(out->family, text, out->bytes) == 1;
}

bool ip_prefix_parse(const char *text, struct ip_prefix *out)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t addr_len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned bits, len = 0;

	if (addr_len >= sizeof(addr))
		return false;
	memcpy(addr, text, addr_len);
	addr[addr_len] = '\0';
	if (!ip_addr_parse(addr, &out->addr))
		return false;
	bits = ip_addr_bits(out->addr.family);
	if (!slash) {
		out->len = (uint8_t)bits;
		return true;
	}
	if (strlen(slash + 1) - 1 > 2) /* one to three digits */
		return false;
	for (const char *digit = slash + 1; *digit; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		len = 10 * len + (unsigned)(*digit - '0');
	}
	out->len = (uint8_t)len;
	return len <= bits;
}

const char *ip_addr_format(const struct ip_addr *addr, char *text)
{
	if (!inet_ntop(addr->family, addr->bytes, text, ADDR_TEXT_MAX))
		snprintf(text, ADDR_TEXT_MAX, "(none)");
	return text;
}

const char *ip_prefix_format(const struct ip_prefix *prefix, char *text)
{
	char addr[ADDR_TEXT_MAX];

	snprintf(text, ADDR_TEXT_MAX, "%.48s/%u", ip_addr_format(&prefix->addr, addr), prefix->len);
	return text;
}

const char *endpoint_format(const struct endpoint *endpoint, char *text)
{
	char addr[ADDR_TEXT_MAX], scope[16] = "";

	ip_addr_format(&endpoint->addr, addr);
	if (endpoint->scope)
		snprintf(scope, sizeof(scope), "%%%u", endpoint->scope);
	if (endpoint->addr.family == AF_INET6)
		snprintf(text, ADDR_TEXT_MAX, "[%.48s%s]:%u", addr, scope, endpoint->port);
	else
		snprintf(text, ADDR_TEXT_MAX, "%.48s:%u", addr, endpoint->port);
	return text;
}

socklen_t endpoint_to_sockaddr(const struct endpoint *endpoint, struct sockaddr_storage *out)
{
	if (endpoint->addr.family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;

		*in = (struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
		memcpy(&in->sin_addr, endpoint->addr.bytes, sizeof(in->sin_addr));
		return sizeof(*in);
	}

	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	*in6 = (struct sockaddr_in6){.sin6_family = AF_INET6,
		.sin6_port = htons(endpoint->port),
		.sin6_scope_id = endpoint->scope};
	memcpy(&in6->sin6_addr, endpoint->addr.bytes, sizeof(in6->sin6_addr));
	return sizeof(*in6);
}

void endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr_storage *address)
{
	*out = (struct endpoint){.addr.family = AF_UNSPEC};
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)address;

		out->addr.family = AF_INET;
		out->port = ntohs(in->sin_port);
		memcpy(out->addr.bytes, &in->sin_addr, sizeof(in->sin_addr));
	} else if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

		out->addr.family = AF_INET6;
		out->port = ntohs(in6->sin6_port);
		out->scope = in6->sin6_scope_id;
		memcpy(out->addr.bytes, &in6->sin6_addr, sizeof(in6->sin6_addr));
	}
}
