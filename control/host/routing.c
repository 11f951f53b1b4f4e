/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/routing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* IPv6 (40) + UDP (8) + data message header (16) and tag (16): what wg-quick leaves for the outer side. */
#define OUTER_OVERHEAD 80

#define AUTO_MTU_MAX \
	9000            /* only loopback has more, and every packet buffer is as long as the MTU */
#define IPV4_MTU_MIN 68 /* [RFC 791] 3.2 */
#define IPV6_MTU_MIN 1280 /* [RFC 8200] 5; the kernel takes IPv6 off an interface with less */

/* Routing tables that the kernel itself fills: default, main and local. */
#define FIRST_KERNEL_TABLE 253
#define LAST_KERNEL_TABLE 255

/* Lets the reverse path check look at the mark, so that outer packets that come in are not refused. */
#define SRC_VALID_MARK "net.ipv4.conf.all.src_valid_mark"
#define SRC_VALID_MARK_FILE "/proc/sys/net/ipv4/conf/all/src_valid_mark"

#define STEP_TEXT_MAX 160

enum step_kind {
	STEP_SILENCE,
	STEP_ADDRESS,
	STEP_MTU,
	STEP_UP, /* with its MTU */
	STEP_ROUTE,
	STEP_RULE,
	STEP_SRC_VALID_MARK,
};

struct step {
	enum step_kind kind;
	union {
		struct {
			struct ip_prefix prefix; /* STEP_ADDRESS, STEP_ROUTE */
			uint32_t table;          /* STEP_ROUTE */
		};
		struct netlink_rule rule; /* STEP_RULE */
	};
};

struct routing_plan {
	char name[IFNAMSIZ];
	uint16_t mtu;
	uint32_t fwmark;
	size_t n_steps;
	size_t n_done; /* steps that routing_apply has carried out */
	struct step steps[];
};

/* A default route is one route, two rules and a sysctl, once for each family: three steps more than a route. */
#define EXTRA_STEPS (2 + 2 * 3)

static bool is_same_prefix(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->len == b->len && ip_addr_equal(&a->addr, &b->addr);
}

static bool is_inside(const struct ip_prefix *inner, const struct ip_prefix *outer)
{
	struct ip_prefix prefix = *inner;

	if (inner->len < outer->len)
		return false;
	prefix.len = outer->len;
	ip_prefix_mask(&prefix);
	return is_same_prefix(&prefix, outer);
}

/* The route that the kernel makes itself for an address; false: none. */
static bool connected_route(const struct ip_prefix *address, struct ip_prefix *out_route)
{
	*out_route = *address;
	ip_prefix_mask(out_route);
	if (address->addr.family == AF_INET6)
		return true;
	/* Not for a lone IPv4 address, which is in the table "local" only, nor for 0.0.0.0/8. */
	return address->len < 32 && out_route->addr.bytes[0] != 0;
}

static bool is_connected(const struct interface_config *config, const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < config->n_addresses; i++) {
		struct ip_prefix route;

		if (connected_route(&config->addresses[i], &route) && is_inside(prefix, &route))
			return true;
	}
	return false;
}

/* Longest first, as wg-quick adds them; then equal ones stand together. */
static int compare_prefixes(const void *left, const void *right)
{
	const struct ip_prefix *a = left, *b = right;

	if (a->len != b->len)
		return b->len - a->len;
	if (a->addr.family != b->addr.family)
		return a->addr.family - b->addr.family;
	return memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));
}

static size_t count_allowed_ips(const struct interface_config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_peers; i++)
		n += config->peers[i].n_allowed_ips;
	return n;
}

/* The allowed IPs of all peers, sorted, each once. The caller frees them; NULL: out of memory. */
static struct ip_prefix *sort_allowed_ips(const struct interface_config *config, size_t *out_n)
{
	struct ip_prefix *prefixes = calloc(count_allowed_ips(config) + 1, sizeof(*prefixes));
	size_t n = 0;

