#!/usr/bin/env python3
# /// script
# dependencies = ["numpy", "scipy"]
# ///
"""Rank correlations by scipy, for crates/stage3-affinity/tests/oracle.rs:

    python3 scripts/spearman-oracle.py crates/stage3-affinity/tests/fixtures

spearman.csv holds two lists of numbers a line, separated by spaces, and their correlation; most have
ties, as affinities that are printed with few digits do.
"""

import pathlib
import sys

import numpy as np
from scipy.stats import spearmanr


def main(folder):
    rng = np.random.default_rng(11)
    with open(folder / "spearman.csv", "w", newline="\n") as out:
        print("left,right,rho", file=out)
        for count, decimals in [(3, 3), (5, 1), (8, 0), (24, 3), (24, 1), (24, 0), (60, 2)]:
            left = np.round(rng.normal(size=count) * 2, decimals)
            right = np.round(left + rng.normal(size=count) * 2, decimals)
            rho = spearmanr(left, right).statistic
            print(*(" ".join(repr(float(x)) for x in of) for of in (left, right)), repr(float(rho)), sep=",", file=out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
