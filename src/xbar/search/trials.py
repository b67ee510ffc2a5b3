"""One candidate trained briefly and measured on mapped crossbars: what a search learns from it."""

import logging
from collections.abc import Iterator
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from xbar.chips.conditions import Condition, Deployment
from xbar.chips.evaluate import accuracies
from xbar.chips.mapped import map_network
from xbar.files import checksum, read_json, read_tensors, write_json
from xbar.network.contexts import crossbar_layers
from xbar.network.geometry import layer_sizes, shape_of
from xbar.network.measure import layer_table
from xbar.search.limits import exceeded_limit, size_of
from xbar.search.setup import SearchSetup
from xbar.search.space import Candidate, candidate_of, network_of
from xbar.training.folds import split_fold, validation_fold
from xbar.training.train import train_network

logger = logging.getLogger(__name__)


def run_trials(
    setup: SearchSetup, rung: int, proposals: list[dict[str, Any]], folder: Path, *, code: str
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The results of `proposals`, one after the other; those that an earlier attempt left in `folder` are taken.

    `code`: digest of what runs; a result that other code, files or another configuration left is made anew.
    """
    common = _common(setup, rung, code)
    for proposal in proposals:
        origin = sha256(dumps([common, proposal]).encode()).hexdigest()[:16]
        path = folder / f"trial{proposal['trial']}-rung{rung}.{origin}.json"
        yield read_json(path) if path.exists() else _attempt(setup, rung, proposal, path)


def _common(setup: SearchSetup, rung: int, code: str) -> list[Any]:
    """All that decides the results of a rung besides the candidate."""
    specs = [spec.model_dump(mode="json") for spec in (setup.base, setup.training, *setup.target[:4])]
    search = setup.search.model_dump(mode="json", include={"folds", "chips", "limits", "rungs"})
    files = [checksum(path) for path in setup.files()]
    return [specs, search, setup.laws, setup.noise, setup.folds, setup.seed, rung, code, files]


def _attempt(setup: SearchSetup, rung: int, proposal: dict[str, Any], path: Path) -> dict[str, Any]:
    """The result of one trial. A trial that fails is recorded with its reason: one candidate does not end a search.

    The result is written to `path`, except a failure that another attempt may not meet again.
    """
    checkpoints = {fold: path.with_suffix(f".fold{fold}.pt") for fold in setup.search.folds}
    place = {"search_seed": setup.seed, "trial": proposal["trial"], "rung": rung}
    result = place | {"epochs": setup.search.rungs[rung].epochs} | proposal
    try:
        result |= _measured(setup, rung, candidate_of(proposal), checkpoints)
    except (ValueError, RuntimeError, ArithmeticError) as error:
        reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        logger.info("trial %d failed: %s", proposal["trial"], reason)
        result |= {"state": "failed", "reason": reason}
        if isinstance(error, RuntimeError):  # as torch is when out of memory
            return result
    write_json(path, result)
    for checkpoint in checkpoints.values():
        checkpoint.unlink(missing_ok=True)
    return read_json(path)


def _measured(setup: SearchSetup, rung: int, candidate: Candidate, checkpoints: dict[int, Path]) -> dict[str, Any]:
    """`checkpoints`: of the training on each fold of the search."""
    spec, search = network_of(setup.base, candidate), setup.search
    training = setup.training.model_copy(update={"epochs": search.rungs[rung].epochs})
    found, tables, signs = [], [], []
    for fold in search.folds:
        seed = fold + setup.folds * (1 + setup.seed)  # validates on this fold; no seed of a network trained fully
        network, _, inputs = train_network(
            spec, candidate.architecture, setup.target.crossbar, training, setup.dataset, seed=seed,
            checkpoint=checkpoints[fold], noise=setup.noise, **setup.floats_of(fold),
        )  # fmt: skip
        sizes = layer_sizes(candidate.architecture, shape_of(inputs.shape), polarity=spec.polarity)
        tables.append(layer_table(network, sizes, inputs))
        signs.append(signs_of(network))
        found += chip_accuracies(network, setup, seed)
    priced = [size_of(spec, table, setup.target) for table in tables]
    size = priced[0]._replace(energy_pJ=sum(of_fold.energy_pJ for of_fold in priced) / len(priced))
    over = exceeded_limit(search.limits, size, measured=True)
    last = rung == len(search.rungs) - 1
    return {
        "accuracy": round(sum(found) / len(found), 6),
        **size._asdict(),
        "found_signs": signs[0],
        "state": "beyond" if over else "complete" if last else "stopped",
        "reason": over or "",
    }


def chip_accuracies(network: nn.Module, setup: SearchSetup, seed: int) -> list[float]:
    """Share of the validation examples that each simulated chip classifies rightly."""
    data, _ = read_tensors(setup.dataset)
    _, validation = split_fold(data, validation_fold(data, seed))
    mapped = map_network(network, setup.target.device, setup.target.crossbar)
    deployment = Deployment(network, mapped, setup.target.device, seed=seed, laws=setup.laws)
    chips = [deployment.make_chip(Condition(number)) for number in range(setup.search.chips)]
    return accuracies(network, chips, validation)


def signs_of(network: nn.Module) -> list[str]:
    """The signs of the columns of each layer as text: learned ones as they were found."""
    return [_text(layer.sign) for layer in crossbar_layers(network).values()]


def _text(signs: Tensor) -> str:
    return "".join("+" if sign > 0 else "-" for sign in signs.tolist())
