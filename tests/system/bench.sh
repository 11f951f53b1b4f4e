#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
#
# scripts/bench in a small form: its gateways start, its figures come into the table. None of them is looked at.
set -euo pipefail
((EUID == 0)) || { echo "skipped: needs root for network namespaces" && exit 77; }
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$root/scripts/bench" --quick --only latency --rounds 1 --gateways "TUN, 1 worker" --build "${BUILD:-$root/build}" --out "$out"
for line in "Ping, idle, p99" "Ping beside TCP, p50"; do
	grep -qE "^\| $line \| ms \| [0-9.]+ \|\$" "$out/results.md" || { echo "FAILED: no line '$line' in the table" && exit 1; }
done
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["failures"] == []' "$out/results.json"
