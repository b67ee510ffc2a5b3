"""One candidate trained and measured on mapped crossbars: briefly, for a search to learn from it, or fully."""

import logging
from collections.abc import Iterator, Sequence
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import accuracies
from xbar.chips.mapped import map_network
from xbar.config.networks import TrainingSpec
from xbar.config.search import LimitsSpec
from xbar.files import checksum, read_json, read_tensors, write_json
from xbar.network.contexts import crossbar_layers
from xbar.network.geometry import layer_sizes, shape_of
from xbar.network.measure import layer_table
from xbar.search.limits import exceeded_limit, size_of
from xbar.search.setup import SearchSetup
from xbar.search.space import Candidate, candidate_of, network_of
from xbar.search.work import work_of
from xbar.training.batches import steps_of_epoch
from xbar.training.folds import split_fold
from xbar.training.together import together
from xbar.training.train import train_network

logger = logging.getLogger(__name__)

OF_THE_MACHINE = ("allocate memory", "not enough memory", "out of memory", "CUDA error")  # in torch's messages
FIRST_SEED = 1000  # of trials and of finals, whose streams are of no network of config.yaml
Proposal = dict[str, Any]
Result = dict[str, Any]


class Examination(NamedTuple):
    """How a candidate is trained: the file that says what its seed holds out, and on which folds it is measured."""

    training: TrainingSpec
    dataset: str | Path
    folds: tuple[int, ...]
    seed: int


def run_trials(setup: SearchSetup, proposals: Sequence[Proposal], folder: Path, *, code: str) -> Iterator[Result]:
    """The results of `proposals`, one after the other; those that an earlier attempt left in `folder` are taken.

    `code`: digest of what runs; a result that other code, files or another configuration left is made anew.
    """
    training = setup.training.model_copy(update={"epochs": setup.search.epochs})
    folds = tuple(setup.search.folds)
    with together(setup.dataset, folds) as dataset:
        examined = Examination(training, dataset, folds, seed=2 * (FIRST_SEED + setup.seed))
        for proposal in proposals:
            about = {"search_seed": setup.seed, "epochs": training.epochs} | proposal
            yield examine(setup, examined, about, folder, f"trial{proposal['trial']}", code=code)


def run_given(setup: SearchSetup, fold: int, folder: Path, *, code: str) -> Result:
    """As `run_final`, for the network of the search's own entry, which may exceed the limits of candidates."""
    signs = setup.base.signs
    assert signs != "searched"  # the checks refuse such an entry
    given = {"search_seed": None, "trial": None} | Candidate(setup.architecture, signs).as_json()
    unlimited = setup._replace(search=setup.search.model_copy(update={"limits": LimitsSpec()}))
    return run_final(unlimited, given, fold, folder, code=code)


def run_final(setup: SearchSetup, finalist: Result, fold: int, folder: Path, *, code: str) -> Result:
    """The result of a finalist trained fully, with `fold` held out. The finalist: a trial's result."""
    assert setup.search.finals is not None and setup.finals_training is not None
    examined = Examination(setup.finals_training, setup.dataset, (fold,), seed=setup.folds * FIRST_SEED + fold)
    about = {name: finalist[name] for name in ("search_seed", "trial", "architecture", "signs")} | {"fold": fold}
    name = f"seed{finalist['search_seed']}-trial{finalist['trial']}-fold{fold}"
    return examine(setup, examined, about, folder, name, code=code)


def examine(
    setup: SearchSetup, examined: Examination, about: dict[str, Any], folder: Path, name: str, *, code: str
) -> Result:  # fmt: skip
    """One candidate trained and measured, or the result that an earlier attempt left in `folder`.

    A candidate that fails is recorded with its reason: one candidate does not end a search. A RuntimeError for want
    of memory, or of a GPU, says nothing of the candidate: the job fails, and its next attempt goes on from the
    checkpoint.
    """
    deciding = [*_common(setup), examined.training.model_dump(mode="json"), examined.folds, examined.seed, code, about]
    path = folder / f"{name}.{sha256(dumps(deciding).encode()).hexdigest()[:16]}.json"
    if path.exists():
        return read_json(path)
    checkpoint, result = path.with_suffix(".pt"), dict(about)
    try:
        result |= _measured(setup, examined, candidate_of(about), checkpoint)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        if isinstance(error, RuntimeError) and any(words in str(error) for words in OF_THE_MACHINE):
            raise
        reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        logger.info("%s failed: %s", name, reason)
        result |= {"state": "failed", "reason": reason}
    write_json(path, result)
    checkpoint.unlink(missing_ok=True)
    return read_json(path)


def _common(setup: SearchSetup) -> list[Any]:
    """All that decides the results of a search's trainings besides candidate, recipe, folds and seed."""
    specs = [spec.model_dump(mode="json") for spec in (setup.base, *setup.target[:4])]
    search = setup.search.model_dump(mode="json", include={"chips", "limits"})
    return [specs, search, setup.laws, setup.noise, setup.folds, [checksum(path) for path in setup.files()]]


def _measured(setup: SearchSetup, examined: Examination, candidate: Candidate, checkpoint: Path) -> Result:
    spec, (training, dataset, folds, seed) = network_of(setup.base, candidate), examined
    network, _, inputs = train_network(
        spec, candidate.architecture, setup.target.crossbar, training, dataset, seed=seed,
        checkpoint=checkpoint, noise=setup.noise, warm_start=setup.warm_start, teacher=setup.teacher,
    )  # fmt: skip
    sizes = layer_sizes(candidate.architecture, shape_of(inputs.shape), polarity=spec.polarity)
    size = size_of(spec, layer_table(network, sizes, inputs), setup.target)
    found = chip_accuracies(network, setup, folds, seed)
    over = exceeded_limit(setup.search.limits, size, measured=True)
    return {
        "accuracy": round(float(found.mean()), 6),
        "chip_deviation": round(float(found.mean(0).std()), 6),
        "fold_accuracies": [round(float(of_fold), 6) for of_fold in found.mean(1)],
        **size._asdict(),
        "work": round(work_of(size.products, steps_of(setup.dataset, folds, training)), 3),
        "found_signs": signs_of(network),
        "state": "beyond" if over else "complete",
        "reason": over or "",
    }


def chip_accuracies(
    network: nn.Module, setup: SearchSetup, folds: Sequence[int], seed: int
) -> Float[np.ndarray, "folds chips"]:
    """Share of the examples of each fold that each simulated chip classifies correctly."""
    data, _ = read_tensors(setup.dataset)
    mapped = map_network(network, setup.target.device, setup.target.crossbar)
    deployment = Deployment(network, mapped, setup.target.device, seed=seed, laws=setup.laws)
    chips = [deployment.make_chip(Condition(number)) for number in range(setup.search.chips)]
    return np.array([accuracies(network, chips, split_fold(data, fold)[1]) for fold in folds])


def steps_of(dataset: str | Path, folds: Sequence[int], training: TrainingSpec) -> int:
    """Steps of a training on what is in none of the `folds`."""
    held_out = torch.isin(read_tensors(dataset)[0]["train_fold"], torch.tensor(folds))
    return training.epochs * steps_of_epoch(int((~held_out).sum()), training.batch)


def signs_of(network: nn.Module) -> list[str]:
    """The signs of the columns of each layer as text: learned ones as they were found."""
    return [_text(layer.sign) for layer in crossbar_layers(network).values()]


def _text(signs: Tensor) -> str:
    return "".join("+" if sign > 0 else "-" for sign in signs.tolist())
