/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "drops.h"

#include <rte_mbuf.h>

const char *drop_name(enum drop_reason reason)
{
	static const char *const names[] = {
#define X(id, name, text) name,
		DROP_REASONS(X)
#undef X
	};

	return names[reason];
}

const char *drop_text(enum drop_reason reason)
{
	static const char *const texts[] = {
#define X(id, name, text) text,
		DROP_REASONS(X)
#undef X
	};

	return texts[reason];
}

void drop_packet(struct drops *drops, enum drop_reason reason, struct rte_mbuf *mbuf)
{
	drops_count(drops, reason, 1);
	rte_pktmbuf_free(mbuf);
}
