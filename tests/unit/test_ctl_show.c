/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What wg-dpdk-ctl shows to people. */

#include "show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "human.h"

static void test_bytes(void **state)
{
	static const struct {
		uint64_t n_bytes;
		const char *text;
	} rows[] = {
		{0, "0 B"},
		{1023, "1023 B"},
		{1024, "1.00 KiB"},
		{1536, "1.50 KiB"},
		{1048570, "1023.99 KiB"},
		{1048572, "1.00 MiB"},
		{1048576, "1.00 MiB"},
		{3672000000, "3.42 GiB"},
		{UINT64_MAX, "16.00 EiB"},
	};
	char text[HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++)
		assert_string_equal(human_bytes(rows[i].n_bytes, text), rows[i].text);
}

static void test_times(void **state)
{
	static const struct {
		uint64_t duration_s;
		const char *text;
	} rows[] = {
		{0, "0 s"},
		{59, "59 s"},
		{60, "1 min 0 s"},
		{3599, "59 min 59 s"},
		{3600, "1 h 0 min"},
		{86399, "23 h 59 min"},
		{86400, "1 d 0 h"},
		{UINT64_MAX, "213503982334601 d 7 h"},
	};
	char text[HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++)
		assert_string_equal(human_duration(rows[i].duration_s, text), rows[i].text);
	assert_string_equal(human_age(100, 112, text), "12 s ago");
	assert_string_equal(human_age(112, 100, text), "0 s ago");
	assert_string_equal(human_age(0, INT64_MAX, text), "106751991167300 d 15 h ago");
}

static void test_shares(void **state)
{
	char text[HUMAN_MAX];

	(void)state;
	assert_string_equal(human_share(1, 8, text), "12.5 %");
	assert_string_equal(human_share(0, 0, text), "0.0 %");
	assert_string_equal(human_share(UINT64_MAX, UINT64_MAX, text), "100.0 %");
}

/* An answer, and what is shown of it at 1,000 s. */
static const struct {
	const char *command, *answer, *text;
} rows[] = {
	/* 0: nothing is known */
	{"peers", "{}",
		"INTERFACE  PUBLIC KEY  ENDPOINT  HANDSHAKE  RECEIVED  SENT  ALLOWED IPS\n"},
	{"log", "{}", "log level \n"},
	{"what", "{}", ""},
	/* 3: peers, with none, two and more allowed IPs */
	{"peers",
		"{\"peers\":[{\"interface\":\"wg0\",\"public_key\":\"K\",\"endpoint\":null,"
		"\"latest_handshake_s\":null,\"rx_bytes\":0,\"tx_bytes\":1024,\"allowed_ips\":[]},"
		"{\"interface\":\"wg10\",\"public_key\":\"L\",\"endpoint\":\"192.0.2.1:9\","
		"\"latest_handshake_s\":988,\"rx_bytes\":123456,\"tx_bytes\":0,"
		"\"allowed_ips\":[\"10.0.0.0/8\",\"fd00::/8\"]},"
		"{\"allowed_ips\":[\"10.0.0.0/8\",\"fd00::/8\",\"a\",\"b\"]}]}",
		"INTERFACE  PUBLIC KEY  ENDPOINT     HANDSHAKE    RECEIVED      SENT  ALLOWED IPS\n"
		"wg0        K           none         never             0 B  1.00 KiB  none\n"
		"wg10       L           192.0.2.1:9  12 s ago   120.56 KiB       0 B  10.0.0.0/8, fd00::/8\n"
		"                       none         never             0 B       0 B  10.0.0.0/8, fd00::/8 and 2 more\n"},
	/* 4: only what was dropped */
	{"drops",
		"{\"drops\":[{\"name\":\"a\",\"packets\":0,\"text\":\"x\"},"
		"{\"name\":\"b\",\"packets\":9007199254740993,\"text\":\"y\"},"
		"{\"name\":\"c\",\"packets\":5,\"interfaces\":{\"wg0\":1,\"wg1\":2},\"text\":\"z\"},"
		"{\"name\":\"d\",\"packets\":9,\"interfaces\":{\"w0\":1,\"w1\":1,\"w2\":1,\"w3\":1,\"w4\":1}}]}",
		"         PACKETS  REASON  INTERFACES                   MEANING\n"
		"9007199254740993  b       -                            y\n"
		"               5  c       wg0 1, wg1 2                 z\n"
		"               9  d       w0 1, w1 1, w2 1 and 2 more  \n"},
	{"workers",
		"{\"workers\":[{\"lcore\":1,\"packets\":2,\"polls\":3,\"busy_ns\":1,\"uptime_ns\":4}]}",
		"LCORE  PACKETS  POLLS  BUSY SINCE START\n    1        2      3            25.0 %\n"},
	{"reload", "{\"reload\":{\"peers_added\":1,\"peers_removed\":2,\"peers\":3}}",
		"reloaded: 1 peers added, 2 removed, 3 now\n"},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		json_t *answer = json_loads(rows[i].answer, 0, NULL);
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		assert_non_null(answer);
		assert_non_null(out);
		assert_true(show_answer(rows[i].command, answer, 1000, out));
		fclose(out);
		if (strcmp(text, rows[i].text) != 0)
			fail_msg("row %zu:\n%s", i, text);
		free(text);
		json_decref(answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
