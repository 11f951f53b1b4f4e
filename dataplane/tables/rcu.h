/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Read-copy-update over rte_rcu_qsbr: workers read published objects between two quiescent reports,
 * control retires what it took out, and it is freed when every worker has reported since.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct rcu;

#define RCU_WAITING_MAX 4096 /* retired objects that can wait at a time */

/* rcu_create: for `n_readers` readers (at least 1) with ids from 0, all offline; NULL when memory is short. Init only. */
must_check struct rcu *rcu_create(unsigned n_readers);

/* rcu_destroy frees what is still retired, and the rest; NULL is allowed. No reader may be left. Init only. */
void rcu_destroy(struct rcu *rcu);

/* A reader goes online before its first read, reports often, and goes offline before it sleeps. Worker. */
void rcu_online(struct rcu *rcu, unsigned reader_id);
void rcu_offline(struct rcu *rcu, unsigned reader_id);
void rcu_quiescent(struct rcu *rcu, unsigned reader_id);

/*
 * rcu_retire has free_object(object) called, by a later rcu_retire, rcu_reclaim or rcu_destroy, once no
 * reader can hold `object` any more; the caller has already unpublished it. When RCU_WAITING_MAX
 * objects wait it waits for the readers first. `free_object` may itself retire and reclaim. Control.
 */
void rcu_retire(struct rcu *rcu, void *object, void (*free_object)(void *object));

/* rcu_reclaim frees what has become free and returns how much still waits. Never waits itself. Control. */
unsigned rcu_reclaim(struct rcu *rcu);

/*
 * rcu_start returns a token, for which rcu_has_passed becomes true when every reader that is online has reported since.
 * Neither waits. Control.
 */
must_check uint64_t rcu_start(struct rcu *rcu);
must_check bool rcu_has_passed(struct rcu *rcu, uint64_t token);

/* rcu_synchronize waits until every reader that is online has reported. Control. */
void rcu_synchronize(struct rcu *rcu);
