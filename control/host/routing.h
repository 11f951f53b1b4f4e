/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What `wg-quick up` does once the interface exists: addresses, MTU, up, routes to the allowed IPs, and for a
 * default route the policy rules that keep the outer packets out of the tunnel. A plan first, so that the same steps can
 * be shown (--check) or carried out. Control thread.
 *
 * Not done, other than wg-quick: its packet filter rules. A default route in AllowedIPs needs them where
 * net.ipv4.conf.*.rp_filter is 1 (strict; most distributions have 0 or 2), because the outer packets that come
 * in carry no mark; and they drop packets to the tunnel's own addresses that come in elsewhere.
 */

#include <stdint.h>

#include "base/addr.h"
#include "base/compiler.h"
#include "config/config.h"
#include "host/host_error.h"
#include "host/netlink.h"
#include "protocol.h"

struct routing_plan;

/* What a plan needs to know about the host. */
struct routing_facts {
	uint32_t path_mtu;   /* of the link towards the peers */
	uint32_t free_table; /* a routing table that is empty in both families */
	/* For IPv4 and IPv6: where the rule "not fwmark" goes; the other one is a step before it. */
	uint32_t rule_priority[2];
};

/*
 * What the interfaces of this process take, which the host does not show before the plans are carried out. With it a later
 * plan is what it would be if the earlier interfaces were up, as with wg-quick.
 */
struct routing_taken {
	/* Each is the number of a table, too. An interface may have had another one than it is told to take. */
	uint32_t marks[2 * WG_INTERFACES_MAX];
	size_t n_marks;
	uint32_t rule_priority[2]; /* of the first rule in IPv4 and IPv6; 0: none */
};

/* routing_taken_init: what all interfaces of `config` are told to take. */
void routing_taken_init(struct routing_taken *taken, const struct gw_config *config);

/* routing_taken_add_mark: 0 and what is there already add nothing. */
void routing_taken_add_mark(struct routing_taken *taken, uint32_t mark);

/* routing_survey asks the host; it changes nothing and needs no privilege. */
must_check int routing_survey(struct netlink *netlink, const struct interface_config *config,
	const struct routing_taken *taken, struct routing_facts *out_facts,
	struct host_error *out_error);

/* routing_survey_mtu: only the MTU towards the peers, for when that is not where the interface is. */
uint32_t routing_survey_mtu(struct netlink *netlink, const struct interface_config *config);

/* routing_plan_create: pure; NULL when the configuration cannot be carried out. Free with routing_plan_free. */
must_check struct routing_plan *routing_plan_create(const struct interface_config *config,
	const struct routing_facts *facts, struct host_error *out_error);
void routing_plan_free(struct routing_plan *plan);

/* routing_plan_take adds what the plan takes; it must be of an interface of the config that `taken` was made for. */
void routing_plan_take(const struct routing_plan *plan, struct routing_taken *taken);

uint16_t routing_plan_mtu(const struct routing_plan *plan);

/* routing_plan_fwmark: the mark that the outer sockets must have before routing_apply, 0: none. */
uint32_t routing_plan_fwmark(const struct routing_plan *plan);

/*
 * routing_apply carries the plan out on the interface. When a step fails, it takes back the rules and says which step
 * it was; addresses and routes go when the caller closes the interface.
 */
must_check int routing_apply(struct routing_plan *plan, struct netlink *netlink, unsigned ifindex,
	struct host_error *out_error);

/*
 * routing_plan_renew is the plan after other allowed IPs, for an interface whose plan was carried out. NULL: more
 * would have to change than routes, and *out_error says what. Pure.
 */
must_check struct routing_plan *routing_plan_renew(const struct routing_plan *plan,
	const struct interface_config *config, struct host_error *out_error);

/*
 * routing_follow adds and deletes the routes in which `fresh` differs from `plan`; from then on `fresh` counts. All of them
 * are tried; the last error is returned.
 */
must_check int routing_follow(const struct routing_plan *plan, struct routing_plan *fresh,
	struct netlink *netlink, unsigned ifindex, struct host_error *out_error);

/*
 * routing_remove takes back what would outlive the interface: the rules that routing_apply made. The sysctl stays, as
 * with wg-quick: another tunnel may need it.
 */
void routing_remove(struct routing_plan *plan, struct netlink *netlink);

/* routing_describe gives the steps as the commands that would do the same, one line per call. */
typedef void (*routing_line_fn)(void *context, const char *line);
void routing_describe(const struct routing_plan *plan, routing_line_fn fn, void *context);
