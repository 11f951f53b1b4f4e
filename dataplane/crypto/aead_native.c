/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Which block of which packet goes to which lane. All blocks of a burst stand in one row, cut into pieces
 * of as many blocks as there are lanes; so lanes are idle only at the end of a burst. While a piece is
 * computed, the authenticator of one long packet takes in what lies before it (sealing) or ahead of it
 * (opening). Short packets and the ends of long ones are authenticated side by side, one packet to a lane.
 * Branches and addresses depend on lengths and verdicts, which are public, never on keys or data.
 */

#include "crypto/aead_native.h"

#include "base/bytes.h"
#include "base/secure.h"
#include "crypto/aead_verdict.h"

#include <stdlib.h>
#include <string.h>

#define LONG_MIN 192 /* bytes; shorter packets are authenticated in lanes alone */
#define LANES_MIN 3  /* packets; fewer are faster one after the other, without vectors */
#define LEAD_STEPS 10
#define TAIL_BLOCKS_MAX (LONG_MIN / POLY1305_BLOCK_LEN + 1)

/* What of a packet is not taken in beside the keystream. */
struct tail {
	unsigned n_blocks;
	/* The packet's end, all of a short one, padded with zeros; the lengths. [8439] 2.8 */
	uint8_t bytes[TAIL_BLOCKS_MAX * POLY1305_BLOCK_LEN];
};

/* The end of a packet, less than a block, computed aside in its lane. */
struct remainder {
	uint8_t *dst;
	uint32_t len;
	unsigned lane;
};

/*
 * The authenticators' steps of all long packets stand in a row, in the order of the texts: works[0] first. Each of
 * these counts steps from the start of that row.
 */
struct bulk {
	struct poly_work works[AEAD_BURST_MAX]; /* what is left of each long packet */
	unsigned at;                            /* the first with something left */
	uint32_t n_taken;                       /* steps taken in */
	uint32_t n_available;                   /* steps whose ciphertext is there */
	uint32_t
		n_queued; /* steps whose text is computed or in the row of blocks; opening, rounded up */
};

struct native {
	const struct native_isa *isa;
	struct aead_op *ops;
	unsigned n_ops;
	bool is_sealing;
	uint8_t order[AEAD_BURST_MAX]; /* indices of ops */
	uint8_t n_ahead
		[AEAD_BURST_MAX]; /* blocks of each packet's keystream that stand in `ahead` */

	struct chacha20_row row;
	unsigned n_row;
	struct remainder remainders[NATIVE_LANES_MAX];
	unsigned n_remainders;
	uint32_t n_bulk
		[AEAD_BURST_MAX]; /* steps of each packet that are taken in beside the keystream */
	struct bulk bulk;
	struct tail tails[AEAD_BURST_MAX];

	/* From here on all is secret and wiped after each burst, the arrays as far as they were used. */
	cache_aligned uint8_t scratch[NATIVE_SCRATCH_LEN];
	uint8_t aside[NATIVE_LANES_MAX][CHACHA20_BLOCK_LEN];
	uint8_t ahead[NATIVE_LANES_MAX][CHACHA20_BLOCK_LEN];
	uint8_t one_time_keys[AEAD_BURST_MAX][CHACHA20_BLOCK_LEN];
	struct poly1305 poly[AEAD_BURST_MAX];
};

static const uint8_t zeros[CHACHA20_BLOCK_LEN];

void *native_create(void)
{
	struct native *nat = aligned_alloc(CACHE_LINE, sizeof(*nat));

	if (nat)
		memset(nat, 0, sizeof(*nat));
	return nat;
}

