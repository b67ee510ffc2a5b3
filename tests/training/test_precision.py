"""The precision that a recipe leaves to the machine."""

import logging

import pytest
import torch

from xbar.training.precision import precision_on

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize("device", [CPU, GPU])
@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
def test_a_named_precision_is_kept(device, wanted):
    assert precision_on(device, wanted) == wanted


@pytest.mark.parametrize(("able", "chosen"), [(True, "bfloat16"), (False, "float32")])
def test_auto_follows_the_processor_and_says_so(monkeypatch, caplog, able, chosen):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: able)
    with caplog.at_level(logging.INFO):
        assert precision_on(CPU, "auto") == chosen
    assert caplog.messages == [f"precision auto is {chosen} here"]
    assert precision_on(GPU, "auto") == "bfloat16"


def test_the_processor_is_asked_what_linux_says_of_it():
    """An independent source: the flags of /proc/cpuinfo."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), None)
    except FileNotFoundError:
        flags = None
    if flags is None:
        pytest.skip("no flags of an x86 processor in /proc/cpuinfo")
    assert precision_on(CPU, "auto") == ("bfloat16" if "avx512_bf16" in flags else "float32")
