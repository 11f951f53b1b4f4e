/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/gw_conf.h"

#include <inttypes.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secure.h"
#include "config/gw_sources.h"
#include "config/reader.h"
#include "config/sections.h"
#include "config/values.h"
#include "config/wg_conf.h"

/* What belongs to gw.conf while it is walked through. */
struct gw_walk {
	struct config_reader *reader;
	struct text_file *file;
	struct gw_source *sources;
};

static bool read_group(
	struct gw_walk *walk, const config_setting_t *group, enum config_scope scope);

/*
 * Moves the reader to a setting. libconfig knows the line of a text in a list only when it has seen what
 * follows it, so the last text of a list that spans lines may be placed at the closing bracket.
 */
static void go_to(struct gw_walk *walk, const config_setting_t *setting)
{
	struct config_reader *reader = walk->reader;

	reader->file =
		gw_sources_find(walk->sources, walk->file, config_setting_source_file(setting));
	reader->place = (struct place){reader->file->path, config_setting_source_line(setting)};
}

static const char *type_title(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_STRING:
		return "a text in quotes";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a whole number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a point";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_GROUP:
		return "a group { ... }";
	case CONFIG_TYPE_ARRAY:
		return "a list [ ... ]";
	case CONFIG_TYPE_LIST:
		return "a list ( ... )";
	default:
		return "empty";
	}
}

static bool fail_type(struct config_reader *reader, const config_setting_t *setting)
{
	static const char *const wanted[] = {
		[FORM_TEXT] = "a text in quotes",
		[FORM_NUMBER] = "a number without quotes",
		[FORM_TEXT_OR_NUMBER] = "a number, or a text in quotes",
		[FORM_BOOL] = "true or false without quotes",
		[FORM_LIST] = "a list of texts [ \"...\", \"...\" ]",
		[FORM_GROUPS] = "a list of groups ( { ... }, { ... } )",
	};

	return config_bad_value(
		reader, "is %s where %s belongs", type_title(setting), wanted[reader->key->form]);
}

/* A value, or an element of a list. Numbers go through text, so that both formats share their parsers. */
static bool read_scalar(struct gw_walk *walk, const config_setting_t *setting)
{
	struct config_reader *reader = walk->reader;
	enum key_form form = reader->key->form;
	char number[24];
	int type = config_setting_type(setting);

	if (type == CONFIG_TYPE_BOOL && form == FORM_BOOL)
		return config_take_value(
			reader, config_setting_get_bool(setting) ? "true" : "false");
	if (type == CONFIG_TYPE_STRING && form != FORM_NUMBER && form != FORM_BOOL)
		return config_take_value(reader, config_setting_get_string(setting));
	if (form != FORM_NUMBER && form != FORM_TEXT_OR_NUMBER)
		return fail_type(reader, setting);
	if (type == CONFIG_TYPE_INT && config_setting_get_format(setting) == CONFIG_FORMAT_HEX)
		/* 0x80000000 and up come as negative numbers. */
		snprintf(number, sizeof(number), "%" PRIu32,
			(uint32_t)config_setting_get_int(setting));
	else if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)
		snprintf(number, sizeof(number), "%lld", config_setting_get_int64(setting));
	else
		return fail_type(reader, setting);
	return config_take_value(reader, number);
}

static bool is_list(const config_setting_t *setting)
{
	return config_setting_is_list(setting) || config_setting_is_array(setting);
}

static enum config_scope scope_of_groups(const struct config_key *key)
{
	switch (key_id(key)) {
	case KEY_PORTS:
		return SCOPE_PORT;
	case KEY_PEERS:
		return SCOPE_PEER;
	default:
		return SCOPE_INTERFACE;
	}
}

static bool read_groups(struct gw_walk *walk, const config_setting_t *list)
{
	const struct config_key *key = walk->reader->key;
	enum config_scope scope = scope_of_groups(key);

	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);

		go_to(walk, group);
		walk->reader->key = key;
		if (!config_setting_is_group(group))
			return fail_type(walk->reader, group);
		if (!read_group(walk, group, scope))
			return false;
	}
	return true;
}

static bool read_texts(struct gw_walk *walk, const config_setting_t *list)
{
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *element = config_setting_get_elem(list, (unsigned)i);

		go_to(walk, element);
		if (!read_scalar(walk, element))
			return false;
	}
	return true;
}

static bool read_setting(
	struct gw_walk *walk, const config_setting_t *setting, enum config_scope scope)
{
	struct config_reader *reader = walk->reader;
	const struct config_key *key = key_find(FORMAT_GW, scope, config_setting_name(setting));

	go_to(walk, setting);
	if (!key)
		return key_fail_unknown(reader, scope, config_setting_name(setting));
	reader->key = key;
	reader->seen[key_id(key)] = reader->place;
	if (key->form != FORM_GROUPS && key->form != FORM_LIST)
		return read_scalar(walk, setting);
	if (!is_list(setting))
		return fail_type(reader, setting);
	return key->form == FORM_LIST ? read_texts(walk, setting) : read_groups(walk, setting);
}

