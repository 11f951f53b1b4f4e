/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/wg_conf.h"

#include <string.h>
#include <strings.h>

#include "config/reader.h"
#include "config/sections.h"

static const char spaces[] = " \t\r\v\f";

/* Cuts white space off both ends, in place. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, spaces);
	len = strlen(text);
	while (len > 0 && strchr(spaces, text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

/* Cuts `text` at the first `separator`; returns what is behind it, or NULL. */
static char *cut(char *text, char separator)
{
	char *at = strchr(text, separator);

	if (!at)
		return NULL;
	*at = '\0';
	return at + 1;
}

static bool read_list(struct config_reader *reader, char *value)
{
	if (!*value)
		return true;
	for (char *next; value; value = next) {
		next = cut(value, ',');
		if (!config_take_value(reader, trim(value)))
			return false;
	}
	return true;
}

static bool read_pair(struct config_reader *reader, enum config_scope scope, char *line)
{
	char *value = cut(line, '=');
	const struct config_key *key;
	struct place *seen;

	if (!value)
		return config_fail(
			reader, "line", "has no '='; allowed: Key = value, [Interface], [Peer]");
	key = key_find(FORMAT_WG, scope, trim(line));
	if (!key)
		return key_fail_unknown(reader, scope, trim(line));
	if (key->is_refused)
		return config_fail(reader, key->name[FORMAT_WG],
			"wg-dpdk does not carry this out; allowed: take the line out, or keep this "
			"file for wg-quick and give wg-dpdk a copy without it");
	reader->key = key;
	seen = &reader->seen[key_id(key)];
	if (seen->line && key->form != FORM_LIST)
		return config_bad_value(reader, "is already at line %u", seen->line);
	*seen = reader->place;
	value = trim(value);
	return key->form == FORM_LIST ? read_list(reader, value) : config_take_value(reader, value);
}

/* Ends the section that is open; the end of [Interface] is the end of the file. */
static bool leave_section(struct config_reader *reader, enum config_scope scope)
{
	return scope != SCOPE_PEER || section_end(reader, SCOPE_PEER);
}

static bool enter_section(struct config_reader *reader, enum config_scope *scope, char *line)
{
	struct place *interface = &reader->section[SCOPE_INTERFACE];
	char *behind = cut(line, ']');
	const char *title = trim(line + 1);
	bool is_peer = strcasecmp(title, "Peer") == 0;

	if (!behind || *trim(behind) || (!is_peer && strcasecmp(title, "Interface") != 0))
		return config_fail(
			reader, "line", "not a section; allowed: [Interface] once, [Peer]");
	if (!leave_section(reader, *scope))
		return false;
	if (is_peer) {
		*scope = SCOPE_PEER;
		return section_begin(reader, SCOPE_PEER);
	}
	if (interface->line)
		return config_fail(reader, "[Interface]",
			"is already at line %u; allowed: once in a file", interface->line);
	*scope = SCOPE_INTERFACE;
	*interface = reader->place;
	return true;
}

static bool read_line(struct config_reader *reader, enum config_scope *scope, char *line)
{
	cut(line, '#');
	line = trim(line);
	if (!*line)
		return true;
	if (*line == '[')
		return enter_section(reader, scope, line);
	if (*scope == SCOPE_GATEWAY)
		return config_fail(reader, "line",
			"stands before the first section; allowed: [Interface], [Peer]");
	return read_pair(reader, *scope, line);
}

bool wg_conf_parse(struct config_reader *reader)
{
	enum config_scope scope = SCOPE_GATEWAY; /* no section yet */

	reader->format = FORMAT_WG;
	reader->section[SCOPE_INTERFACE] = (struct place){0};
	reader->place = (struct place){reader->file->path, 0};
	for (char *line = reader->file->text, *next; line; line = next) {
		next = cut(line, '\n');
		reader->place.line++;
		if (!read_line(reader, &scope, line))
			return false;
	}
	if (!leave_section(reader, scope))
		return false;
	if (!reader->section[SCOPE_INTERFACE].line) {
		reader->place.line = 1;
		return config_fail(reader, "[Interface]", "is missing; allowed: once in a file");
	}
	return section_end(reader, SCOPE_INTERFACE);
}

bool wg_conf_load(struct config_reader *reader)
{
	struct interface_note *note = &reader->interface_notes[reader->config->n_interfaces - 1];
	struct text_file *outer = reader->file, file;
	bool is_good;

	reader->place = reader->seen[KEY_CONFIG];
	if (!text_file_read(reader, "config", reader->wg_path, &file))
		return false;
	reader->file = &file;
	is_good = wg_conf_parse(reader);
	reader->file = outer;
	reader->format = FORMAT_GW;
	note->wg_path = file.path; /* places still point to it */
	text_file_drop_text(&file);
	return is_good;
}
