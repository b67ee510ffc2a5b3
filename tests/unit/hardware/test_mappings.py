import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.arrays import weights_on

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.arrays import read_arrays, write_array_table, write_arrays
from xbar.hardware.mapping import map_weights, read_conversions
from xbar.mappings import MAPPINGS

IDEAL = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
LEAKY = DeviceSpec(g_min_uS=2.5, g_max_uS=25.0, programming_noise=0.0)
SIGNED = [name for name in MAPPINGS if name != "unipolar"]


def shares(shape, bits=2, *, signed=True, seed=0):
    codes = 2**bits - 1
    draw = torch.randint(-codes if signed else 0, codes + 1, shape, generator=torch.Generator().manual_seed(seed))
    return draw.double() / codes


@pytest.mark.parametrize("device", [IDEAL, LEAKY])
@pytest.mark.parametrize("mapping", MAPPINGS)
@pytest.mark.parametrize(("shape", "rows", "columns"), [((5, 7), 4, 4), ((6, 3, 3, 3), 20, 7), ((1, 1), 1, 2)])
def test_every_mapping_gives_the_codes_back_exactly(mapping, device, shape, rows, columns):
    share = shares(shape, bits=4, signed=mapping != "unipolar")
    arrays = map_weights(share, mapping, device, CrossbarSpec(rows=rows, columns=columns))
    assert all(array.g_uS.shape[0] <= rows and array.g_uS.shape[1] <= columns for array in arrays)
    found = weights_on(arrays, share.shape, mapping, device)
    assert torch.equal((found * 15).float(), (share * 15).float())


@given(st.sampled_from(sorted(MAPPINGS)), st.integers(1, 6), st.integers(1, 9), st.integers(1, 5), st.integers(2, 7))
def test_arrays_multiply_as_the_matrix_does(mapping, outputs, inputs, rows, columns):
    share = shares((outputs, inputs), bits=3, signed=mapping != "unipolar", seed=rows)
    arrays = map_weights(share, mapping, LEAKY, CrossbarSpec(rows=rows, columns=columns))
    volts = torch.linspace(0.1, 1, inputs, dtype=torch.float64)
    total = torch.zeros(outputs, dtype=torch.float64)
    for array in arrays:
        current = volts[array.tile.rows] @ array.g_uS
        part = current
        if mapping.startswith("paired-columns"):
            part = current[0::2] - current[1::2]
        elif mapping.startswith("two-crossbars"):
            part = current if array.crossbar == 0 else -current
        elif mapping.startswith("offset-column"):
            part = 2 * (current[:-1] - current[-1])
        else:
            part = current[:-1] - current[-1]
        total[array.tile.outputs] += part
    torch.testing.assert_close(total / 22.5, share @ volts)


@pytest.mark.parametrize("device", [IDEAL, LEAKY])
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_conversions_add_up_to_the_weights_wherever_they_are_subtracted(mapping, device):
    apart = ("paired-columns-converted", "two-crossbars", "two-crossbars-shared-dac", "offset-column")
    digital = mapping in apart
    share = shares((5, 2, 3, 3), bits=4, signed=mapping != "unipolar")
    arrays = map_weights(share, mapping, device, CrossbarSpec(rows=9, columns=6))
    conversions = read_conversions(arrays, share.shape, mapping, device)
    assert len(conversions) == (2 if digital else 1)
    if digital:
        assert all((seen >= 0).all() for seen, _ in conversions)  # an ADC without a sign will do
    torch.testing.assert_close(sum(factor * seen for seen, factor in conversions), share)


def test_a_finite_off_conductance_shifts_outputs_and_the_correction_column_restores_them():
    share = shares((6, 12), bits=2, signed=False)
    (array,) = map_weights(share, "unipolar", LEAKY, CrossbarSpec(rows=12, columns=7))
    volts = torch.linspace(0, 1, 12, dtype=torch.float64)
    currents = volts @ array.g_uS / 22.5
    wanted = share @ volts
    assert ((currents[:-1] - wanted) > 0.5).all()
    torch.testing.assert_close(currents[:-1] - currents[-1], wanted)


def test_without_off_conductance_no_correction_column_is_spent():
    (array,) = map_weights(shares((4, 3), signed=False), "unipolar", IDEAL, CrossbarSpec(rows=3, columns=4))
    assert array.g_uS.shape == (3, 4)


@pytest.mark.parametrize(
    ("share", "mapping", "columns", "message"),
    [
        (torch.full((2, 2), -0.5), "unipolar", 4, "weights from -0.5"),
        (torch.full((2, 2), float("nan")), "two-crossbars", 4, "NaN"),
        (torch.full((2, 2), 2.0), "offset-column", 4, "do not fit one device"),
        (torch.zeros(0, 2), "offset-column", 4, r"weights of shape \(0, 2\) do not map"),
        (torch.zeros(2, 2), "offset-column", 1, "cannot hold one output"),
    ],
)
def test_what_cannot_be_mapped_is_refused_in_one_line(share, mapping, columns, message):
    with pytest.raises(ValueError, match=message) as error:
        map_weights(share, mapping, IDEAL, CrossbarSpec(rows=4, columns=columns))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mapping", SIGNED)
def test_arrays_come_back_from_their_file_in_the_order_of_mapping(tmp_path, mapping):
    mapped = [
        map_weights(shares(shape), mapping, LEAKY, CrossbarSpec(rows=3, columns=4)) for shape in ((30, 2), (2, 40))
    ]
    write_arrays(tmp_path / "c.safetensors", mapped, {"mapping": mapping})
    found, about = read_arrays(tmp_path / "c.safetensors")
    assert about == {"mapping": mapping}
    for before, after in zip(mapped, found, strict=True):
        assert [(a.tile, a.crossbar) for a in before] == [(a.tile, a.crossbar) for a in after]
        assert all(torch.equal(a.g_uS, b.g_uS) for a, b in zip(before, after, strict=True))
    write_array_table(tmp_path / "a.csv", mapped, 3, 4, mapping)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 1 + sum(map(len, mapped))
