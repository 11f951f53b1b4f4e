/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TUN_DEVICE "/dev/net/tun"

/* Since Linux 6.2. */
#ifndef TUN_F_USO4
#	define TUN_F_USO4 0x20
#	define TUN_F_USO6 0x40
#endif

/* The kernel would read a '%' as a pattern and choose a name itself. */
static bool tun_name_is_valid(const char *name)
{
	return *name && strlen(name) < IFNAMSIZ && !strpbrk(name, "%/: \t\n");
}

static int tun_open_device(struct host_error *out_error)
{
	int fd = open(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return host_error_set(out_error, errno,
			TUN_DEVICE " is missing; load it with `modprobe tun`,"
				   " or hand the device to the container");
	case EACCES:
	case EPERM:
		return host_error_set(
			out_error, errno, TUN_DEVICE ": %m; run as root or with CAP_NET_ADMIN");
	default:
		return host_error_set(out_error, errno, TUN_DEVICE ": %m");
	}
}

static int tun_attach_error(const char *name, int error_number, struct host_error *out_error)
{
	switch (error_number) {
	case EBUSY: /* the kernel's answer to IFF_TUN_EXCL */
		return host_error_set(out_error, EEXIST,
			"an interface %s exists already; remove it (ip link delete dev %s)"
			" or choose another name",
			name, name);
	case EPERM:
		return host_error_set(out_error, EPERM,
			"may not create the interface %s: %m; run as root or with CAP_NET_ADMIN",
			name);
	default:
		return host_error_set(
			out_error, error_number, "cannot create the interface %s: %m", name);
	}
}

/* Returns the descriptor of a new queue of `name`. */
static int tun_open_queue(const char *name, unsigned flags, struct host_error *out_error)
{
	struct ifreq request = {.ifr_flags = (short)flags};
	int fd = tun_open_device(out_error);

	if (fd < 0)
		return fd;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		int error_number = errno;

		close(fd);
		return tun_attach_error(name, error_number, out_error);
	}
	return fd;
}

static int open_queues(const char *name, unsigned kind, unsigned n_queues, int out_fds[],
	unsigned *out_ifindex, struct host_error *out_error)
{
	unsigned flags = kind | IFF_NO_PI | (n_queues > 1 ? IFF_MULTI_QUEUE : 0);

	if (!tun_name_is_valid(name) || !n_queues || n_queues > TUN_QUEUES_MAX)
		return host_error_set(out_error, EINVAL,
			"interface \"%.32s\" with %u queues: a name has 1 to %d letters,"
			" digits or _=+.-, and 1 to %d queues are possible",
			name, n_queues, IFNAMSIZ - 1, TUN_QUEUES_MAX);
	for (unsigned i = 0; i < n_queues; i++) {
		/* IFF_TUN_EXCL: the kernel refuses a name in use, with no gap after a look of ours. */
		out_fds[i] = tun_open_queue(name, flags | (i ? 0 : IFF_TUN_EXCL), out_error);
		if (out_fds[i] < 0) {
			tun_close(out_fds, i);
			return out_fds[i];
		}
	}
	*out_ifindex = if_nametoindex(name);
	return 0;
}

int tun_open(const char *name, unsigned n_queues, int out_fds[], unsigned *out_ifindex,
	struct host_error *out_error)
{
	return open_queues(name, IFF_TUN, n_queues, out_fds, out_ifindex, out_error);
}

int tun_open_offloaded(const char *name, unsigned n_queues, int out_fds[], unsigned *out_ifindex,
	struct host_error *out_error)
{
	return open_queues(name, IFF_TUN | IFF_VNET_HDR, n_queues, out_fds, out_ifindex, out_error);
}

bool tun_offload(int fd)
{
	const unsigned tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;

	if (ioctl(fd, TUNSETOFFLOAD, tcp | TUN_F_USO4 | TUN_F_USO6) == 0)
		return true;
	(void)ioctl(fd, TUNSETOFFLOAD, tcp);
	return false;
}

int tap_open(const char *name, const uint8_t mac[6], unsigned n_queues, int out_fds[],
	unsigned *out_ifindex, struct host_error *out_error)
{
	struct ifreq request = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};
	int result = open_queues(name, IFF_TAP, n_queues, out_fds, out_ifindex, out_error);

	if (result < 0)
		return result;
	memcpy(request.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(out_fds[0], SIOCSIFHWADDR, &request) == 0)
		return 0;
	result = host_error_set(out_error, errno,
		"cannot give %s the MAC address %02x:%02x:%02x:%02x:%02x:%02x: %m", name, mac[0],
		mac[1], mac[2], mac[3], mac[4], mac[5]);
	tun_close(out_fds, n_queues);
	return result;
}

void tap_set_carrier(int fd, bool is_up)
{
	int carrier = is_up;

	(void)ioctl(fd, TUNSETCARRIER, &carrier);
}

void tun_close(const int fds[], unsigned n_queues)
{
	for (unsigned i = 0; i < n_queues; i++)
		close(fds[i]);
}
