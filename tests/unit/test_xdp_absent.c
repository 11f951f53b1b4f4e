/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Linked with xdp_absent.c, whatever this build has. */

#include "host/xdp.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_refusals(void **state)
{
	struct host_error error = {""};
	uint16_t port = 51820;

	(void)state;
	assert_null(xdp_program_path(&error));
	assert_non_null(strstr(error.line, "libbpf or clang was missing"));
	assert_int_equal(xdp_leftover_remove(1, &error), -ENOTSUP);
	assert_int_equal(xdp_listen_ports_set(1, &port, 1, &error), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
