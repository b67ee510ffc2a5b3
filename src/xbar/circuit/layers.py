"""Tables of layers as people have them: those that runs wrote, chosen by network, and short ones written by hand."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xbar.circuit.footprint import Layers
from xbar.circuit.priced import layers_of
from xbar.files import read_by_line, read_rows
from xbar.tables import LAYERS

LARGEST = 999_999_999  # size that a written table may have
SIZES = ("rows", "columns", "products")
WITH_DEFAULTS = ("kernel_area", "weight_mean", "activity")
MEASURED = ("x_max", "w_max", "i_max", "current_range", "weight_mean", "activity")  # empty in floating point


class Measured(NamedTuple):
    """The layers of a trained network, means over `seeds` trainings."""

    network: str
    layers: Layers
    seeds: int


def is_of_a_run(path: str | Path) -> bool:
    """Whether a table of layers names a network, as runs write it; ValueError for no CSV, OSError for no file."""
    return any("network" in row for row in read_by_line(path).values())


def measured_layers(paths: Iterable[str | Path], network: str | None) -> Measured:
    """The layers of one network from tables that runs wrote, which may hold several networks and seeds.

    Raises ValueError, one line, for other columns, a network that is not there or not named among several, and one in
    floating point, which stands on no crossbars.
    """
    rows = [row for path in paths for row in read_rows(path, LAYERS.names)]
    names = list(dict.fromkeys(row["network"] for row in rows))
    where = ", ".join(map(str, paths))
    if network is None and len(names) > 1:
        raise ValueError(f"{where} holds several networks; name one of {', '.join(names)}")
    chosen = names[0] if network is None and names else network
    own = [row for row in rows if row["network"] == chosen]
    if not own or chosen is None:
        raise ValueError(f"{where} holds no network '{chosen}'; there are {', '.join(names) or 'none'}")
    if not all(row[name] for row in own for name in MEASURED):
        raise ValueError(f"{where}: {chosen} is a network in floating point; no crossbars hold it")
    try:
        seeds = _by_seed(own)
        return Measured(chosen, layers_of(seeds), len(seeds))
    except ValueError as error:
        raise ValueError(f"{where}: {chosen}: {error}") from None


def _by_seed(rows: Sequence[Mapping[str, str]]) -> list[list[Mapping[str, str]]]:
    """The layers of each seed in their order; ValueError where one is there twice, as in a file given twice."""
    seeds: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        seeds.setdefault(row["seed"], []).append(row)
    for seed, own in seeds.items():
        layers = [row["layer"] for row in own]
        if set(layers) != set(map(str, range(len(own)))):
            raise ValueError(f"layers of seed {seed} are {', '.join(layers)}; needed is each once, counted from 0")
    return [sorted(own, key=lambda row: int(row["layer"])) for own in seeds.values()]


def written_layers(path: str | Path, weight_mean: float, activity: float) -> Layers:
    """Layers from a CSV that a person wrote: rows, columns and products per inference of each.

    Where the file leaves them out, `kernel_area` is 1, and `weight_mean` and `activity` are those given here. Sums
    reach the whole range of the ADC. Raises ValueError, one line with the file, for other columns, and with file and
    line number for impossible numbers.
    """
    if not (rows := read_by_line(path)):
        raise ValueError(f"{path} holds no layers")
    found = list(next(iter(rows.values())))
    if not set(SIZES) <= set(found):
        read_by_line(path, SIZES)  # which says what is missing, and why
    if unread := [name for name in found if name not in (*SIZES, *WITH_DEFAULTS)]:
        allowed = ", ".join((*SIZES, *WITH_DEFAULTS))
        raise ValueError(f"{path}: nothing reads column '{unread[0]}'; allowed are {allowed}")
    defaults = {"kernel_area": "1", "weight_mean": str(weight_mean), "activity": str(activity)}
    table = {
        name: np.array(
            [_number(name, row.get(name) or defaults.get(name, ""), f"{path}:{line}") for line, row in rows.items()]
        )
        for name in (*SIZES, *WITH_DEFAULTS)
    }
    for line, size, area in zip(rows, table["rows"], table["kernel_area"], strict=True):
        if size % area:
            raise ValueError(f"{path}:{line}: rows {size:g} is not allowed: multiples of kernel_area {area:g}")
    products = table.pop("products")
    return Layers(**table, mvms=products, range_use=np.ones_like(products))


def _number(name: str, text: str, where: str) -> float:
    """A size, at least 1 and whole, or a share of full scale."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{where}: {name} '{text}' is not a number") from None
    if name in ("weight_mean", "activity"):
        if not 0 <= number <= 1:
            raise ValueError(f"{where}: {name} {text} is not allowed: 0 to 1, a share of full scale")
    elif not (1 <= number <= LARGEST and number == int(number)):
        raise ValueError(f"{where}: {name} {text} is not allowed: whole numbers from 1 to {LARGEST:,}")
    return number
