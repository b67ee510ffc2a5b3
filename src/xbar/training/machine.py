"""Where a training computes on the machine that it runs on, and what is fast there."""

import logging

import torch

logger = logging.getLogger(__name__)


def device_here() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fast_bfloat16(device: torch.device) -> bool:
    """Whether products in bfloat16 are fast: on a GPU, and on a CPU with AVX-512 BF16.

    There an epoch of the CIFAR-10 network takes two thirds of its time in float32; on a CPU without, a few steps, timed
    once, took thirteen times theirs.
    """
    return device.type != "cpu" or torch.cpu._is_avx512_bf16_supported()


def warn_if_slow(precision: str, device: torch.device) -> None:
    """Says in the log that a recipe asks for bfloat16 where float32 is faster."""
    if precision == "bfloat16" and not fast_bfloat16(device):
        logger.warning("precision bfloat16 is slower than float32 here: the processor has no AVX-512 BF16")
