from math import ceil, log2
from pathlib import Path

import pytest
import torch
from support import networks
from support.arrays import weights_on
from support.chips import chip_rows
from torch import nn

from xbar.chips.chip import on_chip
from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import evaluate_variant
from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec, EvaluationSpec
from xbar.config.networks import ArchitectureSpec
from xbar.config.polarity import SignSpec
from xbar.config.variants import VariantSpec
from xbar.hardware.laws import read_laws
from xbar.mappings import MAPPINGS
from xbar.network.architecture import float_network
from xbar.network.contexts import batch_norms, crossbar_layers, scales_of
from xbar.network.own import prepare_trained
from xbar.network.prepare import prepare
from xbar.network.signs import set_signs
from xbar.tables import ERRORS, VARIANTS

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
    hardware = networks.hardware(polarity, bits, adc_bits, adc_bits, rows, noise=0.04)
    made = prepare(float_network(ARCHITECTURE, (2, 6, 6)), hardware, scale=scale)
    if polarity == "mixed":
        set_signs(made, SignSpec(group=1, assignment="alternate"))
    stream = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for layer in crossbar_layers(made).values():
            layer.weight.uniform_(-0.5 if polarity == "signed" else 0.0, 0.5, generator=stream)
        for scales in scales_of(made):
            scales.log_x_max.fill_(1.0)
            scales.log_w_max.fill_(-0.7)
            scales.log_i_max.fill_(1.2 if polarity == "signed" else 2.0)
        for norm in batch_norms(made):
            norm.momentum = 1.0
        made.train()(INPUTS)
    return made.eval()


def deploy(made, device=IDEAL, crossbar=CROSSBAR, **chosen):
    variant = VariantSpec.model_validate({"chips": 2, **chosen})
    mapped = map_network(made, device, crossbar, mapping=variant.mapping, slice_bits=variant.slice_bits)
    return Deployment(made, mapped, device, seed=5, laws=LAWS, variant=variant, inputs=INPUTS[:16])


def on(deployed, condition=START):
    """Scores of a chip."""
    with on_chip(deployed.make_chip(condition)):
        return scores(deployed.network)


@torch.no_grad()
def scores(made):
    return made(INPUTS[:16])


@pytest.mark.parametrize("device", [IDEAL, LEAKY])
@pytest.mark.parametrize("scale", ["network", "layer"])
@pytest.mark.parametrize(
    ("polarity", "mapping"),
    [
        ("signed", "paired-columns-mirrored"),
        ("signed", "paired-columns-opamp"),
        ("signed", "two-crossbars-mirrored"),
        ("signed", "offset-column-mirrored"),
        ("unipolar", "unipolar"),
        ("mixed", "unipolar"),
        ("unipolar", "paired-columns-mirrored"),
    ],
)
def test_every_mapping_computes_what_was_trained_bit_for_bit(polarity, mapping, scale, device):
    made = network(polarity, scale)
    wanted = scores(made)
    assert wanted.std() > 0.1
    assert torch.equal(on(deploy(made, device, mapping=mapping)), wanted)
    assert torch.equal(scores(made), wanted)


@pytest.mark.parametrize("mapping", ["paired-columns-converted", "two-crossbars", "offset-column"])
def test_digital_subtraction_differs_by_the_rounding_of_its_converters_only(mapping):
    errors = {}
    for bits in (6, 10, 16):
        made = network(adc_bits=16)
        wanted = scores(made)
        deployed = deploy(made, LEAKY, mapping=mapping, adc_bits=bits)
        assert deployed.ranges[0] > 1.0 and len(set(deployed.ranges)) == 1  # one range for the network, wide enough
        errors[bits] = float((on(deployed) - wanted).abs().max() / wanted.std())
    assert errors[16] < 5e-3 < errors[6]
    assert errors[16] < errors[10] < errors[6]


