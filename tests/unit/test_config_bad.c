/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/* The table of bad configurations: each gives one line with the right file, line, key and reason. */

#include "unit/config_fixture.h"

#include "base/compiler.h"

/*
 * gw.conf and wg0.conf of a row; without a gw.conf the smallest one is taken. The error is in wg0.conf when
 * the row has one, unless `file` says another.
 */
struct bad_row {
	const char *name;
	const char *gw, *wg;
	const char *file;
	unsigned line;
	const char *key;
	const char *piece; /* of the message */
};

#define MINIMAL "interfaces = ( { config = \"wg0.conf\"; } );\n"
#define WG_HEAD "[Interface]\nPrivateKey = " S1 "\n" /* lines 1 and 2 */
#define WG_PEER "[Peer]\nPublicKey = " P1 "\n"
#define GW_HEAD "interfaces = ( { name = \"wg0\"; private_key = \"" S1 "\";\n" /* line 1 */
#define GW_MORE(name) "{ name = \"" name "\"; private_key = \"" S1 "\"; },\n"
#define GW_PEER GW_HEAD "peers = ( { public_key = \"" P1 "\";\n" /* to line 2 */
#define PORTS(text) \
	"ports = ( { name = \"wan\"; device = \"net_null0\";\n" text " } );\n" /* line 1 */
#define DEVICE(text) \
	"ports = ( { name = \"wan\";\ndevice = \"" text "\"; } );\n" MINIMAL /* line 2 */
#define GW_PEER_END "\n} ); } );\n"

