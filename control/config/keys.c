/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/keys.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"
#include "config/reader.h"
#include "config/values.h"

#define PREFIXES "addresses with prefix lengths, such as 10.0.0.2/24 or fd00::2/64"
#define NAME_ALLOWED "1 to 15 of the characters a-z A-Z 0-9 _ = + . -"
#define DESCRIPTORS "0 (what the device prefers) or 64 to 32768 packets"
#define GROUPS "a list of groups, ( { ... }, { ... } )"
#define KEY_FILE_ALLOWED "the path of a file that holds one key and nothing else"

const struct config_key config_keys[N_KEYS] = {
	[KEY_CRYPTO] = {{"crypto", NULL}, SCOPE_GATEWAY, FORM_TEXT, .parse = value_crypto,
		.default_text = "auto", .allowed = "auto, native, ipsec-mb or scalar"},
	[KEY_LOG_LEVEL] = {{"log_level", NULL}, SCOPE_GATEWAY, FORM_TEXT, .parse = value_log_level,
		.default_text = "info", .allowed = "error, warning, info or debug"},
	[KEY_IDLE_SPIN_US] = {{"idle_spin_us", NULL}, SCOPE_GATEWAY, FORM_NUMBER,
		.parse = value_idle_spin_us, .default_text = "50",
		.allowed = "0 to 1000000 microseconds"},
	[KEY_MBUFS] = {{"mbufs", NULL}, SCOPE_GATEWAY, FORM_NUMBER, .parse = value_mbufs,
		.default_text = "0",
		.allowed = "0 (from the number of workers) or 1024 to 16777216 packet buffers"},
	[KEY_HANDSHAKE_LCORES] = {{"handshake_lcores", NULL}, SCOPE_GATEWAY, FORM_NUMBER,
		.parse = value_handshake_lcores, .default_text = "0",
		.allowed = "0 (the control thread does it) to 16 lcores"},
	[KEY_OFFLOAD] = {{"offload", NULL}, SCOPE_GATEWAY, FORM_BOOL, .parse = value_offload,
		.default_text = "true", .allowed = "true or false"},
	[KEY_METRICS] = {{"metrics", NULL}, SCOPE_GATEWAY, FORM_TEXT, .parse = value_metrics,
		.allowed =
			"an address and a port from 1 to 65535, such as 127.0.0.1:9586 or [::1]:9586"},
	[KEY_METRICS_PEERS] = {{"metrics_peers", NULL}, SCOPE_GATEWAY, FORM_BOOL,
		.parse = value_metrics_peers, .default_text = "true", .allowed = "true or false"},
	[KEY_INTERFACES] = {{"interfaces", NULL}, SCOPE_GATEWAY, FORM_GROUPS, .allowed = GROUPS},
	[KEY_PORTS] = {{"ports", NULL}, SCOPE_GATEWAY, FORM_GROUPS, .allowed = GROUPS},

	[KEY_NAME] = {{"name", NULL}, SCOPE_INTERFACE, FORM_TEXT, .parse = value_name,
		.allowed = NAME_ALLOWED},
	[KEY_CONFIG] = {{"config", NULL}, SCOPE_INTERFACE, FORM_TEXT, .parse = value_config,
		.allowed = "the path of a file in the format of wg(8)"},
	[KEY_PRIVATE_KEY] = {{"private_key", "PrivateKey"}, SCOPE_INTERFACE, FORM_TEXT,
		.is_secret = true, .parse = value_private_key,
		.allowed = "a key of 44 characters, as wg genkey prints it"},
	[KEY_PRIVATE_KEY_FILE] = {{"private_key_file", "PrivateKeyFile"}, SCOPE_INTERFACE,
		FORM_TEXT, .parse = value_private_key_file, .allowed = KEY_FILE_ALLOWED},
	[KEY_LISTEN_PORT] = {{"listen_port", "ListenPort"}, SCOPE_INTERFACE, FORM_NUMBER,
		.parse = value_listen_port, .default_text = "0",
		.allowed = "0 (any free port) to 65535"},
	[KEY_FWMARK] = {{"fwmark", "FwMark"}, SCOPE_INTERFACE, FORM_TEXT_OR_NUMBER,
		.parse = value_fwmark, .default_text = "off",
		.allowed = "off or 0 (both: no mark) to 4294967295, also as 0x..."},
	[KEY_MTU] = {{"mtu", "MTU"}, SCOPE_INTERFACE, FORM_NUMBER, .parse = value_mtu,
		.default_text = "0",
		.allowed =
			"0 (from the route to the peers) or 576 to 9000 bytes, with IPv6 from 1280"},
	[KEY_TABLE] = {{"table", "Table"}, SCOPE_INTERFACE, FORM_TEXT_OR_NUMBER,
		.parse = value_table, .default_text = "auto",
		.allowed = "auto, off or the number of a routing table, 1 to 4294967295"},
	[KEY_ADDRESSES] = {{"addresses", "Address"}, SCOPE_INTERFACE, FORM_LIST,
		.parse = value_address, .allowed = PREFIXES},
	[KEY_UNDERLAY] = {{"underlay", NULL}, SCOPE_INTERFACE, FORM_TEXT, .parse = value_underlay,
		.default_text = "socket", .allowed = "socket or port"},
	[KEY_MSS_CLAMP] = {{"mss_clamp", NULL}, SCOPE_INTERFACE, FORM_BOOL,
		.parse = value_mss_clamp, .default_text = "false", .allowed = "true or false"},
	[KEY_DSCP] = {{"dscp", NULL}, SCOPE_INTERFACE, FORM_TEXT, .parse = value_dscp,
		.default_text = "zero", .allowed = "zero or copy"},
	[KEY_NETNS] = {{"netns", NULL}, SCOPE_INTERFACE, FORM_TEXT, .parse = value_netns,
		.allowed = "the name of a namespace of ip-netns(8), up to 63 characters without /; "
			   "or \"\", the one of the sockets"},
	[KEY_PEERS] = {{"peers", NULL}, SCOPE_INTERFACE, FORM_GROUPS, .allowed = GROUPS},

	[KEY_DNS] = {{NULL, "DNS"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},
	[KEY_PRE_UP] = {{NULL, "PreUp"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},
	[KEY_POST_UP] = {{NULL, "PostUp"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},
	[KEY_PRE_DOWN] = {{NULL, "PreDown"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},
	[KEY_POST_DOWN] = {{NULL, "PostDown"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},
	[KEY_SAVE_CONFIG] = {{NULL, "SaveConfig"}, SCOPE_INTERFACE, FORM_TEXT, .is_refused = true},

	[KEY_PUBLIC_KEY] = {{"public_key", "PublicKey"}, SCOPE_PEER, FORM_TEXT,
		.parse = value_public_key,
		.allowed = "a key of 44 characters, as wg pubkey prints it"},
	[KEY_PRESHARED_KEY] = {{"preshared_key", "PresharedKey"}, SCOPE_PEER, FORM_TEXT,
		.is_secret = true, .parse = value_preshared_key,
		.allowed = "a key of 44 characters, as wg genpsk prints it"},
	[KEY_PRESHARED_KEY_FILE] = {{"preshared_key_file", "PresharedKeyFile"}, SCOPE_PEER,
		FORM_TEXT, .parse = value_preshared_key_file, .allowed = KEY_FILE_ALLOWED},
	[KEY_ENDPOINT] = {{"endpoint", "Endpoint"}, SCOPE_PEER, FORM_TEXT, .parse = value_endpoint,
		.allowed = "name:port, 192.0.2.1:port or [2001:db8::1]:port, with port 1 to 65535"},
	[KEY_ALLOWED_IPS] = {{"allowed_ips", "AllowedIPs"}, SCOPE_PEER, FORM_LIST,
		.parse = value_allowed_ip, .allowed = PREFIXES},
	[KEY_PERSISTENT_KEEPALIVE] = {{"persistent_keepalive", "PersistentKeepalive"}, SCOPE_PEER,
		FORM_TEXT_OR_NUMBER, .parse = value_persistent_keepalive, .default_text = "off",
		.allowed = "off or 0 (both: none) to 65535 seconds"},

	[KEY_PORT_NAME] = {{"name", NULL}, SCOPE_PORT, FORM_TEXT, .parse = value_port_name,
		.allowed = NAME_ALLOWED},
	[KEY_PORT_DEVICE] = {{"device", NULL}, SCOPE_PORT, FORM_TEXT, .parse = value_port_device,
		.allowed = "a PCI address such as 0000:3b:00.0, or a virtual device such as "
			   "net_af_xdp0,iface=eth1"},
	[KEY_PORT_MODE] = {{"mode", NULL}, SCOPE_PORT, FORM_TEXT, .parse = value_port_mode,
		.default_text = "own", .allowed = "own, or shared for a net_af_xdp device"},
	[KEY_PORT_QUEUES] = {{"queues", NULL}, SCOPE_PORT, FORM_TEXT_OR_NUMBER,
		.parse = value_port_queues, .default_text = "auto",
		.allowed = "auto (one for each worker) or 1 to 64"},
	[KEY_PORT_MTU] = {{"mtu", NULL}, SCOPE_PORT, FORM_NUMBER, .parse = value_port_mtu,
		.default_text = "0",
		.allowed = "0 (the device's own) or 576 to 9000 bytes, for IPv6 from 1280"},
	[KEY_PORT_RX_DESCRIPTORS] = {{"rx_descriptors", NULL}, SCOPE_PORT, FORM_NUMBER,
		.parse = value_port_rx_descriptors, .default_text = "0", .allowed = DESCRIPTORS},
	[KEY_PORT_TX_DESCRIPTORS] = {{"tx_descriptors", NULL}, SCOPE_PORT, FORM_NUMBER,
		.parse = value_port_tx_descriptors, .default_text = "0", .allowed = DESCRIPTORS},
	[KEY_PORT_HOST_RATE] = {{"host_rate", NULL}, SCOPE_PORT, FORM_NUMBER,
		.parse = value_port_host_rate, .default_text = "20000",
		.allowed = "100 to 10000000 packets per second"},
	[KEY_PORT_PROMISCUOUS] = {{"promiscuous", NULL}, SCOPE_PORT, FORM_BOOL,
		.parse = value_port_promiscuous, .default_text = "false",
		.allowed = "true or false"},
};

static bool name_equal(enum config_format format, const char *a, const char *b)
{
	return format == FORMAT_WG ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

const struct config_key *key_find(
	enum config_format format, enum config_scope scope, const char *name)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		const struct config_key *key = &config_keys[i];

		if (key->scope == scope && key->name[format]
			&& name_equal(format, key->name[format], name))
			return key;
	}
	return NULL;
}

const char *key_scope_title(enum config_format format, enum config_scope scope)
{
	static const char *const titles[N_FORMATS][N_SCOPES] = {
		[FORMAT_GW] = {"the top level", "an interface", "a peer", "a port"},
		[FORMAT_WG] = {"the file", "[Interface]", "[Peer]", "a port"},
	};

	return titles[format][scope];
}

#define NAME_MAX_LEN 24 /* longer than every name of a key, much shorter than a key */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The next row of Levenshtein's table, for the character at `text` in front of what was compared. */
static void distance_step(unsigned row[NAME_MAX_LEN + 1], const char *text, const char *name)
{
	unsigned diagonal = row[0]++;

	for (size_t j = 1; name[j - 1]; j++) {
		unsigned changed = diagonal + (strncasecmp(text, &name[j - 1], 1) != 0);

		diagonal = row[j];
		row[j] = least(changed, 1 + least(row[j], row[j - 1]));
	}
}

/* How many characters to add, drop or change until `text` is `name`, which is the name of a key. */
static unsigned name_distance(const char *text, const char *name)
{
	unsigned row[NAME_MAX_LEN + 1];

	for (unsigned j = 0; j < array_len(row); j++)
		row[j] = j;
	for (; *text; text++)
		distance_step(row, text, name);
	return row[strlen(name)];
}

/* The key whose name in either format is closest to `name`, of equals that of `scope`; NULL: none is close. */
static const struct config_key *key_nearest(
	enum config_format format, enum config_scope scope, const char *name)
{
	const struct config_key *nearest = NULL;
	unsigned limit = 1 + (unsigned)strlen(name) / 3;

	for (size_t i = 0; i < N_KEYS; i++) {
		const struct config_key *key = &config_keys[i];

		for (size_t f = 0; f < N_FORMATS; f++) {
			unsigned distance;

			if (!key->name[format] || !key->name[f] || key->is_refused)
				continue;
			distance = name_distance(name, key->name[f]);
			if (distance < limit
				|| (nearest && distance == limit && nearest->scope != scope
					&& key->scope == scope)) {
				limit = distance;
				nearest = key;
			}
		}
	}
	return nearest;
}

static void list_names(
	enum config_format format, enum config_scope scope, char *out, size_t out_len)
{
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < N_KEYS; i++) {
		const struct config_key *key = &config_keys[i];

		if (key->scope == scope && key->name[format] && !key->is_refused && len < out_len)
			len += (size_t)snprintf(out + len, out_len - len, "%s%s", len ? ", " : "",
				key->name[format]);
	}
}

static bool is_only_of_gw_conf(enum config_scope scope, const char *name)
{
	const struct config_key *key = key_find(FORMAT_GW, scope, name);

	return key && !key->name[FORMAT_WG] && key->form != FORM_GROUPS;
}

bool key_fail_unknown(struct config_reader *reader, enum config_scope scope, const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
	enum config_format format = reader->format;
	const struct config_key *nearest;
	char names[512], hint[80] = "";

	list_names(format, scope, names, sizeof(names));
	/* Something else than a name may be the half of a key. */
	if (strlen(name) > NAME_MAX_LEN || name[strspn(name, letters)])
		return config_fail(reader, "line", "not the name of a key of %s; allowed: %s",
			key_scope_title(format, scope), names);
	nearest = key_nearest(format, scope, name);
	if (format == FORMAT_WG && is_only_of_gw_conf(scope, name))
		snprintf(hint, sizeof(hint), ", %s stands in gw.conf, beside config", name);
	else if (nearest && nearest->scope != scope)
		snprintf(hint, sizeof(hint), ", %s belongs to %s", nearest->name[format],
			key_scope_title(format, nearest->scope));
	else if (nearest)
		snprintf(hint, sizeof(hint), ", did you mean %s?", nearest->name[format]);
	return config_fail(reader, name, "unknown key of %s%s; allowed: %s",
		key_scope_title(format, scope), hint, names);
}