@pytest.mark.parametrize("mapping", [mapping for mapping in MAPPINGS if mapping != "unipolar"])
def test_adcs_of_a_chip_have_the_bits_that_are_priced(mapping):
    """One more than the network's where a sum carries a sign or an offset, whichever the codes stand for."""
    (chip, *_) = deploy(network(adc_bits=6), LEAKY, mapping=mapping).make_chip(START)
    codes = 2**chip.converters.bits - 1
    told_apart = 2 * codes + 1 if chip.columns[0].signed else codes + 1
    assert ceil(log2(told_apart)) == 6 + MAPPINGS[mapping].sign_bits


def test_sliced_weights_differ_by_the_rounding_of_their_converters_only():
    made = network(adc_bits=14)
    wanted = scores(made)
    sliced = deploy(made, slice_bits=2)
    assert [len(parts) for parts in sliced.mapped.layers] == [2, 2, 2]
    assert float((on(sliced) - wanted).abs().max() / wanted.std()) < 5e-3


def test_slices_make_each_device_error_matter_less_than_one_in_the_least_slice_would():
    """Noise on the devices of both slices: sqrt(0.8^2 + 0.2^2) of one full-scale device."""
    made = network(bits=4)
    sliced = deploy(made, NOISY, slice_bits=2)
    chips = [sliced.make_chip(condition)[2] for condition in (START, START._replace(noise=0.0))]
    noisy, clean = (sum(column.weight * column.factor[0, 0] for column in chip.columns) for chip in chips)
    assert float((noisy - clean).std()) == pytest.approx(0.04 * (2 * (0.8**2 + 0.2**2)) ** 0.5, rel=0.1)


def test_a_chip_is_the_chip_of_the_plain_evaluation():
    made = network("unipolar")
    mapped = map_network(made, NOISY, CROSSBAR)
    nominal = Deployment(made, mapped, NOISY, seed=5, laws=LAWS)
    evaluation_spec = EvaluationSpec(chips=2, sweep_chips=1, noise_sweep=[])
    plain = chip_rows(nominal, evaluation_spec, {"test": (INPUTS, CLASSES)})
    wanted = [row["accuracy"] for row in plain if row["condition"] == "noisy"]
    rows, _ = evaluate_variant(*evaluation(deploy(network("unipolar"), NOISY)))
    assert [row["accuracy"] for row in rows] == wanted


def evaluation(deployed):
    kind = {"dataset": "d", "weight_bits": 4, "polarity": "signed", "scale": "network"}
    return deployed, (INPUTS, CLASSES), {"variant": "v", "network": "n", "seed": "5"}, kind, "cell"


def test_rows_are_complete_and_repeat():
    tables = []
    for _ in range(2):
        deployed = deploy(network(), PCM, times_s=[25.0, 3600.0], compensations=["none", "array"])
        tables.append(evaluate_variant(*evaluation(deployed)))
    assert tables[0] == tables[1]
    rows, errors = tables[0]
    assert len(rows) == 2 * 2 * 2 and len(errors) == 3 * len(rows)
    assert set(rows[0]) == set(VARIANTS.names) and set(errors[0]) == set(ERRORS.names)
    first = [error for error in errors if error["layer"] == 0]
    assert all(error["own_error"] == error["accumulated_error"] > 0 for error in first)


def test_compensation_brings_the_mean_of_every_array_back():
    year = Condition(0, 3.2e7, "array")
    deployed = deploy(network(), PCM, times_s=[year.time_s], compensations=["array"])
    (column,) = deployed.make_chip(year)[1].columns
    aged, factors = column.weight.flatten(1), column.factor
    (cells,) = deployed.cells(1, year, aged=False)
    programmed = weights_on(cells.arrays, column.weight.shape, "paired-columns-mirrored", PCM).flatten(1)
    for array in deployed.mapped.layers[1][0].arrays:
        tile = array.tile
        restored = factors[tile.row_block, tile.outputs, None] * aged[tile.outputs, tile.rows]
        assert float(restored.abs().mean()) == pytest.approx(float(programmed[tile.outputs, tile.rows].abs().mean()))
    assert (factors > 1.5).all()


