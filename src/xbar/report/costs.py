"""The tables of what the circuits cost: corners, components, ADC laws, performance, savings."""

from xbar.report import markdown
from xbar.report.markdown import between, number, significant
from xbar.report.results import Results
from xbar.report.savings import (
    corner_totals,
    is_reference,
    law_key,
    of_sides,
    option,
    reference_rows,
    savings,
)
from xbar.report.validation import warning
from xbar.savings.corners import STEPS

UNMODELLED = (
    "Not in the model, and what each would do to the savings. Leakage goes with area and time: more saved where the"
    " shared bank is as fast as the largest layer, less where it is slower. Clocks and reference buffers, one set for"
    " each bank: more saved by sharing. A gain amplifier for every layer of the baseline: more saved. Memory of"
    " activations and wires between layers, alike in all corners: less saved, in percent. Circuits that write the"
    " devices stand at lines and columns, which sharing does not remove: less saved; circuit.write_circuits adds an"
    " upper bound of their area, and the sensitivity says what it does. Lines with a zero input are charged as the"
    " others are: CReLU leaves one of each pair at zero, ReLU those of negative sums, so the savings would move by how"
    " these shares differ."
)
CIRCUIT = ["comparison", "network", "corner", "mapping", "bank"]


def corners(results: Results) -> str:
    """Area, energy and latency of the four corners at the reference circuit's circuit options."""
    chosen = reference_rows(corner_totals(results.cost, results.comparisons), results.rules.reference)
    rows = []
    for comparison, group in chosen.groupby("comparison", sort=False):
        own = group[group["corner"] == "signed-own"].iloc[0]
        for corner in group.itertuples():
            rows.append(
                [
                    str(comparison),
                    corner.corner,
                    f"`{corner.network}`",
                    significant(corner.area_um2 / 1e6),
                    significant(corner.energy_pJ / 1e3),
                    significant(corner.latency_ns / 1e3),
                    number(100 * (1 - corner.area_um2 / own["area_um2"]), 1),
                    number(100 * (1 - corner.energy_pJ / own["energy_pJ"]), 1),
                    number(corner.latency_ns / own["latency_ns"], 2),
                ]
            )
    headers = ["comparison", "corner", "network", "area (mm²)", "energy (nJ)", "latency (µs)"]
    headers += ["area saved (%)", "energy saved (%)", "latency factor"]
    return markdown.table("Cost of the four corners", headers, rows, [_reference_note(results)])


def _reference_note(results: Results) -> str:
    return (
        f"Per inference of one input; signed weights as {option(results.rules.reference)}. Savings are against"
        " signed-own of the same comparison. Ratios between corners are the results; absolute values are not:"
        " the table of the validation says how far they lie from published macros."
    )


def components(results: Results) -> str:
    """Shares of area and energy by component for the four corners, at the reference circuit's circuit options."""
    cost = of_sides(reference_rows(results.cost, results.rules.reference), results.comparisons)
    rows = []
    for (comparison, corner), group in cost.groupby(["comparison", "corner"], sort=False):
        for part in group.itertuples():
            rows.append(
                [
                    str(comparison),
                    str(corner),
                    part.component,
                    number(part.count, 0),
                    significant(part.area_um2),
                    number(100 * part.area_um2 / group["area_um2"].sum(), 1),
                    significant(part.energy_pJ),
                    number(100 * part.energy_pJ / group["energy_pJ"].sum(), 1),
                ]
            )
    headers = ["comparison", "corner", "component", "count", "area (µm²)", "of area (%)"]
    headers += ["energy (pJ)", "of energy (%)"]
    return markdown.table("Cost by component", headers, rows, [_reference_note(results)])


def by_layer(results: Results) -> str:
    """Area, energy and latency of every layer and of the bank, at the reference circuit's circuit options."""
    cost = of_sides(reference_rows(results.layer_costs, results.rules.reference), results.comparisons)
    rows = []
    for (comparison, corner), group in cost.groupby(["comparison", "corner"], sort=False):
        for layer in group.itertuples():
            numbers = []
            for name, unit in (("area_um2", 1e6), ("energy_pJ", 1e3), ("latency_ns", 1e3)):
                value = getattr(layer, name)
                numbers += [significant(value / unit), number(100 * value / group[name].sum(), 1)]
            rows.append([str(comparison), str(corner), layer.layer, *numbers])
    headers = ["comparison", "corner", "layer", "area (mm²)", "of area (%)", "energy (nJ)", "of energy (%)"]
    headers += ["latency (µs)", "of latency (%)"]
    return markdown.table("Cost by layer", headers, rows, [_reference_note(results)] if rows else [])


