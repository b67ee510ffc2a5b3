import pytest
import torch
from support import networks
from torch import nn

from xbar.chips.deployment import Condition, Deployment
from xbar.chips.evaluate import spaced
from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.hardware.cells import CellLaw, column_currents
from xbar.network.contexts import crossbar_layers, scales_of
from xbar.network.prepare import prepare

CELL = DeviceSpec(g_min_uS=5.0, g_max_uS=30.0, programming_noise=0.03)
READ = CELL.model_copy(update={"read_noise": 0.05})
INPUTS = torch.randn(12, 2, 9, generator=torch.Generator().manual_seed(7))
IDEAL = Condition(0, noise=0.0)


def network(polarity="signed"):
    plain = nn.Sequential(nn.Conv1d(2, 5, 3, 2, 1, bias=False), nn.ReLU(), nn.Conv1d(5, 6, 3, bias=False))
    made = prepare(plain, networks.hardware(polarity, 4, 6, 8, 9, noise=0.0), scale="layer")
    stream = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for layer in crossbar_layers(made).values():
            layer.weight.uniform_(-0.5 if polarity == "signed" else 0.0, 0.5, generator=stream)
        for scales in scales_of(made):
            scales.log_x_max.fill_(0.0)
            scales.log_w_max.fill_(-0.7)
            scales.log_i_max.fill_(1.0)
    return made.eval().requires_grad_(False)


def deploy(device=CELL, polarity="signed", read_voltage_V=0.2, **chosen):
    made, variant = network(polarity), VariantSpec.model_validate({"chips": 1, **chosen})
    mapped = map_network(made, device, CrossbarSpec(rows=9, columns=7), mapping=variant.mapping)
    return Deployment(
        made, mapped, device, seed=5, variant=variant, read_voltage_V=read_voltage_V, inputs=INPUTS
    )  # fmt: skip


@torch.no_grad()
def sums(deployed, condition=Condition(), layer=0, inputs=INPUTS):  # noqa: B008 # immutable
    return deployed.make_chip(condition)[layer](inputs)


@pytest.mark.parametrize(
    ("device", "zero"),
    [
        (CELL, {"adc_curve": {"inl_lsb": 0.0, "dnl_lsb": 0.0, "missing": 0.0}}),
        (CELL, {"dac_curve": {"inl_lsb": 0.0, "dnl_lsb": 0.0, "missing": 0.0}}),
        (CELL, {"redraw_read_noise": True}),
        (READ, {"redraw_read_noise": False, "read_voltage_V": 0.5}),
        (READ, {"sinh_V": None, "examples": 10**6}),
    ],
)
def test_without_strength_nothing_changes_byte_for_byte(device, zero):
    plain, with_zero = (deploy(device, adc_gain=0.01, wire_ohm=2.0, **chosen) for chosen in ({}, zero))
    assert torch.equal(sums(with_zero), sums(plain)) and sums(plain).std() > 0.1
    assert with_zero.layer_errors(with_zero.make_chip(Condition())) == plain.layer_errors(plain.make_chip(Condition()))


@pytest.mark.parametrize(
    ("polarity", "mapping"),
    [
        ("signed", "paired-columns-mirrored"),
        ("signed", "two-crossbars"),
        ("signed", "offset-column"),
        ("signed", "offset-column-mirrored"),
        ("unipolar", "unipolar"),
    ],
)
def test_reads_one_by_one_give_the_currents_of_the_products(polarity, mapping):
    """Cells that are ohmic but in name, on several arrays each way; before the ADCs, where nothing is rounded."""
    plain, by_reads = (
        deploy(polarity=polarity, mapping=mapping, wire_ohm=3.0, **chosen) for chosen in ({}, {"sinh_V": 1e5})
    )
    for layer, taken in enumerate([INPUTS, torch.rand(4, 5, 5)]):
        products, reads = (deployed.make_chip(Condition())[layer] for deployed in (plain, by_reads))
        driven = products.drive(products.layer.batched(taken))
        pairs = zip(list(products._products(driven)), list(reads.reads(driven)), strict=True)
        for wanted, found in pairs:
            assert len(found) == len(wanted) and wanted[0].std() > 0.01
            for one, other in zip(found, wanted, strict=True):
                torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("volts", "told"),
    [(None, "sinh_V: 0.43 needs read_voltage_V"), (9.0, "sinh_V: 0.43 is too small; allowed is from 0.45,")],
)
def test_cells_that_are_not_ohmic_need_a_voltage_at_which_their_currents_are_finite(volts, told):
    with pytest.raises(ValueError, match=told):
        deploy(sinh_V=0.43, read_voltage_V=volts)


