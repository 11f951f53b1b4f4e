/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Messages that not every kernel sends, built by hand. test_route_mirror has the kernel's own. */

#include "host/route_parse.h"

#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint8_t buffer[4096] __attribute__((aligned(8)));
static struct watch_event event;

static struct nlmsghdr *begin(uint16_t type, const void *header, size_t header_len)
{
	struct nlmsghdr *message;

	memset(buffer, 0, sizeof(buffer));
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = type;
	memcpy(mnl_nlmsg_put_extra_header(message, header_len), header, header_len);
	return message;
}

/* A link over link 2, of a kind that has VLAN data. */
static struct nlmsghdr *vlan_link(const char *kind, uint16_t protocol)
{
	const struct ifinfomsg info = {.ifi_index = 9, .ifi_flags = IFF_UP};
	struct nlmsghdr *message = begin(RTM_NEWLINK, &info, sizeof(info));
	struct nlattr *outer, *inner;

	mnl_attr_put_u32(message, IFLA_MTU, 1400);
	mnl_attr_put_u32(message, IFLA_LINK, 2);
	outer = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
	inner = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	mnl_attr_put_u16(message, IFLA_VLAN_ID, 4094);
	mnl_attr_put_u16(message, IFLA_VLAN_PROTOCOL, __builtin_bswap16(protocol));
	mnl_attr_nest_end(message, inner);
	mnl_attr_nest_end(message, outer);
	return message;
}

static void test_vlan(void **state)
{
	struct nlmsghdr *message = vlan_link("vlan", ETH_P_8021Q);

	(void)state;
	assert_true(route_parse(message, &event));
	assert_int_equal(event.kind, WATCH_LINK);
	assert_int_equal(event.link.ifindex, 9);
	assert_int_equal(event.link.parent, 2);
	assert_int_equal(event.link.vlan, 4094);
	assert_int_equal(event.link.mtu, 1400);
	assert_true(event.link.is_up);
	assert_false(event.link.is_running || event.is_removed);
	/* a parent in another namespace, a provider's tag, another kind of link */
	mnl_attr_put_u32(message, IFLA_LINK_NETNSID, 0);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.link.parent, 0);
	assert_true(route_parse(vlan_link("vlan", ETH_P_8021AD), &event));
	assert_int_equal(event.link.parent, 0);
	assert_true(route_parse(vlan_link("macvlan", ETH_P_8021Q), &event));
	assert_int_equal(event.link.parent, 0);
}

static struct nlmsghdr *route(uint8_t type, uint32_t table)
{
	const struct rtmsg info = {.rtm_family = AF_INET,
		.rtm_dst_len = 8,
		.rtm_type = type,
		.rtm_table = RT_TABLE_UNSPEC};
	struct nlmsghdr *message = begin(RTM_NEWROUTE, &info, sizeof(info));

	mnl_attr_put(message, RTA_DST, 4, "\x0a\0\0");
	mnl_attr_put_u32(message, RTA_TABLE, table);
	return message;
}

/* Hops with an encapsulation are the kernel's; those beyond the eighth are left out. */
static void test_multipath(void **state)
{
	struct nlmsghdr *message = route(RTN_UNICAST, RT_TABLE_MAIN);
	uint8_t hops[10 * 16] = {0};

	(void)state;
	for (uint8_t i = 0; i < 10; i++) {
		const struct rtnexthop hop = {.rtnh_len = 16,
			.rtnh_ifindex = i + 1,
			.rtnh_flags = i == 2 ? RTNH_F_DEAD : 0};
		const uint16_t attribute[2] = {8, i == 1 ? RTA_ENCAP : RTA_GATEWAY};

		memcpy(hops + 16 * i, &hop, sizeof(hop));
		memcpy(hops + 16 * i + 8, attribute, sizeof(attribute));
		memcpy(hops + 16 * i + 12, (uint8_t[]){10, 0, 0, i}, 4);
	}
	mnl_attr_put(message, RTA_MULTIPATH, sizeof(hops), hops);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.route.n_hops, WATCH_HOPS_MAX);
	for (uint8_t i = 0; i < WATCH_HOPS_MAX; i++) {
		assert_int_equal(event.route.hops[i].ifindex, i == 1 ? 0 : i + 1);
		assert_int_equal(event.route.hops[i].is_dead, i == 2);
		assert_int_equal(event.route.hops[i].gateway.bytes[3], i == 1 ? 0 : i);
	}
	/* a length that leads out of the attribute ends it */
	message = route(RTN_UNICAST, RT_TABLE_MAIN);
	hops[16] = 255;
	mnl_attr_put(message, RTA_MULTIPATH, 40, hops);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.route.n_hops, 1);
	hops[0] = 0;
	message = route(RTN_UNICAST, RT_TABLE_MAIN);
	mnl_attr_put(message, RTA_MULTIPATH, 40, hops);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.route.n_hops, 0);
}

static void test_encapsulated(void **state)
{
	struct nlmsghdr *message = route(RTN_UNICAST, RT_TABLE_MAIN);

	(void)state;
	mnl_attr_put_u16(message, RTA_ENCAP_TYPE, 1);
	mnl_attr_put_u32(message, RTA_OIF, 3);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.route.n_hops, 1);
	assert_int_equal(event.route.hops[0].ifindex, 0);
}

/* An object of the kernel for the hops, of which it says no more than the number. */
static void test_nothing_but_an_object(void **state)
{
	struct nlmsghdr *message = route(RTN_UNICAST, RT_TABLE_MAIN);

	(void)state;
	mnl_attr_put_u32(message, RTA_NH_ID, 3);
	assert_true(route_parse(message, &event));
	assert_int_equal(event.route.n_hops, 0);
	assert_int_equal(event.route.type, WATCH_UNICAST);
}

/* Messages that end too early, or are about something else. */
static void test_not_watched(void **state)
{
	const struct netconfmsg netconf = {.ncm_family = AF_INET};
	struct nlmsghdr *message = route(RTN_UNICAST, 100);

	(void)state;
	assert_false(route_parse(message, &event));
	message = route(RTN_UNICAST, RT_TABLE_MAIN);
	message->nlmsg_len = NLMSG_HDRLEN + 4;
	assert_false(route_parse(message, &event));
	message = begin(RTM_NEWNETCONF, &netconf, sizeof(netconf));
	mnl_attr_put_u32(message, NETCONFA_FORWARDING, 1);
	mnl_attr_put_u32(message, NETCONFA_IFINDEX, 2);
	assert_false(route_parse(message, &event));
	message = begin(RTM_NEWNETCONF, &netconf, sizeof(netconf));
	mnl_attr_put_u32(message, NETCONFA_FORWARDING, 1);
	mnl_attr_put_u32(message, NETCONFA_IFINDEX, (uint32_t)NETCONFA_IFINDEX_ALL);
	assert_true(route_parse(message, &event));
	assert_true(event.is_forwarding);
	message = begin(RTM_NEWRULE, &netconf, sizeof(netconf));
	assert_false(route_parse(message, &event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vlan),
		cmocka_unit_test(test_multipath),
		cmocka_unit_test(test_encapsulated),
		cmocka_unit_test(test_nothing_but_an_object),
		cmocka_unit_test(test_not_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
