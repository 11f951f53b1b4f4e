# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""results.json and results.md of a folder."""

import json

from .scenarios import METRICS


def write(folder, result):
    (folder / "results.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (folder / "results.md").write_text("\n".join(lines(result)) + "\n", encoding="utf-8")


def lines(result):
    """The table: medians, with the lowest and the highest of several rounds."""
    summary = result["summary"]
    yield "| | unit | " + " | ".join(summary) + " |"
    yield "|---|---|" + "---:|" * len(summary)
    for name, metric in METRICS.items():
        cells = [cell(figures.get(name), metric.digits) for figures in summary.values()]
        if any(cells):
            yield f"| {metric.title} | {metric.unit} | " + " | ".join(cells) + " |"
    yield ""
    yield ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    for failure in result["failures"]:
        yield f"\nnot measured: {failure}"


def cell(figure, digits):
    if not figure:
        return ""
    median = f"{figure['median']:.{digits}f}"
    if figure["rounds"] == 1:
        return median
    return f"{median} ({figure['low']:.{digits}f} to {figure['high']:.{digits}f})"
