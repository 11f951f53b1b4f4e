/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* wg-dpdk-ctl(8): asks a running gateway, and shows what it says. */

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "base/compiler.h"
#include "exchange.h"
#include "show.h"
#include "version.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

/* What may stand behind a command, as the gateway calls it. */
static const struct command {
	const char *name;
	const char *argument; /* NULL: nothing */
	bool is_needed;
} commands[] = {
	{"status", NULL, false},
	{"interfaces", NULL, false},
	{"peers", "interface", false},
	{"workers", NULL, false},
	{"drops", NULL, false},
	{"reload", NULL, false},
	{"log", "level", true},
};

struct arguments {
	const char *socket_path; /* NULL: of the process `pid`, */
	pid_t pid;               /* ... or, if that is 0, of the one gateway that runs */
	bool is_json;
	const struct command *command;
	const char *argument; /* NULL: none */
};

static void print_help(void)
{
	fputs("Usage: wg-dpdk-ctl [options] COMMAND\n"
	      "\n"
	      "Asks a running wg-dpdk, and shows what it says.\n"
	      "\n"
	      "  status              version, crypto engine, ports, totals\n"
	      "  interfaces          the WireGuard interfaces\n"
	      "  peers [INTERFACE]   the peers, of one interface or of all\n"
	      "  workers             what each worker has done\n"
	      "  drops               packets dropped, by reason\n"
	      "  reload              reads the configuration again, and says what has changed\n"
	      "  log LEVEL           error, warning, info or debug\n"
	      "\n"
	      "  -j, --json          exact figures, for programs\n"
	      "  -s, --socket PATH   which gateway, if several run: its socket in /run/wg-dpdk,\n"
	      "  -p, --pid PID       ... or its process\n"
	      "  -h, --help          this text\n"
	      "  -V, --version       the version\n"
	      "\n"
	      "Exit status: 0 done, 1 refused or not reached, 2 wrong command line.\n",
		stdout);
}

static enum exit_status complain(const char *what, const char *argument)
{
	fprintf(stderr, "wg-dpdk-ctl: %s%s; see wg-dpdk-ctl --help\n", what, argument);
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < array_len(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

/* The command and what stands behind it. */
static enum exit_status take_words(int n, char **words, struct arguments *out)
{
	if (n == 0)
		return complain("no command", "");
	out->command = find_command(words[0]);
	if (!out->command)
		return complain("no such command: ", words[0]);
	if (n == 1 && out->command->is_needed)
		return complain("which level? wg-dpdk-ctl log ", "error, warning, info or debug");
	if (n > (out->command->argument ? 2 : 1))
		return complain("too many words behind ", words[0]);
	out->argument = words[1];
	return EXIT_DONE;
}

static json_t *request_of(const struct arguments *arguments)
{
	if (arguments->argument)
		return json_pack("{s:s, s:s}", "command", arguments->command->name,
			arguments->command->argument, arguments->argument);
	return json_pack("{s:s}", "command", arguments->command->name);
}

static enum exit_status show(const struct arguments *arguments, const json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));

	if (arguments->is_json) {
		json_dumpf(answer, stdout, JSON_INDENT(2));
		putchar('\n');
	} else if (error) {
		fprintf(stderr, "wg-dpdk-ctl: %s\n", error);
	} else if (!show_answer(arguments->command->name, answer, (int64_t)time(NULL), stdout)) {
		fputs("wg-dpdk-ctl: no memory for a table; try --json\n", stderr);
		return EXIT_FAILED;
	}
	return error || fflush(stdout) != 0 ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_status ask(const struct arguments *arguments)
{
	json_t *request = request_of(arguments), *answer;
	enum exit_status status;
	int fd;

	if (!request)
		return complain("not a word in UTF-8: ", arguments->argument);
	fd = exchange_connect(arguments->socket_path, arguments->pid);
	answer = fd >= 0 ? exchange_ask(fd, request) : NULL;
	status = answer ? show(arguments, answer) : EXIT_FAILED;
	json_decref(answer);
	json_decref(request);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{"json", no_argument, NULL, 'j'},
		{"socket", required_argument, NULL, 's'},
		{"pid", required_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	struct arguments arguments = {.socket_path = NULL};
	enum exit_status status;
	char *end;
	int option;

	while ((option = getopt_long(argc, argv, "js:p:hV", known, NULL)) != -1) {
		switch (option) {
		case 'j':
			arguments.is_json = true;
			break;
		case 's':
			arguments.socket_path = optarg;
			break;
		case 'p':
			arguments.pid = (pid_t)strtol(optarg, &end, 10);
			if (*end || arguments.pid <= 0)
				return complain("no process: ", optarg);
			break;
		case 'h':
			print_help();
			return EXIT_DONE;
		case 'V':
			printf("wg-dpdk-ctl %s\n", WG_DPDK_VERSION);
			return EXIT_DONE;
		default:
			return EXIT_USAGE; /* getopt has said what is wrong */
		}
	}
	status = take_words(argc - optind, argv + optind, &arguments);
	return (int)(status == EXIT_DONE ? ask(&arguments) : status);
}
