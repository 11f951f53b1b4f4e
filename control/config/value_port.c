/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"
#include "config/scalars.h"
#include "config/values.h"

#define MTU_MIN_IPV6 1280 /* RFC 8200, section 5 */

#define DEVICE_NAME_SIZE 64 /* DPDK's RTE_DEV_NAME_MAX_LEN, the final zero too */

static const char name_characters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool value_port_name(struct config_reader *reader, const char *text)
{
	char shown[CONFIG_QUOTE_MAX];

	if (!value_name_is_valid(text))
		return config_bad_value(
			reader, "%s cannot be the name of a port", config_quote(text, shown));
	snprintf(reader->port->name, IFNAMSIZ, "%s", text);
	return true;
}

/* Hexadecimal digits up to `end`, which is passed; NULL: there is something else, or the number is above `max`. */
static const char *hex_take(const char *at, char end, uint32_t max, uint32_t *out)
{
	char *behind;
	unsigned long value;

	if (!isxdigit((unsigned char)*at) || (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')))
		return NULL;
	value = strtoul(at, &behind, 16);
	if (*behind != end || value > max)
		return NULL;
	*out = (uint32_t)value;
	return end ? behind + 1 : behind;
}

/* A PCI address of `text_len` bytes, in the one form that DPDK and sysfs use. */
static bool pci_address_take(const char *text, size_t text_len, char *out, size_t out_size)
{
	char address[24];
	uint32_t domain = 0, bus, device, function;
	const char *at = address, *colon;

	if (text_len >= sizeof(address))
		return false;
	memcpy(address, text, text_len);
	address[text_len] = '\0';
	colon = strchr(address, ':');
	if (colon && strchr(colon + 1, ':'))
		at = hex_take(at, ':', UINT32_MAX, &domain);
	at = at ? hex_take(at, ':', 0xff, &bus) : NULL;
	at = at ? hex_take(at, '.', 0x1f, &device) : NULL;
	at = at ? hex_take(at, '\0', 7, &function) : NULL;
	if (!at)
		return false;
	snprintf(out, out_size, "%.4" PRIx32 ":%.2" PRIx32 ":%.2" PRIx32 ".%" PRIx32, domain, bus,
		device, function);
	return true;
}

/* Some ",key=value", to the end of the text. */
static bool are_arguments(const char *at)
{
	while (*at == ',') {
		size_t key_len = strspn(at + 1, name_characters), value_len;

		at += 1 + key_len;
		if (key_len == 0 || *at != '=')
			return false;
		value_len = strcspn(++at, ", \t\r\n");
		if (value_len == 0)
			return false;
		at += value_len;
	}
	return !*at;
}

/* `name_len` bytes of `text` as DPDK calls that device; false: neither a PCI address nor a virtual device. */
static bool device_name_take(const char *text, size_t name_len, char out[DEVICE_NAME_SIZE])
{
	if (strncmp(text, "net_", 4) != 0 && strncmp(text, "eth_", 4) != 0)
		return pci_address_take(text, name_len, out, DEVICE_NAME_SIZE);
	if (name_len <= 4 || name_len >= DEVICE_NAME_SIZE
		|| strspn(text, name_characters) != name_len)
		return false;
	snprintf(out, DEVICE_NAME_SIZE, "%.*s", (int)name_len, text);
	return true;
}

bool value_port_device(struct config_reader *reader, const char *text)
{
	size_t size = sizeof(reader->port->device), name_len = strcspn(text, ",");
	const char *arguments = text + name_len;
	char shown[CONFIG_QUOTE_MAX], name[DEVICE_NAME_SIZE];

	if (!device_name_take(text, name_len, name))
		return config_bad_value(reader, "%s is neither a PCI address nor a virtual device",
			config_quote(text, shown));
	if (!are_arguments(arguments))
		return config_bad_value(
			reader, "%s does not go on with ,key=value", config_quote(text, shown));
	name_len = strlen(name); /* a PCI address may have become longer */
	if (name_len + strlen(arguments) >= size)
		return config_bad_value(reader, "longer than %zu characters", size - 1);
	memcpy(reader->port->device, name, name_len);
	memcpy(reader->port->device + name_len, arguments, strlen(arguments) + 1);
	return true;
}

bool value_port_mode(struct config_reader *reader, const char *text)
{
	static const char *const words[] = {[PORT_OWN] = "own", [PORT_SHARED] = "shared", NULL};
	int found = scalar_find_word(reader, text, words);

	if (found >= 0)
		reader->port->mode = (enum port_mode)found;
	return found >= 0;
}

bool value_port_queues(struct config_reader *reader, const char *text)
{
	uint32_t queues = 0;

	if (strcmp(text, "auto") != 0 && !scalar_take_number(reader, text, 1, 64, &queues))
		return false;
	reader->port->queues = (uint16_t)queues;
	return true;
}

bool value_port_mtu(struct config_reader *reader, const char *text)
{
	struct port_config *port = reader->port;

	if (!scalar_take_u16_or_zero(reader, text, 576, 9000, &port->mtu))
		return false;
	if (port->mtu != 0 && port->mtu < MTU_MIN_IPV6)
		config_warn(reader, "%s:%u: mtu: %u is too small for IPv6, which needs %u",
			reader->place.file, reader->place.line, port->mtu, MTU_MIN_IPV6);
	return true;
}

bool value_port_rx_descriptors(struct config_reader *reader, const char *text)
{
	return scalar_take_u16_or_zero(reader, text, 64, 32768, &reader->port->rx_descriptors);
}

bool value_port_tx_descriptors(struct config_reader *reader, const char *text)
{
	return scalar_take_u16_or_zero(reader, text, 64, 32768, &reader->port->tx_descriptors);
}

bool value_port_host_rate(struct config_reader *reader, const char *text)
{
	return scalar_take_number(reader, text, 100, 10000000, &reader->port->host_rate);
}

bool value_port_promiscuous(struct config_reader *reader, const char *text)
{
	return scalar_take_flag(reader, text, &reader->port->is_promiscuous);
}
