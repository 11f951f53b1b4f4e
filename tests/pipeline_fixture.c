/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "pipeline_fixture.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_mbuf.h>

#include <arpa/inet.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "prng.h"
#include "tables/allowedips.h"
#include "tables/index_table.h"
#include "tables/rcu.h"

#define N_MBUFS 1023

const uint8_t fixture_public_key[WG_KEY_LEN] = {9};

static struct rte_mempool *pool;
static struct prng index_prng = {.state = 1};

static void must(bool is_done, const char *what)
{
	if (is_done)
		return;
	fprintf(stderr, "fixture: %s: %s\n", what, rte_strerror(rte_errno));
	abort();
}

/* On the processor that we are on already: the others may be taken away from us. */
void fixture_start_eal(void)
{
	char lcore[16];
	char *argv[] = {(char[]){"test"}, (char[]){"--no-huge"}, (char[]){"-m"}, (char[]){"64"},
		(char[]){"--no-shconf"}, (char[]){"--no-pci"}, (char[]){"--no-telemetry"},
		(char[]){"--lcores"}, lcore};

	rte_log_set_level_pattern("lib.*", RTE_LOG_WARNING);
	snprintf(lcore, sizeof(lcore), "0@%d", sched_getcpu());
	must(rte_eal_init((int)array_len(argv), argv) >= 0, "EAL");
	must(sodium_init() >= 0, "libsodium");
	pool = rte_pktmbuf_pool_create("packets", N_MBUFS, 32, sizeof(struct packet),
		RTE_MBUF_DEFAULT_BUF_SIZE + 256, SOCKET_ID_ANY);
	must(pool, "pool");
}

void fixture_stop_eal(void)
{
	rte_mempool_free(pool);
	rte_eal_cleanup();
}

struct rte_mempool *fixture_pool(void)
{
	return pool;
}

unsigned fixture_mbufs_out(void)
{
	return rte_mempool_in_use_count(pool);
}

static uint32_t draw_index(void)
{
	return (uint32_t)prng_next(&index_prng);
}

void fixture_init(struct fixture *f)
{
	const char *why = "";
	struct aead_trials trials;
	const struct aead_engine *engine = aead_engine_find("scalar", 0, &trials, &why);

	memset(f, 0, sizeof(*f));
	must(engine, why);
	f->n_mbufs_before = fixture_mbufs_out();
	f->rcu = rcu_create(1);
	must(f->rcu, "rcu");
	f->indices = index_table_create(f->rcu, draw_index);
	f->pl.indices = f->indices;
	f->pl.aead = aead_create(engine);
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++) {
		f->pl.mailboxes[kind] = mailbox_create(FIXTURE_MAILBOX_LEN, -1);
		must(f->pl.mailboxes[kind], "memory");
	}
	f->pl.now_ns = FIXTURE_BIRTH_NS;
	for (unsigned i = 0; i < array_len(f->ifaces); i++) {
		f->ifaces[i].iface_id = (uint8_t)(FIXTURE_FIRST_IFACE + i);
		f->ifaces[i].allowedips = allowedips_create(f->rcu);
		must(f->ifaces[i].allowedips, "allowed IPs");
		atomic_init(&f->ifaces[i].mtu, FIXTURE_MTU);
		cookie_checker_init(&f->checkers[i], fixture_public_key,
			(const uint8_t[WG_KEY_LEN]){(uint8_t)(1 + i)});
		atomic_init(&f->ifaces[i].checker, &f->checkers[i]);
	}
	must(admission_init(&f->pl.admission, &f->load, 1, randombytes_buf), "admission");
	must(f->indices && f->pl.aead, "memory");
}

int fixture_fini(struct fixture *f)
{
	for (unsigned kind = 0; kind < MAILBOX_KINDS; kind++) {
		fixture_drain(f->pl.mailboxes[kind]);
		mailbox_destroy(f->pl.mailboxes[kind]);
	}
	aead_destroy(f->pl.aead);
	admission_fini(&f->pl.admission);
	for (unsigned i = 0; i < array_len(f->ifaces); i++)
		allowedips_destroy(f->ifaces[i].allowedips);
	index_table_destroy(f->indices);
	rcu_destroy(f->rcu);
	return fixture_mbufs_out() == f->n_mbufs_before ? 0 : -1;
}

static void fill_keys(struct keypair *kp, uint32_t seed)
{
	for (unsigned i = 0; i < WG_KEY_LEN; i++) {
		kp->send_key[i] = (uint8_t)(seed + i);
		kp->receive_key[i] = (uint8_t)(seed + 0x80 + i);
	}
}

void fixture_add_peer(struct fixture *f, struct iface_view *iface, struct fixture_peer *peer,
	uint32_t seed, const char *const prefixes[])
{
	struct keypair *kp = &peer->keypair;
	struct ip_prefix prefix;

	memset(peer, 0, sizeof(*peer));
	peer->view.iface = iface;
	peer->view.peer_id = seed;
	peer->endpoint =
		(struct endpoint){.addr = {AF_INET, {192, 0, 2, (uint8_t)seed}}, .port = 51820};
	for (; *prefixes; prefixes++) {
		must(ip_prefix_parse(*prefixes, &prefix), *prefixes);
		must(allowedips_insert(iface->allowedips, &prefix, &peer->view) == 0, *prefixes);
	}
	fill_keys(kp, seed);
	kp->peer = &peer->view;
	keypair_set_age(kp, FIXTURE_BIRTH_NS, false);
	must(index_table_take(f->indices, kp, &kp->local_index) == 0, "index");
	kp->remote_index = ~kp->local_index;
	atomic_init(&kp->is_in_use, true);
	index_table_publish(f->indices, kp);
	peer->to.endpoint = peer->endpoint;
	atomic_init(&peer->view.endpoint, &peer->to);
	atomic_init(&peer->view.sending, kp);
}

