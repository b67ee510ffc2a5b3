"""A small network priced with every option of a run before anything runs, so that impossible prices show early."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from xbar.circuit.components import Components, read_components
from xbar.circuit.cost import priced
from xbar.circuit.footprint import Layers
from xbar.circuit.priced import PricedNetwork, design_of
from xbar.config.config import Config
from xbar.files import read_by_line
from xbar.savings.draws import base_of, savings_of
from xbar.savings.options import Options, crossed, one_at_a_time, together
from xbar.savings.parts import bound_rows, library_rows, part_rows
from xbar.savings.published import COMPONENT_SET, validation_rows
from xbar.savings.textbook import prototype_rows, step_rows

UNBOUNDED = "what follows is not finite; numbers of the circuit or of price rows are too large or too small"
Pair = tuple[PricedNetwork, PricedNetwork]  # signed, unipolar
BITS = {"mapping", "adc_law", "adc_bits", "unipolar_extra_bits"}  # fields that together decide the bits of an ADC


def price_everything(config: Config, tables: Sequence[str | Path], options: Options) -> None:
    """Raise ValueError, one line, where any job of the run that prices would fail or give a number that is not finite.

    `tables`: the price tables. The tables of published chips and networks lie beside the first.
    """
    beside, textbook = (Path(tables[0]).with_name(f"{name}.csv") for name in ("options", "textbook"))
    sets = {*options["component_set"], config.circuit.component_set, COMPONENT_SET}
    lists = {name: read_components(tables, name) for name in sorted(sets)}
    seen: list[Any] = []
    for name in config.run.comparisons:
        sides = config.comparisons[name]
        pair = small_network(config, sides.signed), small_network(config, sides.unipolar)
        if (alike := [(*side[2:4], bits_of(side), side.layers.kernel_area.tolist()) for side in pair]) not in seen:
            seen.append(alike)
            with _told(f"config.yaml: circuit: comparison {name}"):
                _price_corners(config, pair, lists, options)
            with _told(f"config.yaml: circuit: comparison {name} with the options of {beside}"):
                _price_draws(config, pair, lists, options)
    for name in _searches(config):
        with _told(f"config.yaml: searches.{name}.corner"):
            _price_candidate(config, name, lists[config.circuit.component_set])
    _price_published(Path(tables[0]).parent, lists[COMPONENT_SET])
    with _told(f"config.yaml: circuit.textbook: {textbook}"):
        _finite(prototype_rows(_rows(textbook), config.circuit, lists[config.circuit.component_set]))


def _price_published(folder: Path, components: Components) -> None:
    """Price all that is published beside the price tables: chips, their parts, bounds of ADCs, a library."""
    with _told(str(folder / "chips.csv")):
        chips = _rows(folder / "chips.csv")
        _finite(validation_rows(chips, components, ["B"]))  # the model that reaches most chips; bounds use every model
    with _told(str(folder / "parts.csv")):
        _finite(part_rows(_rows(folder / "parts.csv"), chips, components))
    with _told(str(folder / "adc_bounds.csv")):
        _finite(bound_rows(_rows(folder / "adc_bounds.csv"), components))
    with _told(str(folder / "library.csv")):
        _finite(library_rows(_rows(folder / "library.csv"), components))


def _rows(path: Path) -> list[dict[str, str]]:
    return list(read_by_line(path).values())


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Name the place where a price fails. NumPy raises an error here instead of giving infinity or NaN."""
    try:
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            yield
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise ValueError(f"{where}: {'; '.join(faults)}") from None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    except ArithmeticError:
        raise ValueError(f"{where}: {UNBOUNDED}") from None


def small_network(config: Config, name: str) -> PricedNetwork:
    """A stand-in for a network that is not trained yet: its hardware, and one layer for each of its kernels."""
    network = config.networks[name]
    searched = config.searches.get(network.architecture)
    named = config.networks[searched.network].architecture if searched else network.architecture
    kernels = {layer.kernel for layer in config.architectures[named].layers if layer.average is None}
    kernels |= set((searched and searched.space.kernel) or [])
    axes = config.datasets[network.dataset].axes
    area = np.array([float(kernel**axes) for kernel in sorted(kernels)])
    one = np.ones_like(area)
    layers = Layers(2 * area, 4 * one, area, one, 0.3 * one, 0.25 * one, 0.5 * one)
    return PricedNetwork(name, network, config.devices[network.device], config.crossbars[network.crossbar], layers)


def bits_of(network: PricedNetwork) -> tuple[Any, ...]:
    """What a design takes from a network besides its layers: signs, and bits of ADC and DAC."""
    return network.signed, network.network.adc_bits, network.network.dac_bits


def _price_corners(config: Config, pair: Pair, lists: Mapping[str, Components], options: Options) -> None:
    """Price every mapping, ADC model and bank of the circuit at once, and the states of the table of differences."""
    circuit, reference = config.circuit, config.claims.reference
    base = base_of(*pair, circuit, reference)
    choices: dict[str, Sequence[Any]] = {
        "mapping": circuit.mappings,
        "adc_law": circuit.adc_laws,
        "bank": circuit.banks,
    }
    _finite([savings_of(*pair, base, lists, crossed(together(options, base, ()), choices))])
    _finite(step_rows(*pair, circuit, reference, lists[circuit.component_set]))


def _price_draws(config: Config, pair: Pair, lists: Mapping[str, Components], options: Options) -> None:
    base = base_of(*pair, config.circuit, config.claims.reference)
    of_bits = [option for option in options if BITS & set(option.split())]
    for draws in (one_at_a_time(options, base)[1], together(options, base, of_bits)):
        _finite([savings_of(*pair, base, lists, draws)])


def _searches(config: Config) -> list[str]:
    """Searches that the run reports, or whose networks it trains."""
    trained = {config.networks[name].architecture for name in config.run.networks}
    return [name for name in config.searches if name in config.run.searches or name in trained]


def _price_candidate(config: Config, name: str, components: Components) -> None:
    """Price a candidate of a search in the circuit of its objectives."""
    network = small_network(config, config.searches[name].network)
    design = design_of(network, config.circuit, **dict(config.searches[name].corner))
    costs = priced(network.layers, design, components)
    _finite({"area": cost.area_um2, "energy": cost.energy_pJ} for cost in costs.values())


def _finite(rows: Iterable[Mapping[str, Any]]) -> None:
    """ValueError for the first number in `rows` that is not finite."""
    for row in rows:
        for name, value in row.items():
            if not _is_finite(value):
                raise ValueError(f"{name}: {UNBOUNDED}")


def _is_finite(value: Any) -> bool:
    """Whether all numbers in it are finite; a word has none."""
    try:
        if isinstance(value, (int, float, str)):  # most values, in a tenth of NumPy's time
            return isfinite(float(value))
        return bool(np.all(np.isfinite(np.asarray(value, dtype=float))))
    except (ValueError, TypeError):
        return True
