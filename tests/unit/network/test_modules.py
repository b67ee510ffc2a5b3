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


class Logarithm(nn.Module):
    def forward(self, values):
        return values.log()


class Twofold(nn.Module):
    """Gives more than its values."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(2, 2, 1)

    def forward(self, values):
        return self.layer(values), values


class Compiled(nn.Module):
    """What torch.compile gives, without its seconds."""

    def __init__(self, module):
        super().__init__()
        self._orig_mod = module


class Transposed(nn.Module):
    """Decodes with the weight that it encodes with."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 3)

    def forward(self, values):
        return nn.functional.linear(self.encoder(values), self.encoder.weight.T)


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


class ByFirst(nn.Sequential):
    """Each batch in units of its first input."""

    def forward(self, values):
        return super().forward(values / values[0].abs().max())


def without_rows():
    layer = nn.Linear(162, 3)
    layer.weight, layer.bias = nn.Parameter(torch.empty(0, 162)), None
    return layer


REFUSED = {
    "linear subclass": (lambda: Doubled(162, 3), r"module 1: Doubled is no layer of torch.nn itself.*named in digital"),
    "convolution subclass": (lambda: Standardised(2, 3, 3), r"module 1: Standardised is no layer of torch.nn itself"),
    "pruned": (lambda: prune.random_unstructured(nn.Conv2d(2, 3, 3), "weight", 0.5), "Conv2d.weight is computed"),
    "hook": (hooked, "module 1: Conv2d has forward hooks.*name it in digital"),
    "pre-hook": (lambda: hooked("register_forward_pre_hook"), "module 1: Conv2d has forward hooks"),
    "forward replaced": (lambda: replaced("forward"), "module 1: Conv2d.forward is replaced"),
    "inner method replaced": (lambda: replaced("_conv_forward"), "module 1: Conv2d._conv_forward is replaced"),
    "weight computed": (computed, "module 1: Conv2d.weight is computed"),
    "no statistics": (lambda: nn.BatchNorm2d(2, track_running_stats=False), "module 1: BatchNorm2d has no running"),
    "complex": (lambda: nn.Conv2d(2, 3, 3, dtype=torch.cfloat), "module 1: Conv2d has complex weights"),
    "without weights": (lambda: nn.LazyConv2d(3, 3), "module 1: LazyConv2d has no weights yet"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_would_compute_otherwise_is_refused(name):
    make, message = REFUSED[name]
    with pytest.raises(ValueError, match=message) as caught:
        prepare_trained(nn.Sequential(nn.Identity(), make(), nn.Flatten()), INPUTS, FINE)
    assert "\n" not in str(caught.value)


@torch.no_grad()
@pytest.mark.parametrize("make", [lambda: Standardised(2, 3, 3), hooked])
def test_what_is_refused_stays_as_it_is_where_it_is_named(make, caplog):
    plain = nn.Sequential(make(), nn.Flatten(), nn.Linear(147, 3)).eval()
    mapped, wanted = prepare_trained(plain, INPUTS, FINE, share=1.0, digital=["0"]), plain(INPUTS)
    assert float((mapped(INPUTS) - wanted).abs().max() / wanted.std()) < 5e-3
    (told,) = caplog.messages
    assert told.startswith(f"module 0: {type(plain[0]).__name__} stays digital: convolution, 2,646 MACs")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Halved, "no Linear, Conv1d or Conv2d layer to map"),
        (lambda: Halved, "the network is the class Halved; needed is an nn.Module"),
        (lambda: {"0.weight": torch.ones(2)}, "the network is of type dict; needed is an nn.Module"),
        (replaced_whole, "the network.forward is replaced"),
        (lambda: nn.Sequential(nn.Conv2d(2, 2, 3), Logarithm()), "the network gives NaN or infinity for finite inputs"),
        (
            lambda: nn.Sequential(nn.Conv2d(2, 2, 3), nn.Softmax(0)),
            "other outputs in a smaller batch: it draws at random",
        ),
        (
            lambda: ByFirst(nn.Flatten(), nn.Linear(162, 3)),
            "other outputs in a smaller batch: it draws at random or mixes",
        ),
        (
            lambda: nn.Sequential(nn.Flatten(), without_rows()),
            r"module 1: Linear has no weights: \(0, 162\)",
        ),
        (Twofold, "the network gives a tuple; needed is one tensor"),
    ],
)
def test_a_network_that_is_none_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        prepare_trained(make(), INPUTS, FINE)


@torch.no_grad()
def test_a_hook_of_a_rectifier_is_run():
    """Were the ReLU left out for the DAC behind it, or its outputs taken as positive, values would change."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(162, 4), nn.ReLU(), nn.Linear(4, 3)).eval()
    network[2].register_forward_hook(lambda module, taken, given: given - 1)
    found, wanted = prepare_trained(network, INPUTS, FINE, share=1.0)(INPUTS), network(INPUTS)
    assert float((found - wanted).abs().max() / wanted.std()) < 5e-3


class Checking(nn.Sequential):
    """A forward that does not run under `condition`, as one that reads what only torch's own layer has."""

    def __init__(self, condition, error):
        super().__init__(nn.Flatten(), nn.Linear(162, 3))
        self.condition, self.error = condition, error

    def forward(self, values):
        if self.condition(self, values):
            raise self.error
        return super().forward(values)


