"""The layer table against the same figures taken from a small network by hand."""

from math import log

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, LayerSpec, NetworkSpec
from xbar.network.architecture import build_network
from xbar.network.contexts import batch_norms, crossbar_layers, matrix_layers, scales_of
from xbar.network.geometry import layer_sizes
from xbar.network.measure import QUANTILE, crossbar_ranges, layer_table, upper_quantile
from xbar.tables import LAYERS

INPUTS = torch.randn(50, 6, 1, 1, generator=torch.Generator().manual_seed(1))
HARDWARE_COLUMNS = {"x_max", "w_max", "i_max", "weight_mean", "activity"}


def build(polarity, layers, shape, *, activation="relu", rows=64):
    analog = {} if polarity == "float" else {"weight_bits": 2, "scale": "layer", "noise": 0.1}
    signs = {"signs": {"group": 1, "assignment": "alternate"}} if polarity == "mixed" else {}
    named = {"dataset": "d", "architecture": "a", "training": "t", "polarity": polarity}
    architecture = ArchitectureSpec(activation=activation, layers=[LayerSpec(**layer) for layer in layers])
    network = build_network(
        NetworkSpec(**named | analog | signs), architecture, CrossbarSpec(rows=rows, columns=8), shape
    )
    for layer in matrix_layers(network).values():
        torch.nn.init.normal_(layer.weight, 0, 0.5, generator=torch.Generator().manual_seed(2))
    for scales in scales_of(network):
        for parameter, value in zip(scales.parameters(), (1.5, 0.8, 1.1), strict=True):
            torch.nn.init.constant_(parameter, log(value))
    return network, layer_sizes(architecture, shape, polarity=polarity)


def quantile_by_sorting(values):
    ordered = np.sort(np.ravel(values))
    return ordered[max(1, int(QUANTILE * ordered.size)) - 1]


@given(arrays(np.float64, st.integers(1, 3000), elements=st.floats(-1e6, 1e6)))
def test_quantile_is_a_value_with_the_share_below_it(values):
    found = float(upper_quantile(torch.tensor(values)))
    assert found == quantile_by_sorting(values)
    assert (values > found).sum() <= max(0.001 * len(values) + 1, 0)


def test_crossbar_row_by_hand(reference):
    """First layer of a signed network: 12 rows [x, -x] on three arrays of 5, 5 and 2 rows."""
    network, sizes = build("signed", [{"linear": 4}, {"linear": 3}], (6, 1, 1), rows=5)
    row = layer_table(network, sizes, INPUTS)[0]
    both = torch.cat([INPUTS, -INPUTS], 1).flatten(1).double().numpy()
    weight = next(iter(matrix_layers(network).values())).weight.detach().double().numpy()
    driven, held = reference.quantized(both, 1.5, 8, 0), reference.quantized(weight, 0.8, 2, -1)
    currents = [driven[:, rows] @ held[:, rows].T for rows in (slice(0, 5), slice(5, 10), slice(10, 12))]
    sizes = np.abs(np.concatenate(currents))
    expected = {
        "layer": 0, "kind": "linear", "rows": 12, "columns": 4, "kernel_area": 1, "mvms_per_inference": 1,
        "x_max": 1.5, "w_max": 0.8, "i_max": 1.1,
        "input_range": quantile_by_sorting(both.clip(0)),
        "weight_range": np.abs(weight).max(),
        "current_range": quantile_by_sorting(sizes),
        "weight_mean": np.abs(held).mean() / 0.8,
        "activity": driven.mean() / 1.5,
    }  # fmt: skip
    assert row == {k: v if isinstance(v, (str, int)) else pytest.approx(v, rel=1e-5) for k, v in expected.items()}


def test_activity_of_a_padded_convolution_counts_the_zeros_of_padding():
    """Each window unfolded by hand. On a map of 4 x 4, 100 of 144 inputs of windows of 3 x 3 are no padding."""
    network, sizes = build("unipolar", [{"conv": 5, "kernel": 3}, {"average": 1}, {"linear": 3}], (2, 4, 4))
    inputs = torch.rand(20, 2, 4, 4, generator=torch.Generator().manual_seed(3))
    row, layer = layer_table(network, sizes, inputs)[0], next(iter(crossbar_layers(network).values()))
    driven, scale = layer.drive(layer.on_rows(inputs)).detach(), layer.scales.x_max.detach()
    windows = torch.nn.functional.unfold(driven, 3, padding=1)
    assert row["activity"] == pytest.approx(float(windows.mean() / scale), rel=1e-5)
    assert row["activity"] == pytest.approx(100 / 144 * float(driven.mean() / scale), rel=0.03)


