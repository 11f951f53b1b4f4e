/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * stream_hub EAL-OPTIONS -- RATE SECONDS: the networks around two gateways, a and b, and numbered packets through the tunnel
 * between them. It is the other side of four ports: net_memif0 and 1 are wan of a and b, 2 and 3 their lan. What comes out of
 * one wan goes into the other. It says "links up"; at a byte on stdin RATE packets a second go from each lan to the other, IPv4
 * from a's, IPv6 from b's, until a second byte, but for SECONDS at least. Then it prints what has arrived of each, and leaves
 * the ports alone until the end of stdin, because a net_memif of DPDK 22.11 that is polled does not survive that the other side goes.
 */

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "frame_fixture.h"

#define BURST 32
#define N_PORTS 4
#define N_MBUFS 4096
#define PATIENCE_NS (3 * NSEC_PER_SEC)
#define REST_US 100 /* the rings hold a hundred times what comes meanwhile */
#define IP_LEN 100  /* of a packet of a stream */
#define NUMBER_LEN \
	16 /* its number, and the number's complement, so that the checksum is the same for all */
#define RATE_MAX 10000000 /* packets/s */
#define SECONDS_MAX 600

enum { WAN_A, WAN_B, LAN_A, LAN_B };

struct stream {
	const char *name;
	uint16_t from, to;
	size_t frame_len, number_at;
	uint64_t n_sent, n_arrived, n_twice, n_late; /* late: behind one with a higher number */
	uint64_t next;                               /* one above the highest that has arrived */
	uint64_t n_behind_max;                       /* packets that were due and not sent yet */
	uint64_t arrived_ns, gap_max_ns;
	bool *has_arrived; /* by number */
	uint8_t frame[FRAME_FIXTURE_MAX];
};

struct cable {
	uint16_t from, to, n;
	struct rte_mbuf *mbufs[BURST]; /* that wait for room */
};

static struct cable cables[] = {{.from = WAN_A, .to = WAN_B}, {.from = WAN_B, .to = WAN_A}};
static uint16_t ports[N_PORTS];
static struct rte_mempool *pool;
static uint64_t rate, start_ns;
static uint64_t n_total; /* of each stream, when that is known */
static struct stream streams[] = {
	{.name = "a-to-b", .from = LAN_A, .to = LAN_B},
	{.name = "b-to-a", .from = LAN_B, .to = LAN_A},
};

static void die(const char *what)
{
	fprintf(stderr, "stream_hub: %s\n", what);
	exit(EXIT_FAILURE);
}

static void open_port(unsigned i)
{
	const struct rte_eth_conf conf = {0};
	char name[RTE_ETH_NAME_MAX_LEN];

	snprintf(name, sizeof(name), "net_memif%u", i);
	if (rte_eth_dev_get_port_by_name(name, &ports[i]) < 0
		|| rte_eth_dev_configure(ports[i], 1, 1, &conf) < 0
		|| rte_eth_rx_queue_setup(ports[i], 0, 0, 0, NULL, pool) < 0
		|| rte_eth_tx_queue_setup(ports[i], 0, 0, 0, NULL) < 0
		|| rte_eth_dev_start(ports[i]) < 0)
		die(name);
}

static void open_stream(struct stream *s, unsigned gateway)
{
	static const struct frame_spec specs[] = {
		{.from = "10.88.0.2", .to = "10.89.0.2", .ip_len = IP_LEN},
		{.from = "fd89::2", .to = "fd88::2", .ip_len = IP_LEN},
	};
	const uint8_t mac[6] = {2, 0, 0x5e, 0x10, 0, (uint8_t)(s->from)};
	const size_t header_len = gateway ? 40 : 20;

	s->frame_len = frame_write(s->frame, mac, &specs[gateway]);
	s->number_at = s->frame_len - NUMBER_LEN;
	le64_store(s->frame + s->number_at, 0);
	le64_store(s->frame + s->number_at + 8, ~UINT64_C(0));
	frame_write_udp(s->frame + s->frame_len - IP_LEN, header_len, IP_LEN, &specs[gateway]);
	s->has_arrived = calloc(SECONDS_MAX * rate, sizeof(*s->has_arrived));
	if (!s->has_arrived)
		die("out of memory");
}

static bool are_links_up(void)
{
	struct rte_eth_link link;
	bool are_up = true;

	for (unsigned i = 0; i < N_PORTS; i++)
		are_up &= rte_eth_link_get_nowait(ports[i], &link) == 0 && link.link_status;
	return are_up;
}

/* A cable that stops its sender when its end is full, so that what is lost was lost by a gateway. */
static unsigned relay(struct cable *cable)
{
	uint16_t n_sent;

	if (cable->n == 0)
		cable->n = rte_eth_rx_burst(ports[cable->from], 0, cable->mbufs, BURST);
	n_sent = rte_eth_tx_burst(ports[cable->to], 0, cable->mbufs, cable->n);
	cable->n = (uint16_t)(cable->n - n_sent);
	memmove(cable->mbufs, cable->mbufs + n_sent, cable->n * sizeof(cable->mbufs[0]));
	return n_sent;
}

static void note(struct stream *s, uint64_t number, uint64_t now_ns)
{
	if (s->has_arrived[number]) {
		s->n_twice++;
		return;
	}
	s->has_arrived[number] = true;
	s->n_arrived++;
	if (number < s->next)
		s->n_late++;
	else
		s->next = number + 1;
	if (s->arrived_ns && now_ns - s->arrived_ns > s->gap_max_ns)
		s->gap_max_ns = now_ns - s->arrived_ns;
	s->arrived_ns = now_ns;
}

