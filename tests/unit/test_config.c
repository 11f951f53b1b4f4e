/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* Good configurations: every field, every edge, and what the machine may do to them. */

#include "unit/config_fixture.h"

#include <time.h>

#include "base/compiler.h"
#include "config/key_text.h"
#include "unit/failing_alloc.h"

#define MINIMAL "interfaces = ( { config = \"wg0.conf\"; } );\n"
#define WG_HEAD "[Interface]\nPrivateKey = " S1 "\n"
#define WG_PEER "[Peer]\nPublicKey = " P1 "\n"

static struct gw_config *load_texts(const char *gw, const char *wg)
{
	struct gw_config *config;

	write_text("gw.conf", gw);
	if (wg)
		write_text("wg0.conf", wg);
	config = load_here("gw.conf");
	if (n_errors)
		fail_msg("%s", last_error);
	assert_non_null(config);
	return config;
}

static struct gw_config *load_wg(const char *wg)
{
	return load_texts(MINIMAL, wg);
}

static void assert_key(const uint8_t *key, const char *text)
{
	char is[KEY_TEXT_LEN + 1];

	assert_string_equal(key_text_encode(key, is), text);
}

static void assert_prefix(const struct ip_prefix *prefix, const char *text)
{
	char is[ADDR_TEXT_MAX];

	assert_string_equal(ip_prefix_format(prefix, is), text);
}

static void assert_endpoint(const struct endpoint *endpoint, const char *text)
{
	char is[ADDR_TEXT_MAX];

	assert_string_equal(endpoint_format(endpoint, is), text);
}

/* The same interface in both formats must give the same. */
static void assert_full_interface(const struct interface_config *interface)
{
	const struct peer_config *peer = interface->peers;

	assert_key(interface->private_key, S1);
	assert_int_equal(interface->listen_port, 51820);
	assert_int_equal(interface->fwmark, 0xca6c);
	assert_int_equal(interface->mtu, 1420);
	assert_int_equal(interface->route_mode, ROUTE_TABLE);
	assert_int_equal(interface->route_table, 200);
	assert_int_equal(interface->n_addresses, 2);
	assert_prefix(&interface->addresses[0], "10.7.0.1/24");
	assert_prefix(&interface->addresses[1], "fd07::1/64");
	assert_int_equal(interface->n_peers, 2);

	assert_key(peer[0].public_key, P1);
	assert_key(peer[0].preshared_key, S2);
	assert_endpoint(&peer[0].endpoint, "192.0.2.1:4500");
	assert_int_equal(peer[0].keepalive_s, 25);
	assert_int_equal(peer[0].n_allowed_ips, 3);
	assert_prefix(&peer[0].allowed_ips[0], "10.7.0.2/32");
	assert_prefix(&peer[0].allowed_ips[1], "10.8.0.0/16"); /* host bits cleared */
	assert_prefix(&peer[0].allowed_ips[2], "fd07::2/128");

	assert_key(peer[1].public_key, P2);
	assert_key(peer[1].preshared_key, ZERO_KEY);
	assert_int_equal(peer[1].endpoint.addr.family, AF_UNSPEC);
	assert_int_equal(peer[1].keepalive_s, 0);
	assert_int_equal(peer[1].n_allowed_ips, 0);
}

static void test_full_wg_file(void **state)
{
	struct gw_config *config = load_wg("# a gateway\n"
					   "[Interface]\n"
					   "  PrivateKey=" S1 "\n"
					   "ListenPort = 51820 # the usual one\n"
					   "FwMark = 0xCa6C\n"
					   "\tMTU\t=\t1420\n"
					   "Table = 200\n"
					   "Address = 10.7.0.1/24\n"
					   "Address = fd07::1/64\n"
					   "\n"
					   "[Peer]\n"
					   "PublicKey = " P1 "\n"
					   "PresharedKey = " S2 "\n"
					   "AllowedIPs = 10.7.0.2/32 , 10.8.9.9/16\n"
					   "Endpoint = 192.0.2.1:4500\n"
					   "PersistentKeepalive = 25\n"
					   "AllowedIPs = fd07::2\n"
					   "[Peer]\n"
					   "AllowedIPs =\n"
					   "PublicKey = " P2 "\n"
					   "PersistentKeepalive = off");

	(void)state;
	assert_int_equal(config->n_interfaces, 1);
	assert_string_equal(config->interfaces[0].name, "wg0");
	assert_full_interface(&config->interfaces[0]);
	assert_int_equal(n_warnings, 0);
	config_free(config);
}

