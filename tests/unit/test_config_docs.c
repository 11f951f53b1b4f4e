/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* What people read about the configuration says what the code does. */

#include "unit/config_fixture.h"

#include <ctype.h>

#include "base/compiler.h"

/* A file of the project, to be freed. */
static char *project_text(const char *name)
{
	const char *root = getenv("TEST_SOURCE_ROOT");
	char path[PATH_MAX], *text = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: no such file", path);
	assert_in_range(fread(text, 1, (1 << 20) - 1, file), 1, (1 << 20) - 2);
	fclose(file);
	return text;
}

/* The key that a line sets, switched off by a lone '#' or not; NULL: it sets none. */
static const struct config_key *key_of_line(const char *line)
{
	char name[64];
	int n = 0;

	while (isspace((unsigned char)*line))
		line++;
	line += *line == '#';
	if (sscanf(line, "%63[a-z_] = %n", name, &n) != 1 || n == 0)
		return NULL;
	for (enum config_scope scope = 0; scope < N_SCOPES; scope++) {
		const struct config_key *key = key_find(FORMAT_GW, scope, name);

		if (key)
			return key;
	}
	fail_msg("gw.full.conf names %s, which no parser knows", name);
	return NULL;
}

/* Notes the words behind "# Allowed: " or "# Default: ", without the line's end. */
static void note_words(const char *line, const char *title, char *out)
{
	const char *words = strstr(line, title);

	if (words)
		snprintf(out, 256, "%.*s", (int)strcspn(words + strlen(title), "\n"),
			words + strlen(title));
}

static void assert_words(
	const struct config_key *key, const char *title, const char *are, const char *should)
{
	if (strcmp(are, should) != 0)
		fail_msg("%s%s: gw.full.conf says %s, the code says %s", title,
			key->name[FORMAT_GW], are, should);
}

/* Every key once, and right above it what it allows and its default, in the very words of the code. */
static void test_full_conf_names_every_key(void **state)
{
	char *text = project_text("conf/gw.full.conf");
	unsigned n_seen[N_KEYS] = {0};
	char allowed[256] = "", default_words[256] = "";

	(void)state;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const struct config_key *key = key_of_line(line);

		note_words(line, "# Allowed: ", allowed);
		note_words(line, "# Default: ", default_words);
		if (!key)
			continue;
		n_seen[key_id(key)]++;
		assert_words(key, "Allowed: ", allowed, key->allowed);
		assert_words(key, "Default: ", default_words,
			key->default_text ? key->default_text : "none");
		*allowed = *default_words = '\0';
	}
	for (size_t i = 0; i < N_KEYS; i++)
		if (n_seen[i] != (config_keys[i].name[FORMAT_GW] != NULL))
			fail_msg("gw.full.conf names %s %u times", config_keys[i].name[FORMAT_GW],
				n_seen[i]);
	free(text);
}

static void copy_conf(const char *from, const char *to)
{
	char *text = project_text(from);

	write_text(to, text);
	free(text);
}

static void test_shipped_files_load(void **state)
{
	static const char *const names[] = {"gw.conf", "gw.full.conf"};

	(void)state;
	copy_conf("conf/gw.conf", "gw.conf");
	copy_conf("conf/gw.full.conf", "gw.full.conf");
	copy_conf("conf/wg0.conf.example", "wg0.conf");
	write_text("wg1.conf", "[Interface]\nPrivateKey = " S1 "\n");
	write_text("wg0.key", S2 "\n");
	for (size_t i = 0; i < array_len(names); i++) {
		struct gw_config *config = load_here(names[i]);

		if (!config)
			fail_msg("%s", last_error);
		assert_string_equal(config->interfaces[0].name, "wg0");
		assert_int_equal(config->interfaces[0].listen_port, 51820);
		assert_int_equal(config->interfaces[0].n_addresses, 2);
		config_free(config);
	}
}

/* A document that names each key of the formats that it describes as code. */
static void assert_document(const char *name, const char *quote)
{
	char *text = project_text(name);

	for (size_t i = 0; i < N_KEYS; i++) {
		for (size_t f = 0; f < N_FORMATS; f++) {
			char word[64];

			if (!config_keys[i].name[f])
				continue;
			snprintf(
				word, sizeof(word), "%s%s%s", quote, config_keys[i].name[f], quote);
			if (!strstr(text, word))
				fail_msg("%s does not describe %s", name, word);
		}
	}
	free(text);
}

static void test_documents_describe_every_key(void **state)
{
	(void)state;
	assert_document("docs/configuration.md", "`");
	assert_document("docs/gw.conf.5.scd", "*");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_conf_names_every_key),
		cmocka_unit_test(test_shipped_files_load),
		cmocka_unit_test(test_documents_describe_every_key),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
