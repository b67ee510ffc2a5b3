"""A network trained elsewhere on crossbars: checked, exchanged layer by layer, and its full scales measured."""

import logging
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from math import inf
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from xbar.config.base import check_name
from xbar.files import is_finite
from xbar.mappings import COMMON_MODE_OF_OWN
from xbar.network.channels import choose_factors, copy_factors
from xbar.network.contexts import crossbar_layers
from xbar.network.full_scales import reach, set_scales, warn_of_outliers
from xbar.network.hardware import Hardware
from xbar.network.layers import Inputs
from xbar.network.measure import MEASURED
from xbar.network.modules import copy_of
from xbar.network.plain import COMPARED, check_computes, run_plain
from xbar.network.prepare import Grouped, exchange, mappable
from xbar.network.products import digital_products

logger = logging.getLogger(__name__)

OwnScale = Literal["network", "layer", "gain", "channel"]
# Attributes of a prepared network: lowest and highest value of the inputs that were measured, and the first of them
MEASURED_RANGE, MEASURED_INPUTS = "xbar_measured_range", "xbar_measured_inputs"
FAR = 10.0  # ours; inputs in bytes, where shares of one were measured, are 255 times as large


@torch.no_grad()
def prepare_trained(
    module: Any, inputs: Any, hardware: Hardware, *, scale: OwnScale = "layer",
    share: float = 0.9995, weight_share: float = 1.0, digital: Collection[str] = (), grouped: Grouped = "arrays",
) -> nn.Module:  # fmt: skip
    """A trained network as crossbars compute it, quantised without further training; its forward stays its own.

    `inputs` (N, ...): a few hundred training inputs. Full scales of DACs and ADCs are the `share` quantile of what
    these inputs put on rows (positive values) and columns. `weight_share`: the quantile of weights at full scale; below
    1, larger weights are clipped, so that an outlier does not take the codes of all others. A layer whose inputs are
    never negative takes them as they are; other layers halve them. `hardware`: polarity signed or unipolar. `scale`:
    full scales for each layer, for the network, or with one `gain` of all ADCs; see `prepare`. With `channel` they are
    those of a layer, with a digital factor for each output, and for each input channel where it helps. `digital`: names
    of modules that stay as they are. `grouped`: whether grouped convolutions stand on arrays, as dense matrices of
    mostly zeros, or stay digital. `module` is not changed.

    Unipolar weights are the signed ones plus one amount for all columns of a layer. Behind the ADCs the mean over
    columns is subtracted, and with it this amount. What the signed columns had in common is lost too. The network
    therefore computes something else until it is trained further (`xbar.own.fine_tune`), and the log says so.

    What no crossbar holds stays digital, and the log says so: fused cells, attention's products, transposed
    convolutions, functional calls with weights, layers that the forward does not call. ValueError, one line, for
    shares, polarity or scale out of range, for what `copy_of` and `mappable` refuse, for inputs that are not finite or
    do not fit, and for no layer at all. ValueError also for a kernel larger than an array, for weights below
    `full_scales.SMALLEST`, and for unipolar layers of one output or of groups. A network that computes something else
    with its layers exchanged is refused too.
    """
    _check_choices(hardware, scale, share=share, weight_share=weight_share)
    plain, inputs = copy_of(module), as_inputs(inputs)
    layers = mappable(plain, digital, grouped)
    seen = run_plain(plain, inputs)
    takes: dict[str, Inputs] = {
        name: "positive" if all(float(taken.min()) >= 0 for taken, _ in seen[name]) else "halved"
        for name in layers
        if name in seen
    }
    network = _exchanged(plain, takes, replace(hardware, polarity="signed"), scale)
    if scale == "channel":
        choose_factors(network, seen, share)
    check_computes(network, plain, inputs[:COMPARED])
    if hardware.polarity == "unipolar":
        signed, network = network, _exchanged(plain, takes, hardware, scale)
        if scale == "channel":
            copy_factors(signed, network)
        _make_unipolar(network, weight_share)
        weight_share = 1.0  # clipped already
    setattr(network, MEASURED_RANGE, (float(inputs.min()), float(inputs.max())))
    setattr(network, MEASURED_INPUTS, inputs[:MEASURED].clone())
    set_scales(network, seen, (share, weight_share))
    for line in _said(network, layers.keys() - seen.keys(), inputs[:1]):
        logger.warning("%s", line)
    return network


