/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "gateway.h"

#include <rte_lcore.h>

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secure.h"
#include "config/config.h"
#include "crypto/aead.h"
#include "ctl.h"
#include "dataplane.h"
#include "helpers.h"
#include "host/netlink.h"
#include "host/routing.h"
#include "inbox.h"
#include "interface.h"
#include "interfaces.h"
#include "log.h"
#include "metrics.h"
#include "notify.h"
#include "peer.h"
#include "ports.h"
#include "protocol.h"
#include "ratelimiter.h"
#include "reload.h"
#include "report.h"
#include "route_mirror.h"
#include "schedule.h"
#include "settings.h"
#include "tables/index_table.h"
#include "tables/rcu.h"
#include "tables/routes.h"
#include "uapi.h"

/* One packet buffer in this many may hold a packet that waits for a session. */
#define STAGED_SHARE 4

static bool plan_interfaces(struct gateway *gw, struct host_error *out_error)
{
	const struct gw_config *config = gw->config;
	struct routing_taken taken;

	gw->interfaces = calloc(WG_INTERFACES_MAX, sizeof(*gw->interfaces));
	gw->netlink = netlink_open(out_error);
	if (!gw->netlink)
		return false;
	if (!gw->interfaces)
		return host_error_set(out_error, ENOMEM, "interfaces: %m") == 0;
	routing_taken_init(&taken, config);
	while (gw->n_interfaces < config->n_interfaces) {
		unsigned i = gw->n_interfaces++;

		if (interface_plan(
			    &gw->interfaces[i], &config->interfaces[i], &taken, gw, out_error)
			< 0)
			return false;
	}
	return true;
}

static uint16_t longest_frame(const struct gateway *gw)
{
	uint16_t largest = RTE_MAX(gw->config->mtu_max, ports_frame_len(gw));

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		largest = RTE_MAX(largest, routing_plan_mtu(gw->interfaces[i].plan));
	return largest;
}

static bool create_limiter(struct gateway *gw)
{
	uint8_t key[RATELIMITER_KEY_LEN];

	randombytes_buf(key, sizeof(key));
	gw->limiter = ratelimiter_create(key, 1);
	secure_wipe(key, sizeof(key));
	return gw->limiter != NULL;
}

static bool create_helpers(struct gateway *gw, struct host_error *out_error)
{
	if (gw->config->handshake_lcores == 0)
		return true;
	gw->helpers = helpers_create(gw->config->handshake_lcores, gw->wake_fd);
	return gw->helpers || host_error_set(out_error, errno, "handshake lcores: %m") == 0;
}

static bool create_tables(struct gateway *gw, unsigned n_workers, struct host_error *out_error)
{
	gw->schedule = schedule_create();
	gw->publisher.rcu = rcu_create(n_workers);
	gw->publisher.indices = gw->publisher.rcu
		? index_table_create(gw->publisher.rcu, randombytes_random)
		: NULL;
	if (!gw->schedule || !gw->publisher.indices || !create_limiter(gw))
		return host_error_set(out_error, ENOMEM, "tables: %m") == 0;
	gw->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (gw->wake_fd < 0)
		return host_error_set(out_error, errno, "eventfd: %m") == 0;
	gw->watch_fd = netlink_watch_open(out_error);
	return gw->watch_fd >= 0;
}

/* Only ports need to know where the kernel would send a packet. */
static bool create_routes(struct gateway *gw, struct host_error *out_error)
{
	if (gw->n_ports == 0)
		return true;
	gw->routes = routes_create(gw->publisher.rcu);
	if (!gw->routes)
		return host_error_set(out_error, ENOMEM, "routes: %m") == 0;
	gw->mirror = route_mirror_create(gw->routes, out_error);
	return gw->mirror != NULL;
}

static bool create_dataplane(
	struct gateway *gw, const struct aead_engine *engine, struct host_error *out_error)
{
	const uint16_t frame_max_len = longest_frame(gw);
	const struct dataplane_config config = {
		.engine = engine,
		.rcu = gw->publisher.rcu,
		.indices = gw->publisher.indices,
		.n_workers = gw->n_workers,
		.n_interfaces = gw->n_interfaces,
		.n_mbufs = gw->config->mbufs,
		.n_ports = gw->n_ports,
		.routes = gw->routes,
		.n_port_mbufs = ports_buffers(gw),
		.socket_id = ports_socket(gw),
		.frame_max_len = frame_max_len,
		.idle_spin_ns = gw->config->idle_spin_us * NSEC_PER_USEC,
		.control_wake_fd = gw->wake_fd,
		.random_bytes = randombytes_buf,
	};
	unsigned n_buffers, n_in_use;
	const char *why;

