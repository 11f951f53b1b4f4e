/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "metrics_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "config/config.h"
#include "config/key_text.h"
#include "crypto/aead.h"
#include "dataplane.h"
#include "gateway.h"
#include "helpers.h"
#include "interface.h"
#include "io/port.h"
#include "peer.h"
#include "ports.h"
#include "reload.h"
#include "route_mirror.h"
#include "tables/peer_view.h"
#include "version.h"

/* Each costs a cache miss or two. */
#define PEERS_AT_A_TIME 256

/* A part in the making, and what is the same for all samples of its family. */
struct writer {
	struct metrics_text *text;
	const char *family;
	uint64_t now_ns;
	char *part;
	size_t len;
};

printf_like(2, 3) static void put(struct writer *writer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	writer->len += (size_t)vsnprintf(
		writer->part + writer->len, METRICS_PART_MAX - writer->len, format, args);
	va_end(args);
}

/* No value of a label has a character that would have to be escaped: names are checked, the rest is ours. */
static void put_sample(struct writer *writer, const char *label, const char *of, uint64_t value)
{
	if (label)
		put(writer, "%s{%s=\"%s\"} %" PRIu64 "\n", writer->family, label, of, value);
	else
		put(writer, "%s %" PRIu64 "\n", writer->family, value);
}

/* A family with one sample; false: that was it. */
static bool put_single(struct writer *writer, uint64_t value)
{
	if (writer->text->next++ > 0)
		return false;
	put_sample(writer, NULL, NULL, value);
	return true;
}

static bool put_build(struct writer *writer)
{
	const struct gateway *gw = writer->text->gateway;

	if (writer->text->next++ > 0)
		return false;
	put(writer, "%s{version=\"%s\",engine=\"%s\",isa=\"%s\"} 1\n", writer->family,
		WG_DPDK_VERSION, aead_engine_name(gw->engine), aead_engine_isa(gw->engine));
	return true;
}

static bool put_uptime(struct writer *writer)
{
	return put_single(
		writer, (writer->now_ns - writer->text->gateway->started_ns) / NSEC_PER_SEC);
}

static bool put_reload(struct writer *writer)
{
	const struct reload_outcome *outcome = reload_outcome(writer->text->gateway->reload);

	return put_single(writer, !*outcome->error.line);
}

static bool put_buffers(struct writer *writer)
{
	unsigned n_buffers, n_in_use;

	dataplane_count_buffers(writer->text->gateway->dataplane, &n_buffers, &n_in_use);
	return put_single(writer, n_buffers);
}

static bool put_buffers_in_use(struct writer *writer)
{
	unsigned n_buffers, n_in_use;

	dataplane_count_buffers(writer->text->gateway->dataplane, &n_buffers, &n_in_use);
	return put_single(writer, n_in_use);
}

static bool put_staged(struct writer *writer)
{
	return put_single(writer, writer->text->gateway->n_staged);
}

static bool put_waiting_handshakes(struct writer *writer)
{
	unsigned room;

	return put_single(
		writer, dataplane_count_handshakes(writer->text->gateway->dataplane, &room));
}

static bool put_handshake_room(struct writer *writer)
{
	unsigned room;

	(void)dataplane_count_handshakes(writer->text->gateway->dataplane, &room);
	return put_single(writer, room);
}

static bool put_handshake_jobs(struct writer *writer)
{
	const struct helpers *helpers = writer->text->gateway->helpers;

	return helpers && put_single(writer, helpers_n_received(helpers));
}

/* Of the next worker; false: there is none. */
static bool take_worker(struct writer *writer, struct dataplane_work *out, char lcore[12])
{
	if (!dataplane_count_work(writer->text->gateway->dataplane, writer->text->next++, out))
		return false;
	snprintf(lcore, 12, "%u", out->lcore_id);
	return true;
}

static bool put_worker_packets(struct writer *writer)
{
	struct dataplane_work work;
	char lcore[12];

	if (!take_worker(writer, &work, lcore))
		return false;
	put_sample(writer, "lcore", lcore, work.n_packets);
	return true;
}

static bool put_worker_polls(struct writer *writer)
{
	struct dataplane_work work;
	char lcore[12];

	if (!take_worker(writer, &work, lcore))
		return false;
	put_sample(writer, "lcore", lcore, work.n_polls);
	return true;
}

static bool put_worker_busy(struct writer *writer)
{
	struct dataplane_work work;
	char lcore[12];

	if (!take_worker(writer, &work, lcore))
		return false;
	put(writer, "%s{lcore=\"%s\"} %" PRIu64 ".%09" PRIu64 "\n", writer->family, lcore,
		work.busy_ns / NSEC_PER_SEC, work.busy_ns % NSEC_PER_SEC);
	return true;
}

