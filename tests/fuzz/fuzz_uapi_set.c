/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Two clients of wg(8)'s socket send any lines, in turns; a byte above 0x7f ends a turn. */

#include <string.h>

#include "control_fixture.h"
#include "log.h"
#include "protocol.h"
#include "tables/rcu.h"
#include "uapi_set.h"
#include "uapi_text.h"

#define LINE_MAX_LEN 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* An answer to `get` that goes on between the lines of others, and starts again at its end. */
static void read_on(struct uapi_place *place)
{
	char text[UAPI_LINES_MAX];

	if (uapi_text_next(&fixture.iface, place, text) > 0)
		return;
	uapi_text_end(place);
	uapi_text_begin(place, &fixture.iface);
}

static void take_line(struct uapi_set *set, const uint8_t *line, size_t len, uint64_t now_ns)
{
	char text[LINE_MAX_LEN];

	if (len >= sizeof(text))
		return;
	memcpy(text, line, len);
	text[len] = '\0';
	while (!uapi_set_resume(set))
		continue;
	if (len > 0) {
		uapi_set_line(set, text, now_ns);
		return;
	}
	uapi_set_end(set, now_ns);
	uapi_set_begin(set, &fixture.gw, &fixture.iface);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint64_t now_ns = 1000 * NSEC_PER_SEC;
	struct uapi_place place;
	struct uapi_set sets[2];
	unsigned turn = 0;

	(void)!log_set_level("error"); /* there are no sockets to move to another port */
	control_fixture_init();
	uapi_text_begin(&place, &fixture.iface);
	for (unsigned i = 0; i < 2; i++)
		uapi_set_begin(&sets[i], &fixture.gw, &fixture.iface);
	for (size_t from = 0, i = 0; i < len; i++) {
		if (data[i] != '\n' && data[i] < 0x80)
			continue;
		take_line(&sets[turn], data + from, i - from, now_ns);
		turn ^= data[i] >> 7;
		from = i + 1;
		now_ns += NSEC_PER_MSEC;
		read_on(&place);
		peer_book_sweep(&fixture.gw.peers, NULL);
		rcu_reclaim(fixture.gw.publisher.rcu);
	}
	for (unsigned i = 0; i < 2; i++)
		uapi_set_end(&sets[i], now_ns);
	uapi_text_end(&place);
	control_fixture_fini();
	return 0;
}