	gw->dataplane = dataplane_create(&config, &why);
	if (!gw->dataplane)
		return host_error_set(out_error, errno, "data plane: %s", why) == 0;
	dataplane_count_buffers(gw->dataplane, &n_buffers, &n_in_use);
	gw->n_staged_max = n_buffers / STAGED_SHARE;
	gw->frame_max_len = frame_max_len;
	return true;
}

_Static_assert(WG_INTERFACES_MAX <= UINT8_MAX + 1, "iface_id is a uint8_t");

static bool create_interfaces(struct gateway *gw, struct host_error *out_error)
{
	for (unsigned i = 0; i < gw->n_interfaces; i++) {
		struct interface *iface = &gw->interfaces[i];

		if (interface_create(iface, (uint8_t)i, gw->n_workers, gw, out_error) < 0
			|| interface_take_peers(iface, gw, out_error) < 0)
			return false;
	}
	return true;
}

/* The first look at the kernel's routes comes when all links are known, and before workers ask for any. */
static bool start_mirror(struct gateway *gw, struct host_error *out_error)
{
	int result = 0;

	for (unsigned i = 0; gw->mirror && i < gw->n_interfaces && result == 0; i++)
		result = interfaces_mirror(gw, &gw->interfaces[i], out_error);
	if (result < 0)
		return false;
	return !gw->mirror || route_mirror_start(gw->mirror, out_error) == 0;
}

static bool create_metrics(struct gateway *gw, struct host_error *out_error)
{
	if (gw->config->metrics.addr.family == AF_UNSPEC)
		return true;
	gw->metrics = metrics_create(gw, out_error);
	return gw->metrics != NULL;
}

static bool bring_up(struct gateway *gw, const char *config_path, struct host_error *out_error)
{
	int result;

	if (!start_mirror(gw, out_error))
		return false;
	result = dataplane_start(gw->dataplane);
	if (result < 0)
		return host_error_set(out_error, -result, "workers: %m") == 0;
	result = gw->helpers ? helpers_start(gw->helpers, gw->n_workers) : 0;
	if (result < 0)
		return host_error_set(out_error, -result, "handshake lcores: %m") == 0;
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (interface_up(&gw->interfaces[i], out_error) < 0)
			return false;
	gw->reload = reload_create(gw, config_path);
	if (!gw->reload)
		return host_error_set(out_error, errno, "reload: %m") == 0;
	gw->uapi = uapi_create(gw, out_error);
	if (!gw->uapi)
		return false;
	gw->ctl = ctl_create(gw, out_error);
	return gw->ctl && create_metrics(gw, out_error);
}

/* A persistent keepalive asks for a handshake as soon as there is an interface to send it from. */
static void first_look(struct gateway *gw)
{
	uint64_t now_ns = clock_read();
	struct peer *peer;

	for (unsigned i = 0; i < gw->n_interfaces; i++)
		TAILQ_FOREACH(peer, &gw->interfaces[i].peers, others)
			settings_settle_peer(gw, peer, now_ns);
}

static void tell_ready(const struct gateway *gw)
{
	unsigned n_interfaces = interfaces_count(gw);

	notify_ready("%u interface%s, %u peer%s", n_interfaces, n_interfaces == 1 ? "" : "s",
		gw->peers.n_peers, gw->peers.n_peers == 1 ? "" : "s");
}

void gateway_reloaded(struct gateway *gw)
{
	const struct reload_outcome *outcome = reload_outcome(gw->reload);

	if (*outcome->error.line)
		notify_ready("reload: %s", outcome->error.line);
	else
		tell_ready(gw);
	ctl_reloaded(gw->ctl);
}

/* The first lcore is the control thread's, the last ones compute handshakes. 0: an error was logged. */
static unsigned count_workers(const struct gw_config *config)
{
	const unsigned n_lcores = rte_lcore_count(), n_others = 1 + config->handshake_lcores;

	if (n_lcores > n_others)
		return RTE_MIN(n_lcores - n_others, (unsigned)DATAPLANE_WORKERS_MAX);
	if (config->handshake_lcores == 0)
		log_error(
			"no worker: the only lcore is the control thread's; give EAL at least two, such as "
			"-l 0-1, or --lcores '0@0,1@0' on a machine with one core");
	else
		log_error(
			"no worker: of %u lcores one is the control thread's and %u compute handshakes; give EAL "
			"more of them (-l), or set a smaller handshake_lcores",
			n_lcores, config->handshake_lcores);
	return 0;
}

