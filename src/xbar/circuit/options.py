"""The open choices of the circuit: the values each may take, and draws from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from xbar.files import read_by_line

COLUMNS = ("option", "value", "source")
WORDS = (
    "scheme", "arrays", "bank_parts", "adc_law", "own_adc_bits", "cell", "component_set", "analog_scaling", "front_end",
    "digital_rescale", "write_circuits",
)  # fmt: skip
NUMBERS = (
    "bank", "columns_per_adc", "adc_bits", "unipolar_extra_bits", "dac_bits", "sample_rate_MHz", "read_voltage_V",
    "pulse_ns", "g_max_uS", "on_off_ratio", "opamp_scale", "bank_distance",
)  # fmt: skip

MAY_BE_ZERO = ("unipolar_extra_bits", "bank_distance")

Options = Mapping[str, Sequence[str]]
Draws = dict[str, np.ndarray]


def read_options(path: str | Path) -> dict[str, list[str]]:
    """The values of every option in the order of the file.

    Raises ValueError, one line, for a missing column or field, an unknown or missing option, a value twice, no source,
    or no number where one is needed.
    """
    options: dict[str, list[str]] = {}
    for line, row in read_by_line(path, COLUMNS).items():
        option, value = row["option"], row["value"]
        if option not in WORDS + NUMBERS:
            raise ValueError(f"{path}:{line}: unknown option '{option}'; known are {', '.join(WORDS + NUMBERS)}")
        if value in options.setdefault(option, []):
            raise ValueError(f"{path}:{line}: {option} {value} stands there twice")
        if not row["source"]:
            raise ValueError(f"{path}:{line}: {option} {value} has no source; write 'assumption' if it is one")
        numbers(option, [value])
        options[option].append(value)
    if missing := [option for option in WORDS + NUMBERS if option not in options]:
        raise ValueError(f"{path}: no values for {', '.join(missing)}")
    return options


def numbers(option: str, values: Sequence[str]) -> np.ndarray:
    """Values of an option as an array: numbers, with infinity for a bank as large as needed, or words."""
    if option in WORDS:
        return np.asarray(values, dtype=object)
    try:
        found = np.asarray([np.inf if value == "largest" else float(value) for value in values])
    except ValueError:
        raise ValueError(f"options: {option} needs numbers, not {', '.join(values)}") from None
    if np.any(found < 0) or (option not in MAY_BE_ZERO and np.any(found == 0)):
        raise ValueError(f"options: {option} must be positive, not {', '.join(values)}")
    return found


def chosen(options: Options, indices: Mapping[str, np.ndarray]) -> Draws:
    """The values at one index per draw and option."""
    return {option: numbers(option, values)[indices[option]] for option, values in options.items()}


def draw(options: Options, count: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Indices of `count` draws, every value of an option equally likely and options independent."""
    return {option: generator.integers(len(values), size=count) for option, values in options.items()}


def one_at_a_time(options: Options, base: Mapping[str, str]) -> tuple[list[tuple[str, str]], Draws]:
    """The base and every circuit that differs from it in one option: (option, value) of each, and the draws."""
    cases = [("", "")] + [(option, value) for option, values in options.items() for value in values]
    return cases, {
        option: numbers(option, [value if option == changed else base[option] for changed, value in cases])
        for option in options
    }
