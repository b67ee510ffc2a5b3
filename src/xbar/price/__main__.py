"""The command `python -m xbar.price`: layers and choices of a circuit in, area, energy and latency out."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xbar.checks.reading import lay_over, read_blocks
from xbar.circuit.components import price_tables, read_components
from xbar.circuit.priced import PricedCorner, cost_tables
from xbar.circuit.prices import check_supply
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.system import SystemSpec
from xbar.price.options import read_arguments, with_drive
from xbar.price.request import EQUAL_TIME, SIZE, Given, baselines, circuit_of, network_given, proposal
from xbar.price.text import describe, page, prices_of, show
from xbar.savings.options import read_options
from xbar.system.rows import system_rows
from xbar.tables import SYSTEM, write_table

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "workflow/reference"
MOST_PRODUCTS = 100_000  # of an inference that is simulated event by event: half a minute
UNBOUNDED = "what follows is not finite; numbers of layers, circuit or price rows are too large or too small"


def main(words: Iterable[str]) -> int:
    """Print what was asked for and return 0; or print one line on standard error and return 1."""
    try:
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            text = priced_page(words)
    except (ArithmeticError, OSError, ValueError) as error:
        print(_line(error), file=sys.stderr)
        return 1
    show(text)
    return 0


def _line(error: Exception) -> str:
    if isinstance(error, ArithmeticError):
        return UNBOUNDED
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return str(error)


def priced_page(words: Iterable[str]) -> str:
    """What the command prints; with --csv the tables are written too.

    Raises ValueError or OSError for what a user can mend, and ArithmeticError where numpy is told to raise it.
    """
    base = read_blocks(ROOT / "config.yaml")
    given, chosen = read_arguments(words, base["circuit"])
    if not given.against and (given.against_layers or given.against_network):
        raise ValueError("--against_layers and --against_network need --against, the mapping of the baseline")
    if sizes := [word for word in (*given.components, *given.configfile) if SIZE.fullmatch(word)]:
        raise ValueError(f"{sizes[0]} is the size of a layer; layers stand before --components and --configfile")
    config = lay_over(base, given.configfile)
    chosen, taken = with_drive(chosen, dict(config.circuit), read_options(REFERENCE / "options.csv"))
    found, says = _priced(given, chosen, config)
    says |= {"driver": taken} if taken else {}
    simulated = {name: _simulated(corner, config.system) for name, corner in found.items() if given.events}
    if given.csv is not None:
        says["written"] = _write(Path(given.csv), found, simulated)
    return page(found, says, simulated)


def _priced(
    given: Namespace, chosen: Mapping[str, Any], config: Config
) -> tuple[dict[str, PricedCorner], dict[str, str]]:  # fmt: skip
    """The circuit and its baselines, and what they are in words."""
    circuit = circuit_of(config, chosen)
    tables = [*price_tables(REFERENCE, circuit), *given.components]
    components = read_components(tables, circuit.component_set)
    check_supply(components, circuit.node_nm, circuit.supply_V)
    check_name(circuit.cell, components.pricing("cell"), "--cell")
    signed = chosen.get("mapping", "unipolar") != "unipolar"
    ours = network_given(given.layers, given.network, config, ROOT, signed=signed)
    found = {"circuit": proposal(ours.network, circuit, config, chosen, components)}
    says = {"network": _size(found["circuit"]), "layers": ours.says, "circuit": describe(found["circuit"])}
    if given.against:
        theirs = _beside(given, ours, config)
        others = baselines(theirs.network, circuit, found["circuit"], given.against, chosen, components)
        says |= {"baseline layers": theirs.says} if theirs is not ours else {}
        says |= {name: describe(corner) for name, corner in others.items()}
        found |= others
    if tables[1:]:
        says["prices"] = prices_of(tables, found.values())
    return found, says


def _beside(given: Namespace, ours: Given, config: Config) -> Given:
    """The network of the baseline: the same layers, or others of its own."""
    if not (given.against_layers or given.against_network):
        return ours
    words = given.against_layers or given.layers
    return network_given(words, given.against_network, config, ROOT, signed=True)


def _size(corner: PricedCorner) -> str:
    network, count = corner.network, len(corner.network.layers.rows)
    return f"{network.name}: {count} layer{'s' * (count > 1)}, {network.layers.macs:,.0f} MACs of an inference"


def _simulated(corner: PricedCorner, system: SystemSpec) -> list[dict[str, str]]:
    """Rows of system.csv; ValueError for an inference of more than MOST_PRODUCTS matrix-vector products."""
    if (products := float(np.sum(corner.network.layers.mvms))) > MOST_PRODUCTS:
        raise ValueError(
            f"--events: an inference of {products:,.0f} matrix-vector products; allowed are {MOST_PRODUCTS:,}"
        )
    return list(system_rows(corner, system.inferences, system.period_s.get(corner.network.network.dataset)))


def _write(folder: Path, found: Mapping[str, PricedCorner], simulated: Mapping[str, Iterable[dict[str, str]]]) -> str:
    told = {
        name: corner for name, corner in found.items() if name != EQUAL_TIME
    }  # no column tells it from the fast one
    if len({tuple(corner.keys.values()) for corner in told.values()}) < len(told):
        keys = ", ".join(f"{name} {value}" for name, value in found["circuit"].keys.items() if value)
        raise ValueError(f"--csv: circuit and baseline are both of {keys}; no column would tell them apart")
    rows = cost_tables(list(told.values()))
    if simulated:
        rows[SYSTEM] = [row for name in told for row in simulated[name]]
    for table, of_table in rows.items():
        write_table(folder / f"{table.name}.csv", table, of_table)
    return ", ".join(str(folder / f"{table.name}.csv") for table in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
