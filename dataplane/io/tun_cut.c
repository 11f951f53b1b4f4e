/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/tun_cut.h"

#include <string.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "inner_ip.h"

/* Does the packet end where its IP header says, and is its transport's header where it must be? */
static bool is_ip_right(const struct tun_cut *cut, const uint8_t *ip)
{
	if (cut->len >= IPV4_HDR_LEN && ip[0] >> 4 == 4)
		return be16_load(ip + 2) == cut->len && cut->l4_at >= IPV4_HDR_LEN
			&& cut->l4_at == (ip[0] & 15) * 4 && ip[9] == cut->protocol;
	/* Extension headers may be in between. */
	return cut->len >= IPV6_HDR_LEN && ip[0] >> 4 == 6
		&& be16_load(ip + 4) + IPV6_HDR_LEN == cut->len && cut->l4_at >= IPV6_HDR_LEN
		&& (cut->l4_at > IPV6_HDR_LEN || ip[6] == cut->protocol);
}

/* The protocol of a packet to be cut; 0: none that was offered, or not in this family. */
static uint8_t protocol_of(const struct virtio_net_hdr *header, unsigned version)
{
	switch (header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return version == 4 ? IPPROTO_TCP : 0;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return version == 6 ? IPPROTO_TCP : 0;
	case VIRTIO_NET_HDR_GSO_UDP_L4:
		return IPPROTO_UDP;
	default:
		return 0;
	}
}

bool tun_cut_plan(
	struct tun_cut *out, const struct virtio_net_hdr *header, const uint8_t *ip, uint32_t len)
{
	uint32_t l4_len, n;

	if (len == 0 || len > UINT16_MAX || header->gso_size == 0
		|| !(header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return false;
	*out = (struct tun_cut){.len = len,
		.l4_at = header->csum_start,
		.piece_len = header->gso_size,
		.protocol = protocol_of(header, ip[0] >> 4)};
	if (!out->protocol || !is_ip_right(out, ip) || out->l4_at + UDP_HDR_LEN > len)
		return false;
	l4_len = UDP_HDR_LEN;
	if (out->protocol == IPPROTO_TCP) {
		if (out->l4_at + TCP_HDR_LEN > len)
			return false;
		l4_len = tcp_hdr_len(ip + out->l4_at);
		if (l4_len < TCP_HDR_LEN)
			return false;
	}
	if (out->l4_at + l4_len >= len)
		return false;
	out->hdr_len = (uint16_t)(out->l4_at + l4_len);
	n = (len - out->hdr_len + out->piece_len - 1) / out->piece_len;
	out->n = (uint16_t)n;
	return true;
}

static void write_ip(const struct tun_cut *cut, unsigned i, uint8_t *ip, uint32_t len)
{
	if (ip[0] >> 4 == 6) {
		be16_store(ip + 4, (uint16_t)(len - IPV6_HDR_LEN));
		return;
	}
	be16_store(ip + 2, (uint16_t)len);
	be16_store(ip + 4, (uint16_t)(be16_load(ip + 4) + i));
	memset(ip + 10, 0, 2);
	memcpy(ip + 10, &(uint16_t){(uint16_t)~checksum_fold(checksum_sum(ip, cut->l4_at))}, 2);
}

/* What belongs to the end of the data stays with the last segment, the news of a halved window with the first: [RFC 3168] 6.1.2. */
static void write_tcp(const struct tun_cut *cut, unsigned i, uint8_t *tcp)
{
	be32_store(tcp + 4, be32_load(tcp + 4) + i * cut->piece_len);
	if (i + 1U < cut->n)
		tcp[TCP_FLAGS_AT] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	if (i > 0)
		tcp[TCP_FLAGS_AT] &= (uint8_t)~TCP_CWR;
}

/* The checksum over `l4`, whose own is 0. UDP's is never 0, which would mean that there is none: [RFC 768]. */
static void write_checksum(const struct tun_cut *cut, const uint8_t *ip, uint8_t *l4, uint32_t len)
{
	unsigned at = cut->protocol == IPPROTO_TCP ? TCP_CHECKSUM_AT : UDP_CHECKSUM_AT;
	uint16_t sum;

	memset(l4 + at, 0, sizeof(sum));
	sum = (uint16_t)~checksum_fold(
		checksum_sum_pseudo(ip, cut->protocol, len) + checksum_sum(l4, len));
	if (sum == 0 && cut->protocol == IPPROTO_UDP)
		sum = UINT16_MAX;
	memcpy(l4 + at, &sum, sizeof(sum));
}

uint16_t tun_cut_write(const struct tun_cut *cut, const uint8_t *ip, unsigned i, uint8_t *out)
{
	uint32_t from = cut->hdr_len + i * cut->piece_len;
	uint32_t payload_len = cut->len - from < cut->piece_len ? cut->len - from : cut->piece_len;
	uint32_t len = cut->hdr_len + payload_len;

	memcpy(out, ip, cut->hdr_len);
	memcpy(out + cut->hdr_len, ip + from, payload_len);
	write_ip(cut, i, out, len);
	if (cut->protocol == IPPROTO_TCP)
		write_tcp(cut, i, out + cut->l4_at);
	else
		be16_store(out + cut->l4_at + 4, (uint16_t)(len - cut->l4_at));
	write_checksum(cut, out, out + cut->l4_at, len - cut->l4_at);
	return (uint16_t)len;
}

bool tun_cut_complete(const struct virtio_net_hdr *header, uint8_t *ip, uint32_t len)
{
	uint32_t from = header->csum_start, at = from + header->csum_offset;
	uint16_t sum;

	if (!(header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return true;
	if (at + sizeof(sum) > len)
		return false;
	/* The sum of the pseudo header stands where the checksum belongs. 0xffff is right for every protocol, 0 is not. */
	sum = (uint16_t)~checksum_fold(checksum_sum(ip + from, len - from));
	if (sum == 0)
		sum = UINT16_MAX;
	memcpy(ip + at, &sum, sizeof(sum));
	return true;
}
