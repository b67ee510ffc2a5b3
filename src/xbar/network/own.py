"""A network trained elsewhere on crossbars: checked, prepared, and its full scales measured; no further training."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any, get_args

import torch
from torch import Tensor, nn

from xbar.files import is_finite
from xbar.network.contexts import crossbar_layers, hooked, matrix_layers, scales_of, standing_in
from xbar.network.hardware import Hardware
from xbar.network.layers import CrossbarLayer, Inputs, check_axes
from xbar.network.measure import upper_quantile
from xbar.network.modules import copy_of
from xbar.network.prepare import Grouped, Scale, exchange, mappable, where
from xbar.network.products import digital_products

logger = logging.getLogger(__name__)

MEASURED_RANGE = "xbar_measured_range"  # attribute of a prepared network: lowest and highest value of its inputs
FAR = 10.0  # ours; bytes in the place of shares of one are 255 times as large
SMALLEST = 1e-30  # values below it count as zero: divided by so small a full scale, codes would overflow
COMPARED = 64  # inputs on which the crossbars' sums are held to torch's
STEADY = 1e-3  # share of the largest output; in single precision
TYPICAL = 0.95  # share of the weights that are not zero; ours
TOLERANCE = 1e-4  # share of the largest output; in double precision sums deviate by less than 1e-9
Seen = dict[str, list[tuple[Tensor, Tensor]]]  # input and output of layers at each of their calls


@torch.no_grad()
def prepare_trained(
    module: Any, inputs: Any, hardware: Hardware, *, scale: Scale = "layer",
    share: float = 0.9995, weight_share: float = 1.0, digital: Collection[str] = (), grouped: Grouped = "arrays",
) -> nn.Module:  # fmt: skip
    """A trained network as crossbars compute it, quantised without further training; its forward stays its own.

    `inputs` (N, ...): a few hundred training inputs. Full scales are the `share` quantile of what they put on rows
    and columns. `weight_share`: that of weights, where an outlier would take the codes of all others; larger ones are
    clipped. A layer whose inputs are never negative on them takes them as they are, another one halves them.
    `hardware`: polarity signed or unipolar. `scale`: full scales of each layer, of the network, or with one `gain` of
    all ADCs; see `prepare`.
    `digital`: names of modules that stay as they are. `grouped`: whether grouped convolutions stand on arrays, as
    dense matrices of mostly zeros, or stay digital. `module` stays as it is.

    Unipolar weights are the signed ones, moved by the same amount in all columns of a layer. The mean over columns is
    subtracted behind the ADCs, and with it what was added. What the signed columns had in common goes too, so that
    such a network computes something else until it is trained further (`xbar.own.fine_tune`); the log says so.

    What no crossbar holds stays digital, and the log says so: fused cells, attention's products, transposed
    convolutions, functional calls with weights, layers that the forward does not call. ValueError, one line, for
    what `copy_of` and `mappable` refuse, inputs that are not finite or do not fit, no layer at all, a kernel larger
    than an array, and a network that computes something else with its layers exchanged.
    """
    if not 0 < share <= 1 or not 0 < weight_share <= 1:
        raise ValueError(f"share {share:g} and weight_share {weight_share:g} are shares, above 0 and up to 1")
    if hardware.polarity == "mixed":
        raise ValueError("polarity mixed: a network of one's own has signed or unipolar weights")
    if scale not in get_args(Scale):
        raise ValueError(f"'{scale}' is not one of {', '.join(get_args(Scale))}")
    plain, inputs = copy_of(module), as_inputs(inputs)
    layers = mappable(plain, digital, grouped)
    seen = _inputs_of_layers(plain, inputs)
    takes: dict[str, Inputs] = {
        name: "positive" if all(float(taken.min()) >= 0 for taken, _ in seen[name]) else "halved"
        for name in layers
        if name in seen
    }
    network = _exchanged(plain, takes, replace(hardware, polarity="signed"), scale)
    _compare(network, plain, inputs[:COMPARED])
    if hardware.polarity == "unipolar":
        network = _exchanged(plain, takes, hardware, scale)
        _make_unipolar(network, weight_share)
        weight_share = 1.0  # clipped already
    setattr(network, MEASURED_RANGE, (float(inputs.min()), float(inputs.max())))
    _set_scales(network, seen, (share, weight_share))
    for line in _said(network, layers.keys() - seen.keys(), inputs[:1]):
        logger.warning("%s", line)
    return network


def _exchanged(plain: nn.Module, takes: Mapping[str, Inputs], hardware: Hardware, scale: Scale) -> nn.Module:
    network = deepcopy(plain)
    exchange(network, takes, hardware, scale=scale, centred=hardware.polarity == "unipolar")
    network.eval().register_forward_pre_hook(own_inputs)
    return network


def _make_unipolar(network: nn.Module, weight_share: float) -> None:
    """Move the weights of every layer into the range of unipolar devices: zero becomes half of its full scale."""
    for layer in crossbar_layers(network).values():
        if len(layer.weight) < 2 or layer.blocks > 1:
            told = "groups have zeros between them" if layer.blocks > 1 else "of one output no common mode is known"
            raise ValueError(f"{layer.name} cannot be unipolar: {told}; keep it digital")
        reach = _reach(layer.weight.abs(), weight_share)
        _warn_of_outliers(layer, float(reach))
        layer.weight.add_(reach).clamp_(torch.zeros(()), 2 * reach)
    logger.warning("unipolar weights: the network computes something else until it is trained further with them")


def as_inputs(inputs: Any) -> Tensor:
    """Inputs on the CPU in single precision; whole numbers of 32 and 64 bits, such as tokens, as they are.

    ValueError, one line: no tensor, no inputs, or values that are not finite.
    """
    try:
        tensor = torch.as_tensor(inputs).detach().cpu()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"inputs are {type(inputs).__name__}; needed is one tensor: {error}") from None
    tensor = tensor if tensor.dtype in (torch.int32, torch.int64) else tensor.float()
    if not tensor.dim() or not len(tensor) or not is_finite(tensor):
        count = len(tensor) if tensor.dim() else 0
        raise ValueError(f"{count} inputs; some are needed, without NaN or infinity")
    return tensor


def inputs_in_range(network: nn.Module, inputs: Any) -> Tensor:
    """`as_inputs` for a network of `prepare_trained`; ValueError where its full scales were measured on other units.

    Values below zero are refused where none were measured, because rows cut them; so are those beyond FAR times the
    largest measured one.
    """
    tensor = as_inputs(inputs)
    low, high = getattr(network, MEASURED_RANGE, (-inf, inf))
    least, largest = float(tensor.min()), float(tensor.max())
    if (low >= 0 > least) or max(-least, largest) > FAR * max(-low, high):
        told = f"inputs from {least:g} to {largest:g}; full scales were measured on inputs from {low:g} to {high:g}"
        raise ValueError(f"{told}; prepare the network on inputs like those that it is given")
    return tensor


def own_inputs(_: nn.Module, taken: tuple[Any, ...]) -> tuple[Any, ...]:
    """A pre-hook: the network gets a copy of its inputs, which its modules may write over."""
    return tuple(value.clone() if isinstance(value, Tensor) else value for value in taken)


def _said(network: nn.Module, unused: Collection[str], inputs: Tensor) -> list[str]:
    """What does not stand on arrays, a line each."""
    lines = [f"module {name} takes no part in the network's forward; it is not mapped" for name in sorted(unused)]
    return lines + [str(products) for products in digital_products(network, inputs)]


def _inputs_of_layers(module: nn.Module, inputs: Tensor) -> Seen:
    """What the plain network puts into each linear and convolution layer; ValueError names the module that refuses."""
    entered: list[tuple[str, nn.Module, Any]] = []
    parts = {name: part for name, part in module.named_modules() if not list(part.children())}
    handles = [part.register_forward_pre_hook(partial(_enter, name, entered)) for name, part in parts.items()]

    def leave(name: str, _: Any, given: Any) -> None:
        entered.clear()
        if name in matrix and not is_finite(given):
            raise ValueError(f"{where(name, parts[name])} gives NaN or infinity for finite inputs")

    matrix = matrix_layers(module)
    try:
        with hooked(parts, leave), watching(module) as seen:
            outputs = module(inputs.clone())
    except Exception as error:  # which a forward of the user's own raised, whatever it is
        raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit: {_told(error, entered)}") from None
    finally:
        for handle in handles:
            handle.remove()
    if not isinstance(outputs, Tensor):
        raise ValueError(f"the network gives a {type(outputs).__name__}; needed is one tensor")
    if not outputs.dim() or len(outputs) != len(inputs):
        found = f"outputs of shape {tuple(outputs.shape)} for {len(inputs)} inputs"
        raise ValueError(f"the network gives {found}; the batch must stay first")
    _check_steady(module, inputs, outputs)
    return seen


def _check_steady(module: nn.Module, inputs: Tensor, outputs: Tensor) -> None:
    """ValueError where a smaller batch gives other outputs: nothing could be held to such a network."""
    fewer = max(1, min(COMPARED, len(inputs) // 2))
    again, first = module(inputs[:fewer].clone()), outputs[:fewer]
    if again.shape != first.shape or not (again - first).abs().max() <= STEADY * first.abs().max():
        raise ValueError("the network gives other outputs in a smaller batch: it draws at random or mixes its inputs")


def _enter(name: str, entered: list, part: nn.Module, taken: tuple[Any, ...]) -> None:
    given = taken[0] if taken else None
    entered.append((name, part, given))
    if isinstance(part, (nn.Linear, nn.Conv1d, nn.Conv2d)) and isinstance(given, Tensor):
        groups = getattr(part, "groups", 1)
        outputs, channels, *kernel = part.weight.shape
        check_axes(where(name, part), given, (outputs, channels * groups, *kernel))


def _told(error: Exception, entered: list[tuple[str, nn.Module, Any]]) -> str:
    """Which module refuses what; errors of the checks above name it themselves."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    if not entered or line.startswith("module "):
        return line
    name, part, taken = entered[-1]
    shape = tuple(taken.shape) if isinstance(taken, Tensor) else type(taken).__name__
    return f"{where(name, part)} refuses {shape}: {line}"