static bool put_drop(struct writer *writer)
{
	unsigned reason = writer->text->next++;
	uint64_t drops[DROP_N];

	if (reason >= DROP_N)
		return false;
	dataplane_sum_drops(writer->text->gateway->dataplane, drops);
	put_sample(writer, "reason", drop_name((enum drop_reason)reason), drops[reason]);
	return true;
}

/* Of the next port; NULL: there is none. */
static const char *take_port(
	struct writer *writer, const struct gateway_port **out, struct port_counters *out_counters)
{
	const struct gateway *gw = writer->text->gateway;

	if (writer->text->next >= gw->n_ports)
		return NULL;
	*out = &gw->ports[writer->text->next++];
	port_count((*out)->port, out_counters);
	return (*out)->config->name;
}

#define DEFINE_PORT_FAMILY(name, value) \
	static bool name(struct writer *writer) \
	{ \
		const struct gateway_port *port; \
		struct port_counters counters; \
		const char *of = take_port(writer, &port, &counters); \
\
		if (of) \
			put_sample(writer, "port", of, value); \
		return of != NULL; \
	}

DEFINE_PORT_FAMILY(put_port_up, port->is_up)
DEFINE_PORT_FAMILY(put_port_received, counters.n_received)
DEFINE_PORT_FAMILY(put_port_sent, counters.n_sent)
DEFINE_PORT_FAMILY(put_port_missed, counters.n_missed)
DEFINE_PORT_FAMILY(put_port_errors, counters.n_errors)

static bool put_routes(struct writer *writer)
{
	struct route_mirror_stats stats;

	if (!writer->text->gateway->mirror)
		return false;
	route_mirror_get_stats(writer->text->gateway->mirror, &stats);
	return put_single(writer, stats.n_routes);
}

static bool put_neighbours(struct writer *writer)
{
	struct route_mirror_stats stats;

	if (!writer->text->gateway->mirror)
		return false;
	route_mirror_get_stats(writer->text->gateway->mirror, &stats);
	return put_single(writer, stats.n_neighbours);
}

/* Puts the cursor on the peers of the next interface; false: there is none. */
static bool enter_interface(struct metrics_text *text)
{
	while (!text->iface && text->next < text->gateway->n_interfaces) {
		struct interface *iface = &text->gateway->interfaces[text->next++];

		if (!interface_is_alive(iface))
			continue;
		text->iface = iface;
		text->n_active = 0;
		peer_cursor_open(&text->cursor, iface);
	}
	return text->iface != NULL;
}

static void leave_interface(struct metrics_text *text)
{
	if (text->iface)
		peer_cursor_close(&text->cursor);
	text->iface = NULL;
}

static bool put_interface_peers(struct writer *writer)
{
	struct metrics_text *text = writer->text;

	if (!enter_interface(text))
		return false;
	put_sample(writer, "interface", text->iface->config->name, text->iface->n_peers);
	leave_interface(text);
	return true;
}

/* When all peers of the interface have been looked at. */
static bool put_interface_active_peers(struct writer *writer)
{
	struct metrics_text *text = writer->text;
	struct timespec now;

	if (!enter_interface(text))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned i = 0; i < PEERS_AT_A_TIME && text->cursor.peer; i++) {
		text->n_active += peer_is_active(text->cursor.peer, &now);
		peer_cursor_leave(&text->cursor);
	}
	if (text->cursor.peer)
		return true;
	put_sample(writer, "interface", text->iface->config->name, text->n_active);
	leave_interface(text);
	return true;
}

/* The next peer, which stays until control does something else; false: there is none. `*out` is NULL between two interfaces. */
static bool take_peer(struct writer *writer, const struct peer **out)
{
	struct metrics_text *text = writer->text;

	if (!text->gateway->config->has_peer_metrics || !enter_interface(text))
		return false;
	*out = text->cursor.peer;
	if (*out)
		peer_cursor_leave(&text->cursor);
	else
		leave_interface(text);
	return true;
}

static void put_of_peer(struct writer *writer, const struct peer *peer, uint64_t value)
{
	char key[KEY_TEXT_LEN + 1];

	put(writer, "%s{interface=\"%s\",public_key=\"%s\"} %" PRIu64 "\n", writer->family,
		peer->iface->config->name, key_text_encode(peer->public_key, key), value);
}

#define DEFINE_PEER_FAMILY(name, value) \
	static bool name(struct writer *writer) \
	{ \
		const struct peer *peer; \
\
		if (!take_peer(writer, &peer)) \
			return false; \
		if (peer) \
			put_of_peer(writer, peer, value); \
		return true; \
	}

