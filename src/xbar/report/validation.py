"""How far the cost model is from published chips, and the tables of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xbar.report.contents import table
from xbar.report.render import SIGNIFICANT, TEXT, WHOLE, WORDS, Section, fixed, interval, significant
from xbar.report.results import Results
from xbar.report.savings import law_key

QUANTITIES = {"energy_per_column": "energy of a column, pJ", "tops_per_W": "TOPS/W", "area_mm2": "area, mm²"}
CASE = ["macro", "quantity"]
YES = "yes"
CURRENT = "g_max_uS"  # among the assumed values: the current of the cells
FAR = 4.0
RULE = (
    "counted: by the rule of docs/validation.md, which was written down before these predictions. One row of a chip"
    " counts at most, and no chip that lends constants to the model, that is, from which constants were taken. All"
    " other rows are shown with the first reason that keeps them out. factor: predicted over published, by all ADC"
    " models; a dash where the model has no such cells, converter or bits. cells: share of the predicted energy that"
    " rests on the currents of cells. assumed: values that no source gives, alike for all chips that count."
)
NOT_BLIND = (
    "Rows of the kind 'lends' are no test: their agreement shows that constants were used as they were meant. The"
    " model leaves out reference buffers, write circuits and a gain amplifier per layer. Hence only ratios between"
    " circuits of this model are reported as results."
)


def counted(validation: pd.DataFrame) -> pd.DataFrame:
    """The predictions that count: those made for silicon in scope that lends nothing."""
    return validation[(validation["counted"] == YES) & validation["factor"].notna()]


def score(validation: pd.DataFrame) -> pd.DataFrame:
    """By ADC model over the chips that count: n, share within a factor of two and of four, middle and spread.

    `middle` and `spread`: geometric mean and geometric standard deviation of predicted over published.
    """
    found = counted(validation)
    log = pd.DataFrame({"adc_law": found["adc_law"], "log": np.log(found["factor"].astype(float))})
    by_law = log.groupby("adc_law")["log"]
    within = {f"within_{n}": by_law.agg(lambda of, n=n: (of.abs() <= np.log(n)).mean()) for n in (2, 4)}
    middle, spread = np.exp(by_law.mean()), np.exp(by_law.std(ddof=1))
    return pd.DataFrame({"n": by_law.count(), **within, "middle": middle, "spread": spread})


@table(
    stage="4 Costs",
    caption="The cost model against published chips: which count as a test, predictions by ADC model, and the score.",
    reads=("validation",),
)
def validation(results: Results) -> list[Section]:
    """Published numbers beside the predictions of every ADC model, and the score over the chips that count."""
    laws = sorted(results.validation["adc_law"].unique())
    return [_every_row(results.validation, laws), _scores(results.validation, results.rules.reference.adc_law)]


def _every_row(validation: pd.DataFrame, laws: Sequence[str]) -> Section:
    rows = []
    for (macro, quantity), group in validation.groupby(CASE, sort=False):
        predicted = group.set_index("adc_law")["predicted"]
        first, factors = group.iloc[0], group["factor"].dropna()
        rows.append(
            [
                *(macro, QUANTITIES[quantity], first["published"]),
                *(predicted.get(law) for law in laws),
                (factors.min(), factors.max()) if len(factors) else None,
                (group["cells_share"].min(), group["cells_share"].max()) if len(factors) else None,
                *(first["kind"], first["counted"], first["assumed"]),
                "; ".join(filter(None, (first["source"], first["note"]))),
            ]
        )
    columns = {"macro": TEXT, "quantity": TEXT, "published": SIGNIFICANT}
    columns |= dict.fromkeys((f"model {law}" for law in laws), SIGNIFICANT)
    columns |= {
        "factor": interval(2),
        "cells (%)": interval(0, scale=100),
        "kind": TEXT,
        "counted": TEXT,
        "assumed": WORDS,
        "source": TEXT,
    }
    notes = [law_key(laws), RULE, NOT_BLIND] if rows else []  # type: ignore[arg-type]
    return Section("Cost model against published chips", columns, rows, notes)


def _scores(validation: pd.DataFrame, reference: str) -> Section:
    """A row for each ADC model, that of the reference circuit first."""
    found = score(validation)
    chips = counted(validation).drop_duplicates("macro")
    order = sorted(found.index, key=lambda law: (law != reference, law))
    rows = [
        [law, found["n"][law], *(found[name][law] for name in ("within_2", "within_4", "middle", "spread"))]
        for law in order
    ]
    columns = {"ADC model": TEXT, "chips": WHOLE, "within × 2 (%)": fixed(0, 100), "within × 4 (%)": fixed(0, 100)}
    columns |= {"geometric mean of factors": fixed(2), "geometric standard deviation": fixed(2)}
    assumed = chips["assumed"].str.split().map(lambda names: CURRENT in names).sum()
    total = validation.loc[validation["counted"] == YES, "macro"].nunique()
    notes = [
        f"Silicon in scope that lends no constants to the model: {total} chips, each counted once; currents assumed"
        f" for {assumed} of {total}. chips: those whose bits the ADC model reaches. That of the reference circuit"
        " stands first.",
        _without_currents(validation),
        *([f"Beyond a factor of four: {told}."] if (told := _far(validation)) else []),
    ]
    return Section("Score over the chips that count", columns, rows, notes if rows else [])


def _without_currents(validation: pd.DataFrame) -> str:
    """What is left of the predictions without all that rests on assumed currents, over all ADC models."""
    found = counted(validation)
    rest = (found["factor"] * (1 - found["cells_share"])).groupby(found["macro"], sort=False)
    told = "; ".join(f"{row.Index} {_range(row.min, row.max)}" for row in rest.agg(["min", "max"]).itertuples())
    return (
        f"Without the currents of cells the ADC models leave these multiples of the published energy: {told}. Above 1"
        " the rest of the circuit alone is charged too much, whatever the currents are."
    )


def _range(low: float, high: float) -> str:
    first, last = significant(low, 2), significant(high, 2)
    return first if first == last else f"{first} to {last}"


def _far(validation: pd.DataFrame) -> str:
    """The chips that some ADC model misses by more than a factor of four, each with its cause if one is known."""
    told = []
    for macro, rows in counted(validation).groupby("macro", sort=False):
        factors = rows["factor"].astype(float)
        if np.abs(np.log(factors)).max() > np.log(FAR):
            told.append(
                f"{macro} × {_range(factors.min(), factors.max())} ({rows['cause'].iloc[0] or 'no cause known'})"
            )
    return "; ".join(told)


def warning(validation: pd.DataFrame) -> str:
    """How far absolute energies were off on the chips that count."""
    found = counted(validation)
    told = (
        f": on {found['macro'].nunique()} published chips that lend it no constants this model gave"
        f" {significant(found['factor'].min())} to {significant(found['factor'].max())} times the published energy,"
        " over all ADC models"
    )
    return f"Absolute values are no results, as validation.md shows{told if len(found) else ''}."
