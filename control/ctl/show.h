/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* A gateway's answers, which are JSON, as tables for people. */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/compiler.h"

/* show_answer writes what `command` was answered; `now_s` is seconds since 1970. false: memory was short. */
must_check bool show_answer(const char *command, const json_t *answer, int64_t now_s, FILE *out);
