"""Where trainings and evaluations compute on the machine that they run on, how exactly, and what is fast there."""

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
    """The GPU where there is one, else the CPU; from now on torch computes there as it would the next time.

    On a GPU float32 is float32: torch would let convolutions round their inputs to TF32, whose 11 bits hardly exceed
    those of an ADC. torch warns in the log of an operation that has no deterministic way there.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts; without it sums may differ
    # as use_deterministic_algorithms, which also imports torch's compiler: 1.4 s of a job that compiles nothing
    torch.set_deterministic_debug_mode("error" if device.type == "cpu" else "warn")
    # 5 % of a step would go into memory that is written anyway
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined] # not in the stub
    torch.backends.cudnn.allow_tf32 = False  # by the newer fp32_precision, torch.export refuses to run in this process
    return device


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


def keep_freed_memory() -> None:
    """Let glibc keep large blocks instead of handing them back to the system, from which every page returns zeroed.

    A step of the CIFAR-10 network at a batch of 512 meets 147,000 page faults otherwise, a quarter of its time.
    Does nothing where the C library is another one.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
