/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * From the CPU's reset to kernel_main in 64-bit mode, and the ways into the kernel. The section .reset is the ROM; the
 * rest is put into memory by the emulator. All runs at the highest privilege, with flat segments and no interrupts.
 */

#include "memory.h"

	.section .reset, "ax"
	.code16
	.globl reset
reset:
	cli
	lgdtl %cs:(gdt_pointer - reset)
	movl %cr0, %eax
	orl $1, %eax
	movl %eax, %cr0
	ljmpl $CODE32, $start32
	.p2align 3
gdt:
	.quad 0
	.quad 0x00cf9b000000ffff /* CODE32 */
	.quad 0x00af9b000000ffff /* CODE64 */
	.quad 0x00cf93000000ffff /* DATA */
gdt_pointer:
	.word gdt_pointer - gdt - 1
	.long 0xffff0000 + (gdt - reset)
	.org 0xfff0 /* where the CPU starts */
	jmp reset
	.org 0x10000

	.section .start, "ax"
	.code32
	.globl start32
start32:
	movw $DATA, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss

	lgdtl segments_pointer /* the ROM's goes away with paging */

	/* Memory is full of whatever the emulator had there. */
	movl $bss_start, %edi
	movl $bss_end, %ecx
	subl %edi, %ecx
	xorl %eax, %eax
	cld
	rep stosb

	/* Each page is where it is; the first is not there, as null pointers lead to it. */
	movl $N_PAGES - 1, %ecx
1:	movl %ecx, %eax
	shll $12, %eax
	orl $3, %eax
	movl %eax, pages(, %ecx, 8)
	decl %ecx
	jnz 1b
	movl $N_PAGES / 512 - 1, %ecx
2:	movl %ecx, %eax
	shll $12, %eax
	addl $pages + 3, %eax
	movl %eax, directory(, %ecx, 8)
	decl %ecx
	jns 2b
	movl $directory + 3, directories
	movl $directories + 3, top
	movl $top, %eax
	movl %eax, %cr3

	movl $0x50620, %eax /* PAE, OSFXSR, OSXMMEXCPT, FSGSBASE, OSXSAVE */
	movl %eax, %cr4
	movl $0xc0000080, %ecx /* EFER: long mode, syscall */
	movl $0x101, %eax
	xorl %edx, %edx
	wrmsr
	movl $0x80010033, %eax /* paging, write protection, floating point */
	movl %eax, %cr0
	ljmpl $CODE64, $start64

	.code64
start64:
	movl $stack_end, %esp
	xorl %ecx, %ecx
	xorl %edx, %edx
	movl $0xe7, %eax /* x87, SSE, AVX, AVX-512 */
	xsetbv
	call kernel_main

/* void program_enter(void *entry, void *stack) */
	.globl program_enter
program_enter:
	movq %rsi, %rsp
	xorl %edx, %edx /* no function to call at exit */
	jmp *%rdi

/* Linux's convention: all registers but rax, rcx and r11 stay. */
	.globl syscall_entry
syscall_entry:
	movq %rsp, program_stack
	movl $stack_end, %esp
	pushq %rcx
	pushq %r9
	pushq %r8
	pushq %r10
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rax
	movq %rsp, %rdi
	call syscall_do
	popq %rax
	popq %rdi
	popq %rsi
	popq %rdx
	popq %r10
	popq %r8
	popq %r9
	popq %rcx
	movq program_stack, %rsp
	jmp *%rcx

/* One every 16 bytes; below the number is what the CPU put there. */
	.globl exception_entries
	.p2align 4
exception_entries:
	.set number, 0
	.rept 32
	.p2align 4
	pushq $number
	movq %rsp, %rdi
	jmp exception_do
	.set number, number + 1
	.endr

	.data
	.p2align 3
segments:
	.quad 0, 0x00cf9b000000ffff, 0x00af9b000000ffff, 0x00cf93000000ffff
segments_pointer:
	.word segments_pointer - segments - 1
	.long segments

	.bss
	.p2align 12
	.globl pages
pages:	.skip 8 * N_PAGES
directory:
	.skip 4096
directories:
	.skip 4096
top:	.skip 4096
	.skip 16384
stack_end:
program_stack:
	.skip 8

	.section .note.GNU-stack, "", @progbits
