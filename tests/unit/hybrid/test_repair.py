"""Chips with stuck cells: what is stuck, that draws are those of a chip without faults, and that a repair repairs."""

import pytest
import torch
from support import networks
from support.pulses import PCM, WRITING

from xbar.chips.mapped import weight_share
from xbar.config.hybrid import RepairSpec, ScratchSpec
from xbar.hybrid.repair import HEALTHY, Plant, make_pairs, repair_rows
from xbar.hybrid.scratch import Blank, _untrained, on_cells, train_scratch
from xbar.network.contexts import crossbar_layers

METHODS = ["none", "batch-norm", "reprogram", "reprogram-pairs", "accumulate"]
SPEC = RepairSpec(
    networks=["any"], device="any", chips=1, stuck_off=0.1, stuck_on=0.05, steps=2, batch=16, methods=METHODS,
    rules={"accumulate": {"learning_rate": 0.1, "granularity": 0.05}},
)  # fmt: skip
PLANT = Plant(networks.device_spec(), {}, PCM, WRITING)


def test_faults_are_the_only_difference_from_a_chip_without_them(splits):
    layer = crossbar_layers(networks.start(networks.build(), splits[0].x))["layer1"]
    none = SPEC.model_copy(update={"stuck_off": 0.0, "stuck_on": 0.0})
    faulty, healthy = (make_pairs(layer, PLANT, spec, 0, 0, 0) for spec in (SPEC, none))
    stuck = faulty.stuck
    assert torch.equal(faulty.share[~stuck], healthy.share[~stuck]) and not healthy.stuck.any()
    assert set(faulty.share[stuck].tolist()) == {0.0, 1.0}
    assert abs(float(stuck.float().mean()) - 0.15) < 0.02
    again = make_pairs(layer, PLANT, SPEC, 0, 0, 0, again=True)
    assert torch.equal(again.stuck, stuck) and not torch.equal(again.share[~stuck], faulty.share[~stuck])
    error = (healthy.weights() - weight_share(layer)).std()
    assert abs(float(error) - 2**0.5 * 0.04) < 0.005


def test_every_method_has_a_row_and_pairs_are_written_nearer_to_their_weights(digits, splits):
    network = networks.start(networks.build(), splits[0].x).eval()
    rows = {row["method"]: row for row in repair_rows(network, digits, SPEC, PLANT, seed=0)}
    assert list(rows) == [HEALTHY, *METHODS]
    assert rows["none"]["pulses"] == rows["batch-norm"]["pulses"] == 0 < rows["reprogram-pairs"]["pulses"]
    assert rows["reprogram"]["resets"] == rows["reprogram"]["cells"] and rows["accumulate"]["granularity"] == 0.05


def scratch(**chosen):
    steps = {"learning_rate": 0.5, "granularity": 0.05}
    rules = {"float": steps, "accumulate": steps, "every-step": steps}
    about = {"dataset": "digits", "architecture": "tiny", "crossbar": "any", "epochs": 1, "batch": 32, "start": 0.2}
    return ScratchSpec.model_validate(about | {"digital_rate": 0.01, "rules": rules} | chosen)


BLANK = Blank(networks.architecture_spec(), networks.CROSSBAR, PCM, WRITING)


def test_a_network_is_trained_from_random_weights_by_every_rule(digits):
    spec = scratch()
    rows = {rule: train_scratch(digits, rule, spec, BLANK, seed=0) for rule in spec.rules}
    assert all(row["accuracy"] > 0.3 for row in rows.values())
    assert "pulses" not in rows["float"] and rows["accumulate"]["pulses"] < rows["every-step"]["pulses"]


def test_full_scales_leave_room_for_weights_to_grow(digits):
    """Sums of the weights that are written reach less than half of the full scale of the ADC."""
    train, spec = digits["train_x"], scratch(crossbar="any")
    network = _untrained("every-step", spec, BLANK, train, 0)
    first = on_cells(network, "every-step", spec, BLANK, 0)[0]
    written = first.pairs.weights().float()
    assert float(written.std()) == pytest.approx(0.2, abs=0.03)
    values = first.layer.drive(first.layer.on_rows(first.layer.batched(network[:1](train)))).detach()
    sums = torch.cat([tile.abs().flatten() for tile in first.layer.tile_currents(values, written)])
    assert float(sums.quantile(0.999)) < 0.6 * float(first.layer.scales.current_max.detach())


def test_full_scales_that_training_lost_are_told_in_one_line(digits):
    with pytest.raises(
        FloatingPointError, match=r"^training diverged: a full scale is zero; try a digital_rate below 1e\+30$"
    ):
        train_scratch(digits, "accumulate", scratch(digital_rate=1e30, batch=256), BLANK, seed=0)


def test_a_loss_that_floating_point_steps_lost_is_told_in_one_line(digits):
    with pytest.raises(
        FloatingPointError, match=r"^training diverged: the loss is (nan|inf); try a lower learning_rate$"
    ):
        train_scratch(digits, "float", scratch(rules={"float": {"learning_rate": 1e38}}), BLANK, seed=0)
