"""A published report priced anew: all that follows from its layers and accuracies, without a training."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from xbar import tables
from xbar.circuit import priced
from xbar.circuit.components import Components, price_tables, read_components
from xbar.circuit.layers import measured_layers
from xbar.config.config import Config
from xbar.files import read_json, read_rows, write_json, write_text
from xbar.report import contents, page
from xbar.report.choices import choices
from xbar.report.claims import judge_claims
from xbar.report.figures.style import save, theme
from xbar.report.provenance import commit, machine
from xbar.report.render import html, markdown, sections_of
from xbar.report.results import Dataset, read_results
from xbar.report.summary import summary
from xbar.savings.comparison import References, comparison_tables
from xbar.savings.paper import read_paper
from xbar.savings.validation import PUBLISHED, validation_tables
from xbar.system.rows import circuits_simulated, event_rows, system_rows

FILES = {"bounds": "adc_bounds"}  # tables of workflow/reference that have another name there


class Published(NamedTuple):
    """A published report, the configuration of this checkout, and its folder of reference tables."""

    folder: Path
    config: Config
    reference: Path

    def table(self, name: str) -> Path:
        """The path of one of its tables."""
        return self.folder / "claims.csv" if name == "claims" else self.folder / f"tables/{name}.csv"

    @property
    def components(self) -> list[str | Path]:
        """The paths of the price tables."""
        return price_tables(self.reference, self.config.circuit)


def reprice(folder: Path, root: Path, config: Config) -> list[str]:
    """Write the tables, figures and page that follow from layers.csv, accuracies and prices.

    Returns the names of the networks that were priced. A comparison without layers in the report is left out.
    provenance.json says of which commit and machine the prices are.
    """
    published = Published(folder, config, root / "workflow/reference")
    found = {network.name: network for network in _networks(published)}
    _write_costs(published, found)
    _write_comparisons(published, found)
    paths = {name: published.reference / f"{FILES.get(name, name)}.csv" for name in PUBLISHED}
    for table, rows in validation_tables(config.circuit, published.components, paths):
        tables.write_table(published.table(table.name), table, rows)
    _write_claims(published)
    entries, titled = _render(published)
    record = {"preset": "default"} | read_json(folder / "provenance.json")
    record |= {"priced": {"commit": commit(), "machine": machine()}}
    _write_page(published, entries, titled, record)
    write_json(folder / "provenance.json", record)
    return list(found)


def _networks(published: Published) -> Iterator[priced.PricedNetwork]:
    """The networks of the configured comparisons whose layers are published, in the order of the run."""
    config, layers = published.config, published.table("layers")
    known = {row["network"] for row in read_rows(layers, tables.LAYERS.names)}
    sides = {name for each in config.run.comparisons for name in config.comparisons[each].model_dump().values()}
    for name in config.run.networks:
        if name in known & sides:
            spec = config.networks[name]
            device, crossbar = config.devices[spec.device], config.crossbars[spec.crossbar]
            yield priced.PricedNetwork(name, spec, device, crossbar, measured_layers([layers], name).layers)


def _write_costs(published: Published, networks: Mapping[str, priced.PricedNetwork]) -> None:
    """Area, energy and latency of every network in every corner, and what the simulation makes of them."""
    circuit = published.config.circuit
    components = read_components(published.components, circuit.component_set)
    corners = [corner for network in networks.values() for corner in priced.corners(network, circuit, components)]
    for table, rows in priced.cost_tables(corners).items():
        tables.write_table(published.table(table.name), table, rows)
    _write_system(published, networks, components)


def _write_system(published: Published, networks: Mapping[str, priced.PricedNetwork], components: Components) -> None:
    """Every network in every schedule; as in a run, the events are those of the first comparison's unipolar network."""
    config, shown = published.config, next(iter(_compared(published, networks).values()), {}).get("unipolar")
    system: list[dict[str, str]] = []
    for name, network in networks.items():
        circuits = circuits_simulated(network, config.circuit, config.claims.reference, components)
        period_s = config.system.period_s.get(network.network.dataset)
        system += [row for one in circuits for row in system_rows(one, config.system.inferences, period_s)]
        if name == shown:
            tables.write_table(published.table("events"), tables.EVENTS, event_rows(circuits[-1]))
    tables.write_table(published.table("system"), tables.SYSTEM, system)


