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
#include "crypto/aead_lanes.h"
#include "crypto/aead_verdict.h"

#include <stdlib.h>
#include <string.h>

#define LONG_MIN 192 /* bytes; shorter packets are authenticated in lanes alone */
#define LEAD_STEPS 10
#define N_KEY_LANES 8 /* a multiple of these computes keys, and keystream ahead beside them */

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

/* The text that goes into the row. */
struct text {
	uint32_t done;     /* bytes of it that are computed or in the row */
	uint32_t n_bulk;   /* its steps */
	uint32_t n_before; /* steps of the texts before it */
};

struct native {
	const struct native_isa *isa;
	struct aead_op *ops;
	unsigned n_ops;
	bool is_sealing;
	uint8_t order[AEAD_BURST_MAX];   /* indices of ops */
	uint8_t n_ahead[AEAD_BURST_MAX]; /* blocks of keystream of order[i] that stand in `ahead` */
	unsigned n_ahead_total;

	struct chacha20_row row;
	unsigned n_row;
	struct remainder remainders[NATIVE_LANES_MAX];
	unsigned n_remainders;
	uint32_t n_bulk
		[AEAD_BURST_MAX]; /* steps of each packet that are taken in beside the keystream */
	struct bulk bulk;
	struct text text;
	struct tail tails[AEAD_BURST_MAX];

	/* From here on all is secret and wiped after each burst, as far as it was used. */
	struct {
		cache_aligned uint8_t scratch[NATIVE_SCRATCH_LEN];
		uint8_t aside[NATIVE_LANES_MAX][CHACHA20_BLOCK_LEN];
	} work;
	uint8_t ahead[NATIVE_LANES_MAX][CHACHA20_BLOCK_LEN];
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

static uint32_t steps_count(const struct native *nat, uint32_t len)
{
	return (uint32_t)((uint64_t)len * nat->isa->step_reciprocal >> 32);
}

static const uint8_t *ciphertext(const struct native *nat, const struct aead_op *op)
{
	return nat->is_sealing ? op->dst : op->src;
}

/* While the ciphertext is there. Of one that goes before the tail is taken in, a copy is made. */
static void tail_make(struct native *nat, unsigned i, bool with_copy)
{
	const struct aead_op *op = &nat->ops[i];
	struct tail *tail = &nat->tails[i];
	uint32_t at = nat->n_bulk[i] * nat->isa->step_len,
		 n_blocks = (op->len - at) / POLY1305_BLOCK_LEN;
	uint32_t rest = op->len % POLY1305_BLOCK_LEN;
	uint64x2 *end = (uint64x2 *)tail->end;

	tail->src = ciphertext(nat, op) + at;
	tail->n_blocks = n_blocks;
	tail->n_end_blocks = 1;
	if (rest) {
		*end++ = (uint64x2){0};
		memcpy(tail->end, tail->src + n_blocks * POLY1305_BLOCK_LEN, rest);
		tail->n_end_blocks = 2;
	}
	*end = (uint64x2){0, op->len}; /* no additional data */
	if (with_copy) {
		memcpy(tail->copy, tail->src, n_blocks * POLY1305_BLOCK_LEN);
		tail->src = tail->copy;
	}
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
			work.n_steps * nat->isa->step_len / POLY1305_BLOCK_LEN, NULL, 0);
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

/* As many steps are queued as the texts have come. */
static void text_count(struct native *nat)
{
	const struct text *text = &nat->text;
	uint32_t rounding = nat->is_sealing ? 0 : nat->isa->step_len - 1;

	nat->bulk.n_queued =
		text->n_before + min_u32(steps_count(nat, text->done + rounding), text->n_bulk);
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
		row->dst[i] = nat->work.aside[i];
	}
}

/* Few lanes take less time, but nothing is taken in beside them. */
static const struct chacha20_kernel *kernel_choose(const struct native *nat)
{
	const struct native_isa *isa = nat->isa;
	bool has_steps = nat->bulk.n_taken < nat->bulk.n_available;

	return nat->n_row <= isa->narrow.n_lanes && !has_steps ? &isa->narrow : &isa->wide;
}

