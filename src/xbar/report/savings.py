"""What one corner of a comparison saves against another, for every baseline mapping, ADC model and bank."""

from collections.abc import Iterable, Mapping

import pandas as pd

from xbar.config.circuit import AdcLaw
from xbar.config.claims import Corner, ReferenceSpec
from xbar.savings.corners import CORNERS

OPTIONS = ["mapping", "adc_law", "bank"]
OWN = "own"  # in the column bank: own converters in every layer, nothing shared
COMPARED = ("area_um2", "energy_pJ", "latency_ns", "power_mW")

ADC_LAWS: dict[AdcLaw, str] = {  # in words; coefficients and their sources stand in workflow/reference/components.csv
    "A": "survey of published converters (Andrulis et al., arXiv:2404.06553)",
    "B": "fit of in-memory-computing macros at 28 nm (ZigZag-IMC)",
    "C": "cells and power of a SAR converter (NeuroSim)",
    "D": "ISAAC's converter, rescaled by bits (Shafiee et al., ISCA 2016)",
    "E": "converters of two measured macros at 8 bits (Jia et al., JSSC 2020 and Wang et al., VLSI 2022)",
}

MAPPINGS_IN_WORDS: Mapping[str, str] = {
    "paired-columns-converted": "paired columns, both converted",
    "paired-columns-mirrored": "paired columns, mirrored",
    "paired-columns-opamp": "paired columns, amplified",
    "two-crossbars": "two crossbars, each with DACs",
    "two-crossbars-shared-dac": "two crossbars, shared DACs",
    "two-crossbars-mirrored": "two crossbars, mirrored",
    "two-crossbars-opamp": "two crossbars, amplified",
    "offset-column": "offset column",
    "offset-column-mirrored": "offset column, mirrored",
    "unipolar": "unipolar",
}
Comparisons = Mapping[str, Mapping[str, str]]


def of_sides(rows: pd.DataFrame, comparisons: Comparisons) -> pd.DataFrame:
    """Rows with network and corner, once for every comparison that the network takes part in: column comparison."""
    sides = pd.DataFrame(
        [
            {"comparison": name, "network": sides[corner.split("-")[0]], "corner": corner}
            for name, sides in comparisons.items()
            for corner in CORNERS
        ],
        columns=["comparison", "network", "corner"],
    )
    return sides.merge(rows, on=["network", "corner"])


def of_fewest_bits(comparisons: Comparisons, kinds: pd.DataFrame) -> list[str]:
    """The comparisons of the fewest bits of each dataset: more bits change the currents of cells and no other cost.

    `kinds`: of networks, by name, as `statistics.networks` gives them.
    """
    known = {
        name: kinds.loc[[kind for kind in sides.values() if kind in kinds.index]] for name, sides in comparisons.items()
    }
    bits = {name: of_sides["weight_bits"].max() for name, of_sides in known.items() if len(of_sides)}
    datasets = {name: known[name]["dataset"].iloc[0] for name in bits}
    fewest = {data: min(bits[name] for name in bits if datasets[name] == data) for data in datasets.values()}
    return [name for name in bits if bits[name] == fewest[datasets[name]]]


def corner_totals(cost: pd.DataFrame, comparisons: Comparisons) -> pd.DataFrame:
    """Area, energy, latency and power of every corner of every comparison, summed over components.

    One row per comparison, corner, mapping, adc_law and bank. Power is energy per inference over latency.
    """
    keys = ["comparison", "dataset", "network", "corner", *OPTIONS]
    rows = of_sides(cost, comparisons)
    totals = rows.groupby(keys, sort=False)[["area_um2", "energy_pJ", "latency_ns"]].sum().reset_index()
    totals["power_mW"] = totals["energy_pJ"] / totals["latency_ns"]  # pJ / ns = mW
    return totals


def savings(totals: pd.DataFrame, corner: Corner, against: Corner) -> pd.DataFrame:
    """1 - `corner` / `against` of every measure at equal ADC model, and the latency_factor between the two.

    One row per comparison and mapping (of `against`), adc_law and bank (of the corner that shares one; own
    where neither does). Two corners of the same network are compared at equal mapping too.
    """
    same_network = corner.split("-")[0] == against.split("-")[0]
    both_shared = corner.endswith("-shared") and against.endswith("-shared")
    keys = ["comparison", "dataset", "adc_law"]
    if same_network:
        keys.append("mapping")
    if both_shared:
        keys.append("bank")
    ours, theirs = (totals[totals["corner"] == name] for name in (corner, against))
    if ours.duplicated([*keys, "bank"]).any():
        raise ValueError(f"cost table: {corner} has more than one mapping; a saving needs exactly one")
    both = theirs.merge(ours, on=keys, suffixes=("", "_ours"))
    if not both_shared:
        both["bank"] = both["bank_ours"].where(both["bank_ours"] != OWN, both["bank"])
    result = both[["comparison", "dataset", *OPTIONS]].copy()
    for measure in COMPARED:
        result[measure] = 1 - both[f"{measure}_ours"] / both[measure]
    result["latency_factor"] = both["latency_ns_ours"] / both["latency_ns"]
    return result


def reference_rows(rows: pd.DataFrame, reference: ReferenceSpec) -> pd.DataFrame:
    """Costs or totals at the options of the reference circuit; unipolar corners have the mapping unipolar.

    Raises ValueError when the rows were priced without these options.
    """
    signed = rows["corner"].str.startswith("signed")
    mapping = ~signed | (rows["mapping"] == reference.mapping)
    chosen = rows[is_reference(rows, reference) & mapping]
    if set(rows["corner"]) != set(chosen["corner"]):
        raise ValueError(f"claims.reference: {option(reference)} is not among the priced options of this run")
    return chosen


def is_reference(rows: pd.DataFrame, reference: ReferenceSpec) -> pd.Series:
    """Which rows have the reference circuit's ADC model and bank (or none)."""
    return (rows["adc_law"] == reference.adc_law) & rows["bank"].isin([OWN, str(reference.bank)])


def law_key(laws: Iterable[AdcLaw]) -> str:
    """What the letters of ADC models stand for, in one line."""
    return f"ADC models: {'; '.join(f'{law}, {ADC_LAWS[law]}' for law in sorted(set(laws)))}."


def option(of: ReferenceSpec) -> str:
    """A set of circuit options in words."""
    return f"{of.mapping}, ADC model {of.adc_law}, bank {of.bank}"
