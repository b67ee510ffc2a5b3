"""Area and energy of an analog-to-digital converter by five models: A to D are published, E is our fit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xbar.circuit.design import Number
from xbar.circuit.prices import Technology, between
from xbar.config.circuit import AdcLaw


@dataclass(frozen=True)
class Adc:
    """One kind of converter: its ADC model (A to E), technology and sample rate.

    `read_voltage_V`: of the column that it converts, which ADC model C charges.

    Area and energy raise ValueError, one line, for bits outside the range of the model. The energy of model C raises it
    for a node outside its tables, too.
    """

    law: AdcLaw
    technology: Technology
    sample_rate_MHz: Number
    read_voltage_V: Number

    @property
    def bit_range(self) -> tuple[int, int]:
        """Fewest and most bits for which the model holds."""
        return self.technology.components.bit_range(self.law)

    def area_um2(self, bits: Number) -> Number:
        """Area of one converter, um2."""
        self._check(bits)
        return LAWS[self.law][0](self, np.asarray(bits, dtype=float))

    def energy_pJ(self, bits: Number, column_uS: Number = 0.0) -> Number:
        """Energy of one conversion, pJ. ADC model C also charges the current of a column of `column_uS`."""
        self._check(bits)
        return LAWS[self.law][1](self, np.asarray(bits, dtype=float), column_uS)

    def number(self, parameter: str) -> float:
        """One coefficient of the model."""
        return self.technology.components.number(f"adc-{self.law}", parameter)

    def _check(self, bits: Number) -> None:
        low, high = self.bit_range
        if np.min(bits) < low or np.max(bits) > high:
            found = np.min(bits) if np.min(bits) < low else np.max(bits)
            fault = f"ADC model {self.law} holds for {low} to {high} bits, not for {found:g}"
            raise ValueError(f"{fault}: adc_bits, with unipolar_extra_bits or a sign where there is one")


def _survey_area(adc: Adc, bits: np.ndarray) -> Number:
    """ADC model A, Andrulis et al., arXiv:2404.06553: ln area = a0 + a1 ln node + a2 ln rate + a3 ln energy.

    Units are um2, nm, Hz and pJ.
    """
    return np.exp(
        adc.number("area_offset")
        + adc.number("area_node") * np.log(adc.technology.node_nm)
        + adc.number("area_rate") * np.log(adc.sample_rate_MHz * 1e6)
        + adc.number("area_energy") * np.log(_survey_energy(adc, bits, 0.0))
    )


def _survey_energy(adc: Adc, bits: np.ndarray, column_uS: Number) -> Number:
    """ADC model A: energy (pJ) by a figure of merit (dB), which falls with the rate and is bounded at low rates."""
    sndr_dB = 6.0206 * bits + 1.761  # quantisation noise of an ideal converter
    at_rate = adc.number("fom_limit") - adc.number("fom_slope") * np.log(adc.sample_rate_MHz * 1e6)
    fom_dB = np.minimum(at_rate, adc.number("fom_floor") + adc.number("fom_bits") * np.ceil(bits))
    return (
        0.5
        * 10 ** (-(fom_dB - sndr_dB) / 10)
        * np.exp(
            adc.number("energy_offset")
            + adc.number("energy_node") * np.log(adc.technology.node_nm)
            + adc.number("energy_bits") * np.log(bits)
            + adc.number("energy_margin")
        )
    )


def _imc_area(adc: Adc, bits: np.ndarray) -> Number:
    """ADC models B and E: 10^(slope b + offset) 2^b um2, scaled to the node by the model's own exponent."""
    area = 10 ** (adc.number("area_slope") * bits + adc.number("area_offset")) * 2**bits
    return area * _own_scale(adc, "area", "area_slope")


def _imc_energy(adc: Adc, bits: np.ndarray, column_uS: Number) -> Number:
    """ADC model B, ZigZag-IMC: (c1 b + c2 4^b) V^2, a fit of in-memory-computing macros."""
    fF = adc.number("energy_linear") * bits + adc.number("energy_exponential") * 4**bits
    return fF * 1e-3 * adc.technology.supply_V**2 * _own_scale(adc, "energy", "energy_linear")


def _measured_energy(adc: Adc, bits: np.ndarray, column_uS: Number) -> Number:
    """ADC model E: c V^2 at 8 bits, fitted to the ADCs of two measured macros, and a factor for each bit more or less.

    Jia et al., JSSC 2020 (65 nm) and Wang et al., VLSI 2022 (22 nm). Their ratio, a power -0.07 of nodes, is left out.
    """
    grown = adc.number("energy_growth") ** (bits - adc.number("energy_at"))
    return adc.number("energy") * 1e-3 * grown * adc.technology.supply_V**2


def _own_scale(adc: Adc, price: str, fitted: str) -> float:
    """(node / node of the fit) to the exponent that the model's source gives."""
    at_nm = adc.technology.components.node(f"adc-{adc.law}", fitted)
    return (adc.technology.node_nm / at_nm) ** adc.number(f"{price}_node")


def _sar_area(adc: Adc, bits: np.ndarray) -> Number:
    """ADC model C, NeuroSim: the cells of a SAR converter without its capacitors."""
    cells = adc.number("cells_constant") + adc.number("cells_per_bit") * (bits - 1)
    return cells * adc.number("cell_area") * (adc.technology.node_nm * 1e-3) ** 2


def _sar_energy(adc: Adc, bits: np.ndarray, column_uS: Number) -> Number:
    """ADC model C: power of the converter and of the column it holds, over one step per bit and one more.

    The column's power is tabulated at a read voltage and proportional to it (NeuroSim SarADC.cpp, columnRes).
    """
    per_bit, constant, column = (
        between(adc.technology.components.by("node_nm", "adc-C", name), adc.technology.node_nm, f"adc-C {name}")
        for name in ("power_per_bit", "power_constant", "column_power")
    )
    uW = per_bit * bits + constant + column * column_uS * adc.read_voltage_V / adc.number("column_voltage")
    return uW * 1e-3 * (bits + 1) * adc.number("step_time")


def _isaac_area(adc: Adc, bits: np.ndarray) -> Number:
    """ADC model D: the ISAAC converter rescaled by bits (a table), scaled to the node as analog parts are."""
    return _tabulated(adc, "area", bits) * adc.technology.area_scale(_table_node(adc), analog=True)


def _isaac_energy(adc: Adc, bits: np.ndarray, column_uS: Number) -> Number:
    return _tabulated(adc, "energy", bits) * adc.technology.energy_scale(_table_node(adc), analog=True)


def _table_node(adc: Adc) -> float:
    return adc.technology.components.node("adc-D", "energy")


def _tabulated(adc: Adc, parameter: str, bits: np.ndarray) -> Number:
    table = adc.technology.components.by("bits", "adc-D", parameter)
    return np.exp(np.interp(bits, list(table), np.log(list(table.values()))))


LAWS: dict[AdcLaw, tuple[Callable[..., Number], Callable[..., Number]]] = {
    "A": (_survey_area, _survey_energy),
    "B": (_imc_area, _imc_energy),
    "C": (_sar_area, _sar_energy),
    "D": (_isaac_area, _isaac_energy),
    "E": (_imc_area, _measured_energy),
}
