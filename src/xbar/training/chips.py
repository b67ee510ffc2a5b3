"""Trained networks as mapped on simulated chips: what each chip makes of the weights, and how well it classifies."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Generator, Tensor

from xbar.config.crossbars import CrossbarSpec, DeviceSpec, EvaluationSpec
from xbar.hardware.device import NONIDEALITIES, program
from xbar.hardware.laws import Laws
from xbar.hardware.mapping import MAPPING_OF_POLARITY, Array, map_weights, read_weights
from xbar.network.architecture import Network
from xbar.seeds import generator
from xbar.training.evaluate import accuracy


@torch.no_grad()
def map_network(network: Network, device: DeviceSpec, crossbar: CrossbarSpec) -> list[list[Array]]:
    """The arrays of every layer of a trained network."""
    mapping = MAPPING_OF_POLARITY[network.hardware.polarity]
    return [map_weights(weight_share(network, i), mapping, device, crossbar) for i in range(len(network.layers))]


def weight_share(network: Network, index: int) -> Tensor:
    """Quantised weights of one layer as exact shares of full scale (float64): code / (2^bits - 1)."""
    codes = 2**network.hardware.weight_bits - 1
    layer, scales = network.layers[index], network.scales_of(index)
    return (layer.quantized_weight(scales).double() / scales.w_max.double() * codes).round() / codes


@torch.no_grad()
def make_chip(
    network: Network, mapped: list[list[Array]], device: DeviceSpec, noise: float | None, *, seed: int, chip: int,
    laws: Laws | None = None,
) -> None:  # fmt: skip
    """Program the network's layers with what simulated chip `chip` holds.

    `noise`: constant programming noise, zero for the ideal chip; None: everything that the device does by `laws`.
    """
    mapping = MAPPING_OF_POLARITY[network.hardware.polarity]
    for index, (layer, arrays) in enumerate(zip(network.layers, mapped, strict=True)):
        if noise is None:
            streams = chip_streams(seed, chip, index)
            arrays = [array._replace(g_uS=fabricate(array.g_uS, device, laws or {}, streams)) for array in arrays]
        elif noise > 0:
            stream = generator(seed, "chip", chip, index)
            arrays = [array._replace(g_uS=program(array.g_uS, device, noise, generator=stream)) for array in arrays]
        layer.programmed = read_weights(arrays, layer.weight.shape, mapping, device)


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
    levels: list[tuple[str, float | None, int]] = [("ideal", 0.0, 1), ("noisy", None, evaluation.chips)]
    levels += [(f"noise-{noise:g}", noise, evaluation.sweep_chips) for noise in evaluation.noise_sweep]
    for condition, noise, chips in levels:
        for chip in range(chips):
            make_chip(network, mapped, device, noise, seed=seed, chip=chip, laws=laws)
            for split, (inputs, classes) in examples.items():
                if len(classes) and (split == "test" or condition in ("ideal", "noisy")):
                    share = accuracy(network, (inputs, classes))
                    yield {"condition": condition, "chip": chip, "split": split, "accuracy": share}
