/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* In place of reference_openssl.c where OpenSSL was not there to build with. */

#include "contestants.h"

const struct aead_engine reference_openssl = {
	.name = "openssl",
	.isa = "its own choice",
};
