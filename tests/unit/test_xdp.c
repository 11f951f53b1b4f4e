/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

/*
 * The program of io/xdp is loaded and put on one end of a veth pair; the kernel then runs it on frames made here. Whether
 * it takes a frame shows in its answer: XDP_REDIRECT where an AF_XDP socket is in its map, for the map's
 * answer is XDP_PASS without.
 */

#include "host/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "unit/own_netns.h"

#define FRAME_MAX 256
#define PAYLOAD_LEN 32
#define PORT 51820
#define OTHER_PORT 4500

static struct bpf_object *object;
static int program_fd = -1, sockets_fd; /* the program and its xsks_map */
static unsigned ifindex;
static struct host_error error;

#define NEED_PROGRAM() \
	do { \
		NEED_OWN_NETNS(); \
		if (program_fd < 0) { \
			print_message( \
				"skipped: this kernel does not let us load an XDP program\n"); \
			skip(); \
		} \
	} while (0)

/* --- a program, an interface, a socket --- */

static int be_silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

/* Only what this kernel has not or does not permit skips the tests: a program that the verifier refuses must not. */
static bool is_xdp_permitted(void)
{
	int fd = socket(AF_XDP, SOCK_RAW, 0);
	uint32_t id = 0;

	if (fd < 0)
		return false;
	close(fd);
	return bpf_prog_get_next_id(0, &id) == 0 || errno == ENOENT;
}

static int set_up(void **state)
{
	(void)state;
	if (!is_in_own_netns || !is_xdp_permitted())
		return 0;
	shell("ip link add wgx0 address 02:00:00:00:00:01 type veth peer name wgx1 && "
	      "ip addr add 192.0.2.1/24 dev wgx0 && ip addr add 2001:db8::1/64 dev wgx0 nodad && "
	      "ip link set wgx0 up && ip link set wgx1 up && "
	      "echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
	ifindex = if_nametoindex("wgx0");
	object = bpf_object__open_file(getenv("XDP_OBJECT"), NULL);
	if (!object || bpf_object__load(object) < 0)
		return -1;
	program_fd = bpf_program__fd(bpf_object__find_program_by_name(object, "take_udp"));
	sockets_fd = bpf_object__find_map_fd_by_name(object, "xsks_map");
	libbpf_set_print(be_silent);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bpf_object__close(object);
	return 0;
}

static void attach(int fd)
{
	assert_int_equal(bpf_xdp_attach((int)ifindex, fd, 0, NULL), 0);
}

static void detach(void)
{
	assert_int_equal(bpf_xdp_detach((int)ifindex, 0, NULL), 0);
}

/* Puts an AF_XDP socket into the map for queue 0; it goes when it is closed. */
static int put_socket(void)
{
	uint32_t queue = 0, n_descriptors = 64;
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		setsockopt(fd, SOL_XDP, XDP_RX_RING, &n_descriptors, sizeof(n_descriptors)), 0);
	assert_int_equal(bpf_map_update_elem(sockets_fd, &queue, &fd, BPF_ANY), 0);
	return fd;
}

static void set_ports(const uint16_t *ports, size_t n)
{
	if (xdp_listen_ports_set(ifindex, ports, n, &error) < 0)
		fail_msg("%s", error.line);
}

/* What the program answers to a frame that came in at queue 0. */
static uint32_t run(const uint8_t *frame, size_t len)
{
	struct xdp_md context = {.data_end = (uint32_t)len, .ingress_ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = (uint32_t)len,
		.ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = 1);

	if (bpf_prog_test_run_opts(program_fd, &opts) < 0)
		fail_msg("%zu bytes: %s", len, strerror(errno));
	return opts.retval;
}

/* --- frames --- */

struct made_frame {
	uint8_t bytes[FRAME_MAX];
	size_t len, ip_at, udp_at;
};

