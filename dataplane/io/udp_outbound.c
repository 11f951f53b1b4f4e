/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "io/udp_outbound.h"

#include <errno.h>
#include <poll.h>

#include "drops.h"

/* Longest wait for room in a full socket buffer, per burst: longer than a link needs to drain some packets. */
#define SEND_WAIT_MS 2

/* What a message may carry: less than 2^16 bytes with the headers, and 64 datagrams, as many as a burst. udp(7). */
#define MESSAGE_MAX (UINT16_MAX - 8 - 20)
_Static_assert(PACKET_BURST <= 64, "UDP_MAX_SEGMENTS of the first kernels that had it");

/*
 * After the kernel refused to cut a message, so many bursts are not joined, then it is asked again: the way may have been too
 * narrow, or the device without checksums, and both are other peers' luck.
 */
#define APART_BURSTS 256

static bool is_like(struct rte_mbuf *a, struct rte_mbuf *b)
{
	return packet_of(a)->outer_tos == packet_of(b)->outer_tos
		&& endpoint_equal(
			packet_destination(packet_of(a)), packet_destination(packet_of(b)));
}

/* How many datagrams at the beginning can be one message: of one length, but the last, which may be shorter. */
static unsigned message_len(struct rte_mbuf **mbufs, unsigned n)
{
	const uint32_t piece_len = rte_pktmbuf_data_len(mbufs[0]);
	uint32_t len = piece_len;
	unsigned i;

	for (i = 1; i < n; i++) {
		uint32_t next_len = rte_pktmbuf_data_len(mbufs[i]);

		if (rte_pktmbuf_data_len(mbufs[i - 1]) != piece_len || next_len > piece_len
			|| next_len == 0 || len + next_len > MESSAGE_MAX
			|| !is_like(mbufs[0], mbufs[i]))
			break;
		len += next_len;
	}
	return i;
}

static unsigned prepare(
	struct udp_outbound *out, struct rte_mbuf **mbufs, unsigned n, bool is_joined)
{
	unsigned n_msgs = 0;

	for (unsigned i = 0, len; i < n; i += len, n_msgs++) {
		struct msghdr *msg = &out->msgs[n_msgs].msg_hdr;

		len = is_joined ? message_len(mbufs + i, n - i) : 1;
		for (unsigned k = i; k < i + len; k++)
			out->iovs[k] = (struct iovec){
				rte_pktmbuf_mtod(mbufs[k], void *), rte_pktmbuf_data_len(mbufs[k])};
		*msg = (struct msghdr){.msg_name = &out->names[n_msgs],
			.msg_namelen = endpoint_to_sockaddr(
				packet_destination(packet_of(mbufs[i])), &out->names[n_msgs]),
			.msg_iov = &out->iovs[i],
			.msg_iovlen = len};
		udp_details_write(msg, &out->details[n_msgs], packet_of(mbufs[i]),
			len > 1 ? rte_pktmbuf_data_len(mbufs[i]) : 0);
	}
	return n_msgs;
}

static unsigned count_datagrams(const struct mmsghdr *msgs, unsigned n)
{
	unsigned n_datagrams = 0;

	for (unsigned i = 0; i < n; i++)
		n_datagrams += (unsigned)msgs[i].msg_hdr.msg_iovlen;
	return n_datagrams;
}

/*
 * Sends the prepared messages; a datagram that the kernel refuses is counted and left out. Returns how many datagrams are
 * done with: the next one begins a message that the kernel does not want to cut.
 */
static unsigned send_prepared(
	struct udp_outbound *out, int fd, struct drops *drops, unsigned n_msgs)
{
	unsigned sent = 0, waits = 0;

	while (sent < n_msgs) {
		struct mmsghdr *msgs = out->msgs + sent;
		unsigned n = n_msgs - sent;
		int result = fd < 0 ? -1 : sendmmsg(fd, msgs, n, MSG_DONTWAIT);
		bool is_full = result < 0 && fd >= 0 && (errno == EAGAIN || errno == ENOBUFS);

		if (result > 0) {
			sent += (unsigned)result;
		} else if (is_full && waits++ == 0) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, SEND_WAIT_MS);
		} else if (is_full) {
			drops_count(drops, DROP_OUTER_SEND_FAILED, count_datagrams(msgs, n));
			break;
		} else if (msgs[0].msg_hdr.msg_iovlen > 1) {
			return count_datagrams(out->msgs, sent);
		} else if (fd < 0 || !udp_details_forget_local(&msgs[0].msg_hdr)) {
			/* Our address may be gone, so it was tried without: the host knows others. */
			drops_count(drops, DROP_OUTER_SEND_FAILED, 1);
			sent++;
		}
	}
	return count_datagrams(out->msgs, n_msgs);
}

void udp_outbound_send(
	struct udp_outbound *out, int fd, struct drops *drops, struct rte_mbuf **mbufs, unsigned n)
{
	bool is_joined = out->is_joined && fd >= 0 && out->n_apart == 0;
	unsigned done;

	if (out->n_apart)
		out->n_apart--;
	done = send_prepared(out, fd, drops, prepare(out, mbufs, n, is_joined));
	if (done == n)
		return;
	out->n_apart = APART_BURSTS;
	(void)send_prepared(out, fd, drops, prepare(out, mbufs + done, n - done, false));
}