void native_destroy(void *state)
{
	secure_wipe(state, sizeof(struct native));
	free(state);
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static const uint8_t *ciphertext(const struct native *nat, const struct aead_op *op)
{
	return nat->is_sealing ? op->dst : op->src;
}

/* While the ciphertext is there: before it is opened in place, after it is sealed. */
static void tail_make(struct native *nat, unsigned i)
{
	const struct aead_op *op = &nat->ops[i];
	struct tail *tail = &nat->tails[i];
	uint32_t at = nat->n_bulk[i] * nat->isa->step_len, rest = op->len - at;
	uint8_t *lengths;

	tail->n_blocks = (rest + POLY1305_BLOCK_LEN - 1) / POLY1305_BLOCK_LEN + 1;
	lengths = tail->bytes + (tail->n_blocks - 1) * POLY1305_BLOCK_LEN;
	if (rest)
		memset(lengths - POLY1305_BLOCK_LEN, 0, POLY1305_BLOCK_LEN);
	memcpy(tail->bytes, ciphertext(nat, op) + at, rest);
	le64_store(lengths, 0); /* of additional data */
	le64_store(lengths + 8, op->len);
}

/* The next steps of one long packet, at most `n_max`; there is one. */
static struct poly_work work_take(struct native *nat, uint32_t n_max)
{
	struct bulk *bulk = &nat->bulk;
	struct poly_work *left = &bulk->works[bulk->at], work = *left;

	work.n_steps = min_u32(left->n_steps, n_max);
	left->src += work.n_steps * nat->isa->step_len;
	left->n_steps -= work.n_steps;
	bulk->at += !left->n_steps;
	bulk->n_taken += work.n_steps;
	return work;
}

/* Takes in the next `n` steps alone. */
static void bulk_absorb(struct native *nat, uint32_t n)
{
	while (n) {
		struct poly_work work = work_take(nat, n);

		poly_mulx_absorb(work.poly, work.src,
			work.n_steps * nat->isa->step_len / POLY1305_BLOCK_LEN);
		n -= work.n_steps;
	}
}

/*
 * Before texts are opened, in place perhaps, their ciphertexts must have been taken in. Beside the keystream a little
 * less is taken in than opened; so when it falls behind, it gets a lead that lasts.
 */
static void bulk_lead(struct native *nat)
{
	struct bulk *bulk = &nat->bulk;

	if (bulk->n_taken < bulk->n_queued)
		bulk_absorb(nat,
			min_u32(bulk->n_queued + LEAD_STEPS, bulk->n_available) - bulk->n_taken);
}

/* What is to be taken in beside the row: at most `n` steps. */
static void works_find(struct native *nat, uint32_t n)
{
	struct poly_work *work = nat->row.poly_works, *end = work + NATIVE_POLY_WORKS;

	n = min_u32(n, nat->bulk.n_available - nat->bulk.n_taken);
	for (; n && work < end; n -= work++->n_steps)
		*work = work_take(nat, n);
	work->n_steps = 0;
}

/* Lanes that have no block compute one that goes nowhere. */
static void row_fill(struct native *nat, unsigned n_lanes)
{
	struct chacha20_row *row = &nat->row;

	for (unsigned i = nat->n_row; i < n_lanes; i++) {
		row->key[i] = row->key[0];
		row->src[i] = zeros;
		row->dst[i] = nat->aside[i];
	}
}

static void row_run(struct native *nat)
{
	const struct native_isa *isa = nat->isa;
	const struct chacha20_kernel *kernel =
		nat->n_row > isa->narrow.n_lanes ? &isa->wide : &isa->narrow;

	if (!nat->n_row)
		return;
	row_fill(nat, kernel->n_lanes);
	if (!nat->is_sealing)
		bulk_lead(nat);
	works_find(nat, kernel->n_steps);
	kernel->run(&nat->row, nat->scratch);

	for (unsigned i = 0; i < nat->n_remainders; i++) {
		const struct remainder *r = &nat->remainders[i];

		memcpy(r->dst, nat->aside[r->lane], r->len);
	}
	nat->n_remainders = 0;
	nat->n_row = 0;
	if (nat->is_sealing)
		nat->bulk.n_available = nat->bulk.n_queued;
}

static inline void lane_set(struct chacha20_row *row, unsigned lane, const struct aead_op *op,
	uint32_t block, const uint8_t *src, uint8_t *dst)
{
	row->start[lane] = (uint64x2){block, op->counter};
	row->key[lane] = op->key;
	row->src[lane] = src;
	row->dst[lane] = dst;
}

/* `n` blocks of a packet's keystream, from number `block` on, for whole blocks at src; n at most row_space. */
static inline void row_add(struct native *nat, const struct aead_op *op, uint32_t block, unsigned n,
	const uint8_t *src, uint8_t *dst)
{
	unsigned n_lanes = nat->isa->wide.n_lanes;

	nat->row.is_one_packet = n == n_lanes;
	for (unsigned i = 0; i < (n == n_lanes ? 1 : n); i++)
		lane_set(&nat->row, nat->n_row + i, op, block + i, src + i * CHACHA20_BLOCK_LEN,
			dst + i * CHACHA20_BLOCK_LEN);
	nat->n_row += n;
	if (nat->n_row == n_lanes)
		row_run(nat);
}

static uint32_t row_space(const struct native *nat)
{
	return nat->isa->wide.n_lanes - nat->n_row;
}

/*
 * Block 0 of each packet makes the authenticator's key. [8439] 2.8. Lanes that are left take keystream of the first
 * texts, which cannot be used yet.
 */
static void keys_make(struct native *nat)
{
	unsigned n_lanes = nat->isa->narrow.n_lanes,
		 n_free = (n_lanes - nat->n_ops % n_lanes) % n_lanes;
	unsigned n_ahead = 0;

	for (unsigned i = 0; i < nat->n_ops; i++)
		row_add(nat, &nat->ops[i], 0, 1, zeros, nat->one_time_keys[i]);
	for (unsigned at = 0; at < nat->n_ops; at++) {
		const struct aead_op *op = &nat->ops[nat->order[at]];
		uint32_t n_blocks = (op->len + CHACHA20_BLOCK_LEN - 1) / CHACHA20_BLOCK_LEN;
		uint32_t n = min_u32(n_blocks, n_free - n_ahead);

		for (uint32_t block = 1; block <= n; block++)
			row_add(nat, op, block, 1, zeros, nat->ahead[n_ahead++]);
		nat->n_ahead[at] = (uint8_t)n;
	}
	row_run(nat);
	for (unsigned i = 0; i < nat->n_ops; i++)
		poly1305_init(&nat->poly[i], nat->one_time_keys[i]);
}

static void bytes_xor(uint8_t *dst, const uint8_t *src, const uint8_t *keystream, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		dst[i] = src[i] ^ keystream[i];
}

/* `len` bytes of a packet's text are queued, after n_before steps of the packets before it. */
static void text_count(struct native *nat, uint32_t n_before, uint32_t n_bulk, uint32_t len)
{
	uint32_t rounding = nat->is_sealing ? 0 : nat->isa->step_len - 1;
	uint32_t n = (uint32_t)((uint64_t)(len + rounding) * nat->isa->step_reciprocal >> 32);

	nat->bulk.n_queued = n_before + min_u32(n, n_bulk);
}

/* The text of packet order[at]; block 0 of its keystream is used up. `ahead` is the next keystream that is there. */
static const uint8_t *text_add(struct native *nat, unsigned at, const uint8_t *ahead)
{
	const struct aead_op *op = &nat->ops[nat->order[at]];
	uint32_t n_before = nat->bulk.n_queued, n_bulk = nat->n_bulk[nat->order[at]];
	uint32_t block = nat->n_ahead[at] + 1,
		 done = min_u32(nat->n_ahead[at] * CHACHA20_BLOCK_LEN, op->len);

	if (done) {
		row_run(nat);
		text_count(nat, n_before, n_bulk, done);
		if (!nat->is_sealing)
			bulk_lead(nat);
		bytes_xor(op->dst, op->src, ahead, done);
		if (nat->is_sealing)
			nat->bulk.n_available = nat->bulk.n_queued;
	}
	for (uint32_t n; (n = min_u32((op->len - done) / CHACHA20_BLOCK_LEN, row_space(nat)));) {
		const uint8_t *src = op->src + done;
		uint8_t *dst = op->dst + done;

		done += n * CHACHA20_BLOCK_LEN;
		text_count(nat, n_before, n_bulk, done);
		row_add(nat, op, block, n, src, dst);
		block += n;
	}
	if (done < op->len) {
		uint8_t *aside = nat->aside[nat->n_row];

		text_count(nat, n_before, n_bulk, op->len);
		memcpy(aside, op->src + done, op->len - done);
		nat->remainders[nat->n_remainders++] =
			(struct remainder){op->dst + done, op->len - done, nat->n_row};
		row_add(nat, op, block, 1, aside, aside);
	}
	return ahead + nat->n_ahead[at] * CHACHA20_BLOCK_LEN;
}

/* What a lane takes in: the tail of packet order[at]. */
struct lane {
	struct poly1305 *poly;
	const uint8_t *src;
	uint32_t n_blocks;
};

static struct lane lane_start(struct native *nat, unsigned at)
{
	unsigned i = nat->order[at];

	return (struct lane){&nat->poly[i], nat->tails[i].bytes, nat->tails[i].n_blocks};
}

/* All lanes go as far as the shortest; `n` of them have a packet. */
static void lanes_step(struct native *nat, struct lane *lanes, unsigned n)
{
	const uint8_t *src[NATIVE_POLY_LANES_MAX];
	struct poly1305 *poly[NATIVE_POLY_LANES_MAX], nobody = {0};
	uint32_t n_blocks = lanes[0].n_blocks;

	for (unsigned i = 0; i < nat->isa->n_poly_lanes; i++) {
		poly[i] = i < n ? lanes[i].poly : &nobody;
		src[i] = lanes[i < n ? i : 0].src;
		n_blocks = min_u32(n_blocks, lanes[i < n ? i : 0].n_blocks);
	}
	nat->isa->lanes_absorb(nat->scratch, poly, src, n, n_blocks);
	for (unsigned i = 0; i < n; i++) {
		lanes[i].src += n_blocks * POLY1305_BLOCK_LEN;
		lanes[i].n_blocks -= n_blocks;
	}
}

/* Takes in the tails of packets order[from] to order[to - 1]. */
static void tails_absorb(struct native *nat, unsigned from, unsigned to)
{
	const struct native_isa *isa = nat->isa;
	struct lane lanes[NATIVE_POLY_LANES_MAX];
	unsigned n = 0;

	for (;;) {
		while (n < isa->n_poly_lanes && from < to)
			lanes[n++] = lane_start(nat, from++);
		if (n < LANES_MIN)
			break;
		lanes_step(nat, lanes, n);
		for (unsigned i = n; i-- > 0;) {
			if (!lanes[i].n_blocks)
				lanes[i] = lanes[--n];
		}
	}
	for (unsigned i = 0; i < n; i++)
		poly_mulx_absorb(lanes[i].poly, lanes[i].src, lanes[i].n_blocks);
}

/* Short packets (or long ones) first, each in their order. Returns the number of the first kind. */
static unsigned order_make(struct native *nat, bool short_first)
{
	unsigned n_first = 0, n = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < nat->n_ops; i++) {
			bool is_short = nat->ops[i].len < LONG_MIN;

			if (is_short == (short_first == !pass))
				nat->order[n++] = (uint8_t)i;
		}
		n_first = pass ? n_first : n;
	}
	return n_first;
}

