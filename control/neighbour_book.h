/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The kernel's neighbours on links that are ports of ours, as control knows and workers get them. Without a
 * socket: events in, tables/routes.h out. Control.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/route_watch.h"

struct neighbour_book;
struct route_links;
struct routes;

/* neighbour_book_create: NULL when memory is short. Both must stand as long as the book. */
must_check struct neighbour_book *neighbour_book_create(
	struct routes *routes, struct route_links *links);
void neighbour_book_destroy(
	struct neighbour_book *book); /* NULL is allowed; what was published stays */

/*
 * neighbour_book_take: a WATCH_NEIGHBOUR, from a dump or as news. 1: workers have it now; 0: they do not; -ENOMEM:
 * they do not either, so that the kernel sends what goes there.
 */
must_check int neighbour_book_take(struct neighbour_book *book, const struct watch_event *event);

/* Between the two come all neighbours of the family; after a complete dump the others are removed. */
void neighbour_book_dump_begun(struct neighbour_book *book, uint16_t family);
void neighbour_book_dump_ended(struct neighbour_book *book, uint16_t family, bool is_complete);

uint64_t neighbour_book_count(const struct neighbour_book *book);
