"""State dicts as they are found: torch's own loader gives the same, or one line says what the file has."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from xbar.network.checkpoints import load_checkpoint


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(27, 2))


STATE = network().state_dict()
FOUND = {
    "plain": STATE,
    "of DataParallel": {f"module.{name}": value for name, value in STATE.items()},
    "of torch.compile inside DataParallel": {f"module._orig_mod.{name}": value for name, value in STATE.items()},
    "of Lightning": {f"model.{name}": value for name, value in STATE.items()},
    "without counters": {name: value for name, value in STATE.items() if "tracked" not in name},
    "counters of one axis": {name: value.reshape(1) if "tracked" in name else value for name, value in STATE.items()},
    "of half precision": {
        name: value.bfloat16() if value.is_floating_point() else value for name, value in STATE.items()
    },
}


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("kind", ["safetensors", "pt", "old pt", "training", "script", "with tensors", "with settings"])
def test_a_checkpoint_is_loaded_as_it_lies_there(tmp_path, name, kind):
    path, state = tmp_path / "w", FOUND[name]
    if kind == "safetensors":
        save_file({key: value.contiguous() for key, value in state.items()}, path)
    else:
        kept = {
            "training": {"epoch": 3, "state_dict": state},
            "script": {"net": state, "acc": 0.9, "optimizer": {}},
            "with tensors": {"epoch": 3, "state_dict": state, "best": torch.tensor(77.0), "optimizer": {"state": {}}},
            "with settings": {"model": {"lr": 1.0}, "net": state, "loss": torch.tensor(1.0)},
        }
        whole = kept.get(kind, state)
        torch.save(whole, path, _use_new_zipfile_serialization=kind != "old pt")
    loaded = load_checkpoint(network(1), path).state_dict()
    rtol = 2**-8 if "half" in name else 0
    for key, value in STATE.items():
        torch.testing.assert_close(loaded[key], value, rtol=rtol, atol=0)


def saved(path, value):
    torch.save(value, path)


REFUSED = {
    "LFS pointer": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
        "is a pointer of Git LFS",
    ),
    "whole module": (lambda path: saved(path, network()), "save model.state_dict()"),
    "no tensors": (lambda path: saved(path, {"state_dict": {}}), "holds a dict; needed is a state dict"),
    "list": (lambda path: saved(path, [torch.ones(2)]), "holds a list; needed is a state dict"),
    "other values": (lambda path: saved(path, {"0.weight": 3}), "'0.weight' is a int; a state dict has tensors alone"),
    "broken": (lambda path: path.write_bytes(b"PK\x03\x04nothing"), "holds more than tensors, or is broken"),
    "cut in the old format": (
        lambda path: (
            torch.save(STATE, path, _use_new_zipfile_serialization=False),
            path.write_bytes(path.read_bytes()[:200]),
        ),
        "holds more than tensors, or is broken",
    ),
    "names that are numbers": (
        lambda path: saved(path, {0: torch.ones(2)}),
        "a tensor is named 0; names in a state dict",
    ),
    "without values": (
        lambda path: saved(path, STATE | {"3.bias": torch.ones(2, device="meta")}),
        "'3.bias' is sparse or without",
    ),
    "text": (lambda path: path.write_text("weights"), "neither a file of safetensors nor one of torch.save"),
    "cut safetensors": (
        lambda path: (save_file(STATE, path), path.write_bytes(path.read_bytes()[:300])),
        "not a whole safetensors file",
    ),
    "two state dicts": (lambda path: saved(path, {"student": STATE, "tutor": STATE}), "'student' is a "),
    "codes": (
        lambda path: saved(path, STATE | {"3.weight": torch.ones(2, 27, dtype=torch.int8)}),
        "3.weight is of type torch.int8; needed are weights, not codes",
    ),
    "other shapes": (lambda path: saved(path, STATE | {"3.bias": torch.ones(5)}), r"3.bias is \(5,\); the layers need"),
    "counters of more numbers": (
        lambda path: saved(path, STATE | {"1.num_batches_tracked": torch.ones(2, dtype=torch.int64)}),
        r"1.num_batches_tracked is \(2,\); the layers need \(\)",
    ),
    "other names": (
        lambda path: saved(path, STATE | {"4.bias": torch.ones(5)}),
        r"4.bias is \(5,\); the layers need none",
    ),
    "prefixed by hand": (
        lambda path: saved(path, {f"net.{name}": value for name, value in STATE.items()}),
        "0.bias is absent; the layers need .*; the file has net.0.weight, net.0.bias, net.1.weight, net.1.bias, ...$",
    ),
    "not finite": (lambda path: saved(path, STATE | {"3.bias": torch.ones(2) / 0}), "'3.bias' holds NaN or infinity"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_state_dict_is_one_line(tmp_path, name):
    write, message = REFUSED[name]
    path = tmp_path / "w"
    write(path)
    with pytest.raises(ValueError, match=message) as caught:
        load_checkpoint(network(), path)
    assert "\n" not in str(caught.value)


def test_the_name_of_a_file_does_not_say_its_format(tmp_path):
    for name in ("w.safetensors", "w.csv"):
        torch.save(STATE, tmp_path / name)
        assert torch.equal(load_checkpoint(network(1), tmp_path / name)[3].weight, STATE["3.weight"])


def test_prefixes_that_the_network_itself_has_stay(tmp_path):
    whole = nn.ModuleDict({"model": network()})
    torch.save(whole.state_dict(), tmp_path / "w")
    assert torch.equal(
        load_checkpoint(nn.ModuleDict({"model": network(1)}), tmp_path / "w")["model"][3].weight, STATE["3.weight"]
    )


@pytest.mark.parametrize("own", ["module", "model"])
def test_prefixes_before_names_that_begin_alike_are_left_out(tmp_path, own):
    whole = nn.DataParallel(nn.ModuleDict({own: network()}))
    torch.save(whole.state_dict(), tmp_path / "w")
    loaded = load_checkpoint(nn.ModuleDict({own: network(1)}), tmp_path / "w")
    assert torch.equal(loaded[own][3].weight, STATE["3.weight"])


def test_sizes_that_a_lazy_module_has_yet_to_see_are_asked_for(tmp_path):
    saved(tmp_path / "w", {"0.weight": torch.ones(2, 3), "0.bias": torch.ones(2)})
    with pytest.raises(
        ValueError, match=r"^0\.weight is of a lazy module; write its sizes, as in nn\.Linear\(64, 10\)$"
    ):
        load_checkpoint(nn.Sequential(nn.LazyLinear(2)), tmp_path / "w")


def test_a_header_may_have_any_length(tmp_path):
    """The first byte of a safetensors file may be that of a pickle."""
    for letters in range(0, 256, 8):
        save_file(STATE, tmp_path / "w", {"about": "a" * letters})
        if (tmp_path / "w").read_bytes()[0] == 0x80:
            break
    else:
        raise AssertionError("no length tried begins with 0x80")
    assert torch.equal(load_checkpoint(network(1), tmp_path / "w")[3].weight, STATE["3.weight"])


def test_metadata_of_other_programs_is_left_aside(tmp_path):
    save_file(STATE, tmp_path / "w", {"about": "a model {", "format": "pt"})
    assert torch.equal(load_checkpoint(network(1), tmp_path / "w")[3].weight, STATE["3.weight"])
