"""What a mapped network is built of: every part of crossbars, converters and bank, and how often each is used."""

from dataclasses import dataclass, replace

import numpy as np

from xbar.circuit.design import Design, Number
from xbar.circuit.footprint import Footprint, Layers, footprint
from xbar.circuit.packing import packed_share

BANKS = {
    "dac": ("dac", "input_register"),
    "front_end": ("mirror_subtractor", "front_end", "opamp"),
    "adc": ("adc", "output_register", "shift_add", "digital_subtractor", "rescale", "bias_adder"),
}
GROUPS = {  # every part of a circuit, in the groups of the report; all but cells and ADCs have one price each
    "cells": ("cell",),
    "lines": ("wordline_driver", "wordline_cell", "write_circuit"),
    "DACs": ("dac", "input_register"),
    "front ends": ("front_end", "opamp", "mirror_subtractor", "mux_leg"),
    "ADCs": ("adc", "output_register"),
    "digital": ("shift_add", "digital_subtractor", "rescale", "bias_adder"),
    "wires": ("bank_wire",),
}
SUM_BITS = 16  # of the adders behind the ADCs


@dataclass(frozen=True)
class Part:
    """One component: how many stand at each layer and in the bank, uses per inference, bits of each.

    `count` and `uses` have one entry per layer, (layers) or (layers, draws); `bank` is for the whole network. `uses` of
    a cell are in uS x full-scale pulses, of a bank_wire in full-swing transitions. `column_uS`: conductance loading
    the ADC input.
    """

    count: Number
    uses: Number
    bits: Number | None = None
    bank: Number = 0.0
    column_uS: Number = 0.0


Bill = dict[str, Part]


def bill_of_materials(layers: Layers, design: Design, fewest_adc_bits: Number = 1) -> Bill:
    """All parts of a network with own converters in every layer, or with one bank of shared converters.

    The parts are in the order of the schematic. Drivers and DACs stand at the lines. Every column that is converted has
    a front end and a place at an ADC. The digital units stand behind the ADCs. `fewest_adc_bits`: those for which ADCs
    have a price.
    """
    layer_bill = _own_bill(layers, design, footprint(layers, design), adc_bits(layers, design, fewest_adc_bits))
    return _shared_bill(layer_bill, layers, design) if design.shared else layer_bill


def _own_bill(layers: Layers, design: Design, at: Footprint, bits: Number) -> Bill:
    subtraction = design.rules.subtraction
    driven = at.driven_lines * layers.mvms
    sampled = at.converted * layers.mvms
    outputs = layers.columns * layers.mvms
    adcs = own_adcs(at, design)
    mirrors = at.subtracted if subtraction == "mirror" else 0 * at.subtracted
    difference = at.subtracted if subtraction == "opamp" else 0 * at.subtracted
    digital = at.subtracted if subtraction == "digital" else 0 * at.subtracted
    held = at.columns if subtraction == "opamp" else at.converted
    integrators, amplifiers = held * (design.front_end == "integrator"), held * (design.front_end == "tia")
    multiplexed = np.where(adcs < at.converted, at.converted, 0)
    return {
        "cell": Part(at.cells, at.conductance_uS * layers.activity * layers.mvms),
        "wordline_driver": Part(at.lines, driven),
        "wordline_cell": Part(at.cells, at.cells_on_driven_lines * layers.mvms),
        "dac": Part(at.lines, driven, design.dac_bits),
        "input_register": Part(at.lines, driven, design.dac_bits),
        "mirror_subtractor": Part(mirrors, mirrors * layers.mvms),
        "front_end": Part(integrators, integrators * layers.mvms),
        "opamp": Part(amplifiers + difference, (amplifiers + difference) * layers.mvms),
        "mux_leg": Part(multiplexed, sampled),
        "adc": Part(adcs, sampled, bits, column_uS=at.column_uS * layers.activity),
        "output_register": Part(adcs, sampled, bits),
        "bank_wire": Part(0 * at.lines, 0 * at.lines),  # own converters stand at the array that they serve
        "write_circuit": Part((at.lines + at.columns) * (design.write_circuits == "upper bound"), 0 * at.lines),
        **_digital(layers, design, at, adcs, subtractions=digital * layers.mvms, outputs=outputs),
    }


