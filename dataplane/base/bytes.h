/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Numbers at any address, in the byte order of the wire. Any thread. */

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t le32_load(const void *src)
{
	uint32_t value;

	memcpy(&value, src, sizeof(value));
	return le32toh(value);
}

static inline void le32_store(void *dst, uint32_t value)
{
	value = htole32(value);
	memcpy(dst, &value, sizeof(value));
}

static inline uint64_t le64_load(const void *src)
{
	uint64_t value;

	memcpy(&value, src, sizeof(value));
	return le64toh(value);
}

static inline void le64_store(void *dst, uint64_t value)
{
	value = htole64(value);
	memcpy(dst, &value, sizeof(value));
}

static inline uint16_t be16_load(const void *src)
{
	uint16_t value;

	memcpy(&value, src, sizeof(value));
	return be16toh(value);
}

static inline void be16_store(void *dst, uint16_t value)
{
	value = htobe16(value);
	memcpy(dst, &value, sizeof(value));
}

static inline uint32_t be32_load(const void *src)
{
	uint32_t value;

	memcpy(&value, src, sizeof(value));
	return be32toh(value);
}

static inline void be32_store(void *dst, uint32_t value)
{
	value = htobe32(value);
	memcpy(dst, &value, sizeof(value));
}

static inline uint64_t be64_load(const void *src)
{
	uint64_t value;

	memcpy(&value, src, sizeof(value));
	return be64toh(value);
}
