"""The reference ResNet-8 on crossbars: mapped as it is, or trained further with noise, and its accuracy on chips.

AnalogNets' method (arXiv:2111.06503) is tried on another network and task. Weights are programmed by a public law of
phase-change memory, and converters have few bits. Accuracy is measured up to a day after programming.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import accuracies
from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec, TrainingSpec
from xbar.config.tiny import TinyChipsSpec, TinyHardwareSpec
from xbar.config.variants import VariantSpec
from xbar.hardware.device import programming_polynomial
from xbar.hardware.laws import Laws
from xbar.network.contexts import hardware_of, matrix_layers
from xbar.network.hardware import Hardware
from xbar.network.inputs import Normalisation
from xbar.network.measure import MEASURED
from xbar.network.own import MEASURED_INPUTS, prepare_trained
from xbar.network.predict import accuracy
from xbar.network.prepare import Scale
from xbar.network.storage import state_of
from xbar.seeds import generator
from xbar.tiny.networks import resnet_8
from xbar.tiny.reference import check_tensors
from xbar.training.folds import Examples, split_fold
from xbar.training.loop import Training
from xbar.training.start import start_weights

NAME = "resnet-8"
Rows = Iterator[dict[str, Any]]


def on_crossbars(
    reference: nn.Module, inputs: Tensor, spec: TinyHardwareSpec, device: DeviceSpec, crossbar: CrossbarSpec,
    laws: Laws, *, bits: int, scale: Scale, condition: str,
) -> nn.Module:  # fmt: skip
    """The reference network with converters of so many bits, quantised; it is not trained further here.

    `inputs` (N, 3, 32, 32): training images as bytes, of which at most MEASURED give the full scales. `condition`:
    direct or trained, by which the quantile of the weights is chosen.
    """
    hardware = Hardware(
        polarity="signed", weight_bits=spec.weight_bits, dac_bits=bits, adc_bits=bits, rows=crossbar.rows,
        noise_law=programming_polynomial(device, laws),
    )  # fmt: skip
    chosen = torch.randperm(len(inputs), generator=generator(0, "tiny"))[:MEASURED]
    share = getattr(spec.weight_shares, condition)
    return prepare_trained(reference, inputs[chosen].float(), hardware, scale=scale, weight_share=share)


def examples_of(data: Mapping[str, Tensor], fold: int | None) -> tuple[Examples, Examples]:
    """Training and test examples; with a fold of the training examples, those outside of it and those in it."""
    if fold is None:
        return Examples(data["train_x"], data["train_y"]), Examples(data["test_x"], data["test_y"])
    return split_fold(data, fold)


def train_float(
    train: Examples, recipe: TrainingSpec, *, seed: int, checkpoint: Path, about: Mapping[str, Any]
) -> nn.Module:
    """ResNet-8 trained from random weights, in floating point; `checkpoint` and `about` as in `train_further`."""
    network = resnet_8()
    start_weights(network, generator(seed, "weights"))
    for layer in matrix_layers(network).values():
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    entry = NetworkSpec(dataset="cifar10", architecture=NAME, polarity="float", training="")
    nothing = Examples(train.x[:0], train.y[:0])
    whole = nn.Sequential(Normalisation((3, 32, 32)), network).to(train.x.device)
    Training(whole, train, nothing, recipe, entry=entry, seed=seed, about=about).run(checkpoint)
    return network


def train_further(
    network: nn.Module, reference: nn.Module, train: Examples, recipe: TrainingSpec, *, seed: int, checkpoint: Path,
    about: Mapping[str, Any],
) -> list[dict[str, Any]]:  # fmt: skip
    """Train `network` in place with noise drawn at every step; a row for each epoch. It learns from `reference` too.

    A training that was killed goes on from `checkpoint`, which the caller removes once the results are written. `about`
    names all else that decides the result: a checkpoint with another is not used. FloatingPointError, one line, where
    it diverges.
    """
    student, teacher = (
        nn.Sequential(Normalisation((3, 32, 32)), part).to(train.x.device)  # bytes stay as they are
        for part in (network, reference.eval())
    )
    bits = hardware_of(network)
    entry = NetworkSpec(
        dataset="cifar10", architecture=NAME, polarity="signed", training="", scale="layer", noise="device",
        weight_bits=bits.weight_bits, dac_bits=bits.dac_bits, adc_bits=bits.adc_bits,
    )  # fmt: skip
    nothing = Examples(train.x[:0], train.y[:0])
    training = Training(student, train, nothing, recipe, entry=entry, seed=seed, teacher=teacher, about=about)
    return training.run(checkpoint)


def take_over(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put the weights and full scales of a training into `network`; ValueError where their names are others."""
    check_tensors("the trained ResNet-8", state_of(network), state)
    network.load_state_dict(dict(state), strict=False)  # full scales that layers share are in the file once


def chip_rows(
    network: nn.Module, test: Examples, spec: TinyChipsSpec, device: DeviceSpec, crossbar: CrossbarSpec, laws: Laws, *,
    seed: int,
) -> Rows:  # fmt: skip
    """Accuracy quantised and without noise, then of every chip, time after programming and compensation."""
    images = Examples(test.x[: spec.test_images].float(), test.y[: spec.test_images])
    yield {"seed": seed, "images": len(images.y), "accuracy": accuracy(network, images)}
    mapped = map_network(network, device, crossbar, mapping=spec.mapping)
    of_chips = {"chips": spec.chips, "times_s": spec.times_s, "compensations": spec.compensations}
    variant = VariantSpec(mapping=spec.mapping, **of_chips)  # type: ignore[arg-type] # by name
    inputs = getattr(network, MEASURED_INPUTS)
    deployment = Deployment(network, mapped, device, seed=seed, laws=laws, variant=variant, inputs=inputs)
    for time_s, compensation in product(spec.times_s, spec.compensations):
        chips = [deployment.make_chip(Condition(chip, time_s, compensation)) for chip in range(spec.chips)]
        for chip, found in enumerate(accuracies(network, chips, images)):
            told = {"time_s": time_s, "compensation": compensation, "seed": seed, "chip": chip}
            yield {**told, "images": len(images.y), "accuracy": found}


def float_row(reference: nn.Module, test: Examples, images: int | None) -> dict[str, Any]:
    """Accuracy of the reference network itself on the first `images` of the test examples, None for all of them."""
    chosen = Examples(test.x[:images].float(), test.y[:images])
    return {"network": NAME, "condition": "float", "images": len(chosen.y), "accuracy": accuracy(reference, chosen)}


def about_rows(rows: Iterable[dict[str, Any]], bits: int, scale: str, condition: str) -> Rows:
    """Rows of `tables.TINYML` of one network on chips."""
    about = {"network": NAME, "converter_bits": bits, "scale": scale, "condition": condition}
    return ({**about, **row} for row in rows)
