"""What no crossbar can hold or no chip can compute ends in one line that names it, and in no wrong number."""

import pytest
import torch
from pydantic import ValidationError
from support.chips import chip_rows
from torch import nn

from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import accuracies as accuracies_of
from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec, EvaluationSpec
from xbar.config.networks import ArchitectureSpec
from xbar.config.own import OwnNetworkSpec
from xbar.hardware.mapping import map_weights
from xbar.hardware.tiling import tiles
from xbar.hardware.wires import effective_conductance, exact_conductance
from xbar.network.architecture import float_network
from xbar.network.hardware import Hardware
from xbar.network.modules import build_sequential
from xbar.network.own import prepare_trained
from xbar.network.predict import accuracy
from xbar.network.prepare import prepare

DEVICE = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
CROSSBAR = CrossbarSpec(rows=16, columns=8)
NAN, INF = float("nan"), float("inf")


def weights(value=0.5, shape=(3, 4)):
    return torch.full(shape, value, dtype=torch.float64)


def evaluate(inputs, classes=None, weight=None):
    """Accuracy of one chip of a network for inputs of shape (1, 4, 4)."""
    architecture = ArchitectureSpec.model_validate({"activation": "relu", "layers": [{"linear": 3}]})
    hardware = Hardware(polarity="unipolar", weight_bits=2, dac_bits=8, adc_bits=8, rows=16)
    network = prepare(float_network(architecture, (1, 4, 4)), hardware)
    network.layer0.weight.data.fill_(0.5 if weight is None else weight)
    classes = torch.zeros(len(inputs), dtype=torch.int64) if classes is None else classes
    return accuracies_of(network, [ideal_chip(network)], (inputs, classes))


def ideal_chip(network):
    return deployed(network).make_chip(Condition(noise=0.0))


def deployed(network):
    return Deployment(network, map_network(network, DEVICE, CROSSBAR), DEVICE, seed=0)


def evaluate_own(layers, classes, inputs=None, broken=None):
    """Accuracies of one chip of a network of one's own, some of whose cells may be `broken`."""
    inputs = torch.rand(len(classes), 1, 4, 4) if inputs is None else inputs
    network = own(layers, inputs)
    chip = ideal_chip(network)
    if broken is not None:
        chip[-1].columns[0].weight[0] = broken
    return accuracies_of(network, [chip], (inputs, classes))


def accuracies(classes):
    network = own([nn.Flatten(), nn.Linear(16, 3)], torch.rand(9, 1, 4, 4))
    examples, evaluation = (
        {"test": (torch.rand(9, 1, 4, 4), classes)},
        EvaluationSpec(chips=1, sweep_chips=1, noise_sweep=[]),
    )
    return list(chip_rows(deployed(network), evaluation, examples))


def accuracy_of_float():
    architecture = ArchitectureSpec.model_validate({"activation": "relu", "layers": [{"linear": 3}]})
    network = float_network(architecture, (1, 4, 4))
    network.layer0.weight.data.fill_(NAN)
    return accuracy(network, (torch.ones(2, 1, 4, 4), torch.zeros(2).long()))


def own(layers, inputs):
    hardware = Hardware(polarity="signed", weight_bits=4, dac_bits=8, adc_bits=8, rows=16)
    return prepare_trained(nn.Sequential(*layers), inputs, hardware)


