# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Where it was measured."""

import datetime
import os
import platform
import re
import subprocess


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def first_number(text):
    found = re.search(r"\d+(\.\d+)+", text)
    return found[0] if found else "unknown"


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        found = re.search(r"model name\s*: (.*)", file.read())
    return found[1] if found else platform.machine()


def describe(root, build):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "wg-dpdk": output_of(build / "control/wg-dpdk", "--version").partition(" ")[2],
        "commit": output_of("git", "-C", root, "describe", "--always", "--dirty", "--abbrev=12"),
        "dpdk": output_of("pkg-config", "--modversion", "libdpdk"),
        "iperf3": first_number(output_of("iperf3", "--version")),
        "wireguard-go": first_number(output_of("wireguard-go", "--version")),
    }
