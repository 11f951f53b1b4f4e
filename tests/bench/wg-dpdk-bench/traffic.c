/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "inner_ip.h"
#include "tables/keypair.h"
#include "world.h"

bool traffic_parse_size(struct traffic_mix *out, const char *text)
{
	static const struct traffic_mix imix = {
		12, {64, 64, 64, 64, 64, 64, 64, 570, 570, 570, 570, 1420}};
	unsigned long len;
	char *end;

	if (strcmp(text, "imix") == 0) {
		*out = imix;
		return true;
	}
	errno = 0;
	len = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || len < TRAFFIC_LEN_MIN
		|| len > TRAFFIC_LEN_MAX)
		return false;
	*out = (struct traffic_mix){.n_lens = 1, .lens = {(uint16_t)len}};
	return true;
}

uint16_t traffic_max_len(const struct traffic_mix *mix)
{
	return mix->lens[mix->n_lens - 1];
}

double traffic_mean_len(const struct traffic_mix *mix)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < mix->n_lens; i++)
		sum += mix->lens[i];
	return (double)sum / mix->n_lens;
}

/* Trains are IPv4 and IPv6 in turn. */
static struct item draw_item(struct traffic *t, const struct world *w, unsigned i)
{
	return (struct item){
		.from = (uint32_t)prng_below(&t->prng, w->n_peers),
		.to = (uint32_t)prng_below(&t->prng, w->n_peers),
		.family = i / t->train_len % 2 ? AF_INET6 : AF_INET,
	};
}

bool traffic_draw(struct traffic *t, struct world *w, unsigned n, struct batch *out)
{
	out->n = n;
	if (rte_pktmbuf_alloc_bulk(w->pool, out->mbufs, n) != 0)
		return false;
	for (unsigned i = 0; i < n; i++) {
		struct item *item = &out->items[i];

		*item = i % t->train_len ? item[-1] : draw_item(t, w, i);
		item->len = t->mix.lens[prng_below(&t->prng, t->mix.n_lens)];
	}
	return true;
}

/* An IP header, and content that shows whose it is. */
static void write_packet(uint8_t *out, const struct item *item)
{
	bool is_v6 = item->family == AF_INET6;
	unsigned len = item->len - (is_v6 ? IPV6_HDR_LEN : 0);

	memset(out, (int)(item->from ^ item->to << 1 ^ item->len), item->len);
	out[0] = is_v6 ? 0x60 : 0x45;
	out[is_v6 ? 4 : 2] = (uint8_t)(len >> 8);
	out[is_v6 ? 5 : 3] = (uint8_t)len;
	world_address(out + (is_v6 ? 8 : 12), item->family, item->from);
	world_address(out + (is_v6 ? 24 : 16), item->family, item->to);
}

/* The largest packet has room in a fresh buffer of the pool. */
static uint8_t *reset(struct rte_mbuf *mbuf, unsigned len)
{
	rte_pktmbuf_reset(mbuf);
	return (uint8_t *)rte_pktmbuf_append(mbuf, (uint16_t)len);
}

void batch_write_inner(struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++)
		write_packet(reset(b->mbufs[i], b->items[i].len), &b->items[i]);
}

static unsigned padded_len(const struct item *item, unsigned mtu)
{
	return RTE_MIN(RTE_ALIGN_CEIL((unsigned)item->len, (unsigned)WG_PADDING), mtu);
}

static void write_datagram(struct batch *b, unsigned i, struct remote *from, unsigned text_len)
{
	uint8_t *data = reset(b->mbufs[i], text_len + WG_DATA_OVERHEAD);
	struct wg_msg_data *msg = (struct wg_msg_data *)data;
	uint8_t *text = data + sizeof(*msg);

	le32_store(msg->type, WG_MSG_DATA);
	le32_store(msg->receiver_index, from->index);
	le64_store(msg->counter, from->counter);
	write_packet(text, &b->items[i]);
	memset(text + b->items[i].len, 0, text_len - b->items[i].len);
	/* A copy: to whom measures the AEAD alone, its key shall be at hand. */
	memcpy(b->keys[i], from->send_key, WG_KEY_LEN);
	b->ops[i] = (struct aead_op){.key = b->keys[i],
		.counter = from->counter++,
		.src = text,
		.dst = text,
		.len = text_len};
}

void batch_write_datagrams(struct batch *b, struct world *w)
{
	for (unsigned i = 0; i < b->n; i++) {
		write_datagram(
			b, i, &w->remotes[b->items[i].from], padded_len(&b->items[i], w->mtu));
		*packet_of(b->mbufs[i]) = (struct packet){
			.outer = world_endpoint(b->items[i].from), .kind = PACKET_DATAGRAM};
	}
}

static bool is_packet(const struct item *item, const uint8_t *data)
{
	uint8_t expected[TRAFFIC_LEN_MAX];

	write_packet(expected, item);
	return memcmp(data, expected, item->len) == 0;
}

unsigned batch_check_inner(const struct batch *b, struct rte_mbuf **out, unsigned n)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < n; i++)
		n_wrong += rte_pktmbuf_data_len(out[i]) != b->items[i].len
			|| !is_packet(&b->items[i], rte_pktmbuf_mtod(out[i], uint8_t *));
	return n_wrong;
}

/* Does the remote find the packet in the datagram? */
static bool opens(const struct item *item, struct world *w, struct rte_mbuf *mbuf)
{
	const struct keypair *kp = w->remotes[item->to].keypair;
	struct wg_msg_data *msg = rte_pktmbuf_mtod(mbuf, struct wg_msg_data *);
	uint8_t *text = (uint8_t *)(msg + 1);
	struct aead_op op = {.key = kp->send_key,
		.counter = le64_load(msg->counter),
		.src = text,
		.dst = text,
		.len = padded_len(item, w->mtu)};
	const struct endpoint to = world_endpoint(item->to);

	if (rte_pktmbuf_data_len(mbuf) != op.len + WG_DATA_OVERHEAD
		|| le32_load(msg->type) != WG_MSG_DATA
		|| le32_load(msg->receiver_index) != kp->remote_index
		|| !endpoint_equal(&packet_of(mbuf)->outer, &to))
		return false;
	aead_open(w->pl.aead, &op, 1);
	return op.is_authentic && is_packet(item, text);
}

unsigned batch_check_sealed(
	const struct batch *b, struct world *w, struct rte_mbuf **out, unsigned n)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < n; i++)
		n_wrong += !opens(&b->items[i], w, out[i]);
	return n_wrong;
}
