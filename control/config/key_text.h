/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Keys as text: base64 with padding, the form of wg(8). Any thread. Time and memory access depend on
 * lengths alone, never on a key; whether a text is a key at all may show.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "wire.h"

#define KEY_TEXT_LEN 44 /* characters of base64 for 32 bytes, without the final zero */

/* key_text_decode reads exactly one key; false: `text` is none, and `out` is wiped. */
must_check bool key_text_decode(const char *text, size_t text_len, uint8_t out[WG_KEY_LEN]);

/* key_text_encode writes KEY_TEXT_LEN characters and a zero to `out`, which it returns. */
char *key_text_encode(const uint8_t key[WG_KEY_LEN], char out[KEY_TEXT_LEN + 1]);

enum key_file_result {
	KEY_FILE_OK,
	KEY_FILE_UNREADABLE, /* errno says why */
	KEY_FILE_NO_KEY,     /* holds something other than one key */
};

/*
 * key_file_read reads a file with one key, white space around it free, from a descriptor that stays open.
 * `out_is_exposed`: others than owner and group can open it.
 */
must_check enum key_file_result key_file_read(
	int descriptor, uint8_t out_key[WG_KEY_LEN], bool *out_is_exposed);