/* poly1305_finish in words, without its wiping: here all is wiped at the end of the burst. */
struct tag {
	uint64_t low, high;
};

static struct tag tag_compute(const struct poly1305 *poly)
{
	struct tag tag = {poly->h[0], poly->h[1]};
	uint64_t sum, mask;
	bool carry;

	/* h >= 2^130 - 5 exactly if h + 5 reaches 2^130; modulo 2^128, taking 2^130 - 5 away is adding 5. */
	carry = __builtin_add_overflow(tag.low, 5, &sum);
	carry = __builtin_add_overflow(tag.high, carry, &sum);
	mask = 0 - ((poly->h[2] + carry) >> 2);
	tag.high += __builtin_add_overflow(tag.low, mask & 5, &tag.low);
	tag.high += __builtin_add_overflow(tag.low, poly->pad[0], &tag.low);
	tag.high += poly->pad[1];
	return tag;
}

static void tags_write(struct native *nat)
{
	for (unsigned i = 0; i < nat->n_ops; i++) {
		struct tag tag = tag_compute(&nat->poly[i]);
		uint8_t *dst = nat->ops[i].dst + nat->ops[i].len;

		le64_store(dst, tag.low);
		le64_store(dst + 8, tag.high);
	}
}

static void tags_check(struct native *nat, unsigned from, unsigned to)
{
	for (unsigned at = from; at < to; at++) {
		unsigned i = nat->order[at];
		struct tag tag = tag_compute(&nat->poly[i]);
		const uint8_t *src = nat->ops[i].src + nat->ops[i].len;

		nat->ops[i].is_authentic = aead_verdict(
			((le64_load(src) ^ tag.low) | (le64_load(src + 8) ^ tag.high)) == 0);
	}
}

