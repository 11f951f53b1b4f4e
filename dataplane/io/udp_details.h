/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * What a message carries beside its bytes, as ancillary data of the socket: which of our addresses it
 * came to or leaves from, its type of service or traffic class, and how long the datagrams are of which it has
 * several. Owner of the message.
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct packet;

/* Room for the ancillary data of one message, either family. */
struct udp_details {
	_Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))
		+ CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(int))];
};

/* udp_details_expect prepares `msg` to receive them. */
void udp_details_expect(struct msghdr *msg, struct udp_details *details);

/* udp_details_read takes outer.local and outer_tos of a received message; outer is filled already. */
void udp_details_read(const struct msghdr *msg, struct packet *packet);

/* udp_details_piece_len: the bytes of each datagram but the last in a received message; 0: it is a single one. UDP_GRO. */
uint32_t udp_details_piece_len(const struct msghdr *msg);

/*
 * udp_details_write gives outer.local and outer_tos to a message that is to be sent; the kernel cuts it into datagrams of
 * `piece_len` bytes, 0: it does not. UDP_SEGMENT.
 */
void udp_details_write(struct msghdr *msg, struct udp_details *details, const struct packet *packet,
	uint16_t piece_len);

/* udp_details_forget_local takes our address out of a message, so that the host chooses one. false: there was none. */
bool udp_details_forget_local(struct msghdr *msg);
