"""The price list: published area and energy of circuit parts in one component set, from one or more tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from xbar.circuit.readers import check_rows, quantities
from xbar.circuit.rows import CURVES, ENERGY, PRICED, Row, part_of, price_rows
from xbar.config.circuit import AdcLaw, CircuitSpec


class Components:
    """The rows that hold for one component set.

    The methods raise ValueError, one line, for a component or a curve that is absent.
    """

    def __init__(self, rows: Iterable[Row], component_set: str) -> None:
        self._rows: dict[str, dict[str, list[Row]]] = {}
        self._set = component_set
        self._priced: dict[str, dict[str, Row]] = {}
        self._tables: dict[tuple[str, str, str], dict[float, float]] = {}
        for row in rows:
            self._rows.setdefault(row.component, {}).setdefault(row.parameter, []).append(row)
            self._priced.setdefault(row.component, {}).setdefault(row.parameter, row)

    def of(self, component: str) -> dict[str, Row]:
        """The rows of a priced component by parameter."""
        if component not in self._rows:
            known = ", ".join(sorted(set(self._rows) - set(CURVES)))
            raise ValueError(f"component '{component}' is not in set '{self._set}'; priced are {known}")
        return self._priced[component]

    def rows(self) -> Iterable[Row]:
        """All rows that hold."""
        return (row for component in self._rows for row in self._all(component))

    def pricing(self, kind: str) -> list[str]:
        """The names of the rows that price a cell (`cell`) or what drives a line (`dac`)."""
        return sorted({row.component for row in self.rows() if part_of(row.component) == kind})

    def has(self, component: str) -> bool:
        """Whether any row prices a component."""
        return component in self._rows

    def number(self, curve: str, parameter: str) -> float:
        """One coefficient of a curve."""
        return self._curve(curve, parameter)[0].value

    def node(self, curve: str, parameter: str) -> float:
        """The node at which a curve was fitted, nm."""
        return self._curve(curve, parameter)[0].fitted_at_nm

    def by(self, key: str, curve: str, parameter: str) -> dict[float, float]:
        """A curve tabulated over `key` (`node_nm` or `bits`), in ascending order."""
        name = (key, curve, parameter)
        if name not in self._tables:
            self._tables[name] = dict(sorted((getattr(row, key), row.value) for row in self._curve(curve, parameter)))
        return self._tables[name]

    def bit_range(self, law: AdcLaw) -> tuple[int, int]:
        """Fewest and most bits for which an ADC model holds: those of its tables, or its bounds."""
        curve = f"adc-{law}"
        if "bits_min" in self._rows.get(curve, {}):
            return int(self.number(curve, "bits_min")), int(self.number(curve, "bits_max"))
        tables = [list(self.by("bits", curve, price)) for price in ("area", "energy")]
        return int(max(bits[0] for bits in tables)), int(min(bits[-1] for bits in tables))

    def node_range(self, laws: Iterable[str]) -> tuple[float, float]:
        """Smallest and largest node at which digital parts and these ADC models have prices, nm."""
        rows = [row for curve in ("technology", *(f"adc-{law}" for law in laws)) for row in self._all(curve)]
        tables: dict[tuple[str, str], set[float]] = {}
        for row in rows:
            if row.node_nm is not None:
                tables.setdefault((row.component, row.parameter), set()).add(row.node_nm)
        several = [nodes for nodes in tables.values() if len(nodes) > 1]  # one alone is where a curve was fitted
        return max(map(min, several)), min(map(max, several))

    def _all(self, component: str) -> list[Row]:
        return [row for rows in self._rows.get(component, {}).values() for row in rows]

    def _curve(self, curve: str, parameter: str) -> list[Row]:
        try:
            return self._rows[curve][parameter]
        except KeyError:
            fault = f"component_set '{self._set}': {curve} has no row of {parameter}"
            raise ValueError(f"{fault}; needed is one of this set or of every set") from None


def price_tables(reference: str | Path, circuit: CircuitSpec) -> list[str | Path]:
    """The price tables of a circuit: that of the project in the folder `reference`, then those of the user."""
    return [Path(reference, "components.csv"), *circuit.extra_components]


def read_components(paths: Iterable[str | Path], component_set: str) -> Components:
    """The price list of one set from one or more CSV files; later files replace what they price again.

    The first is the project's own. Raises ValueError, one line with file and line number, for what `price_rows` and
    `check_rows` refuse and for rows that cannot hold together. Raises ValueError, one line, for a set that no row
    names and for a part without area or energy. Raises OSError for a file that is not there.
    """
    held: list[Row] = []
    sets: set[str] = set()
    tables = [price_rows(path) for path in paths]
    for number, rows in enumerate(tables):
        if number:
            check_rows(rows, tables[0])
        sets |= {row.set for row in rows}
        holding = [row for row in rows if row.set in ("", component_set)]
        _check_once(holding)
        held = _replace(held, holding)
    if component_set not in sets:
        raise ValueError(f"component_set '{component_set}' is not one of {', '.join(sorted(sets - {''}))}")
    components = Components(held, component_set)
    _check_complete(components)
    _check_together(components, {row.where for rows in tables[1:] for row in rows}, tables[0])
    return components


def _check_once(rows: Sequence[Row]) -> None:
    """Raise ValueError for a price of one set beside one of every set: both hold, but only the first is read."""
    seen: dict[tuple, Row] = {}
    for row in rows:
        key = (row.component, row.parameter, *((row.node_nm, row.bits) if row.component in CURVES else ()))
        if (first := seen.setdefault(key, row)) is not row:
            raise ValueError(f"{row.where}: {row.component} {row.parameter} is priced for this set in {first.where}")


def _replace(held: list[Row], rows: list[Row]) -> list[Row]:
    """Rows of a later file replace all that price the same thing: any energy row replaces every other one.

    The supply of a published energy goes with it, unless the later file copies that energy or has a supply, too.
    """
    new, said = {(row.component, _group(row)) for row in rows}, {row.says for row in held}
    new |= {(row.component, "supply") for row in rows if row.parameter in ENERGY and row.says not in said}
    return [row for row in held if (row.component, _group(row)) not in new] + rows


def _group(row: Row) -> str:
    return "energy" if row.parameter in ENERGY else row.parameter


def _check_complete(components: Components) -> None:
    drivers = {row.component for row in components.rows() if part_of(row.component) == "dac"}
    for name in (*PRICED, *sorted(drivers)):
        rows = components.of(name)
        if "area" not in rows or not set(ENERGY) & set(rows):
            where = next(iter(rows.values())).where
            raise ValueError(f"{where}: {name} needs an area and one of {', '.join(ENERGY)} beside it")


def _check_together(components: Components, own: set[str], table: Sequence[Row]) -> None:
    """Raise ValueError, one line, where rows that hold at once leave one of them unread.

    `own`: where the rows of users' tables stand; `table`: the project's own rows.
    """
    _check_points([row for row in components.rows() if row.where in own], table)
    _check_technology(components, own)
    low, high = (pick(components.by("node_nm", "technology", "area_factor")) for pick in (min, max))
    for row in components.rows():
        if row.component != "technology" and row.node_nm is not None and not low <= row.node_nm <= high:
            raise ValueError(f"{row.where}: node_nm {row.node_nm:g} is not allowed: {low:g} to {high:g}")
    for law in ("adc-A", "adc-B", "adc-D", "adc-E"):  # C is a table over nodes
        _check_one_node([row for row in components.rows() if row.component == law], own)
    for row in components.rows():
        if row.parameter == "area" and part_of(row.component) in quantities():
            _check_growth(components.of(row.component), own)
        if row.parameter == "supply" and not {"energy", "power"} & set(components.of(row.component)):
            raise ValueError(f"{row.where}: nothing reads the supply of {row.component}, which has no energy or power")


def _check_points(own: Sequence[Row], table: Sequence[Row]) -> None:
    """Raise ValueError where a user's rows, which replace all points of a curve, leave it a single point."""
    for row in own:
        whole, mine = (
            sum((other.component, other.parameter) == (row.component, row.parameter) for other in rows)
            for rows in (table, own)
        )
        if row.component in CURVES and whole > 1 and mine == 1:
            raise ValueError(f"{row.where}: {row.component} {row.parameter} is a curve of {whole} points; one is none")


