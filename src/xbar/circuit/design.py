"""The one description of a network's circuit: what is configured, drawn and priced."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, NonNegativeInt

from xbar.config.base import Bits
from xbar.config.circuit import AdcLaw, Bank, CircuitOptions
from xbar.config.crossbars import Conductance, CrossbarSpec
from xbar.mappings import MappingName, MappingRules, rules_of

Number = float | int | np.number | np.ndarray  # one value, or an array (layers), (draws) or (layers, draws)

DEFAULTS = {name: field.default for name, field in CircuitOptions.model_fields.items() if not field.is_required()}
PLAIN: dict[str, Any] = DEFAULTS | {  # as in a textbook: nothing multiplexed, written, rescaled, stored or far away
    "input_encoding": "amplitude",
    "dac": "dac-zigzag",
    "read_supply": "rail",
    "arrays": "exact",
    "columns_per_adc": 1,
    "bank_parts": ["dac", "front_end", "adc"],
    "bank_distance": 0.0,
    "wire_area": 0.0,
    "front_end": "integrator",
    "write_circuits": "none",
    "own_adc_bits": "network",
    "digital_rescale": "nowhere",
    "memory": "none",
    "overheads": "none",
}


class Design(CircuitOptions):
    """One way to build the circuit of a network.

    In a drawn design numbers, and words that decide no structure, are arrays over draws (`model_copy` with the drawn
    fields). Infinity then stands for a largest bank and for an on-off ratio of inf. `mapping`, `arrays`, `crossbar` and
    `bank_parts` are alike in all draws, and all of `on_off_ratio` are infinite or none. `columns_per_adc` may differ
    from layer to layer, too: an array (layers) or (layers, draws).

    `mapping`: how devices hold a weight (`xbar.mappings`). `adc_law`: ADC model. `bank`: ADCs that the layers share, a
    number, largest for as many as the largest layer needs, or own for none. `crossbar`: rows and columns of one array.
    `dac_bits`: bits of an input. `adc_bits`: magnitude bits of a sum that the network was trained for.
    `unipolar_extra_bits`: further bits of ADCs for unipolar weights. `g_max_uS`: conductance of a device at full scale.
    `on_off_ratio`: g_max over g_min; a finite one gives unipolar arrays a correction column. `common_mode`: subtracted
    where the mean over a layer's outputs is taken from each.
    """

    mapping: MappingName
    adc_law: AdcLaw
    bank: Bank
    crossbar: CrossbarSpec
    dac_bits: Bits
    adc_bits: Bits
    unipolar_extra_bits: NonNegativeInt = 0
    g_max_uS: Conductance
    on_off_ratio: Literal["inf"] | Annotated[float, Field(gt=1)] = "inf"
    common_mode: Literal["kept", "subtracted"] = "kept"

    @property
    def rules(self) -> MappingRules:
        """The rules of the mapping on these devices."""
        ideal = isinstance(self.on_off_ratio, str) or np.isinf(self.on_off_ratio)
        if np.any(ideal) != np.all(ideal):
            raise ValueError("on_off_ratio: draws with and without an off-current have other columns; price them apart")
        return rules_of(self.mapping, off_current=not np.all(ideal))

    @property
    def signed(self) -> bool:
        """Whether weights of both signs are mapped."""
        return self.mapping != "unipolar"

    @property
    def g_min_uS(self) -> Number:
        """Conductance of a device that is off, uS."""
        return 0.0 if isinstance(self.on_off_ratio, str) else self.g_max_uS / self.on_off_ratio

    @property
    def magnitude_bits(self) -> Number:
        """Bits of an ADC for sums without a sign."""
        return self.adc_bits + (0 if self.signed else self.unipolar_extra_bits)

    @property
    def shared(self) -> bool:
        """Whether the layers share converters."""
        return not (isinstance(self.bank, str) and self.bank == "own")

    @property
    def bank_limit(self) -> Number:
        """Most ADCs that the bank holds; infinity where the largest layer decides."""
        return np.inf if isinstance(self.bank, str) else self.bank

    def digital_units(self, adcs: Number) -> Number:
        """Digital units that keep up with this many ADCs: one for several ADCs, or several for each."""
        served = self.digital_rate_MHz // self.sample_rate_MHz
        several = np.ceil(self.sample_rate_MHz / self.digital_rate_MHz)
        return np.where(served >= 1, np.ceil(adcs / np.maximum(1, served)), adcs * several)

    @property
    def rescaled(self) -> Number:
        """Whether every output passes a multiplier."""
        return (self.digital_rescale == "everywhere") | ((self.digital_rescale == "signed") & self.signed)

    @property
    def outputs_per_array(self) -> int:
        """Outputs whose columns fit into one array; ValueError where none does."""
        rules, columns = self.rules, self.crossbar.columns
        outputs = (columns - rules.reference_columns) // rules.columns_per_output
        if outputs < 1:
            needed = rules.columns_per_output + rules.reference_columns
            raise ValueError(f"arrays of {columns} columns hold no output in mapping {self.mapping}; it needs {needed}")
        return outputs
