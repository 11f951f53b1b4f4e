/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "reload.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "config/config.h"
#include "gateway.h"
#include "host/routing.h"
#include "interface.h"
#include "interfaces.h"
#include "log.h"
#include "notify.h"
#include "peer.h"
#include "peer_cursor.h"
#include "ports.h"
#include "protocol.h"
#include "reload_check.h"
#include "reload_reader.h"
#include "settings.h"

/* Each takes some microseconds: packets and handshakes of others get their turn in between. */
#define PEERS_AT_A_TIME 256

enum reload_step {
	RELOAD_IDLE,
	RELOAD_WAIT, /* until the interfaces that were removed have let go of their ports and names */
	RELOAD_OPEN, /* the new ones */
	/* Then for each interface, in this order. */
	RELOAD_INTERFACE, /* its own keys */
	RELOAD_PEERS,     /* those that the file names, marked */
	RELOAD_OTHERS,    /* those without a mark go */
};

struct reload {
	struct gateway *gateway;
	const char *path;
	int fd;
	struct reload_reader *reader; /* NULL: nobody reads */
	bool is_asked_again;
	struct gw_config *fresh; /* being taken over; once that has begun it is the gateway's */
	struct routing_plan
		*plans[WG_INTERFACES_MAX]; /* after it, by iface_id; NULL for new ones */
	enum reload_step step;
	unsigned iface_id;
	size_t peer; /* the next of the file's */
	struct peer_cursor cursor;
	struct reload_outcome outcome, last; /* of the one in progress, and of the one that ended */
};

struct reload *reload_create(struct gateway *gw, const char *path)
{
	struct reload *reload = calloc(1, sizeof(*reload));

	if (!reload)
		return NULL;
	reload->gateway = gw;
	reload->path = path;
	reload->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (reload->fd >= 0)
		return reload;
	free(reload);
	return NULL;
}

/* The peers are not needed any more; the rest is what the gateway refers to from now on. */
static void finish(struct reload *reload)
{
	if (reload->step == RELOAD_OTHERS)
		peer_cursor_close(&reload->cursor);
	for (unsigned i = 0; i < WG_INTERFACES_MAX; i++) {
		routing_plan_free(reload->plans[i]);
		reload->plans[i] = NULL;
	}
	if (reload->fresh)
		config_forget_peers(reload->fresh);
	reload->fresh = NULL;
	reload->step = RELOAD_IDLE;
}

void reload_destroy(struct reload *reload)
{
	if (!reload)
		return;
	if (reload->reader)
		reload_reader_abandon(reload->reader);
	finish(reload);
	close(reload->fd);
	free(reload);
}

int reload_fd(const struct reload *reload)
{
	return reload->fd;
}

/* What goes wrong is logged, and the first of it told. */
printf_like(2, 3) static void complain(struct reload *reload, const char *format, ...)
{
	struct host_error error;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error.line, sizeof(error.line), format, arguments);
	va_end(arguments);
	log_error("%s", error.line);
	if (!*reload->outcome.error.line)
		reload->outcome.error = error;
}

/* Ends what is in progress, and begins again if somebody has asked for that meanwhile. */
static void end(struct reload *reload);

static void start_reading(struct reload *reload)
{
	reload->outcome = (struct reload_outcome){.number = reload->last.number + 1};
	if (!reload->path) {
		complain(reload,
			"reload: there is no file to read again; use wg(8), such as wg "
			"syncconf, to change the interface");
		end(reload);
		return;
	}
	log_info("reading %s again", reload->path);
	notify_reloading(clock_read());
	reload->reader = reload_reader_start(reload->path, reload->fd);
	if (reload->reader)
		return;
	complain(reload, "reload: no memory for a thread; nothing was changed");
	end(reload);
}

static void end(struct reload *reload)
{
	const bool is_asked_again = reload->is_asked_again;

	finish(reload);
	reload->is_asked_again = false;
	reload->last = reload->outcome;
	gateway_reloaded(reload->gateway);
	if (is_asked_again)
		start_reading(reload);
}

uint64_t reload_ask(struct reload *reload)
{
	const uint64_t number = reload->last.number + 1;

	if (!reload->reader && !reload->fresh) {
		start_reading(reload);
		return number;
	}
	reload->is_asked_again = true;
	return number + 1;
}

const struct reload_outcome *reload_outcome(const struct reload *reload)
{
	return &reload->last;
}

/* One that runs: what may not change has not, and its routes are known. */
static int check_old(struct reload *reload, unsigned iface_id,
	const struct interface_config *config, struct host_error *out_error)
{
	const struct interface *iface = &reload->gateway->interfaces[iface_id];
	int result = reload_check_interface(iface->config, config, out_error);

	if (result == 0)
		result = interface_check_peers(config, out_error);
	if (result < 0)
		return result;
	reload->plans[iface_id] = routing_plan_renew(iface->plan, config, out_error);
	return reload->plans[iface_id] ? 0 : -EOPNOTSUPP;
}