def _check_choices(hardware: Any, scale: str, **shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value <= 1:
            raise ValueError(f"{name} is {value:g}; allowed is above 0 and up to 1")
    if not isinstance(hardware, Hardware):
        raise ValueError(f"hardware is a {type(hardware).__name__}; needed is an xbar.network.hardware.Hardware")
    check_name(hardware.polarity, ("signed", "unipolar"), "polarity of a network of one's own")
    check_name(scale, get_args(OwnScale), "scale")


def _exchanged(plain: nn.Module, takes: Mapping[str, Inputs], hardware: Hardware, scale: OwnScale) -> nn.Module:
    network, centred = deepcopy(plain), COMMON_MODE_OF_OWN[hardware.polarity] == "subtracted"
    exchange(network, takes, hardware, scale="layer" if scale == "channel" else scale, centred=centred)
    network.eval().register_forward_pre_hook(own_inputs)
    return network


def _make_unipolar(network: nn.Module, weight_share: float) -> None:
    """Move the weights of every layer into the range of unipolar devices: zero becomes half of the full scale."""
    for layer in crossbar_layers(network).values():
        if len(layer.weight) < 2 or layer.blocks > 1:
            told = "groups have zeros between them" if layer.blocks > 1 else "of one output no common mode is known"
            raise ValueError(f"{layer.name} cannot be unipolar: {told}; keep it digital")
        largest = reach(layer.weight.abs(), weight_share)
        warn_of_outliers(layer, float(largest))
        layer.weight.add_(largest).clamp_(torch.zeros(()), 2 * largest)
    logger.warning("unipolar weights: the network computes something else until it is trained further with them")


def as_inputs(inputs: Any) -> Tensor:
    """Inputs on the CPU in single precision. Integers of 32 and 64 bits, such as tokens, stay as they are.

    ValueError, one line, for what is no tensor, for no inputs, and for values that are not finite.
    """
    try:
        tensor = torch.as_tensor(inputs).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"inputs are {type(inputs).__name__}; needed is one tensor: {error}") from None
    if tensor.is_complex():
        raise ValueError("inputs are complex numbers; allowed are real ones")
    tensor = tensor if tensor.dtype in (torch.int32, torch.int64) else tensor.float()
    if not tensor.dim() or not len(tensor):
        raise ValueError(f"no inputs in a tensor of shape {tuple(tensor.shape)}; at least one is needed")
    if not is_finite(tensor):
        raise ValueError(f"{len(tensor)} inputs hold NaN or infinity; allowed are finite values")
    return tensor


def inputs_in_range(network: nn.Module, inputs: Any) -> Tensor:
    """`as_inputs` for a network of `prepare_trained`. ValueError where its full scales were measured on other units.

    Values below zero are refused where none were measured, because rows would clip them. Magnitudes beyond FAR times
    the largest measured one are refused too.
    """
    tensor = as_inputs(inputs)
    low, high = getattr(network, MEASURED_RANGE, (-inf, inf))
    least, largest = float(tensor.min()), float(tensor.max())
    if (low >= 0 > least) or max(-least, largest) > FAR * max(-low, high):
        told = f"inputs from {least:g} to {largest:g}; full scales were measured on inputs from {low:g} to {high:g}"
        raise ValueError(f"{told}; prepare the network on inputs like those that it is given")
    return tensor


def own_inputs(_: nn.Module, taken: tuple[Any, ...]) -> tuple[Any, ...]:
    """A forward pre-hook that gives the network a copy of its inputs, because modules may overwrite them."""
    return tuple(value.clone() if isinstance(value, Tensor) else value for value in taken)


def _said(network: nn.Module, unused: Collection[str], inputs: Tensor) -> list[str]:
    """What does not stand on arrays, one line each."""
    lines = [f"module {name} takes no part in the network's forward; it is not mapped" for name in sorted(unused)]
    return lines + [str(products) for products in digital_products(network, inputs)]