@contextmanager
def watching(module: nn.Module) -> Iterator[Seen]:
    """Inputs and outputs of the linear and convolution layers of a network, on crossbars or not, at each call."""
    seen: Seen = {}

    def watch(name: str, taken: Tensor, given: Tensor) -> None:
        seen.setdefault(name, []).append((taken.clone(), given.clone()))  # what follows may write over both

    with hooked(matrix_layers(module), watch):
        yield seen


def _compare(network: nn.Module, module: nn.Module, inputs: Tensor) -> None:
    """ValueError unless the crossbars, without converters, compute what torch does: a safeguard, whatever the cause.

    In double precision where the network can; a forward that makes tensors of its own may hold it to single.
    """
    try:
        doubled = inputs.double() if inputs.is_floating_point() else inputs
        _compare_in(deepcopy(network).double(), deepcopy(module).double(), doubled)
    except (RuntimeError, TypeError):
        try:
            _compare_in(deepcopy(network), deepcopy(module), inputs)
        except (RuntimeError, TypeError, AttributeError) as error:
            line = str(error).splitlines()[0]
            raise ValueError(f"the network does not run once its layers are exchanged: {line}") from None


def _compare_in(network: nn.Module, module: nn.Module, inputs: Tensor) -> None:
    with torch.random.fork_rng(devices=[]), watching(module) as seen:
        wanted = module(inputs.clone())
    called: set[str] = set()
    layers = crossbar_layers(network)
    with standing_in((layer, _without_converters(layer, called)) for layer in layers.values()):
        with torch.random.fork_rng(devices=[]):
            found = network(inputs)
        if left := [layer.name for layer in layers.values() if layer.name not in called]:
            raise ValueError(f"{left[0]}: the network computes with its weight and does not call it; keep it digital")
        for name, layer in layers.items():
            for taken, given in seen[name]:
                _check_equal(layer.name, layer(taken), given)
        _check_equal("the network", found, wanted)


