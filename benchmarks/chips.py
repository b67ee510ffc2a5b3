"""What a simulated chip costs, as a multiple of one plain float pass over the same test examples, and its memory.

    python benchmarks/chips.py FOLDER [--networks har-4b-signed har-2b-unipolar] [--pairs 7] [--memory 10 100 1000]
        [--table results/speed/chips.csv]

FOLDER: where the workflow ran; networks, conductances and datasets are those of its results. A pair is ten chips, made
and evaluated, and one float pass, in the same process and in the same batches. Its ratio is CPU time per chip over that
of the float pass. There are three float passes. The first has the layers as anyone would write them in torch, as in
steps.py. The second is this project's float network of the same dataset. The third is the chip's own network with plain
layers and ReLU in the place of crossbars and converters. Memory: peak resident size of a fresh process that evaluates
so many chips of the first network.
"""

import argparse
import copy
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import torch
from steps import ROOT, made_with, plain
from torch import Tensor, nn

from xbar import job
from xbar.checks.reading import load_config
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import AT_ONCE, accuracies, chip_results
from xbar.chips.mapped import Mapped, read_mapped
from xbar.chips.predict import BATCH
from xbar.config.crossbars import DeviceSpec, EvaluationSpec
from xbar.files import read_rows, read_tensors, write_rows
from xbar.network.contexts import crossbar_layers
from xbar.network.layers import CrossbarLayer
from xbar.network.storage import read_network
from xbar.training.machine import keep_freed_memory

COLUMNS = (
    "case", "subject", "batch", "threads", "pairs", "ratio_median", "ratio_low", "ratio_high", "peak_mb",
    "torch", "commit", "machine",
)  # fmt: skip
DEVICE = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.04)


def with_float_layers(network: nn.Module) -> nn.Module:
    """The same network without converters and devices; ReLU in their place, because DACs start at zero."""
    found = copy.deepcopy(network)
    for layer in crossbar_layers(found).values():
        layer.stand_in = partial(float_sums, layer)
    return found


def float_sums(layer: CrossbarLayer, inputs: Tensor) -> Tensor:
    """Sums of a layer for inputs (N, ...) by plain float operations."""
    return layer.currents(nn.functional.relu_(layer.on_rows(inputs)), layer.weight.detach())


@torch.no_grad()
def pass_over(network: nn.Module, inputs: Tensor) -> Tensor:
    network.eval()
    return torch.cat([network(batch).argmax(1) for batch in inputs.split(BATCH)])


def cpu_seconds(act: Callable[[], Any]) -> float:
    """Processor time of one call, s."""
    start = time.process_time()
    act()
    return time.process_time() - start


def ratios(chips: Callable[[], Any], passes: Callable[[], Any], pairs: int) -> dict[str, Any]:
    """CPU time per chip over that of a float pass: median and range over pairs, after one that does not count."""
    found = [cpu_seconds(chips) / AT_ONCE / cpu_seconds(passes) for _ in range(pairs + 1)][1:]
    short = (f"{value:.3f}" for value in (median(found), min(found), max(found)))
    return {"pairs": pairs} | dict(zip(("ratio_median", "ratio_low", "ratio_high"), short, strict=True))


def read(folder: Path, name: str) -> tuple[nn.Module, Mapped, tuple[Tensor, Tensor], str]:
    """A trained network, its arrays, its test examples and the dataset that they are of."""
    network, about = read_network(folder / f"results/networks/{name}/seed0/weights.safetensors")
    mapped = read_mapped(folder / f"results/crossbars/{name}/seed0/conductances.safetensors")
    dataset = about["network"]["dataset"]
    data, _ = read_tensors(folder / f"results/datasets/{dataset}.safetensors")
    return network, mapped, (data["test_x"], data["test_y"]), dataset


def times(folder: Path, name: str, pairs: int) -> list[dict[str, Any]]:
    """Rows of one network against every float pass, in float32 and in bfloat16."""
    network, mapped, test, dataset = read(folder, name)
    float_name = f"{dataset}-float"
    float_network, _ = read_network(folder / f"results/networks/{float_name}/seed0/weights.safetensors")

    deployment = Deployment(network, mapped, DEVICE, seed=0)

    def chips(precision: str) -> None:
        made = [deployment.make_chip(Condition(chip, noise=0.04)) for chip in range(AT_ONCE)]
        accuracies(network, made, test, precision)

    config = load_config(ROOT / "config.yaml")
    subjects = {
        "plain torch": plain(config, dataset),
        float_name: float_network,
        f"{name} with float layers": with_float_layers(network),
    }
    rows = []
    for (words, passes), precision in product(subjects.items(), ("float32", "bfloat16")):
        case = f"chip of {name}" + (", bfloat16" if precision == "bfloat16" else "")
        row = {"case": case, "subject": f"float pass of {words}", "batch": BATCH, "threads": 1}
        sides = partial(chips, precision), partial(pass_over, passes, test[0])
        rows.append(row | ratios(*sides, pairs) | {"peak_mb": ""})
        print(rows[-1], flush=True)
    return rows


def peak_mb(folder: Path, name: str, chips: int) -> float:
    """Peak resident size of a process of its own."""
    command = [sys.executable, __file__, str(folder), "--networks", name, "--only", str(chips)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def evaluate_only(folder: Path, name: str, chips: int) -> None:
    """Evaluate and print the peak resident size in MB."""
    network, mapped, test, _ = read(folder, name)
    evaluation = EvaluationSpec(chips=chips, sweep_chips=1, noise_sweep=[])
    deployment = Deployment(network, mapped, DEVICE, seed=0)
    assert len(list(chip_results(deployment, evaluation, {"test": test}))) == chips + 1
    print(job.peak_mb())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--networks", nargs="+", default=["har-4b-signed", "har-2b-unipolar"])
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--memory", type=int, nargs="*", default=[10, 100, 1000], help="numbers of chips")
    parser.add_argument("--table", type=Path, default=Path("results/speed/chips.csv"))
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()  # for both sides, as evaluations do
    if given.only:
        return evaluate_only(given.folder, given.networks[0], given.only)
    rows = [row for name in given.networks for row in times(given.folder, name, given.pairs)]
    for chips in given.memory:
        name = given.networks[0]
        row = {"case": f"chip of {name}", "subject": f"memory of {chips} chips", "batch": BATCH, "threads": 1}
        rows.append(row | {"peak_mb": f"{peak_mb(given.folder, name, chips):.0f}"})
        print(rows[-1], flush=True)
    write_rows(given.table, COLUMNS, [row | made_with() for row in rows])
    print(f"{len(read_rows(given.table))} rows in {given.table}")


if __name__ == "__main__":
    main()
