"""Where a training computes, and in which precision, on the machine that it runs on."""

import logging

import torch

from xbar.config.networks import TrainingSpec

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


def recipe_here(recipe: TrainingSpec) -> TrainingSpec:
    """The recipe with a precision, float32 or bfloat16, where it leaves that to the machine (auto)."""
    if recipe.precision != "auto":
        return recipe
    chosen = "bfloat16" if fast_bfloat16(device_here()) else "float32"
    logger.info("precision auto is %s here", chosen)
    return recipe.model_copy(update={"precision": chosen})