static void test_full_gw_conf(void **state)
{
	struct gw_config *config = load_texts(
		"crypto = \"scalar\"; log_level = \"debug\"; idle_spin_us = 7; mbufs = 8192;\n"
		"handshake_lcores = 2; offload = false;\n"
		"metrics = \"[::1]:9586\"; metrics_peers = false;\n"
		"interfaces = ( { name = \"wg7\"; private_key = \"" S1 "\";\n"
		"listen_port = 51820; fwmark = 0xca6c; mtu = 1420; table = 200;\n"
		"addresses = [ \"10.7.0.1/24\", \"fd07::1/64\" ];\n"
		"peers = ( {\n"
		"public_key = \"" P1 "\"; preshared_key = \"" S2 "\";\n"
		"endpoint = \"192.0.2.1:4500\"; persistent_keepalive = 25;\n"
		"allowed_ips = ( \"10.7.0.2/32\", \"10.8.9.9/16\", \"fd07::2\" ); },\n"
		"{ public_key = \"" P2 "\"; allowed_ips = []; } ); } );\n",
		NULL);
	char where[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(config->crypto, "scalar");
	assert_string_equal(config->log_level, "debug");
	assert_int_equal(config->idle_spin_us, 7);
	assert_int_equal(config->mbufs, 8192);
	assert_int_equal(config->handshake_lcores, 2);
	assert_false(config->is_offloaded);
	assert_string_equal(endpoint_format(&config->metrics, where), "[::1]:9586");
	assert_false(config->has_peer_metrics);
	assert_string_equal(config->interfaces[0].name, "wg7");
	assert_full_interface(&config->interfaces[0]);
	config_free(config);
}

static void test_defaults(void **state)
{
	struct gw_config *config = load_wg(WG_HEAD WG_PEER);
	const struct interface_config *interface = &config->interfaces[0];

	(void)state;
	assert_string_equal(config->crypto, "auto");
	assert_string_equal(config->log_level, "info");
	assert_int_equal(config->idle_spin_us, 50);
	assert_int_equal(config->mbufs, 0);
	assert_int_equal(config->handshake_lcores, 0);
	assert_true(config->is_offloaded);
	assert_int_equal(config->metrics.addr.family, AF_UNSPEC);
	assert_true(config->has_peer_metrics);
	assert_int_equal(interface->listen_port, 0);
	assert_int_equal(interface->fwmark, 0);
	assert_int_equal(interface->mtu, 0);
	assert_int_equal(interface->route_mode, ROUTE_AUTO);
	assert_int_equal(interface->n_addresses, 0);
	assert_int_equal(interface->peers[0].keepalive_s, 0);
	assert_int_equal(interface->peers[0].endpoint.addr.family, AF_UNSPEC);
	config_free(config);
}

/* Ways to write the same: each of these must load. */
static const char *const good_wg_files[] = {
	"[Interface]\r\nPrivateKey = " S1 "\r\nListenPort = 1\r\n[Peer]\r\nPublicKey = " P1 "\r\n",
	"\xef\xbb\xbf" WG_HEAD WG_PEER,
	"[INTERFACE]\nPRIVATEKEY = " S1 "\n[peer]\npublickey=" P1,
	" [ Interface ] # here\n\tPrivateKey = " S1 "\n[Peer]\nPublicKey = " P1,
	WG_PEER "\n" WG_HEAD,
	WG_HEAD WG_PEER "AllowedIPs = 10.0.0.1/32\nAllowedIPs = 10.0.0.1/32\n",
	WG_HEAD "MTU = 1279\nAddress = 10.0.0.1/24\n" WG_PEER,
	WG_HEAD "MTU = 1280\nAddress = fd00::1/64\n" WG_PEER,
	WG_HEAD WG_PEER "Endpoint = [fd00::1]:1\n",
	WG_HEAD WG_PEER "Endpoint = peer.example:65535\n",
	WG_HEAD WG_PEER "[Peer]\nPublicKey = " P2 "\nAllowedIPs = 0.0.0.0/0, ::/0\n",
};

static void test_good_wg_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(good_wg_files); i++) {
		struct gw_config *config = load_wg(good_wg_files[i]);

		assert_key(config->interfaces[0].private_key, S1);
		assert_key(config->interfaces[0].peers[0].public_key, P1);
		config_free(config);
	}
}

