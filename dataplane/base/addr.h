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

#define ENDPOINT_BYTES (2 * sizeof(struct ip_addr) + 6) /* without what pads it */

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

_Static_assert(offsetof(struct endpoint, local) + sizeof(struct ip_addr) == ENDPOINT_BYTES,
	"nothing but fields, so that they can be compared as bytes");

/* The last words overlap. */
static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	static const uint8_t at[] = {0, 8, 16, 24, 32, ENDPOINT_BYTES - 8};
	uint64_t differ = 0;

	for (unsigned i = 0; i < sizeof(at); i++) {
		uint64_t x, y;

		memcpy(&x, (const uint8_t *)a + at[i], sizeof(x));
		memcpy(&y, (const uint8_t *)b + at[i], sizeof(y));
		differ |= x ^ y;
	}
	return differ == 0;
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
