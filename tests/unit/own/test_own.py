"""A network of one's own from Python: prepared, trained with noise, tested on chips and priced."""

from dataclasses import replace

import pytest
import torch
from support import networks
from torch import nn

from xbar import own
from xbar.config.crossbars import CrossbarSpec
from xbar.network.contexts import crossbar_layers
from xbar.network.own import MEASURED_INPUTS
from xbar.own import cost, fine_tune, layer_rows, on_chips, prepare

CROSSBAR = CrossbarSpec(rows=64, columns=64)


class Residual(nn.Module):
    """A residual network for the digits, with a depthwise layer."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(8)
        self.depthwise, self.pointwise = nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Conv2d(8, 8, 1)
        self.head = nn.Linear(128, 10)

    def forward(self, values):
        values = self.norm(self.stem(values)).relu()
        values = (values + self.pointwise(self.depthwise(values).relu())).relu()
        return self.head(values.flatten(1))


@pytest.fixture(scope="module")
def digits():
    found = networks.digits()
    return found["train_x"] / 16, found["train_y"], found["test_x"] / 16, found["test_y"]


@pytest.fixture(scope="module")
def trained(digits):
    torch.manual_seed(0)
    model, (x, y, _, _) = Residual(), digits
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return model.eval()


def test_ranges_of_adcs_come_from_the_inputs_of_prepare(trained, digits, monkeypatch):
    """Not from those that are tested: Python and the workflow then set the same."""
    x, _, test_x, test_y = digits
    network = prepare(trained, x[:300], networks.hardware())
    seen = []
    monkeypatch.setattr(own, "Deployment", lambda *_, inputs, **named: seen.append(inputs))
    monkeypatch.setattr(own, "evaluate_own", lambda *_: [[]])
    for inputs in (test_x, test_x[:3]):
        on_chips(network, inputs, test_y[: len(inputs)], crossbar=CROSSBAR, chips=1)
    assert all(torch.equal(inputs, x[:256]) for inputs in seen) and len(seen) == 2
    delattr(network, MEASURED_INPUTS)
    with pytest.raises(
        ValueError, match=r"^the network has no inputs on which its ADCs can be set; xbar\.own\.prepare"
    ):
        on_chips(network, test_x, test_y, crossbar=CROSSBAR)


def mean_noisy(rows):
    shares = [row["accuracy"] for row in rows if row["condition"] == "noisy"]
    return sum(shares) / len(shares)


def test_training_with_noise_gains_on_noisy_chips(trained, digits):
    """Against the same network mapped as it is; noise of 15 % of full scale. Its groups stay apart."""
    x, y, test_x, test_y = digits
    device = networks.device_spec(programming_noise=0.15)
    network = prepare(trained, x[:200], networks.hardware(weight_bits=4))
    before = on_chips(network, test_x, test_y, device=device, crossbar=CROSSBAR, chips=3)
    history = fine_tune(network, x, y, noise=0.15, epochs=3, learning_rate=3e-3)
    after = on_chips(network, test_x, test_y, device=device, crossbar=CROSSBAR, chips=3)
    assert [row["condition"] for row in before[:3]] == ["quantised", "ideal", "noisy"]
    assert before[0]["accuracy"] == before[1]["accuracy"] > 0.9
    assert mean_noisy(after) > mean_noisy(before) + 0.03 and history[-1] < history[0]
    layer = crossbar_layers(network)["depthwise"]
    assert int((layer.weight != 0).flatten(2).any(2).sum()) == 8 and not network.training


def test_unipolar_weights_learn_what_their_columns_had_in_common(trained, digits, caplog):
    """From the signed ones: no weight below zero at any time, and arrays of one device a weight."""
    x, y, test_x, test_y = digits
    network = prepare(trained, x[:200], networks.hardware("unipolar"), grouped="digital")
    assert caplog.messages[0].startswith("unipolar weights: the network computes something else until")
    wanted = {key: layer.weight - layer.weight.mean(0) for key, layer in crossbar_layers(network).items()}
    plain = dict(trained.named_modules())
    for key in ("stem", "pointwise"):
        weight = plain[key].weight.detach()
        torch.testing.assert_close(wanted[key][:, : weight.shape[1]], weight - weight.mean(0))
    fine_tune(network, x[:1000], y[:1000], noise=0.02, epochs=2, learning_rate=5e-3)
    assert all(float(layer.weight.detach().min()) >= 0 for layer in crossbar_layers(network).values())
    rows = on_chips(network, test_x, test_y, device=networks.device_spec(), crossbar=CROSSBAR, chips=1)
    assert rows[0]["accuracy"] == rows[1]["accuracy"] > 0.8
    assert cost(network, x[:50], crossbar=CROSSBAR).total["mapping"] == "unipolar"
    with pytest.raises(ValueError, match="depthwise: Conv2d cannot be unipolar: groups have zeros between them"):
        prepare(trained, x[:20], networks.hardware("unipolar"))


def test_the_same_seed_gives_the_same_training(trained, digits):
    x, y, *_ = digits
    weights = []
    for _ in range(2):
        network = prepare(trained, x[:100], networks.hardware())
        fine_tune(network, x[:100], y[:100], epochs=1, seed=3)
        weights.append(network.head.weight)
    assert torch.equal(*weights)


@pytest.mark.parametrize(("of_hardware", "given", "drawn"), [(0.0, None, 0.04), (0.1, None, 0.1), (0.1, 0.02, 0.02)])
def test_noise_is_that_of_the_hardware_unless_another_is_given(trained, digits, of_hardware, given, drawn):
    x, y, *_ = digits
    network = prepare(trained, x[:100], replace(networks.hardware(), noise=of_hardware))
    fine_tune(network, x[:100], y[:100], epochs=1, noise=given)
    assert {layer.hardware.noise for layer in crossbar_layers(network).values()} == {drawn}


def test_costs_are_of_its_own_layers_and_name_what_stays_digital(trained, digits):
    x = digits[0][:100]
    dense = prepare(trained, x, networks.hardware())
    digital = prepare(trained, x, networks.hardware(), grouped="digital")
    both = [cost(network, x, crossbar=CROSSBAR) for network in (dense, digital)]
    layers = [row for row in both[0].layers if row["layer"] != "bank"]
    assert len(layers) == 4 and not both[0].digital
    # 9 x 8 at 16 positions, dense 72 x 8, 8 x 8 at 16, 128 x 10 once
    assert float(both[0].total["macs"]) == 16 * (9 * 8 + 72 * 8 + 8 * 8) + 1280
    energies = [sum(float(row["energy_pJ"]) for row in one.layers) for one in both]
    assert energies[0] == pytest.approx(float(both[0].total["energy_nJ"]) * 1e3) and energies[1] < energies[0]
    assert [found.products for found in both[1].digital] == [16 * 8 * 9]
    assert all(0 < float(row["activity"]) < 1 for row in layer_rows(dense, x))


def test_inputs_of_any_type_are_the_same_inputs(trained, digits):
    x, y = digits[0][:40], digits[1][:40]
    network = prepare(trained, x, networks.hardware())
    wanted = on_chips(network, x, y, crossbar=CROSSBAR, chips=1)
    assert on_chips(network, x.double().numpy(), y.tolist(), crossbar=CROSSBAR, chips=1) == wanted
    assert cost(network, x.double(), crossbar=CROSSBAR) == cost(network, x, crossbar=CROSSBAR)
    given = ((x, y), (x.numpy(), y.int()))
    losses = [fine_tune(prepare(trained, x, networks.hardware()), *some, epochs=1) for some in given]
    assert losses[0] == losses[1]


def _giving(network, change):
    """As a forward of the user's own may do: another head in training mode, or no gradients."""
    network.register_forward_hook(lambda part, _, found: change(found) if part.training else found)
    return network


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda network, x, y: fine_tune(nn.Linear(2, 2), x, y), "no crossbar layer"),
        (lambda network, x, y: fine_tune(network, x, y[:3]), "20 inputs with 3 wanted outputs"),
        (lambda network, x, y: fine_tune(network, x, y, epochs=0), "0 epochs"),
        (lambda network, x, y: fine_tune(network, x * float("inf"), y), "20 inputs hold NaN or infinity"),
        (lambda network, x, y: fine_tune(network, x, y, noise=(float("nan"), 0.1)), "noise_law is .*; allowed is"),
        (
            lambda network, x, y: fine_tune(network, x, y, epochs=2, learning_rate=1e30),
            "full scale.* in epoch 1; try a",
        ),
        (lambda network, x, y: fine_tune(_giving(network, lambda y: (y, y)), x, y), "gives a tuple in training mode"),
        (
            lambda network, x, y: fine_tune(_giving(network, torch.Tensor.detach), x, y),
            "no gradient reaches the weights",
        ),
        (lambda network, x, y: fine_tune(network, x, y + 10), "wanted outputs of shape .* do not fit: Target 1"),
        (lambda network, x, y: on_chips(network, x - 0.5, y, crossbar=CROSSBAR), "inputs from -0.5 to 0.5; full"),
        (lambda network, x, y: cost(network, x * 255, crossbar=CROSSBAR), "inputs from 0 to 255; full"),
        (lambda network, x, y: on_chips(network, x, y[:3], crossbar=CROSSBAR), "20 inputs with classes of shape"),
        (lambda network, x, y: on_chips(network, x, y), "arrays of 1152 rows; the network's ADCs are scaled for 64"),
        (
            lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, times_s=1e9),
            "on_chips: times_s and compensations need a device with ageing",
        ),
        (
            lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, compensations="array"),
            "on_chips: times_s and compensations need a device with ageing",
        ),
        (
            lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, device=networks.device_spec(levels=2)),
            "on_chips: 4-bit weights in mapping .* need devices of 16 levels; those here have 2",
        ),
        (lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, chips=0), "chips: 0 is not allowed: "),
        (
            lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, mapping="paired"),
            "mapping: 'paired' is not",
        ),
        (
            lambda network, x, y: on_chips(network, x, y, crossbar=CROSSBAR, times_s=[float("nan")]),
            "^times_s.*numbers are finite",
        ),
        (lambda network, x, y: cost(network, x, crossbar=CROSSBAR, mapping="paired"), "'paired' is not one of"),
        (lambda network, x, y: fine_tune(network, x, y, noise=5.0), "noise 5 is not allowed: 0 to 1, a share"),
        (lambda network, x, y: cost(network, x), "give a crossbar of at most 64 rows"),
        (lambda network, x, y: on_chips(network, x, y, device="pmc"), "device"),
        (lambda network, x, y: cost(network, x, crossbar="array"), "crossbar"),
        (
            lambda network, x, y: cost(network, x, crossbar=CROSSBAR, mapping="unipolar"),
            "mapping: unipolar holds no negative weights",
        ),
        (lambda network, x, y: cost(network, x, project=networks.Path("nowhere")), "nowhere holds no config.yaml"),
    ],
)
def test_what_is_wrong_is_one_line(trained, digits, act, message):
    x, y = digits[0][:20], digits[1][:20]
    network = prepare(trained, x, networks.hardware())
    with pytest.raises((ValueError, FloatingPointError), match=message) as caught:
        act(network, x, y)
    assert "\n" not in str(caught.value)
