/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/udp_details.h"

#include <netinet/udp.h>
#include <string.h>

#include "packet.h"

void udp_details_expect(struct msghdr *msg, struct udp_details *details)
{
	msg->msg_control = details->bytes;
	msg->msg_controllen = sizeof(details->bytes);
}

/* The kernel gives IPv4's type of service as one byte and IPv6's traffic class as an int. */
static uint8_t read_tos(const struct cmsghdr *cmsg)
{
	int value = 0;

	memcpy(&value, CMSG_DATA(cmsg), RTE_MIN(cmsg->cmsg_len - CMSG_LEN(0), sizeof(value)));
	return (uint8_t)value;
}

void udp_details_read(const struct msghdr *msg, struct packet *packet)
{
	struct msghdr *walk = (struct msghdr *)(uintptr_t)msg; /* CMSG_NXTHDR takes no const */
	struct ip_addr *local = &packet->outer.local;

	packet->outer_tos = 0;
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(walk); cmsg; cmsg = CMSG_NXTHDR(walk, cmsg)) {
		if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) {
			const struct in_pktinfo *info = (const void *)CMSG_DATA(cmsg);

			*local = (struct ip_addr){.family = AF_INET};
			memcpy(local->bytes, &info->ipi_spec_dst, sizeof(info->ipi_spec_dst));
		} else if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO) {
			const struct in6_pktinfo *info = (const void *)CMSG_DATA(cmsg);

			local->family = AF_INET6;
			memcpy(local->bytes, &info->ipi6_addr, sizeof(info->ipi6_addr));
		} else if ((cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TOS)
			|| (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_TCLASS)) {
			packet->outer_tos = read_tos(cmsg);
		}
	}
}

uint32_t udp_details_piece_len(const struct msghdr *msg)
{
	struct msghdr *walk = (struct msghdr *)(uintptr_t)msg; /* CMSG_NXTHDR takes no const */
	int len = 0;

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(walk); cmsg; cmsg = CMSG_NXTHDR(walk, cmsg))
		if (cmsg->cmsg_level == IPPROTO_UDP && cmsg->cmsg_type == UDP_GRO
			&& cmsg->cmsg_len >= CMSG_LEN(sizeof(len)))
			memcpy(&len, CMSG_DATA(cmsg), sizeof(len));
	return len > 0 ? (uint32_t)len : 0;
}

static void append(struct msghdr *msg, int level, int type, const void *data, size_t len)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)((char *)msg->msg_control + msg->msg_controllen);

	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

static void append_local(struct msghdr *msg, const struct endpoint *endpoint)
{
	if (endpoint->local.family == AF_INET) {
		struct in_pktinfo info = {.ipi_ifindex = 0};

		memcpy(&info.ipi_spec_dst, endpoint->local.bytes, sizeof(info.ipi_spec_dst));
		append(msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	} else {
		struct in6_pktinfo info = {.ipi6_ifindex = endpoint->scope};

		memcpy(&info.ipi6_addr, endpoint->local.bytes, sizeof(info.ipi6_addr));
		append(msg, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
}

void udp_details_write(struct msghdr *msg, struct udp_details *details, const struct packet *packet,
	uint16_t piece_len)
{
	const struct endpoint *to = packet_destination(packet);
	int tos = packet->outer_tos;

	msg->msg_control = details->bytes;
	msg->msg_controllen = 0;
	if (piece_len)
		append(msg, IPPROTO_UDP, UDP_SEGMENT, &piece_len, sizeof(piece_len));
	if (tos && to->addr.family == AF_INET)
		append(msg, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	else if (tos)
		append(msg, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
	if (to->local.family == to->addr.family) /* last, so that it can be taken off again */
		append_local(msg, to);
}

bool udp_details_forget_local(struct msghdr *msg)
{
	struct cmsghdr *last = NULL;

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		last = cmsg;
	if (!last || (last->cmsg_type != IP_PKTINFO && last->cmsg_type != IPV6_PKTINFO))
		return false;
	msg->msg_controllen = (size_t)((char *)last - (char *)msg->msg_control);
	return true;
}
