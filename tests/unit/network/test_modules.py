"""Modules that torch computes in another way than crossbars would: refused by name; options that torch has: kept."""

import copy

import pytest
import torch
from support import networks
from torch import nn
from torch.nn.utils import parametrizations, prune

from xbar.network.own import prepare_trained

FINE = networks.hardware("signed", 14, 14, 14, 1152)
INPUTS = torch.randn(60, 2, 9, 9, generator=torch.Generator().manual_seed(0))


class Doubled(nn.Linear):
    def forward(self, values):
        return 2 * super().forward(values)


class Standardised(nn.Conv2d):
    def forward(self, values):
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return nn.functional.conv2d(values, weight, self.bias)


class Leaky(nn.ReLU):
    def forward(self, values):
        return nn.functional.leaky_relu(values)


class Shifted(nn.BatchNorm2d):
    def forward(self, values):
        return super().forward(values) + 1


class Halved(nn.Module):
    def forward(self, values):
        return values / 2


class Residual(nn.Sequential):
    def forward(self, values):
        return values + super().forward(values)


def hooked(kind="register_forward_hook"):
    module = nn.Conv2d(2, 3, 3)
    getattr(module, kind)(lambda module, taken, *given: given[0] * 2 if given else (taken[0] * 2,))
    return module


def replaced(name):
    module = nn.Conv2d(2, 3, 3)
    setattr(module, name, lambda values, *_: values)
    return module


def computed():
    module = nn.Conv2d(2, 3, 3)
    weight = module.weight
    del module.weight
    module.weight = weight * 2
    return module


def hooked_whole():
    modules = nn.Sequential(nn.Conv2d(2, 3, 3))
    modules.register_forward_pre_hook(lambda _, taken: (taken[0] * 2,))
    return modules


def replaced_whole():
    modules = nn.Sequential(nn.Conv2d(2, 3, 3))
    modules.forward = lambda values: values
    return modules


REFUSED = {
    "linear subclass": (lambda: Doubled(162, 3), r"module 1: .*Doubled is not one of Linear, Conv1d"),
    "convolution subclass": (lambda: Standardised(2, 3, 3), r"module 1: .*Standardised is not one of"),
    "activation subclass": (Leaky, r"module 1: .*Leaky is not one of"),
    "norm subclass": (lambda: Shifted(2), r"module 1: .*Shifted is not one of"),
    "of torch and unknown": (lambda: nn.TransformerEncoderLayer(9, 3), "TransformerEncoderLayer is not one of"),
    "own, without modules": (lambda: Halved(), r"module 1: .*Halved is not one of"),
    "parametrized": (lambda: parametrizations.weight_norm(nn.Conv2d(2, 3, 3)), "ParametrizedConv2d is not one of"),
    "spectral": (lambda: parametrizations.spectral_norm(nn.Conv2d(2, 3, 3)), "ParametrizedConv2d is not one of"),
    "pruned": (lambda: prune.random_unstructured(nn.Conv2d(2, 3, 3), "weight", 0.5), "Conv2d has forward hooks"),
    "hook": (hooked, "module 1: Conv2d has forward hooks"),
    "pre-hook": (lambda: hooked("register_forward_pre_hook"), "module 1: Conv2d has forward hooks"),
    "forward replaced": (lambda: replaced("forward"), "module 1: Conv2d.forward is replaced"),
    "inner method replaced": (lambda: replaced("_conv_forward"), "module 1: Conv2d._conv_forward is replaced"),
    "weight computed": (computed, "module 1: Conv2d.weight is computed"),
    "circular": (lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"), "module 1: .*zero padding"),
    "indices": (lambda: nn.MaxPool2d(2, return_indices=True), "module 1: MaxPool2d: return_indices"),
    "no statistics": (lambda: nn.BatchNorm2d(2, track_running_stats=False), "module 1: BatchNorm2d has no running"),
    "complex": (lambda: nn.Conv2d(2, 3, 3, dtype=torch.cfloat), "module 1: Conv2d has complex weights"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_would_compute_otherwise_is_refused(name):
    make, message = REFUSED[name]
    with pytest.raises(ValueError, match=message) as caught:
        prepare_trained(nn.Sequential(nn.Identity(), make(), nn.Flatten()), INPUTS, FINE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Halved(), "the network is .*Halved; allowed are torch.nn.Sequential and containers"),
        (lambda: nn.DataParallel(nn.Sequential(nn.Conv2d(2, 2, 1))), "the network is .*DataParallel"),
        (lambda: nn.Conv2d(2, 2, 1), "the network is Conv2d"),
        (hooked_whole, "the network has forward hooks"),
        (replaced_whole, "the network.forward is replaced"),
    ],
)
def test_a_network_that_runs_its_modules_otherwise_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        prepare_trained(make(), INPUTS, FINE)


def test_what_no_check_foresees_is_found_by_its_values(monkeypatch):
    """A method replaced in torch's own class, and means of positive values that a negative divisor turns round."""
    modules = nn.Sequential(nn.ReLU(), nn.AvgPool2d(3, divisor_override=-9), nn.Flatten(), nn.Linear(18, 3))
    with pytest.raises(ValueError, match="module 3: Linear computes something else on crossbars"):
        prepare_trained(modules, INPUTS, FINE)
    monkeypatch.setattr(nn.Linear, "forward", lambda self, values: 2 * nn.functional.linear(values, self.weight))
    with pytest.raises(ValueError, match="module 1: Linear computes something else"):
        prepare_trained(nn.Sequential(nn.Flatten(), nn.Linear(162, 3)), INPUTS, FINE)


tied = nn.Conv2d(2, 2, 3, padding="same")
KEPT = {
    "in place": [nn.ReLU(inplace=True), nn.Flatten(), nn.Dropout(0.5, inplace=True), nn.Linear(162, 3)],
    "pooling": [
        nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, padding=1, ceil_mode=True, count_include_pad=False),
        nn.MaxPool2d(2, 1, dilation=2), nn.Flatten(), nn.Linear(2, 3),
    ],
    "divisor": [nn.AvgPool2d(2, divisor_override=3), nn.Flatten(), nn.Linear(32, 3)],
    "norms": [nn.BatchNorm2d(2, 0.5), nn.BatchNorm2d(2, momentum=None, affine=False), nn.Flatten(), nn.Linear(162, 3)],
    "tied": [tied, nn.ReLU(), tied, nn.Flatten(), nn.Linear(162, 3)],
    "batch-norm of three axes": [nn.Flatten(2), nn.BatchNorm1d(2), nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3),
                                 nn.ReLU(), nn.Flatten(), nn.Linear(237, 3)],
    "a container of one's own": [Residual(nn.Conv2d(2, 2, 3, padding=1)), nn.ReLU(), nn.Flatten(), nn.Linear(162, 3)],
    "axes of a square kernel": [nn.Conv2d(2, 3, (3, 2), (2, 1), (1, 0)), nn.Flatten(1, 3), nn.Linear(120, 3)],
}  # fmt: skip