bool gateway_start(struct gateway *gw, struct gw_config *config, const char *config_path,
	const struct aead_engine *engine, const struct aead_trials *trials)
{
	unsigned n_workers = count_workers(config);
	struct host_error error;

	*gw = (struct gateway){.config = config,
		.n_workers = n_workers,
		.engine = engine,
		.trials = trials,
		.started_ns = clock_read(),
		.wake_fd = -1,
		.watch_fd = -1};
	peer_book_init(&gw->peers);
	if (n_workers == 0) {
		gateway_stop(gw);
		return false;
	}
	if (!plan_interfaces(gw, &error) || ports_attach(gw, n_workers, &error) < 0
		|| !create_tables(gw, n_workers, &error) || !create_helpers(gw, &error)
		|| !create_routes(gw, &error) || !create_dataplane(gw, engine, &error)
		|| ports_start(gw, n_workers, &error) < 0 || !create_interfaces(gw, &error)
		|| ports_take_listen_ports(gw, &error) < 0 || !bring_up(gw, config_path, &error)) {
		log_error("%s", error.line);
		gateway_stop(gw);
		return false;
	}
	config_forget_peers(config);
	first_look(gw);
	log_info("ready: %u interface%s, %u peer%s, %u worker%s, crypto %s %s", gw->n_interfaces,
		gw->n_interfaces == 1 ? "" : "s", gw->peers.n_peers,
		gw->peers.n_peers == 1 ? "" : "s", n_workers, n_workers == 1 ? "" : "s",
		aead_engine_name(engine), aead_engine_isa(engine));
	tell_ready(gw);
	return true;
}

void gateway_stop(struct gateway *gw)
{
	metrics_destroy(gw->metrics);
	ctl_destroy(gw->ctl);
	uapi_destroy(gw->uapi);
	reload_destroy(gw->reload);
	helpers_stop(gw->helpers);
	if (gw->dataplane) {
		dataplane_stop(gw->dataplane);
		inbox_discard(gw);
	}
	helpers_destroy(gw->helpers);
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (gw->interfaces[i].gateway)
			settings_remove_peers(gw, &gw->interfaces[i], UINT_MAX);
	peer_book_fini(&gw->peers);
	if (gw->publisher.rcu)
		rcu_reclaim(gw->publisher.rcu);
	for (unsigned i = 0; i < gw->n_interfaces; i++)
		if (gw->interfaces[i].gateway)
			interface_destroy(&gw->interfaces[i]);
	route_mirror_destroy(gw->mirror);
	ports_detach(gw); /* its queues give their buffers back to the data plane's pool */
	dataplane_destroy(gw->dataplane);
	routes_destroy(gw->routes);
	ratelimiter_destroy(gw->limiter);
	index_table_destroy(gw->publisher.indices);
	rcu_destroy(gw->publisher.rcu);
	schedule_destroy(gw->schedule);
	netlink_close(gw->netlink);
	if (gw->wake_fd >= 0)
		close(gw->wake_fd);
	if (gw->watch_fd >= 0)
		close(gw->watch_fd);
	free(gw->interfaces);
	config_free(gw->config);
	*gw = (struct gateway){.wake_fd = -1, .watch_fd = -1};
}

static void print_step(void *context, const char *line)
{
	(void)context;
	printf("  %s\n", line);
}

static void print_ports(const struct gw_config *config)
{
	for (size_t i = 0; i < config->n_ports; i++) {
		const struct port_config *port = &config->ports[i];
		char queues[32] = "a queue for each worker";

		if (port->queues != 0)
			snprintf(queues, sizeof(queues), "%u queue%s", port->queues,
				port->queues == 1 ? "" : "s");
		printf("port %s: device %s, %s, %s\n", port->name, port->device,
			port->mode == PORT_SHARED ? "shared with the kernel" : "the gateway's own",
			queues);
	}
}

bool gateway_check(const struct gw_config *config, const struct aead_engine *engine)
{
	struct gateway gw = {.wake_fd = -1, .watch_fd = -1};
	struct host_error error;
	bool is_fine;

	gw.config =
		(struct gw_config *)(uintptr_t)config; /* only read: nothing is created from it */
	is_fine = plan_interfaces(&gw, &error);
	if (is_fine)
		print_ports(config);
	for (unsigned i = 0; is_fine && i < gw.n_interfaces; i++) {
		const struct interface_config *iface = gw.interfaces[i].config;

		printf("interface %s: listen port %u, %zu peer%s%s%s\n", iface->name,
			iface->listen_port, iface->n_peers, iface->n_peers == 1 ? "" : "s",
			*iface->netns ? ", in the namespace " : "", iface->netns);
		routing_describe(gw.interfaces[i].plan, print_step, NULL);
	}
	if (is_fine)
		printf("crypto %s %s\n", aead_engine_name(engine), aead_engine_isa(engine));
	else
		log_error("%s", error.line);
	for (unsigned i = 0; i < gw.n_interfaces; i++)
		interface_destroy(&gw.interfaces[i]);
	free(gw.interfaces);
	netlink_close(gw.netlink);
	return is_fine;
}
