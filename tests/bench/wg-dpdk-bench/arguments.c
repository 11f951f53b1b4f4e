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
	fputs("Usage: wg-dpdk-bench [EAL options --] loop|encap|decap [options]\n"
	      "\n"
	      "Measures the packet path of wg-dpdk on one core, from memory port to memory port: no NIC,\n"
	      "no root.\n"
	      "\n"
	      "  encap            plain packets on the port lan to sealed datagrams out of the port wan\n"
	      "  decap            datagrams of the peers on wan to plain packets out of lan\n"
	      "  loop             from peer to peer, both on wan: decap, then encap\n"
	      "\n"
	      "      --peers N    peers that packets come from and go to at random (1; at most 1048576)\n"
	      "      --size SIZE  bytes of inner packet, 40 to 9000, or imix: 64, 570, 1420 at 7:4:1 (64)\n"
	      "      --burst N    packets handed over at a time, 1 to 64 (32)\n"
	      "      --train N    packets in a row between the same two peers (1: the worst case)\n"
	      "      --seconds S  how long to measure (5)\n"
	      "      --rounds N   how many medians to take the median of, 1 to 1000 (10)\n"
	      "      --crypto E   auto, native, ipsec-mb or scalar (auto)\n"
	      "      --json FILE  write the figures there, too; - is stdout\n"
	      "  -h, --help       this text\n"
	      "  -V, --version    the version\n"
	      "\n"
	      "EAL options come first and end with \"--\"; without them wg-dpdk's own choice holds.\n"
	      "\n"
	      "  wg-dpdk-bench -- encap --peers 1000\n"
	      "  wg-dpdk-bench --lcores 0@3 --in-memory -- loop --peers 100000 --size imix --json out.json\n"
	      "\n"
	      "Exit status: 0 measured, 1 could not run or a packet came out wrong, 2 wrong command line.\n",
		stdout);
}

static bool complain(const char *what, const char *argument, const char *advice)
{
	fprintf(stderr, "wg-dpdk-bench: error: %s%s; %s\n", what, argument, advice);
	return false;
}

static bool parse_number(const char *text, unsigned max, unsigned *out)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9' || number < 1 || number > max)
		return false;
	*out = (unsigned)number;
	return true;
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
	traffic->is_from_peers = is_loop || strcmp(text, "decap") == 0;
	traffic->is_to_peers = is_loop || strcmp(text, "encap") == 0;
	return traffic->is_from_peers || traffic->is_to_peers;
}

enum option_id {
	OPT_PEERS = 256,
	OPT_SIZE,
	OPT_BURST,
	OPT_TRAIN,
	OPT_SECONDS,
	OPT_ROUNDS,
	OPT_CRYPTO,
	OPT_JSON,
};

static const struct option known[] = {
	{"peers", required_argument, NULL, OPT_PEERS},
	{"size", required_argument, NULL, OPT_SIZE},
	{"burst", required_argument, NULL, OPT_BURST},
	{"train", required_argument, NULL, OPT_TRAIN},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"rounds", required_argument, NULL, OPT_ROUNDS},
	{"crypto", required_argument, NULL, OPT_CRYPTO},
	{"json", required_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

/* NULL: taken; else what is allowed. */
static const char *take_option(int option, const char *value, struct arguments *out)
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
	case OPT_SECONDS:
		return parse_seconds(value, &out->seconds) ? NULL : "more than 0, at most 3600";
	case OPT_ROUNDS:
		return parse_number(value, MEASURE_ROUNDS_MAX, &plan->n_rounds) ? NULL
										: "1 to 1000";
	case OPT_CRYPTO:
		out->crypto = value;
		return NULL;
	default:
		out->json_path = value;
		return NULL;
	}
}

static bool parse_options(int argc, char **argv, struct arguments *out)
{
	int option;

	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, ":hV", known, NULL)) != -1) {
		const char *allowed;

		switch (option) {
		case 'h':
			out->mode = ARGUMENTS_HELP;
			return true;
		case 'V':
			out->mode = ARGUMENTS_VERSION;
			return true;
		case ':':
			return complain("no value after ", argv[optind - 1], "give it one");
		case '?':
			return complain("unknown option ", argv[optind - 1],
				"EAL options go before \"--\"; see wg-dpdk-bench --help");
		}
		allowed = take_option(option, optarg, out);
		if (allowed)
			return complain("not understood: ", optarg, allowed);
	}
	if (optind + 1 != argc || !parse_what(argv[optind], out))
		return complain("what to measure is not clear", "",
			"give one of loop, encap and decap; see wg-dpdk-bench --help");
	return true;
}

bool arguments_parse(int argc, char **argv, struct arguments *out)
{
	int separator;

	*out = (struct arguments){.n_peers = 1, .size = "64", .seconds = 5, .crypto = "auto"};
	out->plan = (struct measure_plan){.burst = 32, .n_rounds = 10};
	out->plan.traffic = (struct traffic){.train_len = 1, .prng.state = 1};
	separator = eal_args_split(argc, argv, &out->eal);
	if (separator < 0)
		return complain("too many EAL options", "", "use fewer");
	if (!traffic_parse_size(&out->plan.traffic.mix, out->size)
		|| !parse_options(argc - separator, argv + separator, out))
		return false;
	out->plan.round_ns = (uint64_t)(out->seconds * NSEC_PER_SEC / out->plan.n_rounds);
	return true;
}
