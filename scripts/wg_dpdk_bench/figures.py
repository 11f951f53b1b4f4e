# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Medians, percentiles and the search for the highest rate. No input, no output."""

import dataclasses
import math
import statistics

LOSS_LIMIT = 0.001


def percentile(values, percent):
    """By nearest rank: a value that was measured, never one between two."""
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


def summarize(rounds):
    """{name: [figure of each round]} to the median, the lowest and the highest of each name."""
    return {name: {"median": statistics.median(values), "low": min(values), "high": max(values), "rounds": len(values)}
            for name, values in rounds.items() if values}


@dataclasses.dataclass
class Trial:
    """What came of a rate that was asked for."""

    sent_pps: float
    lost: float  # part of what was sent


def highest_rate(attempt, max_pps, n_steps):
    """The highest rate that attempt(pps), which gives a Trial, carries with less than LOSS_LIMIT lost, in packets a second:
    after RFC 2544, 26.1, with halving instead of steps of the line rate. What the sender sent counts, which may be less
    than it was asked for. 0: every one of n_steps trials lost more."""
    good, bad, pps = 0.0, float(max_pps), float(max_pps)
    for _ in range(n_steps):
        trial = attempt(pps)
        if trial.lost < LOSS_LIMIT:
            good = max(good, trial.sent_pps)
            if pps >= max_pps:
                break  # all that the sender has
        else:
            bad = min(bad, trial.sent_pps)
        pps = next_rate(good, bad, trial)
    return good


def next_rate(good, bad, trial):
    """Nothing was good yet: what arrived, or half of it when that was tried in vain."""
    if good:
        return (good + bad) / 2
    arrived = trial.sent_pps * (1 - trial.lost)
    return arrived if arrived < 0.9 * bad else bad / 2