@pytest.mark.parametrize("solver", ["fast", "exact"])
@torch.no_grad()
def test_a_chip_of_cells_that_are_not_ohmic_computes_what_its_arrays_do(solver):
    """By hand: the rows of every tile, the currents of its arrays, the difference of each pair of columns."""
    deployed = deploy(sinh_V=0.2, read_voltage_V=0.4, wire_ohm=400.0, solver=solver)
    part = deployed.make_chip(Condition())[1]
    driven, arrays = part.drive(torch.rand(4, 5, 3)), deployed.cells(1, Condition())[0].arrays
    x_max, w_max = float(part.layer.scales.x_max), float(part.layer.scales.w_max)
    volts = 0.4 * driven.flatten(1).double() / x_max  # a single place: the kernel covers it
    for (found,), block in zip(list(part.reads(driven)), range(2), strict=True):
        of_block = [array for array in arrays if array.tile.row_block == block]
        read = [
            column_currents(array.g_uS.clamp_min(0), volts[:, array.tile.rows], 400.0, CellLaw(0.4, 0.2))
            for array in of_block
        ]
        columns = torch.cat([currents[:, 0::2] - currents[:, 1::2] for currents in read], 1)
        wanted = columns / (0.4 * 25.0) * x_max * w_max
        error = (found[:, :, 0].double() - wanted).abs().max() / wanted.abs().max()
        assert error < 1e-4 if solver == "exact" else error > 0.01, error


def test_dacs_of_rows_drive_the_products_with_their_own_levels():
    deployed = deploy(dac_curve={"inl_lsb": 3.0, "dnl_lsb": 0.3})
    part = deployed.make_chip(IDEAL)[1]
    driven = part.drive(torch.rand(4, 5, 3))
    rows = driven.flatten(1).double()  # a single place: the kernel covers it
    codes = (rows * 63).round().long()
    volts = torch.stack([part.reads.levels[row, codes[:, row]] for row in range(15)], 1)
    assert (volts - rows).abs().max() > 2 / 63
    weight = part.in_units().weights[0].flatten(1).double()
    found = sum(current[:, :, 0].double() for (current,) in part.reads(driven))
    torch.testing.assert_close(found, volts @ weight.T, rtol=1e-5, atol=1e-6)


def test_read_noise_that_is_redrawn_averages_out_and_has_the_strength_of_the_device():
    """Standard deviation sqrt(2) * 0.05 of a pair's full scale, times the length of the input vector."""
    rows = torch.rand(5, 3, generator=torch.Generator().manual_seed(1)).expand(4000, 5, 3)
    redrawn, once = (deploy(READ, redraw_read_noise=chosen).make_chip(Condition())[1] for chosen in (True, False))
    driven = redrawn.drive(rows)
    first = next(iter(redrawn.reads(driven)))[0][:, :, 0]
    length = float(driven[0, :3].square().sum().sqrt())
    wanted = 2**0.5 * 0.05 * length * float(redrawn.layer.scales.w_max)
    torch.testing.assert_close(first.std(0), torch.full((6,), wanted), rtol=0.06, atol=0)
    averaged = first.view(400, 10, 6).mean(1).std(0)
    torch.testing.assert_close(averaged, torch.full((6,), wanted / 10**0.5), rtol=0.15, atol=0)
    assert once.sums(driven).std(0).max() == 0
    quiet = deploy(READ, redraw_read_noise=True).make_chip(IDEAL)[1]
    assert quiet.sums(driven).std(0).max() == 0


@torch.no_grad()
def test_the_curves_of_a_chip_are_its_own_and_stay():
    deployed = deploy(adc_curve={"dnl_lsb": 0.3, "inl_lsb": 2.0}, dac_curve={"missing": 0.3})
    again, other = sums(deployed), sums(deployed, Condition(1))
    assert torch.equal(sums(deployed), again) and not torch.equal(other, again)
    steps = again / (float(scales_of(deployed.network)[0].current_max) / 255)
    torch.testing.assert_close(steps, steps.round(), rtol=0, atol=1e-3)  # codes are those of the ideal ADC


def test_examples_are_spaced_evenly():
    assert spaced(torch.arange(10), 4).tolist() == [0, 2, 5, 7]
    assert spaced(torch.arange(3), 4).tolist() == spaced(torch.arange(3), None).tolist() == [0, 1, 2]
