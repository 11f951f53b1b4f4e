/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* EAL's part of a command line: the options before "--". Init only. */

#include "base/compiler.h"

#define EAL_ARGS_MAX 128
#define EAL_ARGS_NUMBER_MAX 16

#define EAL_ARGS_LCORES_MAX 4096 /* as many as CPUs that take turns make */

struct eal_args {
	int argc; /* with the program's name in front */
	char *argv[EAL_ARGS_MAX + 1];
	/* argv may point to these. */
	char memory_mb[EAL_ARGS_NUMBER_MAX];
	char lcores[EAL_ARGS_LCORES_MAX];
};

/*
 * eal_args_split takes EAL's options out of the command line and returns the index of the "--" behind them, 0
 * when there is none, or -1 when they are too many. `out` points into `argv` and into itself.
 */
must_check int eal_args_split(int argc, char **argv, struct eal_args *out);

/*
 * Where eal_args_split found none, these choose. For a gateway: all cores, no PCI device, no files left behind, and ordinary
 * memory where the machine has no free hugepages. For a lone interface, one of perhaps many: a worker, which like control
 * runs wherever the process may, and a little ordinary memory.
 */
void eal_args_choose(struct eal_args *out);
void eal_args_choose_small(struct eal_args *out);

/* eal_args_memory_mb: the ordinary memory to reserve, in MiB, for a control thread and workers on `n_cpus` CPUs. */
unsigned eal_args_memory_mb(unsigned n_cpus);

/*
 * eal_args_simd_bits: the widest vectors that EAL will allow when it starts with these options, as
 * rte_vect_get_max_simd_bitwidth says afterwards. For what must know it without starting EAL.
 */
unsigned eal_args_simd_bits(const struct eal_args *eal);
