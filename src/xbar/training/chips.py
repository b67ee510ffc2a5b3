"""Trained networks as mapped on simulated chips: what each chip makes of the weights, and how well it classifies."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import torch
from torch import Generator, Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec, EvaluationSpec
from xbar.datasets.splits import check_labels
from xbar.hardware.device import NONIDEALITIES, program
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import Array, map_weights, read_weights
from xbar.mappings import MAPPING_OF_POLARITY
from xbar.network.architecture import Network
from xbar.network.chip import ChipLayer, Columns, Converters, check_scores, predict_chips
from xbar.seeds import generator
from xbar.training.memory import keep_freed_memory

AT_ONCE = 10  # chips held in memory, however many are asked for


@torch.no_grad()
def map_network(network: Network, device: DeviceSpec, crossbar: CrossbarSpec) -> list[list[Array]]:
    """The arrays of every layer of a trained network."""
    mapping = MAPPING_OF_POLARITY[network.hardware.polarity]
    return [map_weights(weight_share(network, i), mapping, device, crossbar) for i in range(len(network.layers))]


def weight_share(network: Network, index: int) -> Tensor:
    """Quantised weights of one layer as exact shares of full scale (float64, CPU): code / (2^bits - 1)."""
    codes = 2**network.hardware.weight_bits - 1
    layer, scales = network.layers[index], network.scales_of(index)
    return (layer.quantized_weight(scales).double() / scales.w_max.double() * codes).round().cpu() / codes


@torch.no_grad()
def make_chip(
    network: Network, mapped: list[list[Array]], device: DeviceSpec, noise: float | None, *, seed: int, chip: int,
    laws: Laws | None = None,
) -> list[ChipLayer]:  # fmt: skip
    """The network's layers as simulated chip `chip` holds them.

    `noise`: constant programming noise, zero for the ideal chip; None: everything that the device does by `laws`.
    """
    hardware, layers = network.hardware, []
    for index, (layer, arrays) in enumerate(zip(network.layers, mapped, strict=True)):
        if noise is None:
            streams = chip_streams(seed, chip, index)
            arrays = [array._replace(g_uS=fabricate(array.g_uS, device, laws or {}, streams)) for array in arrays]
        elif noise > 0:
            stream = generator(seed, "chip", chip, index)
            arrays = [array._replace(g_uS=program(array.g_uS, device, noise, generator=stream)) for array in arrays]
        weight = read_weights(arrays, layer.weight.shape, MAPPING_OF_POLARITY[hardware.polarity], device)
        factor = torch.ones(layer.tiles, weight.shape[0], dtype=torch.float64)
        layers.append(ChipLayer(layer, [Columns(weight, factor, layer.signed)], Converters(hardware.adc_bits)))
    return layers


def chip_streams(seed: int, chip: int, index: int) -> dict[str, Generator]:
    """The random streams of one layer of one chip, one for each thing that happens to its cells."""
    purposes = {name: "chip" if name == "programming" else name for name in NONIDEALITIES}
    return {name: generator(seed, purpose, chip, index) for name, purpose in purposes.items()}


def fabricate(
    g_uS: Tensor, device: DeviceSpec, laws: Laws, streams: dict[str, Generator], *, time_s: float = 0.0
) -> Tensor:
    """Conductances (uS) of an array's cells `time_s` after they were programmed to `g_uS`."""
    for name, nonideality in NONIDEALITIES.items():
        g_uS = nonideality(g_uS, device, laws, generator=streams[name], time_s=time_s)
    return g_uS


def chip_accuracies(
    network: Network, mapped: list[list[Array]], device: DeviceSpec, evaluation: EvaluationSpec,
    examples: dict[str, tuple[Tensor, Tensor]], *, seed: int, laws: Laws | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Rows (condition, chip, split, accuracy): the ideal chip, every noisy chip, and the noise sweep on the test split.

    A chip keeps its random draw from one noise level to the next, so that levels compare in pairs.
    """
    keep_freed_memory()
    levels: list[tuple[str, float | None, int]] = [("ideal", 0.0, 1), ("noisy", None, evaluation.chips)]
    levels += [(f"noise-{noise:g}", noise, evaluation.sweep_chips) for noise in evaluation.noise_sweep]
    for condition, noise, chips in levels:
        swept = condition not in ("ideal", "noisy")
        wanted = {split: given for split, given in examples.items() if len(given[1]) and (split == "test" or not swept)}
        for start in range(0, chips, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, chips))
            group = [make_chip(network, mapped, device, noise, seed=seed, chip=n, laws=laws) for n in numbers]
            precision = "float32" if condition == "ideal" else evaluation.precision
            found = {split: shares(network, group, given, precision) for split, given in wanted.items()}
            for n, split in product(numbers, found):
                yield {"condition": condition, "chip": n, "split": split, "accuracy": found[split][n - start]}


def shares(
    network: Network, chips: list[list[ChipLayer]], examples: tuple[Tensor, Tensor], precision: str = "float32"
) -> list[float]:
    """Share of the examples (inputs, class numbers) that each chip classifies rightly.

    ValueError without examples, and for labels that are no classes of the network.
    """
    inputs, classes = examples
    if not len(inputs) or classes.shape != inputs.shape[:1]:
        raise ValueError(f"{len(inputs)} inputs with classes of shape {tuple(classes.shape)}; each needs one class")
    check_labels("the classes", classes, outputs_of(network, inputs), "outputs")
    return (predict_chips(network, chips, inputs, precision=precision) == classes).double().mean(1).tolist()


@torch.no_grad()
def outputs_of(network: Network, inputs: Tensor) -> int:
    """How many classes the network tells, found with one input; ValueError where its outputs are no scores."""
    scores = network.eval()(inputs[:1].to(next(network.parameters()).device))
    check_scores(scores)
    return scores.shape[1]
