/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/scalars.h"

#include <string.h>

#include "config/reader.h"

/* Decimal, or hexadecimal after 0x; nothing else, not even a sign. */
static bool number_read(const char *text, uint64_t *out)
{
	uint64_t base = 10, value = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *digit = strchr(digits, *text);
		uint64_t d = digit ? (uint64_t)(digit - digits) : 16;

		if (d >= 16 && digit)
			d -= 6; /* upper case */
		if (!digit || d >= base)
			return false;
		/* Stays at a value that no key allows, so that a long number is out of range. */
		value = value > UINT32_MAX ? value : value * base + d;
	}
	*out = value;
	return true;
}

bool scalar_take_number(
	struct config_reader *reader, const char *text, uint64_t min, uint64_t max, uint32_t *out)
{
	char shown[CONFIG_QUOTE_MAX];
	uint64_t value;

	if (!number_read(text + (*text == '-'), &value))
		return config_bad_value(reader, "%s is not a number", config_quote(text, shown));
	if (*text == '-' || value < min || value > max)
		return config_bad_value(reader, "%s is out of range", config_quote(text, shown));
	*out = (uint32_t)value;
	return true;
}

bool scalar_take_u16(struct config_reader *reader, const char *text, uint16_t *out)
{
	uint32_t value = 0;

	if (!scalar_take_number(reader, text, 0, UINT16_MAX, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

bool scalar_take_u16_or_zero(
	struct config_reader *reader, const char *text, uint16_t min, uint16_t max, uint16_t *out)
{
	char shown[CONFIG_QUOTE_MAX];
	uint16_t value;

	if (!scalar_take_u16(reader, text, &value))
		return false;
	if (value != 0 && (value < min || value > max))
		return config_bad_value(reader, "%s is out of range", config_quote(text, shown));
	*out = value;
	return true;
}

int scalar_find_word(struct config_reader *reader, const char *text, const char *const *words)
{
	char shown[CONFIG_QUOTE_MAX];

	for (int i = 0; words[i]; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	config_bad_value(reader, "%s is not known", config_quote(text, shown));
	return -1;
}

bool scalar_take_flag(struct config_reader *reader, const char *text, bool *out)
{
	static const char *const words[] = {"false", "true", NULL};
	int found = scalar_find_word(reader, text, words);

	*out = found == 1;
	return found >= 0;
}
