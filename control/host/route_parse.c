/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/route_parse.h"

#include "base/bytes.h"

#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#define NUD_USABLE (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

/* 0 when the attribute is too short to be a number. */
static uint32_t attribute_u32(const struct nlattr *attribute)
{
	return mnl_attr_validate(attribute, MNL_TYPE_U32) == 0 ? mnl_attr_get_u32(attribute) : 0;
}

static uint16_t attribute_u16(const struct nlattr *attribute)
{
	return mnl_attr_validate(attribute, MNL_TYPE_U16) == 0 ? mnl_attr_get_u16(attribute) : 0;
}

/* Bytes that are not as long as an address of the family leave `out` as it is. */
static void addr_parse(struct ip_addr *out, uint16_t family, const void *bytes, size_t len)
{
	if (len == 0 || len != ip_addr_bits(family) / 8)
		return;
	*out = (struct ip_addr){.family = family};
	memcpy(out->bytes, bytes, len);
}

static void attribute_addr(const struct nlattr *attribute, uint16_t family, struct ip_addr *out)
{
	addr_parse(
		out, family, mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute));
}

/* --- links --- */

struct vlan_parse {
	bool is_vlan;
	uint16_t vlan;
	uint16_t protocol; /* as on the wire */
	unsigned parent;
	bool is_parent_elsewhere; /* in another namespace, with that one's numbers */
};

static int vlan_parse_data(const struct nlattr *attribute, void *context)
{
	struct vlan_parse *vlan = context;

	if (mnl_attr_get_type(attribute) == IFLA_VLAN_ID)
		vlan->vlan = attribute_u16(attribute);
	else if (mnl_attr_get_type(attribute) == IFLA_VLAN_PROTOCOL
		&& mnl_attr_validate(attribute, MNL_TYPE_U16) == 0)
		vlan->protocol = be16_load(mnl_attr_get_payload(attribute));
	return MNL_CB_OK;
}

static int vlan_parse_info(const struct nlattr *attribute, void *context)
{
	struct vlan_parse *vlan = context;

	/* The kind comes first, and what the data mean depends on it. */
	if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND
		&& mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
		vlan->is_vlan = strcmp(mnl_attr_get_str(attribute), "vlan") == 0;
	else if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA && vlan->is_vlan)
		mnl_attr_parse_nested(attribute, vlan_parse_data, vlan);
	return MNL_CB_OK;
}

struct link_parse {
	struct watch_link *link;
	struct vlan_parse vlan;
};

static int link_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct link_parse *parse = context;

	switch (mnl_attr_get_type(attribute)) {
	case IFLA_MTU:
		parse->link->mtu = attribute_u32(attribute);
		break;
	case IFLA_LINK:
		parse->vlan.parent = attribute_u32(attribute);
		break;
	case IFLA_LINK_NETNSID:
		parse->vlan.is_parent_elsewhere = true;
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attribute, vlan_parse_info, &parse->vlan);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

/* Bridges announce their ports as links of their own family; those do not tell whether the link lives. */
static bool link_parse(const struct nlmsghdr *message, struct watch_event *out)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct link_parse parse = {.link = &out->link};
	const struct vlan_parse *vlan = &parse.vlan;

	if (info->ifi_family != AF_UNSPEC)
		return false;
	out->kind = WATCH_LINK;
	out->link = (struct watch_link){
		.ifindex = (unsigned)info->ifi_index,
		.is_up = info->ifi_flags & IFF_UP,
		.is_running = info->ifi_flags & IFF_RUNNING,
	};
	mnl_attr_parse(message, sizeof(*info), link_parse_attribute, &parse);
	if (vlan->is_vlan && vlan->protocol == ETH_P_8021Q && !vlan->is_parent_elsewhere) {
		out->link.parent = vlan->parent;
		out->link.vlan = vlan->vlan;
	}
	return true;
}

/* --- forwarding --- */

struct netconf_parse {
	int32_t ifindex;
	bool is_forwarding;
	bool has_forwarding;
};

