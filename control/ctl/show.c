/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "show.h"

#include <string.h>

#include "human.h"
#include "table.h"

/* What a newer or older gateway does not say is empty or 0. */
static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static long long number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void add_bytes(struct table *table, const json_t *object, const char *name)
{
	char bytes[HUMAN_MAX];

	table_add(table, "%s", human_bytes((uint64_t)number(object, name), bytes));
}

static bool show_ports(const json_t *ports, FILE *out)
{
	static const char *const heads[] = {
		"PORT", "LINK", ">MTU", ">RECEIVED", ">SENT", ">MISSED", ">ERRORS"};
	struct table table;
	const json_t *port;
	size_t i;

	if (json_array_size(ports) == 0)
		return true;
	table_init(&table, heads, array_len(heads));
	json_array_foreach(ports, i, port)
	{
		table_add(&table, "%s", text(port, "name"));
		table_add(&table, "%s", text(port, "link"));
		table_add(&table, "%lld", number(port, "mtu"));
		table_add(&table, "%lld", number(port, "received"));
		table_add(&table, "%lld", number(port, "sent"));
		table_add(&table, "%lld", number(port, "missed"));
		table_add(&table, "%lld", number(port, "errors"));
	}
	fputc('\n', out);
	return table_print(&table, out);
}

static bool show_trials(const json_t *trials, FILE *out)
{
	static const char *const heads[] = {
		"ENGINE", "VARIANT", ">64 BYTES", ">256 BYTES", ">1424 BYTES"};
	struct table table;
	const json_t *trial;
	size_t i;

	if (json_array_size(trials) == 0)
		return true;
	table_init(&table, heads, array_len(heads));
	json_array_foreach(trials, i, trial)
	{
		const json_t *cycles = json_object_get(trial, "cycles_by_bytes");

		table_add(&table, "%s", text(trial, "engine"));
		table_add(&table, "%s", text(trial, "isa"));
		table_add(&table, "%lld", number(cycles, "64"));
		table_add(&table, "%lld", number(cycles, "256"));
		table_add(&table, "%lld", number(cycles, "1424"));
	}
	fputs("\nCycles for a packet, measured at start:\n", out);
	return table_print(&table, out);
}

static bool show_status(const json_t *answer, int64_t now_s, FILE *out)
{
	const json_t *crypto = json_object_get(answer, "crypto");
	const json_t *totals = json_object_get(answer, "totals");
	char uptime[HUMAN_MAX];

	(void)now_s;
	fprintf(out, "wg-dpdk %s, process %lld, up %s, log level %s\n", text(answer, "version"),
		number(answer, "pid"), human_duration((uint64_t)number(answer, "uptime_s"), uptime),
		text(answer, "log_level"));
	fprintf(out, "crypto      %s %s\n", text(crypto, "engine"), text(crypto, "isa"));
	fprintf(out, "interfaces  %lld, with %lld peers\n", number(totals, "interfaces"),
		number(totals, "peers"));
	fprintf(out, "packets     %lld by %lld workers; dropped %lld, waiting %lld\n",
		number(totals, "packets"), number(totals, "workers"),
		number(totals, "dropped_packets"), number(totals, "staged_packets"));
	fprintf(out, "buffers     %lld of %lld in use\n", number(totals, "buffers_in_use"),
		number(totals, "buffers"));
	return show_ports(json_object_get(answer, "ports"), out)
		&& show_trials(json_object_get(crypto, "trials"), out);
}

static bool show_interfaces(const json_t *answer, int64_t now_s, FILE *out)
{
	static const char *const heads[] = {"INTERFACE", "PUBLIC KEY", ">LISTENS", ">MTU", "VIA",
		">PEERS", ">ACTIVE", ">RECEIVED", ">SENT"};
	struct table table;
	const json_t *iface;
	size_t i;

	(void)now_s;
	table_init(&table, heads, array_len(heads));
	json_array_foreach(json_object_get(answer, "interfaces"), i, iface)
	{
		table_add(&table, "%s", text(iface, "name"));
		table_add(&table, "%s",
			*text(iface, "public_key") ? text(iface, "public_key") : "none");
		table_add(&table, "%lld", number(iface, "listen_port"));
		table_add(&table, "%lld", number(iface, "mtu"));
		table_add(&table, "%s", text(iface, "underlay"));
		table_add(&table, "%lld", number(iface, "peers"));
		table_add(&table, "%lld", number(iface, "active_peers"));
		add_bytes(&table, iface, "rx_bytes");
		add_bytes(&table, iface, "tx_bytes");
	}
	return table_print(&table, out);
}

/* A peer may have thousands. */
static void add_allowed_ips(struct table *table, const json_t *allowed_ips)
{
	const size_t n = json_array_size(allowed_ips);
	const char *first = json_string_value(json_array_get(allowed_ips, 0));
	const char *second = json_string_value(json_array_get(allowed_ips, 1));

	if (n > 2)
		table_add(table, "%s, %s and %zu more", first, second, n - 2);
	else
		table_add(table, "%s%s%s", first ? first : "none", second ? ", " : "",
			second ? second : "");
}

