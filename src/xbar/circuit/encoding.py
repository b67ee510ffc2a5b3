"""How lines carry inputs: what one product takes of lines, cells, front ends and ADCs by each input encoding."""

from typing import NamedTuple

import numpy as np

from xbar.circuit.design import Design, Number

ONE_PHASE_BITS = 3  # NeuRRAM integrates more bits than these in two phases (wan_nature_2022 of CiMLoop)


class Encoding(NamedTuple):
    """What one product takes. Each field is a single value, or an array over draws.

    `pulses`: how many the product lasts, during all of which a cell conducts at an input of full scale. `samples`: of
    the front end of a column; a line is raised as often at an input of full scale. `integrations`: of the front end.
    `conversions`: of each sum. `is_serial`: whether zero bits leave a line at rest.
    """

    pulses: Number
    samples: Number
    integrations: Number
    conversions: Number
    is_serial: bool | np.ndarray


def encoding_of(design: Design) -> Encoding:
    """What the design's inputs of `dac_bits` take.

    Amplitude: one pulse as high as the input. Pulse width: one pulse as long as the input, a level of `pulse_ns` each.
    Bit-serial: one pulse for each bit. Behind an integrator a bit of weight 2^k is integrated 2^k times, in phases that
    are converted apart (NeuRRAM; Wan et al., Nature 608, 2022). Behind an amplifier each bit is converted, shifted and
    added (ISAAC; Shafiee et al., ISCA 2016). All bits are taken to be set equally often, so that the mean input is the
    share of ones.
    """
    bits = design.dac_bits
    serial, width = design.input_encoding == "bit-serial", design.input_encoding == "pulse-width"
    integrated = serial & (design.front_end == "integrator")
    first, second = phases(bits)
    steps = 2.0**first - 1 + 2.0**second - 1
    pulses = np.where(integrated, steps, np.where(serial, bits, np.where(width, 2.0**bits - 1, 1.0)))
    return Encoding(
        pulses=pulses,
        samples=np.where(serial, bits, 1.0),
        integrations=np.where(integrated, steps, 1.0),
        conversions=np.where(integrated, 1.0 + (second > 0), np.where(serial, bits, 1.0)),
        is_serial=serial,
    )


def phases(bits: Number) -> tuple[Number, Number]:
    """Bits that NeuRRAM integrates in its first and in its second phase: one phase for few bits, else two halves."""
    first = np.where(np.asarray(bits) <= ONE_PHASE_BITS, bits, np.ceil(np.asarray(bits) / 2))
    return first, bits - first