static int netconf_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct netconf_parse *parse = context;

	switch (mnl_attr_get_type(attribute)) {
	case NETCONFA_IFINDEX:
		parse->ifindex = (int32_t)attribute_u32(attribute);
		break;
	case NETCONFA_FORWARDING:
		parse->has_forwarding = true;
		parse->is_forwarding = attribute_u32(attribute) != 0;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static bool netconf_parse(const struct nlmsghdr *message, struct watch_event *out)
{
	const struct netconfmsg *info = mnl_nlmsg_get_payload(message);
	struct netconf_parse parse = {0};

	mnl_attr_parse(message, sizeof(*info), netconf_parse_attribute, &parse);
	if (parse.ifindex != NETCONFA_IFINDEX_ALL || !parse.has_forwarding)
		return false;
	out->kind = WATCH_FORWARDING;
	out->family = info->ncm_family;
	out->is_forwarding = parse.is_forwarding;
	return ip_addr_bits(out->family) != 0;
}

/* --- routes --- */

struct hop_parse {
	struct watch_hop hop;
	uint16_t family;
	bool is_there;
	bool is_encapsulated; /* MPLS, segment routing and the like: only the kernel can send that */
};

static void via_parse(struct watch_hop *hop, const struct nlattr *attribute)
{
	const struct rtvia *via = mnl_attr_get_payload(attribute);
	size_t len = mnl_attr_get_payload_len(attribute);

	if (len >= sizeof(*via))
		addr_parse(&hop->gateway, via->rtvia_family, via->rtvia_addr, len - sizeof(*via));
}

static int hop_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct hop_parse *parse = context;

	switch (mnl_attr_get_type(attribute)) {
	case RTA_OIF:
		parse->hop.ifindex = attribute_u32(attribute);
		parse->is_there = true;
		break;
	case RTA_GATEWAY:
		attribute_addr(attribute, parse->family, &parse->hop.gateway);
		break;
	case RTA_VIA:
		via_parse(&parse->hop, attribute);
		break;
	case RTA_ENCAP:
	case RTA_ENCAP_TYPE:
	case RTA_NEWDST:
		parse->is_encapsulated = true;
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static void hop_add(struct watch_route *route, const struct hop_parse *parse, unsigned flags)
{
	struct watch_hop *hop = &route->hops[route->n_hops++];

	*hop = parse->hop;
	hop->is_dead = (flags & RTNH_F_DEAD) != 0;
	if (parse->is_encapsulated)
		hop->ifindex = 0;
}

static void multipath_parse(
	struct watch_route *route, uint16_t family, const struct nlattr *attribute)
{
	const uint8_t *at = mnl_attr_get_payload(attribute);
	size_t left = mnl_attr_get_payload_len(attribute);

	while (left >= sizeof(struct rtnexthop) && route->n_hops < WATCH_HOPS_MAX) {
		const struct rtnexthop *from = (const void *)at;
		struct hop_parse parse = {.family = family, .hop.ifindex = from->rtnh_ifindex};

		if (from->rtnh_len < sizeof(*from) || from->rtnh_len > left)
			return;
		mnl_attr_parse_payload(at + sizeof(*from), from->rtnh_len - sizeof(*from),
			hop_parse_attribute, &parse);
		hop_add(route, &parse, from->rtnh_flags);
		if (RTNH_ALIGN(from->rtnh_len) >= left)
			return;
		at += RTNH_ALIGN(from->rtnh_len);
		left -= RTNH_ALIGN(from->rtnh_len);
	}
}

struct route_parse {
	struct watch_route *route;
	uint32_t table;
	struct hop_parse hop; /* when there is only one */
};

static int metric_parse(const struct nlattr *attribute, void *context)
{
	struct watch_route *route = context;
	uint32_t mtu;

	if (mnl_attr_get_type(attribute) == RTAX_MTU) {
		mtu = attribute_u32(attribute);
		route->mtu = (uint16_t)(mtu > UINT16_MAX ? UINT16_MAX : mtu);
	}
	return MNL_CB_OK;
}

static int route_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct route_parse *parse = context;

	switch (mnl_attr_get_type(attribute)) {
	case RTA_DST:
		attribute_addr(attribute, parse->hop.family, &parse->route->prefix.addr);
		break;
	case RTA_TABLE:
		parse->table = attribute_u32(attribute);
		break;
	case RTA_PRIORITY:
		parse->route->metric = attribute_u32(attribute);
		break;
	case RTA_METRICS:
		mnl_attr_parse_nested(attribute, metric_parse, parse->route);
		break;
	case RTA_MULTIPATH:
		multipath_parse(parse->route, parse->hop.family, attribute);
		break;
	default:
		return hop_parse_attribute(attribute, &parse->hop);
	}
	return MNL_CB_OK;
}

static uint8_t type_parse(const struct rtmsg *info)
{
	switch (info->rtm_type) {
	case RTN_UNICAST:
		return WATCH_UNICAST;
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		return WATCH_LOCAL;
	default:
		return WATCH_REFUSED;
	}
}

/* What only some packets to the prefix follow, and what the kernel itself has cached, is left out. */
static bool route_is_watched(const struct rtmsg *info)
{
	return ip_addr_bits(info->rtm_family) != 0 && info->rtm_tos == 0 && info->rtm_src_len == 0
		&& info->rtm_dst_len <= ip_addr_bits(info->rtm_family)
		&& !(info->rtm_flags & RTM_F_CLONED);
}

static bool route_parse_message(const struct nlmsghdr *message, struct watch_event *out)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(message);
	struct route_parse parse = {
		&out->route, .table = info->rtm_table, .hop.family = info->rtm_family};

	if (!route_is_watched(info))
		return false;
	out->kind = WATCH_ROUTE;
	out->family = info->rtm_family;
	memset(&out->route, 0, sizeof(out->route));
	out->route.prefix = (struct ip_prefix){{.family = info->rtm_family}, info->rtm_dst_len};
	out->route.type = type_parse(info);
	out->route.is_replacing = message->nlmsg_flags & NLM_F_REPLACE;
	out->route.is_behind = message->nlmsg_flags & NLM_F_APPEND;
	mnl_attr_parse(message, sizeof(*info), route_parse_attribute, &parse);
	if (parse.table != RT_TABLE_MAIN && parse.table != RT_TABLE_LOCAL)
		return false;
	out->route.is_local_table = parse.table == RT_TABLE_LOCAL;
	if (parse.hop.is_there && out->route.n_hops == 0)
		hop_add(&out->route, &parse.hop, info->rtm_flags);
	return true;
}

