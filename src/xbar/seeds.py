"""Random streams: each is a generator of its own, named by a seed and a purpose; there is no global one."""

from hashlib import sha256

import torch


def generator(seed: int, *purpose: str | int, device: str | torch.device = "cpu") -> torch.Generator:
    """The stream of `purpose` under `seed`: the same call gives the same numbers, another one unrelated numbers."""
    digest = sha256("/".join(str(part) for part in (seed, *purpose)).encode()).digest()
    return torch.Generator(device=device).manual_seed(int.from_bytes(digest[:7], "big"))