/* Both ends of every range, in both formats. The ends' outer neighbours are rows of test_config_bad. */
static const struct {
	const char *wg, *gw;
	size_t offset, len;
	uint32_t value;
} limits[] = {
#define LIMIT(wg_text, gw_text, field, value) \
	{ \
		wg_text, gw_text, offsetof(struct interface_config, field), \
			sizeof(((struct interface_config *)NULL)->field), value \
	}
	LIMIT("ListenPort = 0", "listen_port = 0", listen_port, 0),
	LIMIT("ListenPort = 65535", "listen_port = 65535", listen_port, 65535),
	LIMIT("ListenPort = 0xffff", "listen_port = 0xffff", listen_port, 65535),
	LIMIT("FwMark = off", "fwmark = \"off\"", fwmark, 0),
	LIMIT("FwMark = 0", "fwmark = 0", fwmark, 0),
	LIMIT("FwMark = 4294967295", "fwmark = 4294967295L", fwmark, UINT32_MAX),
	LIMIT("FwMark = 4294967295", "fwmark = \"4294967295\"", fwmark, UINT32_MAX),
	LIMIT("FwMark = 0xFFFFFFFF", "fwmark = 0xFFFFFFFF", fwmark, UINT32_MAX),
	LIMIT("FwMark = 0x000000000f", "fwmark = 0x000000000f", fwmark, 15),
	LIMIT("FwMark = 0x80000000", "fwmark = \"0x80000000\"", fwmark, 0x80000000),
	LIMIT("MTU = 0", "mtu = 0", mtu, 0),
	LIMIT("MTU = 576", "mtu = 576", mtu, 576),
	LIMIT("MTU = 9000", "mtu = 9000", mtu, 9000),
	LIMIT("Table = auto", "table = \"auto\"", route_mode, ROUTE_AUTO),
	LIMIT("Table = off", "table = \"off\"", route_mode, ROUTE_OFF),
	LIMIT("Table = 1", "table = 1", route_table, 1),
	LIMIT("Table = 4294967295", "table = 4294967295L", route_table, UINT32_MAX),
};

static void assert_limit(size_t row, struct gw_config *config)
{
	uint32_t value = 0;

	memcpy(&value, (const char *)config->interfaces + limits[row].offset, limits[row].len);
	if (value != limits[row].value)
		fail_msg("row %zu: %u", row, value);
	config_free(config);
}

static void test_limits(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < array_len(limits); i++) {
		snprintf(text, sizeof(text), WG_HEAD "%s\n", limits[i].wg);
		assert_limit(i, load_wg(text));
		snprintf(text, sizeof(text),
			"interfaces = ( { name = \"wg0\"; private_key = \"" S1 "\"; %s; } );",
			limits[i].gw);
		assert_limit(i, load_texts(text, NULL));
	}
}

static void test_limits_of_the_gateway(void **state)
{
	struct gw_config *config = load_texts(
		"idle_spin_us = 1000000; mbufs = 16777216; handshake_lcores = 16;" MINIMAL,
		WG_HEAD);

	(void)state;
	assert_int_equal(config->idle_spin_us, 1000000);
	assert_int_equal(config->mbufs, 16777216);
	assert_int_equal(config->handshake_lcores, 16);
	config_free(config);
	config = load_texts("idle_spin_us = 0; mbufs = 1024;" MINIMAL, WG_HEAD);
	assert_int_equal(config->idle_spin_us, 0);
	assert_int_equal(config->mbufs, 1024);
	config_free(config);
}

static void test_name_of_15_and_peers_to_the_limit(void **state)
{
	struct gw_config *config = load_texts(
		"interfaces = ( { name = \"a_=+.-B90123456\"; config = \"wg0.conf\"; } );",
		WG_HEAD WG_PEER "[Peer]\nPublicKey = " P2 "\n[Peer]\nPublicKey = " P3
				"\n[Peer]\nPublicKey = " S2 "\nPersistentKeepalive = 65535\n");

	(void)state;
	assert_string_equal(config->interfaces[0].name, "a_=+.-B90123456");
	assert_int_equal(config->interfaces[0].n_peers, PEERS_MAX_IN_TESTS);
	assert_int_equal(config->interfaces[0].peers[3].keepalive_s, 65535);
	config_free(config);
}