@torch.no_grad()
@pytest.mark.parametrize("name", KEPT)
def test_options_of_torch_compute_as_in_torch(name):
    torch.manual_seed(0)
    modules = nn.Sequential(*copy.deepcopy(KEPT[name]))
    for module in modules:
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    given = INPUTS.clone()
    mapped = prepare_trained(modules.train(), given, FINE, share=1.0)
    found = mapped(given)
    assert torch.equal(given, INPUTS)
    wanted = modules.eval()(INPUTS.clone())
    assert float((found - wanted).abs().max() / wanted.std()) < 5e-3


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_the_callers_network_stays_as_it_is(dtype):
    modules = nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(162, 3)).to(dtype)
    before = {name: tensor.clone() for name, tensor in modules.state_dict().items()}
    mapped = prepare_trained(modules.train(), INPUTS, FINE)
    mapped.half()
    assert all(module.training for module in modules) and modules[1].inplace
    after = modules.state_dict()
    assert all(torch.equal(after[name], value) and after[name].dtype == value.dtype for name, value in before.items())
    assert not any(module is other for module in modules for other in mapped.modules())


@pytest.mark.parametrize("name", ["weight", "bias", "running_mean", "running_var"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_every_tensor_must_be_finite(name, value):
    modules = nn.Sequential(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(162, 3))
    getattr(modules[0], name).data[1] = value
    with pytest.raises(ValueError, match=f"module 0: weights hold NaN or infinity in BatchNorm2d.{name}"):
        prepare_trained(modules, INPUTS, FINE)


def test_biases_and_variances_are_looked_at():
    modules = nn.Sequential(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(162, 3))
    modules[0].running_var[1] = -0.5
    with pytest.raises(ValueError, match=r"module 0: BatchNorm2d.running_var reaches -0.5; a variance is zero or more"):
        prepare_trained(modules, INPUTS, FINE)
    modules[0].running_var[1] = 0.5
    modules[2].bias.data[0] = float("-inf")
    with pytest.raises(ValueError, match=r"module 2: weights hold NaN or infinity in Linear.bias"):
        prepare_trained(modules, INPUTS, FINE)