	*out_n = 0;
	if (!prefixes)
		return NULL;
	for (size_t i = 0; i < config->n_peers; i++) {
		for (size_t k = 0; k < config->peers[i].n_allowed_ips; k++)
			prefixes[n++] = config->peers[i].allowed_ips[k];
	}
	qsort(prefixes, n, sizeof(*prefixes), compare_prefixes);
	for (size_t i = 0; i < n; i++) {
		if (!*out_n || !is_same_prefix(&prefixes[i], &prefixes[*out_n - 1]))
			prefixes[(*out_n)++] = prefixes[i];
	}
	return prefixes;
}

static struct step *plan_add(struct routing_plan *plan, enum step_kind kind)
{
	struct step *step = &plan->steps[plan->n_steps++];

	*step = (struct step){.kind = kind};
	return step;
}

static void plan_add_prefix(struct routing_plan *plan, enum step_kind kind,
	const struct ip_prefix *prefix, uint32_t table)
{
	struct step *step = plan_add(plan, kind);

	step->prefix = *prefix;
	step->table = table;
}

/*
 * A default route must not catch the outer packets. It goes to a table of its own, which is asked for packets without
 * our mark only. Before it, main is asked without its default route: nearer networks stay reachable.
 */
static int plan_add_default(struct routing_plan *plan, const struct ip_prefix *prefix,
	const struct routing_facts *facts, struct host_error *out_error)
{
	uint16_t family = prefix->addr.family;
	uint32_t priority = facts->rule_priority[family == AF_INET6];

	if (priority < 2)
		return host_error_set(out_error, ENOSPC,
			"%s: no room before the first policy rule (ip rule);"
			" give that one a priority of 10 or more",
			plan->name);
	plan_add_prefix(plan, STEP_ROUTE, prefix, plan->fwmark);
	plan_add(plan, STEP_RULE)->rule = (struct netlink_rule){.family = family,
		.priority = priority,
		.table = plan->fwmark,
		.not_fwmark = plan->fwmark};
	plan_add(plan, STEP_RULE)->rule = (struct netlink_rule){.family = family,
		.priority = priority - 1,
		.table = NETLINK_TABLE_MAIN,
		.is_default_excluded = true};
	if (family == AF_INET)
		plan_add(plan, STEP_SRC_VALID_MARK);
	return 0;
}

/* The mark is also the number of the default route's table: wg-quick. */
static int plan_choose_fwmark(struct routing_plan *plan, const struct interface_config *config,
	const struct routing_facts *facts, const struct ip_prefix *shortest,
	struct host_error *out_error)
{
	plan->fwmark = config->fwmark;
	if (config->route_mode != ROUTE_AUTO || !shortest || shortest->len != 0)
		return 0;
	if (!plan->fwmark)
		plan->fwmark = facts->free_table;
	if (plan->fwmark >= FIRST_KERNEL_TABLE && plan->fwmark <= LAST_KERNEL_TABLE)
		return host_error_set(out_error, EINVAL,
			"%s: FwMark %u cannot go with a default route in AllowedIPs, because it is"
			" also the number of its routing table; choose another, or Table = off",
			plan->name, plan->fwmark);
	return 0;
}

static int plan_add_routes(struct routing_plan *plan, const struct interface_config *config,
	const struct routing_facts *facts, struct host_error *out_error)
{
	size_t n;
	struct ip_prefix *prefixes = sort_allowed_ips(config, &n);
	int rc;

	if (!prefixes)
		return host_error_set(out_error, ENOMEM, "%s: %m", plan->name);
	rc = plan_choose_fwmark(plan, config, facts, n ? &prefixes[n - 1] : NULL, out_error);
	for (size_t i = 0; i < n && rc == 0 && config->route_mode != ROUTE_OFF; i++) {
		if (config->route_mode == ROUTE_TABLE)
			plan_add_prefix(plan, STEP_ROUTE, &prefixes[i], config->route_table);
		else if (prefixes[i].len == 0)
			rc = plan_add_default(plan, &prefixes[i], facts, out_error);
		else if (!is_connected(config, &prefixes[i]))
			plan_add_prefix(plan, STEP_ROUTE, &prefixes[i], NETLINK_TABLE_MAIN);
	}
	free(prefixes);
	return rc;
}

