/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The rounds of ChaCha20 over 16 blocks: vector i holds word i of each. As aead_avx2_rounds.S, but the words fit the
 * registers and there is an instruction that rotates. Twice the lanes leave room for twice the blocks of other packets.
 */

#include "crypto/aead_poly_mulx.inc"

/* struct work of aead_avx512.c. */
#define WORK_X(i) i*64(%rdi)

#define X(i) %zmm##i

.macro add_4 x0, x1, x2, x3, y0, y1, y2, y3
	vpaddd \y0, \x0, \x0
	vpaddd \y1, \x1, \x1
	vpaddd \y2, \x2, \x2
	vpaddd \y3, \x3, \x3
.endm

.macro xor_rotate_4 z0, z1, z2, z3, x0, x1, x2, x3, left
	vpxord \x0, \z0, \z0
	vpxord \x1, \z1, \z1
	vpxord \x2, \z2, \z2
	vpxord \x3, \z3, \z3
	vprold $\left, \z0, \z0
	vprold $\left, \z1, \z1
	vprold $\left, \z2, \z2
	vprold $\left, \z3, \z3
.endm

.macro poly_block_if with_poly, at
	.if \with_poly
	poly_block \at
	.endif
.endm

/* Four quarter rounds ([8439] 2.1) side by side, and three blocks of a packet. */
.macro round with_poly, at, a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3
	add_4 \a0, \a1, \a2, \a3, \b0, \b1, \b2, \b3
	xor_rotate_4 \d0, \d1, \d2, \d3, \a0, \a1, \a2, \a3, 16
	poly_block_if \with_poly, \at
	add_4 \c0, \c1, \c2, \c3, \d0, \d1, \d2, \d3
	xor_rotate_4 \b0, \b1, \b2, \b3, \c0, \c1, \c2, \c3, 12
	poly_block_if \with_poly, \at+16
	add_4 \a0, \a1, \a2, \a3, \b0, \b1, \b2, \b3
	xor_rotate_4 \d0, \d1, \d2, \d3, \a0, \a1, \a2, \a3, 8
	poly_block_if \with_poly, \at+32
	add_4 \c0, \c1, \c2, \c3, \d0, \d1, \d2, \d3
	xor_rotate_4 \b0, \b1, \b2, \b3, \c0, \c1, \c2, \c3, 7
.endm

/* The columns, then the diagonals. [8439] 2.3. */
.macro double_round with_poly
	round \with_poly, 0, X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7), X(8), X(9), X(10), X(11), X(12), X(13), X(14), X(15)
	round \with_poly, 48, X(0), X(1), X(2), X(3), X(5), X(6), X(7), X(4), X(10), X(11), X(8), X(9), X(15), X(12), X(13), X(14)
.endm

.macro words_move from_memory, i, others:vararg
	.if \from_memory
	vmovdqa64 WORK_X(\i), %zmm\i
	.else
	vmovdqa64 %zmm\i, WORK_X(\i)
	.endif
	.ifnb \others
	words_move \from_memory, \others
	.endif
.endm

	.text

/* void avx512_rounds(struct work *work, const struct poly_work works[]) */
function avx512_rounds
	registers_save
	movq %rsi, %rax
	movl $10, %ebp
	words_move 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15

1:	/* The next packet to take in, if there is one. */
	movl WORK_N_STEPS(%rax), %ecx
	testl %ecx, %ecx
	jz 3f
	subl %ecx, %ebp
	movq WORK_POLY(%rax), POLY
	movq WORK_SRC(%rax), SRC
	addq $WORK_LEN, %rax
	poly_load
	.p2align 5
2:
	double_round 1
	addq $96, SRC
	decl %ecx
	jnz 2b
	poly_save
	jmp 1b

3:	/* What is left of the double rounds. */
	testl %ebp, %ebp
	jz 5f
	.p2align 5
4:
	double_round 0
	decl %ebp
	jnz 4b

5:
	words_move 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	registers_restore
	ret
	.size avx512_rounds, . - avx512_rounds

	.section .note.GNU-stack, "", @progbits
