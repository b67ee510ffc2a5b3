"""Networks as people describe them: classes in files and graphs of torch.export, with their weights."""

import sys

import pytest
import torch
from safetensors.torch import save_file
from torch import fx, nn

from xbar.config.own import ModuleSpec, OwnNetworkSpec
from xbar.network.classes import network_of
from xbar.network.contexts import matrix_layers
from xbar.network.exported import ATEN, read_program, with_layers

FILE = """
import torch
from parts.blocks import Block


class Net(torch.nn.Sequential):
    def __init__(self, width):
        super().__init__(Block(), torch.nn.Linear(4, width))


def made():
    return Net(3)


text = "abc"


def none():
    return 3


def broken():
    raise KeyError("no such part")
"""
BLOCK = "import torch\n\n\nclass Block(torch.nn.Linear):\n    def __init__(self):\n        super().__init__(5, 4)\n"


@pytest.fixture
def entry(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/blocks.py").write_text(BLOCK)
    (tmp_path / "net.py").write_text(FILE)
    state = {"0.weight": torch.ones(4, 5), "0.bias": torch.ones(4), "1.weight": torch.ones(3, 4)}
    save_file(state | {"1.bias": torch.zeros(3)}, tmp_path / "w")

    def of(name="Net", file="net.py", **arguments):
        module = ModuleSpec(file=str(tmp_path / file), name=name, arguments=arguments, imports=["parts/blocks.py"])
        return OwnNetworkSpec(module=module, weights=str(tmp_path / "w"), examples="x", weight_bits=4)

    return of


def test_a_class_or_a_function_of_a_file_makes_a_network(entry):
    """Five ones through ones and a bias of one: four times six."""
    for spec in (entry(width=3), entry("made")):
        network = network_of(spec)
        assert network(torch.ones(1, 5)).tolist() == [[24.0] * 3] and not network.training


def test_two_files_of_one_name_are_two_files(entry, tmp_path):
    """As those of two networks in one process; and what the process had under that name comes back."""
    sys.modules["net"] = pytest
    network_of(entry(width=3))
    assert sys.modules.pop("net") is pytest
    (tmp_path / "net.py").write_text("import torch\n\n\ndef made():\n    return torch.nn.Linear(2, 2)\n")
    with pytest.raises(ValueError, match=r"w: 0.bias is \(4,\); the layers need none"):
        network_of(entry("made"))


def test_a_part_of_one_name_is_that_of_its_own_network(entry, tmp_path):
    network_of(entry(width=3))
    (tmp_path / "parts/blocks.py").write_text(BLOCK.replace("Block", "Another"))
    with pytest.raises(ValueError, match=r"net.py: ImportError: cannot import name 'Block'"):
        network_of(entry(width=3))


@pytest.mark.parametrize("python", ["lib/python3/site-packages", "base"], ids=["installed", "of Python itself"])
def test_what_is_installed_below_the_folder_of_the_run_is_accepted(entry, tmp_path, monkeypatch, python):
    """As where the run's folder is a home folder that has Python and packages in it."""
    (tmp_path / python).mkdir(parents=True)
    (tmp_path / python / "installed.py").write_text("from torch.nn import Linear\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / python)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "base"))
    (tmp_path / "net.py").write_text("def made():\n    import installed\n    return installed.Linear(2, 2)\n")
    try:
        with pytest.raises(ValueError, match=r"w: 0.bias is \(4,\); the layers need none"):  # it was made
            network_of(entry("made"))
    finally:
        sys.modules.pop("installed", None)


@pytest.mark.parametrize("late", [False, True], ids=["imported at once", "imported when made"])
def test_an_undeclared_file_of_the_run_is_refused(entry, tmp_path, monkeypatch, late):
    """Python finds it in the folder of the run; a job would not rerun when it changes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "undeclared.py").write_text("from torch.nn import Linear\n")
    text = "def made():\n    from undeclared import Linear\n    return Linear(2, 2)\n"
    if not late:
        text = "from undeclared import Linear\n\n\ndef made():\n    return Linear(2, 2)\n"
    (tmp_path / "net.py").write_text(text)
    try:
        with pytest.raises(ValueError, match=r"net.py imports .*undeclared.py; name it in module.imports"):
            network_of(entry("made"))
    finally:
        sys.modules.pop("undeclared", None)


def test_a_declared_file_may_be_imported_when_the_network_is_made(entry, tmp_path):
    """Not in the folder of the run, in which Python would look by itself."""
    spec, line = entry("made"), "from parts.blocks import Block\n"
    late = f"import torch\n\n\ndef made():\n    {line}    return torch.nn.Sequential(Block(), torch.nn.Linear(4, 3))\n"
    (tmp_path / "net.py").write_text(late)
    assert [type(part).__name__ for part in network_of(spec)] == ["Block", "Linear"]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (FILE, "Other", "net.py has no class and no function 'Other'"),
        (FILE, "text", "net.py has no class and no function 'text'"),
        (FILE, "none", "net.py: none makes a int; needed is an nn.Module"),
        (FILE, "Net", r"net.py: Net: TypeError: .*missing 1 required positional argument: 'width'"),
        (FILE, "broken", "net.py: broken: KeyError: 'no such part'"),
        ("import no_such_part\n", "Net", "net.py imports 'no_such_part', which is not installed; a file of your own"),
        ("x = 1\nclass Net\n", "Net", "net.py:2: expected ':'"),
        (
            "from .blocks import Block\n",
            "Net",
            "ImportError: attempted relative import .*; import a file of a package by",
        ),
        (
            "def made():\n    open('net.json')\n",
            "made",
            "made: no file net.json; name it in module.imports, and find it",
        ),
        ("raise RuntimeError('away')\n", "Net", "net.py: RuntimeError: away"),
        ("raise SystemExit(0)\n", "Net", "net.py: SystemExit: 0"),
    ],
)
def test_what_makes_no_network_is_one_line(entry, tmp_path, text, name, message):
    spec = entry(name)
    (tmp_path / "net.py").write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        network_of(spec)
    assert "\n" not in str(caught.value)


class Held(nn.Module):
    """What torch.export makes of a module, with the parameters that its graph names."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.head = nn.Conv2d(1, 4, 3, bias=False), nn.Linear(4, 3)
        self.scale = nn.Parameter(torch.rand(4, 1, 3, 3))


def graph():
    """conv at two paddings, a functional convolution with a computed weight, a sum, a linear layer."""
    made = fx.Graph()
    x, weight, scale = made.placeholder("x"), made.get_attr("conv.weight"), made.get_attr("scale")
    same = made.call_function(ATEN.conv2d.padding, (x, weight, None, [1, 1], "same"))
    inner = made.call_function(ATEN.conv2d.default, (x, weight, None, [2, 2], [1, 1]))
    again = made.call_function(ATEN.conv2d.padding, (x, weight, None, [1, 1], "same"))
    computed = made.call_function(torch.mul, (weight, scale))
    outer = made.call_function(ATEN.conv2d.default, (x, computed))
    means = [made.call_method("mean", (each, (2, 3))) for each in (same, inner, again, outer)]
    total = means[0]
    for mean in means[1:]:
        total = made.call_function(torch.add, (total, mean))
    linear = made.call_function(ATEN.linear.default, (total, made.get_attr("head.weight"), made.get_attr("head.bias")))
    made.output(linear)
    return fx.GraphModule(Held(), made)


@torch.no_grad()
def test_calls_with_parameters_become_layers_of_their_names():
    """And compute the same; what has a computed weight stays a call."""
    whole, x = graph(), torch.rand(2, 1, 6, 6)
    wanted = whole(x)
    found = with_layers(whole)
    layers = matrix_layers(found)
    torch.testing.assert_close(found(x), wanted, rtol=0, atol=0)
    assert {name: type(layer) for name, layer in layers.items()} == {
        "conv": nn.Conv2d, "conv_1": nn.Conv2d, "head": nn.Linear,
    }  # fmt: skip
    assert layers["conv"].padding == "same" and layers["conv_1"].stride == (2, 2)
    assert sum(node.target is ATEN.conv2d.default for node in found.graph.nodes) == 1
    assert torch.equal(found.eval()(x), wanted)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_a_file_that_is_no_program_is_one_line(tmp_path, content, caplog, capfd):
    (tmp_path / "a.pt2").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.pt2 is no program of torch\.export\.save") as caught:
        read_program(tmp_path / "a.pt2")
    assert "\n" not in str(caught.value) and "warnings above" not in str(caught.value)
    assert not caplog.messages and not capfd.readouterr().err  # no traceback of torch's either
