/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The least of Linux that a statically linked test needs: it starts one program, gives it memory, writes what it writes
 * to the first serial port and its status to the second, and ends the emulator. No files, threads or signals.
 */

#include "memory.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGE_LEN 4096
#define PAGE_PRESENT 1
#define OUTPUT 0x3f8 /* serial ports */
#define STATUS 0x2f8
#define DISK ((uint16_t)0x1f0)
#define SECTOR_LEN 512
#define STATUS_FAULT 139 /* as a shell calls a segmentation fault */
#define N_WORDS_MAX 16

#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FLAG_MASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define ARCH_SET_FS 0x1002

extern uint64_t pages[N_PAGES];
extern const char exception_entries[];
void syscall_entry(void);
_Noreturn void program_enter(uint64_t entry, uint64_t *stack);

_Noreturn void kernel_main(void);
void syscall_do(int64_t *registers);
_Noreturn void exception_do(const uint64_t *frame);

static uint64_t map_next = MAP_AT;

static void port_write(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t port_read(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void serial_write(uint16_t port, char byte)
{
	while (!(port_read(port + 5) & 0x20))
		;
	port_write(port, (uint8_t)byte);
}

/* 115,200 bits a second, 8 bits a byte. */
static void serial_set(uint16_t port)
{
	port_write(port + 3, 0x80);
	port_write(port, 1);
	port_write(port + 1, 0);
	port_write(port + 3, 3);
}

static void text_write(uint16_t port, const char *text)
{
	while (*text)
		serial_write(port, *text++);
}

static void number_write(uint16_t port, uint64_t number, unsigned base)
{
	if (number >= base)
		number_write(port, number / base, base);
	serial_write(port, "0123456789abcdef"[number % base]);
}

/* Bochs ends when it is told so at this port. The empty lines are for what waits in the serial ports. */
static _Noreturn void end(unsigned status)
{
	number_write(STATUS, status, 10);
	text_write(STATUS, "\n\n\n");
	for (const char *at = "Shutdown"; *at; at++)
		port_write(0x8900, (uint8_t)*at);
	for (;;)
		__asm__ volatile("hlt");
}

/* Some exceptions have a word of their own before the address of the instruction. */
void exception_do(const uint64_t *frame)
{
	const uint32_t with_word = 0x00227d00;
	uint64_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	text_write(OUTPUT, "# exception ");
	number_write(OUTPUT, frame[0], 10);
	text_write(OUTPUT, " at ");
	number_write(OUTPUT, frame[with_word >> frame[0] & 1 ? 2 : 1], 16);
	text_write(OUTPUT, ", address ");
	number_write(OUTPUT, address, 16);
	text_write(OUTPUT, "\n");
	end(STATUS_FAULT);
}

/* The disk is the program's file and zeros. */
static void disk_read(uint64_t to, uint32_t n_sectors)
{
	for (uint32_t at = 0; at < n_sectors; at++) {
		uint64_t n_words = SECTOR_LEN / 2;

		if (at % 256 == 0) {
			port_write(DISK + 2, 0); /* 256 sectors */
			port_write(DISK + 3, (uint8_t)at);
			port_write(DISK + 4, (uint8_t)(at >> 8));
			port_write(DISK + 5, (uint8_t)(at >> 16));
			port_write(DISK + 6, 0xe0); /* the first disk, counted in sectors */
			port_write(DISK + 7, 0x20); /* read */
		}
		while ((port_read(DISK + 7) & 0x88) != 0x08)
			;
		__asm__ volatile("rep insw" : "+D"(to), "+c"(n_words) : "d"(DISK) : "memory");
	}
}

static void msr_write(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static void zero(uint64_t at, uint64_t len)
{
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(0) : "memory");
}

static void copy(uint64_t to, uint64_t from, uint64_t len)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len) : : "memory");
}

static int64_t memory_map(uint64_t len, uint64_t flags)
{
	uint64_t at = map_next;

	len = (len + PAGE_LEN - 1) & ~(uint64_t)(PAGE_LEN - 1);
	if (!(flags & MAP_ANONYMOUS) || flags & MAP_FIXED || len > MEMORY_LEN - map_next)
		return -ENOMEM;
	map_next += len;
	zero(at, len);
	return (int64_t)at;
}

static int64_t memory_protect(uint64_t at, uint64_t len, uint64_t protection)
{
	if (at >= MEMORY_LEN || len > MEMORY_LEN - at)
		return -ENOMEM;
	for (uint64_t page = at / PAGE_LEN; page * PAGE_LEN < at + len; page++) {
		pages[page] &= ~(uint64_t)PAGE_PRESENT;
		pages[page] |= protection == PROT_NONE ? 0 : PAGE_PRESENT;
		__asm__ volatile("invlpg (%0)" : : "r"(page * PAGE_LEN) : "memory");
	}
	return 0;
}