static void make_frame(struct made_frame *out, sa_family_t family, bool is_tagged)
{
	static const uint8_t own_mac[6] = {2, 0, 0, 0, 0, 1}, peer_mac[6] = {2, 0, 0, 0, 0, 2};
	static const uint8_t own4[4] = {192, 0, 2, 1}, peer4[4] = {192, 0, 2, 2};
	static const uint8_t own6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};
	static const uint8_t peer6[16] = {0x20, 1, 0x0d, 0xb8, [15] = 2};
	size_t ip_len = family == AF_INET ? 20 : 40;
	uint8_t *ip;

	*out = (struct made_frame){.ip_at = is_tagged ? 18 : 14};
	out->udp_at = out->ip_at + ip_len;
	out->len = out->udp_at + 8 + PAYLOAD_LEN;
	memcpy(out->bytes, own_mac, 6);
	memcpy(out->bytes + 6, peer_mac, 6);
	be16_store(out->bytes + 12, 0x8100);
	be16_store(out->bytes + 14, 7);
	be16_store(out->bytes + out->ip_at - 2, family == AF_INET ? 0x0800 : 0x86dd);
	ip = out->bytes + out->ip_at;
	if (family == AF_INET) {
		ip[0] = 0x45;
		be16_store(ip + 2, (uint16_t)(ip_len + 8 + PAYLOAD_LEN));
		ip[8] = 64;
		ip[9] = IPPROTO_UDP;
		memcpy(ip + 12, peer4, 4);
		memcpy(ip + 16, own4, 4);
	} else {
		ip[0] = 0x60;
		be16_store(ip + 4, 8 + PAYLOAD_LEN);
		ip[6] = IPPROTO_UDP;
		ip[7] = 64;
		memcpy(ip + 8, peer6, 16);
		memcpy(ip + 24, own6, 16);
	}
	be16_store(ip + ip_len, 40000);
	be16_store(ip + ip_len + 2, PORT);
	be16_store(ip + ip_len + 4, 8 + PAYLOAD_LEN);
}

enum part { NONE, ETHERNET, IP, UDP };

/* A good frame with two bytes of it changed. */
static const struct row {
	const char *what;
	sa_family_t family;
	bool is_tagged;
	enum part part;
	size_t at;
	uint16_t value;
	bool is_taken;
} rows[] = {
	/* 0 */
	{"IPv4", AF_INET, false, NONE, 0, 0, true},
	{"IPv6", AF_INET6, false, NONE, 0, 0, true},
	{"IPv4, tagged", AF_INET, true, NONE, 0, 0, true},
	{"IPv6, tagged", AF_INET6, true, NONE, 0, 0, true},
	{"the other listen port", AF_INET, false, UDP, 2, OTHER_PORT, true},
	/* 5 */
	{"the other listen port, IPv6", AF_INET6, true, UDP, 2, OTHER_PORT, true},
	{"must not be fragmented", AF_INET, false, IP, 6, 0x4000, true},
	{"a class of service", AF_INET, false, IP, 0, 0x45b8, true},
	{"a class of service, IPv6", AF_INET6, false, IP, 0, 0x6b80, true},
	{"a port that nobody has", AF_INET, false, UDP, 2, PORT + 1, false},
	/* 10 */
	{"a port 64 further", AF_INET6, false, UDP, 2, PORT + 64, false},
	{"port 0", AF_INET, false, UDP, 2, 0, false},
	{"the last port", AF_INET, false, UDP, 2, 65535, false},
	{"from a listen port", AF_INET, false, UDP, 0, PORT, true},
	{"TCP", AF_INET, false, IP, 8, 0x4006, false},
	/* 15 */
	{"ICMP", AF_INET, false, IP, 8, 0x4001, false},
	{"TCP over IPv6", AF_INET6, false, IP, 6, 0x0640, false},
	{"ICMPv6", AF_INET6, false, IP, 6, 0x3a40, false},
	{"hop-by-hop options", AF_INET6, false, IP, 6, 0x0040, false},
	{"an IPv6 fragment", AF_INET6, false, IP, 6, 0x2c40, false},
	/* 20 */
	{"destination options", AF_INET6, true, IP, 6, 0x3c40, false},
	{"a first fragment", AF_INET, false, IP, 6, 0x2000, false},
	{"a later fragment", AF_INET, false, IP, 6, 0x0001, false},
	{"the last fragment there can be", AF_INET, true, IP, 6, 0x1fff, false},
	{"IPv4 options", AF_INET, false, IP, 0, 0x4600, false},
	/* 25 */
	{"an IPv4 header too short", AF_INET, false, IP, 0, 0x4400, false},
	{"IPv6 in a frame of IPv4", AF_INET, false, IP, 0, 0x6500, false},
	{"IPv4 in a frame of IPv6", AF_INET6, false, IP, 0, 0x4500, false},
	{"an IPv4 packet longer than its frame", AF_INET, false, IP, 2, 61, false},
	{"an IPv4 packet shorter than its UDP", AF_INET, false, IP, 2, 59, false},
	/* 30 */
	{"the longest IPv4 packet", AF_INET, false, IP, 2, 65535, false},
	{"an IPv4 packet of nothing", AF_INET, false, IP, 2, 0, false},
	{"an IPv6 packet longer than its frame", AF_INET6, false, IP, 4, 41, false},
	{"an IPv6 packet shorter than its UDP", AF_INET6, false, IP, 4, 39, false},
	{"the longest IPv6 packet", AF_INET6, false, IP, 4, 65535, false},
	/* 35 */
	{"an IPv6 packet of nothing", AF_INET6, false, IP, 4, 0, false},
	{"UDP shorter than its packet", AF_INET, false, UDP, 4, 39, false},
	{"UDP of nothing", AF_INET6, false, UDP, 4, 0, false},
	{"ARP", AF_INET, false, ETHERNET, 12, 0x0806, false},
	{"ARP, tagged", AF_INET, true, ETHERNET, 16, 0x0806, false},
	/* 40 */
	{"a second tag", AF_INET, true, ETHERNET, 16, 0x8100, false},
	{"a provider's tag", AF_INET, true, ETHERNET, 12, 0x88a8, false},
	{"another MAC address", AF_INET, false, ETHERNET, 4, 0x0002, false},
	{"a MAC address that differs in its first byte", AF_INET6, false, ETHERNET, 0, 0x0600,
		false},
	{"a group of MAC addresses", AF_INET6, false, ETHERNET, 0, 0x3333, false},
	/* 45 */
	{"an IPv4 packet to be forwarded", AF_INET, false, IP, 18, 0x024d, false},
	{"an IPv6 packet to be forwarded", AF_INET6, false, IP, 38, 0x004d, false},
	{"from an address on the link", AF_INET6, false, IP, 8, 0xfe80, false},
	{"from the last address on the link", AF_INET6, false, IP, 8, 0xfebf, false},
	{"from beside the addresses on the link", AF_INET6, false, IP, 8, 0xfe7f, true},
};