static const struct bad_row rows[] = {
	/* The wg(8) format: its shape. */
	{"empty wg file", .wg = "", .line = 1, .key = "[Interface]", .piece = "is missing"},
	{"comments only", .wg = "# a\n\n#b", .line = 1, .key = "[Interface]",
		.piece = "is missing"},
	{"peer only", .wg = WG_PEER, .line = 1, .key = "[Interface]", .piece = "is missing"},
	{"key before a section", .wg = "\nListenPort = 1\n", .line = 2, .key = "line",
		.piece = "before the first section"},
	{"two interfaces", .wg = WG_HEAD "[Interface]\n", .line = 3, .key = "[Interface]",
		.piece = "already at line 1"},
	{"unknown section", .wg = WG_HEAD "[Pear]\n", .line = 3, .key = "line",
		.piece = "not a section"},
	{"open section", .wg = "[Interface\n", .line = 1, .key = "line", .piece = "not a section"},
	{"text behind a section", .wg = "[Interface] x\n", .line = 1, .key = "line",
		.piece = "not a section"},
	{"no equals sign", .wg = WG_HEAD "ListenPort 51820\n", .line = 3, .key = "line",
		.piece = "has no '='"},
	{"stray secret", .wg = WG_HEAD S2 "\n", .line = 3, .key = "line",
		.piece = "not the name of a key"},
	{"key that is like no other", .wg = WG_HEAD "Colour = red\n", .line = 3, .key = "Colour",
		.piece =
			"unknown key of [Interface]; allowed: PrivateKey, PrivateKeyFile, ListenPort"},
	{"long name", .wg = WG_HEAD "abcdefghijklmnopqrstuvwxy = 1\n", .line = 3, .key = "line",
		.piece = "not the name of a key"},
	{"unknown key", .wg = WG_HEAD "ListenProt = 1\n", .line = 3, .key = "ListenProt",
		.piece = "did you mean ListenPort?"},
	{"gw.conf's spelling", .wg = WG_HEAD "listen_port = 1\n", .line = 3, .key = "listen_port",
		.piece = "did you mean ListenPort?"},
	{"peer's key at the interface", .wg = WG_HEAD "Endpoint = 192.0.2.1:1\n", .line = 3,
		.key = "Endpoint", .piece = "Endpoint belongs to [Peer]"},
	{"interface's key at a peer", .wg = WG_HEAD WG_PEER "ListenPort = 1\n", .line = 5,
		.key = "ListenPort", .piece = "ListenPort belongs to [Interface]"},
	{"key twice", .wg = WG_HEAD "MTU = 1400\nMTU = 1400\n", .line = 4, .key = "MTU",
		.piece = "already at line 3"},
	{"key without a value", .wg = WG_HEAD "ListenPort =\n", .line = 3, .key = "ListenPort",
		.piece = "\"\" is not a number"},

	/* The wg(8) format: what wg-quick alone does. */
	{"DNS", .wg = WG_HEAD "DNS = 192.0.2.53\n", .line = 3, .key = "DNS",
		.piece = "take the line out"},
	{"PreUp", .wg = WG_HEAD "PreUp = true\n", .line = 3, .key = "PreUp",
		.piece = "take the line out"},
	{"PostUp", .wg = WG_HEAD "postup = echo a=b\n", .line = 3, .key = "PostUp",
		.piece = "keep this file for wg-quick"},
	{"PreDown", .wg = WG_HEAD "PreDown = x\n", .line = 3, .key = "PreDown",
		.piece = "take the line out"},
	{"PostDown", .wg = WG_HEAD "PostDown = x\n", .line = 3, .key = "PostDown",
		.piece = "take the line out"},
	{"SaveConfig", .wg = WG_HEAD "SaveConfig = true\n", .line = 3, .key = "SaveConfig",
		.piece = "take the line out"},

	/* The wg(8) format: values. */
	{"no private key", .wg = "\n[Interface]\nListenPort = 1\n", .line = 2, .key = "PrivateKey",
		.piece = "has none; allowed: PrivateKey or PrivateKeyFile"},
	{"short private key", .wg = "[Interface]\nPrivateKey = AQIDBAUG\n", .line = 2,
		.key = "PrivateKey", .piece = "not a key in base64, its length is 8;"},
	{"private key of zeroes", .wg = "[Interface]\nPrivateKey = " ZERO_KEY "\n", .line = 2,
		.key = "PrivateKey", .piece = "all zero"},
	{"two private keys", .wg = WG_HEAD "PrivateKeyFile = good.key\n", .line = 3,
		.key = "PrivateKeyFile", .piece = "beside PrivateKey"},
	{"missing key file", .wg = "[Interface]\nPrivateKeyFile = no.key\n", .line = 2,
		.key = "PrivateKeyFile", .piece = "/no.key\": No such file"},
	{"key file without a key", .wg = "[Interface]\nPrivateKeyFile = wg0.conf\n", .line = 2,
		.key = "PrivateKeyFile", .piece = "does not hold a key"},
	{"key file is a folder", .wg = "[Interface]\nPrivateKeyFile = folder\n", .line = 2,
		.key = "PrivateKeyFile", .piece = "Is a directory"},
	{"key in place of a path", .wg = "[Interface]\nPrivateKeyFile = " S2 "\n", .line = 2,
		.key = "PrivateKeyFile", .piece = "cannot read (a text of"},
	{"key file without a name", .wg = "[Interface]\nPrivateKeyFile =\n", .line = 2,
		.key = "PrivateKeyFile", .piece = "names no file"},
	{"port above 65535", .wg = WG_HEAD "ListenPort = 65536\n", .line = 3, .key = "ListenPort",
		.piece = "\"65536\" is out of range; allowed: 0 (any free port) to 65535"},
	{"negative port", .wg = WG_HEAD "ListenPort = -1\n", .line = 3, .key = "ListenPort",
		.piece = "\"-1\" is out of range"},
	{"port in words", .wg = WG_HEAD "ListenPort = any\n", .line = 3, .key = "ListenPort",
		.piece = "\"any\" is not a number"},
	{"port with a tail", .wg = WG_HEAD "ListenPort = 51820x\n", .line = 3, .key = "ListenPort",
		.piece = "is not a number"},
	{"port of 2^64 + 1", .wg = WG_HEAD "ListenPort = 18446744073709551617\n", .line = 3,
		.key = "ListenPort", .piece = "is out of range"},
	{"secret as a port", .wg = WG_HEAD "ListenPort = " S2 "\n", .line = 3, .key = "ListenPort",
		.piece = "(a text of 44 characters) is not a number"},
	{"fwmark above 32 bits", .wg = WG_HEAD "FwMark = 0x100000000\n", .line = 3, .key = "FwMark",
		.piece = "is out of range"},
	{"fwmark without digits", .wg = WG_HEAD "FwMark = 0x\n", .line = 3, .key = "FwMark",
		.piece = "is not a number"},
	{"hexadecimal digit in a decimal", .wg = WG_HEAD "FwMark = 5a\n", .line = 3,
		.key = "FwMark", .piece = "is not a number"},
	{"small MTU", .wg = WG_HEAD "MTU = 575\n", .line = 3, .key = "MTU",
		.piece = "out of range"},
	{"large MTU", .wg = WG_HEAD "MTU = 9001\n", .line = 3, .key = "MTU",
		.piece = "out of range"},
	{"MTU under IPv6's least", .wg = WG_HEAD "MTU = 1279\nAddress = 10.0.0.1/24, fd00::1/64\n",
		.line = 3, .key = "MTU", .piece = "1279 is too small for the interface's IPv6"},
	{"table in words", .wg = WG_HEAD "Table = main\n", .line = 3, .key = "Table",
		.piece = "\"main\" is not a number"},
	{"table 0", .wg = WG_HEAD "Table = 0\n", .line = 3, .key = "Table",
		.piece = "out of range"},
	{"address of a name", .wg = WG_HEAD "Address = peer.example\n", .line = 3, .key = "Address",
		.piece = "not an address with a prefix length"},
	{"long prefix", .wg = WG_HEAD "Address = 10.0.0.1/33\n", .line = 3, .key = "Address",
		.piece = "\"10.0.0.1/33\" is not"},
	{"long IPv6 prefix", .wg = WG_HEAD "Address = fd00::1/129\n", .line = 3, .key = "Address",
		.piece = "\"fd00::1/129\" is not"},
	{"empty place in a list", .wg = WG_HEAD "Address = 10.0.0.1/24,,10.0.0.2/24\n", .line = 3,
		.key = "Address", .piece = "\"\" is not"},
	{"comma at the end", .wg = WG_HEAD WG_PEER "AllowedIPs = 10.0.0.1/32,\n", .line = 5,
		.key = "AllowedIPs", .piece = "\"\" is not"},
	{"allowed IP with a mask", .wg = WG_HEAD WG_PEER "AllowedIPs = 10.0.0.0/255.0.0.0\n",
		.line = 5, .key = "AllowedIPs", .piece = "is not an address"},
	{"peer without a key", .wg = WG_HEAD "[Peer]\nAllowedIPs = 10.0.0.2/32\n", .line = 3,
		.key = "PublicKey", .piece = "[Peer] has none"},
	{"first peer without a key", .wg = WG_HEAD "[Peer]\n" WG_PEER, .line = 3,
		.key = "PublicKey", .piece = "[Peer] has none"},
	{"bad public key", .wg = WG_HEAD "[Peer]\nPublicKey = " P1 "=\n", .line = 4,
		.key = "PublicKey", .piece = "not a key in base64, its length is 45;"},
	{"public key of zeroes", .wg = WG_HEAD "[Peer]\nPublicKey = " ZERO_KEY "\n", .line = 4,
		.key = "PublicKey", .piece = "all zero"},
	{"bad preshared key", .wg = WG_HEAD WG_PEER "PresharedKey = x\n", .line = 5,
		.key = "PresharedKey", .piece = "not a key"},
	{"two preshared keys",
		.wg = WG_HEAD WG_PEER "PresharedKeyFile=good.key\nPresharedKey=" S2 "\n", .line = 5,
		.key = "PresharedKeyFile", .piece = "beside PresharedKey"},
	{"endpoint without a port", .wg = WG_HEAD WG_PEER "Endpoint = 192.0.2.1\n", .line = 5,
		.key = "Endpoint", .piece = "\"192.0.2.1\" is not an address and a port"},
	{"endpoint with port 0", .wg = WG_HEAD WG_PEER "Endpoint = 192.0.2.1:0\n", .line = 5,
		.key = "Endpoint", .piece = "has no valid port"},
	{"endpoint with a large port", .wg = WG_HEAD WG_PEER "Endpoint = 192.0.2.1:65536\n",
		.line = 5, .key = "Endpoint", .piece = "has no valid port"},
	{"endpoint with an empty port", .wg = WG_HEAD WG_PEER "Endpoint = 192.0.2.1:\n", .line = 5,
		.key = "Endpoint", .piece = "has no valid port"},
	{"IPv6 endpoint without brackets", .wg = WG_HEAD WG_PEER "Endpoint = fd00::1:51820\n",
		.line = 5, .key = "Endpoint", .piece = "allowed: name:port, 192.0.2.1:port or ["},
	{"endpoint with an open bracket", .wg = WG_HEAD WG_PEER "Endpoint = [fd00::1:51820\n",
		.line = 5, .key = "Endpoint", .piece = "is not an address and a port"},
	{"endpoint without a host", .wg = WG_HEAD WG_PEER "Endpoint = :51820\n", .line = 5,
		.key = "Endpoint", .piece = "is not an address and a port"},
	{"endpoint that nobody knows", .wg = WG_HEAD WG_PEER "Endpoint = no.example:51820\n",
		.line = 5, .key = "Endpoint", .piece = "cannot find the address of \"no.example\""},
	{"name server that stays silent", .wg = WG_HEAD WG_PEER "Endpoint = busy.example:1\n",
		.line = 5, .key = "Endpoint",
		.piece = "cannot find the address of \"busy.example\""},
	{"large keepalive", .wg = WG_HEAD WG_PEER "PersistentKeepalive = 65536\n", .line = 5,
		.key = "PersistentKeepalive", .piece = "is out of range"},
	{"keepalive with a unit", .wg = WG_HEAD WG_PEER "PersistentKeepalive = 25s\n", .line = 5,
		.key = "PersistentKeepalive", .piece = "\"25s\" is not a number"},

	/* What only shows across keys. */
	{"peer twice", .wg = WG_HEAD WG_PEER "[Peer]\nPublicKey = " P2 "\n" WG_PEER, .line = 7,
		.key = "PublicKey", .piece = "the peer " P1 " is already at "},
	{"prefix at two peers",
		.wg = WG_HEAD WG_PEER "AllowedIPs = 10.0.0.0/24\n[Peer]\nPublicKey = " P2
				      "\nAllowedIPs = 10.1.0.0/24\nAllowedIPs = 10.0.0.7/24\n",
		.line = 9, .key = "AllowedIPs",
		.piece = "10.0.0.0/24 is given to two peers, " P2 " and " P1 " ("},
	{"one peer too many", .wg = WG_HEAD WG_PEER WG_PEER WG_PEER WG_PEER "\n[Peer]\n",
		.line = 12, .key = "[Peer]", .piece = "one peer too many; allowed: 4"},
	{"one interface too many",
		.gw = GW_HEAD "},\n" GW_MORE("b") GW_MORE("c")
			GW_MORE("d") "{ name = \"e\"; } );\n",
		.line = 6, .key = "interfaces", .piece = "one interface too many; allowed: 4"},
	{"interface name twice", .gw = GW_HEAD "},\n{ config = \"wg0.conf\"; } );\n", .wg = WG_HEAD,
		.file = "gw.conf", .line = 3, .key = "name",
		.piece = "wg0 is already the interface at "},
	{"listen port twice",
		.gw = GW_HEAD "listen_port = 5; },\n{ name = \"b\"; config = \"wg0.conf\"; } );",
		.wg = WG_HEAD "ListenPort = 5\n", .line = 3, .key = "ListenPort",
		.piece = "5 is already the port of wg0"},
	{"listen port twice in gw.conf",
		.gw = "interfaces = ( { config = \"wg0.conf\"; },\n{ name = \"b\";\n"
		      "listen_port = 5; private_key_file = \"good.key\"; } );",
		.wg = WG_HEAD "ListenPort = 5\n", .file = "gw.conf", .line = 3,
		.key = "listen_port", .piece = "5 is already the port of wg0"},

	/* gw.conf: its shape. */
	{"empty gw.conf", .gw = "", .line = 1, .key = "interfaces",
		.piece = "there is no interface"},
	{"no interface", .gw = "\ninterfaces = ( );\n", .line = 2, .key = "interfaces",
		.piece = "there is no interface"},
	{"syntax", .gw = "crypto = \"auto\"\n= 5;\n", .line = 2, .key = "syntax",
		.piece = "syntax error; allowed: key = value;"},
	{"open text", .gw = "crypto = \"auto;\n\n", .line = 3, .key = "syntax",
		.piece = "syntax error"},
	{"key twice in gw.conf", .gw = "mbufs = 0;\nmbufs = 0;\n" MINIMAL, .line = 2,
		.key = "syntax", .piece = "duplicate setting name"},
	{"wg file as gw.conf", .gw = "\n" WG_HEAD, .line = 2, .key = "syntax",
		.piece = "looks like a file of wg(8)"},
	{"unknown key in gw.conf", .gw = "idle_spin = 5;\n" MINIMAL, .line = 1, .key = "idle_spin",
		.piece = "did you mean idle_spin_us?; allowed: crypto, log_level,"},
	{"unknown key of an interface", .gw = GW_HEAD "port = 5; } );", .line = 2, .key = "port",
		.piece = "unknown key of an interface"},
	{"wg's spelling", .gw = GW_HEAD "ListenPort = 5; } );", .line = 2, .key = "ListenPort",
		.piece = "did you mean listen_port?"},
	{"unknown key of a peer", .gw = GW_PEER "allowed_ip = [];" GW_PEER_END, .line = 3,
		.key = "allowed_ip", .piece = "unknown key of a peer, did you mean allowed_ips?"},
	{"interfaces is a group", .gw = "interfaces = { name = \"wg0\"; };", .line = 1,
		.key = "interfaces", .piece = "is a group { ... } where a list of groups"},
	{"interfaces holds a text", .gw = "interfaces = (\n\n\"wg0\"\n);", .line = 4,
		.key = "interfaces", .piece = "is a text in quotes where a list of groups"},
	{"peers is a text", .gw = GW_HEAD "peers = \"\"; } );", .line = 2, .key = "peers",
		.piece = "where a list of groups"},

	/* gw.conf: types. */
	{"text for a number", .gw = "idle_spin_us = \"50\";\n" MINIMAL, .line = 1,
		.key = "idle_spin_us",
		.piece = "is a text in quotes where a number without quotes"},
	{"number for a text", .gw = "crypto = 1;\n" MINIMAL, .line = 1, .key = "crypto",
		.piece = "is a whole number where a text in quotes"},
	{"true for a number", .gw = "mbufs = true;\n" MINIMAL, .line = 1, .key = "mbufs",
		.piece = "is true or false where a number"},
	{"number with a point", .gw = "mbufs = 4096.0;\n" MINIMAL, .line = 1, .key = "mbufs",
		.piece = "is a number with a point where"},
	{"group for a text", .gw = "crypto = {};\n" MINIMAL, .line = 1, .key = "crypto",
		.piece = "is a group"},
	{"text for a list", .gw = GW_HEAD "addresses = \"10.0.0.1/24\"; } );", .line = 2,
		.key = "addresses", .piece = "is a text in quotes where a list of texts"},
	{"numbers in a list", .gw = GW_HEAD "addresses = [ 10, 11 ]; } );", .line = 2,
		.key = "addresses", .piece = "is a whole number where a list of texts"},

	/* gw.conf: values. */
	{"unknown engine", .gw = "crypto = \"openssl\";\n" MINIMAL, .line = 1, .key = "crypto",
		.piece = "\"openssl\" is not known; allowed: auto, native, ipsec-mb or scalar"},
	{"unknown level", .gw = "log_level = \"INFO\";\n" MINIMAL, .line = 1, .key = "log_level",
		.piece = "allowed: error, warning, info or debug"},
	{"long spin", .gw = "idle_spin_us = 1000001;\n" MINIMAL, .line = 1, .key = "idle_spin_us",
		.piece = "\"1000001\" is out of range; allowed: 0 to 1000000 microseconds"},
	{"negative spin", .gw = "idle_spin_us = -1;\n" MINIMAL, .line = 1, .key = "idle_spin_us",
		.piece = "\"-1\" is out of range"},
	{"many handshake lcores", .gw = "handshake_lcores = 17;\n" MINIMAL, .line = 1,
		.key = "handshake_lcores", .piece = "\"17\" is out of range; allowed: 0 (the"},
	{"number for offload", .gw = "offload = 1;\n" MINIMAL, .line = 1, .key = "offload",
		.piece = "where true or false without quotes belongs"},
	{"metrics at a name", .gw = "metrics = \"localhost:9586\";\n" MINIMAL, .line = 1,
		.key = "metrics",
		.piece = "\"localhost\" is not an address; allowed: an address and a port"},
	{"metrics without a port", .gw = "metrics = \"127.0.0.1\";\n" MINIMAL, .line = 1,
		.key = "metrics", .piece = "is not an address and a port"},
	{"metrics at port 0", .gw = "metrics = \"127.0.0.1:0\";\n" MINIMAL, .line = 1,
		.key = "metrics", .piece = "has no valid port"},
	{"few mbufs", .gw = "mbufs = 1023;\n" MINIMAL, .line = 1, .key = "mbufs",
		.piece = "1023 is too small"},
	{"many mbufs", .gw = "mbufs = 16777217;\n" MINIMAL, .line = 1, .key = "mbufs",
		.piece = "out of range"},
	{"number of 2^64", .gw = "mbufs = 18446744073709551616L;\n" MINIMAL, .line = 1,
		.key = "mbufs", .piece = "out of range"},
	{"hexadecimal of 36 bits", .gw = GW_HEAD "\nfwmark = 0x123456789; } );", .line = 3,
		.key = "number", .piece = "too large as it stands"},
	{"hexadecimal of 64 bits", .gw = GW_HEAD "fwmark = 0xffffffffffffffffL; } );", .line = 2,
		.key = "fwmark", .piece = "\"-1\" is out of range"},
	{"decimal of 32 bits", .gw = GW_HEAD "table = 2147483648; } );", .line = 2, .key = "number",
		.piece = "allowed: up to 2147483647 or 0xffffffff, more with an L"},
	{"no name", .gw = "interfaces = (\n{ private_key = \"" S1 "\"; } );", .line = 2,
		.key = "name", .piece = "an interface has none"},
	{"empty name", .gw = "interfaces = ( { name = \"\"; } );", .line = 1, .key = "name",
		.piece = "cannot be the name of an interface"},
	{"name of 16 characters", .gw = "interfaces = ( { name = \"abcdefghijklmnop\"; } );",
		.line = 1, .key = "name", .piece = "allowed: 1 to 15 of the characters"},
	{"name with a slash", .gw = "interfaces = ( { name = \"wg/0\"; } );", .line = 1,
		.key = "name", .piece = "\"wg/0\" cannot be the name"},
	{"name of dots", .gw = "interfaces = ( { name = \"..\"; } );", .line = 1, .key = "name",
		.piece = "\"..\" cannot be the name"},
	{"inline private key with an error",
		.gw = "interfaces = ( { name = \"wg0\";\nprivate_key = \""
		      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHy!=\"; } );",
		.line = 2, .key = "private_key", .piece = "not a key in base64, its length is 44;"},
	{"no private key in gw.conf", .gw = "interfaces = (\n\n{ name = \"wg0\"; } );", .line = 3,
		.key = "private_key", .piece = "an interface has none; allowed: private_key or "},
	{"two private keys in gw.conf", .gw = GW_HEAD "private_key_file = \"good.key\"; } );",
		.line = 2, .key = "private_key_file", .piece = "beside private_key"},
	{"peer without a key in gw.conf", .gw = GW_HEAD "peers = (\n{ } ); } );", .line = 3,
		.key = "public_key", .piece = "a peer has none"},
	{"bad allowed IP in gw.conf",
		.gw = GW_PEER "allowed_ips = [ \"10.0.0.2/32\",\n\"x\" ];" GW_PEER_END, .line = 4,
		.key = "allowed_ips", .piece = "\"x\" is not an address"},
	{"large keepalive in gw.conf", .gw = GW_PEER "persistent_keepalive = 65536;" GW_PEER_END,
		.line = 3, .key = "persistent_keepalive", .piece = "\"65536\" is out of range"},

	/* gw.conf and the files that it names. */
	{"missing wg file", .gw = "\n" MINIMAL, .line = 2, .key = "config",
		.piece = "/wg0.conf\": No such file or directory; allowed: a text file"},
	{"wg file is a folder", .gw = "interfaces = ( { config = \"folder\"; } );", .line = 1,
		.key = "config", .piece = "/folder\": Is a directory"},
	{"wg file is a device", .gw = "interfaces = ( { name = \"a\"; config = \"/dev/zero\"; } );",
		.file = "/dev/zero", .line = 1, .key = "text", .piece = "holds a zero byte"},
	{"wg file gives no name", .gw = "interfaces = ( { config = \"my tunnel.conf\"; } );",
		.line = 1, .key = "config",
		.piece = "\"my tunnel.conf\" does not name an interface; allowed: name ="},
	{"path too long", .gw = NULL, .wg = NULL, .line = 1, .key = "config",
		.piece = "the path is longer"},
	{"inline beside config", .gw = "interfaces = ( { config = \"wg0.conf\";\nmtu = 1400; } );",
		.wg = WG_HEAD, .file = "gw.conf", .line = 2, .key = "mtu",
		.piece = "given beside config"},
	{"peers beside config", .gw = "interfaces = ( { peers = ( );\nconfig = \"wg0.conf\"; } );",
		.wg = WG_HEAD, .file = "gw.conf", .line = 1, .key = "peers",
		.piece = "given beside config"},
	{"missing include", .gw = "mbufs = 0;\n@include \"no.conf\"\n" MINIMAL, .line = 2,
		.key = "@include", .piece = "/no.conf\": No such file"},
	{"include within a line", .gw = "mbufs = 0; @include \"no.conf\"\n" MINIMAL, .line = 1,
		.key = "syntax", .piece = "syntax error"},
	{"include of a folder", .gw = "@include \"folder\"\n" MINIMAL, .line = 1, .key = "@include",
		.piece = "Is a directory"},
	{"include of a device", .gw = "@include \"/dev/zero\"\n" MINIMAL, .line = 1,
		.key = "@include", .piece = "allowed: a path from the folder of the main file"},
	{"include in a circle", .gw = "@include \"gw.conf\"\n" MINIMAL, .line = 1, .key = "syntax",
		.piece = "include file nesting too deep"},
	{"bad value in an include", .gw = "@include \"wg0.conf\"\n" MINIMAL, .wg = "\nmbufs = 1;\n",
		.line = 2, .key = "mbufs", .piece = "1 is too small"},
	{"bad syntax in an include", .gw = "mbufs = 0;\n@include \"wg0.conf\"\n" MINIMAL,
		.wg = "\n\n\n?\n", .line = 4, .key = "syntax", .piece = "syntax error"},
	{"long number in an include", .gw = "mbufs = 0;\n@include \"wg0.conf\"\n" MINIMAL,
		.wg = "\nfwmark=0xfffffffff\n", .line = 2, .key = "number",
		.piece = "too large as it stands"},

	/* Ports. */
	{"port without a name", .gw = "ports = (\n{ device = \"net_null0\"; } );\n" MINIMAL,
		.line = 2, .key = "name", .piece = "a port has none; allowed: 1 to 15 of the"},
	{"port without a device", .gw = "ports = (\n{ name = \"wan\"; } );\n" MINIMAL, .line = 2,
		.key = "device", .piece = "a port has none; allowed: a PCI address such as"},
	{"port with a bad name", .gw = "ports = ( { name = \"a b\"; } );\n" MINIMAL, .line = 1,
		.key = "name", .piece = "\"a b\" cannot be the name of a port; allowed: 1 to 15"},
	{"unknown key of a port", .gw = PORTS("nam = 1;") MINIMAL, .line = 2, .key = "nam",
		.piece = "unknown key of a port, did you mean name?; allowed: name, device, mode,"},
	{"interface's key at a port", .gw = PORTS("underlay = 1;") MINIMAL, .line = 2,
		.key = "underlay", .piece = "underlay belongs to an interface"},
	{"port's key at an interface", .gw = GW_HEAD "host_rate = 1000; } );", .line = 2,
		.key = "host_rate", .piece = "host_rate belongs to a port"},
	{"ports is a group", .gw = "ports = { name = \"wan\"; };\n" MINIMAL, .line = 1,
		.key = "ports", .piece = "is a group { ... } where a list of groups"},
	{"device in words", .gw = DEVICE("eth1"), .line = 2, .key = "device",
		.piece = "\"eth1\" is neither a PCI address nor a virtual device; allowed: a PCI"},
	{"device of another class", .gw = DEVICE("crypto_null0"), .line = 2, .key = "device",
		.piece = "neither a PCI address nor"},
	{"empty device", .gw = DEVICE(""), .line = 2, .key = "device", .piece = "\"\" is neither"},
	{"virtual device without a name", .gw = DEVICE("net_"), .line = 2, .key = "device",
		.piece = "\"net_\" is neither"},
	{"virtual device with a space", .gw = DEVICE("net_tap 0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"virtual device with a name of 64 characters",
		.gw = DEVICE("net_567890123456789012345678901234567890123456789012345678901234"),
		.line = 2, .key = "device", .piece = "is neither"},
	{"PCI device 20", .gw = DEVICE("3b:20.0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI function 8", .gw = DEVICE("3b:00.8"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI bus 100", .gw = DEVICE("0000:100:00.0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI domain of 36 bits", .gw = DEVICE("100000000:00:00.0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI address without a function", .gw = DEVICE("0000:3b:00"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI address with a tail", .gw = DEVICE("3b:00.0x"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI address of 0x", .gw = DEVICE("0x3b:00.0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"PCI address with a sign", .gw = DEVICE("3b:-0.0"), .line = 2, .key = "device",
		.piece = "is neither"},
	{"argument without a value", .gw = DEVICE("net_af_xdp0,eth1"), .line = 2, .key = "device",
		.piece = "\"net_af_xdp0,eth1\" does not go on with ,key=value; allowed: "},
	{"argument with an empty value", .gw = DEVICE("net_af_xdp0,iface=,a=b"), .line = 2,
		.key = "device", .piece = "does not go on with ,key=value"},
	{"argument without a key", .gw = DEVICE("3b:00.0,=1"), .line = 2, .key = "device",
		.piece = "does not go on with ,key=value"},
	{"argument with a space", .gw = DEVICE("net_af_xdp0,iface=eth1 a"), .line = 2,
		.key = "device", .piece = "does not go on with ,key=value"},
	{"comma behind a device", .gw = DEVICE("net_null0,"), .line = 2, .key = "device",
		.piece = "does not go on with ,key=value"},
	{"unknown mode", .gw = PORTS("mode = \"mine\";") MINIMAL, .line = 2, .key = "mode",
		.piece = "\"mine\" is not known; allowed: own, or shared for a net_af_xdp device"},
	{"shared device of another kind", .gw = PORTS("mode = \"shared\";") MINIMAL, .line = 2,
		.key = "mode", .piece = "the kernel cannot share the device of wan with us; "},
	{"no queues", .gw = PORTS("queues = 0;") MINIMAL, .line = 2, .key = "queues",
		.piece = "\"0\" is out of range; allowed: auto (one for each worker) or 1 to 64"},
	{"many queues", .gw = PORTS("queues = 65;") MINIMAL, .line = 2, .key = "queues",
		.piece = "\"65\" is out of range"},
	{"queues in words", .gw = PORTS("queues = \"all\";") MINIMAL, .line = 2, .key = "queues",
		.piece = "\"all\" is not a number"},
	{"small MTU of a port", .gw = PORTS("mtu = 575;") MINIMAL, .line = 2, .key = "mtu",
		.piece = "\"575\" is out of range; allowed: 0 (the device's own) or 576 to"},
	{"large MTU of a port", .gw = PORTS("mtu = 9001;") MINIMAL, .line = 2, .key = "mtu",
		.piece = "out of range"},
	{"few descriptors to receive", .gw = PORTS("rx_descriptors = 63;") MINIMAL, .line = 2,
		.key = "rx_descriptors", .piece = "\"63\" is out of range"},
	{"many descriptors to receive", .gw = PORTS("rx_descriptors = 32769;") MINIMAL, .line = 2,
		.key = "rx_descriptors", .piece = "allowed: 0 (what the device prefers) or 64 to"},
	{"few descriptors to send", .gw = PORTS("tx_descriptors = 63;") MINIMAL, .line = 2,
		.key = "tx_descriptors", .piece = "\"63\" is out of range"},
	{"many descriptors to send", .gw = PORTS("tx_descriptors = 32769;") MINIMAL, .line = 2,
		.key = "tx_descriptors", .piece = "out of range"},
	{"low rate for the host", .gw = PORTS("host_rate = 99;") MINIMAL, .line = 2,
		.key = "host_rate", .piece = "\"99\" is out of range; allowed: 100 to 10000000"},
	{"high rate for the host", .gw = PORTS("host_rate = 10000001;") MINIMAL, .line = 2,
		.key = "host_rate", .piece = "out of range"},
	{"text for true", .gw = PORTS("promiscuous = \"true\";") MINIMAL, .line = 2,
		.key = "promiscuous",
		.piece = "is a text in quotes where true or false without quotes belongs"},
	{"number for true", .gw = PORTS("promiscuous = 1;") MINIMAL, .line = 2,
		.key = "promiscuous", .piece = "is a whole number where true or false"},
	{"port name twice",
		.gw = PORTS("}, { device = \"net_null1\";\nname = \"wan\";") GW_HEAD "} );",
		.line = 3, .key = "name", .piece = "wan is already the port at "},
	{"device twice",
		.gw = PORTS("}, { name = \"b\"; device = \"net_null0,a=b\";") GW_HEAD "} );",
		.line = 2, .key = "device", .piece = "net_null0 is already the device of wan at "},
	{"PCI address twice",
		.gw = "ports = ( { name = \"a\"; device = \"3B:00.0,a=b\"; },\n{ name = \"b\";\n"
		      "device = \"0000:3b:0.0\"; } );\n" GW_HEAD "} );",
		.line = 3, .key = "device", .piece = "0000:3b:00.0 is already the device of a at"},
	{"port called as an interface",
		.gw = MINIMAL "ports = ( { device = \"net_null0\";\n"
			      "name = \"wg0\"; } );\n",
		.wg = WG_HEAD, .file = "gw.conf", .line = 3, .key = "name",
		.piece = "wg0 is already the interface at "},
	{"one port too many",
		.gw = PORTS("}, { name = \"b\"; device = \"net_null1\"; },\n"
			    "{ name = \"c\"; device = \"net_null2\"; },\n{ name = \"d\";"),
		.line = 4, .key = "ports", .piece = "one port too many; allowed: 3"},
	{"unknown underlay", .gw = GW_HEAD "underlay = \"dpdk\"; } );", .line = 2,
		.key = "underlay", .piece = "\"dpdk\" is not known; allowed: socket or port"},
	{"underlay without a port",
		.gw = GW_HEAD "listen_port = 1;\nunderlay = \"port\"; } );\nports = ( );",
		.line = 3, .key = "underlay",
		.piece = "wg0 needs a port and there is none; allowed: socket,"},
	{"underlay of a wg file without a port",
		.gw = "interfaces = ( { config = \"wg0.conf\";\nunderlay = \"port\"; } );",
		.wg = WG_HEAD "ListenPort = 1\n", .file = "gw.conf", .line = 2, .key = "underlay",
		.piece = "wg0 needs a port and there is none"},
	{"ports and no listen port", .gw = PORTS("") GW_HEAD "underlay = \"port\"; } );", .line = 3,
		.key = "listen_port", .piece = "is missing, and underlay = \"port\" ("},
	{"ports and listen port 0",
		.gw = PORTS("") GW_HEAD "underlay = \"port\";\nlisten_port = 0; } );", .line = 5,
		.key = "listen_port", .piece = "is 0, and underlay = \"port\" ("},
	{"ports and no listen port in a wg file",
		.gw = PORTS("") "interfaces = ( { config = \"wg0.conf\"; underlay = \"port\"; } );",
		.wg = "\n" WG_HEAD, .line = 2, .key = "ListenPort",
		.piece = "gw.conf:3) tells the peers' packets by it; allowed: 1 to 65535"},
	{"listen port twice at the ports",
		.gw = PORTS("") GW_HEAD
		"underlay = \"port\"; listen_port = 5; },\n{ name = \"b\"; "
		"private_key_file = \"good.key\"; underlay = \"port\"; listen_port = 5; } );",
		.line = 5, .key = "listen_port", .piece = "5 is already the port of wg0"},
	{"unknown dscp", .gw = GW_HEAD "dscp = \"46\"; } );", .line = 2, .key = "dscp",
		.piece = "\"46\" is not known; allowed: zero or copy"},
	{"a path for netns", .gw = GW_HEAD "netns = \"/run/netns/a\"; } );", .line = 2,
		.key = "netns", .piece = "cannot be the name of a namespace; allowed: the name of"},
	{"netns above all", .gw = GW_HEAD "netns = \"..\"; } );", .line = 2, .key = "netns",
		.piece = "\"..\" cannot be the name"},
	{"a port in a netns",
		.gw = PORTS("") GW_HEAD
		"underlay = \"port\"; listen_port = 5;\n netns = \"a\"; } );",
		.line = 5, .key = "netns", .piece = "beside underlay = \"port\""},
	{"text for mss_clamp", .gw = GW_HEAD "mss_clamp = \"on\"; } );", .line = 2,
		.key = "mss_clamp", .piece = "where true or false without quotes belongs"},
	{"underlay in a wg file", .wg = WG_HEAD "underlay = port\n", .line = 3, .key = "underlay",
		.piece = "underlay stands in gw.conf, beside config; allowed: PrivateKey,"},
};

static void write_row(const struct bad_row *row)
{
	static char long_path[2 * PATH_MAX];
	const char *gw = row->gw ? row->gw : MINIMAL;

	if (!row->gw && !row->wg) {
		memset(long_path, 'x', sizeof(long_path) - 1);
		memcpy(long_path, "interfaces=({config=\"", 21);
		memcpy(long_path + sizeof(long_path) - 8, "\";});\n", 7);
		gw = long_path;
	}
	write_text("gw.conf", gw);
	unlink(path_here("wg0.conf"));
	if (row->wg)
		write_text("wg0.conf", row->wg);
}

static void test_row(void **state)
{
	const struct bad_row *row = *state;
	const char *file = row->file ? row->file : row->wg ? "wg0.conf" : "gw.conf";
	char start[PATH_MAX + 64];

	write_row(row);
	assert_null(load_here("gw.conf"));
	assert_int_equal(n_errors, 1);
	snprintf(start, sizeof(start), "%s%s%s:%u: %s: ", *file == '/' ? "" : folder,
		*file == '/' ? "" : "/", file, row->line, row->key);
	if (strncmp(last_error, start, strlen(start)) != 0)
		fail_msg("%s does not start with %s", last_error, start);
	if (!strstr(last_error + strlen(start), row->piece))
		fail_msg("%s lacks %s", last_error, row->piece);
	assert_non_null(strstr(last_error, "; allowed: "));
	assert_null(strchr(last_error, '\n'));
	assert_null(strstr(last_error, "AQIDBAUGBwgJ"));
	assert_null(strstr(last_error, "ISIjJCUmJygp"));
}

static int make_files(void **state)
{
	int error = make_folder(state);

	write_text("good.key", S2 "\n");
	return error ? error : mkdir(path_here("folder"), 0700);
}

int main(void)
{
	struct CMUnitTest tests[array_len(rows)];

	for (size_t i = 0; i < array_len(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = test_row,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests(tests, make_files, drop_folder);
}