def _digital(
    layers: Layers, design: Design, at: Footprint, adcs: Number, *, subtractions: Number, outputs: Number
) -> Bill:
    """Units behind the ADCs: sums of row blocks, differences, the common mode, the digital affine.

    To subtract the mean over the outputs, each is added to a running sum once and has the mean subtracted once.
    A unit stands where it is used at all, and serves as many ADCs as it keeps up with.
    """
    units = np.ceil(adcs / design.adcs_per_unit)
    sums = np.where(at.row_blocks > 1, at.converted * layers.mvms, 0)
    subtractions = subtractions + 2 * outputs * (design.common_mode == "subtracted")
    rescaled = outputs * design.rescaled
    width = design.magnitude_bits + 1
    return {
        "shift_add": Part(np.where(sums > 0, units, 0), sums),
        "digital_subtractor": Part(np.where(subtractions > 0, units, 0), subtractions, width),
        "rescale": Part(np.where(rescaled > 0, units, 0), rescaled),
        "bias_adder": Part(units, outputs, SUM_BITS),
    }


def own_adcs(at: Footprint, design: Design) -> Number:
    """Own ADCs of each layer: one per `columns_per_adc` converted columns of each row block."""
    return at.row_blocks * np.ceil(at.converted / at.row_blocks / design.columns_per_adc)


def bank_adcs(layers: Layers, design: Design) -> Number:
    """ADCs of the bank: as many as the largest layer would own, or the given number if that is fewer."""
    return np.minimum(design.bank_limit, np.max(own_adcs(footprint(layers, design), design), axis=0))


def adc_bits(layers: Layers, design: Design, fewest: Number) -> Number:
    """Bits of the ADCs. Sums that carry a sign need one bit more than the magnitude the network resolves."""
    bits = design.magnitude_bits + 0 * layers.rows
    if not design.shared:
        codes = np.minimum(layers.range_use, 1.0) * (2.0**design.magnitude_bits - 1)
        fewer = np.maximum(np.ceil(np.log2(codes + 1)), fewest)
        bits = np.where(design.own_adc_bits == "measured", fewer, bits)
    return bits + design.rules.sign_bits


def _shared_bill(bill: Bill, layers: Layers, design: Design) -> Bill:
    """The same uses with a bank: as many parts as the largest layer needs, and ADCs as the design says."""
    at = footprint(layers, design)
    shared = dict(bill)
    for bank in design.bank_parts:
        for name in BANKS[bank]:
            shared[name] = _moved(bill[name])
    if "adc" in design.bank_parts:
        shared |= _bank_behind_adcs(shared, bank_adcs(layers, design), design)
    if design.arrays == "packed":
        share = packed_share(layers, design)
        kept = () if "dac" in design.bank_parts else BANKS["dac"]
        for name in (*GROUPS["cells"], *GROUPS["lines"], *kept):
            shared[name] = replace(shared[name], count=shared[name].count * share)
    return shared | {"mux_leg": _routing(bill["mux_leg"], shared, design, at), "bank_wire": _wires(layers, design, at)}


def _moved(part: Part) -> Part:
    return replace(part, count=0 * part.count, bank=np.max(part.count, axis=0))


def _bank_behind_adcs(shared: Bill, adcs: Number, design: Design) -> Bill:
    """ADCs of the bank with a register each, and the digital units that keep up with them."""
    units = np.ceil(adcs / design.adcs_per_unit)
    sizes: dict[str, Number] = {name: np.where(shared[name].bank > 0, units, 0) for name in BANKS["adc"]}
    sizes |= {"adc": adcs, "output_register": adcs}
    both = ("adc", "output_register")
    widest = {name: np.max(bits, axis=0) for name in both if (bits := shared[name].bits) is not None}
    return {
        name: replace(shared[name], bank=sizes[name], bits=widest.get(name, shared[name].bits)) for name in BANKS["adc"]
    }


def _routing(own: Part, shared: Bill, design: Design, at: Footprint) -> Part:
    """Switches that lead lines and columns of every layer to the bank, and held columns to fewer ADCs."""
    lines = at.lines if "dac" in design.bank_parts else 0 * at.lines
    if "front_end" in design.bank_parts:
        held = shared["front_end"].bank + shared["opamp"].bank
        return Part(lines + at.columns, own.uses, bank=np.where(shared["adc"].bank < held, held, 0))
    return Part(lines + (at.converted if "adc" in design.bank_parts else own.count), own.uses)


def _wires(layers: Layers, design: Design, at: Footprint) -> Part:
    """Wires from the lines to the DACs of the bank and from the columns to what the bank holds of them."""
    to_dacs = "dac" in design.bank_parts
    columns = at.columns if "front_end" in design.bank_parts else at.converted * ("adc" in design.bank_parts)
    return Part(at.lines * to_dacs + columns, (at.driven_lines * to_dacs + columns) * layers.mvms)
