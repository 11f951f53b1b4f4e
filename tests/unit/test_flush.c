/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * When something that was taken out may be freed: step by step with a worker that the test plays, and as a storm. There
 * objects come and go as fast as they can, while workers find them, get them through their inboxes and post them
 * to control. Those that count as freed are overwritten and kept, so that it shows when one is used. Also under ThreadSanitizer.
 */

#include "flush.h"

#include <rte_ring.h>

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mailbox.h"
#include "prng.h"
#include "tables/rcu.h"

#define N_WORKERS 2
#define N_SLOTS 64
#define N_FLUSHES 1000
#define RING_LEN 64
#define BURST 16
#define SIP \
	2 /* packets that a worker takes at a time: few, so that they stay in the inbox for long */

#define ALIVE 0x600d
#define POISON 0xdead

/* What comes and goes. */
struct thing {
	unsigned mark; /* ALIVE until it counts as freed */
	struct thing *next;
};

static struct {
	struct rcu *rcu;
	struct rte_ring *inboxes[N_WORKERS];
	struct mailbox *mailboxes[N_WORKERS][MAILBOX_KINDS];
	struct flush flush;
	_Atomic(struct thing *) slots[N_SLOTS]; /* control publishes, workers find */
	atomic_bool is_over;
} world;

static struct rte_ring *make_ring(void)
{
	struct rte_ring *ring = aligned_alloc(CACHE_LINE,
		RTE_ALIGN_CEIL((size_t)rte_ring_get_memsize(RING_LEN), (size_t)CACHE_LINE));

	assert_non_null(ring);
	assert_int_equal(rte_ring_init(ring, "inbox", RING_LEN, RING_F_SP_ENQ | RING_F_SC_DEQ), 0);
	return ring;
}

static int setup(void **state)
{
	(void)state;
	world.rcu = rcu_create(N_WORKERS);
	flush_init(&world.flush, world.rcu);
	for (unsigned i = 0; i < N_WORKERS; i++) {
		world.inboxes[i] = make_ring();
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			world.mailboxes[i][kind] = mailbox_create(RING_LEN, -1);
		flush_add_worker(&world.flush, world.inboxes[i], world.mailboxes[i]);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N_WORKERS; i++) {
		free(world.inboxes[i]);
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++)
			mailbox_destroy(world.mailboxes[i][kind]);
	}
	rcu_destroy(world.rcu);
	return 0;
}

static bool post(unsigned worker, enum mailbox_kind kind, void *object)
{
	return mailbox_post(
		world.mailboxes[worker][kind], &(struct event){.mbuf = (struct rte_mbuf *)object});
}

static void *drain_one(unsigned worker, enum mailbox_kind kind)
{
	struct event event;

	assert_int_equal(mailbox_drain(world.mailboxes[worker][kind], &event, 1), 1);
	return event.mbuf;
}

static void *take_one(unsigned worker)
{
	void *object = NULL;

	assert_int_equal(rte_ring_sc_dequeue(world.inboxes[worker], &object), 0);
	return object;
}

static void test_nothing_on_its_way(void **state)
{
	(void)state;
	assert_true(flush_is_over(&world.flush));
	flush_begin(&world.flush);
	assert_true(flush_is_over(&world.flush));
	assert_true(flush_is_over(&world.flush));
}

/* Each step is waited for, and what comes after a mark is not. */
static void test_steps(void **state)
{
	int first, second;

	(void)state;
	rcu_online(world.rcu, 1);
	assert_int_equal(rte_ring_sp_enqueue(world.inboxes[1], &first), 0);
	flush_begin(&world.flush);
	assert_int_equal(rte_ring_sp_enqueue(world.inboxes[1], &second), 0);
	assert_false(flush_is_over(&world.flush));

	rcu_quiescent(world.rcu, 1);
	assert_false(flush_is_over(&world.flush));
	assert_ptr_equal(take_one(1), &first);
	assert_false(flush_is_over(&world.flush));

	/* The worker hands it on before its burst ends. */
	assert_true(post(1, MAILBOX_PACKETS, &first));
	rcu_quiescent(world.rcu, 1);
	assert_false(flush_is_over(&world.flush));
	assert_true(post(1, MAILBOX_PACKETS, &second));
	assert_true(post(0, MAILBOX_FACTS, &second));
	assert_ptr_equal(drain_one(1, MAILBOX_PACKETS), &first);
	assert_true(flush_is_over(&world.flush));

	assert_ptr_equal(take_one(1), &second);
	assert_ptr_equal(drain_one(1, MAILBOX_PACKETS), &second);
	assert_ptr_equal(drain_one(0, MAILBOX_FACTS), &second);
	rcu_offline(world.rcu, 1);
}

static void test_every_mailbox_counts(void **state)
{
	int object;

	(void)state;
	for (unsigned worker = 0; worker < N_WORKERS; worker++)
		for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++) {
			assert_true(post(worker, kind, &object));
			flush_begin(&world.flush);
			assert_false(flush_is_over(&world.flush));
			assert_ptr_equal(drain_one(worker, kind), &object);
			assert_true(flush_is_over(&world.flush));
		}
}

