"""Crossbar arithmetic once more, in plain numpy and double precision, as DESIGN writes it down."""

from types import SimpleNamespace

import numpy as np
import pytest


def quantized(values, full_scale, bits, low):
    codes = 2**bits - 1
    return full_scale * np.round(np.clip(values / full_scale, low, 1) * codes) / codes


def windows(inputs, kernel, stride, padding):
    """What each output position of a convolution sees: (batch, channels, kernel area, positions)."""
    batch, channels, *size = inputs.shape
    (top, left), (height, width) = padding, kernel
    padded = np.zeros((batch, channels, size[0] + 2 * top, size[1] + 2 * left))
    padded[:, :, top : top + size[0], left : left + size[1]] = inputs
    rows = (padded.shape[2] - height) // stride[0] + 1
    columns = (padded.shape[3] - width) // stride[1] + 1
    seen = np.zeros((batch, channels, height * width, rows * columns))
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride[0] : i * stride[0] + height, j * stride[1] : j * stride[1] + width]
            seen[..., i * columns + j] = patch.reshape(batch, channels, -1)
    return seen, (rows, columns)


def crossbar(inputs, weight, hardware, x_max, w_max, i_max, *, stride=(1, 1), padding=(0, 0)):
    """Output of one layer and how many conversions each output took.

    `inputs`: (batch, channels) or (batch, channels, height, width); `weight`: (outputs, channels, *kernel).
    """
    low = -1 if hardware.polarity == "signed" else 0
    linear = weight.ndim == 2
    if linear:
        inputs, weight = inputs[:, :, None, None], weight[:, :, None, None]
    driven = quantized(inputs, x_max, hardware.dac_bits, 0)
    held = quantized(weight, w_max, hardware.weight_bits, low).reshape(*weight.shape[:2], -1)
    seen, size = windows(driven, weight.shape[2:], stride, padding)
    step = hardware.rows // held.shape[2]
    total, conversions = np.zeros((len(inputs), len(weight), seen.shape[3])), 0
    for start in range(0, held.shape[1], step):
        part = slice(start, start + step)
        current = np.einsum("bckp,ock->bop", seen[:, part], held[:, part])
        total += quantized(current, x_max * w_max * i_max, hardware.adc_bits, low)
        conversions += 1
    total = total.reshape(*total.shape[:2], *size)
    return (total[:, :, 0, 0] if linear else total), conversions


@pytest.fixture(scope="session")
def reference() -> SimpleNamespace:
    return SimpleNamespace(crossbar=crossbar, quantized=quantized)
