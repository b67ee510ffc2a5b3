"""Which open choice of the circuit decides the savings, and under which the paper's numbers hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from xbar.circuit.options import Draws, Options, chosen, one_at_a_time
from xbar.circuit.sides import Side
from xbar.config.circuit import CircuitSpec, SensitivitySpec

COLUMNS = ("comparison", "method", "option", "value", "measure", "number")
MEASURES = ("area_saving both", "energy_saving both")
Evaluate = Callable[[Draws], dict[str, np.ndarray]]
Rows = Iterator[dict[str, Any]]


def sensitivity_rows(
    options: Options,
    indices: Mapping[str, np.ndarray],
    results: Mapping[str, np.ndarray],
    base: Mapping[str, str],
    evaluate: Evaluate,
    spec: SensitivitySpec,
) -> Rows:
    """Distribution, variance shares and means of drawn `results`, one option at a time, Sobol indices."""
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


def base_of(
    signed: Side, unipolar: Side, spec: CircuitSpec, mapping: str, adc_law: str, bank: str | int
) -> dict[str, str]:
    """The configured circuit as one value per option: the point that one option at a time leaves."""
    rescale = {corner.split("-")[0] for corner in spec.digital_rescale}
    device, crossbar = unipolar.device, unipolar.crossbar
    ratio = device.g_max_uS / device.g_min_uS if device.g_min_uS > 0 else np.inf
    return {
        "scheme": f"{mapping} {spec.subtraction[mapping]}",
        "arrays": f"{spec.arrays} {crossbar.rows}x{crossbar.columns}",
        "bank_parts": " ".join(spec.bank_parts),
        "bank": str(bank),
        "columns_per_adc": str(spec.columns_per_adc),
        "adc_law": adc_law,
        "adc_bits": str(signed.network.adc_bits),
        "unipolar_extra_bits": str(unipolar.network.adc_bits - signed.network.adc_bits),
        "own_adc_bits": spec.own_adc_bits,
        "dac_bits": str(signed.network.dac_bits),
        "sample_rate_MHz": str(spec.sample_rate_MHz),
        "read_voltage_V": str(spec.read_voltage_V),
        "pulse_ns": str(spec.pulse_ns),
        "g_max_uS": str(device.g_max_uS),
        "on_off_ratio": str(ratio),
        "cell": spec.cell,
        "component_set": spec.component_set,
        "analog_scaling": spec.analog_scaling,
        "front_end": spec.front_end,
        "opamp_scale": "1",
        "bank_distance": str(spec.bank_distance),
        "write_circuits": "upper bound" if spec.write_circuits else "none",
        "digital_rescale": "everywhere" if "unipolar" in rescale else "signed" if rescale else "nowhere",
    }


def _row(method: str, option: str, value: str, measure: str, number: float) -> dict[str, Any]:
    return {"method": method, "option": option, "value": value, "measure": measure, "number": f"{float(number):.6g}"}