BAD = {
    "negative weights, unipolar": (lambda: map_weights(weights(-0.5), "unipolar", DEVICE, CROSSBAR), "-0.5.*0 to 1"),
    "weights beyond full scale": (
        lambda: map_weights(weights(1.5), "offset-column", DEVICE, CROSSBAR),
        "allowed are 0 to 1",
    ),
    "NaN weights": (lambda: map_weights(weights(NAN), "paired-columns-mirrored", DEVICE, CROSSBAR), "NaN or infinity"),
    "infinite weights": (lambda: map_weights(weights(INF), "unipolar", DEVICE, CROSSBAR), "NaN or infinity"),
    "no weights": (lambda: map_weights(weights(shape=(0, 4)), "unipolar", DEVICE, CROSSBAR), r"\(0, 4\) do not map"),
    "arrays of no rows": (lambda: tiles((3, 4), 0, 8), "does not fit into arrays of 0 rows"),
    "arrays of no columns": (lambda: tiles((3, 4), 16, 0), "0 columns cannot hold one output"),
    "a kernel above the array": (lambda: tiles((3, 4, 5, 5), 16, 8), "kernel of 25 positions"),
    "no rows in the configuration": (lambda: CrossbarSpec(rows=0, columns=8), "greater than or equal to 1"),
    "a billion rows": (lambda: CrossbarSpec(rows=10**9, columns=8), "less than or equal to 65536"),
    "half a column": (lambda: CrossbarSpec(rows=16, columns=0.5), "valid integer"),
    "NaN conductances behind wires": (lambda: effective_conductance(weights(NAN), 1.0), "finite conductances"),
    "a NaN wire": (lambda: effective_conductance(weights(), NAN), "wire_ohm >= 0"),
    "an exact array of no cells": (lambda: exact_conductance(weights(shape=(0, 4)), 1.0), "of some cells"),
    "inputs of another size": (lambda: evaluate(torch.ones(2, 1, 4, 5)), r"\(1, 4, 5\) do not fit.*\(1, 4, 4\)"),
    "inputs of other channels": (lambda: evaluate(torch.ones(2, 3, 4, 4)), "do not fit a network"),
    "NaN inputs": (lambda: evaluate(torch.full((2, 1, 4, 4), NAN)), "inputs hold NaN"),
    "NaN in a trained network": (lambda: evaluate(torch.ones(2, 1, 4, 4), weight=NAN), "NaN or infinity"),
    "no examples": (lambda: evaluate(torch.ones(0, 1, 4, 4)), "0 inputs with classes"),
    "one class for many inputs": (
        lambda: evaluate(torch.ones(2, 1, 4, 4), torch.zeros(1, dtype=torch.int64)),
        "each needs one class",
    ),
    "six outputs on ten classes": (
        lambda: evaluate_own([nn.Flatten(), nn.Linear(16, 6)], torch.arange(10)),
        "labels 0 to 9; 6 outputs allow 0 to 5",
    ),
    "one output": (
        lambda: evaluate_own([nn.Flatten(), nn.Linear(16, 1)], torch.zeros(9).long()),
        r"outputs are of shape \(1,\); allowed is \(classes,\)",
    ),
    "outputs with a place": (lambda: evaluate_own([nn.Conv2d(1, 3, 4)], torch.arange(3)), r"of shape \(3, 1, 1\)"),
    "labels below zero": (lambda: accuracies(torch.arange(9) % 3 - 1), "labels -1 to 1; 3 outputs allow 0 to 2"),
    "labels beyond the outputs": (lambda: accuracies(torch.arange(9) % 4), "labels 0 to 3; 3 outputs allow 0 to 2"),
    "labels that are no whole numbers": (lambda: accuracies(torch.arange(9) % 3 * 0.5), "is of type torch.float32"),
    "NaN scores": (
        lambda: evaluate_own([nn.Flatten(), nn.Linear(16, 3)], torch.arange(3), broken=NAN),
        "scores of 1 of 1 chips hold NaN or infinity",
    ),
    "NaN scores of a floating-point network": (accuracy_of_float, "the network's scores hold NaN or infinity"),
    "a network of no layers": (lambda: own([nn.ReLU()], torch.ones(2, 4)), "no Linear, Conv1d or Conv2d layer"),
    "an empty list of layers": (
        lambda: OwnNetworkSpec(weights="w", layers=[], dataset="d", weight_bits=4),
        "at least 1 item",
    ),
    "an unknown layer": (lambda: build_sequential([{"LSTM": {}}]), "LSTM is not one of"),
    "a layer without its sizes": (lambda: build_sequential([{"Linear": {}}]), "layer 0: Linear"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line(name):
    act, message = BAD[name]
    with pytest.raises((ValueError, FloatingPointError), match=message) as caught:
        act()
    lines = [caught.value.errors()[0]["msg"]] if isinstance(caught.value, ValidationError) else [str(caught.value)]
    assert "\n" not in lines[0] and len(lines[0]) < 250


def test_good_input_is_none_of_it():
    """The same calls with what they allow."""
    assert evaluate(torch.ones(2, 1, 4, 4)) == [1.0]
    assert 0 <= evaluate_own([nn.Flatten(), nn.Linear(16, 6)], torch.arange(6))[0] <= 1
    assert 0 <= evaluate_own([nn.Conv2d(1, 3, 4), nn.Flatten()], torch.arange(3).to(torch.uint8))[0] <= 1
    assert len(accuracies(torch.arange(9) % 3)) == 2
    assert sum(array.g_uS.numel() for array in map_weights(weights(), "unipolar", DEVICE, CROSSBAR)) == 12
