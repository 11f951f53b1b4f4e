/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What the parsers of values.h have in common: texts that are a number, one of some words, or true and
 * false. Each reports what reader->key does not allow. Init only.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct config_reader;

/* Decimal, or hexadecimal after 0x, from `min` to `max`; false: reported. */
must_check bool scalar_take_number(
	struct config_reader *reader, const char *text, uint64_t min, uint64_t max, uint32_t *out);

/* Any number of 16 bits; false: reported. */
must_check bool scalar_take_u16(struct config_reader *reader, const char *text, uint16_t *out);

/* A number of 16 bits that is 0 or from `min` to `max`; false: reported. */
must_check bool scalar_take_u16_or_zero(
	struct config_reader *reader, const char *text, uint16_t min, uint16_t max, uint16_t *out);

/* Where `text` stands in `words`, which end with NULL; -1: it does not, reported. */
must_check int scalar_find_word(
	struct config_reader *reader, const char *text, const char *const *words);

/* true or false; false: reported. */
must_check bool scalar_take_flag(struct config_reader *reader, const char *text, bool *out);
