#!/usr/bin/env python3
# /// script
# dependencies = ["numpy"]
# ///
"""Win rates and affinities of a small loss table, computed independently of the Rust crates.

Writes the fixtures of crates/stage3-affinity/tests/oracle.rs:

    python3 scripts/affinity-oracle.py crates/stage3-affinity/tests/fixtures

losses.csv has ties and missing losses; expected.csv the win rates, the gains (means over the seeds
of scratch), and the eigenvector of the largest eigenvalue by numpy.linalg.eig.
"""

import pathlib
import sys

import numpy as np

COLUMNS = ["self", "edge2d", "reshading", "normals", "random", "edge2d+reshading", "pixels#1", "pixels#2"]
SAMPLES = 40


def losses(rng):
    """A quality per column plus a difficulty per sample, rounded so that ties happen."""
    quality = np.linspace(0.2, 0.6, len(COLUMNS))
    table = np.round(quality + rng.gamma(2.0, 0.2, (SAMPLES, len(COLUMNS))), 1)
    table[rng.random(table.shape) < 0.05] = np.nan
    return table


def win_rate(a, b):
    both = ~np.isnan(a) & ~np.isnan(b)
    a, b = a[both], b[both]
    return (np.sum(a < b) + 0.5 * np.sum(a == b)) / len(a)


def main(folder):
    table = losses(np.random.default_rng(7))
    with open(folder / "losses.csv", "w", newline="\n") as out:
        print("image", *COLUMNS, sep=",", file=out)
        for k, row in enumerate(table):
            print(f"s{k}", *("" if np.isnan(x) else repr(float(x)) for x in row), sep=",", file=out)

    n = sum(not name.startswith("pixels") for name in COLUMNS)
    columns = table.T
    win = np.array([[win_rate(a, b) for b in columns] for a in columns[:n]])
    clipped = np.clip(win[:, :n], 0.001, 0.999)
    values, vectors = np.linalg.eig(clipped / clipped.T)
    largest = np.argmax(values.real)
    p = np.abs(vectors[:, largest].real)
    p /= p.sum()
    with open(folder / "expected.csv", "w", newline="\n") as out:
        print("what,value", file=out)
        print("lambda", repr(float(values[largest].real)), sep=",", file=out)
        for i, a in enumerate(COLUMNS[:n]):
            print(f"affinity {a}", repr(float(p[i])), sep=",", file=out)
            print(f"gain {a}", repr(float(win[i, n:].mean())), sep=",", file=out)
            for j, b in enumerate(COLUMNS[:n]):
                print(f"win {a} {b}", repr(float(win[i, j])), sep=",", file=out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
