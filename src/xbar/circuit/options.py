"""The open choices of the circuit: the values each may take, and draws from them."""

import re
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np

from xbar.config.circuit import AdcLaw, CircuitSpec, SignedMapping, Subtraction
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
ENDLESS = {"bank": "largest", "on_off_ratio": "inf"}  # the one word that stands for infinity
WHOLE = ("bank", "columns_per_adc", "adc_bits", "unipolar_extra_bits", "dac_bits")
VALUES = {  # cells and component sets are those of the price list
    "scheme": [" ".join(pair) for pair in product(get_args(SignedMapping), get_args(Subtraction))],
    "bank_parts": ("dac", "adc", "dac adc", "front_end adc", "dac front_end adc"),
    "adc_law": get_args(AdcLaw),
    "digital_rescale": ("everywhere", "signed", "nowhere"),
    "write_circuits": ("none", "upper bound"),
} | {
    name: get_args(CircuitSpec.model_fields[name].annotation)
    for name in ("own_adc_bits", "analog_scaling", "front_end")
}  # fmt: skip
ARRAYS = r"(exact|tiled|packed) [1-9]\d*x[1-9]\d*"

Options = Mapping[str, Sequence[str]]
Draws = dict[str, np.ndarray]


def read_options(path: str | Path) -> dict[str, list[str]]:
    """The values of every option in the order of the file.

    Raises ValueError, one line, for a missing column or field, an unknown or missing option, a value twice or unknown,
    no source, or no such number as is needed.
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
        _check_value(option, value, f"{path}:{line}: {option}")
        options[option].append(value)
    if missing := [option for option in WORDS + NUMBERS if option not in options]:
        raise ValueError(f"{path}: no values for {', '.join(missing)}")
    return options


def numbers(option: str, values: Sequence[str]) -> np.ndarray:
    """Values of an option as an array: numbers, with infinity for a bank as large as needed, or words."""
    if option in WORDS:
        return np.asarray(values, dtype=object)
    return np.asarray([np.inf if value == ENDLESS.get(option) else float(value) for value in values])


def _check_value(option: str, value: str, where: str) -> None:
    """Only of what is drawn: the configured circuit may differ, such as by fewer bits in unipolar networks."""
    if option in VALUES and value not in VALUES[option]:
        raise ValueError(f"{where}: '{value}' is not one of {', '.join(VALUES[option])}")
    if option == "arrays" and not re.fullmatch(ARRAYS, value):
        raise ValueError(f"{where}: '{value}' is not exact, tiled or packed with rows x columns, such as tiled 128x128")
    if option in WORDS or value == ENDLESS.get(option):
        return
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{where} needs numbers, not {value}") from None
    if not np.isfinite(number) or (option in WHOLE and number % 1):
        raise ValueError(f"{where} needs {'whole' if option in WHOLE else 'finite'} numbers, not {value}")
    if number < 0 or (number == 0 and option not in MAY_BE_ZERO):
        raise ValueError(f"{where} must be positive, not {value}")


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
