/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Packets that are sealed and opened by an engine and compared with libsodium. Each key, input and output lies
 * in memory of its own between pages that cannot be touched. For aead_sweep.c alone; one thread. Whatever is
 * wrong ends the program.
 */

#include "crypto/aead.h"

#define PACKET_LEN_MAX 65535

/* Where packets lie in their memory. */
struct place {
	bool is_in_place;
	bool is_at_end;         /* the last byte touches the page that cannot be touched; else: */
	uint8_t src_at, dst_at; /* bytes from the start, below 64 */
	uint8_t src_step, dst_step; /* by how much they differ from packet to packet, modulo 64 */
};

/* packets_init maps the memory and fills the texts. Behind keys and inputs there are `slack` bytes that may be read. */
void packets_init(unsigned slack);

/* test_begin names what runs now; test_end says that it went well. Lines of TAP. */
void test_begin(const char *name);
void test_end(void);

/* fail ends the program. Like printf. */
_Noreturn void fail(const char *format, ...) printf_like(1, 2);

/* packet_set makes packet `i` of the burst: libsodium seals a text of its own with a key of its own. */
void packet_set(unsigned i, uint64_t counter, uint32_t len);

/* packet_set_text: the same with this key and text. */
void packet_set_text(
	unsigned i, const uint8_t *key, uint64_t counter, const uint8_t *plain, uint32_t len);

/* packet_sealed: what libsodium made: the ciphertext, then the tag. */
const uint8_t *packet_sealed(unsigned i);

/* packet_flip changes a bit of the sealed packet, which must then fail; a second call changes it back. */
void packet_flip(unsigned i, uint32_t byte, unsigned bit);

/* packets_seal, packets_open: the first `n` packets in one burst; packets_check: both, apart and in place, at both ends. */
void packets_seal(struct aead *aead, unsigned n, const struct place *place);
void packets_open(struct aead *aead, unsigned n, const struct place *place);
void packets_check(struct aead *aead, unsigned n);