def test_uniform_drift_is_undone_altogether_by_compensation():
    """Cells that all lose the same share lose nothing that a factor behind the ADC cannot return."""
    made = network(adc_bits=16)
    wanted = scores(made)
    law = dict(LAWS["pcm"]["drift"]) | {"read_factor": 0.0, "nu_mean_min": 0.06, "nu_mean_max": 0.06}
    laws = {"pcm": {"drift": law | {"nu_sigma_min": 0.0, "nu_sigma_max": 0.0}}}
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.0, ageing="pcm")
    deployed = Deployment(made, map_network(made, device, CROSSBAR), device, seed=0, laws=laws)
    errors = {}
    for compensation in ("none", "array"):
        errors[compensation] = float(
            (on(deployed, Condition(0, 1e6, compensation)) - wanted).abs().max() / wanted.std()
        )
    assert errors["array"] < 0.01 < 0.2 < errors["none"]


def test_calibration_removes_the_offsets_of_the_converters():
    errors = {}
    for calibrate in (False, True):
        deployed = deploy(network(adc_bits=12), adc_offset=0.05, calibrate=calibrate)
        errors[calibrate] = [error["accumulated_error"] for error in deployed.layer_errors(deployed.make_chip(START))]
    assert all(after < 0.25 * before for before, after in zip(errors[False], errors[True], strict=True))


def test_a_gain_error_scales_the_codes_of_its_column():
    made = network(adc_bits=16, rows=64)
    deployed = deploy(made, crossbar=CrossbarSpec(rows=64, columns=64), adc_gain=0.02)
    chip, wanted = deployed.make_chip(START), deployed.wanted[0][1]
    found, gain = deployed.watch(chip)[0][1], chip[0].converters.gain[0]
    assert gain.shape[0] == chip[0].layer.tiles() == 1
    middle = wanted.abs() > 0.2 * float(wanted.abs().max())
    inside = middle & (wanted.abs() < 0.9 * float(scales_of(made)[0].current_max.detach()))
    expected = wanted * (1 + gain[0]).float().view(1, -1, 1, 1)
    torch.testing.assert_close(found[inside], expected[inside], rtol=1e-3, atol=1e-3)


def test_wires_lower_the_signal_and_do_so_more_where_they_are_longer():
    errors = []
    for ohm in (0.0, 1.0, 50.0):
        deployed = deploy(network("unipolar"), wire_ohm=ohm)
        errors.append(deployed.layer_errors(deployed.make_chip(START))[0]["own_error"])
    assert errors[0] == 0 < errors[1] < errors[2]


def test_what_a_layer_subtracts_is_no_error_of_it():
    """The same added to all columns is gone behind the layer. In a network that keeps it, it is an error."""
    found = {}
    for common_mode in ("kept", "subtracted"):
        made = prepare(nn.Sequential(nn.Linear(6, 5)), networks.hardware("unipolar", rows=20), common_mode=common_mode)
        mapped, inputs = map_network(made, IDEAL, CROSSBAR), torch.rand(30, 6)
        deployed = Deployment(made, mapped, IDEAL, seed=5, inputs=inputs)
        chip = deployed.make_chip(START)
        chip[0].offset = torch.full((5,), 0.1)
        found[common_mode] = deployed.layer_errors(chip)[0]["own_error"]
    assert found["subtracted"] < 1e-6 < 0.05 < found["kept"]


def test_arrays_of_more_rows_than_converters_are_scaled_for_are_refused():
    made = network(rows=20)
    with pytest.raises(ValueError, match="arrays of 64 rows; its ADCs are scaled for 20; give arrays of at most 20"):
        deploy(made, crossbar=CrossbarSpec(rows=64, columns=9))
    small = prepare(nn.Sequential(nn.Linear(4, 3)), networks.hardware(rows=20))  # one array in both: the same sums
    Deployment(small, map_network(small, IDEAL, CrossbarSpec(rows=64, columns=9)), IDEAL, seed=5)


def test_smaller_arrays_convert_more_often():
    made = network()
    deployed = deploy(made, crossbar=CrossbarSpec(rows=9, columns=9))
    assert [layer.tiles(9) for layer in deployed.layers] == [4, 5, 6]
    chip = deployed.make_chip(START)
    assert [error["own_error"] for error in deployed.layer_errors(chip)] != [0.0, 0.0, 0.0]
    assert [layer.tiles() for layer in deployed.layers] != [4, 5, 6]  # the trained network keeps its own arrays