/* The same peer, prefix and port 0 at two interfaces is no clash. */
static void test_two_interfaces(void **state)
{
	struct gw_config *config;

	(void)state;
	write_text("wg1.conf",
		WG_HEAD "[Peer]\nPublicKey = " P2 "\n" WG_PEER "AllowedIPs = 10.0.0.0/8\n");
	config = load_texts(
		"interfaces = ( { config = \"wg0.conf\"; }, { config = \"wg1.conf\"; } );",
		WG_HEAD WG_PEER "AllowedIPs = 10.0.0.0/8\n");
	assert_int_equal(config->n_interfaces, 2);
	assert_string_equal(config->interfaces[0].name, "wg0");
	assert_string_equal(config->interfaces[1].name, "wg1");
	assert_int_equal(config->interfaces[0].n_peers, 1);
	assert_int_equal(config->interfaces[1].peers[1].n_allowed_ips, 1);
	config_free(config);
}

static void test_names(void **state)
{
	struct gw_config *config = load_wg(WG_HEAD WG_PEER "Endpoint = slow.example:7\n");

	(void)state;
	assert_endpoint(&config->interfaces[0].peers[0].endpoint, "192.0.2.9:7");
	assert_int_equal(n_paused, 3);
	config_free(config);

	/* A silent name server costs ten seconds of a load, however many peers need it. */
	write_text("wg0.conf", WG_HEAD WG_PEER "Endpoint = busy.example:7\n");
	assert_null(load_here("gw.conf"));
	assert_int_equal(n_paused, 10);
}

static void test_host_resolver(void **state)
{
	struct ip_addr addr;
	uint32_t scope;
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(config_env_host.resolve("fe80::1%lo", &addr, &scope), 0);
	assert_string_equal(ip_addr_format(&addr, text), "fe80::1");
	assert_int_equal(scope, 1);
	assert_int_not_equal(config_env_host.resolve("bad name", &addr, &scope), 0);
}

/* Files are found from the folder of the file that names them, key files and includes too. */
static void test_relative_paths(void **state)
{
	struct gw_config *config;

	(void)state;
	mkdir(path_here("sub"), 0700);
	write_text("sub/own.key", S1 "\n");
	write_text("sub/shared.key", S2);
	write_text("sub/wg1.conf",
		"[Interface]\nPrivateKeyFile = own.key\n" WG_PEER
		"PresharedKeyFile = shared.key\n");
	write_text("sub/peers.conf",
		"peers = ( { public_key = \"" P1 "\";\n"
		"preshared_key_file = \"shared.key\"; } );\n");
	config = load_texts("interfaces = ( { config = \"sub/wg1.conf\"; },\n"
			    "{ name = \"wg2\"; private_key_file = \"sub/own.key\";\n"
			    "  @include \"sub/peers.conf\"\n } );\n",
		NULL);
	assert_int_equal(config->n_interfaces, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_key(config->interfaces[i].private_key, S1);
		assert_int_equal(config->interfaces[i].n_peers, 1);
		assert_key(config->interfaces[i].peers[0].preshared_key, S2);
	}
	assert_int_equal(n_warnings, 0);
	config_free(config);
}

static void write_chain(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char name[16], text[64];

		snprintf(name, sizeof(name), "chain%u", i);
		snprintf(text, sizeof(text), i + 1 < n ? "@include \"chain%u\"\n" : "mbufs = 0;\n",
			i + 1);
		write_text(name, text);
	}
}

static void test_includes_in_includes(void **state)
{
	(void)state;
	write_chain(10);
	config_free(load_texts("@include \"chain0\"\n" MINIMAL, WG_HEAD));
	write_chain(11);
	assert_null(load_here("gw.conf"));
	assert_non_null(strstr(last_error, "chain9:1: @include: one file too deep"));
}

