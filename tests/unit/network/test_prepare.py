"""Layers exchanged for crossbar layers: what the copy computes, and what is refused because it would compute else."""

import pytest
import torch
from support import networks
from torch import nn

from xbar.network.contexts import crossbar_layers, scales_of
from xbar.network.prepare import prepare

FINE = {"weight_bits": 12, "dac_bits": 16, "adc_bits": 16, "rows": 256}


def fine(module, inputs):
    """A copy with converters so fine, and ranges so wide, that it computes what the module does."""
    copied = prepare(module, networks.hardware(**FINE)).eval()
    for scales in scales_of(copied):
        scales.log_x_max.data.fill_(3.0)
        scales.log_i_max.data.fill_(3.0)
    return copied(inputs)


@torch.no_grad()
def test_a_module_that_stands_at_several_places_counts_at_each():
    """The same batch-norm behind a ReLU: the second linear layer gets negative inputs, the ReLU feeds no DAC."""
    torch.manual_seed(0)
    norm = nn.BatchNorm1d(6)
    norm.running_mean.fill_(0.3)
    module = nn.Sequential(norm, nn.ReLU(), nn.Linear(6, 6), nn.ReLU(), norm, nn.Linear(6, 4)).eval()
    inputs = torch.randn(50, 6)
    copied = prepare(module, networks.hardware())
    assert [layer.takes for layer in crossbar_layers(copied).values()] == ["positive", "halved"]
    assert [type(part) for part in copied][1:4:2] == [nn.Identity, nn.ReLU]
    wanted = module(inputs)
    torch.testing.assert_close(fine(module, inputs), wanted, rtol=0, atol=0.01 * float(wanted.abs().max()))


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (nn.Linear(2, 2, dtype=torch.complex64), "has complex weights; real ones map"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)), "is no layer of torch.nn itself"),
    ],
    ids=["complex", "computed"],
)
def test_a_layer_that_a_crossbar_would_compute_in_another_way_is_refused(layer, told):
    """Also on the road of a network that is trained afterwards, where nothing compares it with torch."""
    with pytest.raises(ValueError, match=f"^module 0: .*{told}"):
        prepare(nn.Sequential(layer), networks.hardware())


def test_a_layer_with_a_hook_is_refused():
    layer = nn.Linear(2, 2)
    layer.register_forward_hook(lambda *_: None)
    with pytest.raises(ValueError, match="module 0: Linear has forward hooks"):
        prepare(nn.Sequential(layer), networks.hardware())


class Block(nn.Module):
    """A forward of its own, with a batch-norm that stands still."""

    def __init__(self):
        super().__init__()
        self.norm, self.layer = nn.BatchNorm1d(3).eval(), nn.Linear(3, 3)

    def forward(self, inputs):
        return self.layer(self.norm(inputs).relu())


def test_a_forward_of_its_own_takes_signed_inputs_and_keeps_its_modes():
    copied = prepare(Block(), networks.hardware())
    assert [part.training for part in (copied, copied.norm, copied.layer)] == [True, False, True]
    assert copied.layer.takes == "halved"


@torch.no_grad()
def test_groups_take_the_plain_state_dict_and_stay_apart_in_training():
    """Rows [x, -x] and two groups: weights between groups are zero, also after steps of an optimiser."""
    torch.manual_seed(0)
    plain, other = (nn.Sequential(nn.Conv1d(4, 6, 3, groups=2, padding="same", dilation=2)) for _ in range(2))
    copied = prepare(plain, networks.hardware(**FINE))
    copied.load_state_dict(other.state_dict(), strict=True)
    inputs = torch.randn(9, 4, 11)
    wanted = other(inputs)
    torch.testing.assert_close(fine(other, inputs), wanted, rtol=0, atol=0.01 * float(wanted.abs().max()))
    weight, expected = copied[0].weight, torch.zeros(6, 8, 3)
    expected[:3, :2], expected[3:, 2:4] = other[0].weight[:3], other[0].weight[3:]
    expected[:, 4:] = -expected[:, :4]
    assert torch.equal(weight, expected)
    weight += 0.01
    copied[0].clip_weight()
    assert torch.equal(weight != 0, expected != 0)