def test_a_network_of_ones_own_is_evaluated_like_any_other():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 4))
    own = mapped_own(plain)
    wanted = scores(own)
    deployed = deploy(own, PCM, mapping="two-crossbars-mirrored", times_s=[25.0], compensations=["array"])
    rows, errors = evaluate_variant(*evaluation(deployed))
    assert len(rows) == 2 and len(errors) == 4 and all(0 < error["own_error"] < 0.5 for error in errors)
    assert torch.equal(on(deploy(own, mapping="offset-column-mirrored")), wanted)


def mapped_own(plain):
    return prepare_trained(plain, INPUTS[:16], networks.hardware(rows=20))


class Skips(nn.Module):
    """A small network with a forward of its own."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.rectifier, self.last = nn.ReLU(), nn.Linear(4, 4)

    def forward(self, inputs):
        values = self.rectifier(self.first(inputs))
        return self.last((values + self.second(values)).mean((2, 3)))


def test_a_module_with_a_forward_of_its_own_takes_the_same_road():
    """Digit by digit: the ideal chip's sums and scores are the trained network's; noisy chips come and go."""
    torch.manual_seed(0)
    own = mapped_own(Skips())
    wanted, deployed = scores(own), deploy(own, NOISY)
    for (_, trained), (_, found) in zip(
        deployed.wanted, deployed.watch(deployed.make_chip(START._replace(noise=0.0))), strict=True
    ):
        assert torch.equal(trained, found)
    assert torch.equal(on(deployed, START._replace(noise=0.0)), wanted)
    assert not torch.equal(on(deployed), wanted) and torch.equal(scores(own), wanted)
    rows, _ = evaluate_variant(*evaluation(deployed))
    assert len(rows) == 2


def test_what_must_be_measured_needs_inputs():
    made = network()
    for mapping, calibrate in (("two-crossbars", False), (None, True)):
        mapped = map_network(made, IDEAL, CROSSBAR, mapping=mapping)
        variant = VariantSpec(chips=2, mapping=mapping, calibrate=calibrate)
        with pytest.raises(ValueError, match="no inputs are given; some of the network are needed"):
            Deployment(made, mapped, IDEAL, seed=5, variant=variant).make_chip(START)


@pytest.mark.parametrize(
    ("variant", "chosen", "told"),
    [
        (
            {"mapping": "two-crossbars"},
            {},
            "the variant has mapping two-crossbars, the arrays have paired-columns-mirr",
        ),
        ({"slice_bits": 1}, {}, "1 slices of its weights; the variant has"),
        ({}, {"slice_bits": 1}, "slices of its weights; the variant has 1"),
    ],
)
def test_arrays_of_another_mapping_or_slicing_are_refused(variant, chosen, told):
    made = network()
    mapped = map_network(made, IDEAL, CROSSBAR, **chosen)
    with pytest.raises(ValueError, match=told):
        Deployment(made, mapped, IDEAL, seed=5, variant=VariantSpec(chips=1, **variant), inputs=INPUTS[:16])


def test_arrays_of_another_network_are_refused():
    """Also where the layers are as many: smaller ones would leave weights at zero without a word."""
    layers = [[nn.Linear(4, 4), nn.Linear(4, 3)], [nn.Linear(4, 4), nn.Linear(4, 2)], [nn.Linear(4, 4)]]
    made, smaller, fewer = (prepare(nn.Sequential(*parts), networks.hardware(rows=20)) for parts in layers)
    with pytest.raises(ValueError, match="arrays of 8 rows and 2 outputs hold another layer"):
        Deployment(made, map_network(smaller, IDEAL, CROSSBAR), IDEAL, seed=5)
    with pytest.raises(ValueError, match="arrays of 1 layers; the network has 2"):
        Deployment(made, map_network(fewer, IDEAL, CROSSBAR), IDEAL, seed=5)
