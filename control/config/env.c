/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <time.h>

#include "config/reader.h"
#include "protocol.h"

static int open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int resolve(const char *host, struct ip_addr *out, uint32_t *out_scope)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
	struct sockaddr_storage address = {0};
	struct addrinfo *found;
	struct endpoint endpoint;
	int error = getaddrinfo(host, NULL, &hints, &found);

	if (error)
		return error;
	/* The system has put the address first that it would use itself: RFC 6724. */
	memcpy(&address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	endpoint_from_sockaddr(&endpoint, &address);
	*out = endpoint.addr;
	*out_scope = endpoint.scope;
	return endpoint.addr.family == AF_UNSPEC ? EAI_FAMILY : 0;
}

static void pause_a_second(void)
{
	const struct timespec second = {.tv_sec = 1};

	nanosleep(&second, NULL);
}

const struct config_env config_env_host = {
	.open_file = open_file,
	.resolve = resolve,
	.pause = pause_a_second,
	.interfaces_max = WG_INTERFACES_MAX,
	.ports_max = WG_PORTS_MAX,
	.peers_max = WG_PEERS_MAX,
};
