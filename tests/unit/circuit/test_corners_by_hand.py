"""Two corners of one layer recomputed from the numbers of the sources, without the price list and without the bill."""

import math

import pytest
from support.circuits import costs_of, design_from, layers_from

from xbar.circuit.cost import totals
from xbar.config.crossbars import CrossbarSpec

ROWS, OUTPUTS, WEIGHT, INPUT = 128, 64, 0.5, 0.25  # one product
CIRCUIT = {
    "dac": "dac-r2r", "dac_bits": 8, "adc_bits": 8, "adc_law": "E", "g_max_uS": 25.0, "read_supply": "supply",
    "analog_scaling": "in-memory", "digital_rate_MHz": 500.0, "crossbar": CrossbarSpec(rows=1152, columns=256),
    "memory": "edram", "overheads": "charged", "bank_distance": 0.5, "wire_area": 0.5,
}  # fmt: skip
F_um2 = 0.028**2
AREA = {32: 0.072, 20: 0.033, 45: 0.16}  # Stillmaker & Baas, relative to 130 nm
ENERGY = {
    node: a * 0.81 + b * 0.9 + c
    for node, (a, b, c) in {
        130: (7.171, -6.709, 2.904), 45: (1.103, -0.362, 0.2767), 32: (0.9559, -0.7823, 0.471),
        20: (0.373, -0.1582, 0.04104),
    }.items()
}  # fmt: skip


def at(table, node, low, high):
    """Log-log between two nodes."""
    share = math.log(node / low) / math.log(high / low)
    return table[low] ** (1 - share) * table[high] ** share


AREA_28, ENERGY_28 = at(AREA, 28, 20, 32), at(ENERGY, 28, 20, 32)
AREA_40, ENERGY_40 = at(AREA, 40, 32, 45), at(ENERGY, 40, 32, 45)
ADC_um2 = 10 ** (-0.0369 * 8 + 0.90497) * 256
ADC_pJ = 2.5645 * 0.81
FF = 28 / 130 * 0.81e-3  # pJ per fF of a line at 130 nm
MEMORY_pJ = (ROWS + OUTPUTS) * (0.639 + 0.432) * ENERGY_28 / ENERGY[32]
MEMORY_um2 = (OUTPUTS * 1.2665 + 256 * 29.3) * AREA_28 / AREA[32]
LEAKING_MEMORY_uW = OUTPUTS * 0.002907  # of 16 nm, and no more at 28 nm


def parts(crossbars, converted, adcs, units, registers, subtractions):
    """Area and energy of all but wires, control and leakage; shared DACs."""
    lines, of_40 = ROWS * crossbars, AREA_28 / AREA_40
    area = lines * OUTPUTS * 48 * F_um2 + lines * 476 * AREA_28 + ROWS * (581.25 * 28 / 22 + 8 * 5.98 * of_40)
    area += converted * 700 * 28 / 130 + adcs * ADC_um2 + registers * 8 * 5.98 * of_40
    area += units * (278 * (9 + 16) / 32 + 793.75) * of_40 + MEMORY_um2
    energy = ROWS * OUTPUTS * WEIGHT * 25 * INPUT * 0.9 * 0.2 * 10e-3 + lines * (48 + OUTPUTS * 2.1) * FF
    energy += ROWS * 0.4299 * 0.9**2 + converted * ((1.2 + 0.25) * (0.9 / 1.8) ** 2 + ADC_pJ) + MEMORY_pJ
    digital = (ROWS + converted) * 8 * 0.009 + (subtractions * 9 + OUTPUTS * 16) * 0.21 / 32 + OUTPUTS * 0.25
    leaking_uW = units * (2.4 * (9 + 16) / 32 + 10) * ENERGY_28 / ENERGY_40 + LEAKING_MEMORY_uW
    return area, energy + digital * ENERGY_28 / ENERGY_40, leaking_uW


def whole(area, energy, leaking_uW, latency_ns):
    """Control takes 11 % of all area and 4 % of all energy but leakage."""
    return area / 0.89, energy / 0.96 + leaking_uW * latency_ns * 1e-3, latency_ns


def two_crossbars_on_one_set_of_dacs():
    parts_found = parts(2, 2 * OUTPUTS, 2 * OUTPUTS, math.ceil(128 / 25), 2 * OUTPUTS, OUTPUTS)
    return whole(*parts_found, 10 + 50)


def unipolar_with_a_bank_of_sixteen():
    """Registers hold all 64 outputs until their mean is known; switches lead 128 lines and 64 columns to the bank."""
    area, energy, leaking_uW = parts(1, OUTPUTS, 16, 1, OUTPUTS, 2 * OUTPUTS)
    area += (ROWS + OUTPUTS + OUTPUTS) * 200 * F_um2
    room_um = 0.5 * 0.5 * (ROWS + OUTPUTS) * 0.2
    side_um = (room_um / 0.89 + math.sqrt((room_um / 0.89) ** 2 + 4 * area / 0.89)) / 2  # of wires and control, too
    energy += (ROWS + OUTPUTS) * 0.2e-3 * 0.9 * 0.2 * 0.5 * side_um
    return whole(area + room_um * side_um, energy, leaking_uW, 10 + 4 * 50)


@pytest.mark.parametrize(
    ("mapping", "changes", "by_hand"),
    [
        ("two-crossbars-shared-dac", {"bank": "own"}, two_crossbars_on_one_set_of_dacs),
        ("unipolar", {"bank": 16, "common_mode": "subtracted"}, unipolar_with_a_bank_of_sixteen),
    ],
)
def test_a_corner_by_hand(mapping, changes, by_hand):
    design = design_from(mapping, **CIRCUIT | changes)
    found = totals(costs_of(layers_from((ROWS, OUTPUTS, 1), weight_mean=WEIGHT, activity=INPUT), design), design)
    assert (found.area_um2, found.energy_pJ, found.latency_ns) == pytest.approx(by_hand(), rel=1e-9)
