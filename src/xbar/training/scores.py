"""The scores of a teacher on all inputs of a training, computed once for all students of a seed.

Students of a seed see the same inputs (see batches.py) and therefore learn from bit-identical scores.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.config.networks import InputsSpec
from xbar.files import BROKEN, checksum, read_tensors
from xbar.network.inputs import normalisation_of
from xbar.network.storage import read_network
from xbar.training.batches import Batch, Batches
from xbar.training.folds import Examples, split_fold, validation_fold
from xbar.training.machine import choose_device, keep_freed_memory, warn_if_slow

Scores = Float[Tensor, "epochs taken classes"]


def teacher_scores(
    teacher: str | Path, dataset: str | Path, spec: InputsSpec, *, seed: int
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Scores (epochs, inputs of an epoch, classes), and all that decides them, which `read_scores` compares.

    `teacher`: weights file of a floating-point network.
    """
    keep_freed_memory()
    device = choose_device()
    warn_if_slow(spec.precision, device)
    network = read_network(teacher)[0].to(device)
    data, _ = read_tensors(dataset)
    x, y = split_fold(data, validation_fold(data, seed))[0]
    scores = score_inputs(network, Examples(x.to(device), y.to(device)), spec, seed=seed)
    return {"scores": scores}, deciding(network, spec, teacher=teacher, dataset=dataset, data=data, seed=seed)


@torch.no_grad()
def score_inputs(teacher: nn.Module, train: Examples, spec: InputsSpec, *, seed: int) -> Scores:
    """Scores of every input on which a network of this seed is trained, in the order of the training."""
    batches = Batches(train, spec, std=normalisation_of(teacher).std, seed=seed)
    epochs = ([scores_of(teacher, batch.inputs, spec) for batch in batches.of(epoch)] for epoch in range(spec.epochs))
    return torch.stack([torch.cat(scored).cpu() for scored in epochs])


@torch.no_grad()
def scores_of(teacher: nn.Module, inputs: Float[Tensor, "batch channels height width"], spec: InputsSpec) -> Tensor:
    """Scores (batch, classes) of a teacher in the precision of its student."""
    with torch.autocast(inputs.device.type, torch.bfloat16, enabled=spec.precision == "bfloat16"):
        return teacher(inputs).float()


def scores_in(teacher: nn.Module | Scores, batch: Batch, epoch: int, spec: InputsSpec) -> Tensor:
    """Scores (batch, classes) of a teacher on a batch. `teacher`: a network, or its scores on a whole training."""
    if isinstance(teacher, nn.Module):
        return scores_of(teacher, batch.inputs, spec)
    start = batch.step * spec.batch
    return teacher[epoch, start : start + len(batch.chosen)]


def deciding(
    network: nn.Module, spec: InputsSpec, *, teacher: str | Path, dataset: str | Path, data: Mapping[str, Tensor],
    seed: int,
) -> dict[str, Any]:  # fmt: skip
    """All that decides the scores, in the form in which a file of scores holds it. `network`: teacher or student.

    Random draws on a GPU differ from those on a CPU. Noise on inputs is relative to the deviation of the inputs after
    their brightness is subtracted. It is compared to six digits, because sums on many threads differ in the last ones.
    """
    std = normalisation_of(network).std.flatten().tolist() if spec.augmentation.noise else []
    recipe = {name: getattr(spec, name) for name in InputsSpec.model_fields}
    return InputsSpec(**recipe).model_dump(mode="json") | {
        "teacher": checksum(teacher),
        "dataset": checksum(dataset),
        "seed": seed,
        "fold": validation_fold(data, seed),
        "device": next(network.parameters()).device.type,
        "deviation of the inputs": [f"{value:.6g}" for value in std],
    }


def read_scores(path: str | Path, wanted: Mapping[str, Any]) -> Scores:
    """Scores from a file. ValueError, one line, for a file without scores.

    ValueError also for scores of another teacher, recipe, seed, data set or machine.
    """
    tensors, about = read_tensors(path)
    if "scores" not in tensors:
        raise ValueError(f"{path} holds no scores of a teacher; {BROKEN}")
    if differing := [name for name in {**wanted, **about} if about.get(name) != wanted.get(name)]:
        name = differing[0]
        raise ValueError(
            f"{path}: the teacher's scores are those for {name} {about.get(name)}; this training has "
            f"{wanted.get(name)}; remove the file: it is made again"
        )
    return tensors["scores"]
