/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/secure.h"
#include "config/gw_conf.h"
#include "config/reader.h"
#include "config/sections.h"

/*
 * Of an interface that gets everything later, and may be one of many on a small machine: room for the largest MTU that a file
 * may ask for, and buffers for two full stages (1 in 4 may hold a packet that waits) beside what the mailboxes hold.
 */
#define BARE_MTU_MAX 9000
#define BARE_MBUFS 4096

static bool reader_init(struct config_reader *reader, const char *path)
{
	reader->place = (struct place){path, 0};
	reader->config = calloc(1, sizeof(*reader->config));
	return reader->config
		|| config_fail(reader, "memory", "out of memory; allowed: a machine with more");
}

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

	if (!text_file_read(reader, "file", path, &file))
		return false;
	reader->file = &file;
	is_good = gw_conf_parse(reader);
	text_file_free(&file);
	return is_good;
}

/* What was read, or NULL. */
static struct gw_config *finish(struct config_reader *reader, bool is_good)
{
	if (reader->config)
		notes_free(reader);
	if (is_good)
		return reader->config;
	config_free(reader->config);
	return NULL;
}

struct gw_config *config_load_in(
	const struct config_env *env, const char *path, const struct config_report *report)
{
	struct config_reader reader = {.env = env, .report = report};
	return finish(&reader, reader_init(&reader, path) && load(&reader, path));
}

struct gw_config *config_load(const char *path, const struct config_report *report)
{
	return config_load_in(&config_env_host, path, report);
}

static bool make_bare(struct config_reader *reader, const char *name)
{
	if (!section_begin(reader, SCOPE_GATEWAY) || !section_begin(reader, SCOPE_INTERFACE))
		return false;
	snprintf(reader->interface->name, sizeof(reader->interface->name), "%s", name);
	reader->interface->route_mode = ROUTE_OFF;
	reader->interface->is_bare = true;
	reader->config->mtu_max = BARE_MTU_MAX;
	reader->config->mbufs = BARE_MBUFS;
	return true;
}

struct gw_config *config_for_interface(const char *name, const struct config_report *report)
{
	struct config_reader reader = {.env = &config_env_host, .report = report};

	return finish(&reader, reader_init(&reader, name) && make_bare(&reader, name));
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
