/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "model/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "handshake/noise.h"
#include "noise_whole.h"
#include "protocol.h"
#include "tables/index_table.h"
#include "tables/keypair.h"
#include "tables/peer_view.h"
#include "tables/rcu.h"

#define TICK_NS (10 * NSEC_PER_MSEC)
#define TALK_SPACING_NS (250 * NSEC_PER_MSEC)
#define START_NS (300 * NSEC_PER_SEC)
#define WALL_START_S 1767225600 /* 2026-01-01 */
#define DATA true
#define KEEPALIVE false

static const uint8_t private_keys[2][WG_KEY_LEN] = {{1}, {2}};
static const uint8_t preshared_key[WG_KEY_LEN] = {3};

/* The tables of all networks draw from one source. */
static struct prng index_prng = {.state = 1};

static uint32_t draw_index(void)
{
	return (uint32_t)prng_next(&index_prng);
}

/* What the handshake asks of its surroundings. */

static struct noise_remote *find(void *context, const uint8_t public_key[WG_KEY_LEN])
{
	struct end *end = context;

	return memcmp(noise_remote_public_key(end->remote), public_key, WG_KEY_LEN) == 0
		? end->remote
		: NULL;
}

static int index_take(void *context, void *owner, uint32_t *out_index)
{
	struct end *end = context;

	return index_table_take(end->publisher.indices, owner, out_index);
}

static void index_drop(void *context, uint32_t index)
{
	struct end *end = context;

	index_table_drop(end->publisher.indices, index);
}

static const struct noise_upcalls upcalls = {find, index_take, index_drop};

/* The network. */

static void put(struct end *to, struct datagram datagram)
{
	struct network *net = to->network;

	datagram.to = to;
	datagram.arrival_ns = net->now_ns + TICK_NS + prng_below(&net->prng, net->latency_max_ns);
	assert_true(net->n_queued < ENDS_QUEUE_LEN);
	net->queue[net->n_queued++] = datagram;
}

static void transmit(struct end *from, const struct datagram *datagram, bool is_data)
{
	struct network *net = from->network;

	peer_view_note_sent(from->view, net->now_ns, is_data);
	if (prng_below(&net->prng, 100) < net->loss_percent)
		return;
	put(from->other, *datagram);
	if (prng_below(&net->prng, 100) < net->double_percent)
		put(from->other, *datagram);
}

/* Sessions. */

static bool has_session(const struct end *end)
{
	const struct keypair *kp = end->session.current;

	return kp && session_is_alive(&kp->send_age, end->network->now_ns);
}

/* Could the other end open it when it was sealed? A responder must not seal before it knows. [W] 5.4.3 */
static bool has_derived(const struct end *end, const uint8_t key[WG_KEY_LEN])
{
	for (size_t i = 0; i < array_len(end->derived); i++)
		if (memcmp(end->derived[i], key, WG_KEY_LEN) == 0)
			return true;
	return false;
}

static void seal(struct end *end, bool is_data)
{
	struct network *net = end->network;
	struct keypair *kp = atomic_load(&end->view->sending);
	struct datagram datagram = {.type = DATAGRAM_TRANSPORT,
		.transport = {.receiver_index = kp->remote_index,
			.serial = is_data ? ++net->last_serial : 0}};

	assert_true(net->now_ns - kp->send_age.birth_ns < WG_REJECT_AFTER_TIME_NS);
	assert_true(has_derived(end->other, kp->send_key));
	memcpy(datagram.transport.key, kp->send_key, WG_KEY_LEN);
	assert_true(keypair_reserve(kp, 1, &datagram.transport.counter));
	transmit(end, &datagram, is_data);
	end->n_sent += is_data;
	end->is_rekey_posted |=
		keypair_wants_rekey_on_send(kp, datagram.transport.counter, net->now_ns);
}

static void send_data(struct end *end)
{
	if (has_session(end)) {
		seal(end, DATA);
		return;
	}
	if (end->n_staged < WG_STAGED_PACKETS_MAX)
		end->n_staged++;
	timers_handshake_wanted(&end->timers, end->network->now_ns);
}

static void session_ready(struct end *end)
{
	timers_handshake_complete(&end->timers);
	if (end->n_staged == 0 && end->session.current->send_age.is_initiator)
		seal(end, KEEPALIVE);
	for (; end->n_staged > 0; end->n_staged--)
		seal(end, DATA);
}

static void begin_session(struct end *end)
{
	const uint64_t now_ns = end->network->now_ns;
	struct noise_session session;
	struct keypair *kp;

	assert_int_equal(noise_begin_session(end->remote, &session), NOISE_OK);
	kp = publish_keypair(&end->publisher, end->view, &session, now_ns);
	assert_non_null(kp);
	memcpy(end->derived[end->n_sessions++ % array_len(end->derived)], kp->receive_key,
		WG_KEY_LEN);
	session_add(&end->session, &end->publisher, end->view, kp);
	timers_session_derived(&end->timers, now_ns);
}

