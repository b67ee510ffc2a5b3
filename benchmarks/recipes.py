"""What a recipe reaches on validation folds, and the processor time of its trainings.

    python benchmarks/recipes.py results/datasets/cifar10.safetensors cifar10-float
        [--seeds 0 1] [--folds 0 1] [--recipe '{epochs: 9}'] [--network '{first_layer: patches}']
        [--start FOLDER] [--draws 3] [--keep FOLDER]

All seeds train on what is in none of the folds and are validated on all of them; the test set has no part in it. The
recipe is that of config.yaml with these changes, and so is the network. `--keep` holds the weights of each seed, from
which students may start and learn with `--start`. On crossbars, accuracy is the mean over so many draws of noise.
"""

import argparse
import time
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

import torch
import yaml
from steps import ROOT, made_with

from xbar.checks.reading import load_config
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec, TrainingSpec
from xbar.files import read_tensors, write_rows, write_tensors
from xbar.network.predict import accuracy
from xbar.network.storage import write_network
from xbar.seeds import generator
from xbar.training.folds import split_fold
from xbar.training.scores import teacher_scores
from xbar.training.together import held_out_together
from xbar.training.train import train_network

COLUMNS = (
    "network", "changes", "seed", "examples", "accuracy", "training_cpu_s", "scores_cpu_s", "torch", "commit",
    "machine",
)  # fmt: skip


def trained(
    config: Config, spec: NetworkSpec, recipe: TrainingSpec, data: Path, folder: Path, *, number: int,
    start: Path | None, draws: int,
) -> dict[str, Any]:  # fmt: skip
    """One training: its row, and its weights in `folder`. `number`: of the seed, which is made an even one."""
    seed, scores, checkpoint = 2 * number, folder / "scores", folder / f"{number}.pt"
    warm, teacher = ((start / f"{number}" if start and role else None) for role in (spec.warm_start, spec.teacher))
    began = time.process_time()
    if teacher:
        write_tensors(scores, *teacher_scores(teacher, data, recipe, seed=seed))
    scored = time.process_time()
    architecture, crossbar = config.architectures[spec.architecture], config.crossbars[spec.crossbar]
    network, _, _ = train_network(
        spec, architecture, crossbar, recipe, data, seed=seed, checkpoint=checkpoint, warm_start=warm,
        teacher=teacher, scores=scores if teacher else None,
    )  # fmt: skip
    ended = time.process_time()
    blocks = {"network": spec, "architecture": architecture, "crossbar": crossbar}
    about = {name: block.model_dump(mode="json") for name, block in blocks.items()}
    write_network(folder / f"{number}", network, about | {"seed": seed})
    checkpoint.unlink()
    held_out = split_fold(read_tensors(data)[0], 0)[1]
    streams = [None] if spec.polarity == "float" else [generator(seed, "draw", draw) for draw in range(draws)]
    found = mean(accuracy(network, held_out, stream) for stream in streams)
    times = {"training_cpu_s": f"{ended - scored:.1f}", "scores_cpu_s": f"{scored - began:.1f}"}
    return {"seed": number, "examples": len(held_out.y), "accuracy": f"{found:.4f}"} | times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("name", metavar="network")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--folds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--recipe", type=yaml.safe_load, default={}, help="changes of the recipe, as YAML")
    parser.add_argument("--network", type=yaml.safe_load, default={}, help="changes of the network, as YAML")
    parser.add_argument("--start", type=Path, help="what --keep was for the warm start and teacher")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the weights go")
    parser.add_argument("--table", type=Path, default=ROOT / "results/speed/recipes.csv")
    given = parser.parse_args()
    torch.set_num_threads(1)
    config = load_config(ROOT / "config.yaml")
    measure(config, given)


def measure(config: Config, given: argparse.Namespace) -> None:
    """All seeds, a row each: printed as they come, written when all are there."""
    entry = config.networks[given.name]
    spec = NetworkSpec(**entry.model_dump() | given.network)
    recipe = TrainingSpec(**config.training[entry.training].model_dump() | given.recipe)
    fixed = {"network": given.name, "changes": str(given.network | given.recipe)} | made_with()
    rows = []
    with TemporaryDirectory() as temporary:
        data, folder = Path(temporary) / "data", given.keep or Path(temporary)
        write_tensors(data, held_out_together(read_tensors(given.dataset)[0], given.folds), {})
        for number in given.seeds:
            row = trained(config, spec, recipe, data, folder, number=number, start=given.start, draws=given.draws)
            rows.append(fixed | row)
            print(*(row.values()), flush=True)
    write_rows(given.table, COLUMNS, rows)


if __name__ == "__main__":
    main()
