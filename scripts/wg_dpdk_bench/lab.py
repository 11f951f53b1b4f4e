# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""Talks to tests/bench/lab.sh, which has the namespaces and the gateway."""

import os
import subprocess
import tempfile


class LabFailed(Exception):
    """The lab ended; the text is the last that it said."""


class Lab:
    def __init__(self, root, build, gateway, n_peers=1):
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [root / "tests/bench/lab.sh", gateway.kind, str(gateway.n_workers)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints,
            env={**os.environ, "BUILD": str(build), "N_PEERS": str(n_peers)})

    def __enter__(self):
        try:
            self._answer()
        except LabFailed:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._complaints.close()

    def ask(self, *words):
        """[(name, figure)], as many as the command gives."""
        try:
            print(*words, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            pass  # it has ended, and the answer says why
        return self._answer()

    def _answer(self):
        figures = []
        for line in self._process.stdout:
            if line == "end\n":
                return figures
            name, _, figure = line.strip().partition(" ")
            figures.append((name, float(figure)))
        self._complaints.seek(0)
        said = [line.strip() for line in self._complaints if "FAILED" in line or "skipped" in line or "error" in line]
        raise LabFailed(said[0] if said else "it ended without a word")