/* Handshakes. */

static void draw_key(struct network *net, uint8_t out[WG_KEY_LEN])
{
	for (size_t i = 0; i < WG_KEY_LEN; i += 8)
		le64_store(out + i, prng_next(&net->prng));
}

static void initiate(struct end *end)
{
	struct network *net = end->network;
	const struct timespec wall = {.tv_sec = WALL_START_S + (time_t)(net->now_ns / NSEC_PER_SEC),
		.tv_nsec = (long)(net->now_ns % NSEC_PER_SEC)};
	struct datagram datagram = {.type = DATAGRAM_INITIATION};
	uint8_t ephemeral[WG_KEY_LEN], timestamp[WG_TIMESTAMP_LEN];

	assert_true(
		end->handshake_ns == 0 || net->now_ns - end->handshake_ns >= WG_REKEY_TIMEOUT_NS);
	end->handshake_ns = net->now_ns;
	end->n_initiations++;
	tai64n_stamp(&end->stamps, &wall, timestamp);
	draw_key(net, ephemeral);
	assert_int_equal(
		noise_create_initiation(end->remote, ephemeral, timestamp, &datagram.initiation),
		NOISE_OK);
	transmit(end, &datagram, false);
	timers_initiation_sent(
		&end->timers, net->now_ns, prng_below(&net->prng, WG_REKEY_JITTER_NS));
}

static void receive_initiation(struct end *end, const struct wg_msg_initiation *msg)
{
	struct network *net = end->network;
	struct datagram answer = {.type = DATAGRAM_RESPONSE};
	struct noise_remote *remote;
	uint8_t ephemeral[WG_KEY_LEN];

	if (noise_consume_initiation(end->local, msg, net->now_ns, &remote) != NOISE_OK)
		return; /* late, or twice */
	peer_view_note_received(end->view, net->now_ns, false);
	draw_key(net, ephemeral);
	assert_int_equal(noise_create_response(remote, ephemeral, &answer.response), NOISE_OK);
	begin_session(end);
	transmit(end, &answer, false);
	timers_response_sent(&end->timers, net->now_ns);
	end->handshake_ns = net->now_ns;
}

static void receive_response(struct end *end, const struct wg_msg_response *msg)
{
	const uint32_t index = le32_load(msg->receiver_index);

	if (!index_table_holder(end->publisher.indices, index)
		|| noise_consume_response(end->remote, msg) != NOISE_OK)
		return; /* to a handshake that is no more */
	peer_view_note_received(end->view, end->network->now_ns, false);
	begin_session(end);
	session_ready(end);
}

/* An index leads to the right key, or nowhere. */
static struct keypair *open_with(const struct end *end, const struct datagram *datagram)
{
	struct keypair *kp =
		index_table_find(end->publisher.indices, datagram->transport.receiver_index);

	if (!kp)
		return NULL;
	assert_memory_equal(kp->receive_key, datagram->transport.key, WG_KEY_LEN);
	if (!session_is_alive(&kp->send_age, end->network->now_ns)
		|| !replay_commit(&kp->replay, datagram->transport.counter))
		return NULL;
	return kp;
}

static void receive_transport(struct end *end, const struct datagram *datagram)
{
	struct network *net = end->network;
	struct keypair *kp = open_with(end, datagram);
	const uint64_t serial = datagram->transport.serial;

	if (!kp)
		return;
	if (serial) {
		assert_true(net->arrived[serial % ENDS_SERIALS_LEN] != serial);
		net->arrived[serial % ENDS_SERIALS_LEN] = serial;
		end->heard_ns = net->now_ns;
		end->n_arrived++;
	}
	peer_view_note_received(end->view, net->now_ns, serial != 0);
	end->is_rekey_posted |=
		keypair_wants_rekey_on_receive(kp, net->now_ns) && kp == end->session.current;
	if (!kp->is_in_use
		&& session_confirm(&end->session, &end->publisher, end->view, kp->local_index))
		session_ready(end);
}

/* Timers. */

static void carry_out(struct end *end, unsigned actions)
{
	if (actions & TIMERS_DROP_STAGED) {
		end->n_staged = 0;
		atomic_store(&end->view->unanswered_since_ns, 0);
	}
	if (actions & TIMERS_WIPE) {
		session_wipe(&end->session, &end->publisher, end->view);
		noise_remote_forget(end->remote);
		assert_int_equal(index_table_count(end->publisher.indices), 0);
	}
	if (actions & TIMERS_INITIATE)
		initiate(end);
	if (actions & TIMERS_KEEPALIVE && has_session(end))
		seal(end, KEEPALIVE);
	else if (actions & TIMERS_KEEPALIVE)
		timers_handshake_wanted(&end->timers, end->network->now_ns);
}

