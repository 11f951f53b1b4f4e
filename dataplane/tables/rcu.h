/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * Read-copy-update over rte_rcu_qsbr: workers read published objects between two quiescent reports,
 * control retires what it took out, and it is freed when every worker has reported since.
 */

#include <stdint.h>

#include "base/compiler.h"

struct rcu;

/* rcu_create: for at most `n_readers` readers with ids from 0; NULL when memory is short. Init only. */
must_check struct rcu *rcu_create(unsigned n_readers);

/* rcu_destroy frees what is still retired, and the rest. No reader may be left. Init only. */
void rcu_destroy(struct rcu *rcu);

/* A reader goes online before its first read, reports often, and goes offline before it sleeps. Worker. */
void rcu_online(struct rcu *rcu, unsigned reader_id);
void rcu_offline(struct rcu *rcu, unsigned reader_id);
void rcu_quiescent(struct rcu *rcu, unsigned reader_id);

/*
 * rcu_retire calls free_object(object) once no reader can hold `object` any more; the caller has
 * already unpublished it. When memory for the wait is short it waits here. Control.
 */
void rcu_retire(struct rcu *rcu, void *object, void (*free_object)(void *object));

/* rcu_reclaim frees what has become free and returns how much still waits. Never waits itself. Control. */
unsigned rcu_reclaim(struct rcu *rcu);

/* rcu_synchronize waits until every reader that is online has reported. Control. */
void rcu_synchronize(struct rcu *rcu);
