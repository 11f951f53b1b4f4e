/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/key_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/secure.h"

/* The base64 alphabet as five runs: character `first` to `last` stand for `value` and up. */
static const struct {
	uint32_t first, last, value;
} runs[] = {
	{'A', 'Z', 0},
	{'a', 'z', 26},
	{'0', '9', 52},
	{'+', '+', 62},
	{'/', '/', 63},
};

/* All ones when low <= x <= high, else zero. All three are below 2^31, so bit 31 is the sign of a difference. */
static uint32_t mask_between(uint32_t low, uint32_t x, uint32_t high)
{
	uint32_t outside = ((x - low) | (high - x)) >> 31;

	__asm__("" : "+r"(outside)); /* hides the value, so that no branch can be made of it */
	return outside - 1;
}

/* The six bits of a character; `invalid` collects ones when it is outside of the alphabet. */
static uint32_t character_decode(char character, uint32_t *invalid)
{
	uint32_t x = (unsigned char)character, value = 0, known = 0;

	for (size_t i = 0; i < array_len(runs); i++) {
		uint32_t mask = mask_between(runs[i].first, x, runs[i].last);

		value |= mask & (x - runs[i].first + runs[i].value);
		known |= mask;
	}
	*invalid |= ~known;
	return value;
}

static char character_encode(uint32_t value)
{
	uint32_t x = 0;

	for (size_t i = 0; i < array_len(runs); i++) {
		uint32_t last_value = runs[i].value + runs[i].last - runs[i].first;
		uint32_t mask = mask_between(runs[i].value, value, last_value);

		x |= mask & (value - runs[i].value + runs[i].first);
	}
	return (char)x;
}

bool key_text_decode(const char *text, size_t text_len, uint8_t out[WG_KEY_LEN])
{
	uint32_t bits = 0, invalid = 0;
	unsigned n_bits = 0, at = 0;

	if (text_len != KEY_TEXT_LEN || text[KEY_TEXT_LEN - 1] != '=') {
		secure_wipe(out, WG_KEY_LEN);
		return false;
	}
	for (unsigned i = 0; i < KEY_TEXT_LEN - 1; i++) {
		bits = bits << 6 | character_decode(text[i], &invalid);
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			out[at++] = (uint8_t)(bits >> n_bits);
		}
	}
	/* 43 characters carry 258 bits: the last two must be zero, or a key would have four texts. */
	invalid |= bits & 3;
	secure_wipe(&bits, sizeof(bits));
	if (invalid)
		secure_wipe(out, WG_KEY_LEN);
	return invalid == 0;
}

char *key_text_encode(const uint8_t key[WG_KEY_LEN], char out[KEY_TEXT_LEN + 1])
{
	uint32_t bits = 0;
	unsigned n_bits = 0, at = 0;

	for (unsigned i = 0; i < KEY_TEXT_LEN - 1; i++) {
		if (n_bits < 6) {
			bits = bits << 8 | (at < WG_KEY_LEN ? key[at] : 0U);
			at++;
			n_bits += 8;
		}
		n_bits -= 6;
		out[i] = character_encode(bits >> n_bits & 63);
	}
	secure_wipe(&bits, sizeof(bits));
	out[KEY_TEXT_LEN - 1] = '=';
	out[KEY_TEXT_LEN] = '\0';
	return out;
}

/* Reads until the end of the file or of `out`; the count, or -1 and errno. */
static ssize_t read_all(int descriptor, char *out, size_t out_len)
{
	size_t len = 0;

	while (len < out_len) {
		ssize_t n = read(descriptor, out + len, out_len - len);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* isspace() would look a character of the key up in a table. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

enum key_file_result key_file_read(
	int descriptor, uint8_t out_key[WG_KEY_LEN], bool *out_is_exposed)
{
	char buffer[256]; /* a key and generous white space */
	enum key_file_result result = KEY_FILE_NO_KEY;
	struct stat status;
	ssize_t len;

	if (fstat(descriptor, &status) != 0)
		return KEY_FILE_UNREADABLE;
	*out_is_exposed = (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
	len = read_all(descriptor, buffer, sizeof(buffer));
	if (len < 0)
		result = KEY_FILE_UNREADABLE;
	if (len > 0 && (size_t)len < sizeof(buffer)) {
		const char *text = buffer;

		while (len > 0 && is_space(text[len - 1]))
			len--;
		while (len > 0 && is_space(*text)) {
			text++;
			len--;
		}
		if (key_text_decode(text, (size_t)len, out_key))
			result = KEY_FILE_OK;
	}
	secure_wipe(buffer, sizeof(buffer));
	return result;
}
