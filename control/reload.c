/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "reload.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "config/config.h"
#include "gateway.h"
#include "host/routing.h"
#include "interface.h"
#include "log.h"
#include "peer.h"
#include "peer_cursor.h"
#include "reload_check.h"
#include "reload_reader.h"
#include "settings.h"

/* Each takes some microseconds: packets and handshakes of others get their turn in between. */
#define PEERS_AT_A_TIME 256

/* What is done with an interface, in this order. */
enum reload_step {
	RELOAD_IDLE,
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
	struct gw_config *fresh;     /* being taken over */
	struct routing_plan **plans; /* after it, by iface_id */
	enum reload_step step;
	unsigned iface_id;
	size_t peer; /* the next of the file's */
	struct peer_cursor cursor;
	unsigned n_added, n_removed;
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

static void finish(struct reload *reload)
{
	if (reload->step == RELOAD_OTHERS)
		peer_cursor_close(&reload->cursor);
	for (unsigned i = 0; reload->plans && i < reload->gateway->n_interfaces; i++)
		routing_plan_free(reload->plans[i]);
	free(reload->plans);
	config_free(reload->fresh);
	reload->plans = NULL;
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

void reload_ask(struct reload *reload)
{
	if (!reload->path) {
		log_warning("SIGHUP: there is no file to read again; use wg(8), such as "
			    "wg syncconf, to change the interface");
		return;
	}
	reload->is_asked_again = reload->reader || reload->fresh;
	if (reload->is_asked_again)
		return;
	log_info("reading %s again", reload->path);
	reload->reader = reload_reader_start(reload->path, reload->fd);
	if (!reload->reader)
		log_error("reload: no memory for a thread; nothing was changed");
}

static const struct interface_config *config_of(const struct reload *reload, unsigned iface_id)
{
	return reload_find(reload->fresh, reload->gateway->interfaces[iface_id].config->name);
}

/* Whatever can be wrong is found before anything is changed. */
static int check(struct reload *reload, struct host_error *out_error)
{
	struct gateway *gw = reload->gateway;
	int result = reload_check(gw->config, reload->fresh, out_error);

	reload->plans = calloc(gw->n_interfaces, sizeof(struct routing_plan *));
	if (!reload->plans)
		return host_error_set(out_error, ENOMEM, "reload: %m");
	for (unsigned i = 0; i < gw->n_interfaces && result == 0; i++) {
		result = interface_check_peers(config_of(reload, i), out_error);
		if (result < 0)
			break;
		reload->plans[i] =
			routing_plan_renew(gw->interfaces[i].plan, config_of(reload, i), out_error);
		if (!reload->plans[i])
			result = -EOPNOTSUPP;
	}
	return result;
}

void reload_take(struct reload *reload)
{
	struct host_error error;
	uint64_t count;

	(void)!read(reload->fd, &count, sizeof(count));
	if (!reload->reader)
		return;
	reload->fresh = reload_reader_finish(reload->reader);
	reload->reader = NULL;
	if (!reload->fresh)
		return;
	if (check(reload, &error) < 0) {
		log_error("%s", error.line);
		finish(reload);
		return;
	}
	(void)!log_set_level(reload->fresh->log_level);
	reload->step = RELOAD_INTERFACE;
	reload->iface_id = reload->n_added = reload->n_removed = 0;
}

static void take_interface(struct reload *reload, struct interface *iface, uint64_t now_ns)
{
	const struct interface_config *config = config_of(reload, reload->iface_id);
	struct host_error error;

	settings_set_private_key(reload->gateway, iface, config->private_key, now_ns);
	if (config->listen_port
		&& settings_set_listen_port(reload->gateway, iface, config->listen_port, &error)
			< 0)
		log_error("%s", error.line);
	if (config->fwmark != iface->fwmark
		&& settings_set_fwmark(iface, config->fwmark, &error) < 0)
		log_error("%s", error.line);
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
		reload->n_added += result == 0;
	}
	if (result == 0) {
		peer->is_listed = true;
		result = settings_take_peer(reload->gateway, peer, config);
		settings_settle_peer(reload->gateway, peer, now_ns);
	}
	if (result < 0)
		log_error("%s: no memory for a peer, or too many of them", iface->config->name);
}

static void take_peers(struct reload *reload, struct interface *iface, uint64_t now_ns)
{
	const struct interface_config *config = config_of(reload, reload->iface_id);

	for (unsigned n = 0; n < PEERS_AT_A_TIME && reload->peer < config->n_peers; n++)
		take_peer(reload, iface, &config->peers[reload->peer++], now_ns);
	if (reload->peer < config->n_peers)
		return;
	peer_cursor_open(&reload->cursor, iface);
	reload->step = RELOAD_OTHERS;
}

/* The host follows: routes to what is allowed now. They are not in a namespace to which the interface was moved. */
static void follow_routes(struct reload *reload, struct interface *iface)
{
	struct routing_plan *fresh = reload->plans[reload->iface_id];
	struct host_error error;

	if (!iface->is_moved
		&& routing_follow(
			   iface->plan, fresh, reload->gateway->netlink, iface->ifindex, &error)
			< 0)
		log_warning("%s: routes: %s", iface->config->name, error.line);
	reload->plans[reload->iface_id] = iface->plan;
	iface->plan = fresh;
}

static void go_to_next(struct reload *reload)
{
	const struct gateway *gw = reload->gateway;

	if (++reload->iface_id < gw->n_interfaces) {
		reload->step = RELOAD_INTERFACE;
		return;
	}
	log_info("reloaded: %u peer%s added, %u removed, %u now", reload->n_added,
		reload->n_added == 1 ? "" : "s", reload->n_removed, gw->peers.n_peers);
	finish(reload);
	if (reload->is_asked_again)
		reload_ask(reload);
}

static void remove_others(struct reload *reload, struct interface *iface)
{
	struct peer_cursor *cursor = &reload->cursor;

	for (unsigned n = 0; n < PEERS_AT_A_TIME && cursor->peer; n++) {
		struct peer *peer = cursor->peer;

		peer_cursor_leave(cursor);
		if (!peer->is_listed) {
			peer_remove(reload->gateway, peer);
			reload->n_removed++;
		} else {
			peer->is_listed = false;
		}
	}
	if (cursor->peer)
		return;
	peer_cursor_close(cursor);
	follow_routes(reload, iface);
	go_to_next(reload);
}

bool reload_go_on(struct reload *reload, uint64_t now_ns)
{
	struct interface *iface = &reload->gateway->interfaces[reload->iface_id];

	switch (reload->step) {
	case RELOAD_IDLE:
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
	return reload->step != RELOAD_IDLE;
}
