/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Where things lie in the emulated memory: for boot.S, kernel.c, kernel.ld and run. Addresses are physical and virtual. */

#define KERNEL_AT 0x100000
#define PROGRAM_END 0x2800000 /* programs are linked to 0x400000 */
#define STACK_TOP 0x3000000
#define ARGUMENTS_AT 0x3000000 /* words that end with 0, the last one empty */
#define FILE_AT 0x4000000      /* the program's ELF file, read from the disk */
#define FILE_SECTORS 32256     /* 32 cylinders of 16 heads and 63 sectors */
#define BREAK_AT 0x5000000     /* what brk gives out */
#define MAP_AT 0x6000000       /* what mmap gives out */
#define MEMORY_LEN 0x10000000
#define N_PAGES (MEMORY_LEN / 4096)

#define CODE32 0x08 /* segments */
#define CODE64 0x10
#define DATA 0x18
