"""Training of one network of the configuration, from a prepared dataset to its trained state."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec, TrainingSpec
from xbar.datasets.splits import check_labels
from xbar.files import checksum, read_tensors
from xbar.network.architecture import build_network
from xbar.network.geometry import check_sizes, columns_of, shape_of
from xbar.network.storage import read_network
from xbar.seeds import generator
from xbar.training.folds import Examples, split_fold, validation_fold
from xbar.training.loop import Training
from xbar.training.machine import choose_device, keep_freed_memory, warn_if_slow
from xbar.training.scores import Scores, deciding, read_scores
from xbar.training.start import CALIBRATION_INPUTS, start_network


def train_network(
    spec: NetworkSpec, architecture: ArchitectureSpec, crossbar: CrossbarSpec, training: TrainingSpec,
    dataset: str | Path, *, seed: int, warm_start: Path | None, checkpoint: Path, teacher: Path | None = None,
    scores: Path | None = None, noise: tuple[float, ...] = (),
) -> tuple[nn.Module, list[dict[str, Any]], Tensor]:  # fmt: skip
    """The trained network on the CPU, its history (a row per epoch), and training inputs (N, C, H, W) to measure it on.

    It is trained on a GPU where there is one, reproducibly as `choose_device` says. `warm_start`, `teacher`: weights
    files of floating-point networks. `scores`: file of the teacher's scores on the inputs of this training; without it
    they are computed in the training. `noise`: law of the programming noise where it is that of the device.
    `checkpoint`: where a killed training continues, also one killed before its results were written; the caller removes
    it after that. ValueError for labels, sizes or scores that do not fit; FloatingPointError as `Training.run`.
    """
    keep_freed_memory()
    device = choose_device()
    warn_if_slow(training.precision, device)
    data, _ = read_tensors(dataset)
    train, validation = split_fold(data, validation_fold(data, seed))
    check_labels("the training examples", train.y, columns_of(architecture)[-1], "outputs")
    check_sizes(training.sizes, architecture, shape_of(train.x.shape))
    network = build_network(spec, architecture, crossbar, shape_of(train.x.shape), noise)
    start_network(network, spec, train.x, seed=seed, warm_start=warm_start)
    network.to(device)
    learned: nn.Module | Scores | None = None
    if scores is not None and teacher is not None:
        wanted = deciding(network, training, teacher=teacher, dataset=dataset, data=data, seed=seed)
        learned = read_scores(scores, wanted).to(device)
    elif teacher is not None:
        learned = read_network(teacher)[0].to(device)
    on_device = [Examples(split.x.to(device), split.y.to(device)) for split in (train, validation)]
    files = {"dataset": dataset, "warm_start": warm_start, "teacher": teacher}
    about = {
        "architecture": architecture.model_dump(),
        "crossbar": crossbar.model_dump(),
        "noise": noise,
        "files": {role: checksum(path) for role, path in files.items() if path is not None},
    }
    history = Training(
        network, on_device[0], on_device[1], training, entry=spec, seed=seed, teacher=learned, about=about
    ).run(checkpoint)  # fmt: skip
    chosen = torch.randperm(len(train.y), generator=generator(seed, "measure"))[:CALIBRATION_INPUTS]
    return network.cpu(), history, train.x[chosen]