void fixture_cross(struct fixture_peer *a, struct fixture_peer *b)
{
	memcpy(b->keypair.send_key, a->keypair.receive_key, WG_KEY_LEN);
	memcpy(b->keypair.receive_key, a->keypair.send_key, WG_KEY_LEN);
	a->keypair.remote_index = b->keypair.local_index;
	b->keypair.remote_index = a->keypair.local_index;
}

void fixture_write_inner(uint8_t *out, uint16_t len, const char *from, const char *to)
{
	bool is_v6 = strchr(from, ':');

	for (unsigned i = 0; i < len; i++)
		out[i] = (uint8_t)(len + 7 * i);
	if (is_v6) {
		out[0] = 0x60;
		out[4] = (uint8_t)((len - 40) >> 8);
		out[5] = (uint8_t)(len - 40);
	} else {
		out[0] = 0x45;
		out[2] = (uint8_t)(len >> 8);
		out[3] = (uint8_t)len;
	}
	must(inet_pton(is_v6 ? AF_INET6 : AF_INET, from, out + (is_v6 ? 8 : 12)) == 1, from);
	must(inet_pton(is_v6 ? AF_INET6 : AF_INET, to, out + (is_v6 ? 24 : 16)) == 1, to);
}

struct rte_mbuf *fixture_mbuf(const void *bytes, size_t len)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
	char *data;

	must(mbuf, "no mbuf left");
	memset(packet_of(mbuf), 0, sizeof(struct packet));
	data = rte_pktmbuf_append(mbuf, (uint16_t)len);
	must(data, "packet too long");
	if (len)
		memcpy(data, bytes, len);
	return mbuf;
}

struct rte_mbuf *fixture_inner(uint16_t len, const char *from, const char *to)
{
	uint8_t text[FIXTURE_TEXT_MAX];

	fixture_write_inner(text, len, from, to);
	return fixture_mbuf(text, len);
}

static void write_nonce(uint8_t nonce[12], uint64_t counter)
{
	memset(nonce, 0, 4);
	le64_store(nonce + 4, counter);
}

struct rte_mbuf *fixture_seal(
	const struct fixture_peer *peer, uint64_t counter, const void *text, size_t len)
{
	uint8_t datagram[FIXTURE_TEXT_MAX + WG_DATA_OVERHEAD], nonce[12];
	struct rte_mbuf *mbuf;

	le32_store(datagram, WG_MSG_DATA);
	le32_store(datagram + 4, peer->keypair.local_index);
	le64_store(datagram + 8, counter);
	write_nonce(nonce, counter);
	crypto_aead_chacha20poly1305_ietf_encrypt(datagram + sizeof(struct wg_msg_data), NULL, text,
		len, NULL, 0, NULL, nonce, peer->keypair.receive_key);
	mbuf = fixture_mbuf(datagram, len + WG_DATA_OVERHEAD);
	packet_of(mbuf)->outer = peer->endpoint;
	return mbuf;
}

int fixture_open(const struct fixture_peer *peer, struct rte_mbuf *mbuf, uint64_t *out_counter,
	uint8_t *out_text)
{
	const uint8_t *datagram = rte_pktmbuf_mtod(mbuf, const uint8_t *);
	unsigned long long text_len;
	uint8_t nonce[12];

	if (rte_pktmbuf_data_len(mbuf) < WG_DATA_OVERHEAD || le32_load(datagram) != WG_MSG_DATA
		|| le32_load(datagram + 4) != peer->keypair.remote_index)
		return -1;
	*out_counter = le64_load(datagram + 8);
	write_nonce(nonce, *out_counter);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(out_text, &text_len, NULL,
		    datagram + sizeof(struct wg_msg_data),
		    rte_pktmbuf_data_len(mbuf) - sizeof(struct wg_msg_data), NULL, 0, nonce,
		    peer->keypair.send_key)
		!= 0)
		return -1;
	return (int)text_len;
}

void fixture_fill(struct mailbox *mailbox)
{
	const struct event event = {.type = EVENT_AWAKE, .id = UINT32_MAX};

	while (mailbox_post(mailbox, &event))
		continue;
}

unsigned fixture_drain(struct mailbox *mailbox)
{
	struct event event;
	unsigned n = 0;

	for (; mailbox_drain(mailbox, &event, 1); n++)
		rte_pktmbuf_free(event.mbuf); /* NULL where there is none */
	return n;
}

void fixture_save(const struct fixture_peer *peer, struct fixture_state *out)
{
	memcpy(out->view, &peer->view, sizeof(out->view));
	memcpy(out->keypair, &peer->keypair, sizeof(out->keypair));
}

bool fixture_is_unchanged(const struct fixture_peer *peer, const struct fixture_state *state)
{
	return memcmp(state->view, &peer->view, sizeof(state->view)) == 0
		&& memcmp(state->keypair, &peer->keypair, sizeof(state->keypair)) == 0;
}

uint64_t drops_of(const struct drops *drops, enum drop_reason reason)
{
	return atomic_load_explicit(&drops->n[reason], memory_order_relaxed);
}

uint64_t drops_sum(const struct drops *drops)
{
	uint64_t n = 0;

	for (unsigned reason = 0; reason < DROP_N; reason++)
		n += drops_of(drops, reason);
	return n;
}

uint64_t fixture_dropped(const struct fixture *f, enum drop_reason reason)
{
	return drops_of(&f->pl.drops, reason);
}

uint64_t fixture_drops(const struct fixture *f)
{
	return drops_sum(&f->pl.drops);
}
