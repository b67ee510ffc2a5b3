"""Whether a population of candidates trains faster as one batched network than one candidate after the other.

    python benchmarks/population.py [--sizes 2 4 8] [--pairs 7] [--table FILE]

Candidates have the same layers, as those of a search of signs have: the plain float layers of steps.py. This bounds
what stacking crossbars could bring, because converters and noise work element by element either way. The population is
one function over stacked weights (torch.func). A pair is one of its steps and, right after it, a step of each
candidate, in processor time of one thread. Below 1 the population is the faster one. All see the same inputs.
"""

import argparse
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import torch
from chips import COLUMNS
from steps import BATCHES, CASES, ROOT, Step, examples, made_with, plain, seconds, step_of
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional

from xbar.checks.reading import load_config
from xbar.config.config import Config
from xbar.files import write_rows
from xbar.training.machine import keep_freed_memory


def candidate(config: Config, case: str) -> nn.Sequential:
    """A float network whose batch-norms keep no statistics: those of a training step are the batch's own."""
    network = plain(config, case, lambda: nn.ReLU())
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            norm.track_running_stats = False
            norm.running_mean = norm.running_var = norm.num_batches_tracked = None
    return network


def one_by_one(networks: list[nn.Sequential]) -> Step:
    """A step of each network, one after the other."""
    steps = [step_of(network) for network in networks]

    def step(inputs: Tensor, classes: Tensor) -> None:
        for one in steps:
            one(inputs, classes)

    return step


def stacked(networks: list[nn.Sequential]) -> tuple[Step, dict[str, Tensor]]:
    """One step of all networks at once, whose loss is the sum of theirs, and their stacked weights."""
    weights, buffers = stack_module_state(networks)
    optimizer = torch.optim.AdamW(weights.values(), lr=1e-3, fused=True)

    def scores(of_one: dict[str, Tensor], inputs: Tensor) -> Tensor:
        return functional_call(networks[0], (of_one, buffers), (inputs,))

    def step(inputs: Tensor, classes: Tensor) -> None:
        found = vmap(scores, in_dims=(0, None))(weights, inputs)
        loss = functional.cross_entropy(found.flatten(0, 1), classes.repeat(len(networks))) * len(networks)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step, weights


def timed(config: Config, case: str, batch: int, size: int, pairs: int) -> dict[str, Any]:
    """Median and range over all pairs of the time of the population over that of single steps."""
    networks, data = [candidate(config, case) for _ in range(size)], examples(case, batch)
    steps = stacked(networks)[0], one_by_one([candidate(config, case) for _ in range(size)])
    times = max(1, round(0.5 / seconds(steps[1], data, 2)))
    seconds(steps[0], data, 2)
    found = [seconds(steps[0], data, times) / seconds(steps[1], data, times) for _ in range(pairs)]
    short = (f"{value:.3f}" for value in (median(found), min(found), max(found)))
    return {"pairs": pairs} | dict(zip(("ratio_median", "ratio_low", "ratio_high"), short, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--table", type=Path, default=ROOT / "results/speed/population.csv")
    given = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    config, rows = load_config(ROOT / "config.yaml"), []
    for case, batch, size in product(CASES, BATCHES[:1], given.sizes):
        about = {"case": f"population of {size} {CASES[case][0]}", "subject": "as one network, over one by one"}
        rows.append(
            about | {"batch": batch, "threads": 1, "peak_mb": ""} | timed(config, case, batch, size, given.pairs)
        )
        print(rows[-1], flush=True)
    write_rows(given.table, COLUMNS, [row | made_with() for row in rows])


if __name__ == "__main__":
    main()