static void act(struct end *end)
{
	unsigned actions, n_held;

	do {
		const struct timers_marks marks = {
			.last_sent_ns = end->view->last_sent_ns,
			.last_received_ns = end->view->last_received_ns,
			.unanswered_since_ns = end->view->unanswered_since_ns,
			.unacked_since_ns = end->view->unacked_since_ns,
		};

		actions = timers_poll(&end->timers, &marks, end->network->now_ns, &end->due_ns);
		carry_out(end, actions);
	} while (actions);
	rcu_reclaim(end->publisher.rcu);
	/* Indices are those of the sessions, and at most one of a handshake. */
	n_held = end_count_keypairs(end);
	assert_in_range(index_table_count(end->publisher.indices), n_held, n_held + 1);
}

/* The life of an end. */

unsigned end_count_keypairs(const struct end *end)
{
	return !!end->session.current + !!end->session.previous + !!end->session.next;
}

static void start(struct end *end)
{
	const unsigned i = (unsigned)(end - end->network->ends);
	uint8_t other_public[WG_KEY_LEN];

	noise_public_key(other_public, private_keys[!i]);
	end->publisher.rcu = rcu_create(1);
	end->publisher.indices = index_table_create(end->publisher.rcu, draw_index);
	end->iface = publish_interface(&end->publisher, 0, 1420);
	end->view = publish_peer(end->iface);
	assert_non_null(end->view);
	end->local = noise_local_create(private_keys[i], &upcalls, end);
	end->remote = noise_remote_create(end->local, end, other_public, preshared_key);
	assert_non_null(end->remote);
	timers_init(&end->timers, 0);
	end->session = (struct session){0};
	end->stamps = (struct tai64n_clock){0};
	end->handshake_ns = 0;
	end->n_staged = 0;
	end->is_rekey_posted = false;
	act(end);
}

static void stop(struct end *end)
{
	session_wipe(&end->session, &end->publisher, end->view);
	noise_remote_destroy(end->remote);
	noise_local_destroy(end->local);
	publish_destroy_peer(end->view);
	assert_int_equal(index_table_count(end->publisher.indices), 0);
	assert_int_equal(rcu_reclaim(end->publisher.rcu), 0);
	publish_destroy_interface(end->iface);
	index_table_destroy(end->publisher.indices);
	rcu_destroy(end->publisher.rcu);
}

void end_restart(struct end *end)
{
	stop(end);
	start(end);
	end->n_restarts++;
}

void network_init(struct network *net, uint64_t seed)
{
	*net = (struct network){.prng = {seed}, .now_ns = START_NS, .latency_max_ns = 1};
	for (unsigned i = 0; i < 2; i++) {
		net->ends[i].network = net;
		net->ends[i].other = &net->ends[!i];
		net->ends[i].heard_ns = net->now_ns;
		start(&net->ends[i]);
	}
}

void network_fini(struct network *net)
{
	stop(&net->ends[0]);
	stop(&net->ends[1]);
}

static void receive(struct end *end, const struct datagram *datagram)
{
	switch (datagram->type) {
	case DATAGRAM_INITIATION:
		receive_initiation(end, &datagram->initiation);
		break;
	case DATAGRAM_RESPONSE:
		receive_response(end, &datagram->response);
		break;
	case DATAGRAM_TRANSPORT:
		receive_transport(end, datagram);
		break;
	}
	act(end);
}

/* Nothing that is sent meanwhile arrives within this tick. */
static void deliver(struct network *net)
{
	for (unsigned i = 0; i < net->n_queued;) {
		const struct datagram datagram = net->queue[i];

		if (datagram.arrival_ns > net->now_ns) {
			i++;
			continue;
		}
		net->queue[i] = net->queue[--net->n_queued];
		receive(datagram.to, &datagram);
	}
}

/* Control hears of what workers saw a while later; there may be a new session by then. */
static void hear_of_rekey(struct end *end)
{
	if (!end->is_rekey_posted || prng_below(&end->network->prng, 16) > 0)
		return;
	end->is_rekey_posted = false;
	timers_handshake_wanted(&end->timers, end->network->now_ns);
	act(end);
}

void network_step(struct network *net)
{
	deliver(net);
	for (unsigned i = 0; i < 2; i++) {
		struct end *end = &net->ends[i];

		if (end->is_talking && net->now_ns % TALK_SPACING_NS == 0) {
			send_data(end);
			act(end);
		}
		hear_of_rekey(end);
		if (end->due_ns <= net->now_ns)
			act(end);
	}
	net->now_ns += TICK_NS;
}