static void make_row(struct made_frame *out, const struct row *row)
{
	make_frame(out, row->family, row->is_tagged);
	switch (row->part) {
	case NONE:
		break;
	case ETHERNET:
		be16_store(out->bytes + row->at, row->value);
		break;
	case IP:
		be16_store(out->bytes + out->ip_at + row->at, row->value);
		break;
	case UDP:
		be16_store(out->bytes + out->udp_at + row->at, row->value);
		break;
	}
}

/* --- what is taken --- */

static void run_rows(bool has_socket)
{
	unsigned n_wrong = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_frame frame;
		uint32_t answer;

		make_row(&frame, &rows[i]);
		answer = run(frame.bytes, frame.len);
		if (answer == (has_socket && rows[i].is_taken ? XDP_REDIRECT : XDP_PASS))
			continue;
		print_error("row %zu, %s: %u\n", i, rows[i].what, answer);
		n_wrong++;
	}
	assert_int_equal(n_wrong, 0);
}

static void test_rows(void **state)
{
	const uint16_t ports[] = {PORT, OTHER_PORT};
	int fd;

	(void)state;
	NEED_PROGRAM();
	attach(program_fd);
	set_ports(ports, 2);
	run_rows(false);
	fd = put_socket();
	run_rows(true);
	close(fd);
	run_rows(false);
	detach();
}

/* A frame that is cut anywhere is passed on; one that Ethernet padded is taken. */
static void test_lengths(void **state)
{
	const uint16_t port = PORT;
	int fd;

	(void)state;
	NEED_PROGRAM();
	attach(program_fd);
	set_ports(&port, 1);
	fd = put_socket();
	for (unsigned variant = 0; variant < 4; variant++) {
		struct made_frame frame;

		make_frame(&frame, variant & 1 ? AF_INET6 : AF_INET, variant & 2);
		for (size_t len = 14; len < frame.len; len++)
			assert_int_equal(run(frame.bytes, len), XDP_PASS);
		for (size_t len = frame.len; len < frame.len + 20; len++)
			assert_int_equal(run(frame.bytes, len), XDP_REDIRECT);
	}
	close(fd);
	detach();
}

/* Without forwarding all that is sent to our MAC address is for the host. */
static void test_not_forwarding(void **state)
{
	const uint16_t port = PORT;
	int fd;

	(void)state;
	NEED_PROGRAM();
	attach(program_fd);
	set_ports(&port, 1);
	fd = put_socket();
	shell("echo 0 >/proc/sys/net/ipv4/ip_forward && echo 0 >/proc/sys/net/ipv6/conf/all/forwarding");
	for (unsigned variant = 0; variant < 2; variant++) {
		struct made_frame frame;

		make_frame(&frame, variant ? AF_INET6 : AF_INET, false);
		assert_int_equal(run(frame.bytes, frame.len), XDP_REDIRECT);
	}
	shell("echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding");
	close(fd);
	detach();
}

