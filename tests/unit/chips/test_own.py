"""A network of one's own on chips: what each row is of."""

import torch
from support import networks
from torch import nn

from xbar.chips.deployment import Deployment
from xbar.chips.mapped import map_network
from xbar.chips.own import evaluate_own, own_errors, reference
from xbar.config.crossbars import CrossbarSpec
from xbar.config.variants import VariantSpec
from xbar.network.own import prepare_trained


class Twice(nn.Module):
    """A layer that is called on two sizes, and one behind both."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.shared, self.head = nn.Conv2d(1, 4, 3), nn.Linear(4, 3)

    def forward(self, values):
        large, small = self.shared(values), self.shared(values[..., ::2, ::2])
        return self.head((large.mean((2, 3)) + small.mean((2, 3))).relu())


X = torch.rand(60, 1, 8, 8, generator=torch.Generator().manual_seed(1))
PLAIN = Twice().eval()
NETWORK = prepare_trained(PLAIN, X, networks.hardware(weight_bits=6))


def deployed(**changes):
    device, crossbar = networks.device_spec(programming_noise=0.1), CrossbarSpec(rows=64, columns=8)
    variant = VariantSpec(chips=2, **changes)
    mapped = map_network(NETWORK, device, crossbar)
    return Deployment(NETWORK, mapped, device, seed=0, variant=variant, inputs=X[:30])


@torch.no_grad()
def test_conditions_come_in_order_and_only_noise_makes_chips_differ():
    examples = X, PLAIN(X).argmax(1)
    rows, errors = evaluate_own(deployed(), examples, PLAIN)
    assert [row["condition"] for row in rows] == ["quantised", "ideal", "noisy", "noisy"]
    assert rows[0]["accuracy"] == rows[1]["accuracy"] and [row.get("chip") for row in rows[2:]] == [0, 1]
    own = [error["own_error"] for error in errors if error["module"] == "shared"]
    assert len(errors) == 4 * 2 and own[0] == own[1] < own[2] != own[3]
    assert evaluate_own(deployed(), examples)[1] == []


@torch.no_grad()
def test_errors_are_of_all_calls_of_a_layer():
    """By hand for the outputs of both calls together."""
    seen = reference(PLAIN, X[:30])
    (first, second) = seen["shared"]
    found = own_errors(NETWORK, X[:30], seen)[0]
    parts = [NETWORK.shared(taken) - given for taken, given in (first, second)]
    wanted = torch.cat([given.flatten() for _, given in (first, second)])
    by_hand = torch.cat([part.flatten() for part in parts]).square().mean().sqrt() / wanted.std()
    assert abs(found["own_error"] - float(by_hand)) < 1e-5 and found["module"] == "shared"
    for error in own_errors(exact(), X[:30], seen):  # the bias is subtracted and added again, which rounds
        assert error["own_error"] < 1e-5 and error["accumulated_error"] < 1e-5


def exact():
    """The network itself, in whose layers nothing is changed but their kind."""
    network = prepare_trained(PLAIN, X, networks.hardware(weight_bits=6))
    for name, layer in (("shared", network.shared), ("head", network.head)):
        plain = getattr(PLAIN, name)
        layer.stand_in = lambda taken, plain=plain: plain(taken) - plain.bias.view(1, -1, *[1] * (taken.dim() - 2))
    return network
