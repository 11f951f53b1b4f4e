/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "frames.h"

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include <string.h>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "inner_ip.h"
#include "tables/keypair.h"
#include "traffic.h"
#include "world.h"

/* Of inner packets: when they come, and behind the one router that the gateway is. */
#define HOP_LIMIT_IN 64
#define HOP_LIMIT_OUT 63

#define ETHER_LEN sizeof(struct rte_ether_hdr)
#define OUTER_LEN (sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))

static void write_ip(uint8_t *out, const struct item *item, uint8_t hop_limit)
{
	struct rte_ipv4_hdr *v4 = (struct rte_ipv4_hdr *)out;
	struct rte_ipv6_hdr *v6 = (struct rte_ipv6_hdr *)out;

	if (item->family == AF_INET) {
		*v4 = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
			.total_length = rte_cpu_to_be_16(item->len),
			.time_to_live = hop_limit};
		memcpy(&v4->src_addr, item->from_addr, sizeof(v4->src_addr));
		memcpy(&v4->dst_addr, item->to_addr, sizeof(v4->dst_addr));
		v4->hdr_checksum = rte_ipv4_cksum(v4);
		return;
	}
	*v6 = (struct rte_ipv6_hdr){.vtc_flow = rte_cpu_to_be_32(UINT32_C(6) << 28),
		.payload_len = rte_cpu_to_be_16((uint16_t)(item->len - IPV6_HDR_LEN)),
		.proto = IPPROTO_NONE,
		.hop_limits = hop_limit};
	memcpy(v6->src_addr, item->from_addr, sizeof(v6->src_addr));
	memcpy(v6->dst_addr, item->to_addr, sizeof(v6->dst_addr));
}

/* An IP header, and content that shows whose it is. */
static void write_packet(uint8_t *out, const struct item *item, uint8_t hop_limit)
{
	memset(out, (int)(item->from ^ item->to << 1 ^ item->len), item->len);
	write_ip(out, item, hop_limit);
}

/* How the frame of a packet between `mac_from` and `mac_to` begins. */
static void write_ethernet(
	uint8_t *out, const uint8_t *mac_to, const uint8_t *mac_from, sa_family_t family)
{
	memcpy(out, mac_to, RTE_ETHER_ADDR_LEN);
	memcpy(out + RTE_ETHER_ADDR_LEN, mac_from, RTE_ETHER_ADDR_LEN);
	be16_store(out + 2 * RTE_ETHER_ADDR_LEN,
		family == AF_INET ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
}

/* The largest frame has room in a fresh buffer of the pool. */
static uint8_t *reset(struct rte_mbuf *mbuf, size_t len)
{
	rte_pktmbuf_reset(mbuf);
	return (uint8_t *)rte_pktmbuf_append(mbuf, (uint16_t)len);
}

void frames_write_plain(struct batch *b, const struct world *w)
{
	for (unsigned i = 0; i < b->n; i++) {
		const struct item *item = &b->items[i];
		uint8_t *frame = reset(b->mbufs[i], ETHER_LEN + item->len);
		uint8_t mac[RTE_ETHER_ADDR_LEN];

		network_mac(mac, NETWORK_LAN, item->from);
		write_ethernet(frame, w->net.facts[NETWORK_LAN].mac, mac, item->family);
		write_packet(frame + ETHER_LEN, item, HOP_LIMIT_IN);
	}
}

static unsigned padded_len(const struct item *item, unsigned mtu)
{
	return RTE_MIN(RTE_ALIGN_CEIL((unsigned)item->len, (unsigned)WG_PADDING), mtu);
}

/* From a peer's endpoint to the gateway. */
static void write_outer(uint8_t *out, unsigned peer, size_t message_len)
{
	const struct endpoint endpoint = world_endpoint(peer);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)out;
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	*ip = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16((uint16_t)(OUTER_LEN + message_len)),
		.time_to_live = HOP_LIMIT_IN,
		.next_proto_id = IPPROTO_UDP};
	memcpy(&ip->src_addr, endpoint.addr.bytes, sizeof(ip->src_addr));
	memcpy(&ip->dst_addr, endpoint.local.bytes, sizeof(ip->dst_addr));
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*udp = (struct rte_udp_hdr){.src_port = rte_cpu_to_be_16(endpoint.port),
		.dst_port = rte_cpu_to_be_16(NETWORK_UDP_PORT),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(sizeof(*udp) + message_len))};
}

static void write_message(
	uint8_t *out, struct batch *b, unsigned i, struct remote *from, unsigned text_len)
{
	struct wg_msg_data *msg = (struct wg_msg_data *)out;
	uint8_t *text = (uint8_t *)(msg + 1);

	le32_store(msg->type, WG_MSG_DATA);
	le32_store(msg->receiver_index, from->index);
	le64_store(msg->counter, from->counter);
	write_packet(text, &b->items[i], HOP_LIMIT_IN);
	memset(text + b->items[i].len, 0, text_len - b->items[i].len);
	/* A copy: to whom measures the AEAD alone, its key shall be at hand. */
	memcpy(b->keys[i], from->send_key, WG_KEY_LEN);
	b->ops[i] = (struct aead_op){.key = b->keys[i],
		.counter = from->counter++,
		.src = text,
		.dst = text,
		.len = text_len};
}

