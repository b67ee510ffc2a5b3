"""All tables that hold the cost model against what others published: chips, parts, prices and a textbook circuit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xbar import tables
from xbar.circuit.adc import LAWS
from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.files import read_by_line
from xbar.savings.parts import bound_rows, library_rows, part_rows
from xbar.savings.published import COMPONENT_SET, validation_rows
from xbar.savings.textbook import prototype_rows

PUBLISHED = ("chips", "parts", "bounds", "library", "textbook")


def validation_tables(
    circuit: CircuitSpec, components: Sequence[str | Path], published: Mapping[str, str | Path]
) -> Iterator[tuple[tables.Table, Iterable[Mapping[str, Any]]]]:
    """Each table with its rows; `components`: price tables; `published`: the path of every table of PUBLISHED."""
    rows = {name: list(read_by_line(published[name]).values()) for name in PUBLISHED}
    of_chips = read_components(components, COMPONENT_SET)
    yield tables.VALIDATION, validation_rows(rows["chips"], of_chips, list(LAWS))
    yield tables.PARTS, part_rows(rows["parts"], rows["chips"], of_chips)
    yield tables.BOUNDS, bound_rows(rows["bounds"], of_chips)
    yield tables.LIBRARY, library_rows(rows["library"], of_chips)
    yield (
        tables.TEXTBOOK,
        prototype_rows(rows["textbook"], circuit, read_components(components, circuit.component_set)),
    )
