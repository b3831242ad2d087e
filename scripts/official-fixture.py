#!/usr/bin/env python3
"""Two small sets of result files in the form that the authors of Taskonomy published theirs.

    python3 scripts/official-fixture.py crates/core/tests/fixtures/official

The numbers are made up; opcodes, keys and kinds of defects are those of the real files. Beside
the pickles it writes base.csv and 16k.csv, what a reader must find in them. Needs no NumPy.
"""

import csv
import io
import pathlib
import pickle
import random
import struct
import sys


def pickled(entries):
    """The opcodes of pickle.dump({key: numpy.float64(value)}, protocol=3), memo and all."""
    out, memo = io.BytesIO(), 0

    def put():
        nonlocal memo
        out.write(b"q" + bytes([memo]) if memo < 256 else b"r" + struct.pack("<I", memo))
        memo += 1

    def text(value):
        out.write(b"X" + struct.pack("<I", len(value)) + value.encode())
        put()

    out.write(b"\x80\x03}")
    put()
    items = list(entries.items())
    for start in range(0, len(items), 1000):
        out.write(b"(")
        for number, (key, value) in enumerate(items[start : start + 1000], start):
            text(key)
            if number == 0:
                out.write(b"cnumpy.core.multiarray\nscalar\n")
                scalar = memo
                put()
                out.write(b"cnumpy\ndtype\n")
                put()
                text("f8")
                out.write(b"K\x00K\x01\x87")
                put()
                out.write(b"R")
                dtype = memo
                put()
                out.write(b"(K\x03")
                text("<")
                out.write(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t")
                put()
                out.write(b"b")
            else:
                out.write(b"h" + bytes([scalar]) + b"h" + bytes([dtype]))
            out.write(b"C\x08" + struct.pack("<d", value))
            put()
            out.write(b"\x86")
            put()
            out.write(b"R")
            put()
        out.write(b"u")
    out.write(b".")
    return out.getvalue()


class Dtype:
    def __init__(self, *arguments):
        assert arguments == ("f8", 0, 1)

    def __setstate__(self, state):
        assert state == (3, "<", None, None, None, -1, -1, 0)


class Reader(pickle.Unpickler):
    """Python's own reader with stand-ins for NumPy's two names."""

    def find_class(self, module, name):
        return {
            ("numpy", "dtype"): Dtype,
            ("numpy.core.multiarray", "scalar"): lambda _, eight: struct.unpack("<d", eight)[0],
        }[module, name]


def normalised(weights):
    total = sum(weights.values())
    return {edge: weight / total for edge, weight in weights.items()}


def made_up(rng, targets, sources, seconds, images):
    """Affinities that sum to 1 per target, and win rates that are counts."""
    affinity, scratch, full = {}, {}, {}
    for target in targets:
        edges = ["self", *sources, *seconds]
        weights = normalised({edge: rng.uniform(0.1, 1) for edge in edges})
        for edge in edges:
            key = f"{edge}__{target}"
            affinity[key] = weights[edge]
            scratch[key] = rng.randrange(images // 4, images) / images
            full[key] = rng.randrange(0, images // 2) / images
        full[f"self__{target}"] = 0.5
    return affinity, scratch, full


def base(rng):
    """Edges that win always, and pixels in the files of win rates."""
    targets = ["class_selected", "edge2d", "rgb2sfnorm"]
    sources = [*targets, "random", "jigsaw"]
    seconds = ["rgb2sfnorm__edge2d", "jigsaw__edge2d", "edge2d__jigsaw__rgb2sfnorm"]
    affinity, scratch, full = made_up(rng, targets, sources, seconds, 2163)
    for target in targets:
        scratch[f"pixels__{target}"] = 0.5
        full[f"pixels__{target}"] = rng.randrange(1, 500) / 2163
    always = [f"{edge}__class_selected" for edge in seconds]
    for key in list(affinity):
        if key.endswith("__class_selected"):
            affinity[key] = 0.32 if key in always else 0.04 / 6
    for key in always:
        scratch[key] = full[key] = 1.0
    return affinity, scratch, full


def sixteen(rng):
    """A failed run, edges without affinity, edges from two rankings."""
    targets = ["fix_pose", "keypoint3d", "segmentsemantic_rb"]
    sources = [*targets, "random", "class_selected"]
    seconds = ["keypoint3d__class_selected", "fix_pose__keypoint3d"]
    affinity, scratch, full = made_up(rng, targets, sources, seconds, 17356)
    for key in ["class_selected__fix_pose__segmentsemantic_rb", "random__fix_pose__segmentsemantic_rb"]:
        affinity[key] = 0.0
        scratch[key], full[key] = 0.75, 0.25
    failed = "keypoint3d__class_selected__fix_pose"
    affinity["self__fix_pose"] += affinity[failed] - 2.3e-5
    affinity[failed] = 2.3e-5
    scratch[failed] = 3 / 17356
    full[failed] = 0.0
    gone = "fix_pose__keypoint3d__keypoint3d"
    affinity["self__keypoint3d"] += affinity.pop(gone)
    del full[gone]
    return affinity, scratch, full


def main(folder):
    for suffix, name, make in [("", "base", base), ("_16k", "16k", sixteen)]:
        tables = make(random.Random(name))
        files = [
            f"results/affinities/all_affinities{suffix}.pkl",
            f"results/winrates/wins_vs_pixels{suffix}.pkl",
            f"results/winrates/wins_vs_task{suffix}.pkl",
        ]
        for file, table in zip(files, tables):
            written = pickled(table)
            assert Reader(io.BytesIO(written)).load() == table
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(written)
        with open(folder / f"{name}.csv", "w", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(["target", "order", "sources", "affinity", "win_vs_scratch", "win_vs_full"])
            for key in sorted(set().union(*tables)):
                *sources, target = key.split("__")
                cells = [repr(table[key]) if key in table else "" for table in tables]
                rows.writerow([target, len(sources), "+".join(sources), *cells])


main(pathlib.Path(sys.argv[1]))
