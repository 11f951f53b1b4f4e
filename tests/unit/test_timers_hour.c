/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Two peers and their timers for an hour, over a network that loses packets. Sessions are numbers and
 * handshakes cannot be forged; all that is real is when somebody acts.
 */

#include "handshake/timers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "prng.h"
#include "protocol.h"

#define TICK_NS (10 * NSEC_PER_MSEC)
#define LATENCY_NS (30 * NSEC_PER_MSEC)
#define DATA_SPACING_NS (100 * NSEC_PER_MSEC)
#define RESTART_NS (2150 * NSEC_PER_SEC)     /* b forgets everything while a sends */
#define TRAFFIC_END_NS (3600 * NSEC_PER_SEC) /* then silence until all keys are wiped */
#define END_NS (TRAFFIC_END_NS + 2 * WG_WIPE_AFTER_TIME_NS)
#define QUEUE_LEN 256

struct session {
	unsigned id; /* 0: none */
	uint64_t birth_ns;
	bool is_initiator;
};

enum packet_type { INITIATION, RESPONSE, DATA, KEEPALIVE };

struct packet {
	uint64_t arrival_ns;
	struct end *to;
	enum packet_type type;
	unsigned handshake, session;
};

/* One of the two peers. */
struct end {
	struct network *network;
	struct end *other;
	struct timers timers;
	struct timers_marks marks;
	struct session current, previous, next;
	uint64_t due_ns;
	unsigned handshake; /* our initiation that waits for a response; 0: none */
	bool is_staged;

	uint64_t last_initiation_ns;
	uint64_t last_data_ns; /* that arrived here */
	uint64_t longest_silence_ns;
	unsigned n_initiations, n_keepalives, n_wipes, n_polls;
};

struct network {
	struct prng prng;
	uint64_t loss_percent;
	uint64_t now_ns;
	unsigned last_number; /* of a session or handshake */
	struct packet queue[QUEUE_LEN];
	unsigned head, tail;
	struct end a, b;
};

static void transmit(struct end *from, enum packet_type type, unsigned handshake, unsigned session)
{
	struct network *net = from->network;

	from->marks.last_sent_ns = net->now_ns;
	from->marks.unacked_since_ns = 0;
	if (type == DATA && from->marks.unanswered_since_ns == 0)
		from->marks.unanswered_since_ns = net->now_ns;
	if (prng_below(&net->prng, 100) < net->loss_percent)
		return;
	assert_true(net->tail - net->head < QUEUE_LEN);
	net->queue[net->tail++ % QUEUE_LEN] =
		(struct packet){net->now_ns + LATENCY_NS, from->other, type, handshake, session};
}

static void note_received(struct end *end, enum packet_type type)
{
	end->marks.last_received_ns = end->network->now_ns;
	end->marks.unanswered_since_ns = 0;
	if (type == DATA && end->marks.unacked_since_ns == 0)
		end->marks.unacked_since_ns = end->network->now_ns;
}

static bool is_usable(const struct session *session, uint64_t now_ns)
{
	return session->id != 0
		&& !clock_has_passed(now_ns, session->birth_ns, WG_REJECT_AFTER_TIME_NS);
}

static void want_if_older(struct end *end, uint64_t age_ns)
{
	const uint64_t now_ns = end->network->now_ns;

	if (end->current.is_initiator && clock_has_passed(now_ns, end->current.birth_ns, age_ns))
		timers_handshake_wanted(&end->timers, now_ns);
}

static void send_packet(struct end *end, enum packet_type type)
{
	const uint64_t now_ns = end->network->now_ns;

	if (!is_usable(&end->current, now_ns)) {
		end->is_staged = true;
		timers_handshake_wanted(&end->timers, now_ns);
		return;
	}
	transmit(end, type, 0, end->current.id);
	want_if_older(end, WG_REKEY_AFTER_TIME_NS);
}

static void start_using(struct end *end, struct session session)
{
	end->previous = end->current;
	end->current = session;
	timers_handshake_complete(&end->timers);
	if (end->is_staged)
		send_packet(end, DATA);
	else if (session.is_initiator)
		send_packet(end, KEEPALIVE);
	end->is_staged = false;
}

