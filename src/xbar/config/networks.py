"""Datasets, architectures, training recipes and networks as they stand in config.yaml."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Bits, Fraction, Share, Spec
from xbar.config.crossbars import CROSSBAR, DEVICE, NOISE
from xbar.config.polarity import SignSpec

LAYER_KINDS = ("conv", "linear", "average")
AtLeastTwo = Annotated[int, Field(ge=2)]  # batch-norm needs two examples for a variance


class DatasetSpec(Spec):
    """How the training examples of a dataset are divided for validation, and the axes of its inputs.

    `folds`: seed s validates on fold s modulo folds. Folds of HAR hold whole subjects. `axes`: number of axes of an
    input that are longer than 1: 2 of images, 1 of signals, 0 of plain features.
    """

    folds: Annotated[int, Field(ge=2)]
    axes: Literal[0, 1, 2] = 2


class LayerSpec(Spec):
    """One entry of a layer list: exactly one of conv, linear or average.

    `conv` and `linear`: number of output channels of a layer on crossbars. `kernel`, `stride` and `pool` (a max-pooling
    before the activation) belong to convolutions, and apply along every spatial axis longer than 1. `average`: number
    of positions to which every spatial axis is reduced. A pool or average of more positions than there are takes all.
    """

    conv: PositiveInt | None = None
    linear: PositiveInt | None = None
    average: PositiveInt | None = None
    kernel: PositiveInt = 1
    stride: PositiveInt = 1
    pool: PositiveInt = 1

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in LAYER_KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError(f"a layer names exactly one of {', '.join(LAYER_KINDS)}; this one names {kinds}")
        if self.conv is None and (self.kernel, self.stride, self.pool) != (1, 1, 1):
            raise ValueError(f"kernel, stride and pool belong to conv layers, not to {kinds[0]}")
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} is even; allowed are odd sizes (same padding)")
        return self


class BrightnessSpec(Spec):
    """Local brightness, the mean over channels and `window` x `window` pixels. `share` of it is subtracted."""

    window: Annotated[int, Field(ge=3)]
    share: Share

    @model_validator(mode="after")
    def _has_a_middle(self) -> Self:
        if self.window % 2 == 0:
            raise ValueError(f"window {self.window} is even; allowed are odd sizes (a pixel in its middle)")
        return self


class ArchitectureSpec(Spec):
    """A network as a list of layers. CReLU hands on [relu(y), relu(-y)] and doubles the next layer's rows.

    `brightness`: local brightness that is subtracted digitally before inputs are normalised; None: nothing. `input`:
    how crossbars take the signed inputs of the network. They are split into two halves, which doubles the rows of the
    first layer, or shifted by a constant of two standard deviations so that few are negative. Padded rows are not
    driven, so that padding stands for minus this constant there, and for zero in split inputs.
    """

    activation: Literal["relu", "crelu"]
    brightness: BrightnessSpec | None = None
    input: Literal["split", "shifted"] = "split"
    layers: Annotated[list[LayerSpec], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_in_classes(self) -> Self:
        if self.layers[-1].linear is None:
            raise ValueError("the last layer must be linear (one output per class)")
        first_linear = next(i for i, layer in enumerate(self.layers) if layer.linear is not None)
        if any(layer.linear is None for layer in self.layers[first_linear:]):
            raise ValueError("conv and average layers must come before the first linear layer")
        if any(layer.average and following.average for layer, following in pairwise(self.layers)):
            raise ValueError("two average layers in a row; allowed is one before each conv or linear layer")
        return self


class AugmentationSpec(Spec):
    """Random changes of training inputs. A strength of zero leaves a change out.

    For signals: `rotation_deg` (standard deviation of the angles of a rotation of all sensor axes, degrees), `scaling`
    (standard deviation of a gain's logarithm), `noise` (share of each channel's standard deviation). For images: `flip`
    (each at random; alternate: at random in the first epoch, then every other epoch). For both: `shift` (largest shift,
    samples or pixels).
    """

    rotation_deg: NonNegativeFloat = 0.0
    scaling: NonNegativeFloat = 0.0
    noise: NonNegativeFloat = 0.0
    flip: bool | Literal["alternate"] = False
    shift: NonNegativeInt = 0


class SizeSpec(Spec):
    """`pixels`: the side of the square to which images are resized. `epochs`: number of epochs in which they are."""

    epochs: PositiveInt
    pixels: PositiveInt


class InputsSpec(Spec):
    """The part of a recipe that decides, with a seed, which inputs a network sees, and the precision of its products.

    All networks of a seed and an InputsSpec see the same inputs in the same order. `precision`: of convolutions and
    linear layers; converters and weights stay in float32. bfloat16 is faster only on a GPU and on a CPU with AMX.
    """

    epochs: PositiveInt
    batch: AtLeastTwo
    augmentation: AugmentationSpec
    precision: Literal["float32", "bfloat16"] = "float32"


class TrainingSpec(InputsSpec):
    """A training recipe: an optimiser with a one-cycle schedule.

    `optimizer`: adamw, or muon for the weights of all layers but the last and adamw for the rest. `learning_rate`: its
    peak, reached after the share `warm_up` of the steps; `decay`: its course to zero from there. `freeze_statistics`:
    share of the epochs after which batch-norm statistics stay fixed. `distillation`: share of the loss that is the
    divergence from the network's teacher at `temperature`; 0: no teacher. `sizes`: of images in the first epochs, in
    order; later epochs have the images' own size. A teacher and the validation always see that size.
    """

    learning_rate: PositiveFloat
    weight_decay: NonNegativeFloat
    label_smoothing: Annotated[float, Field(ge=0, lt=1)]
    freeze_statistics: Fraction = 1.0
    optimizer: Literal["adamw", "muon"] = "adamw"
    distillation: Fraction = 0.0
    temperature: PositiveFloat = 2.0
    warm_up: Annotated[float, Field(ge=0, lt=1)] = 0.2
    decay: Literal["cosine", "linear"] = "cosine"
    sizes: list[SizeSpec] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_at_the_images_own_size(self) -> Self:
        check_resized(self.sizes, self.epochs)
        return self


def check_resized(sizes: list[SizeSpec], epochs: int, where: str = "") -> None:
    """Raise ValueError, one line, unless the last of `epochs` has images of their own size.

    Full scales and batch-norm statistics belong to that size.
    """
    if (resized := sum(size.epochs for size in sizes)) >= epochs:
        raise ValueError(f"{where}sizes of {resized} epochs; allowed are fewer than the {epochs} of the training")


class NetworkSpec(Spec):
    """A network to train: its data, its weights and the hardware for which it is trained.

    `weight_bits`: bits of one device: 2^b levels if unipolar, 2^(b+1) - 1 in a pair if signed. `noise`: standard
    deviation of the programming noise in training, share of g_max - g_min, or `device`: the law by which the network's
    device is programmed. `warm_start`: the floating-point network whose weights training starts from; `teacher`: the
    one whose scores a recipe with distillation learns from. `scale`: one DAC, ADC and weight range for the network or
    for each layer; floating-point networks have none. `architecture` may name a search, which then decides it, and the
    signs of a mixed network with it. `signs`: of the sub-matrices of a mixed network. `gain`: free, or positive for
    gains of batch-norm that never turn negative. A negative gain would undo the sign that the hardware gives a column.
    `first_layer`: starting values of a floating-point network's first layer: random, as in all others, or patches for
    the main directions of patches of its inputs, each with both signs. `common_mode`: whether the mean over the columns
    of a layer, which unipolar weights make large, is kept or subtracted from each of them digitally.
    """

    dataset: str
    architecture: str
    polarity: Literal["float", "signed", "unipolar", "mixed"]
    training: str
    weight_bits: Bits | None = None
    scale: Literal["network", "layer"] | None = None
    signs: SignSpec | Literal["searched"] | None = None
    gain: Literal["free", "positive"] = "free"
    common_mode: Literal["kept", "subtracted"] = "kept"
    dac_bits: Bits = 8
    adc_bits: Bits = 8
    noise: Fraction | Literal["device"] = NOISE
    first_layer: Literal["random", "patches"] = "random"
    warm_start: str | None = None
    teacher: str | None = None
    device: str = DEVICE
    crossbar: str = CROSSBAR

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        analog = self.polarity != "float"
        for key in ("weight_bits", "scale"):
            if analog != (getattr(self, key) is not None):
                need = "needs" if analog else "takes no"
                raise ValueError(f"polarity {self.polarity} {need} {key}")
        if not analog:
            for key in ("dac_bits", "adc_bits", "noise", "common_mode"):
                if getattr(self, key) != type(self).model_fields[key].default:
                    raise ValueError(f"polarity float takes no {key}")
        if (self.polarity == "mixed") != (self.signs is not None):
            raise ValueError(f"signs go with polarity mixed (here: {self.polarity})")
        if self.first_layer != "random" and (analog or self.warm_start):
            raise ValueError("first_layer: patches goes with a floating-point network without a warm start")
        return self
