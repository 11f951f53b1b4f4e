/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#pragma once

/*
 * The kernel's routes as control knows them, and what of them workers get: of all routes of a prefix the one that
 * the kernel would take, its links turned into ports and interfaces. Without a socket: events in, tables/routes.h
 * out. Control.
 *
 * What the kernel never sends on, or not by its routes alone, is not for the fast path either: multicast and the
 * limited broadcast, 0.0.0.0/8, 127.0.0.0/8, ::, ::1, IPv4 addresses within IPv6 (::ffff:0:0/96), and
 * link-local IPv6.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "host/route_watch.h"

struct route_book;
struct route_links;
struct routes;

/* route_book_create: NULL when memory is short. Both must stand as long as the book. */
must_check struct route_book *route_book_create(struct routes *routes, struct route_links *links);
void route_book_destroy(struct route_book *book); /* NULL is allowed; what was published stays */

/*
 * route_book_take: a WATCH_ROUTE, from a dump or as news. 0; -ENOMEM: workers may have an older route until the next
 * dump.
 */
must_check int route_book_take(struct route_book *book, const struct watch_event *event);

/*
 * Between the two come all routes of the family. After a complete dump those that did not come are to be removed:
 * while route_book_is_sweeping, nothing else may be called but route_book_sweep, which does a part of it, about
 * BOOK_SWEEP_ROUTES routes.
 */
#define BOOK_SWEEP_ROUTES 1024
void route_book_dump_begun(struct route_book *book, uint16_t family);
void route_book_dump_ended(struct route_book *book, uint16_t family, bool is_complete);
bool route_book_is_sweeping(const struct route_book *book);
must_check int route_book_sweep(struct route_book *book); /* as route_book_take */

uint64_t route_book_count(const struct route_book *book); /* routes, not prefixes */
uint64_t route_book_bytes(
	const struct route_book *book); /* memory, without the tables of the workers */
