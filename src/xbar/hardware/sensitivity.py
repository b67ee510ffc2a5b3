"""Which open choice of the circuit decides the savings, and under which the paper's numbers hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xbar.hardware.options import Draws, Options, chosen, one_at_a_time

SENSITIVITY_COLUMNS = ("comparison", "method", "option", "value", "measure", "number")
CONDITION_COLUMNS = (
    "comparison", "condition", "draws", "area_saving_median", "area_saving_p10", "area_saving_p90", "area_holds",
    "energy_saving_median", "energy_saving_p10", "energy_saving_p90", "energy_holds", "both_hold", "latency_factor_median",
)  # fmt: skip
MEASURES = ("area_saving both", "energy_saving both")
Evaluate = Callable[[Draws], dict[str, np.ndarray]]
Rows = Iterator[dict[str, Any]]


def quantile_rows(results: Mapping[str, np.ndarray]) -> Rows:
    """The distribution of every measure over the draws: percentiles 5, 25, 50, 75 and 95."""
    for measure, values in results.items():
        for percent in (5, 25, 50, 75, 95):
            yield _row("quantile", "", f"p{percent}", measure, np.percentile(values, percent))


def variance_rows(options: Options, indices: Mapping[str, np.ndarray], results: Mapping[str, np.ndarray]) -> Rows:
    """Share of the variance that each option explains by itself, and the mean saving at each of its values."""
    for measure in MEASURES:
        for option, values in options.items():
            groups = [results[measure][indices[option] == i] for i in range(len(values))]
            yield _row("variance", option, "", measure, variance_share(groups))
            for value, group in zip(values, groups, strict=True):
                if group.size:
                    yield _row("mean", option, value, measure, np.mean(group))


def variance_share(groups: Sequence[np.ndarray]) -> float:
    """Correlation ratio: variance between the groups' means over the variance of all members; 0 if none varies."""
    everything = np.concatenate(groups)
    mean, spread = everything.mean(), everything.var()
    between = sum(group.size * (group.mean() - mean) ** 2 for group in groups if group.size) / everything.size
    return float(between / spread) if spread > 0 else 0.0


def tornado_rows(options: Options, base: Mapping[str, str], evaluate: Evaluate) -> Rows:
    """Savings when one option at a time leaves `base`, which stands in the first row without an option."""
    cases, draws = one_at_a_time(options, base)
    results = evaluate(draws)
    for i, (option, value) in enumerate(cases):
        for measure in (*MEASURES, "latency_factor"):
            yield _row("one at a time", option, value, measure, results[measure][i])


def sobol_rows(options: Options, samples: int, seed: int, evaluate: Evaluate) -> Rows:
    """First-order and total Sobol indices of every option, by SALib (Saltelli's sequence of `samples`)."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {"num_vars": len(options), "names": list(options), "bounds": [[0.0, 1.0]] * len(options)}
    points = sampling.sample(problem, samples, calc_second_order=False, seed=seed)
    sizes = np.asarray([len(values) for values in options.values()])
    places = np.minimum((points * sizes).astype(int), sizes - 1)
    results = evaluate(chosen(options, dict(zip(options, places.T, strict=True))))
    for measure in MEASURES:
        found = analysis.analyze(problem, results[measure], calc_second_order=False, seed=seed)
        for order in ("S1", "ST"):
            for option, index in zip(options, found[order], strict=True):
                yield _row(f"sobol {order}", option, "", measure, index)


def condition_rows(draws: Draws, results: Mapping[str, np.ndarray], targets: Mapping[str, float]) -> Rows:
    """Savings of both steps under every condition, and the share of draws in which the `targets` are reached.

    `targets`: `area_saving` and `energy_saving` as fractions. The draws rank assumptions; they are no
    evidence about the paper.
    """
    area, energy = (results[measure] for measure in MEASURES)
    area_holds, energy_holds = area >= targets["area_saving"], energy >= targets["energy_saving"]
    for condition, members in _conditions(draws, results["array_energy_share"]).items():
        if np.any(members):
            numbers = (
                *_spread(area[members]),
                np.mean(area_holds[members]),
                *_spread(energy[members]),
                np.mean(energy_holds[members]),
                np.mean((area_holds & energy_holds)[members]),
                np.median(results["latency_factor"][members]),
            )
            row = {"condition": condition, "draws": int(np.sum(members))}
            yield row | {name: f"{number:.6g}" for name, number in zip(CONDITION_COLUMNS[3:], numbers, strict=True)}


def _conditions(draws: Draws, array_share: np.ndarray) -> dict[str, np.ndarray]:
    """Named sets of draws, from all to the narrowest; what stands after a comma holds besides."""
    found = {"all draws": np.ones(len(array_share), dtype=bool)}
    shares = {
        "array below 10 % of energy": array_share < 0.1,
        "array 10 to 40 % of energy": (array_share >= 0.1) & (array_share < 0.4),
        "array above 40 % of energy": array_share >= 0.4,
    }
    banks = {"bank for the largest layer": np.isinf(draws["bank"]), "bank of at most 16 ADCs": draws["bank"] <= 16}
    alone = {"one ADC per column in the baseline": draws["columns_per_adc"] == 1} | shares | banks
    alone |= {f"{n:g} columns per ADC": draws["columns_per_adc"] == n for n in np.unique(draws["columns_per_adc"])[1:]}
    alone |= {f"bank of {n:g} ADCs": draws["bank"] == n for n in np.unique(draws["bank"]) if np.isfinite(n)}
    found |= alone
    for scheme in dict.fromkeys(draws["scheme"]):
        members = draws["scheme"] == scheme
        found[scheme] = members
        for name, bank in banks.items():
            found[f"{scheme}, {name}"] = members & bank
            ideal = members & bank & shares["array below 10 % of energy"] & (draws["columns_per_adc"] == 1)
            found[f"{scheme}, {name}, one ADC per column, array below 10 % of energy"] = ideal
    return found


def _spread(values: np.ndarray) -> tuple[float, float, float]:
    return tuple(np.percentile(values, (50, 10, 90)))


def _row(method: str, option: str, value: str, measure: str, number: float) -> dict[str, Any]:
    return {"method": method, "option": option, "value": value, "measure": measure, "number": f"{float(number):.6g}"}
