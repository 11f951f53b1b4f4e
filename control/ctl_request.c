/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ctl_request.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *word; /* that may stand beside it; NULL: none */
	bool is_needed;
} commands[] = {
	[CTL_STATUS] = {"status", NULL, false},
	[CTL_INTERFACES] = {"interfaces", NULL, false},
	[CTL_PEERS] = {"peers", "interface", false},
	[CTL_WORKERS] = {"workers", NULL, false},
	[CTL_DROPS] = {"drops", NULL, false},
	[CTL_RELOAD] = {"reload", NULL, false},
	[CTL_LOG] = {"log", "level", true},
};

static int find_command(const char *name, enum ctl_command *out, struct host_error *out_error)
{
	for (unsigned i = 0; i < array_len(commands); i++)
		if (strcmp(name, commands[i].name) == 0) {
			*out = (enum ctl_command)i;
			return 0;
		}
	return host_error_set(out_error, EINVAL,
		"no command \"%.15s\"; there are status, interfaces, peers, workers, drops, reload and log",
		name);
}

static int take_word(
	const json_t *json, const char *name, char out[CTL_WORD_MAX], struct host_error *out_error)
{
	const char *text = json_string_value(json);

	if (!text || strlen(text) >= CTL_WORD_MAX)
		return host_error_set(out_error, EINVAL, "\"%s\" is no text of up to %d characters",
			name, CTL_WORD_MAX - 1);
	snprintf(out, CTL_WORD_MAX, "%s", text);
	return 0;
}

/* Everything but the command, which is known. */
static int take_words(const json_t *json, struct ctl_request *out, struct host_error *out_error)
{
	const char *word = commands[out->command].word;
	const json_t *value = word ? json_object_get(json, word) : NULL;

	if (json_object_size(json) > (value ? 2 : 1))
		return host_error_set(out_error, EINVAL, "\"%s\" takes %s%s",
			commands[out->command].name, word ? "nothing but " : "nothing more",
			word ? word : "");
	if (value)
		return take_word(value, word, out->command == CTL_LOG ? out->level : out->interface,
			out_error);
	if (commands[out->command].is_needed)
		return host_error_set(out_error, EINVAL, "\"%s\" needs \"%s\"",
			commands[out->command].name, word);
	return 0;
}

int ctl_request_parse(
	const char *line, size_t len, struct ctl_request *out, struct host_error *out_error)
{
	json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(json, "command"));
	int result;

	*out = (struct ctl_request){.command = CTL_STATUS};
	if (!name)
		result = host_error_set(
			out_error, EINVAL, "a request is a line such as {\"command\": \"status\"}");
	else
		result = find_command(name, &out->command, out_error);
	if (result == 0)
		result = take_words(json, out, out_error);
	json_decref(json);
	return result;
}