def _check_technology(components: Components, own: set[str]) -> None:
    terms = [f"energy_{term}" for term in ("quadratic", "linear", "constant")]
    rows = [row for row in components.rows() if row.component == "technology" and row.parameter in terms]
    rows.sort(key=lambda row: row.where in own)
    for row in rows:
        if sum(other.node_nm == row.node_nm for other in rows) < len(terms):
            raise ValueError(f"{rows[-1].where}: node_nm {row.node_nm:g} has not all of technology {', '.join(terms)}")


def _check_one_node(rows: Sequence[Row], own: set[str]) -> None:
    at = {row.node_nm: row for row in sorted(rows, key=lambda row: row.where in own) if row.node_nm is not None}
    if len(at) > 1:
        (first, other), *_ = zip(at.values(), list(at.values())[1:], strict=False)
        raise ValueError(
            f"{other.where}: {other.component} holds at one node_nm; {other.node_nm:g} here, {first.node_nm:g} in"
            f" {first.where}"
        )


def _check_growth(rows: dict[str, Row], own: set[str]) -> None:
    for price, names in (("area", ("area",)), ("energy", ENERGY), ("energy", ("leakage",))):
        held, rule = [rows[name] for name in names if name in rows], rows.get(f"{price}_bits")
        for row in held:
            what = f"{row.where}: {row.component} {row.parameter}"
            if row.bits is not None and rule is None and f"{price}_bits" in quantities()[part_of(row.component)]:
                raise ValueError(f"{what} is for {row.bits:g} bits; leave them empty or add {price}_bits, how it grows")
            if row.bits != held[0].bits:
                raise ValueError(f"{what} is for other bits than {held[0].parameter} in {held[0].where}")
            if row.bits is None and rule is not None and rule.where in own and names != ("leakage",):
                raise ValueError(f"{rule.where}: nothing reads {price}_bits; {row.where} is for no number of bits")
