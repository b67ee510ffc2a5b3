"""All checks before anything runs: of the configuration across its blocks, and of the tables that it uses."""

from pathlib import Path

from xbar.checks.circuit import check_circuit
from xbar.checks.claims import check_claims, check_published
from xbar.checks.hardware import (
    check_cell_laws,
    check_hybrid,
    check_laws,
    check_own_networks,
    check_tiny,
    check_variants,
)
from xbar.checks.names import check_names
from xbar.checks.networks import check_networks, check_tiny_recipes
from xbar.checks.searches import check_searches
from xbar.circuit.components import price_tables
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.hybrid import PULSE_COLUMNS
from xbar.files import read_by_line
from xbar.hardware.laws import Laws
from xbar.savings.paper import read_first_round, read_paper

CHECKS = (
    check_names, check_searches, check_networks, check_variants, check_own_networks, check_tiny,
    check_tiny_recipes, check_hybrid,
    check_cell_laws, check_claims,
)  # fmt: skip


def check_config(config: Config) -> None:
    """Raise ValueError, one line, where the blocks of the configuration do not fit together."""
    try:
        for check in CHECKS:
            check(config)
    except ValueError as fault:
        raise ValueError(f"config.yaml: {fault}") from None


def check_tables(config: Config, laws: Laws, reference: Path, *, prices: bool) -> None:
    """Raise ValueError, one line, where the published tables lack what the configuration names.

    `reference`: the folder of the tables. `prices`: whether the tables of prices are there too; jobs on other machines
    need not have them.
    """
    check_laws(config.devices, laws)
    check_published(config.claims, read_paper(reference / "claims.csv"))
    read_first_round(reference / "first_round.csv")
    pulsed = {row["law"] for row in read_by_line(reference / "pulses.csv", PULSE_COLUMNS).values()}
    check_name(config.hybrid.law, pulsed, "config.yaml: hybrid.law")
    if prices:
        check_circuit(config, price_tables(reference, config.circuit))
