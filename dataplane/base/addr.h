/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Addresses as data, one text for both families. Any thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/compiler.h"

/* An IPv4 (family AF_INET, bytes 0 to 3, the others zero) or IPv6 address in network byte order. */
struct ip_addr {
	uint16_t family; /* AF_INET, AF_INET6; AF_UNSPEC: none */
	uint8_t bytes[16];
};

struct ip_prefix {
	struct ip_addr addr;
	uint8_t len; /* bits */
};

/* Where a UDP datagram comes from or goes to. */
struct endpoint {
	struct ip_addr addr;
	uint16_t port;  /* host byte order */
	uint32_t scope; /* interface index of a link-local IPv6 address, else 0 */
	struct ip_addr
		local; /* our address, from which it is answered; AF_UNSPEC: the host chooses */
};

#define ADDR_TEXT_MAX 80 /* enough for any of the texts below, with the final zero */

/* ip_addr_bits: 32 or 128, the length of the family's addresses; 0 for another family. */
static inline unsigned ip_addr_bits(uint16_t family)
{
	return family == AF_INET ? 32 : family == AF_INET6 ? 128 : 0;
}

/* ip_bytes_equal: both of the family; a length that the compiler knows needs no call. */
static inline bool ip_bytes_equal(sa_family_t family, const uint8_t *a, const uint8_t *b)
{
	return family == AF_INET ? memcmp(a, b, 4) == 0 : memcmp(a, b, 16) == 0;
}

static inline bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->scope == b->scope && ip_addr_equal(&a->addr, &b->addr)
		&& ip_addr_equal(&a->local, &b->local);
}

/* ip_prefix_mask clears the bits of `prefix` behind its length. */
void ip_prefix_mask(struct ip_prefix *prefix);

/* ip_addr_parse and ip_prefix_parse read text; a prefix without "/len" is a whole address. Host bits stay. */
must_check bool ip_addr_parse(const char *text, struct ip_addr *out);
must_check bool ip_prefix_parse(const char *text, struct ip_prefix *out);

/* Texts for people, written to `text` of ADDR_TEXT_MAX bytes, which is returned. */
const char *ip_addr_format(const struct ip_addr *addr, char *text);
const char *ip_prefix_format(const struct ip_prefix *prefix, char *text);
const char *endpoint_format(const struct endpoint *endpoint, char *text);

/* To and from the kernel's form. endpoint_from_sockaddr gives AF_UNSPEC for another family. */
socklen_t endpoint_to_sockaddr(const struct endpoint *endpoint, struct sockaddr_storage *out);
void endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr_storage *address);
