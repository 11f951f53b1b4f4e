/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "packet.h"
#include "world.h"

#define SECONDS_MAX 3600.0

void arguments_print_help(void)
{
	fputs("Usage: wg-dpdk-bench [EAL options --] encap|decap|loop|aead|handshake [options]\n"
	      "\n"
	      "Measures the packet path of wg-dpdk on one core, from memory port to memory port: no NIC,\n"
	      "no root.\n"
	      "\n"
	      "  encap            plain packets on the port lan to sealed datagrams out of the port wan\n"
	      "  decap            datagrams of the peers on wan to plain packets out of lan\n"
	      "  loop             from peer to peer, both on wan: decap, then encap\n"
	      "  aead             sealing and opening alone, all engines side by side, libsodium and OpenSSL\n"
	      "                   beside them\n"
	      "  handshake        handshakes as responder, against libsodium's X25519\n"
	      "\n"
	      "      --seconds S  how long to measure (5)\n"
	      "      --rounds N   how many medians to take the median of, 1 to 1000 (10)\n"
	      "      --json FILE  write the figures there, too; - is stdout\n"
	      "  -h, --help       this text\n"
	      "  -V, --version    the version\n"
	      "\n"
	      "encap, decap and loop:\n"
	      "      --peers N    peers that packets come from and go to at random (1; at most 1048576)\n"
	      "      --size SIZE  bytes of inner packet, 40 to 9000, or imix: 64, 570, 1420 at 7:4:1 (64)\n"
	      "      --burst N    packets handed over at a time, 1 to 64 (32)\n"
	      "      --train N    packets in a row between the same two peers (1: the worst case)\n"
	      "      --crypto E   auto, native, ipsec-mb or scalar (auto)\n"
	      "\n"
	      "aead, where lists have up to 8 entries, such as 64,256:\n"
	      "      --size LIST    bytes of packet, 1 to 9000 (64,256,512,1424)\n"
	      "      --burst LIST   packets handed over at a time, 1 to 64 (32)\n"
	      "      --engine LIST  all, or some of scalar, native-avx2, native-avx512, native-avx512-ifma,\n"
	      "                     ipsec-mb-sse, ipsec-mb-avx2, ipsec-mb-avx512, libsodium, openssl (all)\n"
	      "\n"
	      "EAL options come first and end with \"--\"; without them wg-dpdk's own choice holds.\n"
	      "EAL allows vectors of 256 bits unless --force-max-simd-bitwidth=512 is among them.\n"
	      "\n"
	      "  wg-dpdk-bench -- encap --peers 1000\n"
	      "  wg-dpdk-bench --lcores 0@3 --in-memory -- loop --peers 100000 --size imix --json out.json\n"
	      "  wg-dpdk-bench --no-huge -m 64 --no-pci --force-max-simd-bitwidth=512 -- aead --burst 1,8,32\n"
	      "\n"
	      "Exit status: 0 measured, 1 could not run or a packet came out wrong, 2 wrong command line.\n",
		stdout);
}

static bool complain(const char *what, const char *argument, const char *advice)
{
	fprintf(stderr, "wg-dpdk-bench: error: %s%s; %s\n", what, argument, advice);
	return false;
}

/* Numbers from 1 to max, with commas between them. */
static bool parse_list(const char *text, unsigned max, struct contest_list *out)
{
	unsigned long number;
	char *end;

	out->n = 0;
	do {
		errno = 0;
		number = strtoul(text, &end, 10);
		if (errno || text[0] < '0' || text[0] > '9' || number < 1 || number > max
			|| out->n == CONTEST_LIST_MAX)
			return false;
		out->values[out->n++] = (unsigned)number;
		text = end + 1;
	} while (*end == ',');
	return !*end;
}

static bool parse_number(const char *text, unsigned max, unsigned *out)
{
	struct contest_list list;

	if (!parse_list(text, max, &list) || list.n != 1)
		return false;
	*out = list.values[0];
	return true;
}

/* "all", or labels with commas between them. */
static bool parse_engines(const char *text, struct arguments *out)
{
	size_t len;

	out->is_any_engine = strcmp(text, "all") == 0;
	for (unsigned i = 0; i < CONTESTANTS; i++)
		out->is_wanted[i] = out->is_any_engine;
	if (out->is_any_engine)
		return true;
	for (;; text += len + 1) {
		int i;

		len = strcspn(text, ",");
		i = contestant_find(text, len);
		if (i < 0)
			return false;
		out->is_wanted[i] = true;
		if (!text[len])
			return true;
	}
}

static bool parse_seconds(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && *out > 0 && *out <= SECONDS_MAX;
}

static bool parse_what(const char *text, struct arguments *out)
{
	struct traffic *traffic = &out->plan.traffic;
	bool is_loop = strcmp(text, "loop") == 0;

	out->what = text;
	out->is_contest = strcmp(text, "aead") == 0;
	out->is_handshake = strcmp(text, "handshake") == 0;
	traffic->is_from_peers = is_loop || strcmp(text, "decap") == 0;
	traffic->is_to_peers = is_loop || strcmp(text, "encap") == 0;
	return out->is_contest || out->is_handshake || traffic->is_from_peers
		|| traffic->is_to_peers;
}

enum option_id {
	OPT_PEERS,
	OPT_SIZE,
	OPT_BURST,
	OPT_TRAIN,
	OPT_SECONDS,
	OPT_ROUNDS,
	OPT_CRYPTO,
	OPT_ENGINE,
	OPT_JSON,
	OPTIONS,
	OPT_HELP = 'h',
	OPT_VERSION = 'V',
};

