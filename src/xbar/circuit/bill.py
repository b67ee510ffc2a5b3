"""What a mapped network is built of: every part of crossbars, converters and bank, and how often each is used."""

from dataclasses import dataclass, replace

import numpy as np

from xbar.circuit.conversions import adc_bits, bank_adcs, own_adcs
from xbar.circuit.design import Design, Number
from xbar.circuit.encoding import Encoding, encoding_of
from xbar.circuit.footprint import Footprint, Layers, footprint
from xbar.circuit.packing import packed_share

BANKS = {
    "dac": ("dac", "input_register"),
    "front_end": ("mirror_subtractor", "front_end", "integrator", "opamp"),
    "adc": ("adc", "output_register", "shift_add", "digital_subtractor", "rescale", "bias_adder"),
}
GROUPS = {  # every part of a circuit, in the groups of the report
    "cells": ("cell",),
    "lines": ("wordline_driver", "wordline_cell", "write_circuit"),
    "DACs": ("dac", "input_register"),
    "front ends": ("front_end", "integrator", "opamp", "mirror_subtractor", "copied_current", "mux_leg"),
    "ADCs": ("adc", "output_register"),
    "digital": ("shift_add", "digital_subtractor", "rescale", "bias_adder"),
    "wires": ("bank_wire",),
    "memory": ("activation_memory", "activation_bus"),
    "overheads": ("control", "leakage"),
}
BY_LAW = ("cell", "dac", "adc", "copied_current", "control", "leakage")  # by a formula or a named row; others have rows
SUM_BITS = 16  # of the adders behind the ADCs
BUS_BITS = 256  # width of the bus between memory and arrays, as in ISAAC


@dataclass(frozen=True)
class Part:
    """One component: how many stand at each layer and in the bank, uses per inference, bits of each.

    `count` and `uses` have one entry per layer, (layers) or (layers, draws); `bank` is for the whole network. `uses` of
    a cell and of a copied current are in uS x pulses at full-scale input. Those of a bank_wire are in swings of the
    read voltage, those of memory and bus in bytes. `count` of the memory is in bytes, `bank` of the bus in bits.
    `column_uS`: conductance loading the ADC input. `on_ns`: how long one use draws power.
    """

    count: Number
    uses: Number
    bits: Number | None = None
    bank: Number = 0.0
    column_uS: Number = 0.0
    on_ns: Number = 0.0


Bill = dict[str, Part]


def bill_of_materials(layers: Layers, design: Design, fewest_adc_bits: Number = 1) -> Bill:
    """All parts of a network with own converters in every layer, or with one bank of shared converters.

    The parts are in the order of the schematic. Drivers and DACs stand at the lines. Every column that is converted has
    a front end and a place at an ADC. A difference amplifier has a front end at both of its columns. The digital units
    stand behind the ADCs. `fewest_adc_bits`: the fewest for which ADCs have a price. ValueError as for `footprint`.
    """
    at, coded = footprint(layers, design), encoding_of(design)
    layer_bill = _own_bill(layers, design, at, coded, adc_bits(layers, design, fewest_adc_bits))
    return _shared_bill(layer_bill, layers, design, at, coded) if design.shared else layer_bill


def _own_bill(layers: Layers, design: Design, at: Footprint, coded: Encoding, bits: Number) -> Bill:
    outputs = layers.columns * layers.mvms
    adcs = own_adcs(at, design)
    conversions = at.converted * layers.mvms * coded.conversions
    digital = at.subtracted if design.rules.subtraction == "digital" else 0 * at.subtracted
    multiplexed = np.where(adcs < at.converted, at.converted, 0)
    return {
        **_array(layers, design, at, coded),
        **_front_ends(layers, design, at, coded),
        "mux_leg": Part(multiplexed, np.where(multiplexed > 0, conversions, 0)),
        "adc": Part(adcs, conversions, bits, column_uS=at.column_uS * layers.activity),
        "output_register": Part(_held(adcs, layers, design, coded), conversions, bits),
        "bank_wire": Part(0 * at.lines, 0 * at.lines),  # own converters stand at the array that they serve
        **_digital(layers, design, at, coded, adcs, subtractions=digital * layers.mvms, outputs=outputs),
        **_memory(layers, design),
    }