static void row_run(struct native *nat)
{
	const struct chacha20_kernel *kernel;

	if (!nat->n_row)
		return;
	text_count(nat);
	if (!nat->is_sealing)
		bulk_lead(nat);
	kernel = kernel_choose(nat);
	row_fill(nat, kernel->n_lanes);
	works_find(nat, kernel->n_steps);
	kernel->run(&nat->row, nat->work.scratch);

	for (unsigned i = 0; i < nat->n_remainders; i++) {
		const struct remainder *r = &nat->remainders[i];

		memcpy(r->dst, nat->work.aside[r->lane], r->len);
	}
	nat->n_remainders = 0;
	nat->n_row = 0;
	nat->row.is_one_packet = false;
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

/* One block of a packet's keystream, for a whole block at src. */
static inline void row_add(struct native *nat, const struct aead_op *op, uint32_t block,
	const uint8_t *src, uint8_t *dst)
{
	lane_set(&nat->row, nat->n_row++, op, block, src, dst);
	if (nat->n_row == nat->isa->wide.n_lanes)
		row_run(nat);
}

/* A row of blocks of one packet, from number `block` on. */
static void row_run_packet(struct native *nat, const struct aead_op *op, uint32_t block,
	const uint8_t *src, uint8_t *dst)
{
	lane_set(&nat->row, 0, op, block, src, dst);
	nat->row.is_one_packet = true;
	nat->n_row = nat->isa->wide.n_lanes;
	row_run(nat);
}

/* Lanes that are left beside the last keys take keystream of the first texts, which cannot be used yet. */
static void ahead_add(struct native *nat)
{
	unsigned n_free = (N_KEY_LANES - nat->n_ops % N_KEY_LANES) % N_KEY_LANES, n_ahead = 0;

	for (unsigned at = 0; n_ahead < n_free && at < nat->n_ops; at++) {
		const struct aead_op *op = &nat->ops[nat->order[at]];
		uint32_t n_blocks = (op->len + CHACHA20_BLOCK_LEN - 1) / CHACHA20_BLOCK_LEN;
		uint32_t n = min_u32(n_blocks, n_free - n_ahead);

		for (uint32_t block = 1; block <= n; block++)
			lane_set(&nat->row, nat->n_row++, op, block, zeros, nat->ahead[n_ahead++]);
		nat->n_ahead[at] = (uint8_t)n;
	}
	nat->n_ahead_total = n_ahead;
}

/* Block 0 of each packet makes the authenticator's key. [8439] 2.8 */
static void keys_make(struct native *nat)
{
	unsigned n;

	for (unsigned at = 0; at < nat->n_ops; at += n) {
		n = min_u32(nat->n_ops - at, nat->isa->wide.n_lanes);
		for (unsigned i = 0; i < n; i++)
			lane_set(&nat->row, i, &nat->ops[at + i], 0, zeros, nat->work.aside[i]);
		nat->n_row = n;
		if (at + n == nat->n_ops)
			ahead_add(nat);
		row_run(nat);
		for (unsigned i = 0; i < n; i++)
			poly1305_init(&nat->poly[at + i], nat->work.aside[i]);
	}
}

static void bytes_xor(uint8_t *dst, const uint8_t *src, const uint8_t *keystream, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		dst[i] = src[i] ^ keystream[i];
}

/* Keystream that was computed beside the keys goes onto the first bytes of a text. */
static void text_use_ahead(struct native *nat, const struct aead_op *op, const uint8_t *ahead)
{
	row_run(nat);
	text_count(nat);
	if (!nat->is_sealing)
		bulk_lead(nat);
	bytes_xor(op->dst, op->src, ahead, nat->text.done);
	if (nat->is_sealing)
		nat->bulk.n_available = nat->bulk.n_queued;
}

/* Less than a block is computed aside. */
static void text_add_rest(struct native *nat, const struct aead_op *op, uint32_t done)
{
	uint8_t *aside = nat->work.aside[nat->n_row];
	uint32_t len = op->len - done;

	memcpy(aside, op->src + done, len);
	nat->remainders[nat->n_remainders++] = (struct remainder){op->dst + done, len, nat->n_row};
	nat->text.done = op->len;
	row_add(nat, op, done / CHACHA20_BLOCK_LEN + 1, aside, aside);
}

/* The text of packet order[at]; block 0 of its keystream is used up. `ahead` is the next keystream that is there. */
static const uint8_t *text_add(struct native *nat, unsigned at, const uint8_t *ahead)
{
	const struct aead_op *op = &nat->ops[nat->order[at]];
	const uint32_t n_lanes = nat->isa->wide.n_lanes,
		       ahead_len = nat->n_ahead[at] * CHACHA20_BLOCK_LEN;
	uint32_t done = min_u32(ahead_len, op->len);

	nat->text.n_before += nat->text.n_bulk;
	nat->text.n_bulk = nat->n_bulk[nat->order[at]];
	nat->text.done = done;
	if (done)
		text_use_ahead(nat, op, ahead);
	while (op->len - done >= CHACHA20_BLOCK_LEN) {
		const uint8_t *src = op->src + done;
		uint8_t *dst = op->dst + done;
		uint32_t block = done / CHACHA20_BLOCK_LEN + 1;

		if (!nat->n_row && op->len - done >= n_lanes * CHACHA20_BLOCK_LEN) {
			done += n_lanes * CHACHA20_BLOCK_LEN;
			nat->text.done = done;
			row_run_packet(nat, op, block, src, dst);
		} else {
			done += CHACHA20_BLOCK_LEN;
			nat->text.done = done;
			row_add(nat, op, block, src, dst);
		}
	}
	if (done < op->len)
		text_add_rest(nat, op, done);
	return ahead + ahead_len;
}

/* Takes in the tails of packets order[from] to order[to - 1]. */
static void tails_absorb(struct native *nat, unsigned from, unsigned to)
{
	struct lanes lanes;

	lanes_start(&lanes, nat->isa, nat->work.scratch);
	for (unsigned at = from; at < to; at++) {
		unsigned i = nat->order[at];

		if (nat->n_bulk[i] && !nat->isa->has_fast_lanes)
			tail_absorb(&nat->poly[i], &nat->tails[i]);
		else
			lanes_add(&lanes, &nat->poly[i], &nat->tails[i]);
	}
	lanes_finish(&lanes);
}

/* Short packets (or long ones) first, in their order, the others backwards. Returns the number of the first kind. */
static unsigned order_make(struct native *nat, bool short_first)
{
	unsigned first = 0, last = nat->n_ops;

	for (unsigned i = 0; i < nat->n_ops; i++) {
		bool is_short = nat->ops[i].len < LONG_MIN;

		nat->n_bulk[i] = is_short ? 0 : steps_count(nat, nat->ops[i].len);
		nat->order[is_short == short_first ? first++ : --last] = (uint8_t)i;
	}
	return first;
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
	nat->row.is_one_packet = false;
	nat->text = (struct text){0};
	nat->ops = ops;
	nat->n_ops = n;
	nat->is_sealing = is_sealing;
	nat->n_row = 0;
	nat->n_remainders = 0;
	nat->bulk.at = 0;
	nat->bulk.n_taken = 0;
	nat->bulk.n_available = 0;
	nat->bulk.n_queued = 0;
	memset(nat->n_ahead, 0, n * sizeof(nat->n_ahead[0]));
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

	secure_wipe(&nat->work, sizeof(nat->work.scratch) + lanes_len);
	if (nat->n_ahead_total)
		secure_wipe(nat->ahead, nat->n_ahead_total * sizeof(nat->ahead[0]));
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
		tail_make(nat, i, false);
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
		tail_make(nat, i, nat->n_bulk[i]);
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
