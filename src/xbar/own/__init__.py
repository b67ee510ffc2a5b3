"""A network of one's own in four calls from Python: prepare, fine_tune, on_chips, cost.

`network = prepare(model, inputs, hardware)`; `fine_tune(network, inputs, classes)`; `on_chips(network, inputs,
classes)`; `cost(network, inputs)`. Devices, arrays and the circuit are those of a project's config.yaml and price list,
by default of this checkout.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from xbar.chips.deployment import Deployment
from xbar.chips.mapped import map_network
from xbar.chips.own import evaluate_own
from xbar.circuit.components import price_tables, read_components
from xbar.circuit.own import price_own
from xbar.circuit.priced import PricedCorner, layer_cost_rows, performance_row
from xbar.config.config import Config
from xbar.config.crossbars import CROSSBAR, DEVICE, NOISE, CrossbarSpec, DeviceSpec
from xbar.config.own import CHIPS, FineTuningSpec
from xbar.files import is_finite
from xbar.hardware.laws import read_laws
from xbar.mappings import MappingName
from xbar.network.contexts import crossbar_layers, hardware_of, noisy, recording, scales_of
from xbar.network.measure import crossbar_ranges
from xbar.network.own import MEASURED_INPUTS, inputs_in_range, prepare_trained
from xbar.network.products import DigitalProducts, crossbar_sizes, digital_products
from xbar.own.hardware import config_of, hardware_named, variant_of
from xbar.seeds import generator

prepare = prepare_trained
PROJECT = Path(__file__).resolve().parents[3]
TUNING = FineTuningSpec()
LOWER = "try a lower learning_rate"
Loss = Callable[[Tensor, Tensor], Tensor]


class Priced(NamedTuple):
    """The cost of one inference. `total`: a row of `tables.PERFORMANCE`. `layers`: rows of `tables.LAYER_COSTS`.

    `digital`: products that no array computes. They are counted, but no cost here includes them.
    """

    total: dict[str, str]
    layers: list[dict[str, str]]
    digital: list[DigitalProducts]


def fine_tune(
    network: nn.Module, inputs: Any, wanted: Any, *, noise: float | tuple[float, ...] | None = None,
    epochs: int = TUNING.epochs, batch: int = TUNING.batch, learning_rate: float = TUNING.learning_rate,
    loss: Loss = functional.cross_entropy, seed: int = TUNING.seed,
) -> list[float]:  # fmt: skip
    """Train a prepared network further, in place, with programming noise drawn at every step; the loss per epoch.

    `wanted`: one class for each input, or whatever else `loss` takes. `noise`: standard deviation of a device, share of
    g_max - g_min, or a tuple for its law by the level (see Hardware). None takes that of the network's Hardware, or
    0.04 where it has none. The network is trained on the CPU. Adam trains weights, full scales and all other
    parameters, at a rate that falls to zero along a cosine. Statistics of batch-norm stay. ValueError for a network
    that is not prepared, for inputs that `inputs_in_range` refuses, and for `wanted` of another number or that `loss`
    refuses. ValueError also for epochs, a batch or a rate not above zero. FloatingPointError for a loss that is not
    finite, a full scale that is zero or not finite, and, after the last epoch, a weight that is not finite. The network
    keeps such values.
    """
    inputs, wanted = inputs_in_range(network, inputs), torch.as_tensor(wanted)
    if not (wanted.is_floating_point() or wanted.is_complex()):
        wanted = wanted.long()  # the only integer type that all losses of torch accept
    if len(inputs) != len(wanted):
        raise ValueError(f"{len(inputs)} inputs with {len(wanted)} wanted outputs; needed is one for each")
    if epochs < 1 or batch < 1 or not learning_rate > 0:
        raise ValueError(f"{epochs} epochs of batches of {batch} at rate {learning_rate}; needed are all above zero")
    _set_noise(network, noise)
    optimizer = torch.optim.Adam([value for value in network.parameters() if value.requires_grad], learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * -(-len(inputs) // batch))
    history = []
    for epoch in range(epochs):
        _train(network)
        draws, total = generator(seed, "noise", epoch), 0.0
        order = torch.randperm(len(inputs), generator=generator(seed, "order", epoch))
        for chosen in order.split(batch):
            with noisy(network, draws):
                error = _loss(loss, network(inputs[chosen]), wanted[chosen])
            if not bool(error.isfinite()):
                raise FloatingPointError(f"the loss is {float(error.detach())} in epoch {epoch + 1}; {LOWER}")
            optimizer.zero_grad(set_to_none=True)
            error.backward()
            optimizer.step()
            schedule.step()
            _check_scales(network, epoch + 1)
            for layer in crossbar_layers(network).values():
                layer.clip_weight()
            total += float(error.detach()) * len(chosen)
        history.append(total / len(inputs))
    if any(not is_finite(value) for value in network.parameters()):
        raise FloatingPointError(f"a weight is not finite after epoch {epochs}; {LOWER}")
    network.eval()
    return history


def _train(network: nn.Module) -> None:
    """Training mode, with the statistics of batch-norm fixed."""
    network.train()
    for part in network.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.eval()


def _loss(loss: Loss, found: Any, wanted: Tensor) -> Tensor:
    if not isinstance(found, Tensor):
        raise ValueError(f"the network gives a {type(found).__name__} in training mode; needed is one tensor")
    if not found.requires_grad:
        raise ValueError("no gradient reaches the weights: the code of the network switches gradients off")
    try:
        return loss(found, wanted)
    except (IndexError, RuntimeError, ValueError) as error:
        told = f"wanted outputs of shape {tuple(wanted.shape)} and outputs of shape {tuple(found.shape)} do not fit"
        raise ValueError(f"{told}: {str(error).splitlines()[0]}") from None


@torch.no_grad()
def _check_scales(network: nn.Module, epoch: int) -> None:
    """FloatingPointError where a full scale is zero or not finite, because values are divided by it."""
    for scales in scales_of(network):
        if not all(0 < float(value) < inf for value in (scales.x_max, scales.w_max, scales.current_max)):
            raise FloatingPointError(f"a full scale has left all bounds in epoch {epoch}; {LOWER}")


def _set_noise(network: nn.Module, noise: float | tuple[float, ...] | None) -> None:
    hardware = hardware_of(network)  # ValueError where the network is not prepared
    if noise is None:
        noise = hardware.noise_law or hardware.noise or NOISE
    if not isinstance(noise, tuple) and not 0 <= noise <= 1:
        raise ValueError(f"noise {noise:g} is not allowed: 0 to 1, a share of full scale")
    law = {"noise_law": noise} if isinstance(noise, tuple) else {"noise": noise, "noise_law": ()}
    for layer in crossbar_layers(network).values():
        layer.hardware = replace(layer.hardware, **law)


def on_chips(
    network: nn.Module, inputs: Any, classes: Any, *, device: str | DeviceSpec = DEVICE,
    crossbar: str | CrossbarSpec = CROSSBAR, mapping: MappingName | None = None, chips: int = CHIPS,
    times_s: Sequence[float] = (0.0,), compensations: Sequence[str] = ("none",), seed: int = 0, project: Path = PROJECT,
) -> list[dict[str, Any]]:  # fmt: skip
    """Accuracy of a prepared network: rows (condition, chip, time_s, compensation, accuracy), a share.

    `quantised`: the network without arrays. `ideal`: on its arrays, without noise. `noisy`: simulated chips, `times_s`
    (s) after programming. `compensations`: none, or array for one digital factor against drift for each array.
    `device`, `crossbar`: names in config.yaml, or specs. `mapping`: None takes that of the network's polarity. Ranges
    of ADCs are measured on inputs of `prepare`. ValueError for unknown names, for devices that do not age as asked or
    have too few levels, for arrays that hold more rows of a layer than its ADCs are scaled for, for inputs that
    `inputs_in_range` refuses, and as `xbar.chips`.
    """
    device, crossbar = hardware_named(network, device, crossbar, project)
    asked = {"chips": chips, "mapping": mapping, "times_s": times_s, "compensations": compensations}
    variant = variant_of(network, asked, device, crossbar)
    examples = inputs_in_range(network, inputs), torch.as_tensor(classes)
    mapped = map_network(network, device, crossbar, mapping=mapping)
    laws = read_laws(project / "workflow/reference/devices.csv")
    if (measured := getattr(network, MEASURED_INPUTS, None)) is None:
        raise ValueError("the network has no inputs on which its ADCs can be set; xbar.own.prepare takes them")
    deployment = Deployment(network, mapped, device, seed=seed, laws=laws, variant=variant, inputs=measured)
    return evaluate_own(deployment, examples)[0]


@torch.no_grad()
def cost(
    network: nn.Module, inputs: Any, *, device: str | DeviceSpec = DEVICE,
    crossbar: str | CrossbarSpec = CROSSBAR, mapping: MappingName | None = None, name: str = "own",
    project: Path = PROJECT,
) -> Priced:  # fmt: skip
    """Area, energy and latency of one inference of a prepared network, with its ranges measured on `inputs`.

    The circuit is the reference circuit of config.yaml with its bank of shared converters. ValueError for unknown
    names, for parts without a price, and for arrays and inputs that `on_chips` refuses.
    """
    inputs = inputs_in_range(network, inputs)
    corner = priced_corner(
        network, inputs, device=device, crossbar=crossbar, mapping=mapping, name=name, project=project
    )
    return Priced(performance_row(corner), list(layer_cost_rows(corner)), digital_products(network, inputs[:1]))


@torch.no_grad()
def priced_corner(
    network: nn.Module, inputs: Tensor, *, device: str | DeviceSpec, crossbar: str | CrossbarSpec,
    mapping: MappingName | None, name: str, project: Path = PROJECT, config: Config | None = None,
) -> PricedCorner:  # fmt: skip
    """What `cost` prices, part by part. `config` replaces the config.yaml of the project."""
    config = config or config_of(project)
    device, crossbar = hardware_named(network, device, crossbar, project)
    bits = {key: getattr(hardware_of(network), key) for key in ("weight_bits", "dac_bits", "adc_bits")}
    tables = price_tables(project / "workflow/reference", config.circuit)
    return price_own(
        name, bits, hardware_of(network).polarity, mapping, device=device, crossbar=crossbar,
        layers=layer_rows(network, inputs), circuit=config.circuit, reference=config.claims.reference,
        components=read_components(tables, config.circuit.component_set),
    )  # fmt: skip


@torch.no_grad()
def layer_rows(network: nn.Module, inputs: Tensor) -> list[dict[str, str]]:
    """Sizes and measured ranges of every crossbar layer, with the names of `tables.OWN_LAYERS`, as text.

    Ranges and means are over all calls of a layer together.
    """
    sizes = crossbar_sizes(network, inputs)
    with recording(network) as seen:
        network(inputs)
    rows = []
    for size, (key, layer) in zip(sizes, crossbar_layers(network).items(), strict=True):
        ranges = crossbar_ranges(layer, [taken for taken, _ in seen[key]])
        measured = {name: float(value) for name, value in ranges.items()}
        told = {"module": key} | size._asdict() | measured
        rows.append({name: str(value) for name, value in told.items()})
    return rows
