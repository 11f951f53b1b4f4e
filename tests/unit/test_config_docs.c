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

/* Where a key that opens groups leads to, and where their end leads back to. */
static enum config_scope scope_within(enum key_id id)
{
	return id == KEY_PORTS ? SCOPE_PORT : id == KEY_PEERS ? SCOPE_PEER : SCOPE_INTERFACE;
}

static enum config_scope scope_around(enum config_scope scope)
{
	return scope == SCOPE_PEER ? SCOPE_INTERFACE : SCOPE_GATEWAY;
}

/* The key of `scope` that a line sets, switched off by a lone '#' or not; NULL: it sets none. */
static const struct config_key *key_of_line(const char *line, enum config_scope scope)
{
	const struct config_key *key;
	char name[64];
	int n = 0;

	line += *line == '#';
	if (sscanf(line, "%63[a-z_] = %n", name, &n) != 1 || n == 0)
		return NULL;
	key = key_find(FORMAT_GW, scope, name);
	if (!key)
		fail_msg("gw.full.conf names %s, which is no key of %s", name,
			key_scope_title(FORMAT_GW, scope));
	return key;
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
	enum config_scope scope = SCOPE_GATEWAY;
	unsigned n_seen[N_KEYS] = {0};
	char allowed[256] = "", default_words[256] = "";

	(void)state;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const struct config_key *key;

		while (isspace((unsigned char)*line))
			line++;
		if (*line == ')')
			scope = scope_around(scope);
		key = key_of_line(line, scope);
		note_words(line, "# Allowed: ", allowed);
		note_words(line, "# Default: ", default_words);
		if (!key)
			continue;
		n_seen[key_id(key)]++;
		assert_words(key, "Allowed: ", allowed, key->allowed);
		assert_words(key, "Default: ", default_words,
			key->default_text ? key->default_text : "none");
		*allowed = *default_words = '\0';
		if (key->form == FORM_GROUPS)
			scope = scope_within(key_id(key));
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

/*
 * A document whose part about a scope names each key of it as code. The parts begin with `titles`, the keys
 * that are refused stand anywhere.
 */
static void assert_document(const char *name, const char *const titles[N_SCOPES], const char *quote)
{
	char *text = project_text(name);

	for (size_t i = 0; i < N_KEYS; i++) {
		const struct config_key *key = &config_keys[i];
		const char *part = key->is_refused ? text : strstr(text, titles[key->scope]);
		const char *end = key->is_refused ? NULL : strstr(part + 1, "\n#");

		for (size_t f = 0; f < N_FORMATS; f++) {
			const char *found;
			char word[64];

			if (!key->name[f])
				continue;
			snprintf(word, sizeof(word), "%s%s%s", quote, key->name[f], quote);
			found = strstr(part, word);
			if (!found || (end && found > end))
				fail_msg("%s does not describe %s", name, word);
		}
	}
	free(text);
}

static void test_documents_describe_every_key(void **state)
{
	static const char *const page[N_SCOPES] = {
		"\n## The gateway", "\n## An interface", "\n## A peer", "\n## A port"};
	static const char *const manual[N_SCOPES] = {
		"\n# GATEWAY", "\n# INTERFACE", "\n# PEER", "\n# PORT"};

	(void)state;
	assert_document("docs/configuration.md", page, "`");
	assert_document("docs/gw.conf.5.scd", manual, "*");
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
