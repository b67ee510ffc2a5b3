"""Checks, before anything runs, that the price list covers a configuration."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xbar.checks.claims import check_conditions
from xbar.checks.prices import price_everything
from xbar.circuit.components import Components, read_components
from xbar.circuit.prices import check_supply
from xbar.circuit.readers import changed
from xbar.circuit.rows import Row, part_of, price_rows
from xbar.config.circuit import AdcLaw, CircuitSpec
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec
from xbar.mappings import MAPPING_OF_POLARITY, MAPPINGS, MappingName
from xbar.savings.options import Options, fields_of, read_options

NAMED = ("cell", "dac")  # parts whose price row the circuit names


def check_circuit(config: Config, tables: Iterable[str | Path]) -> None:
    """Read the component tables and check that they price everything that the run needs.

    `tables`: the project's own table, beside which its other tables lie, and then those of the user. ValueError, one
    line, for a table that is absent or faulty, a row that nothing reads, and a choice without a price. ValueError also
    for the sides of a comparison that are of the wrong polarity or differ in `dac_bits`, arrays or devices.
    """
    tables = list(tables)
    if missing := [str(path) for path in tables if not Path(path).is_file()]:
        raise ValueError(f"config.yaml: circuit.extra_components: no file {', '.join(missing)}")
    options = read_options(Path(tables[0]).with_name("options.csv"))
    check_conditions(config.claims, options)
    components = read_components(tables, config.circuit.component_set)
    for table in tables[1:]:
        _check_chosen(changed(price_rows(table), price_rows(tables[0])), config.circuit, options)
    _check_node(config.circuit, components, {*config.circuit.adc_laws, *options["adc_law"]})
    _check_voltages(config.circuit, options)
    try:
        check_supply(components, config.circuit.node_nm, config.circuit.supply_V)
    except ValueError as fault:
        raise ValueError(f"config.yaml: circuit: {fault}") from None
    for kind in NAMED:
        _check_named(kind, getattr(config.circuit, kind), components)
    for comparison in config.run.comparisons:
        sides = config.comparisons[comparison]
        for side, name in sides.model_dump().items():
            if ((polarity := config.networks[name].polarity) == "signed") != (side == "signed"):
                allowed = "signed" if side == "signed" else "unipolar and mixed"
                raise ValueError(
                    f"config.yaml: comparisons.{comparison}.{side}: '{name}' is {polarity}; allowed are {allowed}"
                )
            network = config.networks[name]
            mappings: Sequence[MappingName] = config.circuit.mappings if network.polarity == "signed" else ["unipolar"]
            _check_bits(name, network.adc_bits, mappings, config.circuit.adc_laws, components)
        _check_alike(comparison, config.networks[sides.signed], config.networks[sides.unipolar], config)
    _check_others(config, components)
    price_everything(config, tables, options)


def _check_others(config: Config, components: Components) -> None:
    """Networks of one's own, at the reference circuit, and MLPerf Tiny's have ADCs that can be priced."""
    for name, own in config.own_networks.items():
        mapping = own.mapping or MAPPING_OF_POLARITY[own.polarity]
        _check_bits(f"own_networks.{name}", own.adc_bits, [mapping], [config.claims.reference.adc_law], components)
    for bits in config.tinyml.converter_bits:
        _check_bits("tinyml", bits, [config.tinyml.mapping], config.circuit.adc_laws, components)


def _check_chosen(rows: Iterable[Row], circuit: CircuitSpec, options: Options) -> None:
    """ValueError unless a user's rows are for the configured set, cells and DACs, because no others are read."""
    named = {kind: {kind, getattr(circuit, kind), *_drawn(kind, options)} - {"none"} for kind in NAMED}
    for row in rows:
        if row.set not in ("", circuit.component_set):
            raise ValueError(
                f"{row.where}: set '{row.set}' is not circuit.component_set; allowed are {circuit.component_set}, or an"
                " empty one for every set"
            )
        kind = part_of(row.component)
        if kind in NAMED and row.component not in named[kind]:
            read = ", ".join(sorted(named[kind] - {"dac"}))
            raise ValueError(
                f"{row.where}: nothing reads '{row.component}'; read are {read}: circuit.{kind} names another"
            )


def _check_voltages(circuit: CircuitSpec, options: Options) -> None:
    """ValueError where the drawn circuits would read above the supply from which their charge comes."""
    highest = max(map(float, _drawn("read_voltage_V", options)))
    if circuit.supply_V < highest:
        raise ValueError(
            f"config.yaml: circuit.supply_V: {circuit.supply_V:g} is below read_voltage_V {highest:g} of options.csv,"
            " which is drawn"
        )


def _drawn(field: str, options: Options) -> set[Any]:
    """The values of a field in options.csv."""
    (option,) = (option for option in options if field in option.split())
    return {fields_of(option, value)[field] for value in options[option]}


def _check_named(kind: str, name: str, components: Components) -> None:
    """ValueError unless a row prices what the configuration names. Bits need no DAC."""
    rows = components.pricing(kind)
    if name not in (*rows, *(["none"] if kind == "dac" else [])):
        raise ValueError(
            f"config.yaml: circuit.{kind}: no row prices '{name}'; add one to a table, or take one of {', '.join(rows)}"
        )


def _check_node(circuit: CircuitSpec, components: Components, laws: Iterable[str]) -> None:
    low, high = components.node_range(laws)
    if not low <= circuit.node_nm <= high:
        raise ValueError(f"config.yaml: circuit.node_nm: {circuit.node_nm:g} is not allowed: {low:g} to {high:g}")


def _check_alike(comparison: str, signed: NetworkSpec, unipolar: NetworkSpec, config: Config) -> None:
    """ValueError unless both networks of a comparison have the same dataset, `dac_bits`, arrays and devices.

    Savings are those of one circuit, and options vary it for both. Names may differ.
    """
    for key, entries in (("dataset", {}), ("dac_bits", {}), ("crossbar", config.crossbars), ("device", config.devices)):
        ours, theirs = getattr(signed, key), getattr(unipolar, key)
        if entries.get(ours, ours) != entries.get(theirs, theirs):
            raise ValueError(
                f"config.yaml: comparisons.{comparison}: the networks have {key} {ours} and {theirs}; allowed is one"
                " for both"
            )


def _check_bits(
    name: str, fewest: int, mappings: Iterable[MappingName], laws: Iterable[AdcLaw], components: Components
) -> None:
    most = fewest + max(MAPPINGS[mapping].sign_bits for mapping in mappings)
    for law in laws:
        low, high = components.bit_range(law)
        if not low <= fewest <= most <= high:
            bits = fewest if fewest < low else most
            raise ValueError(
                f"config.yaml: circuit.adc_laws: ADC model {law} holds for {low} to {high} bits; {name} takes {bits}"
            )
