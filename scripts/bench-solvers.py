#!/usr/bin/env python3
"""Our solver beside SciPy, PuLP with CBC and OR-Tools, on the same instances, in one go.

    scripts/bench-solvers.py [--output FILE] [--seeds 1,2,3] [--repeats 2] [--minutes 10]

Everyone gets the same parsed edges and the same tight programme, link form C: for every target t
and source s, the sum of x_e over the edges into t that read s is at most y_s; one edge per target;
the cost of y within the budget; x continuous, y binary; gap 0; one thread. Building the model is
timed, reading the CSV and starting the interpreter are not. Times are CPU times (user and system,
children included: CBC is a process of its own), the least of the repeats; a whole sweep is run by
one process per solver, in which every budget and order is built and solved anew. Ours is
`Problem::sweep`, which reuses what it learnt, and besides `one by one`, which does not.

A peer is stopped at its share of the minutes; what it has not solved by then is said. The
optima must agree to 1e-6, relative, or the script fails.
"""

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"scipy": "scipy", "pulp": "PuLP", "ortools": "OR-Tools"}
PEERS = {"scipy": "SciPy milp (HiGHS)", "pulp": "PuLP + CBC", "ortools": "OR-Tools (SCIP)"}


def cpu():
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


# --- the peers: this part runs in a process per solver, in the virtual environment ---------------


def read(path):
    """Edges per target, as (needed sources, affinity); an edge `self` needs its target."""
    edges = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            needs = [row["target"]] if row["sources"] == "self" else row["sources"].split("+")
            edges.setdefault(row["target"], []).append((needs, float(row["affinity"])))
    return edges


def rows_of(edges, order):
    """The model of form C as plain lists: the same for everyone."""
    weights, groups, links, ids = [], [], [], {}
    for arcs in edges.values():
        group, reads = [], {}
        for needs, affinity in arcs:
            if len(needs) > order:
                continue
            x = len(weights)
            weights.append(affinity)
            group.append(x)
            for source in needs:
                reads.setdefault(ids.setdefault(source, len(ids)), []).append(x)
        groups.append(group)
        links.extend(reads.items())
    return weights, groups, links, list(ids)


def cost(source):
    return 0 if source == "random" else 1


def with_scipy(model, budget, limit):
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    weights, groups, links, sources = model
    n, m = len(weights), len(sources)
    columns, starts, values = [], [0], []
    for group in groups:
        columns += group
        values += [1.0] * len(group)
        starts.append(len(columns))
    for source, reads in links:
        columns += [*reads, n + source]
        values += [1.0] * len(reads) + [-1.0]
        starts.append(len(columns))
    columns += range(n, n + m)
    values += [cost(source) for source in sources]
    starts.append(len(columns))
    matrix = csr_matrix((values, columns, starts), shape=(len(starts) - 1, n + m))
    low = np.concatenate([np.ones(len(groups)), np.full(len(links) + 1, -np.inf)])
    high = np.concatenate([np.ones(len(groups)), np.zeros(len(links)), [budget]])
    result = milp(
        np.concatenate([-np.array(weights), np.zeros(m)]),
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.concatenate([np.zeros(n), np.ones(m)]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0, "time_limit": limit},
    )
    return -result.fun if result.status == 0 else None


def with_pulp(model, budget, limit):
    import pulp

    weights, groups, links, sources = model
    problem = pulp.LpProblem("policy", pulp.LpMaximize)
    x = [pulp.LpVariable(f"x{k}", 0, 1) for k in range(len(weights))]
    y = [pulp.LpVariable(f"y{k}", cat="Binary") for k in range(len(sources))]
    problem += pulp.LpAffineExpression(list(zip(x, weights)))
    for group in groups:
        problem += pulp.LpAffineExpression([(x[k], 1) for k in group]) == 1
    for source, reads in links:
        terms = [(x[k], 1) for k in reads] + [(y[source], -1)]
        problem += pulp.LpAffineExpression(terms) <= 0
    spent = [(y[k], cost(source)) for k, source in enumerate(sources)]
    problem += pulp.LpAffineExpression(spent) <= budget
    solver = pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=0, gapAbs=1e-9, timeLimit=limit)
    problem.solve(solver)
    proved = problem.sol_status == pulp.LpSolutionOptimal
    return pulp.value(problem.objective) if proved else None


def with_ortools(model, budget, limit):
    from ortools.linear_solver import pywraplp

    weights, groups, links, sources = model
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetNumThreads(1)
    solver.SetTimeLimit(int(limit * 1000))
    x = [solver.NumVar(0, 1, "") for _ in weights]
    y = [solver.BoolVar("") for _ in sources]
    for group in groups:
        row = solver.Constraint(1, 1)
        for k in group:
            row.SetCoefficient(x[k], 1)
    for source, reads in links:
        row = solver.Constraint(-solver.infinity(), 0)
        for k in reads:
            row.SetCoefficient(x[k], 1)
        row.SetCoefficient(y[source], -1)
    row = solver.Constraint(-solver.infinity(), budget)
    for k, source in enumerate(sources):
        row.SetCoefficient(y[k], cost(source))
    objective = solver.Objective()
    for k, weight in enumerate(weights):
        objective.SetCoefficient(x[k], weight)
    objective.SetMaximization()
    exact = pywraplp.MPSolverParameters()
    exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0)
    proved = solver.Solve(exact) == pywraplp.Solver.OPTIMAL
    return objective.Value() if proved else None


