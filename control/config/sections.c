/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/sections.h"

#include "config/checks.h"
#include "config/reader.h"

static bool interface_add(struct config_reader *reader)
{
	struct gw_config *config = reader->config;
	struct interface_config *interfaces;
	struct interface_note *notes;

	if (config->n_interfaces >= reader->env->interfaces_max)
		return config_fail(reader, "interfaces",
			"one interface too many; allowed: %zu, more in another process",
			reader->env->interfaces_max);
	interfaces =
		config_grow(reader, config->interfaces, config->n_interfaces, sizeof(*interfaces));
	if (!interfaces)
		return false;
	config->interfaces = interfaces;
	notes = config_grow(reader, reader->interface_notes, config->n_interfaces, sizeof(*notes));
	if (!notes)
		return false;
	reader->interface_notes = notes;
	reader->interface = &interfaces[config->n_interfaces++];
	reader->n_allowed_ip_notes = 0;
	return true;
}

static bool peer_add(struct config_reader *reader)
{
	struct interface_config *interface = reader->interface;
	struct peer_config *peers;
	struct place *places;

	if (reader->n_peers >= reader->env->peers_max)
		return config_fail(reader, key_scope_title(reader->format, SCOPE_PEER),
			"one peer too many; allowed: %zu in all interfaces together",
			reader->env->peers_max);
	peers = config_grow(reader, interface->peers, interface->n_peers, sizeof(*peers));
	if (!peers)
		return false;
	interface->peers = peers;
	places = config_grow(reader, reader->peer_places, interface->n_peers, sizeof(*places));
	if (!places)
		return false;
	reader->peer_places = places;
	places[interface->n_peers] = reader->place;
	reader->peer = &peers[interface->n_peers++];
	reader->n_peers++;
	return true;
}

static bool port_add(struct config_reader *reader)
{
	struct gw_config *config = reader->config;
	struct port_config *ports;
	struct port_note *notes;

	if (config->n_ports >= reader->env->ports_max)
		return config_fail(
			reader, "ports", "one port too many; allowed: %zu", reader->env->ports_max);
	ports = config_grow(reader, config->ports, config->n_ports, sizeof(*ports));
	if (!ports)
		return false;
	config->ports = ports;
	notes = config_grow(reader, reader->port_notes, config->n_ports, sizeof(*notes));
	if (!notes)
		return false;
	reader->port_notes = notes;
	reader->port = &ports[config->n_ports++];
	return true;
}

static bool section_add(struct config_reader *reader, enum config_scope scope)
{
	switch (scope) {
	case SCOPE_INTERFACE:
		return interface_add(reader);
	case SCOPE_PEER:
		return peer_add(reader);
	case SCOPE_PORT:
		return port_add(reader);
	default:
		return true;
	}
}

bool section_begin(struct config_reader *reader, enum config_scope scope)
{
	reader->section[scope] = reader->place;
	if (!section_add(reader, scope))
		return false;
	for (size_t i = 0; i < N_KEYS; i++) {
		if (config_keys[i].scope != scope)
			continue;
		reader->seen[i] = (struct place){0};
		reader->key = &config_keys[i];
		if (reader->key->default_text
			&& !reader->key->parse(reader, reader->key->default_text))
			return false;
	}
	return true;
}

/* At most one of a key and its file, and at least one if it `is_needed`. */
static bool check_key_pair(struct config_reader *reader, enum config_scope scope,
	enum key_id inline_id, enum key_id file_id, bool is_needed)
{
	const char *inline_name = config_key_name(reader, inline_id);
	const char *file_name = config_key_name(reader, file_id);

	if (reader->seen[inline_id].line && reader->seen[file_id].line) {
		reader->place = reader->seen[file_id];
		return config_fail(
			reader, file_name, "given beside %s; allowed: one of the two", inline_name);
	}
	if (is_needed && !reader->seen[inline_id].line && !reader->seen[file_id].line) {
		reader->place = reader->section[scope];
		return config_fail(reader, inline_name, "%s has none; allowed: %s or %s",
			key_scope_title(reader->format, scope), inline_name, file_name);
	}
	return true;
}

static bool interface_end(struct config_reader *reader)
{
	struct interface_note *note = &reader->interface_notes[reader->config->n_interfaces - 1];

	note->format = reader->format;
	note->listen_port = reader->seen[KEY_LISTEN_PORT];
	note->underlay = reader->seen[KEY_UNDERLAY];
	return check_key_pair(reader, SCOPE_INTERFACE, KEY_PRIVATE_KEY, KEY_PRIVATE_KEY_FILE, true)
		&& check_mtu(reader) && check_underlay(reader) && check_peers(reader)
		&& check_allowed_ips(reader);
}

static bool check_given(struct config_reader *reader, enum config_scope scope, enum key_id id)
{
	if (reader->seen[id].line)
		return true;
	reader->place = reader->section[scope];
	return config_fail(reader, config_key_name(reader, id), "%s has none; allowed: %s",
		key_scope_title(reader->format, scope), config_keys[id].allowed);
}

static bool peer_end(struct config_reader *reader)
{
	return check_given(reader, SCOPE_PEER, KEY_PUBLIC_KEY)
		&& check_key_pair(
			reader, SCOPE_PEER, KEY_PRESHARED_KEY, KEY_PRESHARED_KEY_FILE, false);
}

static bool port_end(struct config_reader *reader)
{
	struct port_note *note = &reader->port_notes[reader->config->n_ports - 1];

	note->name = reader->seen[KEY_PORT_NAME];
	note->device = reader->seen[KEY_PORT_DEVICE];
	return check_given(reader, SCOPE_PORT, KEY_PORT_NAME)
		&& check_given(reader, SCOPE_PORT, KEY_PORT_DEVICE) && check_port_mode(reader);
}

static bool gateway_end(struct config_reader *reader)
{
	if (reader->config->n_interfaces == 0) {
		reader->place = reader->seen[KEY_INTERFACES].line ? reader->seen[KEY_INTERFACES]
								  : reader->section[SCOPE_GATEWAY];
		return config_fail(reader, "interfaces",
			"there is no interface; allowed: interfaces = ( { config = \"wg0.conf\"; } );");
	}
	return check_interfaces(reader) && check_ports(reader);
}

bool section_end(struct config_reader *reader, enum config_scope scope)
{
	switch (scope) {
	case SCOPE_INTERFACE:
		return interface_end(reader);
	case SCOPE_PEER:
		return peer_end(reader);
	case SCOPE_PORT:
		return port_end(reader);
	default:
		return gateway_end(reader);
	}
}