static void receive_transport(struct end *end, const struct packet *packet)
{
	const uint64_t now_ns = end->network->now_ns;
	const struct session *const sessions[] = {&end->current, &end->previous, &end->next};

	for (size_t i = 0; i < array_len(sessions); i++) {
		if (sessions[i]->id != packet->session || !is_usable(sessions[i], now_ns))
			continue;
		note_received(end, packet->type);
		if (packet->type == DATA)
			end->last_data_ns = now_ns;
		if (sessions[i] == &end->next) {
			start_using(end, end->next);
			end->next = (struct session){0};
		}
		want_if_older(end, WG_REKEY_ON_RECEIVE_NS);
		return;
	}
}

static void receive(struct end *end, const struct packet *packet)
{
	const uint64_t now_ns = end->network->now_ns;

	switch (packet->type) {
	case INITIATION:
		note_received(end, packet->type);
		end->handshake = 0; /* simultaneous ones end each other */
		end->next = (struct session){++end->network->last_number, now_ns, false};
		timers_session_derived(&end->timers, now_ns);
		transmit(end, RESPONSE, packet->handshake, end->next.id);
		break;
	case RESPONSE:
		if (end->handshake == 0 || packet->handshake != end->handshake)
			return;
		note_received(end, packet->type);
		end->handshake = 0;
		timers_session_derived(&end->timers, now_ns);
		start_using(end, (struct session){packet->session, now_ns, true});
		break;
	case DATA:
	case KEEPALIVE:
		receive_transport(end, packet);
		break;
	}
}

static void initiate(struct end *end)
{
	struct network *net = end->network;

	if (end->n_initiations++ > 0)
		assert_true(net->now_ns - end->last_initiation_ns >= WG_REKEY_TIMEOUT_NS);
	end->last_initiation_ns = net->now_ns;
	end->handshake = ++net->last_number;
	transmit(end, INITIATION, end->handshake, 0);
	timers_initiation_sent(
		&end->timers, net->now_ns, prng_below(&net->prng, WG_REKEY_JITTER_NS));
}

static void forget_sessions(struct end *end)
{
	end->current = end->previous = end->next = (struct session){0};
	end->handshake = 0;
}

static void act(struct end *end)
{
	const uint64_t now_ns = end->network->now_ns;
	unsigned actions;

	do {
		actions = timers_poll(&end->timers, &end->marks, now_ns, &end->due_ns);
		assert_true(end->due_ns > now_ns);
		end->n_polls++;
		if (actions & TIMERS_DROP_STAGED) {
			end->is_staged = false;
			end->marks.unanswered_since_ns = 0;
		}
		if (actions & TIMERS_WIPE) {
			forget_sessions(end);
			end->n_wipes++;
		}
		if (actions & TIMERS_INITIATE)
			initiate(end);
		if (actions & TIMERS_KEEPALIVE) {
			end->n_keepalives++;
			send_packet(end, KEEPALIVE);
		}
	} while (actions);
}

static void end_init(struct network *net, struct end *end, struct end *other, uint16_t keepalive_s)
{
	*end = (struct end){.network = net, .other = other, .last_data_ns = net->now_ns};
	timers_init(&end->timers, keepalive_s);
}

/* b loses its sessions and timers, but the test goes on measuring. */
static void restart(struct end *end)
{
	forget_sessions(end);
	end->marks = (struct timers_marks){0};
	timers_init(&end->timers, 0);
	act(end);
}

static void deliver(struct network *net)
{
	while (net->head != net->tail
		&& net->queue[net->head % QUEUE_LEN].arrival_ns <= net->now_ns) {
		const struct packet packet = net->queue[net->head++ % QUEUE_LEN];

		receive(packet.to, &packet);
		act(packet.to);
	}
}

