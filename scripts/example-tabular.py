#!/usr/bin/env python3
"""Beyond vision: loss tables of the 14 tasks of a public multi-label table.

    scripts/example-tabular.py [--out results/yeast/losses] [--seed 1] [--beam 5]
    taskonomy stage3 --losses results/yeast/losses --out results/yeast/stage3
    taskonomy solve --affinities results/yeast/stage3/affinities.csv --budget 4 --order 2

The table is Yeast (Elisseeff and Weston, 2001: 2,417 genes, 103 numbers each, 14 groups of functions
that a gene may have), from the PyPI package river. Nothing here knows of images: it shows what it takes
to bring one's own trainings, namely one CSV file per target with a row per test sample and a column per
contender. Which contenders there are follows the paper (Zamir et al., CVPR 2018):

  self           a network of the task (103-32-16-1) on the large split
  a              a readout (16-16-1) of the 16 frozen hidden units of a's network, on the small split;
                 also of the target's own, and of `random`, a network that was never trained
  a+b            a readout of two representations, for pairs of the 5 best sources by affinity on the
                 validation split
  pixels#1 to 3  the readout's architecture on the 103 numbers themselves, on the small split, 3 seeds

All weights are float64 and every step is of the whole split, so the same seed gives the same bytes on
the same NumPy. The loss is the cross-entropy.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Rows of the table for networks, for transfers, to choose the best epoch, and for the tournament.
SPLITS = {"networks": 1400, "transfers": 100, "validation": 300, "test": 617}
HIDDEN, REPRESENTATION, READOUT = 32, 16, 16
EPOCHS = {"networks": 120, "transfers": 150}
RATE, DECAY = 1e-2, 1e-2


# --- this part runs in the virtual environment, where there are numpy and river --------------------


def table(seed):
    """Features of mean 0 and deviation 1 on the networks split, labels 0 or 1, by split; and ids."""
    import numpy as np
    from river import datasets

    rows = [([*x.values()], [float(label) for label in y.values()]) for x, y in datasets.Yeast()]
    features, labels = (np.array(part, dtype=float) for part in zip(*rows))
    assert features.shape == (2417, 103) and labels.shape == (2417, 14)
    order = np.random.default_rng(seed).permutation(len(features))
    ends = np.cumsum([0, *SPLITS.values()])
    parts = {split: order[a:b] for split, a, b in zip(SPLITS, ends, ends[1:])}
    known = features[parts["networks"]]
    features = (features - known.mean(0)) / (known.std(0) + 1e-9)
    data = {split: (features[rows], labels[rows].T) for split, rows in parts.items()}
    return data, [f"gene{row:04}" for row in parts["test"]]


def layers(rng, sizes, count):
    """Weights and biases of `count` networks that are trained side by side."""
    import numpy as np

    scaled = lambda a, b: rng.normal(0, np.sqrt(2 / a), (count, a, b))
    return [(scaled(a, b), np.zeros((count, 1, b))) for a, b in zip(sizes, sizes[1:])]


def forward(net, x):
    """The values of every layer: ReLU but for the last."""
    import numpy as np

    values = [x]
    for at, (w, b) in enumerate(net):
        z = values[-1] @ w + b
        values.append(z if at == len(net) - 1 else np.maximum(z, 0))
    return values


def losses(net, x, y):
    """Cross-entropy of each sample: count x samples."""
    import numpy as np

    z = forward(net, x)[-1][..., 0]
    return np.logaddexp(0, z) - y * z


def train(rng, sizes, x, y, x_validation, y_validation, epochs):
    """`count` networks side by side by Adam with weight decay; each keeps its best epoch.

    x is count x samples x inputs (count may be 1 where all read the same), y count x samples."""
    import numpy as np

    count, samples = y.shape
    net = layers(rng, sizes, count)
    moments = [[np.zeros_like(p) for p in layer] for layer in net]
    squares = [[np.zeros_like(p) for p in layer] for layer in net]
    best, best_loss = None, np.full(count, np.inf)
    for step in range(1, epochs + 1):
        values = forward(net, x)
        z = values[-1][..., 0]
        delta = ((1 / (1 + np.exp(-z)) - y) / samples)[..., None]
        gradients = []
        for at in range(len(net) - 1, -1, -1):
            inputs = np.swapaxes(values[at], -1, -2)
            gradients.append((inputs @ delta, delta.sum(-2, keepdims=True)))
            if at > 0:
                delta = (delta @ np.swapaxes(net[at][0], -1, -2)) * (values[at] > 0)
        rate = RATE * 0.5 * (1 + np.cos(np.pi * (step - 1) / epochs))
        for at, gradient in enumerate(reversed(gradients)):
            for part, g in enumerate(gradient):
                m, s, p = moments[at][part], squares[at][part], net[at][part]
                m += 0.1 * (g - m)
                s += 0.001 * (g * g - s)
                p -= rate * (m / (1 - 0.9**step) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8))
                p -= rate * DECAY * p * (part == 0)
        found = losses(net, x_validation, y_validation).mean(-1)
        better = found < best_loss
        best_loss = np.where(better, found, best_loss)
        if best is None:
            best = [tuple(p.copy() for p in layer) for layer in net]
        for kept, layer in zip(best, net):
            for old, new in zip(kept, layer):
                old[better] = new[better]
    return best


def affinities(columns):
    """The principal eigenvector of the clipped win-rate ratios, as stage 3 computes it."""
    import numpy as np

    wins = (columns[:, None] < columns[None]).mean(-1) + 0.5 * (columns[:, None] == columns[None]).mean(-1)
    wins = np.clip(wins, 0.001, 0.999)
    ratios, vector = wins / wins.T, np.ones(len(wins)) / len(wins)
    for _ in range(1000):
        vector = ratios @ vector
        vector /= vector.sum()
    return vector


def make(out, seed, beam):
    import numpy as np

    data, images = table(seed)
    tasks = [f"group{number:02}" for number in range(1, 15)]
    (x, y), (x_small, y_small) = data["networks"], data["transfers"]
    (x_best, y_best), (x_test, y_test) = data["validation"], data["test"]
    rng = lambda *path: np.random.default_rng([seed, *path])

    sizes = [x.shape[1], HIDDEN, REPRESENTATION, 1]
    nets = train(rng(1), sizes, x[None], y, x_best[None], y_best, EPOCHS["networks"])
    own = losses(nets, x_test[None], y_test)
    # The untrained network is one more source.
    encoders = [
        tuple(np.concatenate(both) for both in zip(*pair))
        for pair in zip(nets, layers(rng(2), sizes, 1))
    ]
    represent = lambda x: forward(encoders, x[None])[-2]
    sources = [*tasks, "random"]
    small, best, test = (represent(x) for x in (x_small, x_best, x_test))
    mean, deviation = small.mean(1, keepdims=True), small.std(1, keepdims=True)
    deviation[deviation < 1e-3] = 1  # units that are silent on the small split
    small, best, test = ((part - mean) / deviation for part in (small, best, test))

    def readouts(path, target, sets):
        """Losses on validation and test of a readout of each set of sources (all of one order)."""
        read = lambda part: np.stack([np.concatenate([part[s] for s in each], -1) for each in sets])
        labels = lambda y: np.repeat(y[target][None], len(sets), 0)
        sizes = [REPRESENTATION * len(sets[0]), READOUT, 1]
        net = train(rng(*path, target), sizes, read(small), labels(y_small), read(best),
                    labels(y_best), EPOCHS["transfers"])
        return losses(net, read(best), labels(y_best)), losses(net, read(test), labels(y_test))

    out.mkdir(parents=True, exist_ok=True)
    for target, task in enumerate(tasks):
        columns = {"self": own[target]}
        judged, tested = readouts((3,), target, [(s,) for s in range(len(sources))])
        columns |= dict(zip(sources, tested))
        ranked = np.argsort(-affinities(judged), kind="stable")
        ranked = [s for s in ranked if s != target and sources[s] != "random"][:beam]
        pairs = [tuple(sorted(pair)) for pair in itertools.combinations(ranked, 2)]
        _, tested = readouts((4,), target, pairs)
        columns |= {"+".join(sources[s] for s in p): column for p, column in zip(pairs, tested)}
        labels = [np.repeat(part[target][None], 3, 0) for part in (y_small, y_best, y_test)]
        scratch = train(rng(5, target), [x.shape[1], READOUT, 1], x_small[None], labels[0],
                        x_best[None], labels[1], EPOCHS["transfers"])
        scratch = losses(scratch, x_test[None], labels[2])
        columns |= {f"pixels#{seed}": column for seed, column in enumerate(scratch, 1)}
        lines = [",".join(["image", *columns])]
        for row, image in enumerate(images):
            lines.append(",".join([image, *(f"{column[row]:.6g}" for column in columns.values())]))
        (out / f"{task}.csv").write_text("\n".join(lines) + "\n")


# --- and this part makes the environment -----------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/yeast/losses"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        return make(args.out, args.seed, args.beam)
    if list(args.out.glob("*.csv")):
        sys.exit(f"{args.out} has tables already: name another folder with --out, or remove them")
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv/bin/python"
        subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "river", "numpy"], check=True)
        begun = time.monotonic()
        inside = [str(python), __file__, "--inside", "--out", str(args.out)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([*inside, "--seed", str(args.seed), "--beam", str(args.beam)], check=True,
                       env=environment)
        print(f"{args.out}: 14 tables in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