/* An @include in a comment or a text is none. */
static void test_include_look_alikes(void **state)
{
	(void)state;
	config_free(load_texts("# @include \"no\"\n/*\n@include \"no\"\n*/\n// @include \"no\"\n"
			       "crypto = \"\\x61uto\"; /* \"\n@include \"no\" 0x123456789 */\n"
			       "log_level = \"in\"\n\"fo\"; # \"0x123456789\n" MINIMAL,
		WG_HEAD));
}

/* Files, their modes, and how many warnings that gives. */
static void test_exposed_keys(void **state)
{
	static const struct {
		const char *gw, *wg;
		mode_t gw_mode, wg_mode, key_mode;
		unsigned n_warnings;
		const char *named;
	} rows[] = {
		{MINIMAL, WG_HEAD WG_PEER "PresharedKey = " S2 "\n", 0644, 0600, 0644, 0, ""},
		{MINIMAL, WG_HEAD WG_PEER "PresharedKey = " S2 "\n", 0644, 0644, 0644, 1,
			"wg0.conf"},
		{MINIMAL, WG_HEAD, 0644, 0602, 0600, 1, "wg0.conf"},
		{MINIMAL, "[Interface]\nPrivateKeyFile = a.key\n", 0644, 0644, 0600, 0, ""},
		{MINIMAL, "[Interface]\nPrivateKeyFile = a.key\n", 0644, 0644, 0604, 1, "a.key"},
		{"interfaces=({name=\"a\";private_key=\"" S1 "\";});", "", 0644, 0644, 0600, 1,
			"gw.conf"},
		{"interfaces=({name=\"a\";private_key=\"" S1 "\";});", "", 0640, 0644, 0600, 0, ""},
		{"interfaces=({name=\"a\";\n@include \"wg0.conf\"\n});", "private_key=\"" S1 "\";",
			0644, 0666, 0600, 1, "wg0.conf"},
	};

	(void)state;
	write_text("a.key", S1);
	for (size_t i = 0; i < array_len(rows); i++) {
		char text[PATH_MAX + 16];

		write_text("gw.conf", rows[i].gw);
		write_text("wg0.conf", rows[i].wg);
		chmod(path_here("gw.conf"), rows[i].gw_mode);
		chmod(path_here("wg0.conf"), rows[i].wg_mode);
		chmod(path_here("a.key"), rows[i].key_mode);
		config_free(load_here("gw.conf"));
		snprintf(text, sizeof(text), "chmod 600 %s", path_here(rows[i].named));
		if (n_errors || n_warnings != rows[i].n_warnings
			|| (n_warnings && !strstr(last_warning, text)))
			fail_msg("row %zu: %u warnings, %s%s", i, n_warnings, last_warning,
				last_error);
	}
	chmod(path_here("gw.conf"), 0600);
	chmod(path_here("wg0.conf"), 0600);
}

static void test_unreadable_files(void **state)
{
	char text[] = "\xef\xbb\xbf" MINIMAL "\0";

	(void)state;
	assert_null(load_here("none.conf"));
	assert_non_null(strstr(last_error, "none.conf:0: file: cannot read "));
	assert_null(load_here("sub"));
	assert_non_null(strstr(last_error, "Is a directory"));
	write_bytes("gw.conf", text, sizeof(text));
	assert_null(load_here("gw.conf"));
	assert_non_null(strstr(last_error, "gw.conf:2: text: holds a zero byte"));
	if (geteuid() == 0)
		return; /* root reads everything */
	write_text("gw.conf", MINIMAL);
	chmod(path_here("gw.conf"), 0);
	assert_null(load_here("gw.conf"));
	assert_non_null(strstr(last_error, "Permission denied"));
	chmod(path_here("gw.conf"), 0600);
}

/* A line and a value of a megabyte; names that try to write lines of their own. */
static void test_long_and_odd_texts(void **state)
{
	char *text = malloc(1 << 20);

	(void)state;
	memset(text, 'x', 1 << 20);
	memcpy(text, WG_HEAD "#", strlen(WG_HEAD) + 1);
	text[(1 << 20) - 1] = '\0';
	config_free(load_wg(text));
	memcpy(text, WG_HEAD WG_PEER "Endpoint = ", strlen(WG_HEAD WG_PEER) + 11);
	write_text("wg0.conf", text);
	assert_null(load_here("gw.conf"));
	assert_true(strlen(last_error) < 512);
	assert_non_null(strstr(last_error, ":5: Endpoint: "));
	free(text);

	write_text("gw.conf", "interfaces = ( { config = \"a\\nERROR b\\x07\"; } );");
	assert_null(load_here("gw.conf"));
	assert_null(strpbrk(last_error, "\n\a"));
}

