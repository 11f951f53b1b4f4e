/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * What the kernel says is to be cut, and what a peer sends that might be joined. The first byte chooses. For cutting: a header and a
 * packet; every segment lies within its bounds, and all payload comes once. For joining: packets behind their lengths; cutting what
 * was joined gives the same packets again, but for an identification that has no meaning.
 */

#include <stdbool.h>
#include <stdlib.h>

#include "base/checksum.h"
#include "flow_packet.h"
#include "pipeline_fixture.h"

#define PACKET_MAX 2000
#define IS_EXACT \
	0x80 /* checksums and lengths of the packets are made right, so that more is joined */

static void check(bool is_right)
{
	if (!is_right)
		abort();
}

static void try_cut(const uint8_t *data, size_t size)
{
	struct virtio_net_hdr header;
	uint8_t *packet, *segment;
	uint32_t len, payload_len = 0;
	struct tun_cut cut;

	if (size < sizeof(header) || size - sizeof(header) > UINT16_MAX + 1)
		return;
	memcpy(&header, data, sizeof(header));
	len = (uint32_t)(size - sizeof(header));
	packet = malloc(len ? len : 1);
	check(packet);
	memcpy(packet, data + sizeof(header), len);
	if (tun_cut_is_due(&header) && tun_cut_plan(&cut, &header, packet, len)) {
		segment = malloc((size_t)cut.hdr_len + cut.piece_len);
		check(segment && cut.n > 0);
		for (unsigned i = 0; i < cut.n; i++) {
			uint16_t segment_len = tun_cut_write(&cut, packet, i, segment);

			check(segment_len > cut.hdr_len
				&& segment_len <= cut.hdr_len + cut.piece_len);
			payload_len += segment_len - cut.hdr_len;
		}
		check(payload_len == len - cut.hdr_len);
		free(segment);
	} else if (!tun_cut_is_due(&header)) {
		(void)!tun_cut_complete(&header, packet, len);
	}
	free(packet);
}

/* Lengths that fit, and checksums that are right, as far as there is room for them. */
static void make_exact(uint8_t *ip, uint16_t len)
{
	const bool is_v6 = len > 0 && ip[0] >> 4 == 6;
	uint16_t l4_at = is_v6 ? 40 : 20;
	bool is_udp;

	if (len < l4_at + 20)
		return;
	be16_store(ip + (is_v6 ? 4 : 2), (uint16_t)(is_v6 ? len - 40 : len));
	is_udp = ip[is_v6 ? 6 : 9] == 17;
	if (is_udp)
		be16_store(ip + l4_at + 4, (uint16_t)(len - l4_at));
	be16_store(ip + l4_at + (is_udp ? 6 : 16), 0);
	be16_store(ip + l4_at + (is_udp ? 6 : 16), flow_checksum_l4(ip, l4_at, len));
	if (!is_v6) {
		be16_store(ip + 10, 0);
		be16_store(ip + 10, flow_checksum(flow_add(0, ip, 20)));
	}
}

/* Takes packets off the input, each behind its length. */
static unsigned take_packets(const uint8_t *data, size_t size, bool is_exact, struct rte_mbuf **out,
	uint8_t before[][PACKET_MAX])
{
	unsigned n = 0;

	while (size > 2 && n < PACKET_BURST) {
		uint16_t len = be16_load(data) % PACKET_MAX;

		data += 2;
		size -= 2;
		len = (uint16_t)RTE_MIN(len, size);
		memcpy(before[n], data, len);
		if (is_exact)
			make_exact(before[n], len);
		out[n] = fixture_mbuf(before[n], len);
		n++;
		data += len;
		size -= len;
	}
	return n;
}

/* The same, where identification and the sum over it have a meaning; else but for those. */
static bool is_same(const uint8_t *segment, const uint8_t *before, uint16_t len)
{
	if (segment[0] >> 4 == 4 && segment[6] & 0x40)
		return memcmp(segment, before, 4) == 0 && memcmp(segment + 6, before + 6, 4) == 0
			&& memcmp(segment + 12, before + 12, len - 12U) == 0;
	return memcmp(segment, before, len) == 0;
}

static void check_train(const struct tun_join *join, const struct tun_train *train,
	struct rte_mbuf **mbufs, uint8_t before[][PACKET_MAX])
{
	static uint8_t whole[1 << 16], segment[1 << 16];
	struct virtio_net_hdr header;
	uint32_t len = flow_unite(join, train, mbufs, whole, &header);
	uint8_t at = train->first;
	struct tun_cut cut;

	check(tun_cut_plan(&cut, &header, whole, len) && cut.n == train->n);
	for (unsigned i = 0; i < cut.n; i++, at = join->next[at]) {
		uint16_t segment_len = tun_cut_write(&cut, whole, i, segment);

		check(segment_len == rte_pktmbuf_data_len(mbufs[at]));
		check(is_same(segment, before[at], segment_len));
	}
}

static void try_join(const uint8_t *data, size_t size, bool is_exact)
{
	static uint8_t before[PACKET_BURST][PACKET_MAX];
	struct rte_mbuf *mbufs[PACKET_BURST];
	unsigned n = take_packets(data, size, is_exact, mbufs, before), n_joined = 0;
	struct tun_join join;

	tun_join_burst(&join, mbufs, n, true);
	for (unsigned i = 0; i < join.n; i++) {
		n_joined += join.trains[i].n;
		if (join.trains[i].n > 1)
			check_train(&join, &join.trains[i], mbufs, before);
	}
	check(n_joined == n);
	rte_pktmbuf_free_bulk(mbufs, n);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fixture_start_eal();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		try_cut(data + 1, size - 1);
	else
		try_join(data + 1, size - 1, data[0] & IS_EXACT);
	return 0;
}