/* a sends for 200 s of every 300; every second time b sends too, else it is all ears. */
static void make_traffic(struct network *net)
{
	const bool is_on = net->now_ns < TRAFFIC_END_NS
		&& net->now_ns % (300 * NSEC_PER_SEC) < 200 * NSEC_PER_SEC;

	if (!is_on) {
		net->b.last_data_ns = net->now_ns;
		return;
	}
	if (net->now_ns - net->b.last_data_ns > net->b.longest_silence_ns)
		net->b.longest_silence_ns = net->now_ns - net->b.last_data_ns;
	if (net->now_ns % DATA_SPACING_NS != 0)
		return;
	send_packet(&net->a, DATA);
	act(&net->a);
	if (net->now_ns % (600 * NSEC_PER_SEC) < 300 * NSEC_PER_SEC) {
		send_packet(&net->b, DATA);
		act(&net->b);
	}
}

static void run(struct network *net, uint64_t seed, uint64_t loss_percent, uint16_t keepalive_s)
{
	*net = (struct network){
		.prng = {seed}, .loss_percent = loss_percent, .now_ns = 300 * NSEC_PER_SEC};
	end_init(net, &net->a, &net->b, keepalive_s);
	end_init(net, &net->b, &net->a, 0);
	act(&net->a);
	for (; net->now_ns < END_NS; net->now_ns += TICK_NS) {
		if (net->now_ns == RESTART_NS)
			restart(&net->b);
		deliver(net);
		make_traffic(net);
		if (net->a.due_ns <= net->now_ns)
			act(&net->a);
		if (net->b.due_ns <= net->now_ns)
			act(&net->b);
	}
	print_message(
		"loss %u %%, keepalive %u s, seed %u: %u + %u initiations, %u + %u keepalives, longest "
		"silence %.1f s\n",
		(unsigned)loss_percent, keepalive_s, (unsigned)seed, net->a.n_initiations,
		net->b.n_initiations, net->a.n_keepalives, net->b.n_keepalives,
		(double)net->b.longest_silence_ns / NSEC_PER_SEC);
}

/* Loss in percent, and how long data may fail to arrive while a sends (a restart of b: 15.4 s). */
static const struct {
	uint64_t loss_percent, longest_silence_s;
	unsigned initiations_min, initiations_max;
} rows[] = {
	{0, 16, 20, 32},
	{5, 22, 20, 40},
	{30, 30, 20, 150},
};

static void test_hour(void **state)
{
	static struct network net;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++)
		for (uint64_t seed = 1; seed <= 4; seed++) {
			const unsigned min = rows[i].initiations_min, max = rows[i].initiations_max;

			run(&net, seed, rows[i].loss_percent, 0);
			assert_in_range(net.b.longest_silence_ns, 1,
				rows[i].longest_silence_s * NSEC_PER_SEC);
			assert_in_range(net.a.n_initiations + net.b.n_initiations, min, max);
			/* In the end nothing is left, and nobody is ever asked again. */
			assert_int_equal(net.a.due_ns, TIMERS_NEVER);
			assert_int_equal(net.b.due_ns, TIMERS_NEVER);
			assert_true(net.a.n_wipes >= 1 && net.b.n_wipes >= 1);
			assert_int_equal(0, net.a.current.id);
			assert_int_equal(0, net.b.current.id);
		}
}

/* Silence, but for a keepalive every 25 s: the session lives on. */
static void test_hour_with_keepalive(void **state)
{
	static struct network net;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		run(&net, 1, rows[i].loss_percent, 25);
		assert_in_range(
			net.b.longest_silence_ns, 1, rows[i].longest_silence_s * NSEC_PER_SEC);
		assert_in_range(net.a.due_ns, net.now_ns, net.now_ns + 25 * NSEC_PER_SEC);
		assert_true(is_usable(&net.a.current, net.now_ns));
		assert_int_equal(0, net.a.n_wipes);
		/* 1,680 s of silence and more before it, every 25 s */
		assert_in_range(
			net.a.n_keepalives, 2 * WG_WIPE_AFTER_TIME_NS / NSEC_PER_SEC / 25, 120);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hour),
		cmocka_unit_test(test_hour_with_keepalive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
