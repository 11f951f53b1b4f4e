/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <string.h>

#include "config/checks.h"
#include "config/reader.h"

bool check_underlay(struct config_reader *reader)
{
	struct place listen_port = reader->seen[KEY_LISTEN_PORT];
	struct place underlay = reader->seen[KEY_UNDERLAY];

	if (reader->interface->underlay == UNDERLAY_SOCKET)
		return true;
	if (*reader->interface->netns) {
		reader->place = reader->seen[KEY_NETNS];
		return config_fail(reader, config_key_name(reader, KEY_NETNS),
			"beside underlay = \"port\" (%s:%u), which follows the routes of the first "
			"namespace; allowed: one of the two",
			underlay.file, underlay.line);
	}
	if (reader->interface->listen_port != 0)
		return true;
	reader->place = listen_port.line ? listen_port : reader->section[SCOPE_INTERFACE];
	return config_fail(reader, config_key_name(reader, KEY_LISTEN_PORT),
		"%s, and underlay = \"port\" (%s:%u) tells the peers' packets by it; "
		"allowed: 1 to 65535",
		listen_port.line ? "is 0" : "is missing", underlay.file, underlay.line);
}

bool check_port_mode(struct config_reader *reader)
{
	static const char driver[] = "net_af_xdp";

	if (reader->port->mode == PORT_OWN
		|| strncmp(reader->port->device, driver, sizeof(driver) - 1) == 0)
		return true;
	reader->place = reader->seen[KEY_PORT_MODE];
	reader->key = &config_keys[KEY_PORT_MODE];
	return config_bad_value(
		reader, "the kernel cannot share the device of %s with us", reader->port->name);
}

/* PCI addresses are in one form, so that the text in front of the arguments tells devices apart. */
static bool is_same_device(const struct port_config *a, const struct port_config *b)
{
	size_t len = strcspn(a->device, ",");

	return len == strcspn(b->device, ",") && strncmp(a->device, b->device, len) == 0;
}

static bool check_port_pair(struct config_reader *reader, size_t first, size_t second)
{
	const struct port_config *ports = reader->config->ports;
	const struct port_note *notes = reader->port_notes;

	if (strcmp(ports[first].name, ports[second].name) == 0) {
		reader->place = notes[second].name;
		return config_fail(reader, "name",
			"%s is already the port at %s:%u; allowed: each name once",
			ports[second].name, notes[first].name.file, notes[first].name.line);
	}
	if (is_same_device(&ports[first], &ports[second])) {
		reader->place = notes[second].device;
		return config_fail(reader, "device",
			"%.*s is already the device of %s at %s:%u; allowed: each device once",
			(int)strcspn(ports[second].device, ","), ports[second].device,
			ports[first].name, notes[first].device.file, notes[first].device.line);
	}
	return true;
}

/* The kernel shows both, each by its name. */
static bool check_port_name(struct config_reader *reader, size_t port)
{
	const struct gw_config *config = reader->config;

	for (size_t i = 0; i < config->n_interfaces; i++) {
		const struct place *place = &reader->interface_notes[i].name;

		if (strcmp(config->ports[port].name, config->interfaces[i].name) != 0)
			continue;
		reader->place = reader->port_notes[port].name;
		return config_fail(reader, "name",
			"%s is already the interface at %s:%u; allowed: each name once",
			config->ports[port].name, place->file, place->line);
	}
	return true;
}

static bool check_ports_exist(struct config_reader *reader)
{
	const struct gw_config *config = reader->config;

	for (size_t i = 0; config->n_ports == 0 && i < config->n_interfaces; i++) {
		if (config->interfaces[i].underlay == UNDERLAY_SOCKET)
			continue;
		reader->place = reader->interface_notes[i].underlay;
		return config_fail(reader, "underlay",
			"%s needs a port and there is none; allowed: socket, or port with ports = "
			"( { name = \"wan\"; device = \"0000:3b:00.0\"; } );",
			config->interfaces[i].name);
	}
	return true;
}

/* Each with each: there are few ports. */
bool check_ports(struct config_reader *reader)
{
	for (size_t i = 0; i < reader->config->n_ports; i++) {
		for (size_t j = 0; j < i; j++)
			if (!check_port_pair(reader, j, i))
				return false;
		if (!check_port_name(reader, i))
			return false;
	}
	return check_ports_exist(reader);
}