def peer(name, path, orders, budgets, repeats, seconds):
    """Solves all orders and budgets; prints one JSON line."""
    solve = {"scipy": with_scipy, "pulp": with_pulp, "ortools": with_ortools}[name]
    edges = read(path)
    tiny = rows_of({"t": [(["a"], 0.5), (["t"], 0.25)]}, 1)
    solve(tiny, 1, 5)  # imports what is imported late
    least, values, end = {}, {}, time.monotonic() + seconds
    for repeat in range(repeats):
        for order in orders:
            for budget in budgets:
                limit = end - time.monotonic()
                if limit < 0.1:
                    break
                begun = cpu()
                value = solve(rows_of(edges, order), budget, limit)
                spent = cpu() - begun
                key = f"{order} {budget}"
                if value is not None:
                    values[key] = value
                    least[key] = min(least.get(key, spent), spent)
    print(json.dumps({"values": values, "seconds": least}))


# --- the comparison ------------------------------------------------------------------------------


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def environment(folder):
    run(sys.executable, "-m", "venv", str(folder))
    python = folder / "bin" / "python"
    run(str(python), "-m", "pip", "install", "--quiet", "numpy", *PACKAGES)
    show = run(str(python), "-m", "pip", "list", "--format", "json")
    return python, {one["name"].lower(): one["version"] for one in json.loads(show)}


def examples():
    build = ["build", "--release", "--package", "taskonomy-policy", "--examples"]
    subprocess.run(["cargo", *build], check=True, cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "examples"


def compare(case, tools, python, folder, repeats, share):
    """The lines of the table for one instance."""
    name, seed, orders, budgets = case
    table = folder / f"{name}-{seed}.csv"
    table.write_text(run(str(tools / "instance"), name, str(seed)))
    edges = sum(1 for line in table.read_text().splitlines()[1:] if line)
    lists = [",".join(map(str, numbers)) for numbers in (orders, budgets)]
    ours = json.loads(run(str(tools / "measure"), "json", str(table), *lists, "7"))
    truth, total = ours["values"], len(orders) * len(budgets)
    found = {"taskonomy, sweep": (ours["sweep"], total), "taskonomy, one by one": (ours["alone"], total)}
    for key, title in PEERS.items():
        command = [str(python), __file__, "--peer", key, str(table), *lists, str(repeats), str(share)]
        answer = json.loads(run(*command))
        for at, value in answer["values"].items():
            gap = abs(value - truth[at]) / max(abs(truth[at]), 1e-12)
            if gap > 1e-6:
                sys.exit(f"{title}, {name} {seed}, order and budget {at}: {value}, ours {truth[at]}")
        found[title] = (sum(answer["seconds"].values()), len(answer["values"]))
    best = found["taskonomy, sweep"][0]
    for title, (seconds, solved) in found.items():
        # Who has not finished has spent at least this much.
        sign = "" if solved == total else "> "
        ratio = f"{sign}{seconds / best:.1f}" if title in PEERS.values() else f"{seconds / best:.1f}"
        yield f"| {name} seed {seed}, {edges} edges | {title} | {solved} of {total} | {seconds * 1e3:.0f} | {ratio} |"


def main():
    if sys.argv[1:2] == ["--peer"]:
        name, path, orders, budgets, repeats, seconds = sys.argv[2:]
        numbers = [[int(k) for k in text.split(",")] for text in (orders, budgets)]
        return peer(name, path, *numbers, int(repeats), float(seconds))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, help="write the table to this Markdown file")
    parser.add_argument("--seeds", default="1,2,3", help="seeds of the paper-sized instances")
    parser.add_argument("--repeats", type=int, default=2, help="repeats of the peers")
    parser.add_argument("--minutes", type=float, default=10, help="about how long all may take")
    args = parser.parse_args()
    seeds = [int(seed) for seed in args.seeds.split(",")]
    cases = [("p26", seed, [1, 2, 3, 4], list(range(1, 27))) for seed in seeds]
    cases += [("p100", 1, [3], [5, 20, 35, 50, 70])]
    share = args.minutes * 60 / (len(cases) * len(PEERS))
    tools = examples()
    with tempfile.TemporaryDirectory() as folder:
        python, versions = environment(Path(folder) / "venv")
        lines = [
            "| instance | solver | solved | CPU ms, model included | times ours |",
            "|---|---|---|---|---|",
        ]
        for case in cases:
            for line in compare(case, tools, python, Path(folder), args.repeats, share):
                lines.append(line)
                print(line, flush=True)
    names = ", ".join(f"{title} {versions[name]}" for name, title in PACKAGES.items())
    lines += ["", f"{names}; Python {platform.python_version()}; {os.cpu_count()} cores, one used; "
              f"load at the end {os.getloadavg()[0]:.1f}."]
    print("\n".join(lines))
    if args.output:
        args.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
