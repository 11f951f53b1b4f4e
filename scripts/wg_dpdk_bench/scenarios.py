# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""What is measured of each gateway. Each function gives {metric: figure}; METRICS says what they are."""

import dataclasses
import json
import subprocess

from .figures import Trial, highest_rate, percentile
from .gateways import Gateway
from .lab import Lab

SIZES = (64, 512, 1420)
N_PEERS = (1, 1000, 10000)


@dataclasses.dataclass(frozen=True)
class Metric:
    title: str
    unit: str
    digits: int
    plot: str


METRICS = {
    "tcp1_in": Metric("TCP, 1 stream, in", "Gbit/s", 2, "tcp"),
    "tcp1_out": Metric("TCP, 1 stream, out", "Gbit/s", 2, "tcp"),
    "tcp8_in": Metric("TCP, 8 streams, in", "Gbit/s", 2, "tcp"),
    "tcp8_out": Metric("TCP, 8 streams, out", "Gbit/s", 2, "tcp"),
    **{f"udp{n}": Metric(f"UDP, {n} bytes, loss < 0.1 %", "kpps", 1, "udp") for n in SIZES},
    "idle_p50": Metric("Ping, idle, p50", "ms", 2, "latency"),
    "idle_p99": Metric("Ping, idle, p99", "ms", 2, "latency"),
    "loaded_p50": Metric("Ping beside TCP, p50", "ms", 2, "latency"),
    "loaded_p99": Metric("Ping beside TCP, p99", "ms", 2, "latency"),
    "cpu_in": Metric("CPU, TCP in", "s/GB", 2, "cpu"),
    "cpu_out": Metric("CPU, TCP out", "s/GB", 2, "cpu"),
    **{f"memory{n}": Metric(f"Memory, {n:,} peer{'s' if n > 1 else ''}", "MB", 0, "memory") for n in N_PEERS},
    "handshakes": Metric("Handshakes, one core, computation", "1/s", 0, ""),
}


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long everything takes."""

    rounds: int
    tcp_s: int
    udp_s: int
    udp_steps: int
    n_pings: int
    n_peers: tuple


FULL = Plan(rounds=5, tcp_s=5, udp_s=2, udp_steps=10, n_pings=1000, n_peers=N_PEERS)
QUICK = Plan(rounds=2, tcp_s=1, udp_s=1, udp_steps=3, n_pings=100, n_peers=(1000,))


def throughput(lab, plan):
    figures = {}
    for n in (1, 8):
        for way, option in (("in", ()), ("out", ("-R",))):
            answer = dict(lab.ask("tcp", n, plan.tcp_s, *option))
            figures[f"tcp{n}_{way}"] = answer["gbits"]
            if n == 1 and "cpu_s_per_gb" in answer:
                figures[f"cpu_{way}"] = answer["cpu_s_per_gb"]
    return figures


def packet_rate(lab, plan):
    figures = {}
    for size in SIZES:
        def attempt(pps, size=size):
            answer = dict(lab.ask("udp", size, int(pps), plan.udp_s))
            return Trial(answer["sent_pps"], answer["lost"])
        figures[f"udp{size}"] = highest_rate(attempt, 400_000, plan.udp_steps) / 1000
    return figures


def latency(lab, plan):
    figures = {}
    for load in ("idle", "loaded"):
        times = [figure for _, figure in lab.ask("latency", plan.n_pings, load)]
        if times:
            figures[f"{load}_p50"], figures[f"{load}_p99"] = percentile(times, 50), percentile(times, 99)
    return figures


def memory(root, build, gateway: Gateway, n_peers):
    with Lab(root, build, gateway, n_peers) as lab:
        return {f"memory{n_peers}": dict(lab.ask("memory"))["resident_mb"]}


def handshakes(build, seconds):
    """Of wg-dpdk alone: others have no program that counts them."""
    command = [build / "tests/bench/wg-dpdk-bench/wg-dpdk-bench", *"--no-huge --no-shconf --no-pci -m 64 --no-telemetry --".split(),
               "handshake", "--seconds", str(seconds), "--json", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {"handshakes": json.loads(text[text.index("{"):])["handshakes_per_s"]}


# By the word of --only; memory has a lab of its own for each number of peers.
SCENARIOS = {"throughput": throughput, "packets": packet_rate, "latency": latency}