static void native_start(struct native *nat, const struct native_isa *isa, struct aead_op *ops,
	unsigned n, bool is_sealing)
{
	nat->isa = isa;
	nat->ops = ops;
	nat->n_ops = n;
	nat->is_sealing = is_sealing;
	nat->n_row = 0;
	nat->n_remainders = 0;
	nat->bulk.at = 0;
	nat->bulk.n_taken = 0;
	nat->bulk.n_available = 0;
	nat->bulk.n_queued = 0;
	for (unsigned i = 0; i < n; i++)
		nat->n_bulk[i] = ops[i].len < LONG_MIN ? 0 : ops[i].len / isa->step_len;
}

/* Returns the number of steps. */
static uint32_t bulk_start(struct native *nat)
{
	uint32_t n_steps = 0;
	unsigned n = 0;

	for (unsigned at = 0; at < nat->n_ops; at++) {
		unsigned i = nat->order[at];

		nat->bulk.works[n] = (struct poly_work){
			&nat->poly[i], ciphertext(nat, &nat->ops[i]), nat->n_bulk[i]};
		n += nat->n_bulk[i] > 0;
		n_steps += nat->n_bulk[i];
	}
	return n_steps;
}

_Static_assert(offsetof(struct poly1305, r1_folded) == 16 && offsetof(struct poly1305, h) == 40
		&& offsetof(struct poly_work, n_steps) == 16 && sizeof(struct poly_work) == 24,
	"aead_poly_mulx.inc");