static int plan_choose_mtu(struct routing_plan *plan, const struct interface_config *config,
	const struct routing_facts *facts, struct host_error *out_error)
{
	uint32_t mtu = config->mtu, mtu_min;
	bool has_ipv6 = false;

	if (!mtu && facts->path_mtu > OUTER_OVERHEAD)
		mtu = facts->path_mtu - OUTER_OVERHEAD;
	if (!config->mtu && mtu > AUTO_MTU_MAX)
		mtu = AUTO_MTU_MAX;
	for (size_t i = 0; i < config->n_addresses; i++)
		has_ipv6 |= config->addresses[i].addr.family == AF_INET6;
	mtu_min = has_ipv6 ? IPV6_MTU_MIN : IPV4_MTU_MIN;
	if (mtu < mtu_min)
		return host_error_set(out_error, EINVAL,
			"%s: the MTU would be %u, but %s needs at least %u; set MTU in its configuration",
			plan->name, mtu, has_ipv6 ? "IPv6" : "IPv4", mtu_min);
	plan->mtu = mtu > UINT16_MAX ? UINT16_MAX : (uint16_t)mtu;
	return 0;
}

struct routing_plan *routing_plan_create(const struct interface_config *config,
	const struct routing_facts *facts, struct host_error *out_error)
{
	size_t n_max = config->n_addresses + count_allowed_ips(config) + EXTRA_STEPS;
	struct routing_plan *plan = calloc(1, sizeof(*plan) + n_max * sizeof(plan->steps[0]));

	if (!plan) {
		host_error_set(out_error, ENOMEM, "%s: %m", config->name);
		return NULL;
	}
	memcpy(plan->name, config->name, sizeof(plan->name));
	plan_add(plan, STEP_SILENCE);
	for (size_t i = 0; i < config->n_addresses; i++)
		plan_add_prefix(plan, STEP_ADDRESS, &config->addresses[i], 0);
	plan_add(plan, config->is_bare ? STEP_MTU : STEP_UP);
	if (plan_choose_mtu(plan, config, facts, out_error) < 0
		|| plan_add_routes(plan, config, facts, out_error) < 0) {
		routing_plan_free(plan);
		return NULL;
	}
	return plan;
}

void routing_plan_free(struct routing_plan *plan)
{
	free(plan);
}

void routing_plan_take(const struct routing_plan *plan, struct routing_taken *taken)
{
	routing_taken_add_mark(taken, plan->fwmark);
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct step *step = &plan->steps[i];
		uint32_t *first = &taken->rule_priority[step->rule.family == AF_INET6];

		if (step->kind == STEP_RULE && (!*first || step->rule.priority < *first))
			*first = step->rule.priority;
	}
}

uint16_t routing_plan_mtu(const struct routing_plan *plan)
{
	return plan->mtu;
}

uint32_t routing_plan_fwmark(const struct routing_plan *plan)
{
	return plan->fwmark;
}

static const char *family_option(uint16_t family)
{
	return family == AF_INET6 ? "-6" : "-4";
}

static void rule_format(const struct netlink_rule *rule, char *text)
{
	const char *family = family_option(rule->family);

	if (rule->is_default_excluded)
		snprintf(text, STEP_TEXT_MAX,
			"ip %s rule add table main suppress_prefixlength 0 priority %u", family,
			rule->priority);
	else
		snprintf(text, STEP_TEXT_MAX, "ip %s rule add not fwmark %u table %u priority %u",
			family, rule->not_fwmark, rule->table, rule->priority);
}

