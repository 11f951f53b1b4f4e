/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The rounds of ChaCha20 over 8 blocks: vector i holds word i of each. Assembly because 16 words, a temporary and
 * a compiler do not fit 16 registers (docs/decisions/0004-native-aead.md). One of the words c1 and c2 rests in memory.
 * Shifts and shuffles have but two of a core's four vector pipes, so the rounds leave room for as many instructions
 * without vectors: the authenticator of another packet.
 */

#include "crypto/aead_poly_mulx.inc"

/* struct work, as checked in aead_avx2.c. */
#define WORK_X(i) i*32(%rdi)
#define WORK_KEY(i) 512+(i-4)*32(%rdi)
#define WORK_BLOCK 768(%rdi)
#define WORK_COUNTER_LOW 800(%rdi)
#define WORK_COUNTER_HIGH 832(%rdi)

#define A0 %ymm0
#define A1 %ymm1
#define A2 %ymm2
#define A3 %ymm3
#define B0 %ymm4
#define B1 %ymm5
#define B2 %ymm6
#define B3 %ymm7
#define C0 %ymm8
#define C3 %ymm9
#define C_12 %ymm10 /* c1 or c2; the other is in memory */
#define T %ymm11
#define D0 %ymm12
#define D1 %ymm13
#define D2 %ymm14
#define D3 %ymm15

/* x += y, z = (z ^ x) rotated: a quarter of a quarter round ([8439] 2.1). */
.macro step_bytes x, y, z, by
	vpaddd \y, \x, \x
	vpxor \x, \z, \z
	vpshufb \by(%rip), \z, \z
.endm

.macro step_bits x, y, z, left
	vpaddd \y, \x, \x
	vpxor \x, \z, \z
	vpslld $\left, \z, T
	vpsrld $32-\left, \z, \z
	vpor T, \z, \z
.endm

.macro middle_steps a, b, c, d
	step_bits \c, \d, \b, 12
	step_bytes \a, \b, \d, by_8
.endm

.macro poly_block_if with_poly, at
	.if \with_poly
	poly_block \at
	.endif
.endm

/*
 * Four quarter rounds, numbered by the order in which they begin: the first has C_12 before the last, the two between
 * them fill the time in which these wait. Of the orders that 16 registers allow, this was the fastest on Zen 3.
 */
.macro round a0, b0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, d3, out, in, with_poly, at
	step_bytes \a0, \b0, \d0, by_16
	step_bytes \a1, \b1, \d1, by_16
	step_bytes \a2, \b2, \d2, by_16
	step_bytes \a3, \b3, \d3, by_16
	middle_steps \a1, \b1, \c1, \d1
	middle_steps \a0, \b0, C_12, \d0
	middle_steps \a2, \b2, \c2, \d2
	poly_block_if \with_poly, \at
	step_bits C_12, \d0, \b0, 7
	vmovdqa C_12, WORK_X(\out)
	vmovdqa WORK_X(\in), C_12
	middle_steps \a3, \b3, C_12, \d3
	step_bits C_12, \d3, \b3, 7
	step_bits \c1, \d1, \b1, 7
	step_bits \c2, \d2, \b2, 7
.endm

/* The columns, then the diagonals ([8439] 2.3); and three blocks of a packet. */
.macro double_round with_poly
	round A1, B1, D1, A3, B3, C3, D3, A0, B0, C0, D0, A2, B2, D2, 9, 10, \with_poly, 0
	poly_block_if \with_poly, 16
	round A0, B1, D3, A2, B3, C0, D1, A1, B2, C3, D0, A3, B0, D2, 10, 9, \with_poly, 32
.endm

	.text

/* void avx2_rounds(struct work *work, const struct poly_work works[]) */
function avx2_rounds
	registers_save
	vpbroadcastd sigma(%rip), A0
	vpbroadcastd 4+sigma(%rip), A1
	vpbroadcastd 8+sigma(%rip), A2
	vpbroadcastd 12+sigma(%rip), A3
	vmovdqa WORK_KEY(4), B0
	vmovdqa WORK_KEY(5), B1
	vmovdqa WORK_KEY(6), B2
	vmovdqa WORK_KEY(7), B3
	vmovdqa WORK_KEY(8), C0
	vmovdqa WORK_KEY(9), C_12
	vmovdqa WORK_KEY(10), T
	vmovdqa T, WORK_X(10)
	vmovdqa WORK_KEY(11), C3
	vmovdqa WORK_BLOCK, D0
	vpxor D1, D1, D1
	vmovdqa WORK_COUNTER_LOW, D2
	vmovdqa WORK_COUNTER_HIGH, D3
	movq %rsi, %rax
	movl $10, %ebp

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
	addq $48, SRC
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
	vmovdqa A0, WORK_X(0)
	vmovdqa A1, WORK_X(1)
	vmovdqa A2, WORK_X(2)
	vmovdqa A3, WORK_X(3)
	vmovdqa B0, WORK_X(4)
	vmovdqa B1, WORK_X(5)
	vmovdqa B2, WORK_X(6)
	vmovdqa B3, WORK_X(7)
	vmovdqa C0, WORK_X(8)
	vmovdqa C_12, WORK_X(9)
	vmovdqa C3, WORK_X(11)
	vmovdqa D0, WORK_X(12)
	vmovdqa D1, WORK_X(13)
	vmovdqa D2, WORK_X(14)
	vmovdqa D3, WORK_X(15)
	registers_restore
	ret
	.size avx2_rounds, . - avx2_rounds

	.section .rodata
	.p2align 5
/* How bytes move when each word is rotated. */
by_16:
	.rept 2
	.byte 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13
	.endr
by_8:
	.rept 2
	.byte 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14
	.endr
sigma:
	.ascii "expand 32-byte k"

	.section .note.GNU-stack, "", @progbits
