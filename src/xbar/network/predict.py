"""The classes that a network assigns to examples, and the share of right ones."""

import torch
from jaxtyping import Int
from torch import Generator, Tensor, nn

from xbar.files import is_finite
from xbar.network.contexts import device_of, noisy

BATCH = 500


@torch.no_grad()
def predict(network: nn.Module, inputs: Tensor, noise: Generator | None = None) -> Int[Tensor, " examples"]:
    """Class numbers for `inputs` (N, ...). Noise is drawn anew for each batch where a generator is given.

    The network computes on its own device. FloatingPointError for scores that are not finite.
    """
    network.eval()
    device = device_of(network)
    with noisy(network, noise):
        scores = torch.cat([network(batch.to(device)) for batch in inputs.split(BATCH)])
    if not is_finite(scores):
        broken = int((~scores.isfinite()).flatten(1).any(1).sum())
        told = f"the network's scores hold NaN or infinity for {broken} of {len(scores)} inputs"
        raise FloatingPointError(f"{told}; a class needs finite scores")
    return scores.argmax(1).to(inputs.device)


def accuracy(network: nn.Module, examples: tuple[Tensor, Tensor], noise: Generator | None = None) -> float:
    """Share of the examples (inputs, class numbers) that the network classifies correctly."""
    inputs, classes = examples
    return float((predict(network, inputs, noise) == classes).double().mean())