def test_ranges_of_a_layer_that_is_called_twice_are_of_all_its_products():
    """On maps of 16 and 4 positions with inputs of 0.1 and 0.4 of full scale; rows of their negatives are zero."""
    network, _ = build("unipolar", [{"conv": 5, "kernel": 1}, {"average": 1}, {"linear": 3}], (2, 4, 4))
    layer = next(iter(crossbar_layers(network).values()))
    scale = float(layer.scales.x_max.detach())
    calls = [torch.full((1, 2, size, size), share * scale) for size, share in ((4, 0.1), (2, 0.4))]
    found = crossbar_ranges(layer, calls)
    assert float(found["activity"]) == pytest.approx((16 * 0.1 + 4 * 0.4) / 20 / 2, abs=0.002)
    assert float(found["input_range"]) == pytest.approx(0.4 * scale)


@pytest.mark.parametrize("scale", [0.001, 0.0372, 0.3, 1.5])
def test_means_of_weights_and_inputs_at_full_scale_are_not_above_one(scale):
    """In single precision the mean of equal numbers may lie above them, and the cost model refuses a mean above 1."""
    network, _ = build("unipolar", [{"linear": 48}, {"linear": 3}], (24, 1, 1))
    layer = next(iter(crossbar_layers(network).values()))
    for parameter in (layer.scales.log_x_max, layer.scales.log_w_max):
        torch.nn.init.constant_(parameter, log(scale))
    torch.nn.init.constant_(layer.weight, 10 * scale)
    found = crossbar_ranges(layer, [torch.full((50, 24), 10 * scale)])
    assert 1 - 1e-5 < float(found["weight_mean"]) <= 1
    assert 0.4 < float(found["activity"]) <= 1  # rows of negative inputs are zero


def test_float_row_by_hand():
    network, sizes = build("float", [{"linear": 4}, {"linear": 3}], (6, 1, 1))
    row = layer_table(network, sizes, INPUTS)[0]
    weight, values = (
        next(iter(matrix_layers(network).values())).weight.detach().double().numpy(),
        INPUTS.flatten(1).double().numpy(),
    )
    assert row["input_range"] == pytest.approx(quantile_by_sorting(np.abs(values)), rel=1e-5)
    assert row["weight_range"] == pytest.approx(np.abs(weight).max(), rel=1e-5)
    assert row["current_range"] == pytest.approx(quantile_by_sorting(np.abs(values @ weight.T)), rel=1e-5)
    assert set(LAYERS.names[2:]) - set(row) == HARDWARE_COLUMNS


@pytest.mark.parametrize("polarity", ["float", "signed", "unipolar", "mixed"])
def test_sizes_of_a_convolutional_network(polarity):
    """A floating-point network's first layer sees each input once, a crossbar network's its two halves."""
    layers = [{"conv": 5, "kernel": 3, "stride": 2, "pool": 2}, {"conv": 7, "kernel": 5}, {"average": 1}, {"linear": 3}]
    table = layer_table(*build(polarity, layers, (2, 12, 10), activation="crelu"), torch.randn(20, 2, 12, 10))
    halves = 1 if polarity == "float" else 2
    names = ("layer", "kind", "rows", "columns", "kernel_area", "mvms_per_inference")
    assert [tuple(row[name] for name in names) for row in table] == [
        (0, "conv", 2 * halves * 9, 5, 9, 6 * 5),
        (1, "conv", 10 * 25, 7, 25, 3 * 2),
        (2, "linear", 14, 3, 1, 1),
    ]
    wanted = set(LAYERS.names[2:]) - (HARDWARE_COLUMNS if polarity == "float" else set())
    assert all(set(row) == wanted for row in table)


def test_figures_are_shares_and_repeat():
    network, sizes = build("unipolar", [{"linear": 4}, {"linear": 3}], (6, 1, 1))
    network.train()
    table = layer_table(network, sizes, INPUTS)
    assert not network.training  # and batch-norm statistics were left alone
    assert batch_norms(network)[0].num_batches_tracked == 0
    assert layer_table(network, sizes, INPUTS) == table
    for row in table:
        assert all(0 <= row[name] <= 1 for name in ("weight_mean", "activity"))
        assert all(float(f"{value:.6g}") == value for value in row.values() if isinstance(value, float))