@pytest.mark.parametrize("error", [AttributeError("no float64 here"), RuntimeError()], ids=repr)
def test_a_forward_of_single_precision_alone_is_compared_in_it(error):
    doubled = Checking(lambda network, values: values.dtype == torch.float64, error)
    found = prepare_trained(doubled, INPUTS, FINE, share=1.0)(INPUTS)
    torch.testing.assert_close(found, doubled(INPUTS), rtol=0, atol=0.05)
    exchanged = Checking(lambda network, values: type(network[1]) is not nn.Linear, error)
    told = str(error) or "RuntimeError"
    with pytest.raises(ValueError, match=f"^the network does not run once its layers are exchanged: {told}$"):
        prepare_trained(exchanged, INPUTS, FINE)


def test_what_no_check_foresees_is_found_by_its_values(monkeypatch):
    """A method replaced in torch's own class, and a forward that computes with a weight beside its layer's calls."""
    monkeypatch.setattr(nn.Linear, "forward", lambda self, values: 2 * nn.functional.linear(values, self.weight))
    with pytest.raises(ValueError, match="module 1: Linear computes something else"):
        prepare_trained(nn.Sequential(nn.Flatten(), nn.Linear(162, 3)), INPUTS, FINE)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="the network computes something else on crossbars than in torch"):
        prepare_trained(Transposed(), torch.randn(60, 4), FINE)


tied = nn.Conv2d(2, 2, 3, padding="same")
KEPT = {
    "activation subclass": [Leaky(), nn.Flatten(), nn.Linear(162, 3)],
    "norm subclass": [Shifted(2), nn.Flatten(), nn.Linear(162, 3)],
    "own, without modules": [Halved(), nn.Flatten(), nn.Linear(162, 3)],
    "an encoder layer": [nn.Flatten(2), nn.Linear(81, 9), nn.TransformerEncoderLayer(9, 3, 16, batch_first=True),
                         nn.Flatten(), nn.Linear(18, 3)],
    "a negative divisor": [nn.ReLU(), nn.AvgPool2d(3, divisor_override=-9), nn.Flatten(), nn.Linear(18, 3)],
    "parametrized": [parametrizations.weight_norm(nn.Conv2d(2, 3, 3)), nn.Flatten(), nn.Linear(147, 3)],
    "spectral": [nn.Flatten(), parametrizations.spectral_norm(nn.Linear(162, 3))],
    "circular": [nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"), nn.Flatten(), nn.Linear(243, 3)],
    "reflected, unequal": [nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="reflect"), nn.Flatten(), nn.Linear(297, 3)],
    "same, even kernel": [nn.Conv2d(2, 3, (4, 2), padding="same"), nn.ReLU(), nn.Flatten(), nn.Linear(243, 3)],
    "dilated": [nn.Conv2d(2, 3, 3, padding=2, dilation=(2, 1)), nn.Flatten(), nn.Linear(297, 3)],
    "grouped": [nn.Conv2d(2, 6, 3, groups=2), nn.ReLU(), nn.Conv2d(6, 6, 3, groups=6), nn.Flatten(), nn.Linear(150, 3)],
    "more axes": [nn.Linear(9, 4), nn.GELU(), nn.Linear(4, 5), nn.Flatten(), nn.Linear(90, 3)],
    "hooks on a container": [hooked_whole(), nn.Flatten(), nn.Linear(147, 3)],
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
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")
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


@torch.no_grad()
@pytest.mark.parametrize("wrap", [nn.DataParallel, Compiled, lambda module: module])
def test_a_wrapped_network_is_unwrapped_and_a_single_layer_is_a_network(wrap):
    torch.manual_seed(0)
    layer = nn.Linear(4, 3)
    inputs = torch.randn(60, 4, dtype=torch.float64)
    mapped = prepare_trained(wrap(layer), inputs.numpy(), FINE, share=1.0)
    torch.testing.assert_close(mapped(inputs.float()), layer(inputs.float()), atol=2e-3, rtol=0)


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
    with pytest.raises(ValueError, match=f"module 0: BatchNorm2d.{name} holds NaN or infinity"):
        prepare_trained(modules, INPUTS, FINE)


def test_biases_and_variances_are_looked_at():
    modules = nn.Sequential(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(162, 3))
    modules[0].running_var[1] = -0.5
    with pytest.raises(ValueError, match=r"module 0: BatchNorm2d.running_var reaches -0.5; a variance is zero or more"):
        prepare_trained(modules, INPUTS, FINE)
    modules[0].running_var[1] = 0.5
    modules[2].bias.data[0] = float("-inf")
    with pytest.raises(ValueError, match=r"module 2: Linear\.bias holds NaN or infinity"):
        prepare_trained(modules, INPUTS, FINE)