void frames_write_datagrams(struct batch *b, struct world *w, bool is_from_peers)
{
	uint8_t router_mac[RTE_ETHER_ADDR_LEN];

	network_mac(router_mac, NETWORK_WAN, 0);
	for (unsigned i = 0; i < b->n; i++) {
		const struct item *item = &b->items[i];
		unsigned peer = is_from_peers ? item->from : item->to;
		unsigned text_len = padded_len(item, w->mtu);
		size_t message_len = text_len + WG_DATA_OVERHEAD;
		uint8_t *frame = reset(b->mbufs[i], ETHER_LEN + OUTER_LEN + message_len);

		write_ethernet(frame, w->net.facts[NETWORK_WAN].mac, router_mac, AF_INET);
		write_outer(frame + ETHER_LEN, peer, message_len);
		write_message(frame + ETHER_LEN + OUTER_LEN, b, i, &w->remotes[peer], text_len);
	}
}

static bool is_packet(const struct item *item, const uint8_t *data)
{
	uint8_t expected[TRAFFIC_LEN_MAX];

	write_packet(expected, item, HOP_LIMIT_OUT);
	return memcmp(data, expected, item->len) == 0;
}

/* Does the frame lead from the gateway's port to the right neighbour? */
static bool is_frame(
	const struct world *w, unsigned port_id, const struct item *item, const uint8_t *frame)
{
	uint8_t expected[ETHER_LEN], mac[RTE_ETHER_ADDR_LEN];
	bool is_wan = port_id == NETWORK_WAN;

	network_mac(mac, port_id, is_wan ? 0 : item->to);
	write_ethernet(expected, mac, w->net.facts[port_id].mac, is_wan ? AF_INET : item->family);
	return memcmp(frame, expected, sizeof(expected)) == 0;
}

unsigned frames_check_plain(
	const struct batch *b, const struct world *w, struct rte_mbuf **out, unsigned n)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *frame = rte_pktmbuf_mtod(out[i], const uint8_t *);

		n_wrong += rte_pktmbuf_data_len(out[i]) != ETHER_LEN + b->items[i].len
			|| !is_frame(w, NETWORK_LAN, &b->items[i], frame)
			|| !is_packet(&b->items[i], frame + ETHER_LEN);
	}
	return n_wrong;
}

/* Does the datagram go from the gateway to the peer's endpoint? */
static bool is_outer(const struct rte_ipv4_hdr *ip, unsigned peer, size_t len)
{
	const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
	const struct endpoint to = world_endpoint(peer);

	return rte_be_to_cpu_16(ip->total_length) == len && rte_raw_cksum(ip, sizeof(*ip)) == 0xffff
		&& memcmp(&ip->src_addr, to.local.bytes, sizeof(ip->src_addr)) == 0
		&& memcmp(&ip->dst_addr, to.addr.bytes, sizeof(ip->dst_addr)) == 0
		&& rte_be_to_cpu_16(udp->dst_port) == to.port
		&& rte_be_to_cpu_16(udp->src_port) == NETWORK_UDP_PORT
		&& rte_be_to_cpu_16(udp->dgram_len) == len - sizeof(*ip);
}

/* Does the remote find the packet in the message? */
static bool opens(const struct item *item, struct world *w, struct wg_msg_data *msg)
{
	const struct keypair *kp = w->remotes[item->to].keypair;
	uint8_t *text = (uint8_t *)(msg + 1);
	struct aead_op op = {.key = kp->send_key,
		.counter = le64_load(msg->counter),
		.src = text,
		.dst = text,
		.len = padded_len(item, w->mtu)};

	if (le32_load(msg->type) != WG_MSG_DATA
		|| le32_load(msg->receiver_index) != kp->remote_index)
		return false;
	aead_open(w->worker.pipeline.aead, &op, 1);
	return op.is_authentic && is_packet(item, text);
}

unsigned frames_check_sealed(
	const struct batch *b, struct world *w, struct rte_mbuf **out, unsigned n)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct item *item = &b->items[i];
		size_t ip_len = OUTER_LEN + padded_len(item, w->mtu) + WG_DATA_OVERHEAD;
		uint8_t *frame = rte_pktmbuf_mtod(out[i], uint8_t *);

		n_wrong += rte_pktmbuf_data_len(out[i]) != ETHER_LEN + ip_len
			|| !is_frame(w, NETWORK_WAN, item, frame)
			|| !is_outer((struct rte_ipv4_hdr *)(frame + ETHER_LEN), item->to, ip_len)
			|| !opens(item, w, (struct wg_msg_data *)(frame + ETHER_LEN + OUTER_LEN));
	}
	return n_wrong;
}