def _compared(published: Published, found: Mapping[str, priced.PricedNetwork]) -> dict[str, dict[str, str]]:
    """The configured comparisons of networks that were priced."""
    config = published.config
    sides = {name: config.comparisons[name].model_dump() for name in config.run.comparisons}
    return {name: pair for name, pair in sides.items() if set(pair.values()) <= set(found)}


def _write_comparisons(published: Published, found: Mapping[str, priced.PricedNetwork]) -> None:
    """Every table of every comparison."""
    config, reference = published.config, published.reference
    references = References(*(reference / f"{name}.csv" for name in ("options", "claims", "first_round")))
    gathered: dict[tables.Table, list[dict[str, Any]]] = {}
    for name, sides in _compared(published, found).items():
        pair = found[sides["signed"]], found[sides["unipolar"]]
        for table, rows in comparison_tables(
            name, pair, config.circuit, config.claims, published.components, references
        ):
            gathered.setdefault(table, []).extend({"comparison": name, **row} for row in rows)
    for table, of_all in gathered.items():
        tables.write_table(published.table(table.name), table, of_all)


def _write_claims(published: Published) -> None:
    """The verdicts, from the accuracies as they were published and the answer as it is now."""
    config = published.config
    names = ("accuracy", "answer", "intervals")
    accuracy, answer, intervals = (tables.read_table(published.table(name), tables.COLLECTED[name]) for name in names)
    paper = read_paper(published.reference / "claims.csv")
    dataset_of = {name: spec.dataset for name, spec in config.networks.items()}
    rows = judge_claims(accuracy, answer, paper, config.claims, compared_before(published), dataset_of, {}, intervals)
    tables.write_table(published.table("claims"), tables.CLAIMS, rows)


def compared_before(published: Published) -> dict[str, dict[str, str]]:
    """The comparisons that stand in the published answer, in the order of the run."""
    answered = {row["comparison"] for row in read_rows(published.table("answer"), tables.ANSWER.names)}
    configured = published.config.run.comparisons
    return {name: published.config.comparisons[name].model_dump() for name in configured if name in answered}


def _render(published: Published) -> tuple[list[contents.Entry], dict[str, tuple[str, str]]]:
    """Every table and figure of the report anew, but those of conductances, which are not published.

    Returns the entries, and the title and HTML of each table by name.
    """
    inputs = {name: published.table(name) for name in tables.COLLECTED if published.table(name).is_file()}
    devices = {name: device.model_dump() for name, device in published.config.devices.items()}
    rules = published.config.claims.model_dump()
    chosen = {name: choices(published.config, name) for name in published.config.networks}
    results = read_results(inputs, rules, compared_before(published), devices, chosen)
    results.add("datasets", partial(_titles, published.config.datasets))
    searched = bool(read_rows(published.table("search"), tables.SEARCH.names))
    entries, titled = contents.shown({"searches": searched, "comparisons": True}), {}
    for entry in entries:
        if entry.kind == "table":
            with results.of(entry):
                sections = sections_of(contents.made_by(entry)(results))
            write_text(published.folder / f"tables/{entry.name}.md", markdown(sections, entry.reads[0]))
            titled[entry.name] = sections[0].title, html(sections)
        elif "conductances" not in entry.reads:
            with results.of(entry), theme():
                save(contents.made_by(entry)(results), published.folder / f"figures/{entry.name}")
    return entries, titled


def _write_page(
    published: Published,
    entries: Iterable[contents.Entry],
    titled: Mapping[str, tuple[str, str]],
    record: Mapping[str, Any],
) -> None:
    """The page of the run, from the figures and tables as they are now."""
    config, folder = published.config, published.folder
    compared = {name for sides in compared_before(published).values() for name in sides.values()}
    floating = {name for name, network in config.networks.items() if network.polarity == "float"}
    found = summary(folder, [name for name in config.run.networks if name in compared | floating], config.run.note)
    there = [entry for entry in entries if entry.name in titled or (folder / f"figures/{entry.name}.svg").is_file()]
    shown = page.Shown(there, page.svgs_of(folder / "figures", there), titled)
    write_text(
        folder / "index.html", page.index(record, found, shown, (folder / "time.svg").read_text(encoding="utf-8"))
    )


def _titles(names: Iterable[str]) -> dict[str, Dataset]:
    """What the files of the datasets would say of them."""
    modules = {name: import_module(f"xbar.datasets.{name}") for name in names}
    return {name: Dataset(module.TITLE, module.CLASSES) for name, module in modules.items()}
