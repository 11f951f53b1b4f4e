/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Numbers as people read them. Pure. */

#include <stdint.h>

#define HUMAN_MAX 32 /* characters of any, with the final zero */

/* human_bytes: "512 B", "1.50 KiB", "3.42 GiB". Returns `out`. */
char *human_bytes(uint64_t n_bytes, char out[HUMAN_MAX]);

/* human_duration: the two largest units: "12 s", "3 min 5 s", "2 h 0 min", "4 d 3 h". */
char *human_duration(uint64_t duration_s, char out[HUMAN_MAX]);

/* human_age: human_duration and "ago"; a time that is still to come was just now: clocks differ. */
char *human_age(int64_t then_s, int64_t now_s, char out[HUMAN_MAX]);

/* human_share: "12.3 %". */
char *human_share(uint64_t part, uint64_t whole, char out[HUMAN_MAX]);
