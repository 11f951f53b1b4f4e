/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ctl_json.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/config.h"
#include "config/key_text.h"
#include "crypto/aead.h"
#include "ctl_answer.h"
#include "dataplane.h"
#include "gateway.h"
#include "handshake/noise.h"
#include "host/host_error.h"
#include "interface.h"
#include "interfaces.h"
#include "io/port.h"
#include "log.h"
#include "ports.h"
#include "reload.h"
#include "tables/peer_view.h"
#include "version.h"

/* A line may quote a file, and may be cut within a character. */
static json_t *text_of(const char *line)
{
	char text[HOST_ERROR_MAX];
	json_t *json = json_string(line);

	if (json)
		return json;
	snprintf(text, sizeof(text), "%s", line);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	return json_string(text);
}

json_t *ctl_json_error(const char *line)
{
	return json_pack("{s:o}", "error", text_of(line));
}

static json_t *crypto(const struct gateway *gw)
{
	json_t *trials = json_array();

	for (unsigned i = 0; gw->trials && i < gw->trials->n; i++) {
		const struct aead_trial *trial = &gw->trials->trials[i];

		json_array_append_new(trials,
			json_pack("{s:s, s:s, s:{s:I, s:I, s:I}}", "engine",
				aead_engine_name(trial->engine), "isa",
				aead_engine_isa(trial->engine), "cycles_by_bytes", "64",
				(json_int_t)trial->cycles[0], "256", (json_int_t)trial->cycles[1],
				"1424", (json_int_t)trial->cycles[2]));
	}
	return json_pack("{s:s, s:s, s:o}", "engine", aead_engine_name(gw->engine), "isa",
		aead_engine_isa(gw->engine), "trials", trials);
}

static json_t *port(const struct gateway_port *port)
{
	struct port_counters counters;

	port_count(port->port, &counters);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "name", port->config->name, "link",
		port->is_up ? "up" : "down", "mtu",
		(json_int_t)atomic_load_explicit(
			&port_facts(port->port)->mtu, memory_order_relaxed),
		"received", (json_int_t)counters.n_received, "sent", (json_int_t)counters.n_sent,
		"missed", (json_int_t)counters.n_missed, "errors", (json_int_t)counters.n_errors);
}

static json_t *ports(const struct gateway *gw)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < gw->n_ports; i++)
		json_array_append_new(array, port(&gw->ports[i]));
	return array;
}

static json_t *totals(const struct gateway *gw)
{
	unsigned n_buffers, n_in_use, n_workers = 0;
	uint64_t drops[DROP_N], n_dropped = 0, n_packets = 0;
	struct dataplane_work work;

	for (; dataplane_count_work(gw->dataplane, n_workers, &work); n_workers++)
		n_packets += work.n_packets;
	dataplane_sum_drops(gw->dataplane, drops);
	for (unsigned reason = 0; reason < DROP_N; reason++)
		n_dropped += drops[reason];
	dataplane_count_buffers(gw->dataplane, &n_buffers, &n_in_use);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "interfaces",
		(json_int_t)interfaces_count(gw), "peers", (json_int_t)gw->peers.n_peers, "workers",
		(json_int_t)n_workers, "packets", (json_int_t)n_packets, "dropped_packets",
		(json_int_t)n_dropped, "staged_packets", (json_int_t)gw->n_staged, "buffers",
		(json_int_t)n_buffers, "buffers_in_use", (json_int_t)n_in_use);
}

json_t *ctl_json_status(const struct gateway *gw, uint64_t now_ns)
{
	return json_pack("{s:s, s:I, s:I, s:s, s:o, s:o, s:o}", "version", WG_DPDK_VERSION, "pid",
		(json_int_t)getpid(), "uptime_s",
		(json_int_t)((now_ns - gw->started_ns) / NSEC_PER_SEC), "log_level",
		log_level_name(), "crypto", crypto(gw), "ports", ports(gw), "totals", totals(gw));
}

json_t *ctl_json_interface(const struct interface *iface, const struct ctl_sums *sums)
{
	char key[KEY_TEXT_LEN + 1];

	key_text_encode(noise_local_public_key(iface->noise), key);
	return json_pack("{s:s, s:s*, s:I, s:I, s:I, s:s, s:I, s:I, s:I, s:I}", "name",
		iface->config->name, "public_key",
		noise_local_has_private_key(iface->noise) ? key : NULL, "listen_port",
		(json_int_t)iface->udp.port, "fwmark", (json_int_t)iface->fwmark, "mtu",
		(json_int_t)atomic_load_explicit(&iface->view->mtu, memory_order_relaxed),
		"underlay", iface->view->is_on_ports ? "port" : "socket", "peers",
		(json_int_t)iface->n_peers, "active_peers", (json_int_t)sums->n_active, "rx_bytes",
		(json_int_t)sums->rx_bytes, "tx_bytes", (json_int_t)sums->tx_bytes);
}

json_t *ctl_json_worker(const struct gateway *gw, unsigned i, uint64_t uptime_ns)
{
	struct dataplane_work work;

	if (!dataplane_count_work(gw->dataplane, i, &work))
		return NULL;
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "lcore", (json_int_t)work.lcore_id, "packets",
		(json_int_t)work.n_packets, "polls", (json_int_t)work.n_polls, "busy_ns",
		(json_int_t)work.busy_ns, "uptime_ns", (json_int_t)uptime_ns);
}

/* By name; those without any are left out. */
static json_t *drops_by_interface(const struct gateway *gw, enum drop_reason reason)
{
	json_t *json = json_object();
	uint64_t drops[DROP_N];

	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		if (!interface_is_alive(&gw->interfaces[i]))
			continue;
		dataplane_sum_interface_drops(gw->dataplane, (uint8_t)i, drops);
		if (drops[reason])
			json_object_set_new(json, gw->interfaces[i].config->name,
				json_integer((json_int_t)drops[reason]));
	}
	return json;
}

json_t *ctl_json_drop(const struct gateway *gw, enum drop_reason reason)
{
	uint64_t drops[DROP_N];

	dataplane_sum_drops(gw->dataplane, drops);
	return json_pack("{s:s, s:I, s:o, s:s}", "name", drop_name(reason), "packets",
		(json_int_t)drops[reason], "interfaces", drops_by_interface(gw, reason), "text",
		drop_text(reason));
}

json_t *ctl_json_outcome(const struct reload_outcome *outcome)
{
	json_t *json = json_object();

	if (*outcome->error.line)
		json_object_set_new(json, "error", text_of(outcome->error.line));
	if (outcome->is_taken)
		json_object_set_new(json, "reload",
			json_pack("{s:I, s:I, s:I}", "peers_added", (json_int_t)outcome->n_added,
				"peers_removed", (json_int_t)outcome->n_removed, "peers",
				(json_int_t)outcome->n_peers));
	return json;
}
