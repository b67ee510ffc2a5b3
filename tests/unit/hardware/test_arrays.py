"""Mapped layers as files: every array back in its place, and a table that counts the same devices."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.arrays import weights_on

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.files import read_rows, read_tensors, write_tensors
from xbar.hardware.arrays import array_name, read_arrays, write_array_table, write_arrays
from xbar.hardware.mapping import Array, map_weights
from xbar.hardware.tiling import Tile
from xbar.tables import ARRAYS

DEVICE = DeviceSpec(g_min_uS=1.0, g_max_uS=20.0, programming_noise=0.0)


def mapped_from(layers, *, mapping="unipolar", rows=10, columns=4):
    shares = [torch.rand(shape, generator=torch.Generator().manual_seed(i)) for i, shape in enumerate(layers)]
    crossbar = CrossbarSpec(rows=rows, columns=columns)
    return [map_weights(share, mapping, DEVICE, crossbar) for share in shares], shares


def same(mine, others):
    return len(mine) == len(others) and all(
        a.tile == b.tile and a.crossbar == b.crossbar and torch.equal(a.g_uS, b.g_uS)
        for a, b in zip(mine, others, strict=True)
    )


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 40)), min_size=1, max_size=3),
    st.sampled_from(["unipolar", "paired-columns-mirrored", "two-crossbars", "offset-column"]),
)
def test_arrays_come_back_in_the_order_of_mapping(tmp_path, layers, mapping):
    mapped, shares = mapped_from(layers, mapping=mapping)
    write_arrays(tmp_path / "c", mapped, {"mapping": mapping})
    again, about = read_arrays(tmp_path / "c")
    assert about == {"mapping": mapping}
    assert len(again) == len(mapped) and all(map(same, again, mapped))
    for arrays, share in zip(again, shares, strict=True):
        torch.testing.assert_close(weights_on(arrays, share.shape, mapping, DEVICE), share.double())


def test_layers_and_blocks_beyond_nine_keep_their_order(tmp_path):
    """Names sort as text, in which 10 comes before 2."""
    mapped, _ = mapped_from([(1, 3)] * 12 + [(45, 125)])
    write_arrays(tmp_path / "c", mapped, {})
    again, _ = read_arrays(tmp_path / "c")
    assert all(map(same, again, mapped))
    assert len(again) == 13 and len(again[12]) == 13 * 15  # 125 rows on 10, 45 outputs on 3 and a correction column


def test_names_say_where_an_array_lies(tmp_path):
    array = Array(Tile(1, 2, slice(10, 20), slice(6, 9)), torch.zeros(10, 3))
    assert array_name(4, array) == "layer4/rows10-20/outputs6-9/block1-2"
    assert array_name(4, array._replace(crossbar=1)) == "layer4/rows10-20/outputs6-9/block1-2/crossbar1"
    mapped, _ = mapped_from([(2, 3)])
    write_arrays(tmp_path / "c", mapped, {})
    tensors, _ = read_tensors(tmp_path / "c")
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()} == {
        "layer0/rows0-3/outputs0-2/block0-0": ((3, 3), torch.float64)
    }


@pytest.mark.parametrize("name", ["train_x", "layer0/rows0-3/outputs0-2", "layer0/rows0-3/outputs0-2/block0-0/more"])
def test_file_of_other_tensors_is_refused(tmp_path, name):
    write_tensors(tmp_path / "c", {name: torch.zeros(3, 3)}, {})
    with pytest.raises(ValueError, match=f"c: '{name}' is not the name of an array"):
        read_arrays(tmp_path / "c")


def test_conductances_that_are_no_numbers_are_refused(tmp_path):
    mapped, _ = mapped_from([(2, 3)])
    mapped[0][0].g_uS[1, 1] = float("inf")
    write_arrays(tmp_path / "c", mapped, {})
    with pytest.raises(ValueError, match="c: tensor 'layer0/rows0-3/outputs0-2/block0-0' holds NaN or infinity"):
        read_arrays(tmp_path / "c")


@pytest.mark.parametrize("mapping", ["unipolar", "paired-columns-mirrored"])
def test_table_counts_the_devices(tmp_path, mapping):
    """Layers of 5 x 12 and 2 x 4 weights: rows 10 + 2, columns 3 + 2 (a correction each) or pairs 2 + 2 + 1."""
    mapped, _ = mapped_from([(5, 12), (2, 4)], mapping=mapping)
    write_array_table(tmp_path / "arrays.csv", mapped, 10, 4, mapping)
    rows = read_rows(tmp_path / "arrays.csv")
    columns = [4, 3] if mapping == "unipolar" else [4, 4, 2]
    first = [(i, j, height, width) for i, height in enumerate([10, 2]) for j, width in enumerate(columns)]
    last = 3 if mapping == "unipolar" else 4
    assert [tuple(int(row[name]) for name in ARRAYS.names[:8]) for row in rows] == [
        *((0, number, *place, 10, 4) for number, place in enumerate(first)), (1, 0, 0, 0, 4, last, 10, 4),
    ]  # fmt: skip
    assert {row["mapping"] for row in rows} == {mapping} and {row["crossbar"] for row in rows} == {"0"}
    used = sum(int(row["rows_used"]) * int(row["columns_used"]) for row in rows)
    assert used == sum(array.g_uS.numel() for arrays in mapped for array in arrays)
    for row in rows:
        assert float(row["utilisation"]) == pytest.approx(int(row["rows_used"]) * int(row["columns_used"]) / 40)