/* --- neighbours --- */

struct neighbour_parse {
	struct watch_neighbour *neighbour;
	uint16_t family;
	bool has_mac;
};

static int neighbour_parse_attribute(const struct nlattr *attribute, void *context)
{
	struct neighbour_parse *parse = context;
	struct watch_neighbour *neighbour = parse->neighbour;

	if (mnl_attr_get_type(attribute) == NDA_DST) {
		attribute_addr(attribute, parse->family, &neighbour->addr);
	} else if (mnl_attr_get_type(attribute) == NDA_LLADDR
		&& mnl_attr_get_payload_len(attribute) == sizeof(neighbour->mac)) {
		memcpy(neighbour->mac, mnl_attr_get_payload(attribute), sizeof(neighbour->mac));
		parse->has_mac = true;
	}
	return MNL_CB_OK;
}

static bool neighbour_parse(const struct nlmsghdr *message, struct watch_event *out)
{
	const struct ndmsg *info = mnl_nlmsg_get_payload(message);
	struct neighbour_parse parse = {&out->neighbour, .family = info->ndm_family};

	if (ip_addr_bits(info->ndm_family) == 0 || info->ndm_flags & NTF_PROXY)
		return false;
	out->kind = WATCH_NEIGHBOUR;
	out->family = info->ndm_family;
	out->neighbour = (struct watch_neighbour){
		.ifindex = (unsigned)info->ndm_ifindex,
		.is_stale = info->ndm_state & NUD_STALE,
	};
	mnl_attr_parse(message, sizeof(*info), neighbour_parse_attribute, &parse);
	out->is_removed = message->nlmsg_type == RTM_DELNEIGH || !(info->ndm_state & NUD_USABLE)
		|| !parse.has_mac;
	return out->neighbour.addr.family != AF_UNSPEC;
}

/* --- all --- */

static bool address_parse(const struct nlmsghdr *message, struct watch_event *out)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);

	out->kind = WATCH_ADDRESS_GONE;
	out->family = info->ifa_family;
	return out->family == AF_INET;
}

bool route_parse(const struct nlmsghdr *message, struct watch_event *out)
{
	static const struct {
		uint16_t set, removed;
		size_t header_len;
		bool (*parse)(const struct nlmsghdr *message, struct watch_event *out);
	} kinds[] = {
		{RTM_NEWROUTE, RTM_DELROUTE, sizeof(struct rtmsg), route_parse_message},
		{RTM_NEWNEIGH, RTM_DELNEIGH, sizeof(struct ndmsg), neighbour_parse},
		{RTM_NEWLINK, RTM_DELLINK, sizeof(struct ifinfomsg), link_parse},
		{RTM_NEWNETCONF, RTM_DELNETCONF, sizeof(struct netconfmsg), netconf_parse},
		{RTM_DELADDR, RTM_DELADDR, sizeof(struct ifaddrmsg), address_parse},
	};
	const uint16_t type = message->nlmsg_type;

	for (unsigned i = 0; i < array_len(kinds); i++) {
		if (type != kinds[i].set && type != kinds[i].removed)
			continue;
		out->is_removed = type == kinds[i].removed;
		return mnl_nlmsg_get_payload_len(message) >= kinds[i].header_len
			&& kinds[i].parse(message, out);
	}
	return false;
}