def _array(layers: Layers, design: Design, at: Footprint, coded: Encoding) -> Bill:
    """Cells, lines and what drives them."""
    raised = _raised(layers, coded)
    driven = at.driven_dacs * layers.mvms
    has_dac = np.where(coded.is_serial | (design.dac_bits == 1), 0.0, 1.0)  # a driver is enough for one bit
    pulses = coded.pulses * layers.activity * layers.mvms
    array = design.crossbar
    columns = at.columns if design.arrays == "exact" else at.lines * array.columns / array.rows  # of whole arrays
    return {
        "cell": Part(at.cells, at.conductance_uS * pulses),
        "copied_current": Part(0 * at.cells, at.copied_uS * pulses),
        "wordline_driver": Part(at.lines, at.driven_lines * raised),
        "wordline_cell": Part(at.cells, at.cells_on_driven_lines * raised),
        "dac": Part(at.dacs * has_dac, driven * has_dac, design.dac_bits),
        "input_register": Part(at.dacs, driven * coded.samples, design.dac_bits),
        "write_circuit": Part((at.lines + columns) * (design.write_circuits == "upper bound"), 0 * at.lines),
    }


def _raised(layers: Layers, coded: Encoding) -> Number:
    """How often each driven line is raised in one inference: once a product, or for every bit that is set."""
    return coded.samples * np.where(coded.is_serial, layers.activity, 1.0) * layers.mvms


def _front_ends(layers: Layers, design: Design, at: Footprint, coded: Encoding) -> Bill:
    """What holds or subtracts the currents of columns. An amplifier is off while its ADC converts other columns."""
    subtraction, samples = design.rules.subtraction, layers.mvms * coded.samples
    mirrors = at.subtracted if subtraction == "mirror" else 0 * at.subtracted
    difference = at.subtracted if subtraction == "opamp" else 0 * at.subtracted
    held = at.columns if subtraction == "opamp" else at.converted
    integrators, amplifiers = held * (design.front_end == "integrator"), held * (design.front_end == "tia")
    converting_ns = coded.conversions * 1e3 / design.sample_rate_MHz
    product_ns = coded.pulses * design.pulse_ns + converting_ns
    on_ns = product_ns / coded.samples
    return {
        "mirror_subtractor": Part(mirrors, mirrors * samples),
        "front_end": Part(integrators, integrators * samples, on_ns=on_ns),
        "integrator": Part(
            integrators, integrators * layers.mvms * coded.integrations, on_ns=product_ns / coded.integrations
        ),
        "opamp": Part(amplifiers + difference, (amplifiers + difference) * samples, on_ns=on_ns),
    }


def _held(adcs: Number, layers: Layers, design: Design, coded: Encoding) -> Number:
    """Registers behind ADCs: one each, or one for every output of a layer where sums wait for others.

    The common mode is known when all outputs of a product are converted; a sum of bits, when all bits are.
    """
    waits = (design.common_mode == "subtracted") | (coded.conversions > 1)
    return np.where(waits, np.maximum(adcs, layers.columns), adcs)


def _memory(layers: Layers, design: Design) -> Bill:
    """Activations between layers, in bytes: every product reads its window anew, and its outputs are written once.

    Rows that CReLU or a split input doubles are read as two. The memory of a layer holds its outputs of one inference.
    """
    stored = (design.memory == "edram") * layers.columns * layers.mvms * design.dac_bits / 8
    moved = (design.memory == "edram") * layers.rows * layers.mvms * design.dac_bits / 8 + stored
    bus = Part(0 * stored, moved, bank=BUS_BITS * (design.memory == "edram"))
    return {"activation_memory": Part(stored, moved), "activation_bus": bus}


