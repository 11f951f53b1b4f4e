/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "crypto/aead_poly_mulx.inc"

	.text

/*
 * void poly_mulx_absorb(struct poly1305 *poly, const uint8_t *src, size_t n_blocks, const uint8_t *end,
 *	size_t n_end_blocks)
 */
function poly_mulx_absorb
	registers_save
	movq %rdi, POLY
	movq %rcx, %rax
	movq %r8, %rbp
	movq %rdx, %rcx
	poly_load
	testq %rcx, %rcx
	jz 2f
	.p2align 5
1:
	poly_block 0
	addq $16, SRC
	decq %rcx
	jnz 1b
2:
	movq %rax, SRC
	movq %rbp, %rcx
	xorl %ebp, %ebp
	testq %rcx, %rcx
	jnz 1b
	poly_save
	registers_restore
	ret
	.size poly_mulx_absorb, . - poly_mulx_absorb

	.section .note.GNU-stack, "", @progbits