static int64_t output_write(const char *text, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		serial_write(OUTPUT, text[i]);
	return (int64_t)len;
}

/* Not random: tests shall be the same each time. */
static int64_t random_fill(uint8_t *to, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		to[i] = (uint8_t)(i * 37 + 11);
	return (int64_t)len;
}

static int64_t break_move(uint64_t to)
{
	static uint64_t at = BREAK_AT;

	if (to > at && to <= MAP_AT) {
		zero(at, to - at);
		at = to;
	}
	return (int64_t)at;
}

/* registers: rax, rdi, rsi, rdx, ...; rax is the answer. */
void syscall_do(int64_t *registers)
{
	uint64_t a = (uint64_t)registers[1], b = (uint64_t)registers[2], c = (uint64_t)registers[3],
		 d = (uint64_t)registers[4];
	int64_t answer = -ENOSYS;

	switch (registers[0]) {
	case SYS_write:
		answer = output_write((const char *)b, c);
		break;
	case SYS_mmap:
		answer = memory_map(b, d);
		break;
	case SYS_mprotect:
		answer = memory_protect(a, b, c);
		break;
	case SYS_munmap:
		answer = 0;
		break;
	case SYS_brk:
		answer = break_move(a);
		break;
	case SYS_getrandom:
		answer = random_fill((uint8_t *)a, b);
		break;
	case SYS_arch_prctl:
		if (a == ARCH_SET_FS) {
			msr_write(MSR_FS_BASE, b);
			answer = 0;
		}
		break;
	case SYS_exit_group:
		end((unsigned)a & 0xff);
	}
	registers[0] = answer;
}

static void exceptions_set(void)
{
	static struct {
		uint16_t low, segment, kind, middle;
		uint32_t high, zero;
	} table[32];
	static struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t table;
	} pointer;

	for (unsigned i = 0; i < 32; i++) {
		uint64_t entry = (uint64_t)exception_entries + 16 * i;

		table[i].low = (uint16_t)entry;
		table[i].segment = CODE64;
		table[i].kind = 0x8e00; /* present, an interrupt gate */
		table[i].middle = (uint16_t)(entry >> 16);
	}
	pointer.limit = sizeof(table) - 1;
	pointer.table = (uint64_t)table;
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static const Elf64_Ehdr *program_load(void)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)FILE_AT;
	const Elf64_Phdr *part = (const Elf64_Phdr *)(FILE_AT + header->e_phoff);

	for (unsigned i = 0; i < header->e_phnum; i++) {
		if (part[i].p_type != PT_LOAD)
			continue;
		if (part[i].p_vaddr + part[i].p_memsz > PROGRAM_END) {
			text_write(OUTPUT, "the program is too large\n");
			end(125);
		}
		copy(part[i].p_vaddr, FILE_AT + part[i].p_offset, part[i].p_filesz);
		zero(part[i].p_vaddr + part[i].p_filesz, part[i].p_memsz - part[i].p_filesz);
	}
	return header;
}

/* The words of the command line and what a C library asks for, as the ABI puts them on the stack. */
static uint64_t *stack_make(const Elf64_Ehdr *header)
{
	const uint64_t tail[] = {0, 0, AT_PHDR, FILE_AT + header->e_phoff, AT_PHNUM,
		header->e_phnum, AT_PHENT, header->e_phentsize, AT_PAGESZ, PAGE_LEN, AT_RANDOM,
		FILE_AT, AT_NULL, 0};
	const unsigned n_tail = sizeof(tail) / sizeof(tail[0]);
	uint64_t *stack = (uint64_t *)STACK_TOP - N_WORDS_MAX - n_tail - 2, n = 0;

	for (const char *word = (const char *)ARGUMENTS_AT; *word && n < N_WORDS_MAX;) {
		stack[++n] = (uint64_t)word;
		while (*word++)
			;
	}
	stack[0] = n;
	for (unsigned i = 0; i < n_tail; i++)
		stack[1 + n + i] = tail[i];
	return stack;
}

void kernel_main(void)
{
	const Elf64_Ehdr *header;

	serial_set(OUTPUT);
	serial_set(STATUS);
	exceptions_set();
	msr_write(MSR_STAR, (uint64_t)CODE64 << 32);
	msr_write(MSR_LSTAR, (uint64_t)syscall_entry);
	msr_write(MSR_FLAG_MASK, 0);
	disk_read(FILE_AT, FILE_SECTORS);
	header = program_load();
	program_enter(header->e_entry, stack_make(header));
}
