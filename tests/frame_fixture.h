/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Ethernet frames byte by byte, and sums taken the slow way, so that nothing of ours judges itself. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FRAME_FIXTURE_MAX 2048 /* bytes of the largest frame */

/* What is zero has the value that stands beside it. */
struct frame_spec {
	const char *from, *to; /* of one family */
	bool is_tagged;
	uint16_t vlan;
	uint16_t ip_len;   /* 100 */
	uint8_t proto;     /* UDP */
	uint8_t hop_limit; /* 64 */
	uint8_t tos;
	uint16_t from_port; /* 51820; of UDP */
	uint16_t to_port;   /* 51820 */
};

/* slow_sum: the ones' complement sum of RFC 1071, each carry put back at once. */
static inline uint16_t slow_sum(const uint8_t *bytes, size_t len, uint16_t start)
{
	uint32_t sum = start;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return (uint16_t)sum;
}

/* slow_pseudo_sum: of the pseudo header of the UDP datagram of `len` bytes in an IP packet. RFC 768, RFC 8200 8.1. */
static inline uint16_t slow_pseudo_sum(const uint8_t *ip, uint16_t len)
{
	bool is_v6 = ip[0] >> 4 == 6;
	const uint8_t tail[4] = {(uint8_t)(len >> 8), (uint8_t)len, 0, IPPROTO_UDP};

	return slow_sum(ip + (is_v6 ? 8 : 12), is_v6 ? 32 : 8, slow_sum(tail, sizeof(tail), 0));
}

static inline void frame_put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* frame_set_ipv4_sum makes the checksum of a header without options right. */
static inline void frame_set_ipv4_sum(uint8_t *ip)
{
	frame_put16(ip + 10, 0);
	frame_put16(ip + 10, (uint16_t)~slow_sum(ip, 20, 0));
}

static inline void frame_write_udp(
	uint8_t *ip, size_t header_len, size_t ip_len, const struct frame_spec *spec)
{
	uint16_t len = (uint16_t)(ip_len - header_len);
	uint8_t *udp = ip + header_len;

	frame_put16(udp, spec->from_port ? spec->from_port : 51820);
	frame_put16(udp + 2, spec->to_port ? spec->to_port : 51820);
	frame_put16(udp + 4, len);
	frame_put16(udp + 6, 0);
	frame_put16(udp + 6, (uint16_t)~slow_sum(udp, len, slow_pseudo_sum(ip, len)));
}

/* frame_write_ip writes the IP packet; returns its length. */
static inline size_t frame_write_ip(uint8_t *ip, const struct frame_spec *spec)
{
	const bool is_v6 = strchr(spec->from, ':');
	const size_t len = spec->ip_len ? spec->ip_len : 100, header_len = is_v6 ? 40 : 20;
	const uint8_t proto = spec->proto ? spec->proto : IPPROTO_UDP;
	const uint8_t hop_limit = spec->hop_limit ? spec->hop_limit : 64;

	memset(ip, 0, header_len);
	for (size_t i = header_len; i < len; i++)
		ip[i] = (uint8_t)(i * 7 + len);
	inet_pton(is_v6 ? AF_INET6 : AF_INET, spec->from, ip + (is_v6 ? 8 : 12));
	inet_pton(is_v6 ? AF_INET6 : AF_INET, spec->to, ip + (is_v6 ? 24 : 16));
	if (is_v6) {
		frame_put16(ip, 6U << 12 | (unsigned)spec->tos << 4);
		frame_put16(ip + 4, (unsigned)(len - header_len));
		ip[6] = proto;
		ip[7] = hop_limit;
	} else {
		frame_put16(ip, 0x4500U | spec->tos);
		frame_put16(ip + 2, (unsigned)len);
		ip[8] = hop_limit;
		ip[9] = proto;
		frame_set_ipv4_sum(ip);
	}
	if (proto == IPPROTO_UDP && len >= header_len + 8)
		frame_write_udp(ip, header_len, len, spec);
	return len;
}

/* frame_write writes the whole frame to `out` (FRAME_FIXTURE_MAX bytes), sent to `mac`; returns its length. */
static inline size_t frame_write(uint8_t *out, const uint8_t mac[6], const struct frame_spec *spec)
{
	static const uint8_t somebody[6] = {2, 0x50, 0, 0, 0, 0x99};
	uint8_t *at = out + 12;

	memcpy(out, mac, 6);
	memcpy(out + 6, somebody, 6);
	if (spec->is_tagged) {
		frame_put16(at, 0x8100);
		frame_put16(at + 2, spec->vlan);
		at += 4;
	}
	frame_put16(at, strchr(spec->from, ':') ? 0x86dd : 0x0800);
	return (size_t)(at + 2 - out) + frame_write_ip(at + 2, spec);
}
