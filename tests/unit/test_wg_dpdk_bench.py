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
    ("", "loop, encap, decap, aead and handshake"),
    ("both", "loop, encap, decap, aead and handshake"),
    ("encap decap", "loop, encap, decap, aead and handshake"),
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
    ("encap --burst 1,32", "--burst 1,32; 1 to 64"),
    ("encap --engine scalar", "for aead"),
    ("handshake --peers 1", "handshake has"),
    ("aead --peers 1", "for encap, decap and loop"),
    ("--crypto scalar aead", "for encap, decap and loop"),
    ("aead --size imix", "1 to 9000"),
    ("aead --size 0", "1 to 9000"),
    ("aead --size 64,9001", "1 to 9000"),
    ("aead --size 64,", "1 to 9000"),
    ("aead --size 1,2,3,4,5,6,7,8,9", "up to 8"),
    ("aead --burst 65", "1 to 64"),
    ("aead --burst 1;32", "1 to 64"),
    ("aead --engine fast", "--help lists them"),
    ("aead --engine scalar,", "--help lists them"),
    ("aead --engine native", "--help lists them"),
    ("aead --rounds 1001", "1 to 1000"),
]

ENGINES = ["scalar", "native-avx2", "native-avx512", "native-avx512-ifma", "ipsec-mb-sse", "ipsec-mb-avx2",
           "ipsec-mb-avx512", "libsodium", "openssl"]
COST = {"tsc_cycles", "lowest", "highest", "tsc_cycles_per_byte", "cpu_cycles", "cpu_cycles_per_byte", "instructions",
        "ratio_to_ipsec_mb"}


# In the table and in the JSON; the first ones and the rest make the total.
PARTS = {"receive": "receive", "classify": "classify", "look-up": "look_up", "AEAD": "aead", "transmit": "transmit"}
LINES = {**PARTS, "rest": "rest", "total": "total", "outside the AEAD": "outside_aead"}


def run(megabytes, arguments, eal=()):
    command = [sys.argv[1], *EAL, *eal, "-m", str(megabytes), "--", *arguments]
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


def run_aead(options, eal=()):
    """Status, text and JSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        done = run(64, ["aead", *SHORT, "--json", path, *options], eal)
        if not os.path.exists(path):
            return done.returncode, done.stderr, None
        with open(path, encoding="utf-8") as file:
            return done.returncode, done.stdout, json.load(file)


def check_row(row, text):
    name = f"{row['engine']}, {row['bytes']} bytes"
    if f"\n{row['bytes']} bytes, bursts of {row['burst']}:" not in text:
        return f"no table of {name}"
    for way in ("seal", "open"):
        cost = row[way]
        if set(cost) != COST or not 0 < cost["lowest"] <= cost["tsc_cycles"] <= cost["highest"]:
            return f"not the cost of {name}: {cost}"
        if abs(cost["tsc_cycles"] - cost["tsc_cycles_per_byte"] * row["bytes"]) > 0.1 + 0.001 * row["bytes"]:
            return f"per byte is not per packet: {name}: {cost}"
        if not any(line.startswith(f"{row['engine']} ") and f" {way} " in line for line in text.splitlines()):
            return f"no line of {name}"
    return None


def check_aead_all():
    status, text, figures = run_aead(["--size", "1,64,9000", "--burst", "1,5"])
    if status != 0:
        return f"status {status}: {text}"
    took_part = [name for name in ENGINES if name not in figures["without"]]
    expected = [(size, burst, name) for size in (1, 64, 9000) for burst in (1, 5) for name in took_part]
    if [(row["bytes"], row["burst"], row["engine"]) for row in figures["rows"]] != expected:
        return f"not the rows: {figures}"
    if not {"scalar", "libsodium"} <= set(took_part) or not set(figures["without"]) <= set(ENGINES):
        return f"not the engines: {figures}"
    if figures["mode"] != "aead" or figures["wrong"] != 0 or figures["checked"] == 0:
        return f"not a result: {figures}"
    for name, why in figures["without"].items():
        if f"\nwithout {name}: {why}\n" not in text:
            return f"not named: {name} in {text}"
    return next(filter(None, (check_row(row, text) for row in figures["rows"])), None)


def check_aead_some():
    status, text, figures = run_aead(["--engine", "libsodium,scalar"])
    if status != 0 or {row["engine"] for row in figures["rows"]} != {"scalar", "libsodium"} or figures["without"]:
        return f"status {status}: {text}"
    if {(row["bytes"], row["burst"]) for row in figures["rows"]} != {(64, 32), (256, 32), (512, 32), (1424, 32)}:
        return f"not the defaults: {figures}"
    return None


def check_aead_ratio():
    _, text, figures = run_aead(["--engine", "native-avx2,ipsec-mb-avx2,scalar", "--size", "64"])
    if figures is None:
        return None if "CPU lacks" in text else text
    rows = {row["engine"]: row for row in figures["rows"]}
    for way in ("seal", "open"):
        native, rival = (rows[name][way] for name in ("native-avx2", "ipsec-mb-avx2"))
        if abs(native["ratio_to_ipsec_mb"] - native["tsc_cycles"] / rival["tsc_cycles"]) > 0.002:
            return f"not the ratio: {rows}"
        if rival["ratio_to_ipsec_mb"] is not None or rows["scalar"][way]["ratio_to_ipsec_mb"] is not None:
            return f"a ratio too many: {rows}"
    return None


def check_aead_width():
    """EAL's limit holds, and the error of an engine that is asked for says how to lift it."""
    limit = ["--force-max-simd-bitwidth=128"]
    status, text, figures = run_aead(["--size", "64"], limit)
    if status != 0 or any("avx" in row["engine"] for row in figures["rows"]):
        return f"status {status}: {text}"
    status, text, _ = run_aead(["--engine", "native-avx2"], limit)
    if status != 1 or not ("--force-max-simd-bitwidth" in text or "CPU lacks" in text):
        return f"status {status}: {text}"
    return None


def check_handshake():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        done = run(64, ["handshake", *SHORT, "--json", path])
        if done.returncode != 0:
            return f"status {done.returncode}: {done.stdout}{done.stderr}"
        with open(path, encoding="utf-8") as file:
            figures = json.load(file)
    whole, one = figures["handshake_tsc_cycles"], figures["x25519_tsc_cycles"]
    if figures["wrong"] != 0 or figures["handshakes"] == 0 or not 0 < figures["lowest"] <= whole <= figures["highest"]:
        return f"not a result: {figures}"
    if abs(figures["ratio_to_4_x25519"] - 4 * one / whole) > 0.01 or "of the bound" not in done.stdout:
        return f"not the ratio: {figures}"
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
    results += [(check.__name__, check())
                for check in (check_aead_all, check_aead_some, check_aead_ratio, check_aead_width, check_handshake)]
    print(f"1..{len(results)}")
    for number, (name, why) in enumerate(results, 1):
        print(f"{'not ok' if why else 'ok'} {number} {name.strip()}")
        if why:
            print("# " + why.replace("\n", "\n# "))
    return 1 if any(why for _, why in results) else 0


sys.exit(main())
