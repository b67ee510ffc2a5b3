"""The precision that a recipe leaves to the machine."""

import logging

import pytest
import torch

from xbar.training import precision
from xbar.training.precision import fast_bfloat16, recipe_here

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
def test_a_named_precision_is_kept(wanted, made_up):
    recipe = made_up.training_spec(precision=wanted)
    assert recipe_here(recipe) == recipe


@pytest.mark.parametrize(
    ("device", "able", "chosen"), [(CPU, True, "bfloat16"), (CPU, False, "float32"), (GPU, False, "bfloat16")]
)
def test_auto_follows_the_machine_and_says_so(monkeypatch, caplog, made_up, device, able, chosen):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: able)
    monkeypatch.setattr(precision, "device_here", lambda: device)
    recipe = made_up.training_spec(precision="auto")
    with caplog.at_level(logging.INFO):
        assert recipe_here(recipe) == recipe.model_copy(update={"precision": chosen})
    assert caplog.messages == [f"precision auto is {chosen} here"]


def test_the_processor_is_asked_what_linux_says_of_it():
    """An independent source: the flags of /proc/cpuinfo."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), None)
    except FileNotFoundError:
        flags = None
    if flags is None:
        pytest.skip("no flags of an x86 processor in /proc/cpuinfo")
    assert fast_bfloat16(CPU) == ("avx512_bf16" in flags)