static int check_all_old(
	struct reload *reload, struct routing_taken *taken, struct host_error *out_error)
{
	struct gateway *gw = reload->gateway;
	int result = 0;

	for (unsigned i = 0; i < gw->n_interfaces && result == 0; i++) {
		const struct interface *iface = &gw->interfaces[i];
		const struct interface_config *config = NULL;

		if (!interface_is_alive(iface))
			continue;
		config = reload_find(reload->fresh, iface->config->name);
		if (!config)
			continue;
		routing_plan_take(iface->plan, taken);
		result = check_old(reload, i, config, out_error);
	}
	return result;
}

static int plan_new(struct reload *reload, const struct interface_config *config,
	struct routing_taken *taken, struct host_error *out_error)
{
	struct gateway *gw = reload->gateway;
	struct interface *iface;
	int result;

	iface = interfaces_take_place(gw);
	if (!iface)
		return reload_refuse(config->name,
			"has no place before others are gone: take those out first", out_error);
	result = interface_plan(iface, config, taken, gw, out_error);
	if (result == 0 && routing_plan_mtu(iface->plan) > gw->frame_max_len)
		result = host_error_set(out_error, EOPNOTSUPP,
			"%s: an MTU of %u, when packet buffers were made for %u at the start; nothing "
			"was changed: take a smaller one, or restart wg-dpdk",
			config->name, routing_plan_mtu(iface->plan), gw->frame_max_len);
	return result;
}

/* Whatever can be wrong with the files is found before anything is changed. */
static int check(struct reload *reload, struct host_error *out_error)
{
	const struct gw_config *fresh = reload->fresh;
	struct gateway *gw = reload->gateway;
	struct routing_taken taken;
	int result = reload_check_gateway(gw->config, fresh, out_error);

	routing_taken_init(&taken, fresh);
	if (result == 0)
		result = check_all_old(reload, &taken, out_error);
	for (size_t i = 0; i < fresh->n_interfaces && result == 0; i++)
		if (!interfaces_find(gw, fresh->interfaces[i].name))
			result = plan_new(reload, &fresh->interfaces[i], &taken, out_error);
	return result;
}

static bool is_planned(const struct interface *iface)
{
	return iface->gateway && !iface->view;
}

static void refuse(struct reload *reload)
{
	struct gateway *gw = reload->gateway;

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (is_planned(&gw->interfaces[i]))
			interface_destroy(&gw->interfaces[i]);
	config_free(reload->fresh);
	reload->fresh = NULL;
	finish(reload);
}

/* From now on the gateway's configuration is the new one, which has the same ports. What is not in it goes. */
static void take_over(struct reload *reload)
{
	struct gateway *gw = reload->gateway;

	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		struct interface *iface = &gw->interfaces[i];
		const struct interface_config *config;

		if (!interface_is_alive(iface))
			continue;
		config = reload_find(reload->fresh, iface->config->name);
		if (config) {
			iface->config = config;
			continue;
		}
		log_info("%s is not in the files any more: it ends", iface->config->name);
		interfaces_remove(gw, iface);
	}
	for (unsigned i = 0; i < gw->n_ports; i++)
		gw->ports[i].config = &reload->fresh->ports[i];
	config_free(gw->config);
	gw->config = reload->fresh;
	reload->step = RELOAD_WAIT;
}

void reload_take(struct reload *reload)
{
	struct host_error error;
	uint64_t count;

	(void)!read(reload->fd, &count, sizeof(count));
	if (!reload->reader)
		return;
	reload->fresh = reload_reader_finish(reload->reader, &error);
	reload->reader = NULL;
	if (!reload->fresh || check(reload, &error) < 0) {
		complain(reload, "%s", error.line);
		refuse(reload);
		end(reload);
		return;
	}
	(void)!log_set_level(reload->fresh->log_level);
	reload->outcome.is_taken = true;
	take_over(reload);
}

/* What the host refuses to one interface is no reason to keep the others from what they are to be. */
static void open_new(struct reload *reload, struct interface *iface)
{
	const char *name = iface->config->name;
	struct host_error error;

	if (interfaces_open(reload->gateway, iface, &error) < 0)
		complain(reload, "%s; %s is not there: reload again when that is settled",
			error.line, name);
	else
		log_info("%s is new, on port %u", name, iface->udp.port);
}

/* The next one is the first that `is_it` from `iface_id` on; false: there is none. */
static bool find_next(
	struct reload *reload, unsigned iface_id, bool (*is_it)(const struct interface *iface))
{
	const struct gateway *gw = reload->gateway;

	for (; iface_id < gw->n_interfaces; iface_id++)
		if (is_it(&gw->interfaces[iface_id])) {
			reload->iface_id = iface_id;
			return true;
		}
	return false;
}

static void take_next_from(struct reload *reload, unsigned iface_id)
{
	struct reload_outcome *outcome = &reload->outcome;

	if (find_next(reload, iface_id, interface_is_alive)) {
		reload->step = RELOAD_INTERFACE;
		return;
	}
	outcome->n_peers = reload->gateway->peers.n_peers;
	log_info("reloaded: %u peer%s added, %u removed, %u now", outcome->n_added,
		outcome->n_added == 1 ? "" : "s", outcome->n_removed, outcome->n_peers);
	end(reload);
}

