# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Who takes part: wg-dpdk in its ways, and others that are found here."""

import dataclasses
import os
import shutil
import subprocess


@dataclasses.dataclass(frozen=True)
class Gateway:
    name: str
    kind: str  # of tests/bench/lab.sh: socket, ports or a program
    n_workers: int = 0
    is_quick: bool = False

    @property
    def is_ours(self):
        return self.kind in ("socket", "ports")


OURS = [
    Gateway("wg-dpdk, TUN, 1 worker", "socket", 1, True),
    Gateway("wg-dpdk, TUN, 2 workers", "socket", 2),
    Gateway("wg-dpdk, AF_XDP, 1 worker", "ports", 1, True),
    Gateway("wg-dpdk, AF_XDP, 2 workers", "ports", 2),
]


def find(fetched):
    """All of them. `fetched`: the folder of fetch()."""
    others = [("wireguard-go", shutil.which("wireguard-go"), True), ("wireguard-go, newest", fetched / "wireguard", False),
              ("boringtun", fetched / "bin/boringtun-cli", False)]
    return OURS + [Gateway(name, str(program), 0, is_quick) for name, program, is_quick in others
                   if program and os.access(program, os.X_OK)]


def fetch(fetched):
    """Builds the newest of the others with the tools that are in PATH, and says what it did."""
    fetched.mkdir(parents=True, exist_ok=True)
    if shutil.which("go"):
        subprocess.run(["go", "install", "golang.zx2c4.com/wireguard@latest"], env={**os.environ, "GOBIN": str(fetched)}, check=True)
        yield "wireguard-go, newest, is built"
    else:
        yield "no go in PATH: without the newest wireguard-go"
    if shutil.which("cargo"):
        subprocess.run(["cargo", "install", "--quiet", "--locked", "--root", str(fetched), "boringtun-cli"], check=True)
        yield "boringtun is built"
    else:
        yield "no cargo in PATH: without boringtun"
