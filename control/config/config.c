/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/config.h"

#include <stdlib.h>

#include "base/secure.h"
#include "config/gw_conf.h"
#include "config/reader.h"

static void notes_free(struct config_reader *reader)
{
	for (size_t i = 0; i < reader->config->n_interfaces; i++)
		free(reader->interface_notes[i].wg_path);
	free(reader->interface_notes);
	free(reader->port_notes);
	free(reader->peer_places);
	free(reader->allowed_ip_notes);
}

static bool load(struct config_reader *reader, const char *path)
{
	struct text_file file;
	bool is_good;

	reader->place = (struct place){path, 0};
	if (!text_file_read(reader, "file", path, &file))
		return false;
	reader->file = &file;
	is_good = gw_conf_parse(reader);
	text_file_free(&file);
	return is_good;
}

struct gw_config *config_load_in(
	const struct config_env *env, const char *path, const struct config_report *report)
{
	struct config_reader reader = {.env = env, .report = report};
	bool is_good;

	reader.config = calloc(1, sizeof(*reader.config));
	if (!reader.config) {
		reader.place = (struct place){path, 0};
		config_fail(&reader, "memory", "out of memory; allowed: a machine with more");
		return NULL;
	}
	is_good = load(&reader, path);
	notes_free(&reader);
	if (!is_good) {
		config_free(reader.config);
		return NULL;
	}
	return reader.config;
}

struct gw_config *config_load(const char *path, const struct config_report *report)
{
	return config_load_in(&config_env_host, path, report);
}

static void forget_peers(struct interface_config *interface)
{
	for (size_t i = 0; i < interface->n_peers; i++)
		free(interface->peers[i].allowed_ips);
	if (interface->n_peers)
		secure_wipe(interface->peers, interface->n_peers * sizeof(*interface->peers));
	free(interface->peers);
	interface->peers = NULL;
	interface->n_peers = 0;
	secure_wipe(interface->private_key, sizeof(interface->private_key));
}

void config_forget_peers(struct gw_config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		forget_peers(&config->interfaces[i]);
}

void config_free(struct gw_config *config)
{
	if (!config)
		return;
	config_forget_peers(config);
	for (size_t i = 0; i < config->n_interfaces; i++)
		free(config->interfaces[i].addresses);
	free(config->interfaces);
	free(config->ports);
	free(config);
}
