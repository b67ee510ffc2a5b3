"""What a training is told of the machine."""

import sys

import pytest
import torch

from xbar.training.machine import choose_device, fast_bfloat16, warn_if_slow

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("precision", "device", "able", "warned"),
    [
        ("bfloat16", CPU, False, True),
        ("bfloat16", CPU, True, False),
        ("bfloat16", GPU, False, False),
        ("float32", CPU, False, False),
    ],
)
def test_bfloat16_is_warned_of_only_where_it_is_slow(monkeypatch, caplog, precision, device, able, warned):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: able)
    warn_if_slow(precision, device)
    assert any("slower than float32 here" in message for message in caplog.messages) == warned


def test_the_processor_is_asked_what_linux_says_of_it():
    """An independent source: the flags of /proc/cpuinfo."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), None)
    except FileNotFoundError:
        flags = None
    if flags is None:
        pytest.skip("no flags of an x86 processor in /proc/cpuinfo")
    assert fast_bfloat16(CPU) == ("amx_tile" in flags)


@pytest.mark.usefixtures("quiet")
def test_results_repeat_and_no_compiler_is_imported_for_it(monkeypatch):
    """torch's compiler cannot be imported here; where it may, a job takes 1.4 s longer to start."""
    torch.set_deterministic_debug_mode("default")
    monkeypatch.setitem(sys.modules, "torch._inductor", None)
    device = choose_device()
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled() == (device.type != "cpu")


def test_convolutions_are_not_rounded_to_tf32_and_torch_can_still_say_so():
    """torch.export reads this flag, and refused where only convolutions were set."""
    choose_device()
    assert torch.backends.cudnn.allow_tf32 is False
