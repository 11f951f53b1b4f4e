/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/* Handshake messages in and out: between the network's datagrams and handshake/noise.h. [W] 5.4. Control. */

#include <stdint.h>

struct gateway;
struct peer;
struct rte_mbuf;

/* exchange_initiate starts a handshake with `peer`, whatever is in progress; with helpers its message leaves later. */
void exchange_initiate(struct gateway *gw, struct peer *peer, uint64_t now_ns);

/* exchange_receive takes a datagram that is a handshake message by its type and length, and worth handling (admission.h). */
void exchange_receive(struct gateway *gw, struct rte_mbuf *mbuf, uint64_t now_ns);

/* exchange_receive_proven: the same under load, whose sender has proven its address; each source has its rate. */
void exchange_receive_proven(struct gateway *gw, struct rte_mbuf *mbuf, uint64_t now_ns);

/* exchange_collect goes on with handshakes that helpers have computed, at most a fixed number; returns how many. */
unsigned exchange_collect(struct gateway *gw, uint64_t now_ns);

/* exchange_upcalls: what the handshake engine may ask of a gateway's interface; its context is the interface. */
struct noise_upcalls;
extern const struct noise_upcalls exchange_upcalls;
