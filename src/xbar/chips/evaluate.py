"""Classification on simulated chips: rows of accuracies, of errors by layer, and of confusions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any, NamedTuple, TypeVar

import torch
from jaxtyping import Bool
from torch import Tensor, nn

from xbar.chips.chip import Chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.predict import check_scores, predict_chips
from xbar.config.crossbars import EvaluationSpec
from xbar.datasets.splits import check_labels
from xbar.network.contexts import device_of
from xbar.training.machine import keep_freed_memory

STORED = ("float", "ideal", "noisy")  # conditions whose correctness is stored; of the noise sweep only accuracies are
AT_ONCE = 10  # chips held in memory, however many are asked for
Examples = tuple[Tensor, Tensor]  # inputs (N, ...) and class numbers (N)
Rows = list[dict[str, Any]]
Item = TypeVar("Item")


class Result(NamedTuple):
    """The result of a chip, or of a network in floating point (`chip` empty), on the examples of one split.

    `right`: whether it classifies each of them correctly.
    """

    condition: str
    chip: int | str
    split: str
    right: Bool[Tensor, " examples"]

    def row(self) -> dict[str, Any]:
        """Condition, chip, split and accuracy, which is the share of correct examples."""
        about = {"condition": self.condition, "chip": self.chip, "split": self.split}
        return about | {"accuracy": self.right.double().mean().item()}


def accuracies(
    network: nn.Module, chips: Sequence[Chip], examples: Examples, precision: str = "float32"
) -> list[float]:
    """Share of the examples that each chip classifies correctly. ValueError as in `correctness`."""
    return correctness(network, chips, examples, precision).double().mean(1).tolist()


def correctness(
    network: nn.Module, chips: Sequence[Chip], examples: Examples, precision: str = "float32"
) -> Bool[Tensor, "chips examples"]:
    """Whether each chip classifies each example correctly.

    ValueError without examples, and for labels that are no classes of the network.
    """
    check_classes(network, examples)
    inputs, classes = examples
    return predict_chips(network, chips, inputs, precision=precision) == classes


def check_classes(network: nn.Module, examples: Examples) -> None:
    """Raise ValueError, one line, without examples, and for labels that are no classes of the network."""
    inputs, classes = examples
    if not len(inputs) or classes.shape != inputs.shape[:1]:
        raise ValueError(f"{len(inputs)} inputs with classes of shape {tuple(classes.shape)}; each needs one class")
    check_labels("the classes", classes, outputs_of(network, inputs), "outputs")


@torch.no_grad()
def outputs_of(network: nn.Module, inputs: Tensor) -> int:
    """Number of classes that the network distinguishes, from one input. ValueError where its outputs are no scores."""
    scores = network.eval()(inputs[:1].to(device_of(network)))
    check_scores(scores)
    return scores.shape[1]


def chip_results(
    deployment: Deployment, evaluation: EvaluationSpec, examples: Mapping[str, Examples]
) -> Iterator[Result]:
    """Results of the ideal chip, of every noisy chip, and of the noise sweep, which uses the test split alone.

    A chip keeps its random draw from one noise level to the next, so that levels can be compared in pairs.
    """
    keep_freed_memory()
    levels: list[tuple[str, float | None, int]] = [("ideal", 0.0, 1), ("noisy", None, evaluation.chips)]
    levels += [(f"noise-{noise:g}", noise, evaluation.sweep_chips) for noise in evaluation.noise_sweep]
    for condition, noise, chips in levels:
        swept = condition not in ("ideal", "noisy")
        wanted = {split: given for split, given in examples.items() if len(given[1]) and (split == "test" or not swept)}
        precision = "float32" if condition == "ideal" else evaluation.precision
        for numbers in _in_groups(range(chips)):
            group = [deployment.make_chip(Condition(number, noise=noise)) for number in numbers]
            found = {split: correctness(deployment.network, group, given, precision) for split, given in wanted.items()}
            for (place, number), split in product(enumerate(numbers), found):
                yield Result(condition, number, split, found[split][place])


def stored(results: Iterable[Result]) -> dict[str, Bool[Tensor, "chips examples"]]:
    """Which test examples each chip classifies correctly, for each condition of `STORED`."""
    right: dict[str, list[Tensor]] = {}
    for result in results:
        if result.split == "test" and result.condition in STORED:
            right.setdefault(result.condition, []).append(result.right)
    return {condition: torch.stack(of_chips) for condition, of_chips in right.items()}


def accuracy_rows(
    name: str, about: Mapping[str, Any], results: Iterable[dict[str, Any]], *, mapping: str
) -> Iterator[dict[str, Any]]:
    """Rows of `tables.ACCURACY` from rows (condition, chip, split, accuracy) of one network."""
    spec = about["network"]
    fixed = {key: spec[key] for key in ("dataset", "architecture", "weight_bits", "polarity", "scale")}
    fixed |= {"network": name, "seed": about["seed"], "mapping": mapping, "device": spec["device"] if mapping else ""}
    return ({**fixed, **row} for row in results)


def confusion_rows(deployment: Deployment, examples: Examples, chips: int) -> Iterator[dict[str, Any]]:
    """Rows (chip, actual, predicted, count): number of examples of a class that a noisy chip assigns to each class."""
    inputs, actual = examples
    classes = outputs_of(deployment.network, inputs)
    check_labels("the classes", actual, classes, "outputs")
    for number in range(chips):
        predicted = predict_chips(deployment.network, [deployment.make_chip(Condition(number))], inputs)[0]
        counts = torch.bincount(actual * classes + predicted, minlength=classes**2).view(classes, classes)
        for one, row in enumerate(counts.tolist()):
            for other, count in enumerate(row):
                yield {"chip": number, "actual": one, "predicted": other, "count": count}


def spaced(tensor: Tensor, count: int | None) -> Tensor:
    """`count` entries of the first axis of a tensor, evenly spaced; all entries for None or a larger count."""
    size = len(tensor)
    return tensor if count is None or count >= size else tensor[torch.arange(count) * size // count]


def evaluate_variant(
    deployment: Deployment, examples: Examples, names: Mapping[str, str], network: Mapping[str, Any], device: str
) -> tuple[Rows, Rows]:
    """Rows of `tables.VARIANTS` on `examples` and of `tables.ERRORS`, for every chip, time and compensation.

    `names`: of the variant and of the network. `network`: its block of the configuration. `device`: name of the device.
    """
    variant = deployment.variant
    shared = {key: names[key] for key in ("variant", "network")} | {"seed": deployment.seed}
    kind = {key: network[key] for key in ("dataset", "weight_bits", "polarity", "scale")}
    kind |= {"mapping": deployment.mapped.mapping, "device": device}
    rows, errors = [], []
    cases = product(range(variant.chips), variant.times_s, variant.compensations)
    for group in _in_groups(Condition(*case) for case in cases):
        chips, told = [], [shared | _described(condition) for condition in group]
        for condition, case in zip(group, told, strict=True):
            chips.append(deployment.make_chip(condition))
            errors += [case | error for error in deployment.layer_errors(chips[-1])]
        right = accuracies(deployment.network, chips, examples)
        rows += [case | kind | {"accuracy": share} for case, share in zip(told, right, strict=True)]
    return rows, errors


def _described(condition: Condition) -> dict[str, Any]:
    return {"chip": condition.chip, "time_s": condition.time_s, "compensation": condition.compensation}


def _in_groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Groups of at most AT_ONCE items, as many as memory holds."""
    left = iter(items)
    while group := list(islice(left, AT_ONCE)):
        yield group
