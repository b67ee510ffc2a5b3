from pathlib import Path

import pytest
import torch
from torch import nn

from xbar.config.crossbars import CrossbarSpec, DeviceSpec, EvaluationSpec
from xbar.config.networks import ArchitectureSpec
from xbar.config.polarity import SignSpec
from xbar.config.variants import VariantSpec
from xbar.files import write_tensors
from xbar.hardware.laws import read_laws
from xbar.network.architecture import Network
from xbar.network.layers import Hardware
from xbar.network.sequential import map_sequential
from xbar.training import variants
from xbar.training.chips import chip_accuracies, map_network
from xbar.training.variants import Bench, Condition, evaluate_variant, measurement_inputs

LAWS = read_laws(Path(__file__).parents[3] / "workflow" / "reference" / "devices.csv")
IDEAL = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0)
LEAKY = DeviceSpec(g_min_uS=2.0, g_max_uS=25.0, programming_noise=0.0)
NOISY = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.04)
PCM = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming="pcm", ageing="pcm")
CROSSBAR = CrossbarSpec(rows=20, columns=9)
START = Condition(0, 0.0, "none")
INPUTS = torch.randn(40, 2, 6, 6, generator=torch.Generator().manual_seed(7))
CLASSES = torch.arange(40) % 4
ARCHITECTURE = ArchitectureSpec.model_validate(
    {"activation": "relu", "layers": [{"conv": 5, "kernel": 3, "pool": 2}, {"conv": 6, "kernel": 3}, {"linear": 4}]}
)


def network(polarity="signed", scale="network", bits=4, adc_bits=8, rows=20):
    """An untrained network whose layers are neither clipped away nor silent."""
    hardware = Hardware(polarity, bits, adc_bits, adc_bits, rows, (0.04,))
    signs = SignSpec(group=1, assignment="alternate") if polarity == "mixed" else None
    made = Network(ARCHITECTURE, (2, 6, 6), hardware, scale=scale, signs=signs)
    stream = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for layer in made.layers:
            layer.weight.uniform_(-0.5 if polarity == "signed" else 0.0, 0.5, generator=stream)
        for scales in made.scales:
            scales.log_x_max.fill_(1.0)
            scales.log_w_max.fill_(-0.7)
            scales.log_i_max.fill_(1.2 if polarity == "signed" else 2.0)
        for norm in made.norms:
            norm.momentum = 1.0
        made.train()(INPUTS)
    return made.eval()


def bench(made, device=IDEAL, crossbar=CROSSBAR, **chosen):
    variant = VariantSpec.model_validate({"networks": ["n"], "chips": 2, **chosen})
    return Bench(made, variant, device, crossbar, LAWS, INPUTS[:16], seed=5)


@torch.no_grad()
def scores(made):
    return made(INPUTS[:16])


@pytest.mark.parametrize("device", [IDEAL, LEAKY])
@pytest.mark.parametrize("scale", ["network", "layer"])
@pytest.mark.parametrize(
    ("polarity", "mapping"),
    [
        ("signed", "differential-columns"),
        ("signed", "differential-crossbars"),
        ("signed", "offset"),
        ("unipolar", "unipolar"),
        ("mixed", "unipolar"),
        ("unipolar", "differential-columns"),
    ],
)
def test_every_mapping_computes_what_was_trained_bit_for_bit(polarity, mapping, scale, device):
    made = network(polarity, scale)
    wanted = scores(made)
    assert wanted.std() > 0.1
    bench(made, device, mapping=mapping, subtraction="analog").make_chip(START)
    assert torch.equal(scores(made), wanted)


@pytest.mark.parametrize("mapping", ["differential-columns", "differential-crossbars", "offset"])
def test_digital_subtraction_differs_by_the_rounding_of_its_converters_only(mapping):
    errors = {}
    for bits in (6, 10, 16):
        made = network(adc_bits=16)
        wanted = scores(made)
        on = bench(made, LEAKY, mapping=mapping, subtraction="digital", adc_bits=bits)
        assert on.ranges[0] > 1.0 and len(set(on.ranges)) == 1  # one range for the network, wide enough
        on.make_chip(START)
        errors[bits] = float((scores(made) - wanted).abs().max() / wanted.std())
    assert errors[16] < 5e-3 < errors[6]
    assert errors[16] < errors[10] < errors[6]


