/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "packets.h"

#include "base/bytes.h"

#include <sodium.h>

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_LEN 4096
#define MARGIN 64  /* bytes on both sides of an output that must stay as they are */
#define PAINT 0xee /* what they are */
#define SLOT_LEN (18 * PAGE_LEN)
_Static_assert(MARGIN + 63 + PACKET_LEN_MAX + WG_TAG_LEN + MARGIN <= SLOT_LEN, "fits");

/* Memory between two pages that cannot be touched. */
struct slot {
	uint8_t *start, *end;
};

struct packet {
	uint8_t *key;
	uint64_t counter;
	uint32_t len;
	bool is_forged;
	uint8_t plain[PACKET_LEN_MAX], sealed[PACKET_LEN_MAX + WG_TAG_LEN];
	struct slot in, out;
};

static struct packet packets[AEAD_BURST_MAX];
static uint8_t text[PACKET_LEN_MAX + AEAD_BURST_MAX];
static unsigned n_tests;
static const char *test_name;

static struct slot slot_map(size_t len)
{
	uint8_t *map = mmap(NULL, len + 2 * PAGE_LEN, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map, PAGE_LEN, PROT_NONE) != 0
		|| mprotect(map + PAGE_LEN + len, PAGE_LEN, PROT_NONE) != 0)
		fail("no memory");
	return (struct slot){map + PAGE_LEN, map + PAGE_LEN + len};
}

static void fault_tell(int signal_number)
{
	(void)signal_number;
	fail("it touched memory beside a buffer");
}

void packets_init(unsigned slack)
{
	static const uint8_t seed[randombytes_SEEDBYTES] = "packets";

	signal(SIGSEGV, fault_tell);
	randombytes_buf_deterministic(text, sizeof(text), seed);
	for (unsigned i = 0; i < AEAD_BURST_MAX; i++) {
		struct packet *p = &packets[i];

		p->key = slot_map(PAGE_LEN).end - slack - WG_KEY_LEN;
		p->in = slot_map(SLOT_LEN);
		p->in.end -= slack;
		p->out = slot_map(SLOT_LEN);
	}
}

void test_begin(const char *name)
{
	test_name = name;
}

void test_end(void)
{
	printf("ok %u %s\n", ++n_tests, test_name);
	fflush(stdout);
}