/* What else comes is the gateways' own: neighbour discovery. */
static unsigned receive(struct stream *s, uint64_t now_ns)
{
	struct rte_mbuf *mbufs[BURST];
	uint16_t n = rte_eth_rx_burst(ports[s->to], 0, mbufs, BURST);

	for (uint16_t i = 0; i < n; i++) {
		const uint8_t *at = rte_pktmbuf_mtod_offset(mbufs[i], uint8_t *, s->number_at);
		uint64_t number;

		if (mbufs[i]->data_len != s->frame_len)
			continue;
		number = le64_load(at);
		if (le64_load(at + 8) == ~number && number < s->n_sent)
			note(s, number, now_ns);
	}
	rte_pktmbuf_free_bulk(mbufs, n);
	return n;
}

static uint16_t send_burst(struct stream *s, uint16_t n)
{
	struct rte_mbuf *mbufs[BURST];
	uint16_t n_sent;

	if (rte_pktmbuf_alloc_bulk(pool, mbufs, n) < 0)
		die("no packet buffers");
	for (uint16_t i = 0; i < n; i++) {
		uint8_t *out = (uint8_t *)rte_pktmbuf_append(mbufs[i], (uint16_t)s->frame_len);

		memcpy(out, s->frame, s->frame_len);
		le64_store(out + s->number_at, s->n_sent + i);
		le64_store(out + s->number_at + 8, ~(s->n_sent + i));
	}
	n_sent = rte_eth_tx_burst(ports[s->from], 0, mbufs, n);
	rte_pktmbuf_free_bulk(mbufs + n_sent, n - n_sent);
	s->n_sent += n_sent;
	return n_sent;
}

/* What finds the ring full is sent later, so that nothing is lost before the gateway. */
static void send_due(struct stream *s, uint64_t now_ns)
{
	uint64_t n_due = (now_ns - start_ns) * rate / NSEC_PER_SEC;

	n_due = RTE_MIN(n_due, n_total);
	n_due -= RTE_MIN(n_due, s->n_sent);
	s->n_behind_max = RTE_MAX(s->n_behind_max, n_due);
	while (n_due > 0) {
		uint16_t n = (uint16_t)RTE_MIN(n_due, (uint64_t)BURST);

		if (send_burst(s, n) < n)
			return;
		n_due -= n;
	}
}

static void turn(void)
{
	uint64_t now_ns = clock_read();
	unsigned n = relay(&cables[0]) + relay(&cables[1]);

	for (unsigned i = 0; i < RTE_DIM(streams); i++) {
		if (start_ns)
			send_due(&streams[i], now_ns);
		n += receive(&streams[i], now_ns);
	}
	if (n == 0)
		usleep(REST_US);
}

static bool is_told(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) > 0;
}

static bool have_all_arrived(void)
{
	bool have_all = true;

	for (unsigned i = 0; i < RTE_DIM(streams); i++)
		have_all &= streams[i].n_arrived >= n_total;
	return have_all;
}

static void report(const struct stream *s)
{
	uint64_t first = 0;

	while (first < s->n_sent && s->has_arrived[first])
		first++;
	printf("stream %s sent=%" PRIu64 " lost=%" PRIu64 " twice=%" PRIu64 " late=%" PRIu64
	       " gap_ms=%" PRIu64 " behind=%" PRIu64,
		s->name, s->n_sent, s->n_sent - s->n_arrived, s->n_twice, s->n_late,
		s->gap_max_ns / NSEC_PER_MSEC, s->n_behind_max);
	if (first < s->n_sent)
		printf(" first_lost=%" PRIu64, first);
	printf("\n");
}

static void wait_for_start(void)
{
	bool were_up = false;

	while (!is_told()) {
		if (!were_up && are_links_up()) {
			were_up = true;
			printf("links up\n");
		}
		turn();
	}
	start_ns = clock_read();
	n_total = SECONDS_MAX * rate;
}

/* How many packets there will be is known when the end is. */
static void play(uint64_t seconds)
{
	bool is_ending = false;
	uint64_t end_ns = start_ns + SECONDS_MAX * NSEC_PER_SEC, now_ns;

	while (!have_all_arrived() && (now_ns = clock_read()) < end_ns + PATIENCE_NS) {
		turn();
		if (is_ending || !is_told())
			continue;
		is_ending = true;
		end_ns = RTE_MAX(now_ns, start_ns + seconds * NSEC_PER_SEC);
		n_total = (end_ns - start_ns) * rate / NSEC_PER_SEC;
	}
}

static void run(uint64_t seconds)
{
	char byte;

	wait_for_start();
	play(seconds);
	for (unsigned i = 0; i < RTE_DIM(streams); i++)
		report(&streams[i]);
	printf("over\n");
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	int n_eal = rte_eal_init(argc, argv);
	uint64_t seconds;

	if (n_eal < 0 || argc - n_eal != 3)
		die("usage: stream_hub EAL-OPTIONS -- RATE SECONDS");
	rate = strtoull(argv[n_eal + 1], NULL, 10);
	seconds = strtoull(argv[n_eal + 2], NULL, 10);
	if (rate == 0 || rate > RATE_MAX || seconds == 0 || seconds > SECONDS_MAX)
		die("RATE is 1 to 10000000, SECONDS 1 to 600");
	pool = rte_pktmbuf_pool_create(
		"hub", N_MBUFS, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (!pool)
		die("no memory for packet buffers");
	setlinebuf(stdout);
	for (unsigned i = 0; i < N_PORTS; i++)
		open_port(i);
	for (unsigned i = 0; i < RTE_DIM(streams); i++)
		open_stream(&streams[i], i);
	run(seconds);
	return EXIT_SUCCESS;
}