/* Every port finds its own bit, and what is set replaces what was. */
static void test_ports(void **state)
{
	static const uint16_t ports[] = {0, 1, 63, 64, 51820, 65535};
	struct made_frame frame;
	int fd;

	(void)state;
	NEED_PROGRAM();
	attach(program_fd);
	fd = put_socket();
	make_frame(&frame, AF_INET, false);
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		set_ports(&ports[i], 1);
		for (size_t k = 0; k < sizeof(ports) / sizeof(ports[0]); k++) {
			be16_store(frame.bytes + frame.udp_at + 2, ports[k]);
			assert_int_equal(
				run(frame.bytes, frame.len), k == i ? XDP_REDIRECT : XDP_PASS);
		}
	}
	set_ports(NULL, 0);
	assert_int_equal(run(frame.bytes, frame.len), XDP_PASS);
	close(fd);
	detach();
}

/* --- what is on the interface --- */

/* A program that passes everything and is not ours. */
static int load_other(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "other", "BSD", insns, 2, NULL);

	assert_true(fd >= 0);
	return fd;
}

static void assert_refused(int result, int error_number, const char *part)
{
	assert_int_equal(result, -error_number);
	if (!strstr(error.line, part))
		fail_msg("no \"%s\" in: %s", part, error.line);
}

static void test_ports_refused(void **state)
{
	const uint16_t port = PORT;
	int other;

	(void)state;
	NEED_PROGRAM();
	assert_refused(xdp_listen_ports_set(ifindex, &port, 1, &error), ENOENT, "is not on wgx0");
	assert_refused(xdp_listen_ports_set(4711, &port, 1, &error), ENODEV, "4711");
	other = load_other();
	attach(other);
	assert_refused(xdp_listen_ports_set(ifindex, &port, 1, &error), ENOENT, "is not on wgx0");
	detach();
	close(other);
}

static void test_leftover(void **state)
{
	uint32_t id = 0;
	int fd;

	(void)state;
	NEED_PROGRAM();
	assert_int_equal(xdp_leftover_remove(ifindex, &error), 0);
	attach(program_fd);
	fd = put_socket();
	assert_refused(xdp_leftover_remove(ifindex, &error), EBUSY, "another wg-dpdk uses wgx0");
	assert_int_equal(bpf_xdp_query_id((int)ifindex, 0, &id), 0);
	assert_int_not_equal(id, 0);
	close(fd);
	assert_int_equal(xdp_leftover_remove(ifindex, &error), 0);
	assert_int_equal(bpf_xdp_query_id((int)ifindex, 0, &id), 0);
	assert_int_equal(id, 0);
}

static void test_leftover_refused(void **state)
{
	int other;

	(void)state;
	NEED_PROGRAM();
	assert_refused(xdp_leftover_remove(4711, &error), ENODEV, "4711");
	other = load_other();
	attach(other);
	assert_refused(xdp_leftover_remove(ifindex, &error), EBUSY,
		"another XDP program, other, is on wgx0");
	detach();
	close(other);
}

/* --- where the program is --- */

/* Runs this program from a folder as of a build, with and without the file beside it. */
static void test_path(void **state)
{
	char own[512] = "", command[1024];
	const char *said;

	(void)state;
	assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
	snprintf(command, sizeof(command),
		"d=$(mktemp -d) && mkdir -p $d/control $d/dataplane/io/xdp && cp %s $d/control/x && "
		"touch $d/dataplane/io/xdp/take_udp.bpf.o && $d/control/x --path; "
		"mkdir $d/,c && cp -r $d/control $d/dataplane $d/,c && $d/,c/control/x --path; "
		"rm -r $d",
		own);
	said = shell(command);
	assert_non_null(strstr(said, "/control/../dataplane/io/xdp/take_udp.bpf.o\n"));
	assert_non_null(strstr(said, "no path with a comma"));
}

static void test_path_missing(void **state)
{
	const char *path;

	(void)state;
	path = xdp_program_path(&error);
	if (path) /* it is installed on this machine */
		assert_int_equal(access(path, R_OK), 0);
	else
		assert_non_null(strstr(error.line, "/wg-dpdk/take_udp.bpf.o: No such file"));
}

static int print_path(void)
{
	const char *path = xdp_program_path(&error);

	puts(path ? path : error.line);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_not_forwarding),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_ports_refused),
		cmocka_unit_test(test_leftover),
		cmocka_unit_test(test_leftover_refused),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_path_missing),
	};

	if (argc == 2 && strcmp(argv[1], "--path") == 0)
		return print_path();
	own_netns_enter();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
