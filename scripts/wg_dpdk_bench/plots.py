# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""A plot of each kind of figure, SVG and PNG, by gnuplot."""

import shutil
import subprocess

from .scenarios import METRICS

TITLES = {
    "tcp": "TCP through the gateway",
    "udp": "Highest rate of UDP with less than 0.1 % lost",
    "latency": "Round trip to the host behind the gateway",
    "cpu": "CPU time of the gateway (polling included)",
    "memory": "Resident memory of the gateway",
}
LOGARITHMIC = ("latency", "memory")
TERMINALS = {"svg": "svg size 1000,520 dynamic noenhanced font 'sans-serif,13' background 'white'",
             "png": "pngcairo noenhanced size 1500,780 font 'sans-serif,16'"}
COLOURS = ("#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#7f7f7f", "#cc79a7")


def write(folder, summary):
    """Says why it does not, or nothing."""
    if not shutil.which("gnuplot"):
        return "no plots: gnuplot is not installed (scripts/install-deps bench)"
    for plot, title in TITLES.items():
        names = [name for name, metric in METRICS.items()
                 if metric.plot == plot and any(name in figures for figures in summary.values())]
        if names:
            for extension, terminal in TERMINALS.items():
                text = script(plot, title, names, summary, f"set terminal {terminal}\nset output '{folder / plot}.{extension}'")
                subprocess.run(["gnuplot"], input=text, text=True, check=True)
    return None


def quoted(text):
    return '"' + text.replace('"', "'") + '"'


def script(plot, title, names, summary, output):
    """Groups of bars: a group is a metric, a bar a gateway, with a mark from the lowest to the highest round."""
    rows = ["\t".join([quoted(label(METRICS[name]))] + [columns(figures.get(name)) for figures in summary.values()])
            for name in names]
    scale = "set logscale y\n" if plot in LOGARITHMIC else "set yrange [0:*]\n"
    bars = ", ".join(f"$data using {2 + 3 * i}:{3 + 3 * i}:{4 + 3 * i}:xtic(1) title {quoted(gateway)} "
                     f"linecolor '{COLOURS[i % len(COLOURS)]}'" for i, gateway in enumerate(summary))
    return (f"{output}\n$data << EOD\n" + "\n".join(rows) + "\nEOD\n"
            "set datafile separator tab\nset style data histograms\nset style histogram errorbars gap 1 linewidth 1\n"
            "set style fill solid 0.85 noborder\nset errorbars linecolor 'black'\n"
            "set key outside bottom center horizontal reverse Left samplen 2 maxrows 3\nset grid ytics linetype 1 linecolor '#dddddd'\n"
            f"set title '{title}'\nset ylabel '{METRICS[names[0]].unit}'\nset border 3\nset tics nomirror\n{scale}plot {bars}\n")


def label(metric):
    """Short below the axis: the plot's title says the rest."""
    return metric.title.removesuffix(", loss < 0.1 %").removeprefix("Memory, ").removeprefix("UDP, ").removeprefix("CPU, ")


def columns(figure):
    return "\t".join(str(figure[key]) for key in ("median", "low", "high")) if figure else "NaN\tNaN\tNaN"
