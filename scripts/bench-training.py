#!/usr/bin/env python3
"""The training engine measured in one go: one table, or one JSON value with --json.

    scripts/bench-training.py [--quick] [--json] [--output FILE] [--programs DIR] [--python PROGRAM]

1. Overhead of our training loop over bare libtorch calls on batches that are there already.
2. Training of the small network for normals at 64x64, beside the same network in eager PyTorch.
3. A second-order transfer, beside encoders that run and labels that are decoded in every step.
4. Two trainings at once beside one.
5. Stages 3 and 4 of 10, 26 and 100 tasks; tournaments from memory; the reading of loss tables.

What is compared runs in processes that wait for one another and take turns, A B A B; ratios are
medians of the turns' ratios. Times are CPU times (user and system) of one thread, except where
"wall" is said. The programs are built first, unless --programs names the folder of a release build.
PyTorch comes from PyPI into a temporary environment, unless --python names a Python that has it;
where neither works, its rows say so. Linux only.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
TORCH = "2.13.0"
# As the worker does by itself: freed memory is kept.
KEEP = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


# --- the peer: this part runs in the Python that has PyTorch --------------------------------------


def network(nn):
    """Our small network for a map of 3 channels, its parameters named as ours."""

    class Unit(nn.Module):
        def __init__(self, a, b, kernel=3, stride=1):
            super().__init__()
            self.conv = nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False)
            self.norm = nn.BatchNorm2d(b)

        def forward(self, x):
            return self.norm(self.conv(x))

    class Residual(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.first, self.second = Unit(n, n), Unit(n, n)

        def forward(self, x):
            return (self.second(self.first(x).relu()) + x).relu()

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = Unit(3, 16, 5, 2), Unit(16, 32, 3, 2)
            self.block2, self.conv3 = Residual(32), Unit(32, 64, 3, 2)
            self.block3, self.top = Residual(64), Unit(64, 16)

        def forward(self, x):
            x = self.block2(self.conv2(self.conv1(x).relu()).relu())
            return self.top(self.block3(self.conv3(x).relu())).relu()

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2, self.conv3 = Unit(16, 48), Unit(48, 96), Unit(24, 48)
            self.last = nn.Conv2d(48, 48, 3, padding=1)
            self.twice, self.fourfold = nn.PixelShuffle(2), nn.PixelShuffle(4)

        def forward(self, x):
            x = self.twice(self.conv2(self.conv1(x).relu()).relu())
            return self.fourfold(self.last(self.conv3(x).relu()))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = Encoder(), Decoder()

        def forward(self, x):
            return self.decoder(self.encoder(x))

    return Network()


def tensors(path, torch):
    """A safetensors file of f32."""
    data = bytearray(Path(path).read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    head = json.loads(data[8:start])
    head.pop("__metadata__", None)
    return {
        name: torch.frombuffer(data, dtype=torch.float32, count=(to - at) // 4, offset=start + at)
        .reshape(one["shape"]).clone()
        for name, one in head.items()
        for at, to in [one["data_offsets"]]
    }


def peer(folder, mode):
    """Answers as the example `training_speed` does."""
    import torch

    torch.set_num_threads(1)
    data = tensors(f"{folder}/data.safetensors", torch)
    model = network(torch.nn)
    missing, unexpected = model.load_state_dict(
        tensors(f"{folder}/model.safetensors", torch), strict=False
    )
    assert not unexpected and all("num_batches" in name for name in missing), (missing, unexpected)
    tuned = mode == "tuned"
    if tuned:
        model = model.to(memory_format=torch.channels_last)
        for split in ("networks", "test"):
            images = data[f"{split}.images"].contiguous(memory_format=torch.channels_last)
            data[f"{split}.images"] = images
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def forward(images):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=tuned):
            return model(images)

    with torch.no_grad():
        model.eval()
        error = (forward(data["test.images"]).float() - data["test.labels"]).abs()
        weight = data["test.weight"]
        each = (error * weight).sum((1, 2, 3)) / (3 * weight.sum((1, 2, 3)))
        model.train()
    weights = sum(p.numel() for p in model.parameters())
    print(json.dumps({"weights": weights, "loss": each.mean().item()}), flush=True)
    images, labels, weight = (data[f"networks.{part}"] for part in ("images", "labels", "weight"))
    for line in sys.stdin:
        losses = []
        for rows in torch.randperm(len(images)).split(int(line)):
            valid = weight[rows]
            prediction = forward(images[rows])
            loss = ((prediction - labels[rows]).abs() * valid).sum() / (3 * valid.sum())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(json.dumps({"loss": sum(losses) / len(losses)}), flush=True)


# --- processes that take turns --------------------------------------------------------------------


class Turns:
    """A process that does a piece of work for every line that it is given."""

    def __init__(self, *command, keep=True):
        environment = {**os.environ, **(KEEP if keep else {}), "OMP_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=pipe, stdout=pipe, text=True, env=environment
        )
        self.hello = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args[0]} has ended, code {self.process.wait()}")
        return json.loads(line)

    def cpu(self):
        # The clock of another process, see clock_getcpuclockid(3).
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def start(self, work):
        self.begun = time.monotonic(), self.cpu()
        self.process.stdin.write(f"{work}\n")
        self.process.stdin.flush()

    def end(self):
        answer = self.answer()
        answer["wall"], answer["cpu"] = time.monotonic() - self.begun[0], self.cpu() - self.begun[1]
        return answer

    def do(self, work):
        self.start(work)
        return self.end()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cpu_of(*command):
    """CPU and wall seconds of a whole command."""
    before, begun = os.times(), time.monotonic()
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    spent = sum(getattr(after, k) - getattr(before, k) for k in ("children_user", "children_system"))
    return spent, time.monotonic() - begun


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, ours, other, ratio, aim="", met=None):
        row = {"what": what, "ours": ours, "beside": other, "ratio": ratio, "aim": aim, "met": met}
        self.rows.append(row)
        print(self.line(row), file=sys.stderr, flush=True)

    @staticmethod
    def line(row):
        aim = row["aim"] + {True: ": met", False: ": MISSED", None: ""}[row["met"]]
        return f"| {row['what']} | {row['ours']} | {row['beside']} | {row['ratio']} | {aim} |"

    def text(self):
        head = ["| what | ours | beside | ratio | aim |", "|---|---|---|---|---|"]
        return "\n".join(head + [self.line(row) for row in self.rows])


# --- the measurements -----------------------------------------------------------------------------


def training(table, programs, folder, python, amx, quick):
    """Overhead, PyTorch, scaling."""
    data, first = folder / "rooms-64", folder / "first"
    scenes, images = ("64,1,1,4", 128) if quick else ("320,1,1,4", 640)
    rooms = ["data", "rooms", data, "--size", 64, "--views", 2, "--scenes", scenes, "--quiet"]
    cpu_of(programs / "taskonomy", *rooms)
    first.mkdir()
    blocks = [programs / "examples" / "training_speed", data, first]
    cpu_of(*blocks, "export")
    shipped, other = ("bf16", "f32") if amx else ("f32", "bf16")
    ours, beside, bare = f"ours, {shipped} (as shipped)", f"ours, {other}", "bare libtorch"
    turns = {
        ours: Turns(*blocks, "fit", shipped),
        bare: Turns(*blocks, "bare", shipped),
        beside: Turns(*blocks, "fit", other),
    }
    plain, tuned = "PyTorch eager, f32", "PyTorch, bf16 autocast, channels_last"
    for title, mode in ((plain, "plain"), (tuned, "tuned")):
        if python:
            turns[title] = Turns(python, __file__, "--peer", first, mode, keep=False)
    told = turns[ours].hello
    for title, one in turns.items():
        weights, loss = one.hello["weights"], one.hello["loss"]
        if weights != told["weights"] or abs(loss / told["loss"] - 1) > 0.01:
            sys.exit(f"{title} is another network: {one.hello}, ours {told}")
    rounds = 2 if quick else 5
    for batch in (16, 32):
        for one in turns.values():
            one.do(batch)
        spent = {title: [] for title in turns}
        for _ in range(rounds):
            for title, one in turns.items():
                spent[title].append(one.do(batch)["cpu"])
        ratio = {t: median(x / y for x, y in zip(spent[t], spent[ours])) for t in turns}
        speed = {t: f"{images / median(spent[t]):.0f} images/s" for t in turns}
        over = 100 * (1 / ratio[bare] - 1)
        table.add(f"loop over bare libtorch, {shipped}, batch {batch}", speed[ours], speed[bare],
                  f"{over:+.1f} %", "at most +10 %", over <= 10)
        for title, aim in ((plain, 2.5 if amx else 1.3), (tuned, None), (beside, None)):
            what = f"small at 64x64, batch {batch}, beside {title}"
            if title not in turns:
                table.add(what, speed[ours], "not measured", "", f"{aim}x" if aim else "")
                continue
            table.add(what, speed[ours], speed[title], f"{ratio[title]:.2f}x",
                      f"{aim}x" if aim else "", ratio[title] >= aim if aim else None)
    for title in set(turns) - {ours}:
        turns[title].close()
    pair = [turns[ours], Turns(*blocks, "fit", shipped)]
    pair[1].do(32)
    ratios, rates = [], []
    for _ in range(rounds):
        alone = [one.do(32) for one in pair]
        for one in pair:
            one.start(32)
        both = [one.end() for one in pair]
        for clock in ("wall", "cpu"):
            ratios.append((clock, sum(images / one[clock] for one in both)
                           / (sum(images / one[clock] for one in alone) / 2)))
        rates.append((median(images / one["wall"] for one in alone),
                      sum(images / one["wall"] for one in both)))
    wall, cpu = (median(r for clock, r in ratios if clock == c) for c in ("wall", "cpu"))
    one, two = (f"{median(rate[k] for rate in rates):.0f} images/s" for k in (0, 1))
    table.add("two trainings at once, wall", two, f"{one} alone", f"{wall:.2f}x", "1.9x", wall >= 1.9)
    table.add("the same by CPU time", "", "", f"{cpu:.2f}x")
    for one in pair:
        one.close()


def transfers(table, programs, folder, amx, quick):
    """Stage 2 beside the straightforward way."""
    precision = "bf16" if amx else "f32"
    cases = [("resnet18", 128, "8,8,4,4" if quick else "16,64,16,16", 8.0),
             ("small", 64, "8,32,8,8" if quick else "16,256,32,32", None)]
    for encoder, size, scenes, aim in cases:
        data, epochs = folder / f"transfers-{size}", 2 if quick else 5
        rooms = ["data", "rooms", data, "--size", size, "--views", 2, "--scenes", scenes, "--quiet"]
        cpu_of(programs / "taskonomy", *rooms)
        program = programs / "examples" / "transfer_speed"
        bench = Turns(program, data, folder / f"run-{encoder}", encoder, precision, epochs)
        # The first of each is a warm-up.
        encode = min(bench.do("encode")["cpu"] for _ in range(2))
        bench.do("transfer")
        ours, plain = [], []
        for _ in range(1 if quick else 2):
            ours += [bench.do("transfer"), bench.do("transfer")]
            plain.append(bench.do("plain"))
        bench.close()
        job, straight = (median(one["cpu"] for one in many) for many in (ours, plain))
        what = f"second-order transfer, {encoder} at {size}x{size}, {precision}, {epochs} epochs"
        losses = [f"loss {many[0]['test']:.4f}" for many in (ours, plain)]
        ratio = straight / job
        table.add(what, f"{job:.2f} s, {losses[0]}", f"{straight:.2f} s, {losses[1]}",
                  f"{ratio:.1f}x", f"{aim:.0f}x" if aim else "", ratio >= aim if aim else None)
        table.add("the same with both encodings for this job alone", f"{job + encode:.2f} s",
                  f"{straight:.2f} s", f"{straight / (job + encode):.1f}x")


def growth(table, programs, folder, quick):
    """Stages 3 and 4."""
    examples = programs / "examples"
    sizes = [(10, 36), (26, 52), (100, 126)]
    for tasks, contenders in sizes:
        tables, out = folder / f"tables-{tasks}", folder / f"stage3-{tasks}"
        cpu_of(examples / "losses", tables, tasks, contenders, 2000, 1)
        third = cpu_of(programs / "taskonomy", "--quiet", "stage3", "--losses", tables, "--out", out)
        affinities = next(out.rglob("affinities.csv"))
        budget, fewer = max(2, tasks // 3), min(tasks, 26)
        solve = [programs / "taskonomy", "--quiet", "--json", "solve", "--affinities", affinities]
        fourth = cpu_of(*solve, "--budget", budget, "--order", 4)
        sweep = cpu_of(*solve, "--budget", f"1..{fewer}", "--order", "1..4")
        table.add(
            f"stages 3 and 4, {tasks} targets, {contenders} contenders, 2,000 samples",
            f"stage 3 {third[0]:.2f} s, stage 4 {fourth[0]:.3f} s",
            f"sweep of budgets 1 to {fewer}, orders 1 to 4: {sweep[0]:.2f} s", "")
    tables, samples = folder / "tables", 2000 if quick else 17000
    cpu_of(examples / "losses", tables, 22, 60, samples, 1)
    bench = Turns(examples / "tournament_speed", tables)
    reading = [bench.do("read")["cpu"] for _ in range(3 if quick else 7)]
    holding = [bench.do("hold") for _ in range(5 if quick else 15)]
    bench.close()
    wall = [one["wall"] for one in holding]
    cores = os.cpu_count()
    table.add(f"22 targets, 60 contenders, {samples:,} samples from memory, wall, {cores} cores",
              f"{min(wall):.2f} s least, {median(wall):.2f} s median", "",
              f"CPU {median(one['cpu'] for one in holding):.2f} s", "0.5 s", min(wall) <= 0.5)
    size = bench.hello["megabytes"]
    rate = size / median(reading)
    table.add(f"reading these {size:.0f} MB of CSV, one core", f"{rate:.0f} MB/s median",
              f"{size / min(reading):.0f} MB/s best", "", "150 MB/s", rate >= 150)


def pytorch(folder):
    """A Python with PyTorch from PyPI, or nothing."""
    python = folder / "venv" / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        install = [python, "-m", "pip", "install", "--quiet", f"torch=={TORCH}", "numpy"]
        subprocess.run(install, check=True, stdout=sys.stderr)
        return python
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"PyTorch cannot be installed here, its rows are not measured: {error}", file=sys.stderr)
        return None


def build():
    packages = ["taskonomy", "taskonomy-networks", "taskonomy-transfers", "taskonomy-affinity"]
    chosen = [word for name in packages for word in ("--package", name)]
    command = ["cargo", "build", "--release", "--bins", "--examples", *chosen]
    subprocess.run(command, check=True, cwd=ROOT)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def machine(programs):
    """CPU and libtorch, as the worker finds them."""
    hello = subprocess.run([programs / "taskonomy-worker", "--hello"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    hello = json.loads(hello.splitlines()[0])
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown")
    found = hello.get("hello", hello)
    return {"cpu": name, "cores": os.cpu_count(), "features": found["cpu"],
            "amx": "amx_bf16" in found["cpu"], "libtorch": found["libtorch"]}


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="little of everything, to try it")
    parser.add_argument("--json", action="store_true", help="one JSON value instead of the table")
    parser.add_argument("--output", type=Path, help="write the table to this Markdown file too")
    parser.add_argument("--programs", type=Path, help="folder of a release build")
    parser.add_argument("--python", type=Path, help="a Python that has PyTorch")
    args = parser.parse_args()
    programs, begun, load = args.programs or build(), time.monotonic(), os.getloadavg()[0]
    table, about = Table(), machine(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        python = args.python or pytorch(folder)
        training(table, programs, folder, python, about["amx"], args.quick)
        transfers(table, programs, folder, about["amx"], args.quick)
        growth(table, programs, folder, args.quick)
    about["torch"] = TORCH if python else None
    about["load"] = [load, os.getloadavg()[0]]
    text = table.text() + (
        f"\n\n{about['cpu']}, {about['cores']} cores, AMX: {'yes' if about['amx'] else 'no'}; libtorch "
        f"{about['libtorch']}; Python {platform.python_version()}; load {load:.1f} at the beginning, "
        f"{about['load'][1]:.1f} at the end; {(time.monotonic() - begun) / 60:.0f} minutes."
    )
    print(json.dumps({"machine": about, "rows": table.rows}) if args.json else text)
    if args.output:
        args.output.write_text(text + "\n")


if __name__ == "__main__":
    main()
