/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "classify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/compiler.h"

#define LEN_MAX 1600

/* Which lengths of each type are a message. */
static const struct {
	uint32_t type;
	enum outer_class class;
	size_t from_len, to_len;
} messages[] = {
	{WG_MSG_INITIATION, OUTER_HANDSHAKE, 148, 148},
	{WG_MSG_RESPONSE, OUTER_HANDSHAKE, 92, 92},
	{WG_MSG_COOKIE, OUTER_HANDSHAKE, 64, 64},
	{WG_MSG_DATA, OUTER_DATA, 32, LEN_MAX},
};

static enum outer_class expected(uint32_t type, size_t len)
{
	for (size_t i = 0; i < array_len(messages); i++)
		if (messages[i].type == type && len >= messages[i].from_len
			&& len <= messages[i].to_len)
			return messages[i].class;
	return OUTER_OTHER;
}

/* On the heap and no longer than it says, so that a sanitizer sees a look too far. */
static void check(uint32_t type, size_t len)
{
	uint8_t first[4], *bytes = calloc(1, len ? len : 1);

	assert_non_null(bytes);
	le32_store(first, type);
	memcpy(bytes, first, len < sizeof(first) ? len : sizeof(first));
	if (classify(bytes, len) != expected(type, len))
		fail_msg("type %#x, %zu bytes", type, len);
	free(bytes);
}

static void test_types_and_lengths(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < 8; type++)
		for (size_t len = 0; len <= LEN_MAX; len++)
			check(type, len);
}

/* A type with any bit of the reserved bytes, or of the rest of its own byte, is none. */
static void test_reserved_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(messages); i++)
		for (unsigned bit = 3; bit < 32; bit++)
			check(messages[i].type | UINT32_C(1) << bit, messages[i].from_len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types_and_lengths),
		cmocka_unit_test(test_reserved_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
