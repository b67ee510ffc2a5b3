"""When the paper's savings hold: shares of drawn circuits by what is known of the circuit, and the table of them."""

import pandas as pd

from xbar.report.contents import table
from xbar.report.render import NONE, Format, Section
from xbar.report.results import Results
from xbar.savings.conditions import targets_of
from xbar.savings.corners import BOTH_STEPS

CONDITIONS = {
    "mapping": "mapping of the baseline",
    "latency": "latency over that of the baseline",
    "array_energy": "baseline's energy spent in the array",
}
SAVED = ("area", "energy")
HALF = 0.5  # of the circuits: from here on a saving is said to hold
FEWEST_DRAWS = 30
MOST_CASES = 6
DECISIVE = 3  # unknowns that the note names
NETWORKS_NOTE = (
    "Every baseline is priced from networks trained with paired columns, mirrored: no network is trained for two"
    " crossbars or an offset column."
)


def targets(claims: pd.DataFrame) -> dict[str, float]:
    """What the paper says both steps save, percent of area and of energy."""
    found = targets_of(claims.to_dict("records"), BOTH_STEPS)
    return {measure: 100 * found[f"{measure}_saving"] for measure in SAVED}


def fixed(conditions: pd.DataFrame) -> pd.Series:
    """How many conditions each row fixes; an empty one is left open."""
    return (conditions[list(CONDITIONS)] != "").sum(axis=1)


def alone(conditions: pd.DataFrame) -> pd.DataFrame:
    """The rows that fix nothing, then those that fix one condition, condition by condition."""
    single = conditions[fixed(conditions) == 1]
    return pd.concat([conditions[fixed(conditions) == 0], *(single[single[name] != ""] for name in CONDITIONS)])


def fewest(conditions: pd.DataFrame, share: str) -> pd.DataFrame:
    """Rows of one comparison in which `share` is at least a half, without those that fix more than needed.

    A row that fixes all that another one fixes, and more, is left out; so is one of few draws.
    """
    enough = conditions[(conditions[share] >= HALF) & (conditions["draws"] >= FEWEST_DRAWS)]
    kept: dict[int, set[tuple[str, str]]] = {}
    for index in fixed(enough).sort_values(kind="stable").index:
        case = {(name, enough.at[index, name]) for name in CONDITIONS if enough.at[index, name]}
        if not any(smaller <= case for smaller in kept.values()):
            kept[index] = case
    return enough.loc[list(kept)]


@table(
    stage="4 Costs",
    caption=(
        "In which drawn circuits the savings of the paper hold, and what is typically saved, by what is known of them."
    ),
    reads=("conditions", "claims", "sensitivity"),
)
def conditions(results: Results) -> Section:
    """Shares of the drawn circuits that reach the paper's savings, and median savings, by what is known of them."""
    rows = results.conditions.set_index(["comparison", *CONDITIONS])
    comparisons = list(results.conditions["comparison"].unique())
    body = [
        [*case, *(_numbers(rows, (comparison, *case), measure) for comparison in comparisons for measure in SAVED)]
        for case in _cases(results.conditions)
    ]
    columns = dict.fromkeys(CONDITIONS.values(), Format(lambda value: value or "any", right=False))
    columns |= {f"{name}: {measure} (%)": Format(_cell) for name in comparisons for measure in SAVED}
    notes = (
        [_legend(results), _together(results.conditions), _decisive(results.sensitivity), NETWORKS_NOTE] if body else []
    )
    return Section("Drawn circuits in which the savings of the paper hold", columns, body, notes)


def _cases(conditions: pd.DataFrame) -> list[tuple[str, ...]]:
    """The cases shown: nothing known, one thing known, and the fewest together under which a saving holds."""
    together = [
        fewest(of_comparison, f"{measure}_holds").head(MOST_CASES)
        for _, of_comparison in conditions.groupby("comparison", sort=False)
        for measure in SAVED
    ]
    shown = pd.concat([alone(conditions), *together])[list(CONDITIONS)].drop_duplicates()
    order = fixed(shown).sort_values(kind="stable").index
    return list(shown.loc[order].itertuples(index=False, name=None))


def _numbers(rows: pd.DataFrame, case: tuple[str, ...], measure: str) -> tuple[float, float] | None:
    """In which share of the circuits a saving holds, and the median saving."""
    if case not in rows.index:
        return None
    row = rows.loc[case]
    return row[f"{measure}_holds"], row[f"{measure}_saving_median"]


def _cell(shares: tuple[float, float] | None) -> str:
    return NONE if shares is None else f"{100 * shares[0]:.1f} ({100 * shares[1]:.0f})"


def _legend(results: Results) -> str:
    paper = targets(results.claims)
    draws = results.conditions["draws"].max()
    return (
        f"Share of the drawn circuits (%) in which both steps together save the paper's {paper['area']:g} % of area or"
        f" {paper['energy']:g} % of energy in full. In brackets: the median saving (%) of all circuits of the row,"
        f" below 0 where the circuit costs more. {_judged(results)} Circuits: {draws:.0f} of each comparison, drawn"
        " from workflow/reference/options.csv with every value equally likely. Time is not made equal: the second"
        " column says how much longer an inference takes. The shares depend on which values are"
        " listed there. They are no probabilities, and no evidence on the circuit of the paper. Rows that fix several"
        " conditions show the fewest under which a saving holds in half of the circuits of a comparison or more, of"
        f" {FEWEST_DRAWS} circuits at least."
    )


def asked(results: Results) -> str:
    """What verdicts on both savings ask for: what the paper says less a tolerance, in words."""
    paper, rules = targets(results.claims), results.rules.savings
    least = (f"{paper[name] - rules[f'{name}-saving'][BOTH_STEPS].tolerance_points:g} % of {name}" for name in SAVED)
    return " and ".join(least)


def _judged(results: Results) -> str:
    """The thresholds of the verdicts, which lie below what the paper says."""
    return f"The verdicts of claims.md ask for less, the paper's numbers less a tolerance: {asked(results)}."


def _together(conditions: pd.DataFrame) -> str:
    everywhere = conditions[fixed(conditions) == 0]
    shares = ", ".join(f"{row.comparison} {100 * row.both_hold:.1f} %" for row in everywhere.itertuples())
    best = conditions[conditions["draws"] >= FEWEST_DRAWS].sort_values("both_hold", kind="stable").iloc[-1]
    where = ", ".join(f"{words} {best[name]}" for name, words in CONDITIONS.items() if best[name]) or "any circuit"
    return (
        f"Area and energy hold together in: {shares} of the drawn circuits. The row with the most has"
        f" {100 * best['both_hold']:.1f} % ({best['comparison']}; {where})."
    )


def _decisive(sensitivity: pd.DataFrame) -> str:
    """The options with the largest total Sobol indices, mean over comparisons."""
    indices = sensitivity[sensitivity["method"] == "sobol ST"]
    told = []
    for measure in SAVED:
        of_measure = indices[indices["measure"] == f"{measure}_saving both"]
        largest = of_measure.groupby("option", sort=False)["number"].mean().nlargest(DECISIVE)
        told.append(f"of {measure}: {', '.join(f'{option} ({index:.2f})' for option, index in largest.items())}")
    return (
        f"The {DECISIVE} choices with the largest total Sobol indices (the share of the variance that they explain,"
        f" interactions included; mean over comparisons) decide the saving {'; '.join(told)}."
    )
