"""Random changes of training inputs, for whole batches in one step."""

from math import pi

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor
from torch.nn import functional

from xbar.config.networks import AugmentationSpec
from xbar.seeds import generator as stream_of

GRAVITY_CHANNELS = slice(6, 9)  # total acceleration = body acceleration + gravity; order of datasets/har.py
BODY_CHANNELS = slice(0, 3)


class Augmenter:
    """Draws augmented batches from a training set that lies on its device as a whole.

    `inputs`: (N, C, H, W), raw units. `std`: (C, 1, 1), raw units, for noise relative to each channel. `seed`: decides
    on which side an alternating flip begins. ValueError where sensor axes are to be changed and the channels are not
    those of the HAR windows.
    """

    def __init__(self, inputs: Tensor, std: Tensor, spec: AugmentationSpec, *, seed: int = 0) -> None:
        _check_sensors(inputs, spec)
        self.spec, self.std = spec, std
        self.size = inputs.shape[2:]
        self.margins = [spec.shift if size > 1 else 0 for size in self.size]
        vertical, horizontal = self.margins
        padded = functional.pad(inputs.float(), (horizontal, horizontal, vertical, vertical), mode="replicate")
        self.padded = padded.to(inputs.dtype)
        self.mirrored = torch.rand(len(inputs), generator=stream_of(seed, "flip")).to(inputs.device) < 0.5

    def __call__(
        self, index: Int[Tensor, " batch"], generator: Generator, epoch: int = 0
    ) -> Float[Tensor, "batch channels h w"]:
        """The inputs at `index`, each changed by its own draw from `generator`. An alternating flip follows `epoch`."""
        spec = self.spec
        batch = self._shifted(index, generator).float()
        if spec.flip:
            alternates = spec.flip == "alternate"
            flipped = self.mirrored[index] ^ bool(epoch % 2) if alternates else _uniform(batch, generator) < 0.5
            batch = torch.where(flipped.view(-1, 1, 1, 1), batch.flip(-1), batch)
        if spec.rotation_deg > 0:
            batch = _rotated(batch, spec.rotation_deg * pi / 180, generator)
        if spec.scaling > 0:
            batch = _scaled(batch, spec.scaling, generator)
        if spec.noise > 0:
            draw = torch.empty_like(batch).normal_(generator=generator)
            batch = batch.addcmul_(draw, (spec.noise * self.std).expand_as(draw))
        return batch

    def _shifted(self, index: Tensor, generator: Generator) -> Tensor:
        if self.spec.shift == 0:
            return self.padded[index]
        windows = self.padded.unfold(2, self.size[0], 1).unfold(3, self.size[1], 1)
        start = [torch.randint(2 * m + 1, index.shape, generator=generator, device=index.device) for m in self.margins]
        return windows[index, :, start[0], start[1]]


def _check_sensors(inputs: Tensor, spec: AugmentationSpec) -> None:
    shape = tuple(inputs.shape[1:])
    for name in ("rotation_deg", "scaling"):
        if getattr(spec, name) > 0 and shape[:2] != (9, 1):
            raise ValueError(
                f"augmentation.{name} turns or scales three-axis sensors: inputs of shape {shape} have none; allowed "
                "are (9, 1, samples) as in HAR (body acceleration, angular velocity, total acceleration)"
            )


def _uniform(batch: Tensor, generator: Generator) -> Tensor:
    return torch.rand(batch.shape[0], generator=generator, device=batch.device)


def _rotated(batch: Tensor, std_rad: float, generator: Generator) -> Tensor:
    """All three-axis sensors of a window, turned by one small rotation (matrix exponential of three normal angles)."""
    a, b, c = (torch.randn(3, batch.shape[0], generator=generator, device=batch.device) * std_rad).unbind()
    zero = torch.zeros_like(a)
    skew = torch.stack([zero, -c, b, c, zero, -a, -b, a, zero], 1).view(-1, 3, 3)
    sensors = batch.view(batch.shape[0], -1, 3, batch.shape[-1])
    return torch.einsum("nij,nsjt->nsit", torch.linalg.matrix_exp(skew), sensors).reshape(batch.shape)


def _scaled(batch: Tensor, std: float, generator: Generator) -> Tensor:
    """Body acceleration and angular velocity, each multiplied by a log-normal gain. Gravity keeps its strength."""
    body, gyro = (
        (torch.randn(2, batch.shape[0], generator=generator, device=batch.device) * std).exp().view(2, -1, 1, 1, 1)
    )
    scaled = batch.clone()
    scaled[:, BODY_CHANNELS] *= body
    scaled[:, 3:6] *= gyro
    scaled[:, GRAVITY_CHANNELS] += scaled[:, BODY_CHANNELS] - batch[:, BODY_CHANNELS]
    return scaled