static void route_format(const struct routing_plan *plan, const struct step *step, char *text)
{
	char prefix[ADDR_TEXT_MAX], table[32] = "";

	if (step->table != NETLINK_TABLE_MAIN)
		snprintf(table, sizeof(table), " table %u", step->table);
	snprintf(text, STEP_TEXT_MAX, "ip %s route add %s dev %s%s",
		family_option(step->prefix.addr.family), ip_prefix_format(&step->prefix, prefix),
		plan->name, table);
}

/* The command that would do the step, written to `text` of STEP_TEXT_MAX bytes. */
static void step_format(const struct routing_plan *plan, const struct step *step, char *text)
{
	char prefix[ADDR_TEXT_MAX];

	switch (step->kind) {
	case STEP_SILENCE:
		snprintf(text, STEP_TEXT_MAX, "ip link set dev %s addrgenmode none", plan->name);
		break;
	case STEP_ADDRESS:
		snprintf(text, STEP_TEXT_MAX, "ip %s address add %s dev %s",
			family_option(step->prefix.addr.family),
			ip_prefix_format(&step->prefix, prefix), plan->name);
		break;
	case STEP_MTU:
		snprintf(text, STEP_TEXT_MAX, "ip link set mtu %u dev %s", plan->mtu, plan->name);
		break;
	case STEP_UP:
		snprintf(
			text, STEP_TEXT_MAX, "ip link set mtu %u up dev %s", plan->mtu, plan->name);
		break;
	case STEP_ROUTE:
		route_format(plan, step, text);
		break;
	case STEP_RULE:
		rule_format(&step->rule, text);
		break;
	case STEP_SRC_VALID_MARK:
		snprintf(text, STEP_TEXT_MAX, "sysctl -q " SRC_VALID_MARK "=1");
		break;
	}
}

/* Written only when it is off: containers show /proc/sys read-only and set it from outside. */
static int set_src_valid_mark(struct host_error *out_error)
{
	char value = '0';
	int fd = open(SRC_VALID_MARK_FILE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &value, 1) != 1)
			value = '0';
		close(fd);
	}
	if (value == '1')
		return 0;
	fd = open(SRC_VALID_MARK_FILE, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return host_error_set(
			out_error, errno, "%m; set it for the container from outside");
	if (write(fd, "1", 1) != 1) {
		int rc = host_error_set(out_error, errno, "%m");

		close(fd);
		return rc;
	}
	close(fd);
	return 0;
}

static int step_apply(const struct routing_plan *plan, const struct step *step,
	struct netlink *netlink, unsigned ifindex, struct host_error *out_error)
{
	switch (step->kind) {
	case STEP_SILENCE:
		return netlink_link_silence(netlink, ifindex, out_error);
	case STEP_ADDRESS:
		return netlink_address_add(netlink, ifindex, &step->prefix, out_error);
	case STEP_MTU:
		return netlink_link_mtu(netlink, ifindex, plan->mtu, out_error);
	case STEP_UP:
		return netlink_link_up(netlink, ifindex, plan->mtu, out_error);
	case STEP_ROUTE:
		return netlink_route_add(netlink, ifindex, &step->prefix, step->table, out_error);
	case STEP_RULE:
		return netlink_rule_add(netlink, &step->rule, out_error);
	case STEP_SRC_VALID_MARK:
		return set_src_valid_mark(out_error);
	}
	return 0;
}

static const char *step_hint(const struct step *step, int rc)
{
	if (step->kind == STEP_ROUTE && rc == -EEXIST)
		return "; another interface has this route: remove it, or set Table";
	return "";
}

int routing_apply(struct routing_plan *plan, struct netlink *netlink, unsigned ifindex,
	struct host_error *out_error)
{
	struct host_error reason;

	for (plan->n_done = 0; plan->n_done < plan->n_steps; plan->n_done++) {
		const struct step *step = &plan->steps[plan->n_done];
		char text[STEP_TEXT_MAX];
		int rc = step_apply(plan, step, netlink, ifindex, &reason);

		if (rc == 0)
			continue;
		step_format(plan, step, text);
		routing_remove(plan, netlink);
		return host_error_set(
			out_error, -rc, "%s: %.120s%s", text, reason.line, step_hint(step, rc));
	}
	return 0;
}

