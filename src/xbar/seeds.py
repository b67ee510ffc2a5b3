"""Random streams: each is a separate generator, named by a seed and a purpose. No global one is used."""

from hashlib import sha256

import torch


def generator(seed: int, *purpose: str | int, device: str | torch.device = "cpu") -> torch.Generator:
    """The stream of `purpose` under `seed`. Equal calls give equal numbers, other calls unrelated ones."""
    digest = sha256("/".join(str(part) for part in (seed, *purpose)).encode()).digest()
    return torch.Generator(device=device).manual_seed(int.from_bytes(digest[:7], "big"))