def savings_table(results: Results) -> str:
    """What each part of the proposal saves against every baseline: reference value and range over options."""
    totals = corner_totals(results.cost, results.comparisons)
    rows = []
    for step in STEPS:
        for (comparison, mapping), group in savings(totals, step.corner, "signed-own").groupby(
            ["comparison", "mapping"], sort=False
        ):
            head = group[is_reference(group, results.rules.reference, with_mapping=False)]
            row = [str(comparison), step.name, str(mapping)]
            for measure in ("area_um2", "energy_pJ"):
                row.append(number(100 * head[measure].iloc[0], 1) if len(head) else markdown.NONE)
                row.append(between(100 * group[measure].min(), 100 * group[measure].max(), 1))
            row.append(between(group["latency_factor"].min(), group["latency_factor"].max(), 2))
            rows.append([*row, str(len(group))])
    head = results.rules.reference
    return markdown.table(
        "Savings by part of the proposal and by baseline",
        ["comparison", "saves by", "baseline", "area (%)", "range", "energy (%)", "range", "latency factor", "options"],
        rows,
        [
            f"Against the signed network with periphery per layer. First value: ADC law {head.adc_law}, bank"
            f" {head.bank}; ranges: over all ADC laws and banks of this run (their number: options)."
            " uniform alone: one shared bank; unipolar alone: weights of one sign; both: the two together.",
            law_key(results.cost["adc_law"]),
            UNMODELLED,
        ]
        if rows
        else [],
    )


def laws(results: Results) -> str:
    """Area and energy of every circuit priced, by each ADC law, with its latency."""
    measures = {"area_mm2": "area (mm²)", "energy_nJ": "energy (nJ)"}
    return _by_law(
        results,
        "Area and energy by ADC law",
        measures,
        "Per inference of one input. latency: layer after layer. Every corner with every baseline mapping and bank:"
        " what the savings are made of." + _between_laws(results),
    )


def _between_laws(results: Results) -> str:
    """By how much ADC laws differ: in the costs of one circuit, and in what weights of one sign save."""
    costs = results.performance.groupby(["network", "corner", "mapping", "bank"])[["area_mm2", "energy_nJ"]]
    area, energy = (costs.max() / costs.min()).max().to_numpy()
    unipolar = savings(corner_totals(results.cost, results.comparisons), "unipolar-own", "signed-own")
    by_law = unipolar.groupby(["mapping", "comparison"], sort=False)[["area_um2", "energy_pJ"]]
    apart = 100 * (by_law.max() - by_law.min()).groupby("mapping", sort=False).max()
    if results.performance["adc_law"].nunique() < 2 or apart.empty:
        return ""
    told = (f"{of.area_um2:.1f} and {of.energy_pJ:.1f} points against {of.Index}" for of in apart.itertuples())
    return (
        f" Between laws the area of one circuit differs by up to {area:.1f} times and its energy by up to {energy:.1f}."
        f" Savings depend on the law where converters and the rest are not saved alike: what unipolar alone saves of"
        f" area and energy differs between laws by up to {'; '.join(told)}. Ranges of the other savings: savings.md."
    )


def performance(results: Results) -> str:
    """Efficiency of every circuit priced, by each ADC law, with latency and the interval between inferences."""
    measures = {"tops_per_W": "TOPS/W", "tops_per_mm2": "TOPS/mm²"}
    return _by_law(
        results,
        "Operations per energy and per area",
        measures,
        "Two operations per device pair or device and product: rows that CReLU doubles count twice, so compare networks"
        " by energy per inference. interval: between inferences; layers with periphery of their own work as a pipeline,"
        " a shared bank takes them in turn. TOPS/mm² is at that interval. "
        + warning(results.validation, list(measures.values())),
    )


def _by_law(results: Results, title: str, measures: dict[str, str], note: str) -> str:
    found = of_sides(results.performance, results.comparisons)
    names = sorted(found["adc_law"].unique())
    rows = []
    for key, group in found.groupby(CIRCUIT, sort=False):
        of_law, first = group.set_index("adc_law"), group.iloc[0]
        times = [significant(first["latency_us"]), significant(first["interval_us"])]
        cells = [significant(of_law[measure].get(law)) for measure in measures for law in names]
        rows.append([*map(str, key), *times, *cells])
    headers = [*CIRCUIT, "latency (µs)", "interval (µs)"]
    headers += [f"{words}, law {law}" for words in measures.values() for law in names]
    return markdown.table(title, headers, rows, [note, law_key(names)] if rows else [])
