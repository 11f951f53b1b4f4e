/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "host/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define OBJECT "take_udp.bpf.o"
#define OBJECT_IN_BUILD "/../dataplane/io/xdp/" OBJECT /* from the program's folder */
#define OBJECT_INSTALLED XDP_OBJECT_DIR "/" OBJECT

#define MAPS_MAX 8 /* the program has 3 */
#define PORT_WORDS (65536 / 64)

/* What is attached to an interface. */
struct attached {
	struct bpf_prog_info info;
	uint32_t map_ids[MAPS_MAX];
	char interface[IFNAMSIZ];
};

/* --- the file --- */

/* The folder of the running program; false: /proc is not there, or the path is too long. */
static bool own_folder(char out[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (len < 0)
		return false;
	out[len] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

const char *xdp_program_path(struct host_error *out_error)
{
	static char path[PATH_MAX + sizeof(OBJECT_IN_BUILD)];
	char folder[PATH_MAX];

	if (own_folder(folder)) {
		snprintf(path, sizeof(path), "%s" OBJECT_IN_BUILD, folder);
		if (access(path, R_OK) < 0)
			snprintf(path, sizeof(path), "%s", OBJECT_INSTALLED);
	} else {
		snprintf(path, sizeof(path), "%s", OBJECT_INSTALLED);
	}
	if (access(path, R_OK) < 0) {
		(void)host_error_set(
			out_error, errno, "the program for shared NICs, %s: %m; install it", path);
		return NULL;
	}
	if (strchr(path, ',')) {
		(void)host_error_set(out_error, EINVAL,
			"DPDK takes no path with a comma for the program for shared NICs, %s",
			path);
		return NULL;
	}
	return path;
}

/* --- what is on the interface --- */

static bool is_ours(const struct attached *attached)
{
	return strcmp(attached->info.name, "take_udp") == 0;
}

static int refuse_access(const char *interface, int error_number, struct host_error *out_error)
{
	return host_error_set(out_error, error_number,
		"the XDP program on %s cannot be read: %m; run as root or with CAP_NET_ADMIN and "
		"CAP_SYS_ADMIN",
		interface);
}

/* An interface without a program has one with the id 0 and no name. */
static int read_attached(unsigned ifindex, struct attached *out, struct host_error *out_error)
{
	uint32_t id = 0, len = sizeof(out->info);
	int fd, result;

	*out = (struct attached){
		.info.nr_map_ids = MAPS_MAX, .info.map_ids = (uintptr_t)out->map_ids};
	if (!if_indextoname(ifindex, out->interface))
		return host_error_set(
			out_error, ENODEV, "there is no interface with the number %u", ifindex);
	result = bpf_xdp_query_id((int)ifindex, 0, &id);
	if (result < 0)
		return refuse_access(out->interface, -result, out_error);
	if (id == 0)
		return 0;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return refuse_access(out->interface, errno, out_error);
	result = bpf_obj_get_info_by_fd(fd, &out->info, &len) < 0
		? refuse_access(out->interface, errno, out_error)
		: 0;
	close(fd);
	return result;
}

/* The descriptor of a map of the program. */
static int open_map(const struct attached *attached, const char *name, struct host_error *out_error)
{
	for (uint32_t i = 0; i < attached->info.nr_map_ids && i < MAPS_MAX; i++) {
		struct bpf_map_info info = {0};
		uint32_t len = sizeof(info);
		int fd = bpf_map_get_fd_by_id(attached->map_ids[i]);

		if (fd < 0)
			return refuse_access(attached->interface, errno, out_error);
		if (bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && strcmp(info.name, name) == 0)
			return fd;
		close(fd);
	}
	return host_error_set(out_error, ENOENT, "the XDP program on %s has no map %s",
		attached->interface, name);
}

/* --- a leftover --- */

/* An AF_XDP socket that is good enough for a map of such, bound to nothing. */
static int open_spare_socket(void)
{
	uint32_t n_descriptors = 1;
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0
		&& setsockopt(fd, SOL_XDP, XDP_RX_RING, &n_descriptors, sizeof(n_descriptors)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/*
 * A socket leaves the map when its process ends, however that ends. The map does not tell what is in it, but it
 * refuses a new entry over an old one; ours goes with our socket.
 */
static int is_in_use(const struct attached *attached, struct host_error *out_error)
{
	int map = open_map(attached, "xsks_map", out_error);
	int spare = open_spare_socket();
	int result = 0;

	if (map >= 0 && spare < 0)
		result = host_error_set(out_error, errno, "cannot open an AF_XDP socket: %m");
	for (uint32_t queue = 0; map >= 0 && spare >= 0 && result == 0; queue++) {
		if (bpf_map_update_elem(map, &queue, &spare, BPF_NOEXIST) == 0)
			continue;
		if (errno == E2BIG) /* behind the last queue */
			break;
		result = errno == EEXIST ? 1 : refuse_access(attached->interface, errno, out_error);
	}
	if (spare >= 0)
		close(spare);
	if (map < 0)
		return map;
	close(map);
	return result;
}

int xdp_leftover_remove(unsigned ifindex, struct host_error *out_error)
{
	struct attached attached;
	int result = read_attached(ifindex, &attached, out_error);

	if (result < 0 || attached.info.id == 0)
		return result;
	if (!is_ours(&attached))
		return host_error_set(out_error, EBUSY,
			"another XDP program, %s, is on %s; take it off (ip link set %s xdp off) or "
			"choose another interface",
			attached.info.name, attached.interface, attached.interface);
	result = is_in_use(&attached, out_error);
	if (result < 0)
		return result;
	if (result > 0)
		return host_error_set(out_error, EBUSY, "another wg-dpdk uses %s; stop that first",
			attached.interface);
	result = bpf_xdp_detach((int)ifindex, 0, NULL);
	return result < 0 ? host_error_set(out_error, -result,
		       "what a stopped wg-dpdk left on %s does not go: %m; try ip link set "
		       "%s xdp off",
		       attached.interface, attached.interface)
			  : 0;
}

/* --- what the program takes --- */

static int set_own_mac(const struct attached *attached, struct host_error *out_error)
{
	struct ifreq request = {0};
	uint32_t zero = 0;
	uint64_t mac = 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), map, result;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", attached->interface);
	result = fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request) < 0 ? host_error_set(
			 out_error, errno, "%s tells no MAC address: %m", attached->interface)
								  : 0;
	if (fd >= 0)
		close(fd);
	if (result < 0)
		return result;
	memcpy(&mac, request.ifr_hwaddr.sa_data, 6);
	map = open_map(attached, "own_mac", out_error);
	if (map < 0)
		return map;
	if (bpf_map_update_elem(map, &zero, &mac, BPF_ANY) < 0)
		result = refuse_access(attached->interface, errno, out_error);
	close(map);
	return result;
}

int xdp_listen_ports_set(
	unsigned ifindex, const uint16_t ports[], size_t n, struct host_error *out_error)
{
	uint64_t words[PORT_WORDS] = {0};
	struct attached attached;
	int result = read_attached(ifindex, &attached, out_error), map;

	if (result < 0)
		return result;
	if (!is_ours(&attached))
		return host_error_set(out_error, ENOENT, "wg-dpdk's XDP program is not on %s",
			attached.interface);
	result = set_own_mac(&attached, out_error);
	if (result < 0)
		return result;
	map = open_map(&attached, "listen_ports", out_error);
	if (map < 0)
		return map;
	for (size_t i = 0; i < n; i++)
		words[ports[i] / 64] |= UINT64_C(1) << (ports[i] % 64);
	for (uint32_t i = 0; i < PORT_WORDS && result == 0; i++)
		if (bpf_map_update_elem(map, &i, &words[i], BPF_ANY) < 0)
			result = refuse_access(attached.interface, errno, out_error);
	close(map);
	return result;
}
