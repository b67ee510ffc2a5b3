"""Chips with stuck cells: what is stuck, that draws are those of a chip without faults, and that a repair repairs."""

import pytest
import torch
from support import networks
from support.pulses import PCM, WRITING
from torch.nn import functional

from xbar.chips.mapped import weight_share
from xbar.config.hybrid import RepairSpec, ScratchSpec
from xbar.hybrid.repair import HEALTHY, Plant, make_pairs, repair, repair_rows
from xbar.hybrid.scratch import Blank, _untrained, on_cells, train_scratch
from xbar.hybrid.train import Pulsed, on_pairs
from xbar.network.contexts import batch_norms, crossbar_layers

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


@pytest.fixture
def chip(splits):
    """A network that is not trained, on cells of which 15 % are stuck."""
    network = networks.start(networks.build(), splits[0].x).requires_grad_(False).eval()
    layers = [
        Pulsed(layer, make_pairs(layer, PLANT, SPEC, 0, 0, index))
        for index, layer in enumerate(crossbar_layers(network).values())
    ]
    return network, layers


def cells(layers):
    return [part.pairs.share.clone() for part in layers]


def test_pairs_are_written_nearer_to_their_weights_and_others_stay(chip, splits):
    network, layers = chip
    before = cells(layers)
    repair(network, layers, "reprogram-pairs", splits[0], SPEC, 0, 0)
    for part, was in zip(layers, before, strict=True):
        faulty, wanted = part.pairs.stuck.any(0), weight_share(part.layer)
        assert torch.equal(part.pairs.share[:, ~faulty], was[:, ~faulty])
        error, missed = ((share[0] - share[1] - wanted)[faulty].abs().mean() for share in (part.pairs.share, was))
        assert float(error) < 0.8 * float(missed)


def test_batch_norm_is_corrected_and_cells_stay(chip, splits):
    network, layers = chip
    before, means = cells(layers), [norm.running_mean.clone() for norm in batch_norms(network)]
    repair(network, layers, "batch-norm", splits[0], SPEC, 0, 0)
    assert all(torch.equal(part.pairs.share, was) for part, was in zip(layers, before, strict=True))
    assert means and not any(map(torch.equal, means, (norm.running_mean for norm in batch_norms(network))))


def test_steps_on_the_cells_lower_the_loss(chip, splits):
    network, layers = chip
    losses = []
    for steps in (0, 40):
        chosen = SPEC.model_copy(update={"steps": steps, "batch": 64})
        repair(network, layers, "accumulate", splits[0], chosen, 0, 0)
        with torch.no_grad(), on_pairs(layers):
            losses.append(float(functional.cross_entropy(network(splits[0].x), splits[0].y)))
    assert losses[1] < losses[0] - 0.2


def test_every_method_has_a_row_and_its_wear(digits, splits):
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
