"""What the price list must know of a configuration, checked before anything runs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from xbar.checks.prices import price_everything
from xbar.circuit.components import Components, read_components
from xbar.circuit.readers import changed
from xbar.circuit.rows import Row, price_rows
from xbar.config.circuit import CircuitSpec
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec
from xbar.mappings import MAPPINGS, MappingName
from xbar.savings.options import Options, read_options


def check_circuit(config: Config, tables: Iterable[str | Path]) -> None:
    """Read the component tables and check that they price everything that the run needs.

    `tables`: the project's own, beside which its other tables stand, and then the user's. Raises ValueError, one line,
    for a table that is not there or has a fault, a row that nothing reads, or a choice without a price.
    """
    tables = list(tables)
    if missing := [str(path) for path in tables if not Path(path).is_file()]:
        raise ValueError(f"config.yaml: circuit.extra_components: no file {', '.join(missing)}")
    options = read_options(Path(tables[0]).with_name("options.csv"))
    components = read_components(tables, config.circuit.component_set)
    for table in tables[1:]:
        _check_chosen(changed(price_rows(table), price_rows(tables[0])), config.circuit, options)
    _check_node(config.circuit, components, {*config.circuit.adc_laws, *options["adc_law"]})
    cells = sorted({row.component for row in components.rows() if row.component.startswith("cell")})
    if config.circuit.cell not in cells:
        raise ValueError(
            f"config.yaml: circuit.cell: no row prices '{config.circuit.cell}'; add one to a table, or take one of"
            f" {', '.join(cells)}"
        )
    for comparison in config.run.comparisons:
        sides = config.comparisons[comparison]
        for side, name in sides.model_dump().items():
            if ((polarity := config.networks[name].polarity) == "signed") != (side == "signed"):
                allowed = "signed" if side == "signed" else "unipolar and mixed"
                raise ValueError(
                    f"config.yaml: comparisons.{comparison}.{side}: '{name}' is {polarity}; allowed are {allowed}"
                )
            _check_bits(name, config.networks[name], config.circuit, components)
    price_everything(config, tables, options)


def _check_chosen(rows: Iterable[Row], circuit: CircuitSpec, options: Options) -> None:
    """A user's rows are of the set and the cells that are configured, or the configured circuit does not read them."""
    cells = {"cell", circuit.cell, *options["cell"]}
    for row in rows:
        if row.set not in ("", circuit.component_set):
            raise ValueError(
                f"{row.where}: set '{row.set}' is not circuit.component_set; allowed are {circuit.component_set}, or an"
                " empty one for every set"
            )
        if row.component.startswith("cell") and row.component not in cells:
            raise ValueError(
                f"{row.where}: nothing reads '{row.component}'; read are {', '.join(sorted(cells))}: circuit.cell names"
                " another"
            )


def _check_node(circuit: CircuitSpec, components: Components, laws: Iterable[str]) -> None:
    low, high = components.node_range(laws)
    if not low <= circuit.node_nm <= high:
        raise ValueError(f"config.yaml: circuit.node_nm: {circuit.node_nm:g} is not allowed: {low:g} to {high:g}")


def _check_bits(name: str, network: NetworkSpec, circuit: CircuitSpec, components: Components) -> None:
    mappings: Sequence[MappingName] = circuit.mappings if network.polarity == "signed" else ["unipolar"]
    fewest = network.adc_bits
    most = fewest + max(MAPPINGS[mapping].sign_bits for mapping in mappings)
    for law in circuit.adc_laws:
        low, high = components.bit_range(law)
        if not low <= fewest <= most <= high:
            bits = fewest if fewest < low else most
            raise ValueError(
                f"config.yaml: circuit.adc_laws: ADC model {law} holds for {low} to {high} bits; {name} takes {bits}"
            )
