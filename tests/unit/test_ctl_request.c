/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ctl_request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A line, and what it means or why it is refused. */
static const struct {
	const char *line;
	const char *error; /* part of it; NULL: none */
	enum ctl_command command;
	const char *interface, *level;
} rows[] = {
	/* 0: right */
	{"{\"command\":\"status\"}", NULL, CTL_STATUS, "", ""},
	{" { \"command\" : \"interfaces\" } \r", NULL, CTL_INTERFACES, "", ""},
	{"{\"command\":\"peers\"}", NULL, CTL_PEERS, "", ""},
	{"{\"command\":\"peers\",\"interface\":\"wg0\"}", NULL, CTL_PEERS, "wg0", ""},
	{"{\"interface\":\"a23456789012345\",\"command\":\"peers\"}", NULL, CTL_PEERS,
		"a23456789012345", ""},
	{"{\"command\":\"workers\"}", NULL, CTL_WORKERS, "", ""},
	{"{\"command\":\"drops\"}", NULL, CTL_DROPS, "", ""},
	{"{\"command\":\"reload\"}", NULL, CTL_RELOAD, "", ""},
	{"{\"command\":\"log\",\"level\":\"debug\"}", NULL, CTL_LOG, "", "debug"},
	/* 9: no request */
	{"", "a request is a line", 0, "", ""},
	{"status", "a request is a line", 0, "", ""},
	{"\"status\"", "a request is a line", 0, "", ""},
	{"[\"command\"]", "a request is a line", 0, "", ""},
	{"{}", "a request is a line", 0, "", ""},
	{"{\"command\":null}", "a request is a line", 0, "", ""},
	{"{\"command\":\"status\"", "a request is a line", 0, "", ""},
	{"{\"command\":\"status\"} x", "a request is a line", 0, "", ""},
	{"{\"command\":\"status\",\"command\":\"drops\"}", "a request is a line", 0, "", ""},
	{"{\"command\":\"sta\\u0000tus\"}", "a request is a line", 0, "", ""},
	{"{\"command\":\"\xff\"}", "a request is a line", 0, "", ""},
	/* 20: no such request */
	{"{\"command\":\"stop\"}", "no command \"stop\"; there are status,", 0, "", ""},
	{"{\"command\":\"Status\"}", "no command \"Status\"", 0, "", ""},
	{"{\"command\":\"\"}", "no command \"\"", 0, "", ""},
	{"{\"command\":\"status\",\"interface\":\"wg0\"}", "\"status\" takes nothing more", 0, "",
		""},
	{"{\"command\":\"peers\",\"level\":\"info\"}", "\"peers\" takes nothing but interface", 0,
		"", ""},
	{"{\"command\":\"peers\",\"interface\":\"a\",\"x\":1}", "takes nothing but interface", 0,
		"", ""},
	{"{\"command\":\"peers\",\"interface\":5}", "\"interface\" is no text of up to 15", 0, "",
		""},
	{"{\"command\":\"peers\",\"interface\":\"a234567890123456\"}", "\"interface\" is no text",
		0, "", ""},
	{"{\"command\":\"log\"}", "\"log\" needs \"level\"", 0, "", ""},
	{"{\"command\":\"log\",\"interface\":\"wg0\"}", "\"log\" takes nothing but level", 0, "",
		""},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct ctl_request request;
		struct host_error error = {""};
		int result =
			ctl_request_parse(rows[i].line, strlen(rows[i].line), &request, &error);

		if (rows[i].error) {
			if (result != -EINVAL || !strstr(error.line, rows[i].error))
				fail_msg("row %zu: %d, %s", i, result, error.line);
			continue;
		}
		if (result != 0)
			fail_msg("row %zu: %s", i, error.line);
		assert_int_equal(request.command, rows[i].command);
		assert_string_equal(request.interface, rows[i].interface);
		assert_string_equal(request.level, rows[i].level);
	}
}

/* What lies behind the line is none of it. */
static void test_length_counts(void **state)
{
	static const char line[] = "{\"command\":\"status\"}x";
	struct ctl_request request;
	struct host_error error;

	(void)state;
	assert_int_equal(ctl_request_parse(line, sizeof(line) - 2, &request, &error), 0);
	assert_int_equal(ctl_request_parse(line, sizeof(line) - 1, &request, &error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
