/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What forwards: the gateway of pipeline_fixture.h with two ports, which have twins, and these ways.
 * LAN and WAN are the ports, A and B the two interfaces (they listen on ports 51820 and 51821):
 *
 *   10.0.0.1, 2001:db8::1                this host
 *   172.16/16, fd16::/16                 A          172.18/16      A, with an MTU of 1000
 *   172.17/16, fd17::/16                 B
 *   192.0.2/24, 2001:db8:2::/64          WAN, only their ninth address has answered
 *   198.51.100/24, 2001:db8:51::/48      WAN, by a gateway of their family
 *   203.0.113/24                         WAN, by an IPv6 gateway
 *   100.64/16                            WAN, by a gateway, with an MTU of 1000
 *   100.66/16                            WAN, by a gateway that has not answered
 *   198.18/16                            LAN, tagged, by a gateway
 *   100.65/16                            the kernel decides
 *
 * LAN has a link of VLAN 7, WAN of VLAN 8.
 */

#include "forward.h"
#include "pipeline_fixture.h"
#include "port_fixture.h"
#include "tables/routes.h"

#define IFACE_A FIXTURE_FIRST_IFACE
#define IFACE_B (FIXTURE_FIRST_IFACE + 1)
#define LISTEN_A 51820
#define LISTEN_B 51821

enum {
	PORT_LAN,
	PORT_WAN,
	N_PORTS,
};

/* The last byte of a neighbour's MAC address; the others are 02:00:5e:00:53. */
enum {
	MAC_NINTH = 0x09,
	MAC_GATEWAY = 0xfe,
	MAC_GATEWAY6 = 0xf6,
	MAC_VLAN = 0x07,
};

struct forward_fixture {
	struct fixture f;
	struct port_fixture ports[N_PORTS];
	struct forward_port views[N_PORTS];
	struct iface_view *ifaces[IFACE_B + 1];
	_Atomic uint8_t listen_ports[UINT16_MAX + 1];
	struct routes *routes;
	struct forward fw;
	int twin_fd,
		host_fd; /* the kernel's side of both ports, and where a test reads what it got */
};

/* forward_fixture_start makes the ports, once, after EAL. */
void forward_fixture_start(struct forward_fixture *w);
void forward_fixture_stop(struct forward_fixture *w);

/* forward_fixture_init makes everything else; fini returns -1 when a buffer is lost. */
void forward_fixture_init(struct forward_fixture *w);
int forward_fixture_fini(struct forward_fixture *w);

void forward_fixture_route(
	struct forward_fixture *w, const char *prefix, const struct hop *hops, uint8_t n_hops);
void forward_fixture_neighbour(struct forward_fixture *w, uint8_t port_id, uint16_t vlan,
	const char *address, uint8_t mac);

/* forward_fixture_share: the NIC of the port is the kernel's. */
void forward_fixture_share(struct forward_fixture *w, uint8_t port_id);

/* The address in `text`, as a field of struct hop. */
struct ip_addr forward_fixture_addr(const char *text);
