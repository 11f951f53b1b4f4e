/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Addresses with ports; where a peer is may be a name, so that value is the one that may ask the network. */

#include <netdb.h>
#include <string.h>

#include "config/reader.h"
#include "config/values.h"

/* Of a whole load, a second each: a machine that boots gets time for its network, and no more. */
#define PAUSES_MAX 10

#define TEXT_SIZE (NI_MAXHOST + 16)

/* Cuts "host:port" or "[host]:port" in two, in place. */
static bool endpoint_split(char *text, char **out_host, char **out_port)
{
	char *colon = strrchr(text, ':');

	if (!colon)
		return false;
	*colon = '\0';
	*out_port = colon + 1;
	*out_host = text;
	if (*text == '[') {
		if (colon[-1] != ']')
			return false;
		colon[-1] = '\0';
		*out_host = text + 1;
		return strchr(text, ':') != NULL;
	}
	return *text && !strchr(text, ':');
}

static bool port_read(const char *text, uint16_t *out)
{
	unsigned port = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		port = 10 * port + (unsigned)(*text - '0');
		if (port > UINT16_MAX)
			return false;
	}
	*out = (uint16_t)port;
	return port != 0;
}

static bool host_resolve(struct config_reader *reader, const char *host, struct endpoint *out)
{
	char shown[CONFIG_QUOTE_MAX];
	int error;

	if (ip_addr_parse(host, &out->addr))
		return true;
	while ((error = reader->env->resolve(host, &out->addr, &out->scope)) == EAI_AGAIN
		&& reader->n_pauses < PAUSES_MAX) {
		reader->n_pauses++;
		reader->env->pause();
	}
	return !error
		|| config_bad_value(reader, "cannot find the address of %s: %s",
			config_quote(host, shown), gai_strerror(error));
}

/* `*out_host` is a part of `copy`, `out` gets the port; false: reported. */
static bool endpoint_read(struct config_reader *reader, const char *text, char copy[TEXT_SIZE],
	char **out_host, struct endpoint *out)
{
	char shown[CONFIG_QUOTE_MAX], *port;

	config_quote(text, shown);
	if (strlen(text) >= TEXT_SIZE)
		return config_bad_value(reader, "%s is too long", shown);
	memcpy(copy, text, strlen(text) + 1);
	if (!endpoint_split(copy, out_host, &port))
		return config_bad_value(reader, "%s is not an address and a port", shown);
	return port_read(port, &out->port)
		|| config_bad_value(reader, "%s has no valid port", shown);
}

bool value_endpoint(struct config_reader *reader, const char *text)
{
	char copy[TEXT_SIZE], *host = copy;
	struct endpoint endpoint = {0};

	if (!endpoint_read(reader, text, copy, &host, &endpoint)
		|| !host_resolve(reader, host, &endpoint))
		return false;
	reader->peer->endpoint = endpoint;
	return true;
}

bool value_metrics(struct config_reader *reader, const char *text)
{
	char copy[TEXT_SIZE], shown[CONFIG_QUOTE_MAX], *host = copy;
	struct endpoint endpoint = {0};

	if (!endpoint_read(reader, text, copy, &host, &endpoint))
		return false;
	if (!ip_addr_parse(host, &endpoint.addr))
		return config_bad_value(reader, "%s is not an address", config_quote(host, shown));
	reader->config->metrics = endpoint;
	return true;
}