/* A wg(8) file without a name for the interface gives its own: /etc/wireguard/wg0.conf is wg0. */
static bool name_from_file(struct config_reader *reader)
{
	const char *slash = strrchr(reader->wg_path, '/');
	const char *base = slash ? slash + 1 : reader->wg_path;
	size_t len = strlen(base);
	char name[NAME_MAX + 1], shown[CONFIG_QUOTE_MAX];

	if (len > 5 && strcmp(base + len - 5, ".conf") == 0)
		len -= 5;
	snprintf(name, sizeof(name), "%.*s", (int)len, base);
	if (value_name_is_valid(name)) {
		memcpy(reader->interface->name, name, strlen(name) + 1);
		return true;
	}
	reader->place = reader->seen[KEY_CONFIG];
	return config_fail(reader, "config",
		"%s does not name an interface; allowed: name = \"wg0\"; beside it",
		config_quote(base, shown));
}

/* What a wg(8) file cannot say stands beside its name; peers are its [Peer] sections. */
static bool is_beside_config(enum key_id id)
{
	return !config_keys[id].name[FORMAT_WG] && id != KEY_PEERS;
}

static bool check_only_config(struct config_reader *reader)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if (config_keys[i].scope != SCOPE_INTERFACE || !reader->seen[i].line
			|| is_beside_config(i))
			continue;
		reader->place = reader->seen[i];
		return config_fail(reader, config_keys[i].name[FORMAT_GW],
			"given beside config; allowed: say it in the file that config names, or take "
			"config out");
	}
	return true;
}

static bool finish_interface(struct config_reader *reader)
{
	struct interface_note *note = &reader->interface_notes[reader->config->n_interfaces - 1];
	bool has_name = reader->seen[KEY_NAME].line, has_file = reader->seen[KEY_CONFIG].line;

	note->name = reader->seen[has_name ? KEY_NAME : KEY_CONFIG];
	if (!has_name && !has_file) {
		reader->place = reader->section[SCOPE_INTERFACE];
		return config_fail(
			reader, "name", "an interface has none; allowed: name = \"wg0\";");
	}
	if (!has_file)
		return section_end(reader, SCOPE_INTERFACE);
	return check_only_config(reader) && (has_name || name_from_file(reader))
		&& wg_conf_load(reader);
}

static bool read_group(struct gw_walk *walk, const config_setting_t *group, enum config_scope scope)
{
	struct config_reader *reader = walk->reader;

	if (!section_begin(reader, scope))
		return false;
	for (int i = 0; i < config_setting_length(group); i++)
		if (!read_setting(walk, config_setting_get_elem(group, (unsigned)i), scope))
			return false;
	return scope == SCOPE_INTERFACE ? finish_interface(reader) : section_end(reader, scope);
}

static void wipe_texts(config_setting_t *setting)
{
	if (config_setting_type(setting) == CONFIG_TYPE_STRING && setting->value.sval)
		secure_wipe(setting->value.sval, strlen(setting->value.sval));
	if (config_setting_is_aggregate(setting))
		for (int i = 0; i < config_setting_length(setting); i++)
			wipe_texts(config_setting_get_elem(setting, (unsigned)i));
}

static bool fail_syntax(struct gw_walk *walk, const config_t *tree)
{
	struct config_reader *reader = walk->reader;
	const char *text = walk->file->text;

	reader->place = (struct place){
		gw_sources_find(walk->sources, walk->file, config_error_file(tree))->path,
		(unsigned)config_error_line(tree)};
	if (text[strspn(text, " \t\r\n")] == '[')
		return config_fail(reader, "syntax",
			"this looks like a file of wg(8); allowed: name it in a gw.conf, as "
			"interfaces = ( { config = \"wg0.conf\"; } );");
	return config_fail(reader, "syntax",
		"%s; allowed: key = value; with each key once and texts in quotes",
		config_error_text(tree));
}

static bool read_tree(struct gw_walk *walk, config_t *tree)
{
	struct config_reader *reader = walk->reader;
	const char *path = walk->file->path, *slash = strrchr(path, '/');

	if (slash) {
		char *folder = strndup(path, (size_t)(slash - path));

		if (!folder)
			return config_fail(
				reader, "memory", "out of memory; allowed: a smaller file");
		config_set_include_dir(tree, folder);
		free(folder);
	}
	if (!config_read_string(tree, walk->file->text))
		return fail_syntax(walk, tree);
	reader->place = (struct place){path, 1};
	return read_group(walk, config_root_setting(tree), SCOPE_GATEWAY);
}

bool gw_conf_parse(struct config_reader *reader)
{
	struct gw_walk walk = {.reader = reader, .file = reader->file};
	bool is_good = gw_sources_scan(reader, walk.file, &walk.sources);

	if (is_good) {
		config_t tree;

		config_init(&tree);
		is_good = read_tree(&walk, &tree);
		wipe_texts(config_root_setting(&tree));
		config_destroy(&tree);
	}
	gw_sources_free(walk.sources);
	return is_good;
}
