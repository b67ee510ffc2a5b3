"""A network trained elsewhere: mapped as it is and evaluated on simulated chips."""

import logging
from pathlib import Path

import torch
from torch import Tensor, nn

from xbar.chips.conditions import Deployment
from xbar.chips.evaluate import Rows, evaluate_variant, outputs_of
from xbar.chips.mapped import Mapped, map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.config.variants import VariantSpec
from xbar.datasets.splits import check_examples
from xbar.hardware.laws import Laws
from xbar.network.hardware import Hardware
from xbar.network.modules import read_sequential
from xbar.network.own import prepare_trained
from xbar.network.predict import accuracy
from xbar.seeds import generator
from xbar.training.folds import MEASURED

logger = logging.getLogger(__name__)

TOLERATED = 0.02  # below the accuracy that an owner states: test sets differ in their examples


def _check_accuracy(name: str, own: OwnNetworkSpec, modules: nn.Module, examples: tuple[Tensor, Tensor]) -> None:
    """ValueError where torch itself gets less from the network than its owner states."""
    found = accuracy(modules, examples)
    logger.info("%s: accuracy %.4f in floating point, before it is quantised", name, found)
    if own.expected_accuracy is not None and found < own.expected_accuracy - TOLERATED:
        told = f"{name}: its accuracy is {found:.3f} in floating point; expected_accuracy is {own.expected_accuracy:g}"
        raise ValueError(f"{told}. Were its inputs of other units, order or layout? See workflow/own-network.md")


def evaluate_own(
    name: str, own: OwnNetworkSpec, weights: str | Path, data: dict[str, Tensor], device: DeviceSpec,
    crossbar: CrossbarSpec, laws: Laws, classes: int | None = None,
) -> tuple[Mapped, Rows, Rows]:  # fmt: skip
    """The arrays of every layer, and the rows of accuracy and layer errors that `evaluate_variant` gives.

    `data`: a prepared dataset; full scales are measured on some of its training inputs. `classes`: how many it has,
    if that is more than its labels show. ValueError where state dict, layers and dataset do not fit together.
    """
    classes = classes or 1 + int(torch.cat([data["train_y"], data["test_y"]]).long().max())
    for part in ("train", "test"):
        check_examples(f"{own.dataset}: {part}", data[f"{part}_x"], data[f"{part}_y"], classes)
    chosen = torch.randperm(len(data["train_y"]), generator=generator(0, "own"))[:MEASURED]
    inputs = data["train_x"][chosen]
    hardware = Hardware(
        polarity="signed",
        weight_bits=own.weight_bits,
        dac_bits=own.dac_bits,
        adc_bits=own.adc_bits,
        rows=crossbar.rows,
    )
    modules = read_sequential(own.layers, weights)
    try:
        network = prepare_trained(
            modules, inputs, hardware, scale=own.scale, weight_share=own.weight_share, digital=own.digital,
            grouped=own.grouped,
        )  # fmt: skip
        if (outputs := outputs_of(network, data["test_x"])) != classes:
            raise ValueError(f"the network has {outputs} outputs; dataset {own.dataset} has {classes} classes")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    _check_accuracy(name, own, modules.eval(), (data["test_x"], data["test_y"]))
    variant = VariantSpec(chips=own.chips, mapping=own.mapping)
    mapped = map_network(network, device, crossbar, mapping=own.mapping)
    deployment = Deployment(network, mapped, device, seed=0, laws=laws, variant=variant, inputs=inputs)
    kind = {"dataset": own.dataset, "weight_bits": own.weight_bits, "polarity": "signed", "scale": own.scale}
    names = {"variant": "own", "network": name}
    rows, errors = evaluate_variant(deployment, (data["test_x"], data["test_y"]), names, kind, own.device)
    return mapped, rows, errors
