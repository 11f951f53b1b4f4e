/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "ctl_answer.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "config/config.h"
#include "config/key_text.h"
#include "ctl_json.h"
#include "gateway.h"
#include "interface.h"
#include "interfaces.h"
#include "log.h"
#include "peer.h"
#include "reload.h"
#include "tables/peer_view.h"

/* Each costs some tens of nanoseconds, or a cache miss or two. */
#define PEERS_AT_A_TIME 256

struct part {
	char *text;
	size_t len;
};

printf_like(2, 3) static void put(struct part *part, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	part->len +=
		(size_t)vsnprintf(part->text + part->len, CTL_PART_MAX - part->len, format, args);
	va_end(args);
}

/* Takes `json`; NULL: there was no memory for it. */
static void put_json(struct part *part, json_t *json)
{
	const size_t room = CTL_PART_MAX - part->len;
	size_t n = json ? json_dumpb(json, part->text + part->len, room, JSON_COMPACT) : 0;

	if (n > 0 && n <= room)
		part->len += n;
	else
		put(part, "null");
	json_decref(json);
}

static void put_comma(struct ctl_answer *answer, struct part *part)
{
	if (answer->is_past_first)
		put(part, ",");
	answer->is_past_first = true;
}

/* What is neither a list nor an error. */
static void put_whole(struct ctl_answer *answer, struct part *part, json_t *json)
{
	put_json(part, json);
	put(part, "\n");
	answer->state = CTL_OVER;
}

static void put_error(struct ctl_answer *answer, struct part *part)
{
	put_whole(answer, part, ctl_json_error(answer->error.line));
}

/* Puts the cursor on the peers of the next interface that was asked for; false: there is no further one. */
static bool enter_interface(struct ctl_answer *answer)
{
	const char *name = answer->request.interface;

	while (!answer->iface && answer->next < answer->gateway->n_interfaces) {
		struct interface *iface = &answer->gateway->interfaces[answer->next];

		if (!interface_is_alive(iface)
			|| (*name && strcmp(name, iface->config->name) != 0)) {
			answer->next++;
			continue;
		}
		answer->iface = iface;
		peer_cursor_open(&answer->cursor, iface);
	}
	return answer->iface != NULL;
}

static void leave_interface(struct ctl_answer *answer)
{
	if (!answer->iface)
		return;
	peer_cursor_close(&answer->cursor);
	answer->iface = NULL;
	answer->next++;
}

static void sum_up(struct ctl_sums *sums, const struct peer *peer, const struct timespec *now)
{
	sums->n_active += peer_is_active(peer, now);
	sums->rx_bytes += atomic_load_explicit(&peer->view->rx_bytes, memory_order_relaxed);
	sums->tx_bytes += atomic_load_explicit(&peer->view->tx_bytes, memory_order_relaxed);
}

/* An interface, when all its peers have been looked at. */
static bool put_interface(struct ctl_answer *answer, struct part *part)
{
	struct peer_cursor *cursor = &answer->cursor;
	struct timespec now;

	if (!enter_interface(answer))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned i = 0; i < PEERS_AT_A_TIME && cursor->peer; i++) {
		sum_up(&answer->sums, cursor->peer, &now);
		peer_cursor_leave(cursor);
	}
	if (cursor->peer)
		return true;
	put_comma(answer, part);
	put_json(part, ctl_json_interface(answer->iface, &answer->sums));
	answer->sums = (struct ctl_sums){.n_active = 0};
	leave_interface(answer);
	return true;
}

/* By hand: a hundred thousand of them shall not take long. None of the texts has a character that JSON would escape. */
static void put_peer(struct part *part, const struct peer *peer)
{
	const struct endpoint *endpoint = peer_view_endpoint(peer->view);
	char key[KEY_TEXT_LEN + 1], where[ADDR_TEXT_MAX];

	put(part, "{\"public_key\":\"%s\",\"interface\":\"%s\"",
		key_text_encode(peer->public_key, key), peer->iface->config->name);
	if (endpoint)
		put(part, ",\"endpoint\":\"%s\"", endpoint_format(endpoint, where));
	else
		put(part, ",\"endpoint\":null");
	if (peer->last_handshake.tv_sec)
		put(part, ",\"latest_handshake_s\":%lld", (long long)peer->last_handshake.tv_sec);
	else
		put(part, ",\"latest_handshake_s\":null");
	put(part,
		",\"rx_bytes\":%" PRIu64 ",\"tx_bytes\":%" PRIu64
		",\"persistent_keepalive_s\":%u,\"staged_packets\":%u,\"allowed_ips\":[",
		atomic_load_explicit(&peer->view->rx_bytes, memory_order_relaxed),
		atomic_load_explicit(&peer->view->tx_bytes, memory_order_relaxed),
		timers_keepalive_s(&peer->timers), peer->stage.n);
}

static void put_allowed_ip(
	struct ctl_answer *answer, struct part *part, const struct allowed_ip *allowed_ip)
{
	char text[ADDR_TEXT_MAX];