def _without_converters(layer: CrossbarLayer, called: set[str]) -> Callable[[Tensor], Tensor]:
    """The sums of a layer without quantisation and noise; rows still take no negative values."""

    def sums(inputs: Tensor) -> Tensor:
        called.add(layer.name)
        currents = list(layer.tile_currents(layer.on_rows(inputs).clamp_min(0), layer.weight))
        return torch.stack(currents).sum(0)

    return sums


def _check_equal(name: str, found: Tensor, wanted: Tensor) -> None:
    if found.shape != wanted.shape or not (found - wanted).abs().max() <= TOLERANCE * wanted.abs().max():
        raise ValueError(f"{name} computes something else on crossbars than in torch, so that it does not map")


def _set_scales(network: nn.Module, seen: Seen, shares: tuple[float, float]) -> None:
    """Full scales that cover inputs, weights and column sums of all layers that have them in common."""
    layers = crossbar_layers(network)
    reaches = {name: _reaches(layer, [taken for taken, _ in seen[name]], *shares) for name, layer in layers.items()}
    gains: dict[nn.Parameter, Tensor] = {}
    for scales in scales_of(network):
        together = torch.stack([reaches[name] for name, layer in layers.items() if layer.scales is scales])
        x_max, w_max, current_max = (value.log() if value > 0 else value for value in together.amax(0))
        scales.log_x_max.copy_(x_max)
        scales.log_w_max.copy_(w_max)
        reached = current_max - x_max - w_max
        gains[scales.log_i_max] = torch.maximum(reached, gains.get(scales.log_i_max, reached))
    for gain, reached in gains.items():
        gain.copy_(reached)
    for layer in layers.values():
        if layer.signed:
            _warn_of_lost_outputs(layer)