def test_sliced_weights_differ_by_the_rounding_of_their_converters_only():
    made = network(adc_bits=14)
    wanted = scores(made)
    sliced = bench(made, slice_bits=2)
    assert [len(parts) for parts in sliced.slices] == [2, 2, 2]
    sliced.make_chip(START)
    assert float((scores(made) - wanted).abs().max() / wanted.std()) < 5e-3


def test_slices_make_each_device_error_matter_less_than_one_in_the_least_slice_would():
    """Noise on the devices of both slices: sqrt(0.8^2 + 0.2^2) of one full-scale device."""
    made = network(bits=4)
    sliced = bench(made, NOISY, slice_bits=2)
    parts = [sliced._conversions(2, cells) for cells in (sliced.cells(2, START), sliced.slices[2])]
    noisy, clean = (sum(share * factor for share, factor in part) for part in parts)
    assert float((noisy - clean).std()) == pytest.approx(0.04 * (2 * (0.8**2 + 0.2**2)) ** 0.5, rel=0.1)


def test_a_chip_is_the_chip_of_the_plain_evaluation():
    made = network("unipolar")
    mapped = map_network(made, NOISY, CROSSBAR)
    plain = chip_accuracies(
        made, mapped, NOISY, EvaluationSpec(chips=2, sweep_chips=1, noise_sweep=[]), {"test": (INPUTS, CLASSES)},
        seed=5, laws=LAWS,
    )  # fmt: skip
    wanted = [row["accuracy"] for row in plain if row["condition"] == "noisy"]
    rows, _ = evaluate_variant(*evaluation(bench(network("unipolar"), NOISY)))
    assert [row["accuracy"] for row in rows] == wanted


def evaluation(on):
    kind = {"dataset": "d", "weight_bits": 4, "polarity": "signed", "scale": "network"}
    return on, (INPUTS, CLASSES), {"variant": "v", "network": "n", "seed": "5"}, kind, "cell"


def test_rows_are_complete_and_repeat():
    tables = []
    for _ in range(2):
        on = bench(network(), PCM, times_s=[25.0, 3600.0], compensations=["none", "array"])
        tables.append(evaluate_variant(*evaluation(on)))
    assert tables[0] == tables[1]
    rows, errors = tables[0]
    assert len(rows) == 2 * 2 * 2 and len(errors) == 3 * len(rows)
    assert set(rows[0]) == set(variants.ACCURACY_COLUMNS) and set(errors[0]) == set(variants.ERROR_COLUMNS)
    first = [error for error in errors if error["layer"] == 0]
    assert all(error["own_error"] == error["accumulated_error"] > 0 for error in first)


def test_compensation_brings_the_mean_of_every_array_back():
    year = Condition(0, 3.2e7, "array")
    on = bench(network(), PCM, times_s=[year.time_s], compensations=["array"])
    on.make_chip(year)
    aged = on._conversions(1, on.cells(1, year))[0].share.flatten(1)
    programmed = on._conversions(1, on.cells(1, year, aged=False))[0].share.flatten(1)
    factors = on.network.layers[1].columns[0].factor
    for array in on.slices[1][0].arrays:
        tile = array.tile
        restored = factors[tile.row_block, tile.outputs, None] * aged[tile.outputs, tile.rows]
        assert float(restored.abs().mean()) == pytest.approx(float(programmed[tile.outputs, tile.rows].abs().mean()))
    assert (factors > 1.5).all()