def _digital(
    layers: Layers, design: Design, at: Footprint, coded: Encoding, adcs: Number, *, subtractions: Number,
    outputs: Number,
) -> Bill:  # fmt: skip
    """Units behind the ADCs: sums of row blocks and of bits, differences, the common mode, the digital affine.

    To subtract the mean over the outputs, each is added to a running sum once and has the mean subtracted once.
    A unit stands where it is used at all, and serves as many ADCs as it keeps up with.
    """
    units = design.digital_units(adcs)
    several = (at.row_blocks > 1) | (coded.conversions > 1)
    sums = np.where(several, at.converted * layers.mvms * coded.conversions, 0)
    subtractions = subtractions + 2 * outputs * (design.common_mode == "subtracted")
    rescaled = outputs * design.rescaled
    width = design.magnitude_bits + 1
    return {
        "shift_add": Part(np.where(sums > 0, units, 0), sums),
        "digital_subtractor": Part(np.where(subtractions > 0, units, 0), subtractions, width),
        "rescale": Part(np.where(rescaled > 0, units, 0), rescaled),
        "bias_adder": Part(units, outputs, SUM_BITS),
    }


def _shared_bill(bill: Bill, layers: Layers, design: Design, at: Footprint, coded: Encoding) -> Bill:
    """The same uses with a bank: as many parts as the largest layer needs, and ADCs as the design says.

    Packed layers share whole arrays, so that fewer are built than if each layer had its own. Layers with own converters
    do not, because they work at the same time, each on its own inputs.
    """
    shared = dict(bill)
    for bank in design.bank_parts:
        for name in BANKS[bank]:
            shared[name] = _moved(bill[name])
    adcs = bank_adcs(at, design)
    held = np.max(_held(adcs, layers, design, coded), axis=0)
    shared |= _bank_behind_adcs(shared, adcs, held, design)
    built = at.lines
    if design.arrays == "packed":
        share = packed_share(layers, design)
        built = at.lines * share
        kept = () if "dac" in design.bank_parts else BANKS["dac"]
        for name in (*GROUPS["cells"], *GROUPS["lines"], *kept):
            shared[name] = replace(shared[name], count=shared[name].count * share)
    return shared | {
        "mux_leg": _routing(shared, design, at, built),
        "bank_wire": _wires(layers, design, at, coded, built),
    }


def _moved(part: Part) -> Part:
    return replace(part, count=0 * part.count, bank=np.max(part.count, axis=0))


def _bank_behind_adcs(shared: Bill, adcs: Number, held: Number, design: Design) -> Bill:
    """ADCs of the bank, registers for the sums that are `held`, and the digital units that keep up with the ADCs."""
    units = design.digital_units(adcs)
    sizes: dict[str, Number] = {name: np.where(shared[name].bank > 0, units, 0) for name in BANKS["adc"]}
    sizes |= {"adc": adcs, "output_register": held}
    both = ("adc", "output_register")
    widest = {name: np.max(bits, axis=0) for name in both if (bits := shared[name].bits) is not None}
    return {
        name: replace(shared[name], bank=sizes[name], bits=widest.get(name, shared[name].bits)) for name in BANKS["adc"]
    }


def _routing(shared: Bill, design: Design, at: Footprint, built: Number) -> Part:
    """Switches that lead `built` lines and columns of every layer to the bank, and held sums to fewer ADCs."""
    uses = shared["adc"].uses
    lines = built if "dac" in design.bank_parts else 0 * built
    if "front_end" in design.bank_parts:
        held = np.max(at.converted, axis=0)
        return Part(lines + at.columns, uses, bank=np.where(shared["adc"].bank < held, held, 0))
    return Part(lines + at.converted, uses)


def _wires(layers: Layers, design: Design, at: Footprint, coded: Encoding, built: Number) -> Part:
    """Wires from the `built` lines to the DACs of the bank and from the columns to what the bank holds of them.

    Wires of columns, and those of amplitudes, swing by the read voltage; pulses swing by the supply.
    """
    to_dacs = "dac" in design.bank_parts
    currents = "front_end" in design.bank_parts  # held sums else, which leave a column once a conversion
    columns, swung = (at.columns, coded.samples) if currents else (at.converted, coded.conversions)
    pulse = np.where(design.input_encoding == "amplitude", 1.0, design.supply_V / design.read_voltage_V)
    swings = at.driven_lines * to_dacs * _raised(layers, coded) * pulse + columns * layers.mvms * swung
    return Part(built * to_dacs + columns, swings)
