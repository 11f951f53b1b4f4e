/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * Runs in the kernel, on the NIC of a port in shared mode, before anything else sees a frame. It takes what
 * frame.c will call a datagram for an interface of ours, and hands it to the AF_XDP socket of its queue; the rest is
 * the kernel's, which has no other way to get it: a frame taken too many is a frame lost. DPDK's net_af_xdp
 * loads it (argument xdp_prog), finds xsks_map and fills that; control/host/xdp.c fills the other two.
 */

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define QUEUES_MAX 256
#define FAMILY_IPV4 2 /* AF_INET and AF_INET6, whose header is not for this machine */
#define FAMILY_IPV6 10
#define NOT_WHOLE 0x3fff /* more fragments to come, or an offset */

/* The AF_XDP socket of each queue, for as long as there is one. */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, QUEUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");

/* A bit for each UDP port: bit `port % 64` of entry `port / 64`. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536 / 64);
	__type(key, __u32);
	__type(value, __u64);
} listen_ports SEC(".maps");

/* The NIC's address as it lies in a frame, and two bytes of 0. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} own_mac SEC(".maps");

struct vlan_tag {
	__be16 id;
	__be16 type; /* of what follows */
};

static __always_inline int is_to_own_mac(const struct ethhdr *ethernet)
{
	__u32 zero = 0;
	const __u64 *own = bpf_map_lookup_elem(&own_mac, &zero);
	__u64 to = 0;

	__builtin_memcpy(&to, ethernet->h_dest, sizeof(ethernet->h_dest));
	return own && *own == to;
}

static __always_inline int is_listen_port(__u16 port)
{
	__u32 word = port / 64;
	const __u64 *bits = bpf_map_lookup_elem(&listen_ports, &word);

	return bits && *bits >> (port % 64) & 1;
}

/* Older kernels do not see that 16 bits with their bytes swapped are at most 65535; the mask tells them. */
static __always_inline __u32 length_load(__be16 from)
{
	__u32 len = bpf_ntohs(from);

	barrier_var(len); /* else the compiler knows, too, and leaves the mask out */
	return len & 0xffff;
}

/* The UDP header behind a plain IPv4 header, if all of the packet is here; else NULL. */
static __always_inline const struct udphdr *find_udp4(
	const struct iphdr *ip, const void *end, struct bpf_fib_lookup *out_way)
{
	const struct udphdr *udp = (const void *)(ip + 1);
	__u32 len;

	if ((const void *)(udp + 1) > end || ip->version != 4 || ip->ihl != 5
		|| ip->protocol != IPPROTO_UDP || ip->frag_off & bpf_htons(NOT_WHOLE))
		return NULL;
	len = length_load(ip->tot_len);
	if ((const void *)ip + len > end || bpf_ntohs(udp->len) + sizeof(*ip) != len)
		return NULL;
	out_way->family = FAMILY_IPV4;
	out_way->tos = ip->tos;
	out_way->ipv4_src = ip->saddr;
	out_way->ipv4_dst = ip->daddr;
	return udp;
}

/* The same of IPv6. A peer on the link (fe80::) is the kernel's: where such an address is depends on the link. */
static __always_inline const struct udphdr *find_udp6(
	const struct ipv6hdr *ip, const void *end, struct bpf_fib_lookup *out_way)
{
	const struct udphdr *udp = (const void *)(ip + 1);
	__u32 len;

	if ((const void *)(udp + 1) > end || ip->version != 6 || ip->nexthdr != IPPROTO_UDP
		|| (ip->saddr.s6_addr32[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return NULL;
	len = length_load(ip->payload_len);
	if ((const void *)udp + len > end || bpf_ntohs(udp->len) != len)
		return NULL;
	out_way->family = FAMILY_IPV6;
	__builtin_memcpy(out_way->ipv6_src, &ip->saddr, sizeof(ip->saddr));
	__builtin_memcpy(out_way->ipv6_dst, &ip->daddr, sizeof(ip->daddr));
	return udp;
}

static __always_inline const struct udphdr *find_udp(
	const struct ethhdr *ethernet, const void *end, struct bpf_fib_lookup *out_way)
{
	const void *packet = ethernet + 1;
	const struct vlan_tag *tag = packet;
	__be16 type = ethernet->h_proto;

	if (type == bpf_htons(ETH_P_8021Q)) {
		packet = tag + 1;
		if (packet > end)
			return NULL;
		type = tag->type;
	}
	if (type == bpf_htons(ETH_P_IP))
		return find_udp4(packet, end, out_way);
	return type == bpf_htons(ETH_P_IPV6) ? find_udp6(packet, end, out_way) : NULL;
}

/*
 * A router also passes on what others send to the same port of somebody else. Where the host does not forward, a packet
 * to its MAC address is its own.
 */
static __always_inline int is_for_host(struct xdp_md *context, struct bpf_fib_lookup *way)
{
	long answer;

	way->ifindex = context->ingress_ifindex;
	answer = bpf_fib_lookup(context, way, sizeof(*way), 0);
	return answer == BPF_FIB_LKUP_RET_NOT_FWDED || answer == BPF_FIB_LKUP_RET_FWD_DISABLED;
}

SEC("xdp")
int take_udp(struct xdp_md *context)
{
	const void *end = (const void *)(long)context->data_end;
	const struct ethhdr *ethernet = (const void *)(long)context->data;
	struct bpf_fib_lookup way = {0};
	const struct udphdr *udp;

	if ((const void *)(ethernet + 1) > end)
		return XDP_PASS;
	udp = find_udp(ethernet, end, &way);
	if (!udp || !is_listen_port(bpf_ntohs(udp->dest)) || !is_to_own_mac(ethernet)
		|| !is_for_host(context, &way))
		return XDP_PASS;
	/* The last argument is the answer where no socket is bound. */
	return (int)bpf_redirect_map(&xsks_map, context->rx_queue_index, XDP_PASS);
}

/* What the kernel asks for before it lets a program call bpf_fib_lookup. */
char licence[] SEC("license") = "Dual BSD/GPL";
