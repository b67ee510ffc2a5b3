"""The tables of what the circuits cost: four circuits, components, layers, savings, ADC models, performance."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import CODE, SIGNIFICANT, TEXT, WHOLE, Section, fixed, interval
from xbar.report.results import Results
from xbar.report.savings import (
    MAPPINGS_IN_WORDS,
    corner_totals,
    is_reference,
    law_key,
    of_sides,
    option,
    reference_rows,
)
from xbar.report.savings import savings as savings_of
from xbar.report.validation import warning
from xbar.savings.corners import STEPS

UNMODELLED = (
    "The model leaves out the following parts. Reference buffers are needed once for each bank: they would raise what"
    " sharing saves. The baseline may need a gain amplifier in every layer: it would raise the savings. Wires between"
    " layers and what feeds the chip are alike in all four circuits: they would lower the savings in percent. Circuits"
    " that write the devices stand at lines and columns, which sharing does not remove: they would lower the savings."
    " circuit.write_circuits adds an upper bound of their area, and the sensitivity says what it does. Analog parts"
    " leak nothing here, for want of a source. Pulse widths and amplitudes charge lines with a zero input, too."
)
SAVED = {"area": "area_um2", "energy": "energy_pJ"}
CIRCUIT = ["comparison", "network", "corner", "mapping", "bank"]
PERCENT = fixed(1, 100)


@table(
    stage="4 Costs",
    caption="Area, energy and latency at the reference circuit: signed or unipolar weights, own or shared converters.",
    reads=("cost",),
)
def corners(results: Results) -> Section:
    """Area, energy and latency of the four corners, at the options of the reference circuit."""
    chosen = reference_rows(corner_totals(results.cost, results.comparisons), results.rules.reference)
    rows: list[list[Any]] = []
    for comparison, group in chosen.groupby("comparison", sort=False):
        own = group[group["corner"] == "signed-own"].iloc[0]
        for at in group.itertuples():
            sizes = [at.area_um2 / 1e6, at.energy_pJ / 1e3, at.latency_ns / 1e3]
            saved = [1 - at.area_um2 / own["area_um2"], 1 - at.energy_pJ / own["energy_pJ"]]
            rows.append([comparison, at.corner, at.network, *sizes, *saved, at.latency_ns / own["latency_ns"]])
    columns = {"comparison": TEXT, "corner": TEXT, "network": CODE}
    columns |= dict.fromkeys(("area (mm²)", "energy (nJ)", "latency (µs)"), SIGNIFICANT)
    columns |= {"area saved (%)": PERCENT, "energy saved (%)": PERCENT, "latency factor": fixed(2)}
    return Section(
        "Cost of signed and unipolar weights, own and shared converters", columns, rows, [_reference_note(results)]
    )


def _reference_note(results: Results) -> str:
    return (
        f"Per inference of one input. Reference circuit: {option(results.rules.reference)}. corner: signed or unipolar"
        " weights, with own or shared converters. Savings are against signed-own of the same comparison, which has an"
        " ADC at every column. What is saved at equal time, and with other banks, stands in answer.md. Ratios between"
        " corners are the results. Absolute values are not: validation.md says how far they lie from published chips."
    )


@table(
    stage="4 Costs",
    caption="Where area and energy go, by component: signed or unipolar weights, own or shared converters.",
    reads=("cost",),
)
def components(results: Results) -> Section:
    """Shares of area and energy by component for the four corners, at the options of the reference circuit."""
    cost = _with_shares(results, results.cost)
    columns = {"comparison": TEXT, "corner": TEXT, "component": TEXT, "count": WHOLE}
    columns |= {"area (µm²)": SIGNIFICANT, "of area (%)": PERCENT, "energy (pJ)": SIGNIFICANT, "of energy (%)": PERCENT}
    names = ["comparison", "corner", "component", "count", "area_um2", "area_um2 share", "energy_pJ", "energy_pJ share"]
    rows = cost[names].to_numpy(dtype=object).tolist()
    return Section("Cost by component", columns, rows, [_reference_note(results)], ranked="of area (%)")


@table(
    stage="4 Costs",
    caption="Where area, energy and latency go, by layer: signed or unipolar weights, own or shared converters.",
    reads=("layer_costs",),
)
def by_layer(results: Results) -> Section:
    """Area, energy and latency of every layer and of the bank, at the options of the reference circuit."""
    cost = _with_shares(results, results.layer_costs)
    units = {"area_um2": 1e6, "energy_pJ": 1e3, "latency_ns": 1e3}
    cost = cost.assign(**{name: cost[name] / unit for name, unit in units.items()})
    columns = {"comparison": TEXT, "corner": TEXT, "layer": TEXT}
    for words, unit in (("area", "mm²"), ("energy", "nJ"), ("latency", "µs")):
        columns |= {f"{words} ({unit})": SIGNIFICANT, f"of {words} (%)": PERCENT}
    names = ["comparison", "corner", "layer", *(name for unit in units for name in (unit, f"{unit} share"))]
    rows = cost[names].to_numpy(dtype=object).tolist()
    return Section("Cost by layer", columns, rows, [_reference_note(results)] if rows else [], ranked="of energy (%)")


def _with_shares(results: Results, cost: pd.DataFrame) -> pd.DataFrame:
    """Costs at the reference circuit, corner after corner, and of each measure its share of the corner: `... share`."""
    cost = of_sides(reference_rows(cost, results.rules.reference), results.comparisons)
    corners = cost.groupby(["comparison", "corner"], sort=False)
    measures = ["area_um2", "energy_pJ", "latency_ns"]
    shares = {f"{name} share": cost[name] / corners[name].transform("sum") for name in measures}
    return cost.assign(**shares, corner_number=corners.ngroup()).sort_values("corner_number", kind="stable")


@table(
    stage="4 Costs",
    caption="What shared converters, unipolar weights and both save, against every baseline mapping.",
    reads=("cost",),
)
def savings(results: Results) -> Section:
    """What each step saves against every baseline: value at the reference circuit, and ranges over its options."""
    totals, reference = corner_totals(results.cost, results.comparisons), results.rules.reference
    mappings = list(dict.fromkeys(totals.loc[totals["corner"] == "signed-own", "mapping"]))
    rows: list[list[Any]] = []
    for step in STEPS:
        found = savings_of(totals, step.corner, "signed-own")
        for comparison, group in found.groupby("comparison", sort=False):
            head = group[is_reference(group, reference)].set_index("mapping")
            for words, measure in SAVED.items():
                of_mapping = [head[measure].get(mapping) for mapping in mappings]
                ends = _ends(group[measure]), _ends(group["latency_factor"])
                rows.append([comparison, step.name, words, *of_mapping, *ends])
    columns = {"comparison": TEXT, "saves by": TEXT, "of": TEXT}
    columns |= {MAPPINGS_IN_WORDS[name]: fixed(0, 100) for name in mappings}
    columns |= {"range (%)": interval(0, scale=100), "latency factor": interval(2)}
    notes = [
        f"Saved (%), against the signed network with own converters: ADC model {reference.adc_law}, bank"
        f" {reference.bank}. range: over all baselines, ADC models and banks of this run."
        " Time is not made equal: the latency factor is over signed weights with an ADC at every column."
        " uniform alone: shared converters for signed weights. unipolar alone: unipolar weights with own converters."
        " both: the two together.",
        law_key(results.cost["adc_law"]),
        UNMODELLED,
    ]
    lead = (
        f"What does each step save by itself, and what do both? {_both(rows)}"
        " The columns are the baselines. answer.md says what is left at equal time."
    )
    return Section("Savings by part of the proposal and by baseline", columns, rows, notes if rows else [], lead)


def _both(rows: list[list[Any]]) -> str:
    """What the last step, both together, saves over comparisons and baselines."""
    told = []
    for measure in SAVED:
        found = [saved for row in rows if row[1] == STEPS[-1].name and row[2] == measure for saved in row[3:-2]]
        known = [100 * saved for saved in found if saved is not None]
        told += [f"{min(known):.0f} to {max(known):.0f} % of {measure}"] if known else []
    return f"Both save {' and '.join(told)} at the reference circuit." if told else ""


def _ends(values: pd.Series) -> tuple[float, float]:
    return values.min(), values.max()


@table(
    stage="4 Costs",
    caption="Area and energy of every circuit that was priced, by each ADC model.",
    reads=("performance", "cost"),
)
def laws(results: Results) -> Section:
    """Area and energy of every circuit priced, by each ADC model, with its latency."""
    measures = {"area_mm2": "area (mm²)", "energy_nJ": "energy (nJ)"}
    note = (
        "Per inference of one input. latency: layer after layer. The savings are computed from these circuits: every"
        " corner with every baseline mapping and bank."
    )
    return _by_law(results, "Area and energy by ADC model", measures, note + _between_laws(results))


def _between_laws(results: Results) -> str:
    """By how much ADC models differ: in the costs of one circuit, and in what unipolar weights alone save."""
    costs = results.performance.groupby(["network", "corner", "mapping", "bank"])[["area_mm2", "energy_nJ"]]
    area, energy = (costs.max() / costs.min()).max().to_numpy()
    unipolar = savings_of(corner_totals(results.cost, results.comparisons), "unipolar-own", "signed-own")
    by_law = unipolar.groupby(["mapping", "comparison"], sort=False)[["area_um2", "energy_pJ"]]
    apart = 100 * (by_law.max() - by_law.min()).groupby("mapping", sort=False).max()
    if results.performance["adc_law"].nunique() < 2 or apart.empty:
        return ""
    told = (f"{of.area_um2:.1f} and {of.energy_pJ:.1f} points against {of.Index}" for of in apart.itertuples())
    return (
        f" Between ADC models the area of one circuit differs by up to {area:.1f} times and its energy by up to"
        f" {energy:.1f}. Savings depend on the ADC model where converters and the rest are not saved alike. What"
        f" unipolar alone saves of area and energy differs between them by up to {'; '.join(told)}. Ranges of the other"
        " savings: savings.md."
    )


@table(
    stage="4 Costs",
    caption=(
        "Operations per energy and per area of every circuit that was priced, by each ADC model. Absolute values are "
        "no results."
    ),
    reads=("performance", "validation"),
)
def performance(results: Results) -> Section:
    """Efficiency of every circuit priced, by each ADC model, with latency and the interval between inferences."""
    measures = {"tops_per_W": "TOPS/W", "tops_per_mm2": "TOPS/mm²"}
    note = (
        "A product of an input and a weight counts as two operations. Rows that CReLU doubles count twice, so compare"
        " networks by energy per inference. interval: between inferences. Layers with own converters work as a"
        " pipeline; shared converters take them in turn. TOPS/mm² is at that interval. "
    )
    warned = note + warning(results.validation)
    return _by_law(results, "Operations per energy and per area", measures, warned)


def _by_law(results: Results, title: str, measures: Mapping[str, str], note: str) -> Section:
    found = of_sides(results.performance, results.comparisons)
    names = sorted(found["adc_law"].unique())
    rows = []
    for key, group in found.groupby(CIRCUIT, sort=False):
        of_law, first = group.set_index("adc_law"), group.iloc[0]
        cells = [of_law[measure].get(law) for measure in measures for law in names]
        rows.append([*key, first["latency_us"], first["interval_us"], *cells])
    columns = dict.fromkeys(CIRCUIT, TEXT) | dict.fromkeys(("latency (µs)", "interval (µs)"), SIGNIFICANT)
    columns |= {f"{words}, model {law}": SIGNIFICANT for words in measures.values() for law in names}
    return Section(title, columns, rows, [note, law_key(names)] if rows else [], ranked=list(columns)[-1])
