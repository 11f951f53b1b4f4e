/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/tun_join.h"

#include <string.h>

#include "base/bytes.h"
#include "base/checksum.h"
#include "inner_ip.h"

#define IPV4_NO_FRAGMENT 0x4000 /* [RFC 791] 3.1 */
#define IPV4_FRAGMENT_MASK 0x3fff

/* A packet looks so far back for its train: flows that take turns do not need more, and a burst of strangers costs little. */
#define LOOK_BACK 8

static const uint8_t *bytes_of(const struct rte_mbuf *mbuf)
{
	return rte_pktmbuf_mtod(mbuf, const uint8_t *);
}

/* Where the transport's header is, in a packet that has nothing special in front of it; 0: it has. */
static uint8_t find_l4(const uint8_t *ip, uint32_t len, uint8_t *out_protocol)
{
	if (len >= IPV4_HDR_LEN + UDP_HDR_LEN && ip[0] == 0x45) {
		*out_protocol = ip[9];
		return be16_load(ip + 2) == len && !(be16_load(ip + 6) & IPV4_FRAGMENT_MASK)
			? IPV4_HDR_LEN
			: 0;
	}
	if (len < IPV6_HDR_LEN + UDP_HDR_LEN || ip[0] >> 4 != 6)
		return 0;
	*out_protocol = ip[6];
	return be16_load(ip + 4) + IPV6_HDR_LEN == len ? IPV6_HDR_LEN : 0;
}

/* Bytes of TCP header, of a segment that carries data and says nothing special; 0: it does not. */
static uint16_t plain_tcp_len(const uint8_t *tcp, uint32_t len)
{
	uint16_t hdr_len;

	if (len < TCP_HDR_LEN || (tcp[TCP_FLAGS_AT] & ~(TCP_PSH | TCP_ECE)) != TCP_ACK)
		return 0;
	hdr_len = tcp_hdr_len(tcp);
	return hdr_len >= TCP_HDR_LEN && hdr_len < len ? hdr_len : 0;
}

static uint16_t plain_udp_len(const uint8_t *udp, uint32_t len)
{
	return len > UDP_HDR_LEN && be16_load(udp + 4) == len && be16_load(udp + UDP_CHECKSUM_AT)
		? UDP_HDR_LEN
		: 0;
}

/* Addresses and ports; never 0. */
static uint32_t flow_of(const uint8_t *ip, uint8_t l4_at)
{
	uint64_t sum = checksum_sum(
		ip + (l4_at == IPV4_HDR_LEN ? 12 : 8), (l4_at == IPV4_HDR_LEN ? 8 : 32) + 4);

	return (uint32_t)(sum >> 32 ^ sum) | 1U << 31;
}

/* A packet as a train of its own. */
static void begin_train(
	struct tun_train *out, const struct rte_mbuf *mbuf, unsigned at, bool has_udp)
{
	const uint8_t *ip = bytes_of(mbuf);
	uint32_t len = rte_pktmbuf_data_len(mbuf), l4_len;
	uint16_t l4_hdr_len = 0;

	*out = (struct tun_train){
		.len = len, .first = (uint8_t)at, .last = (uint8_t)at, .n = 1, .is_closed = true};
	out->l4_at = find_l4(ip, len, &out->protocol);
	if (out->l4_at == 0)
		return;
	l4_len = len - out->l4_at;
	if (out->protocol == IPPROTO_TCP)
		l4_hdr_len = plain_tcp_len(ip + out->l4_at, l4_len);
	else if (out->protocol == IPPROTO_UDP && has_udp)
		l4_hdr_len = plain_udp_len(ip + out->l4_at, l4_len);
	else
		return;
	out->flow = flow_of(ip, out->l4_at);
	if (l4_hdr_len == 0)
		return;
	out->hdr_len = (uint16_t)(out->l4_at + l4_hdr_len);
	out->piece_len = (uint16_t)(len - out->hdr_len);
	out->is_closed = out->protocol == IPPROTO_TCP && ip[out->l4_at + TCP_FLAGS_AT] & TCP_PSH;
}

/* The same addresses and ports, which lie behind each other? */
static bool is_same_flow(const struct tun_train *a, const uint8_t *a_ip, const struct tun_train *b,
	const uint8_t *b_ip)
{
	unsigned from = a->l4_at == IPV4_HDR_LEN ? 12 : 8;

	return a->flow == b->flow && a->protocol == b->protocol && a->l4_at == b->l4_at
		&& memcmp(a_ip + from, b_ip + from, a->l4_at - from + 4U) == 0;
}

static bool is_intact(const uint8_t *ip, uint32_t len, uint8_t l4_at, uint8_t protocol)
{
	uint64_t sum = checksum_sum_pseudo(ip, protocol, len - l4_at)
		+ checksum_sum(ip + l4_at, len - l4_at);

	return checksum_fold(sum) == UINT16_MAX
		&& (l4_at != IPV4_HDR_LEN || checksum_fold(checksum_sum(ip, l4_at)) == UINT16_MAX);
}

/* Everything of the IP header but lengths, identification and checksum; class and hop limit beside the rest. */
static bool is_ip_alike(const uint8_t *a, const uint8_t *b, uint8_t l4_at)
{
	if (l4_at == IPV4_HDR_LEN)
		return a[1] == b[1] && memcmp(a + 6, b + 6, 4) == 0;
	return memcmp(a, b, 4) == 0 && a[7] == b[7];
}

