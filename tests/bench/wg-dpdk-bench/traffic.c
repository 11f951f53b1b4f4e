/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static uint32_t draw_end(struct traffic *t, const struct world *w, bool is_peer)
{
	return (uint32_t)prng_below(&t->prng, is_peer ? w->n_peers : NETWORK_HOSTS);
}

static void write_address(uint8_t *out, sa_family_t family, bool is_peer, uint32_t number)
{
	if (is_peer)
		world_address(out, family, number);
	else
		network_host(out, family, number);
}

/* Trains are IPv4 and IPv6 in turn. */
static struct item draw_item(struct traffic *t, const struct world *w, unsigned i)
{
	struct item item = {
		.from = draw_end(t, w, t->is_from_peers),
		.to = draw_end(t, w, t->is_to_peers),
		.family = i / t->train_len % 2 ? AF_INET6 : AF_INET,
	};

	write_address(item.from_addr, item.family, t->is_from_peers, item.from);
	write_address(item.to_addr, item.family, t->is_to_peers, item.to);
	if (t->is_from_peers)
		item.index = w->remotes[item.from].index;
	return item;
}

void traffic_draw(struct traffic *t, const struct world *w, struct batch *out)
{
	for (unsigned i = 0; i < out->n; i++) {
		struct item *item = &out->items[i];

		*item = i % t->train_len ? item[-1] : draw_item(t, w, i);
		item->len = t->mix.lens[prng_below(&t->prng, t->mix.n_lens)];
	}
}