def _reaches(layer: CrossbarLayer, inputs: list[Tensor], share: float, weight_share: float) -> Tensor:
    """How far inputs, weights and tile currents of a layer reach (3), over all its calls."""
    if 0 < (largest := float(layer.weight.abs().max())) < SMALLEST:
        raise ValueError(f"{layer.name}: its largest weight is {largest:g}; allowed are 0 and {SMALLEST:g} or more")
    rows = [layer.on_rows(layer.batched(taken)).clamp_min(0) for taken in inputs]
    sums = torch.cat([each.abs().flatten() for taken in rows for each in layer.tile_currents(taken, layer.weight)])
    positive = torch.cat([taken[taken > 0] for taken in rows])
    parts = ((positive, share), (layer.weight.abs(), weight_share), (sums, share))
    reaches = torch.stack([_reach(values, of) for values, of in parts])
    _warn_of_outliers(layer, float(reaches[1]))
    return reaches


def _warn_of_outliers(layer: CrossbarLayer, w_max: float) -> None:
    """Log where the codes of most weights would be zero, because of a few that are far larger."""
    held = layer.weight.abs()
    typical = float(upper_quantile(held[held > 0], TYPICAL)) if held.any() else 0.0
    if 0 < typical < w_max / (2**layer.hardware.weight_bits - 1) / 2:
        told = f"{layer.name}: {TYPICAL:.0%} of its weights are below {typical:.3g}, half a code of full scale"
        logger.warning("%s %.3g; a weight_share below 1 clips the few larger ones", told, w_max)


def _warn_of_lost_outputs(layer: CrossbarLayer) -> None:
    """Log which outputs have no weight of half a code or more, because those of other outputs are far larger."""
    largest, w_max = layer.weight.abs().flatten(1).amax(1), float(layer.scales.w_max)
    lost = int(((largest > 0) & (largest < w_max / (2**layer.hardware.weight_bits - 1) / 2)).sum())
    if lost:
        told = f"{layer.name}: the weights of {lost} of {len(largest)} outputs are below half a code of full scale"
        logger.warning("%s %.3g and become zero; a smaller weight_share, or more weight_bits, keeps them", told, w_max)


def _reach(values: Tensor, share: float) -> Tensor:
    """The `share` quantile, the largest where that is zero, and zero for a dead layer, whose full scale is 1."""
    if not values.numel() or values.max() < SMALLEST:
        return torch.zeros(())
    quantile = upper_quantile(values, share)
    return quantile if quantile >= SMALLEST else values.max()
