"""Which open choice of the circuit decides the savings, and under which the paper's numbers hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xbar.circuit.design import Design
from xbar.config.circuit import SensitivitySpec
from xbar.savings.options import Draws, Options, chosen, one_at_a_time

MEASURES = ("area_saving both", "energy_saving both")
Evaluate = Callable[[Draws], dict[str, np.ndarray]]
Rows = Iterator[dict[str, Any]]


def sensitivity_rows(
    options: Options,
    indices: Mapping[str, np.ndarray],
    results: Mapping[str, np.ndarray],
    base: Design,
    evaluate: Evaluate,
    spec: SensitivitySpec,
) -> Rows:
    """Distribution, variance shares and means of drawn `results`, one option at a time, total Sobol indices."""
    yield from quantile_rows(results)
    yield from variance_rows(options, indices, results)
    yield from tornado_rows(options, base, evaluate)
    yield from sobol_rows(options, spec.sobol_samples, spec.seed, evaluate)


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


def tornado_rows(options: Options, base: Design, evaluate: Evaluate) -> Rows:
    """Savings when one option at a time leaves `base`, which stands in the first rows, without an option."""
    cases, draws = one_at_a_time(options, base)
    results = evaluate(draws)
    for i, (option, value) in enumerate(cases):
        for measure in (*MEASURES, "latency_factor"):
            yield _row("one at a time", option, value, measure, results[measure][i])


def sobol_rows(options: Options, samples: int, seed: int, evaluate: Evaluate) -> Rows:
    """Total Sobol index of every option: its share of the variance, interactions included.

    By scipy (Saltelli's design over `samples` points of a Sobol sequence, Jansen's estimate); every value of an option
    is equally likely.
    """
    from scipy.stats import sobol_indices, uniform  # half a second, of this stage alone

    sizes = np.asarray([len(values) for values in options.values()])[:, None]

    def measures(points: np.ndarray) -> np.ndarray:
        """(options, points) in the unit cube -> (measures, points)."""
        places = np.minimum((points * sizes).astype(int), sizes - 1)
        results = evaluate(chosen(options, dict(zip(options, places, strict=True))))
        return np.stack([results[measure] for measure in MEASURES])

    found = sobol_indices(func=measures, n=samples, dists=[uniform()] * len(options), rng=np.random.default_rng(seed))
    for measure, indices in zip(MEASURES, found.total_order, strict=True):
        for option, index in zip(options, indices, strict=True):
            yield _row("sobol ST", option, "", measure, index)


def _row(method: str, option: str, value: str, measure: str, number: float) -> dict[str, Any]:
    return {"method": method, "option": option, "value": value, "measure": measure, "number": f"{float(number):.6g}"}