static bool show_peers(const json_t *answer, int64_t now_s, FILE *out)
{
	static const char *const heads[] = {"INTERFACE", "PUBLIC KEY", "ENDPOINT", "HANDSHAKE",
		">RECEIVED", ">SENT", "ALLOWED IPS"};
	struct table table;
	const json_t *peer;
	char age[HUMAN_MAX];
	size_t i;

	table_init(&table, heads, array_len(heads));
	json_array_foreach(json_object_get(answer, "peers"), i, peer)
	{
		const long long handshake_s = number(peer, "latest_handshake_s");

		table_add(&table, "%s", text(peer, "interface"));
		table_add(&table, "%s", text(peer, "public_key"));
		table_add(&table, "%s", *text(peer, "endpoint") ? text(peer, "endpoint") : "none");
		table_add(&table, "%s", handshake_s ? human_age(handshake_s, now_s, age) : "never");
		add_bytes(&table, peer, "rx_bytes");
		add_bytes(&table, peer, "tx_bytes");
		add_allowed_ips(&table, json_object_get(peer, "allowed_ips"));
	}
	return table_print(&table, out);
}

static bool show_workers(const json_t *answer, int64_t now_s, FILE *out)
{
	static const char *const heads[] = {">LCORE", ">PACKETS", ">POLLS", ">BUSY SINCE START"};
	struct table table;
	const json_t *worker;
	char share[HUMAN_MAX];
	size_t i;

	(void)now_s;
	table_init(&table, heads, array_len(heads));
	json_array_foreach(json_object_get(answer, "workers"), i, worker)
	{
		table_add(&table, "%lld", number(worker, "lcore"));
		table_add(&table, "%lld", number(worker, "packets"));
		table_add(&table, "%lld", number(worker, "polls"));
		table_add(&table, "%s",
			human_share((uint64_t)number(worker, "busy_ns"),
				(uint64_t)number(worker, "uptime_ns"), share));
	}
	return table_print(&table, out);
}

/* The first few; there may be more than a hundred. What is no interface's, or of one that went, is in none. */
static void add_interface_drops(struct table *table, json_t *interfaces)
{
	const size_t n = json_object_size(interfaces);
	char line[128] = "";
	size_t len = 0, n_shown = 0;
	const char *name;
	json_t *packets;

	json_object_foreach(interfaces, name, packets)
	{
		if (n_shown == 3)
			break;
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%.15s %lld",
			n_shown++ ? ", " : "", name, json_integer_value(packets));
	}
	if (n > n_shown)
		table_add(table, "%s and %zu more", line, n - n_shown);
	else
		table_add(table, "%s", n ? line : "-");
}

/* What never happened is left out. */
static bool show_drops(const json_t *answer, int64_t now_s, FILE *out)
{
	static const char *const heads[] = {">PACKETS", "REASON", "INTERFACES", "MEANING"};
	struct table table;
	const json_t *drop;
	size_t i;

	(void)now_s;
	table_init(&table, heads, array_len(heads));
	json_array_foreach(json_object_get(answer, "drops"), i, drop)
	{
		if (number(drop, "packets") == 0)
			continue;
		table_add(&table, "%lld", number(drop, "packets"));
		table_add(&table, "%s", text(drop, "name"));
		add_interface_drops(&table, json_object_get(drop, "interfaces"));
		table_add(&table, "%s", text(drop, "text"));
	}
	return table_print(&table, out);
}

static bool show_reload(const json_t *answer, int64_t now_s, FILE *out)
{
	const json_t *reload = json_object_get(answer, "reload");

	(void)now_s;
	fprintf(out, "reloaded: %lld peers added, %lld removed, %lld now\n",
		number(reload, "peers_added"), number(reload, "peers_removed"),
		number(reload, "peers"));
	return true;
}

static bool show_log(const json_t *answer, int64_t now_s, FILE *out)
{
	(void)now_s;
	fprintf(out, "log level %s\n", text(answer, "log_level"));
	return true;
}

bool show_answer(const char *command, const json_t *answer, int64_t now_s, FILE *out)
{
	static const struct {
		const char *command;
		bool (*show)(const json_t *answer, int64_t now_s, FILE *out);
	} shows[] = {
		{"status", show_status},
		{"interfaces", show_interfaces},
		{"peers", show_peers},
		{"workers", show_workers},
		{"drops", show_drops},
		{"reload", show_reload},
		{"log", show_log},
	};

	for (size_t i = 0; i < array_len(shows); i++)
		if (strcmp(command, shows[i].command) == 0)
			return shows[i].show(answer, now_s, out);
	return true;
}
