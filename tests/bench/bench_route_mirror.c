/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * How long the first dump of the kernel's routes takes and what they need: bench_route_mirror [N_ROUTES], default
 * 1,000,000, /24s over four gateways, in a network namespace of its own. Needs root; without, exit status 77.
 */

#include "base/addr.h"
#include "base/clock.h"
#include "route_mirror.h"
#include "tables/rcu.h"
#include "tables/routes.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool is_right, const char *what)
{
	if (!is_right) {
		fprintf(stderr, "%s\n", what);
		exit(1);
	}
}

static void batch(const char *operation, unsigned n_routes)
{
	FILE *pipe = popen("ip -batch -", "w");

	must(pipe, "ip -batch");
	for (unsigned i = 0; i < n_routes; i++)
		fprintf(pipe, "route %s %u.%u.%u.0/24 via 10.0.0.%u\n", operation, 20 + i / 65536,
			i / 256 % 256, i % 256, 2 + i % 4);
	must(pclose(pipe) == 0, "ip -batch");
}

static uint64_t resident_kib(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	must(file && fscanf(file, "%*u %lu", &pages) == 1, "/proc/self/statm");
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static double seconds_since(uint64_t begin_ns)
{
	return (double)(clock_read() - begin_ns) / 1e9;
}

/* Reads until nothing comes for a while; the longest call in *out_longest_ns. */
static void settle(struct route_mirror *mirror, uint64_t *out_longest_ns)
{
	struct pollfd fd = {.fd = route_mirror_fd(mirror), .events = POLLIN};
	struct host_error error;

	while (poll(&fd, 1, 200) > 0) {
		uint64_t begin_ns = clock_read(), took_ns;

		must(route_mirror_read(mirror, &error) == 0, "route_mirror_read");
		took_ns = clock_read() - begin_ns;
		if (took_ns > *out_longest_ns)
			*out_longest_ns = took_ns;
	}
}

static void print_stats(const struct route_mirror *mirror, const struct routes *routes)
{
	struct route_mirror_stats stats;

	route_mirror_get_stats(mirror, &stats);
	printf("%lu routes, %lu losses; bytes a route: %.1f in control, %.1f in the workers' tables\n",
		(unsigned long)stats.n_routes, (unsigned long)stats.n_losses,
		(double)stats.bytes / (double)stats.n_routes,
		(double)routes_bytes(routes) / (double)stats.n_routes);
}

int main(int argc, char **argv)
{
	const unsigned n_routes = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;
	struct host_error error;
	struct route_mirror *mirror;
	struct routes *routes;
	uint64_t begin_ns, before_kib, longest_ns = 0;
	struct rcu *rcu;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0)
		return 77;
	must(system("ip link set lo up && ip link add p0 type veth peer name q0 && ip link set p0 up"
		    " && ip link set q0 up && ip addr add 10.0.0.1/24 dev p0")
			== 0,
		"a link");
	begin_ns = clock_read();
	batch("add", n_routes);
	printf("the kernel took the routes in %.2f s\n", seconds_since(begin_ns));
	before_kib = resident_kib();
	rcu = rcu_create(1);
	routes = routes_create(rcu);
	mirror = route_mirror_create(routes, &error);
	must(mirror && route_mirror_add_port(mirror, 2, 0) == 0, "route_mirror_create");
	begin_ns = clock_read();
	must(route_mirror_start(mirror, &error) == 0, "route_mirror_start");
	printf("first dump in %.2f s, %.1f bytes a route resident\n", seconds_since(begin_ns),
		(double)(resident_kib() - before_kib) * 1024 / n_routes);
	print_stats(mirror, routes);

	/* News of half of them have no room in the socket: another dump, and a sweep of what has gone. */
	batch("del", n_routes / 2);
	begin_ns = clock_read();
	settle(mirror, &longest_ns);
	printf("after %u removals unread: as the kernel in %.2f s, longest call %.2f ms\n",
		n_routes / 2, seconds_since(begin_ns) - 0.2, (double)longest_ns / 1e6);
	print_stats(mirror, routes);
	route_mirror_destroy(mirror);
	routes_destroy(routes);
	rcu_destroy(rcu);
	return 0;
}