/* Without memory at any point: one error, and nothing is left behind (the sanitizers' build sees it). */
static void test_every_allocation_fails(void **state)
{
	int n = 0;

	(void)state;
	write_text("gw.conf", MINIMAL);
	write_text("wg0.conf",
		WG_HEAD "Address = 10.0.0.1/8\n" WG_PEER "AllowedIPs = 10.0.0.2/32\n"
			"[Peer]\nPublicKey = " P2 "\n");
	for (;; n++) {
		struct gw_config *config;

		n_until_failure = n;
		config = load_here("gw.conf");
		n_until_failure = NEVER_FAIL;
		if (config) {
			config_free(config);
			break;
		}
		assert_int_equal(n_errors, 1);
		assert_non_null(strstr(last_error, "out of memory"));
	}
	assert_true(n > 8);
}

static void write_peers(FILE *file, unsigned n, bool is_gw)
{
	for (uint32_t i = 1; i <= n; i++) {
		uint8_t key[WG_KEY_LEN] = {0};
		char text[KEY_TEXT_LEN + 1];

		memcpy(key, &i, sizeof(i));
		key_text_encode(key, text);
		fprintf(file,
			is_gw ? "%s{ public_key = \"%s\"; endpoint = \"192.0.2.1:%u\";\n"
				"allowed_ips = [ \"10.%u.%u.%u/32\" ]; }\n"
			      : "%s[Peer]\nPublicKey = %s\nEndpoint = 192.0.2.1:%u\n"
				"AllowedIPs = 10.%u.%u.%u/32\n",
			is_gw && i > 1 ? "," : "", text, 1 + i % 65535, i >> 16, i >> 8 & 255,
			i & 255);
	}
}

static double load_many(unsigned n)
{
	struct timespec start, end;
	struct gw_config *config;

	env.peers_max = n;
	clock_gettime(CLOCK_MONOTONIC, &start);
	config = load_here("gw.conf");
	clock_gettime(CLOCK_MONOTONIC, &end);
	env.peers_max = PEERS_MAX_IN_TESTS;
	assert_non_null(config);
	assert_int_equal(config->interfaces[0].n_peers, n);
	assert_int_equal(config->interfaces[0].peers[n - 1].n_allowed_ips, 1);
	config_free(config);
	return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

#define MANY 100000

/*
 * Less than a second each without sanitizers. With them libconfig's reallocs copy, and take tens of seconds on
 * a busy machine; a comparison of each with each would take minutes.
 */
static void test_100000_peers(void **state)
{
	double wg_s, gw_s;
	FILE *file;

	(void)state;
	write_text("gw.conf", MINIMAL);
	write_text("wg0.conf", "");
	file = fopen(path_here("wg0.conf"), "w");
	fputs(WG_HEAD, file);
	write_peers(file, MANY, false);
	fclose(file);
	wg_s = load_many(MANY);

	file = fopen(path_here("gw.conf"), "w");
	fputs("interfaces = ( { name = \"wg0\"; private_key = \"" S1 "\"; peers = (\n", file);
	write_peers(file, MANY, true);
	fputs("); } );\n", file);
	fclose(file);
	gw_s = load_many(MANY);

	print_message(
		"%u peers: %.2f s from a wg(8) file, %.2f s from gw.conf\n", MANY, wg_s, gw_s);
	assert_true(wg_s < 30 && gw_s < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_wg_file),
		cmocka_unit_test(test_full_gw_conf),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_good_wg_files),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_of_the_gateway),
		cmocka_unit_test(test_name_of_15_and_peers_to_the_limit),
		cmocka_unit_test(test_two_interfaces),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_host_resolver),
		cmocka_unit_test(test_relative_paths),
		cmocka_unit_test(test_includes_in_includes),
		cmocka_unit_test(test_include_look_alikes),
		cmocka_unit_test(test_exposed_keys),
		cmocka_unit_test(test_unreadable_files),
		cmocka_unit_test(test_long_and_odd_texts),
		cmocka_unit_test(test_every_allocation_fails),
		cmocka_unit_test(test_100000_peers),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