	put(part, "%s\"%s\"", answer->is_past_first_ip ? "," : "",
		ip_prefix_format(&allowed_ip->prefix, text));
	answer->is_past_first_ip = true;
}

static void close_peer(struct ctl_answer *answer, struct part *part)
{
	if (answer->is_in_peer)
		put(part, "]}");
	answer->is_in_peer = answer->is_past_first_ip = false;
}

/* A peer without its allowed IPs, or one of those. Whoever was removed since the last part is left out. */
static bool put_of_peers(struct ctl_answer *answer, struct part *part)
{
	struct peer_cursor *cursor = &answer->cursor;

	if (!enter_interface(answer))
		return false;
	if (cursor->allowed_ip) {
		put_allowed_ip(answer, part, cursor->allowed_ip);
		peer_cursor_next_allowed_ip(cursor);
		return true;
	}
	close_peer(answer, part);
	if (!cursor->peer) {
		leave_interface(answer);
		return true;
	}
	put_comma(answer, part);
	put_peer(part, cursor->peer);
	answer->is_in_peer = true;
	peer_cursor_enter(cursor);
	return true;
}

static bool put_worker(struct ctl_answer *answer, struct part *part, uint64_t now_ns)
{
	json_t *json = ctl_json_worker(
		answer->gateway, answer->next, now_ns - answer->gateway->started_ns);

	if (!json)
		return false;
	put_comma(answer, part);
	put_json(part, json);
	answer->next++;
	return true;
}

static bool put_drop(struct ctl_answer *answer, struct part *part)
{
	if (answer->next == DROP_N)
		return false;
	put_comma(answer, part);
	put_json(part, ctl_json_drop(answer->gateway, (enum drop_reason)answer->next));
	answer->next++;
	return true;
}

/* false: there is no further one. */
static bool put_item(struct ctl_answer *answer, struct part *part, uint64_t now_ns)
{
	switch (answer->request.command) {
	case CTL_INTERFACES:
		return put_interface(answer, part);
	case CTL_PEERS:
		return put_of_peers(answer, part);
	case CTL_WORKERS:
		return put_worker(answer, part, now_ns);
	case CTL_DROPS:
		return put_drop(answer, part);
	default:
		return false;
	}
}

static void put_items(struct ctl_answer *answer, struct part *part, uint64_t now_ns)
{
	if (put_item(answer, part, now_ns))
		return;
	put(part, "]}\n");
	answer->state = CTL_OVER;
}

static void put_outcome(struct ctl_answer *answer, struct part *part)
{
	const struct reload_outcome *outcome = reload_outcome(answer->gateway->reload);

	if (outcome->number >= answer->reload_number)
		put_whole(answer, part, ctl_json_outcome(outcome));
}

static void put_head(struct ctl_answer *answer, struct part *part, uint64_t now_ns)
{
	static const char *const lists[] = {
		[CTL_INTERFACES] = "interfaces",
		[CTL_PEERS] = "peers",
		[CTL_WORKERS] = "workers",
		[CTL_DROPS] = "drops",
	};

	switch (answer->request.command) {
	case CTL_STATUS:
		put_whole(answer, part, ctl_json_status(answer->gateway, now_ns));
		break;
	case CTL_LOG:
		put_whole(answer, part, json_pack("{s:s}", "log_level", log_level_name()));
		break;
	case CTL_RELOAD:
		answer->state = CTL_WAITING;
		put_outcome(answer, part); /* one without a thread has ended already */
		break;
	default:
		put(part, "{\"%s\":[", lists[answer->request.command]);
		answer->state = CTL_ITEMS;
		break;
	}
}

size_t ctl_answer_next(struct ctl_answer *answer, char text[CTL_PART_MAX], uint64_t now_ns)
{
	struct part part = {text, 0};

	if (*answer->error.line) {
		put_error(answer, &part);
		return part.len;
	}
	switch (answer->state) {
	case CTL_HEAD:
		put_head(answer, &part, now_ns);
		break;
	case CTL_ITEMS:
		put_items(answer, &part, now_ns);
		break;
	case CTL_WAITING:
		put_outcome(answer, &part);
		break;
	case CTL_OVER:
		break;
	}
	return part.len;
}

void ctl_answer_begin(
	struct ctl_answer *answer, struct gateway *gw, const struct ctl_request *request)
{
	*answer = (struct ctl_answer){.gateway = gw, .request = *request, .state = CTL_HEAD};
	if (request->command == CTL_LOG && !log_set_level(request->level))
		host_error_set(&answer->error, EINVAL,
			"no log level \"%s\"; there are error, warning, info and debug",
			request->level);
	if (*request->interface && !interfaces_find(gw, request->interface))
		host_error_set(&answer->error, ENODEV,
			"no interface \"%s\" here; see wg-dpdk-ctl interfaces", request->interface);
	if (request->command == CTL_RELOAD)
		answer->reload_number = reload_ask(gw->reload);
}

void ctl_answer_refuse(struct ctl_answer *answer, const struct host_error *error)
{
	*answer = (struct ctl_answer){.error = *error, .state = CTL_HEAD};
}

void ctl_answer_end(struct ctl_answer *answer)
{
	leave_interface(answer);
}
