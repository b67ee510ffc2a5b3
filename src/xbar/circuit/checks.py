"""What the price list must know of a configuration, checked before anything runs."""

from collections.abc import Iterable
from pathlib import Path

from xbar.circuit.components import Components, read_components
from xbar.config.circuit import CircuitSpec
from xbar.config.config import Config


def check_circuit(config: Config, tables: Iterable[str | Path]) -> None:
    """Read the component tables and hold node, cells and ADC bits of every comparison of the run to them.

    Raises ValueError, one line, for a table that is not there or has a fault, or a choice without a price.
    """
    tables = list(tables)
    if missing := [str(path) for path in tables if not Path(path).is_file()]:
        raise ValueError(f"config.yaml: circuit.extra_components: no file {', '.join(missing)}")
    components = read_components(tables, config.circuit.component_set)
    _check_node(config.circuit, components)
    if not components.has(config.circuit.cell):
        raise ValueError(f"config.yaml: circuit.cell: no row prices '{config.circuit.cell}'; add one to a table")
    for comparison in config.run.comparisons:
        sides = config.comparisons[comparison]
        for name, signed in ((sides.bipolar, True), (sides.unipolar, False)):
            _check_bits(name, config.networks[name].adc_bits, signed, config.circuit, components)


def _check_node(circuit: CircuitSpec, components: Components) -> None:
    nodes = list(components.by("node_nm", "technology", "area_factor"))
    if not nodes[0] <= circuit.node_nm <= nodes[-1]:
        raise ValueError(
            f"config.yaml: circuit.node_nm: {circuit.node_nm:g} is not allowed: {nodes[0]:g} to {nodes[-1]:g}"
        )


def _check_bits(name: str, adc_bits: int, signed: bool, circuit: CircuitSpec, components: Components) -> None:
    """Sums that carry a sign or an offset take one bit more: see `Design.sign_bits`."""
    carried = [mapping == "offset" or circuit.subtraction[mapping] != "digital" for mapping in circuit.mappings]
    most = adc_bits + (signed and any(carried))
    for law in circuit.adc_laws:
        low, high = components.bit_range(law)
        if not low <= adc_bits <= most <= high:
            bits = adc_bits if adc_bits < low else most
            raise ValueError(
                f"config.yaml: circuit.adc_laws: law {law} holds for {low} to {high} bits; {name} takes {bits}"
            )