/* Acknowledgement, window, urgent pointer, flags but for the last one's PSH, and options. */
static bool is_tcp_alike(const uint8_t *a, const uint8_t *b, uint16_t hdr_len)
{
	return memcmp(a + 8, b + 8, 5) == 0
		&& (a[TCP_FLAGS_AT] | TCP_PSH) == (b[TCP_FLAGS_AT] | TCP_PSH)
		&& memcmp(a + 14, b + 14, 2) == 0 && memcmp(a + 18, b + 18, hdr_len - 18U) == 0;
}

/* The identification of IPv4 counts on, or stays the same where it has no meaning. */
static bool is_id_next(
	const struct tun_train *train, const uint8_t *first, const uint8_t *ip, uint8_t *out_step)
{
	uint16_t step = (uint16_t)(be16_load(ip + 4) - be16_load(first + 4));

	*out_step = train->id_step;
	if (train->l4_at != IPV4_HDR_LEN)
		return true;
	if (train->n == 1)
		*out_step = step != 0;
	if (*out_step == 0 && !(be16_load(ip + 6) & IPV4_NO_FRAGMENT))
		return false;
	return step == (uint16_t)(*out_step * train->n);
}

/* Appends the packet `fresh`, which is of the same flow, if it follows. */
static bool append(struct tun_join *join, struct tun_train *train, struct rte_mbuf **mbufs,
	const struct tun_train *fresh)
{
	const uint8_t *first = bytes_of(mbufs[train->first]), *ip = bytes_of(mbufs[fresh->first]);
	const uint8_t l4_at = train->l4_at;
	uint8_t id_step;

	if (train->is_closed || fresh->hdr_len != train->hdr_len
		|| fresh->piece_len > train->piece_len || train->len + fresh->piece_len > UINT16_MAX
		|| !is_ip_alike(first, ip, l4_at) || !is_id_next(train, first, ip, &id_step))
		return false;
	if (train->protocol == IPPROTO_TCP
		&& (!is_tcp_alike(first + l4_at, ip + l4_at, (uint16_t)(train->hdr_len - l4_at))
			|| be32_load(ip + l4_at + 4)
				!= be32_load(first + l4_at + 4) + train->len - train->hdr_len))
		return false;
	if (!train->is_verified)
		train->is_verified = is_intact(first, train->len, l4_at, train->protocol);
	train->is_closed = !train->is_verified; /* it stays alone */
	if (train->is_closed || !is_intact(ip, fresh->len, l4_at, train->protocol))
		return false;
	train->id_step = id_step;
	train->len += fresh->piece_len;
	train->n++;
	join->next[train->last] = fresh->first;
	train->last = fresh->first;
	train->is_closed = fresh->is_closed || fresh->piece_len < train->piece_len;
	return true;
}

/* The packet's train is the latest of its flow; behind an older one it would overtake. */
static struct tun_train *find_train(
	struct tun_join *join, struct rte_mbuf **mbufs, const struct tun_train *fresh)
{
	unsigned oldest = join->n > LOOK_BACK ? join->n - LOOK_BACK : 0;

	for (unsigned i = join->n; i > oldest; i--) {
		struct tun_train *train = &join->trains[i - 1];

		if (is_same_flow(train, bytes_of(mbufs[train->first]), fresh,
			    bytes_of(mbufs[fresh->first])))
			return train;
	}
	return NULL;
}

void tun_join_burst(struct tun_join *join, struct rte_mbuf **mbufs, unsigned n, bool has_udp)
{
	join->n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct tun_train fresh, *train = NULL;

		begin_train(&fresh, mbufs[i], i, has_udp);
		if (fresh.hdr_len)
			train = find_train(join, mbufs, &fresh);
		if (!train || !append(join, train, mbufs, &fresh))
			join->trains[join->n++] = fresh;
	}
}

void tun_join_begin(
	const struct tun_train *train, struct rte_mbuf **mbufs, struct virtio_net_hdr *out)
{
	uint8_t *ip = rte_pktmbuf_mtod(mbufs[train->first], uint8_t *), *l4 = ip + train->l4_at;
	const bool is_v4 = train->l4_at == IPV4_HDR_LEN, is_tcp = train->protocol == IPPROTO_TCP;
	const uint32_t l4_len = train->len - train->l4_at;
	const unsigned checksum_at = is_tcp ? TCP_CHECKSUM_AT : UDP_CHECKSUM_AT;
	uint16_t sum;

	if (is_v4) {
		be16_store(ip + 2, (uint16_t)train->len);
		memset(ip + 10, 0, 2);
		sum = (uint16_t)~checksum_fold(checksum_sum(ip, train->l4_at));
		memcpy(ip + 10, &sum, sizeof(sum));
	} else {
		be16_store(ip + 4, (uint16_t)l4_len);
	}
	if (is_tcp)
		l4[TCP_FLAGS_AT] |=
			bytes_of(mbufs[train->last])[train->l4_at + TCP_FLAGS_AT] & TCP_PSH;
	else
		be16_store(l4 + 4, (uint16_t)l4_len);
	/* Begun, as the kernel and tun_cut expect it. */
	sum = checksum_fold(checksum_sum_pseudo(ip, train->protocol, l4_len));
	memcpy(l4 + checksum_at, &sum, sizeof(sum));
	*out = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = is_tcp ? is_v4 ? VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6
				   : VIRTIO_NET_HDR_GSO_UDP_L4,
		.hdr_len = train->hdr_len,
		.gso_size = train->piece_len,
		.csum_start = train->l4_at,
		.csum_offset = (uint16_t)checksum_at,
	};
}
