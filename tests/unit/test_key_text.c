/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/key_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/compiler.h"

#define GOOD "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

/* Texts that are no key. */
static const struct {
	const char *text;
	const char *why;
} bad_texts[] = {
	{"", "empty"},
	{"=", "padding alone"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA", "no padding"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAA", "no padding, 33 bytes"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA==", "one character too many"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHy==", "31 bytes"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB=", "one bit set behind the last byte"},
	{"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyC=", "the other bit"},
	{"-QIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "the alphabet of URLs"},
	{"_QIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "the alphabet of URLs"},
	{"AQIDBAUGBwgJCgsMDQ4PEBES\nxQVFhcYGRobHB0eHyA=", "a line end inside"},
	{"AQIDBAUGBwgJCgsMDQ4PEBES=xQVFhcYGRobHB0eHyA=", "padding inside"},
	{"AQIDBAUGBwgJCgsMDQ4PEBES\x80xQVFhcYGRobHB0eHyA=", "a byte above 127"},
};

static void test_rejects(void **state)
{
	static const uint8_t zero[WG_KEY_LEN];
	uint8_t key[WG_KEY_LEN];

	(void)state;
	for (size_t i = 0; i < array_len(bad_texts); i++) {
		memset(key, 0xaa, sizeof(key));
		if (key_text_decode(bad_texts[i].text, strlen(bad_texts[i].text), key))
			fail_msg("row %zu is taken: %s", i, bad_texts[i].why);
		assert_memory_equal(key, zero, sizeof(key));
	}
}

/* Every byte at every place of a text: exactly the 64 characters of the alphabet are taken. */
static void test_alphabet(void **state)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t key[WG_KEY_LEN];
	char text[] = GOOD;

	(void)state;
	for (unsigned at = 0; at < KEY_TEXT_LEN - 2; at++) {
		char before = text[at];

		for (unsigned byte = 0; byte < 256; byte++) {
			text[at] = (char)byte;
			assert_int_equal(key_text_decode(text, KEY_TEXT_LEN, key),
				byte != 0 && strchr(alphabet, (int)byte) != NULL);
		}
		text[at] = before;
	}
}

static void test_both_ways_agree_with_libsodium(void **state)
{
	uint8_t key[WG_KEY_LEN], back[WG_KEY_LEN];
	char text[KEY_TEXT_LEN + 1], other[KEY_TEXT_LEN + 1];

	(void)state;
	assert_true(sodium_init() >= 0);
	for (unsigned i = 0; i < 20000; i++) {
		randombytes_buf(key, sizeof(key));
		assert_ptr_equal(key_text_encode(key, text), text);
		sodium_bin2base64(
			other, sizeof(other), key, sizeof(key), sodium_base64_VARIANT_ORIGINAL);
		assert_string_equal(text, other);
		assert_true(key_text_decode(text, KEY_TEXT_LEN, back));
		assert_memory_equal(key, back, sizeof(key));
	}
}

/* Contents of a key file, and what they are. */
static const struct {
	const char *text;
	enum key_file_result result;
} files[] = {
	{GOOD, KEY_FILE_OK},
	{GOOD "\n", KEY_FILE_OK},
	{GOOD "\r\n", KEY_FILE_OK},
	{" \t\n" GOOD " \n\n", KEY_FILE_OK},
	{"", KEY_FILE_NO_KEY},
	{"\n\n", KEY_FILE_NO_KEY},
	{GOOD "\n" GOOD "\n", KEY_FILE_NO_KEY},
	{"PrivateKey = " GOOD "\n", KEY_FILE_NO_KEY},
	{GOOD " # mine\n", KEY_FILE_NO_KEY},
};

static int file_with(const void *bytes, size_t len, mode_t mode)
{
	FILE *file = tmpfile();
	int descriptor = dup(fileno(file));

	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
	assert_int_equal(lseek(descriptor, 0, SEEK_SET), 0);
	assert_int_equal(fchmod(descriptor, mode), 0);
	return descriptor;
}

static void test_key_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(files); i++) {
		int descriptor = file_with(files[i].text, strlen(files[i].text), 0600);
		uint8_t key[WG_KEY_LEN];
		bool is_exposed = true;

		if (key_file_read(descriptor, key, &is_exposed) != files[i].result)
			fail_msg("row %zu", i);
		assert_false(is_exposed);
		if (files[i].result == KEY_FILE_OK)
			assert_int_equal(key[0] << 8 | key[31], 0x0120);
		close(descriptor);
	}
}

static void test_key_file_of_any_bytes(void **state)
{
	uint8_t bytes[100000] = {0}, key[WG_KEY_LEN];
	int descriptor = file_with(bytes, sizeof(bytes), 0600);
	bool is_exposed;

	(void)state;
	assert_int_equal(key_file_read(descriptor, key, &is_exposed), KEY_FILE_NO_KEY);
	close(descriptor);

	/* A key behind more white space than the reader takes. */
	memset(bytes, ' ', 1000);
	memcpy(bytes + 1000, GOOD, KEY_TEXT_LEN);
	descriptor = file_with(bytes, 1000 + KEY_TEXT_LEN, 0600);
	assert_int_equal(key_file_read(descriptor, key, &is_exposed), KEY_FILE_NO_KEY);
	close(descriptor);
	/* And before it: nobody knows what follows. */
	memset(bytes, ' ', 1000);
	memcpy(bytes, GOOD, KEY_TEXT_LEN);
	descriptor = file_with(bytes, 1000, 0600);
	assert_int_equal(key_file_read(descriptor, key, &is_exposed), KEY_FILE_NO_KEY);
	close(descriptor);
	assert_int_equal(key_file_read(-1, key, &is_exposed), KEY_FILE_UNREADABLE);
}

/* Modes of a file, and whether strangers can open it. */
static void test_exposed_files(void **state)
{
	static const struct {
		mode_t mode;
		bool is_exposed;
	} rows[] = {{0600, false}, {0400, false}, {0640, false}, {0644, true}, {0604, true},
		{0602, true}};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		int descriptor = file_with(GOOD, KEY_TEXT_LEN, rows[i].mode);
		uint8_t key[WG_KEY_LEN];
		bool is_exposed;

		assert_int_equal(key_file_read(descriptor, key, &is_exposed), KEY_FILE_OK);
		if (is_exposed != rows[i].is_exposed)
			fail_msg("row %zu", i);
		close(descriptor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rejects),
		cmocka_unit_test(test_alphabet),
		cmocka_unit_test(test_both_ways_agree_with_libsodium),
		cmocka_unit_test(test_key_files),
		cmocka_unit_test(test_key_file_of_any_bytes),
		cmocka_unit_test(test_exposed_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
