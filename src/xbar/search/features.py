"""Numbers of a candidate from which a search predicts its accuracy and its energy before a training is paid."""

from math import log2

import numpy as np
from jaxtyping import Float

from xbar.config.networks import LayerSpec
from xbar.search.limits import Size
from xbar.search.space import Candidate

NAMES = (
    "shifted", "crelu", "pool", "learned", "alternate", "depth", "first_width", "last_width", "first_kernel",
    "last_kernel", "first_stride", "stride", "stride_squared", "average", "weights", "products",
)  # fmt: skip
ROUNDING = 1e-9  # below it a deviation is that of a constant column
NO_CONVOLUTION = LayerSpec(conv=1)


def features_of(candidate: Candidate, size: Size) -> list[float]:
    """One number for each of NAMES; sizes and strides as log2, choices as 0 or 1."""
    architecture, signs = candidate
    convolutions = [layer for layer in architecture.layers if layer.conv is not None]
    first, last = (convolutions or [NO_CONVOLUTION])[0], (convolutions or [NO_CONVOLUTION])[-1]
    stride = sum(log2(layer.stride * layer.pool) for layer in convolutions)
    chosen = (
        architecture.input == "shifted",
        architecture.activation == "crelu",
        any(layer.pool > 1 for layer in convolutions),
        signs is not None and signs.assignment == "learned",
        signs is not None and signs.assignment == "alternate",
    )
    widths = [log2(layer.conv or 1) for layer in (first, last)]
    kernels = [log2(layer.kernel) for layer in (first, last)]
    average = sum(log2(layer.average) for layer in architecture.layers if layer.average is not None)
    sizes = (log2(size.weights), log2(size.products))
    strides = (log2(first.stride * first.pool), stride, stride**2)
    return [*map(float, chosen), float(len(convolutions)), *widths, *kernels, *strides, average, *sizes]


def standardised(
    numbers: Float[np.ndarray, "candidates features"], among: Float[np.ndarray, "pool features"]
) -> Float[np.ndarray, "candidates columns"]:
    """`numbers` with mean 0 and deviation 1 over the candidates `among`, and a one in front; constant columns are 0."""
    deviation = among.std(0)
    scaled = (numbers - among.mean(0)) / np.where(deviation > ROUNDING, deviation, np.inf)
    return np.hstack([np.ones((len(scaled), 1)), scaled])
