"""The two mappings that networks are trained for, device by device, and the way back."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.arrays import weights_on

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.hardware.mapping import map_weights
from xbar.mappings import MAPPING_OF_POLARITY

MAPPINGS = st.sampled_from(["paired-columns-mirrored", "unipolar"])
SHAPES = st.one_of(
    st.tuples(st.integers(1, 12), st.integers(1, 30)),
    st.tuples(st.integers(1, 6), st.integers(1, 5), st.sampled_from([1, 3]), st.sampled_from([1, 3])),
)


def device_from(g_min=0.0, g_max=20.0):
    return DeviceSpec(g_min_uS=g_min, g_max_uS=g_max, programming_noise=0.04)


def shares_of(shape, bits, seed, *, signed):
    """Random codes over the levels of `bits`."""
    codes = 2**bits - 1
    drawn = torch.randint(-codes if signed else 0, codes + 1, shape, generator=torch.Generator().manual_seed(seed))
    return drawn.double() / codes


@given(
    SHAPES, MAPPINGS, st.integers(1, 8), st.floats(0, 30), st.integers(9, 30), st.integers(3, 12), st.integers(0, 99)
)
def test_ideal_devices_give_the_codes_back(shape, mapping, bits, g_min, rows, columns, seed):
    device, codes = device_from(g_min, g_min + 20), 2**bits - 1
    share = shares_of(shape, bits, seed, signed=mapping != "unipolar")
    arrays = map_weights(share, mapping, device, CrossbarSpec(rows=rows, columns=columns))
    again = weights_on(arrays, share.shape, mapping, device)
    assert again.dtype == torch.float64
    np.testing.assert_allclose(again, share, atol=1e-12)
    assert torch.equal((again * codes).float(), (share * codes).round().float())
    for array in arrays:
        assert array.g_uS.shape[0] <= rows and array.g_uS.shape[1] <= columns
        assert array.g_uS.min() >= g_min and array.g_uS.max() <= (g_min + 20) * (1 + 1e-15)


@pytest.mark.parametrize("g_min", [0.0, 5.0])
@pytest.mark.parametrize("mapping", ["paired-columns-mirrored", "unipolar"])
def test_every_device_by_loops(mapping, g_min):
    """A convolution of 3 channels of 1 x 3 on 7 rows and 5 columns, placed weight by weight."""
    device = device_from(g_min, g_min + 10)
    share = shares_of((4, 3, 1, 3), 2, 3, signed=mapping != "unipolar")
    arrays = map_weights(share, mapping, device, CrossbarSpec(rows=7, columns=5))
    per_array = 2 if mapping == "paired-columns-mirrored" else (5 if g_min == 0 else 4)
    expected = {}
    for output in range(4):
        for channel in range(3):
            for position in range(3):
                block = (channel // 2, output // per_array)  # two whole kernels fill 6 of 7 rows
                row, place = (channel % 2) * 3 + position, output % per_array
                value = float(share[output, channel, 0, position])
                if mapping == "paired-columns-mirrored":
                    expected[*block, row, 2 * place] = g_min + 10 * max(value, 0)
                    expected[*block, row, 2 * place + 1] = g_min + 10 * max(-value, 0)
                else:
                    expected[*block, row, place] = g_min + 10 * value
                    if g_min > 0:
                        expected[*block, row, min(per_array, 4)] = g_min
    found = {
        (array.tile.row_block, array.tile.column_block, row, column): float(array.g_uS[row, column])
        for array in arrays
        for row in range(array.g_uS.shape[0])
        for column in range(array.g_uS.shape[1])
    }
    assert found == pytest.approx(expected)


@given(MAPPINGS, st.floats(0, 10), st.integers(1, 8), st.integers(1, 25), st.integers(0, 99))
def test_currents_of_the_arrays_add_up_to_the_product(mapping, g_min, outputs, inputs, seed):
    """Kirchhoff and Ohm on the conductances: column currents, minus those of the partner or correction column."""
    device, window = device_from(g_min, g_min + 15), 15.0
    share = shares_of((outputs, inputs), 3, seed, signed=mapping != "unipolar")
    volts = np.random.default_rng(seed).uniform(0, 1, inputs)
    total = np.zeros(outputs)
    for array in map_weights(share, mapping, device, CrossbarSpec(rows=8, columns=6)):
        current_uA = volts[array.tile.rows] @ array.g_uS.numpy()
        if mapping == "paired-columns-mirrored":
            total[array.tile.outputs] += (current_uA[0::2] - current_uA[1::2]) / window
        elif g_min > 0:
            total[array.tile.outputs] += (current_uA[:-1] - current_uA[-1]) / window
        else:
            total[array.tile.outputs] += current_uA / window
    np.testing.assert_allclose(total, share.numpy() @ volts, atol=1e-9)


def test_unipolar_takes_half_the_devices():
    share, crossbar = shares_of((6, 10), 2, 0, signed=False), CrossbarSpec(rows=16, columns=16)
    devices = {
        mapping: sum(array.g_uS.numel() for array in map_weights(share, mapping, device_from(), crossbar))
        for mapping in ("unipolar", "paired-columns-mirrored")
    }
    assert devices == {"unipolar": 60, "paired-columns-mirrored": 120}


def test_every_polarity_has_a_mapping_and_only_signed_needs_two_columns():
    polarities = set(NetworkSpec.model_fields["polarity"].annotation.__args__) - {"float"}
    assert set(MAPPING_OF_POLARITY) == polarities
    assert {polarity for polarity, mapping in MAPPING_OF_POLARITY.items() if mapping != "unipolar"} == {"signed"}


@pytest.mark.parametrize(
    ("share", "mapping", "columns", "message"),
    [
        (torch.tensor([[-0.1]]), "unipolar", 4, "weights from -0.1 to -0.1 do not fit one device"),
        (torch.tensor([[1.2]]), "paired-columns-mirrored", 4, "do not fit one device; allowed are 0 to 1"),
        (
            torch.tensor([[0.5]]),
            "paired-columns-mirrored",
            1,
            "arrays of 1 columns cannot hold one output of 2 columns",
        ),
        (torch.full((1, 1, 3, 3), 0.5), "unipolar", 4, "a kernel of 9 positions does not fit into arrays of 8 rows"),
    ],
)
def test_what_cannot_be_mapped_is_refused_in_one_line(share, mapping, columns, message):
    with pytest.raises(ValueError, match=message) as caught:
        map_weights(share, mapping, device_from(), CrossbarSpec(rows=8, columns=columns))
    assert "\n" not in str(caught.value)