DEFINE_PEER_FAMILY(
	put_peer_received, atomic_load_explicit(&peer->view->rx_bytes, memory_order_relaxed))
DEFINE_PEER_FAMILY(put_peer_sent, atomic_load_explicit(&peer->view->tx_bytes, memory_order_relaxed))
DEFINE_PEER_FAMILY(put_peer_handshake, (uint64_t)peer->last_handshake.tv_sec)

struct family {
	const char *name, *type, *help;
	bool (*put_next)(struct writer *writer); /* sample; false: there is none */
};

static const struct family families[] = {
	{"wg_dpdk_build_info", "gauge", "The program, and what it encrypts with.", put_build},
	{"wg_dpdk_uptime_seconds", "gauge", "Since the start.", put_uptime},
	{"wg_dpdk_last_reload_successful", "gauge", "0: the last reload was refused or fell short.",
		put_reload},
	{"wg_dpdk_buffers", "gauge", "Packet buffers.", put_buffers},
	{"wg_dpdk_buffers_in_use", "gauge", "Packet buffers in use.", put_buffers_in_use},
	{"wg_dpdk_staged_packets", "gauge", "Packets that wait for a session.", put_staged},
	{"wg_dpdk_waiting_handshakes", "gauge", "Handshake messages in the workers' mailboxes.",
		put_waiting_handshakes},
	{"wg_dpdk_waiting_handshakes_max", "gauge", "Room in these mailboxes.", put_handshake_room},
	{"wg_dpdk_handshake_jobs", "gauge", "Received handshakes that handshake lcores compute.",
		put_handshake_jobs},
	{"wg_dpdk_worker_packets_total", "counter", "Packets of both directions.",
		put_worker_packets},
	{"wg_dpdk_worker_polls_total", "counter", "Rounds of the worker's loop.", put_worker_polls},
	{"wg_dpdk_worker_busy_seconds_total", "counter",
		"Time in rounds that found a packet; the rest was idle.", put_worker_busy},
	{"wg_dpdk_dropped_packets_total", "counter", "By reason; docs/counters.md explains each.",
		put_drop},
	{"wg_dpdk_port_up", "gauge", "1: the port has a link.", put_port_up},
	{"wg_dpdk_port_receive_packets_total", "counter", "Frames received.", put_port_received},
	{"wg_dpdk_port_transmit_packets_total", "counter", "Frames sent.", put_port_sent},
	{"wg_dpdk_port_receive_missed_total", "counter", "Frames that came too fast.",
		put_port_missed},
	{"wg_dpdk_port_errors_total", "counter", "Frames that the device says were broken.",
		put_port_errors},
	{"wg_dpdk_routes", "gauge", "Routes of the kernel that workers know.", put_routes},
	{"wg_dpdk_neighbours", "gauge", "Neighbours that workers know.", put_neighbours},
	{"wg_dpdk_interface_peers", "gauge", "Peers of the interface.", put_interface_peers},
	{"wg_dpdk_interface_active_peers", "gauge",
		"Peers with a handshake in the last 180 seconds.", put_interface_active_peers},
	{"wg_dpdk_peer_receive_bytes_total", "counter", "Bytes received from the peer.",
		put_peer_received},
	{"wg_dpdk_peer_transmit_bytes_total", "counter", "Bytes sent to the peer.", put_peer_sent},
	{"wg_dpdk_peer_latest_handshake_seconds", "gauge",
		"When the last handshake was, in seconds since 1970; 0: never.",
		put_peer_handshake},
};

static void put_next_family(struct writer *writer, const struct family *family)
{
	struct metrics_text *text = writer->text;

	if (!text->is_past_head) {
		put(writer, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
			family->name, family->type);
		text->is_past_head = true;
		return;
	}
	if (family->put_next(writer))
		return;
	text->next = 0;
	text->is_past_head = false;
	text->is_over = ++text->family == array_len(families);
}

size_t metrics_text_next(struct metrics_text *text, char part[METRICS_PART_MAX], uint64_t now_ns)
{
	const struct family *family = &families[text->family];
	struct writer writer = {text, family->name, now_ns, part, 0};

	put_next_family(&writer, family);
	return writer.len;
}

void metrics_text_begin(struct metrics_text *text, const struct gateway *gw)
{
	*text = (struct metrics_text){.gateway = gw};
}

void metrics_text_end(struct metrics_text *text)
{
	leave_interface(text);
}

void metrics_text_drop(struct metrics_text *text, const struct interface *iface)
{
	if (text->iface == iface)
		leave_interface(text);
}
