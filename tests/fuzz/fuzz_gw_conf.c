/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Any file in the place of gw.conf. */

#include "fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets a text that stands where its grammar expects none. */
const char *__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char wg[] = "[Interface]\nPrivateKeyFile = a.key\n";

	load_texts((struct fuzz_text){data, len}, (struct fuzz_text){wg, sizeof(wg) - 1});
	return 0;
}