struct thread {
	pthread_t id;
	unsigned number;
	unsigned n_wrong;
	unsigned n_posted;
};

/* Uses an object and hands it to control, if there is room. */
static void use(struct thread *self, struct thing *thing, struct prng *prng)
{
	self->n_wrong += thing->mark != ALIVE;
	self->n_posted += post(self->number, prng_below(prng, MAILBOX_KINDS), thing);
}

static void work(struct thread *self, struct prng *prng)
{
	void *taken[SIP];
	unsigned n = rte_ring_sc_dequeue_burst(world.inboxes[self->number], taken, SIP, NULL);

	for (unsigned i = 0; i < n; i++)
		use(self, taken[i], prng);
	for (unsigned i = 0; i < BURST; i++) {
		struct thing *thing = atomic_load_explicit(
			&world.slots[prng_below(prng, N_SLOTS)], memory_order_acquire);

		if (thing)
			use(self, thing, prng);
	}
}

static void *run_worker(void *arg)
{
	struct thread *self = arg;
	struct prng prng = {.state = self->number + 1};

	while (!atomic_load_explicit(&world.is_over, memory_order_relaxed)) {
		rcu_online(world.rcu, self->number);
		for (unsigned n = prng_below(&prng, 32); n-- > 0;) {
			work(self, &prng);
			sched_yield();
			rcu_quiescent(world.rcu, self->number);
		}
		rcu_offline(world.rcu, self->number);
	}
	return NULL;
}

/* Handles some events. */
static unsigned listen_to_workers(void)
{
	unsigned n_wrong = 0;

	for (unsigned i = 0; i < N_WORKERS * MAILBOX_KINDS; i++) {
		struct event events[BURST];
		unsigned n = mailbox_drain(
			world.mailboxes[i / MAILBOX_KINDS][i % MAILBOX_KINDS], events, BURST);

		for (unsigned k = 0; k < n; k++)
			n_wrong += ((struct thing *)events[k].mbuf)->mark != ALIVE;
	}
	return n_wrong;
}

/* Sends what is there. */
static void send_some(struct prng *prng)
{
	for (unsigned i = 0; i < N_WORKERS * BURST; i++) {
		struct thing *thing = atomic_load_explicit(
			&world.slots[prng_below(prng, N_SLOTS)], memory_order_relaxed);

		if (thing)
			(void)rte_ring_sp_enqueue(world.inboxes[i % N_WORKERS], thing);
	}
}

/* Not given back to the heap, which would make a living one of it again. */
static void bury_all(struct thing *thing, struct thing **buried)
{
	while (thing) {
		struct thing *next = thing->next;

		thing->mark = POISON;
		thing->next = *buried;
		*buried = thing;
		thing = next;
	}
}

static void free_all(struct thing *thing)
{
	while (thing) {
		struct thing *next = thing->next;

		free(thing);
		thing = next;
	}
}

static void replace(unsigned slot, struct thing **waiting)
{
	struct thing *old = atomic_load_explicit(&world.slots[slot], memory_order_relaxed);
	struct thing *fresh = calloc(1, sizeof(*fresh));

	fresh->mark = ALIVE;
	atomic_store_explicit(&world.slots[slot], fresh, memory_order_release);
	if (!old)
		return;
	old->next = *waiting;
	*waiting = old;
}

static void test_storm(void **state)
{
	struct prng prng = {.state = 4711};
	struct thread threads[N_WORKERS] = {{.number = 0}, {.number = 1}};
	struct thing *waiting = NULL, *leaving = NULL, *buried = NULL;
	unsigned n_wrong = 0, n_flushes = 0;

	(void)state;
	for (unsigned i = 0; i < N_WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i].id, NULL, run_worker, &threads[i]), 0);
	while (n_flushes < N_FLUSHES) {
		replace(prng_below(&prng, N_SLOTS), &waiting);
		if (prng_below(&prng, 4) == 0)
			n_wrong += listen_to_workers();
		send_some(&prng);
		sched_yield();
		if (!flush_is_over(&world.flush))
			continue;
		n_flushes++;
		bury_all(leaving, &buried);
		leaving = waiting;
		waiting = NULL;
		flush_begin(&world.flush);
	}
	atomic_store(&world.is_over, true);
	for (unsigned i = 0; i < N_WORKERS; i++) {
		pthread_join(threads[i].id, NULL);
		n_wrong += threads[i].n_wrong;
		assert_true(threads[i].n_posted > 0);
	}
	assert_int_equal(n_wrong, 0);
	free_all(buried);
	free_all(leaving);
	free_all(waiting);
	for (unsigned i = 0; i < N_SLOTS; i++)
		free_all(atomic_load(&world.slots[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_on_its_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_mailbox_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_storm, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
