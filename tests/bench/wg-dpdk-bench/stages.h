/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The way of a batch from port to port, whole and each of its stages alone: the function that the pipeline calls, in
 * bursts, with the same packets or with others of the same traffic.
 */

#include <stdbool.h>

#include "frame_parse.h"
#include "meter.h"
#include "tables/routes.h"
#include "traffic.h"

struct world;

enum stage {
	STAGE_RECEIVE,  /* port_link_receive, and putting frames on the wire */
	STAGE_CLASSIFY, /* frame_parse */
	STAGE_LOOK_UP,  /* routes, neighbours, allowed IPs, index table */
	STAGE_AEAD,
	STAGE_TRANSMIT, /* port_link_send and flush, and taking frames off the wire */
	STAGE_TOTAL,    /* the whole, measured by itself */
	STAGES,
};

struct stages {
	struct world *world;
	struct meter meter;
	bool is_opening; /* packets come from peers */
	bool is_sealing; /* packets go to peers */
	unsigned burst;
	struct route_memo route_memo;
	struct frame frames[PACKET_BURST];
	struct batch batch;
	struct rte_mbuf *out[BATCH_MAX]; /* what came out */
	unsigned n_out;
};

/* stages_write_datagrams: for STAGE_AEAD. stages_write_arrivals: for the others but look-ups, which need no frames. */
void stages_write_datagrams(struct stages *s);
void stages_write_arrivals(struct stages *s);

/*
 * stages_run measures one stage for the batch. Only STAGE_TOTAL changes the frames, and leaves them in `out`; STAGE_AEAD
 * changes the datagrams.
 */
void stages_run(struct stages *s, enum stage stage, struct count *out);
