/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The counters as lines on stdout: "interface NAME ...", "peer PUBLIC-KEY ...", "drop NAME COUNT", words
 * and name=value pairs, for people and for scripts. Described in docs/counters.md. Control.
 */

struct gateway;

void report_print(const struct gateway *gw);