static void native_wipe(struct native *nat)
{
	const size_t lanes_len = nat->isa->wide.n_lanes * CHACHA20_BLOCK_LEN;

	secure_wipe(nat->scratch, sizeof(nat->scratch));
	secure_wipe(nat->aside, lanes_len);
	secure_wipe(nat->ahead, lanes_len);
	secure_wipe(nat->one_time_keys, nat->n_ops * sizeof(nat->one_time_keys[0]));
	secure_wipe(nat->poly, nat->n_ops * sizeof(nat->poly[0]));
}

void native_seal(const struct native_isa *isa, void *state, struct aead_op *ops, unsigned n)
{
	struct native *nat = state;
	const uint8_t *ahead = nat->ahead[0];
	uint32_t n_steps;

	native_start(nat, isa, ops, n, true);
	order_make(nat, false);
	n_steps = bulk_start(nat);
	keys_make(nat);
	for (unsigned at = 0; at < n; at++)
		ahead = text_add(nat, at, ahead);
	row_run(nat);

	bulk_absorb(nat, n_steps - nat->bulk.n_taken);
	for (unsigned i = 0; i < n; i++)
		tail_make(nat, i);
	tails_absorb(nat, 0, n);
	tags_write(nat);
	native_wipe(nat);
}

/*
 * Short packets are opened once their tag is known to be right. Long ones are authenticated and opened at the same
 * time, and wiped if the tag was wrong.
 */
void native_open(const struct native_isa *isa, void *state, struct aead_op *ops, unsigned n)
{
	struct native *nat = state;
	const uint8_t *ahead = nat->ahead[0];
	unsigned n_short;

	native_start(nat, isa, ops, n, false);
	n_short = order_make(nat, true);
	keys_make(nat);
	for (unsigned i = 0; i < n; i++)
		tail_make(nat, i);
	tails_absorb(nat, 0, n_short);
	tags_check(nat, 0, n_short);

	nat->bulk.n_available = bulk_start(nat);
	for (unsigned at = 0; at < n; at++)
		ahead = text_add(nat, at, ahead);
	row_run(nat);
	tails_absorb(nat, n_short, n);
	tags_check(nat, n_short, n);

	for (struct aead_op *op = ops; op < ops + n; op++) {
		if (!op->is_authentic)
			secure_wipe(op->dst, op->len);
	}
	native_wipe(nat);
}
