/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * handshake_flood KEY good|bad ADDRESS PORT SOURCES RATE SECONDS: initiations to ADDRESS from SOURCES addresses of
 * 10.66.0.0/16 in turn, RATE a second or as many as this CPU can. mac1 is right for the public key KEY, or wrong; the rest is
 * random. Through a raw socket, with addresses that need not be ours. Ends early at SIGTERM; prints what it sent.
 */

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/mac1.h"
#include "wire.h"

#define BURST 64
#define SOURCES_MAX 65000
#define FIRST_SOURCE 0x0a420001 /* 10.66.0.1 */

struct datagram {
	struct iphdr ip;
	struct udphdr udp;
	struct wg_msg_initiation msg;
} __attribute__((packed));

struct flood {
	struct sockaddr_in to;
	struct datagram *datagrams;
	unsigned n_datagrams;
	unsigned next;
	int fd;
};

static volatile sig_atomic_t is_stopping;

static void stop(int number)
{
	(void)number;
	is_stopping = 1;
}

/* The kernel fills in the IP header's checksum and length; a UDP checksum of zero says that there is none. */
static void write_datagram(struct datagram *out, const struct sockaddr_in *to, unsigned number,
	const uint8_t mac1_key[WG_KEY_LEN])
{
	randombytes_buf(out, sizeof(*out));
	out->ip = (struct iphdr){.version = 4,
		.ihl = sizeof(out->ip) / 4,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(FIRST_SOURCE + number),
		.daddr = to->sin_addr.s_addr};
	out->udp = (struct udphdr){.source = htons((uint16_t)(1024 + number % 60000)),
		.dest = to->sin_port,
		.len = htons(sizeof(out->udp) + sizeof(out->msg))};
	memcpy(&out->msg, (const uint8_t[4]){WG_MSG_INITIATION}, 4);
	memset(&out->msg.macs, 0, sizeof(out->msg.macs));
	if (mac1_key)
		mac1_make(out->msg.macs.mac1, mac1_key, &out->msg, sizeof(out->msg));
}

static bool flood_init(struct flood *flood, char **argv)
{
	uint8_t public_key[WG_KEY_LEN], mac1_key[WG_KEY_LEN];
	const bool is_good = strcmp(argv[2], "good") == 0;
	size_t len;

	*flood = (struct flood){.to = {.sin_family = AF_INET,
					.sin_port = htons((uint16_t)strtoul(argv[4], NULL, 10))},
		.n_datagrams = (unsigned)strtoul(argv[5], NULL, 10)};
	if (sodium_init() < 0
		|| sodium_base642bin(public_key, sizeof(public_key), argv[1], strlen(argv[1]), NULL,
			   &len, NULL, sodium_base64_VARIANT_ORIGINAL)
			!= 0
		|| inet_pton(AF_INET, argv[3], &flood->to.sin_addr) != 1 || flood->n_datagrams < 1
		|| flood->n_datagrams > SOURCES_MAX)
		return false;
	flood->fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	flood->datagrams = calloc(flood->n_datagrams, sizeof(*flood->datagrams));
	if (flood->fd < 0 || !flood->datagrams)
		return false;
	mac1_derive_key(mac1_key, public_key);
	for (unsigned i = 0; i < flood->n_datagrams; i++)
		write_datagram(&flood->datagrams[i], &flood->to, i, is_good ? mac1_key : NULL);
	return true;
}

static unsigned send_burst(struct flood *flood)
{
	struct mmsghdr messages[BURST] = {0};
	struct iovec parts[BURST];
	int n;

	for (unsigned i = 0; i < BURST; i++) {
		const unsigned number = (flood->next + i) % flood->n_datagrams;

		parts[i] = (struct iovec){&flood->datagrams[number], sizeof(struct datagram)};
		messages[i].msg_hdr = (struct msghdr){.msg_name = &flood->to,
			.msg_namelen = sizeof(flood->to),
			.msg_iov = &parts[i],
			.msg_iovlen = 1};
	}
	n = sendmmsg(flood->fd, messages, BURST, 0);
	if (n <= 0)
		return 0;
	flood->next = (flood->next + (unsigned)n) % flood->n_datagrams;
	return (unsigned)n;
}

static void pause_until(uint64_t at_ns)
{
	const struct timespec at = {(time_t)(at_ns / NSEC_PER_SEC), (long)(at_ns % NSEC_PER_SEC)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void run(struct flood *flood, double rate, double seconds)
{
	const uint64_t begin_ns = clock_read(),
		       end_ns = begin_ns + (uint64_t)(seconds * NSEC_PER_SEC);
	uint64_t n = 0, now_ns;

	while (!is_stopping && (now_ns = clock_read()) < end_ns) {
		const uint64_t due_ns = begin_ns + (uint64_t)((double)n / rate * NSEC_PER_SEC);

		if (due_ns > now_ns)
			pause_until(due_ns);
		n += send_burst(flood);
	}
	now_ns = clock_read();
	printf("sent %llu in %.1f s, %.0f a second\n", (unsigned long long)n,
		(double)(now_ns - begin_ns) / NSEC_PER_SEC,
		(double)n * NSEC_PER_SEC / (double)(now_ns - begin_ns));
}

int main(int argc, char **argv)
{
	struct flood flood;

	if (argc != 8 || !flood_init(&flood, argv)) {
		fputs("usage: handshake_flood KEY good|bad ADDRESS PORT SOURCES RATE SECONDS; needs root\n",
			stderr);
		return 2;
	}
	signal(SIGTERM, stop);
	run(&flood, strtod(argv[6], NULL), strtod(argv[7], NULL));
	free(flood.datagrams);
	close(flood.fd);
	return 0;
}
