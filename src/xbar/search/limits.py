"""What a candidate takes, before it is trained and with measured activity, and whether it is to be trained."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from xbar.circuit.cost import priced, totals
from xbar.circuit.layers import MEASURED
from xbar.circuit.priced import PricedNetwork, design_of, layers_of
from xbar.config.networks import NetworkSpec
from xbar.config.polarity import SignSpec
from xbar.config.search import LimitsSpec
from xbar.network.geometry import LayerSize, check_signs, columns_of, layer_sizes
from xbar.search.setup import HardwareTarget, SearchSetup
from xbar.search.space import Candidate, network_of


class Size(NamedTuple):
    """`rows`, `columns`: the most of any layer; `weights`: of all layers; products, area and energy per inference."""

    rows: int
    columns: int
    weights: int
    products: int
    area_um2: float
    energy_pJ: float


def untrained_rows(sizes: Sequence[LayerSize]) -> list[dict[str, Any]]:
    """A layer table without measurements: every input and weight at full scale, which bounds the energy from above."""
    return [size._asdict() | dict.fromkeys(MEASURED, 1.0) for size in sizes]


def size_of(spec: NetworkSpec, rows: Sequence[Mapping[str, Any]], target: HardwareTarget) -> Size:
    """Size, area and energy of a network from its layer table (`tables.LAYERS`)."""
    table = [{name: str(value) for name, value in row.items()} for row in rows]
    network = PricedNetwork("candidate", spec, target.device, target.crossbar, layers_of([table]))
    design = design_of(network, target.circuit, **dict(target.corner))
    total = totals(priced(network.layers, design, target.components), design)
    sides = [(int(row["rows"]), int(row["columns"]), int(row["mvms_per_inference"])) for row in rows]
    return Size(
        rows=max(height for height, *_ in sides),
        columns=max(width for _, width, _ in sides),
        weights=sum(height * width for height, width, _ in sides),
        products=sum(height * width * mvms for height, width, mvms in sides),
        area_um2=float(f"{float(total.area_um2):.10g}"),
        energy_pJ=float(f"{float(total.energy_pJ):.10g}"),
    )


def exceeded_limit(limits: LimitsSpec, size: Size, *, measured: bool) -> str | None:
    """Why a size is not allowed, or None. An energy that was not measured is an upper bound and decides nothing."""
    for name in LimitsSpec.model_fields:
        limit, found = getattr(limits, name), getattr(size, name)
        if limit is not None and found > limit and (measured or name != "energy_pJ"):
            return f"{name} {found:g} exceeds {limit:g}"
    return None


class Appraisal(NamedTuple):
    """What is known of a candidate before its training: its size, with an upper bound of the energy, and a refusal.

    `size`: None where the candidate cannot be built or priced. `refused`: why it is not allowed, None if it is.
    """

    size: Size | None
    refused: str | None


def appraiser(setup: SearchSetup, shape: tuple[int, int, int]) -> Callable[[Candidate], Appraisal]:
    """A function that appraises a candidate for inputs of `shape`.

    It builds no network, because a search appraises hundreds: pricing refuses what `build_network` would.
    """

    def appraise(candidate: Candidate) -> Appraisal:
        spec = network_of(setup.base, candidate)
        try:
            sizes = layer_sizes(candidate.architecture, shape, polarity=spec.polarity)
            size = size_of(spec, untrained_rows(sizes), setup.target)
            if isinstance(spec.signs, SignSpec):
                check_signs(spec.architecture, spec.signs, columns_of(candidate.architecture))
        except ValueError as error:
            return Appraisal(None, str(error))
        return Appraisal(size, exceeded_limit(setup.search.limits, size, measured=False))

    return appraise
