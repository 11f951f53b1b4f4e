/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What a datagram carries beside its bytes, as ancillary data of the socket: which of our addresses it
 * came to or leaves from, and its type of service or traffic class. Owner of the message.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

struct packet;

/* Room for the ancillary data of one message, either family. */
struct udp_details {
	_Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))
		+ CMSG_SPACE(sizeof(int))];
};

/* udp_details_expect prepares `msg` to receive them. */
void udp_details_expect(struct msghdr *msg, struct udp_details *details);

/* udp_details_read takes outer.local and outer_tos of a received message; outer is filled already. */
void udp_details_read(const struct msghdr *msg, struct packet *packet);

/* udp_details_write gives outer.local and outer_tos to a message that is to be sent. */
void udp_details_write(
	struct msghdr *msg, struct udp_details *details, const struct packet *packet);

/* udp_details_forget_local takes our address out of a message, so that the host chooses one. false: there was none. */
bool udp_details_forget_local(struct msghdr *msg);
