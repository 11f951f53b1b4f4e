#!/usr/bin/python3 -EsB
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""scripts/bench's statistics and its search, with invented measurements: test_bench_figures.py SCRIPTS"""

import sys
import unittest

sys.path.insert(0, sys.argv.pop(1))

from wg_dpdk_bench.figures import Trial, highest_rate, percentile, summarize


def gateway(capacity_pps, sender_pps=1e9, noise=0.0):
    """Carries so much and drops the rest; `noise` is lost in any case."""
    asked = []

    def attempt(pps):
        asked.append(pps)
        sent = min(pps, sender_pps)
        return Trial(sent, max(1 - capacity_pps / sent, noise))
    return attempt, asked


class Figures(unittest.TestCase):
    def test_percentile(self):
        for values, percent, expected in (([7], 50, 7), ([7], 99, 7), ([3, 1, 2], 50, 2), ([1, 2, 3, 4], 50, 2),
                                          (range(1, 101), 99, 99), (range(1, 201), 99, 198), ([1, 2], 0, 1)):
            self.assertEqual(percentile(values, percent), expected, (values, percent))

    def test_summary(self):
        self.assertEqual(summarize({"a": [3, 1, 2], "b": []}), {"a": {"median": 2, "low": 1, "high": 3, "rounds": 3}})
        self.assertEqual(summarize({"a": [4, 1]})["a"]["median"], 2.5)


class Search(unittest.TestCase):
    def test_finds_what_is_carried(self):
        for capacity in (100, 5_000, 77_777, 400_000, 999_000):
            attempt, asked = gateway(capacity)
            rate = highest_rate(attempt, 1_000_000, 10)
            self.assertLessEqual(rate, capacity * 1.001, capacity)
            self.assertGreater(rate, capacity * 0.95, capacity)
            self.assertLessEqual(len(asked), 10)

    def test_carries_all(self):
        attempt, asked = gateway(2_000_000)
        self.assertEqual(highest_rate(attempt, 1_000_000, 10), 1_000_000)
        self.assertEqual(len(asked), 1)

    def test_the_sender_is_slower(self):
        attempt, asked = gateway(500_000, sender_pps=200_000)
        self.assertEqual(highest_rate(attempt, 1_000_000, 10), 200_000)
        self.assertEqual(len(asked), 1)

    def test_a_slow_sender_still_loses(self):
        attempt, _ = gateway(50_000, sender_pps=200_000)
        self.assertGreater(highest_rate(attempt, 1_000_000, 10), 45_000)

    def test_something_is_always_lost(self):
        attempt, asked = gateway(100_000, noise=0.002)
        self.assertEqual(highest_rate(attempt, 1_000_000, 6), 0)
        self.assertEqual(len(asked), 6)
        self.assertLess(asked[-1], 20_000, "it goes down")

    def test_limit(self):
        attempt, _ = gateway(100_000, noise=0.0009)
        self.assertGreater(highest_rate(attempt, 1_000_000, 10), 95_000)


if __name__ == "__main__":
    unittest.main()