/* By enum option_id. */
static const struct option known[] = {
	{"peers", required_argument, NULL, OPT_PEERS},
	{"size", required_argument, NULL, OPT_SIZE},
	{"burst", required_argument, NULL, OPT_BURST},
	{"train", required_argument, NULL, OPT_TRAIN},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"rounds", required_argument, NULL, OPT_ROUNDS},
	{"crypto", required_argument, NULL, OPT_CRYPTO},
	{"engine", required_argument, NULL, OPT_ENGINE},
	{"json", required_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

/* The take functions: NULL: taken; else what is allowed. */
static const char *take_path_option(enum option_id option, const char *value, struct arguments *out)
{
	struct measure_plan *plan = &out->plan;

	switch (option) {
	case OPT_PEERS:
		return parse_number(value, WORLD_PEERS_MAX, &out->n_peers) ? NULL : "1 to 1048576";
	case OPT_SIZE:
		out->size = value;
		return traffic_parse_size(&plan->traffic.mix, value) ? NULL : "imix or 40 to 9000";
	case OPT_BURST:
		return parse_number(value, PACKET_BURST, &plan->burst) ? NULL : "1 to 64";
	case OPT_TRAIN:
		return parse_number(value, BATCH_PACKETS, &plan->traffic.train_len) ? NULL
										    : "1 to 512";
	case OPT_CRYPTO:
		out->crypto = value;
		return NULL;
	default:
		return "this option is for aead";
	}
}

static const char *take_contest_option(
	enum option_id option, const char *value, struct arguments *out)
{
	struct contest_plan *plan = &out->contest;

	switch (option) {
	case OPT_SIZE:
		return parse_list(value, TRAFFIC_LEN_MAX, &plan->lens)
			? NULL
			: "up to 8 of 1 to 9000, such as 64,256";
	case OPT_BURST:
		return parse_list(value, AEAD_BURST_MAX, &plan->bursts)
			? NULL
			: "up to 8 of 1 to 64, such as 4,32";
	case OPT_ENGINE:
		return parse_engines(value, out)
			? NULL
			: "all, or names as wg-dpdk-bench --help lists them";
	default:
		return "this option is for encap, decap and loop";
	}
}

static const char *take_option(enum option_id option, const char *value, struct arguments *out)
{
	switch (option) {
	case OPT_SECONDS:
		return parse_seconds(value, &out->seconds) ? NULL : "more than 0, at most 3600";
	case OPT_ROUNDS:
		return parse_number(value, MEASURE_ROUNDS_MAX, &out->n_rounds) ? NULL : "1 to 1000";
	case OPT_JSON:
		out->json_path = value;
		return NULL;
	default:
		if (out->is_handshake)
			return "handshake has --seconds, --rounds and --json alone";
		return out->is_contest ? take_contest_option(option, value, out)
				       : take_path_option(option, value, out);
	}
}

/* What an option's value means depends on what is measured, which may stand behind it: so they are collected first. */
static bool collect_options(
	int argc, char **argv, const char *values[OPTIONS], struct arguments *out)
{
	int option;

	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, ":hV", known, NULL)) != -1) {
		switch (option) {
		case OPT_HELP:
			out->mode = ARGUMENTS_HELP;
			return true;
		case OPT_VERSION:
			out->mode = ARGUMENTS_VERSION;
			return true;
		case ':':
			return complain("no value after ", argv[optind - 1], "give it one");
		case '?':
			return complain("unknown option ", argv[optind - 1],
				"EAL options go before \"--\"; see wg-dpdk-bench --help");
		default:
			values[option] = optarg;
		}
	}
	if (optind + 1 != argc || !parse_what(argv[optind], out))
		return complain("what to measure is not clear", "",
			"give one of loop, encap, decap, aead and handshake; see wg-dpdk-bench --help");
	return true;
}

static bool parse_options(int argc, char **argv, struct arguments *out)
{
	const char *values[OPTIONS] = {NULL};

	if (!collect_options(argc, argv, values, out))
		return false;
	for (unsigned i = 0; i < OPTIONS && out->mode == ARGUMENTS_RUN; i++) {
		const char *allowed = values[i] ? take_option(i, values[i], out) : NULL;

		if (allowed) {
			fprintf(stderr, "wg-dpdk-bench: error: not understood: --%s %s; %s\n",
				known[i].name, values[i], allowed);
			return false;
		}
	}
	return true;
}

static void set_defaults(struct arguments *out)
{
	*out = (struct arguments){
		.n_peers = 1, .size = "64", .seconds = 5, .n_rounds = 10, .crypto = "auto"};
	out->plan.burst = 32;
	out->plan.traffic = (struct traffic){
		.mix = {.n_lens = 1, .lens = {64}}, .train_len = 1, .prng.state = 1};
	out->contest = (struct contest_plan){
		.lens = {4, {64, 256, 512, 1424}},
		.bursts = {1, {32}},
	};
	for (unsigned i = 0; i < CONTESTANTS; i++)
		out->is_wanted[i] = true;
	out->is_any_engine = true;
}

bool arguments_parse(int argc, char **argv, struct arguments *out)
{
	int separator;

	set_defaults(out);
	separator = eal_args_split(argc, argv, &out->eal);
	if (separator < 0)
		return complain("too many EAL options", "", "use fewer");
	eal_args_choose(&out->eal);
	if (!parse_options(argc - separator, argv + separator, out))
		return false;
	out->plan.n_rounds = out->contest.n_rounds = out->n_rounds;
	out->contest.total_ns = (uint64_t)(out->seconds * NSEC_PER_SEC);
	out->plan.round_ns = out->contest.total_ns / out->n_rounds;
	return true;
}
