"""The device on which trainings and evaluations compute, its precision, and what is fast on it."""

import ctypes
import logging
import os
import sys

import torch

# glibc, malloc.h
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4

logger = logging.getLogger(__name__)


def choose_device() -> torch.device:
    """The GPU where there is one, else the CPU. From now on torch computes the same result there in every run.

    On a GPU float32 stays float32. By default torch lets convolutions round their inputs to TF32, whose 11 bits are
    hardly more than those of an ADC. On a GPU torch logs a warning for an operation without a deterministic algorithm.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts; without it sums may differ
    # like use_deterministic_algorithms, which also imports torch's compiler: 1.4 s of a job that compiles nothing
    torch.set_deterministic_debug_mode("error" if device.type == "cpu" else "warn")
    # filling would take 5 % of a step, for memory that is written anyway
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined] # not in the stub
    torch.backends.cudnn.allow_tf32 = False  # not fp32_precision, which is newer: torch.export then refuses to run
    return device


def fast_bfloat16(device: torch.device) -> bool:
    """Whether products in bfloat16 are fast: on a GPU, and on a CPU with AMX.

    With AVX-512 BF16 alone, convolutions take 1.4 times as long as in float32, and simulated chips 1.5 times. Without
    both a few steps, timed once, took thirteen times as long.
    """
    return device.type != "cpu" or torch.cpu._is_amx_tile_supported()


def warn_if_slow(precision: str, device: torch.device) -> None:
    """Log a warning where a recipe asks for bfloat16 and float32 is faster."""
    if precision == "bfloat16" and not fast_bfloat16(device):
        logger.warning("precision bfloat16 is slower than float32 here: the processor has no AMX")


def keep_freed_memory() -> None:
    """Let glibc keep large freed blocks. The system would hand out their pages zeroed, with a page fault each.

    With the default, a step of the CIFAR-10 network at a batch of 512 meets 147,000 page faults, a quarter of its time.
    Does nothing with other C libraries.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