def test_uniform_drift_is_undone_altogether_by_compensation():
    """Cells that all lose the same share lose nothing that a factor behind the ADC cannot return."""
    made = network(adc_bits=16)
    wanted = scores(made)
    law = dict(LAWS["pcm"]) | {"read_factor": 0.0, "nu_mean_min": 0.06, "nu_mean_max": 0.06}
    laws = {"pcm": law | {"nu_sigma_min": 0.0, "nu_sigma_max": 0.0}}
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0, ageing="pcm")
    variant = VariantSpec(networks=["n"], chips=1)
    on = Bench(made, variant, device, CROSSBAR, laws, INPUTS[:16], seed=0)
    errors = {}
    for compensation in ("none", "array"):
        on.make_chip(Condition(0, 1e6, compensation))
        errors[compensation] = float((scores(made) - wanted).abs().max() / wanted.std())
    assert errors["array"] < 0.01 < 0.2 < errors["none"]


def test_calibration_removes_the_offsets_of_the_converters():
    errors = {}
    for calibrate in (False, True):
        on = bench(network(adc_bits=12), adc_offset=0.05, calibrate=calibrate)
        on.make_chip(START)
        errors[calibrate] = [error["accumulated_error"] for error in on.layer_errors()]
    assert all(after < 0.25 * before for before, after in zip(errors[False], errors[True], strict=True))


def test_a_gain_error_scales_the_codes_of_its_column():
    made = network(adc_bits=16, rows=64)
    on = bench(made, crossbar=CrossbarSpec(rows=64, columns=64), adc_gain=0.02)
    wanted = on.wanted[0][1]
    on.make_chip(START)
    found = on.watch()[0][1]
    gain = made.layers[0].converters.gain[0]
    assert gain.shape[0] == made.layers[0].layer.tiles == 1
    middle = wanted.abs() > 0.2 * float(wanted.abs().max())
    inside = middle & (wanted.abs() < 0.9 * float(made.scales[0].current_max.detach()))
    expected = wanted * (1 + gain[0]).float().view(1, -1, 1, 1)
    torch.testing.assert_close(found[inside], expected[inside], rtol=1e-3, atol=1e-3)


def test_wires_lower_the_signal_and_do_so_more_where_they_are_longer():
    errors = []
    for ohm in (0.0, 1.0, 50.0):
        on = bench(network("unipolar"), wire_ohm=ohm)
        on.make_chip(START)
        errors.append(next(iter(on.layer_errors()))["own_error"])
    assert errors[0] == 0 < errors[1] < errors[2]


def test_smaller_arrays_convert_more_often():
    made = network()
    on = bench(made, crossbar=CrossbarSpec(rows=9, columns=9))
    assert [layer.tiles for layer in on.trained] == [4, 5, 6]
    on.make_chip(START)
    assert [error["own_error"] for error in on.layer_errors()] != [0.0, 0.0, 0.0]


def test_measurement_inputs_are_training_inputs_of_the_seed(tmp_path):
    data = {"train_x": torch.arange(600).view(600, 1, 1, 1), "train_y": torch.zeros(600, dtype=torch.int64)}
    data |= {"train_fold": torch.arange(600) % 3, "test_x": -data["train_x"][:5], "test_y": torch.ones(5)}
    write_tensors(tmp_path / "d.safetensors", data, {})
    found = measurement_inputs(tmp_path / "d.safetensors", {"network": {}, "seed": 1})
    assert found.shape == (variants.MEASURED, 1, 1, 1)
    assert (found % 3 != 1).all() and (found >= 0).all() and len(found.unique()) == variants.MEASURED


def test_a_network_of_ones_own_is_evaluated_like_any_other():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 4))
    own = mapped_own(plain)
    wanted = scores(own)
    on = bench(
        own, PCM, mapping="differential-crossbars", subtraction="analog", times_s=[25.0], compensations=["array"]
    )
    rows, errors = evaluate_variant(*evaluation(on))
    assert len(rows) == 2 and len(errors) == 4 and all(0 < error["own_error"] < 0.5 for error in errors)
    ideal = mapped_own(plain)
    bench(ideal, mapping="offset").make_chip(START)
    assert torch.equal(scores(ideal), wanted)


def mapped_own(plain):
    return map_sequential(plain, INPUTS[:16], Hardware("signed", 4, 8, 8, 20, (0.0,)))