void fail(const char *format, ...)
{
	va_list arguments;

	printf("not ok %u %s\n# ", ++n_tests, test_name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n1..%u\n", n_tests);
	exit(1);
}

void packet_set_text(
	unsigned i, const uint8_t *key, uint64_t counter, const uint8_t *plain, uint32_t len)
{
	struct packet *p = &packets[i];
	uint8_t nonce[crypto_aead_chacha20poly1305_IETF_NPUBBYTES] = {0};

	memcpy(p->key, key, WG_KEY_LEN);
	memcpy(p->plain, plain, len);
	p->counter = counter;
	p->len = len;
	p->is_forged = false;
	le64_store(nonce + 4, counter);
	crypto_aead_chacha20poly1305_ietf_encrypt(
		p->sealed, NULL, plain, len, NULL, 0, NULL, nonce, key);
}

void packet_set(unsigned i, uint64_t counter, uint32_t len)
{
	packet_set_text(i, text + PACKET_LEN_MAX / 2 + i * WG_KEY_LEN, counter, text + i, len);
}

const uint8_t *packet_sealed(unsigned i)
{
	return packets[i].sealed;
}

void packet_flip(unsigned i, uint32_t byte, unsigned bit)
{
	packets[i].sealed[byte] ^= (uint8_t)(1 << bit);
	packets[i].is_forged = !packets[i].is_forged;
}

/* Where `len` bytes of packet i go. */
static uint8_t *address(const struct slot *slot, const struct place *place, unsigned i,
	uint32_t len, unsigned at, unsigned step)
{
	return place->is_at_end ? slot->end - len : slot->start + MARGIN + (at + i * step) % 64;
}

static void paint(const struct slot *slot, uint8_t *dst, uint32_t len)
{
	memset(dst - MARGIN, PAINT, MARGIN);
	if (dst + len + MARGIN <= slot->end)
		memset(dst + len, PAINT, MARGIN);
}

static void paint_check(const struct slot *slot, const uint8_t *dst, uint32_t len, unsigned i)
{
	for (unsigned k = 1; k <= MARGIN; k++) {
		if (dst[-(int)k] != PAINT)
			fail("packet %u, length %u: wrote %u bytes before the output", i,
				packets[i].len, k);
		if (dst + len + MARGIN <= slot->end && dst[len + k - 1] != PAINT)
			fail("packet %u, length %u: wrote %u bytes behind the output", i,
				packets[i].len, k);
	}
}

/*
 * An op from `in_len` bytes at `from` to `out_len` bytes. In place both begin where the longer one fits, which is the
 * sealed one.
 */
static struct aead_op op_make(const struct place *place, unsigned i, const uint8_t *from,
	uint32_t in_len, uint32_t out_len)
{
	struct packet *p = &packets[i];
	uint32_t sealed_len = p->len + WG_TAG_LEN;
	uint8_t *src = address(&p->in, place, i, in_len, place->src_at, place->src_step);
	uint8_t *dst = address(&p->out, place, i, out_len, place->dst_at, place->dst_step);

	if (place->is_in_place)
		src = dst = address(&p->out, place, i, sealed_len, place->dst_at, place->dst_step);
	paint(&p->out, dst, place->is_in_place ? sealed_len : out_len);
	if (!place->is_in_place)
		memset(dst, PAINT, out_len);
	memcpy(src, from, in_len);
	return (struct aead_op){
		.key = p->key, .counter = p->counter, .src = src, .dst = dst, .len = p->len};
}

void packets_seal(struct aead *aead, unsigned n, const struct place *place)
{
	struct aead_op ops[AEAD_BURST_MAX];

	for (unsigned i = 0; i < n; i++)
		ops[i] = op_make(
			place, i, packets[i].plain, packets[i].len, packets[i].len + WG_TAG_LEN);
	aead_seal(aead, ops, n);
	for (unsigned i = 0; i < n; i++) {
		const struct packet *p = &packets[i];

		if (memcmp(ops[i].dst, p->sealed, p->len + WG_TAG_LEN) != 0)
			fail("seal: packet %u of %u, length %u, %s", i, n, p->len,
				place->is_in_place ? "in place" : "apart");
		if (!place->is_in_place && memcmp(ops[i].src, p->plain, p->len) != 0)
			fail("seal: packet %u of %u, length %u: input changed", i, n, p->len);
		paint_check(&p->out, ops[i].dst, p->len + WG_TAG_LEN, i);
	}
}

static void opened_check(const struct packet *p, const struct aead_op *op, unsigned i, unsigned n,
	const struct place *place)
{
	const char *where = place->is_in_place ? "in place" : "apart";

	if (op->is_authentic == p->is_forged)
		fail("open: packet %u of %u, length %u, %s: %s", i, n, p->len, where,
			p->is_forged ? "a forged packet passed" : "a good packet failed");
	if (p->is_forged ? !sodium_is_zero(op->dst, p->len)
			 : memcmp(op->dst, p->plain, p->len) != 0)
		fail("open: packet %u of %u, length %u, %s: %s", i, n, p->len, where,
			p->is_forged ? "something is left of a forged packet" : "wrong text");
}

void packets_open(struct aead *aead, unsigned n, const struct place *place)
{
	struct aead_op ops[AEAD_BURST_MAX];

	for (unsigned i = 0; i < n; i++) {
		ops[i] = op_make(
			place, i, packets[i].sealed, packets[i].len + WG_TAG_LEN, packets[i].len);
		ops[i].is_authentic = packets[i].is_forged;
	}
	aead_open(aead, ops, n);
	for (unsigned i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		uint32_t sealed_len = p->len + WG_TAG_LEN;

		opened_check(p, &ops[i], i, n, place);
		if (!place->is_in_place && memcmp(ops[i].src, p->sealed, sealed_len) != 0)
			fail("open: packet %u of %u, length %u: input changed", i, n, p->len);
		paint_check(&p->out, ops[i].dst, place->is_in_place ? sealed_len : p->len, i);
	}
}

void packets_check(struct aead *aead, unsigned n)
{
	static const struct place places[] = {
		{.is_at_end = true},
		{.is_at_end = true, .is_in_place = true},
		{.src_at = 1, .dst_at = 7, .src_step = 3, .dst_step = 5},
		{.is_in_place = true, .dst_at = 3, .dst_step = 1},
	};

	for (unsigned i = 0; i < array_len(places); i++) {
		packets_seal(aead, n, &places[i]);
		packets_open(aead, n, &places[i]);
	}
}