void routing_remove(struct routing_plan *plan, struct netlink *netlink)
{
	/* Backwards: "not fwmark" must never stand without the rule that spares the nearer networks. */
	while (plan->n_done) {
		const struct step *step = &plan->steps[--plan->n_done];
		struct host_error ignored; /* a rule that somebody else removed is gone too */

		if (step->kind == STEP_RULE)
			(void)!netlink_rule_delete(netlink, &step->rule, &ignored);
	}
}

void routing_describe(const struct routing_plan *plan, routing_line_fn fn, void *context)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		char text[STEP_TEXT_MAX];

		step_format(plan, &plan->steps[i], text);
		fn(context, text);
	}
}

static const struct step *next_step(const struct routing_plan *plan, enum step_kind kind, size_t *i)
{
	while (*i < plan->n_steps && plan->steps[*i].kind != kind)
		++*i;
	return *i < plan->n_steps ? &plan->steps[*i] : NULL;
}

static bool has_same_rules(const struct routing_plan *a, const struct routing_plan *b)
{
	const struct step *x, *y;
	size_t i = 0, k = 0;

	for (;; i++, k++) {
		x = next_step(a, STEP_RULE, &i);
		y = next_step(b, STEP_RULE, &k);
		if (!x || !y)
			return x == y;
		if (x->rule.family != y->rule.family || x->rule.table != y->rule.table)
			return false;
	}
}

/* What it has already is what it takes again; where it has no rules, any priority will do to see that it wants some. */
static struct routing_facts facts_of(const struct routing_plan *plan)
{
	struct routing_facts facts = {.path_mtu = plan->mtu + OUTER_OVERHEAD,
		.free_table = plan->fwmark,
		.rule_priority = {2, 2}};
	const struct step *step;

	for (size_t i = 0; (step = next_step(plan, STEP_RULE, &i)); i++)
		if (!step->rule.is_default_excluded)
			facts.rule_priority[step->rule.family == AF_INET6] = step->rule.priority;
	return facts;
}

struct routing_plan *routing_plan_renew(const struct routing_plan *plan,
	const struct interface_config *config, struct host_error *out_error)
{
	const struct routing_facts facts = facts_of(plan);
	struct routing_plan *fresh = routing_plan_create(config, &facts, out_error);

	if (!fresh || has_same_rules(plan, fresh))
		return fresh;
	host_error_set(out_error, EOPNOTSUPP,
		"%s: a default route in AllowedIPs, and its FwMark, come and go with a restart only",
		plan->name);
	routing_plan_free(fresh);
	return NULL;
}

/* Both have their routes in the same order: below 0, `a` is only in the first plan. */
static int compare_routes(const struct step *a, const struct step *b)
{
	if (!a || !b)
		return !a - !b;
	return compare_prefixes(&a->prefix, &b->prefix);
}

int routing_follow(const struct routing_plan *plan, struct routing_plan *fresh,
	struct netlink *netlink, unsigned ifindex, struct host_error *out_error)
{
	size_t i = 0, k = 0;
	int last = 0;

	for (;;) {
		const struct step *old = next_step(plan, STEP_ROUTE, &i);
		const struct step *step = next_step(fresh, STEP_ROUTE, &k);
		int order = compare_routes(old, step), result = 0;

		if (!old && !step)
			break;
		if (order < 0)
			result = netlink_route_delete(
				netlink, ifindex, &old->prefix, old->table, out_error);
		else if (order > 0)
			result = netlink_route_add(
				netlink, ifindex, &step->prefix, step->table, out_error);
		i += order <= 0;
		k += order >= 0;
		/* Somebody else may have removed it. */
		if (result < 0 && result != -ESRCH)
			last = result;
	}
	fresh->n_done = fresh->n_steps;
	return last;
}