static void open_next(struct reload *reload)
{
	if (find_next(reload, 0, is_planned))
		open_new(reload, &reload->gateway->interfaces[reload->iface_id]);
	else
		take_next_from(reload, 0);
}

static void take_interface(struct reload *reload, struct interface *iface, uint64_t now_ns)
{
	const struct interface_config *config = iface->config;
	struct host_error error;

	settings_set_private_key(reload->gateway, iface, config->private_key, now_ns);
	if (config->listen_port
		&& settings_set_listen_port(reload->gateway, iface, config->listen_port, &error)
			< 0)
		complain(reload, "%s", error.line);
	if (config->fwmark != iface->fwmark
		&& settings_set_fwmark(iface, config->fwmark, &error) < 0)
		complain(reload, "%s", error.line);
	reload->peer = 0;
	reload->step = RELOAD_PEERS;
}

static void take_peer(struct reload *reload, struct interface *iface,
	const struct peer_config *config, uint64_t now_ns)
{
	struct peer *peer = interface_find_peer(iface, config->public_key);
	int result = 0;

	if (!peer) {
		result = peer_create(reload->gateway, iface, config->public_key, &peer);
		reload->outcome.n_added += result == 0;
	}
	if (result == 0) {
		peer->is_listed = true;
		result = settings_take_peer(reload->gateway, peer, config);
		settings_settle_peer(reload->gateway, peer, now_ns);
	}
	if (result < 0)
		complain(reload, "%s: no memory for a peer, or too many of them",
			iface->config->name);
}

static void take_peers(struct reload *reload, struct interface *iface, uint64_t now_ns)
{
	const struct interface_config *config = iface->config;

	for (unsigned n = 0; n < PEERS_AT_A_TIME && reload->peer < config->n_peers; n++)
		take_peer(reload, iface, &config->peers[reload->peer++], now_ns);
	if (reload->peer < config->n_peers)
		return;
	peer_cursor_open(&reload->cursor, iface);
	reload->step = RELOAD_OTHERS;
}

static void bring_up(struct reload *reload, struct interface *iface)
{
	struct host_error error;

	if (interface_up(iface, &error) == 0)
		return;
	complain(reload, "%s; %s ends: reload again when that is settled", error.line,
		iface->config->name);
	interfaces_remove(reload->gateway, iface);
}

/* The host follows: routes to what is allowed now. They are not in a namespace to which the interface was moved. */
static void follow_routes(struct reload *reload, struct interface *iface)
{
	struct routing_plan *fresh = reload->plans[reload->iface_id];
	struct host_error error;

	if (iface->is_new) {
		bring_up(reload, iface);
		return;
	}
	if (!iface->is_moved
		&& routing_follow(
			   iface->plan, fresh, interface_netlink(iface), iface->ifindex, &error)
			< 0)
		log_warning("%s: routes: %s", iface->config->name, error.line);
	reload->plans[reload->iface_id] = iface->plan;
	iface->plan = fresh;
}

static void remove_others(struct reload *reload, struct interface *iface)
{
	struct peer_cursor *cursor = &reload->cursor;

	for (unsigned n = 0; n < PEERS_AT_A_TIME && cursor->peer; n++) {
		struct peer *peer = cursor->peer;

		peer_cursor_leave(cursor);
		if (!peer->is_listed) {
			peer_remove(reload->gateway, peer);
			reload->outcome.n_removed++;
		} else {
			peer->is_listed = false;
		}
	}
	if (cursor->peer)
		return;
	peer_cursor_close(cursor);
	follow_routes(reload, iface);
	take_next_from(reload, reload->iface_id + 1);
}

/* It was deleted in the middle of it. */
static void leave_out(struct reload *reload)
{
	if (reload->step == RELOAD_OTHERS)
		peer_cursor_close(&reload->cursor);
	take_next_from(reload, reload->iface_id + 1);
}

bool reload_go_on(struct reload *reload, uint64_t now_ns)
{
	struct interface *iface = &reload->gateway->interfaces[reload->iface_id];

	if (reload->step >= RELOAD_INTERFACE && !interface_is_alive(iface)) {
		leave_out(reload);
		return true;
	}
	switch (reload->step) {
	case RELOAD_IDLE:
		return false;
	case RELOAD_WAIT:
		if (interfaces_sweep(reload->gateway))
			return false;
		reload->step = RELOAD_OPEN;
		break;
	case RELOAD_OPEN:
		open_next(reload);
		break;
	case RELOAD_INTERFACE:
		take_interface(reload, iface, now_ns);
		break;
	case RELOAD_PEERS:
		take_peers(reload, iface, now_ns);
		break;
	case RELOAD_OTHERS:
		remove_others(reload, iface);
		break;
	}
	return true;
}
