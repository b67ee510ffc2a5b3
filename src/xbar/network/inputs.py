"""Digital steps before the first layer of a network: removal of local brightness, and normalisation."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from xbar.config.networks import BrightnessSpec

PIECE = 2000  # inputs in one step: all of CIFAR-10 as float64 would take more than a gigabyte


class Normalisation(nn.Module):
    """Subtracts local brightness, then the mean of each channel, and divides by its standard deviation.

    `shape`: (channels, height, width). `mean` and `std` (channels, 1, 1) come from training inputs.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, shape: tuple[int, int, int], brightness: BrightnessSpec | None = None) -> None:
        super().__init__()
        self.shape, self.brightness = tuple(shape), brightness
        self.register_buffer("mean", torch.zeros(shape[0], 1, 1))
        self.register_buffer("std", torch.ones(shape[0], 1, 1))

    def forward(self, inputs: Tensor) -> Float[Tensor, "batch channels height width"]:
        """Normalised inputs. ValueError for inputs of another shape."""
        if tuple(inputs.shape[1:]) != self.shape:
            raise ValueError(f"inputs of shape {tuple(inputs.shape[1:])} do not fit a network for {self.shape}")
        values = (subtract_local_mean(inputs.to(self.mean.dtype), self.brightness) - self.mean) / self.std
        return values.contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def measure(self, inputs: Shaped[Tensor, "batch channels height width"]) -> None:
        """Take mean and standard deviation from training inputs."""
        mean, std = moments(inputs, self.brightness)
        self.mean.copy_(mean)
        self.std.copy_(std)


def normalisation_of(network: nn.Module) -> Normalisation:
    """The normalisation of a network that was built from config.yaml. ValueError where there is none."""
    for part in network.modules():
        if isinstance(part, Normalisation):
            return part
    raise ValueError("the network has no Normalisation; needed is a network that was built from config.yaml")


def subtract_local_mean(
    inputs: Float[Tensor, "batch channels height width"], spec: BrightnessSpec | None
) -> Float[Tensor, "batch channels height width"]:
    """`inputs` less the share of their local brightness that `spec` says. None: `inputs` as they are.

    Neighbouring pixels are alike, so that the errors of a column's devices add up in proportion to the brightness.
    Filters respond to differences instead. At the edges of an image the window is cut.
    """
    if spec is None:
        return inputs
    brightness = inputs.mean(1, keepdim=True)
    local = functional.avg_pool2d(brightness, spec.window, 1, spec.window // 2, count_include_pad=False)
    return inputs - spec.share * local


def moments(inputs: Tensor, spec: BrightnessSpec | None) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (C, 1, 1), float64, of each channel of `inputs` (N, C, H, W).

    They are measured after the brightness is subtracted.
    """
    count = inputs[:, 0].numel()
    total = torch.zeros(inputs.shape[1], dtype=torch.float64)
    squares = torch.zeros_like(total)
    for piece in inputs.split(PIECE):
        channels = subtract_local_mean(piece.float(), spec).transpose(0, 1).flatten(1).double()
        total, squares = total + channels.sum(1), squares + channels.square().sum(1)
    mean = total / count
    std = ((squares - count * mean.square()) / (count - 1)).clamp_min(0).sqrt()
    return mean.view(-1, 1, 1), std.clamp_min(1e-6).view(-1, 1, 1)
