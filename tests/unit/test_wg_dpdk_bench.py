#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""wg-dpdk-bench runs, and its packets come out right: test_wg_dpdk_bench.py PROGRAM. No time is looked at."""

import json
import os
import subprocess
import sys
import tempfile

EAL = ["--no-huge", "--no-shconf", "--no-pci", "--no-telemetry", "--lcores", f"0@{min(os.sched_getaffinity(0))}"]
SHORT = ["--seconds", "0.001", "--rounds", "2"]

# Mode, and options as text.
RUNS = [
    ("encap", ""),
    ("decap", ""),
    ("loop", ""),
    ("encap", "--peers 40 --size imix --crypto scalar"),
    ("decap", "--peers 40 --size imix --crypto scalar"),
    ("loop", "--peers 40 --size imix --burst 64 --train 3"),
    ("loop", "--peers 3000 --size 41 --burst 1"),
    ("loop", "--peers 7 --size 9000 --burst 5"),
]

# A command line, and what the error says.
REFUSED = [
    ("", "loop, encap and decap"),
    ("both", "loop, encap and decap"),
    ("encap decap", "loop, encap and decap"),
    ("encap --peers 0", "1 to 1048576"),
    ("encap --peers 1048577", "1 to 1048576"),
    ("encap --peers -1", "1 to 1048576"),
    ("encap --peers 5x", "1 to 1048576"),
    ("encap --size 39", "imix or 40 to 9000"),
    ("encap --size 9001", "imix or 40 to 9000"),
    ("encap --size large", "imix or 40 to 9000"),
    ("encap --burst 65", "1 to 64"),
    ("encap --train 513", "1 to 512"),
    ("encap --rounds 1001", "1 to 1000"),
    ("encap --seconds 0", "more than 0"),
    ("encap --seconds nan", "more than 0"),
    ("encap --peers", "no value after --peers"),
    ("encap --fast", "unknown option --fast"),
]


# In the table and in the JSON; the first ones and the rest make the total.
PARTS = {"receive": "receive", "classify": "classify", "look-up": "look_up", "AEAD": "aead", "transmit": "transmit"}
LINES = {**PARTS, "rest": "rest", "total": "total", "outside the AEAD": "outside_aead"}


def run(megabytes, arguments):
    command = [sys.argv[1], *EAL, "-m", str(megabytes), "--", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_run(mode, options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        done = run(192, [mode, *SHORT, "--json", path, *options.split()])
        if done.returncode != 0:
            return f"status {done.returncode}: {done.stdout}{done.stderr}"
        with open(path, encoding="utf-8") as file:
            figures = json.load(file)
    text = done.stdout
    if figures["lost"] != 0 or figures["wrong"] != 0 or not 0 < figures["checked"] < figures["packets"]:
        return f"packets are missing: {figures}"
    if figures["mode"] != mode or min(figures[name]["tsc_cycles"] for name in ("total", *PARTS.values())) <= 0:
        return f"not a result: {figures}"
    for unit in ("tsc_cycles", "cpu_cycles"):
        cycles = {name: figures[name][unit] for name in LINES.values()}
        if abs(sum(cycles[name] for name in PARTS.values()) + cycles["rest"] - cycles["total"]) > 1:
            return f"the stages do not make the total: {cycles}"
        if abs(cycles["total"] - cycles["aead"] - cycles["outside_aead"]) > 0.2:
            return f"not what is outside the AEAD: {cycles}"
    for line in (*(f"{name} " for name in LINES), f"{figures['packets']} packets, 0 lost"):
        if "\n" + line not in text:
            return f"no line '{line}' in: {text}"
    if "Mpps" not in text or "CPU cycles" not in text:
        return f"not the table: {text}"
    return None


def check_refused(arguments, expected):
    done = run(64, arguments.split())
    if done.returncode != 2 or expected not in done.stderr or done.stderr.count("\n") != 1:
        return f"status {done.returncode}: {done.stderr}"
    return None


def check_memory():
    done = run(16, ["encap", *SHORT])
    if done.returncode != 1 or "-m 64" not in done.stderr:
        return f"status {done.returncode}: {done.stderr}"
    return None


def main():
    results = [(f"{mode} {options}", check_run(mode, options)) for mode, options in RUNS]
    results += [(f"refuses '{arguments}'", check_refused(arguments, text)) for arguments, text in REFUSED]
    results.append(("says how much memory", check_memory()))
    print(f"1..{len(results)}")
    for number, (name, why) in enumerate(results, 1):
        print(f"{'not ok' if why else 'ok'} {number} {name.strip()}")
        if why:
            print("# " + why.replace("\n", "\n# "))
    return 1 if any(why for _, why in results) else 0


sys.exit(main())
