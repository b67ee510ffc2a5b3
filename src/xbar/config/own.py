"""Networks trained elsewhere, to be mapped as they are or trained further, as they stand in config.yaml."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from xbar.config.base import Bits, Fraction, Place, Share, Spec, Unique
from xbar.config.crossbars import CROSSBAR, DEVICE
from xbar.config.variants import Compensation
from xbar.mappings import MappingName


class ModuleSpec(Spec):
    """A class in a file of Python, or a function in it that returns an nn.Module.

    `name`: of the class or function. `arguments`: its arguments. `imports`: names of further files in the same folder
    that the file imports.
    """

    file: Place
    name: Annotated[str, Field(min_length=1)]
    arguments: dict[str, Any] = Field(default_factory=dict)
    imports: Annotated[list[Place], Unique] = Field(default_factory=list)


class OwnInputsSpec(Spec):
    """How the inputs of the data set become those of the network, by these steps in order.

    `channels`: the channels in order, counted from 0. `divide`: divisor of all values. `mean`, `std`: subtracted, and
    divided by; one number for all channels or one for each. `layout`: channels-last moves the channels to the end.
    `shape`: of one input at the end, with as many values as before.
    """

    channels: Annotated[list[NonNegativeInt], Field(min_length=1), Unique] | None = None
    divide: PositiveFloat = 1.0
    mean: float | list[float] = 0.0
    std: PositiveFloat | list[PositiveFloat] = 1.0
    layout: Literal["channels-first", "channels-last"] = "channels-first"
    shape: Annotated[list[PositiveInt], Field(min_length=1)] | None = None


CHIPS = 10


class FineTuningSpec(Spec):
    """Training with noise before the network is mapped; see `xbar.own.fine_tune`.

    `noise`: standard deviation of a device, share of g_max - g_min, or `device` for the programming law of its device.
    """

    epochs: PositiveInt = 5
    noise: Fraction | Literal["device"] = "device"
    learning_rate: PositiveFloat = 1e-3
    batch: PositiveInt = 64
    seed: NonNegativeInt = 0


class OwnNetworkSpec(Spec):
    """A network from one of three descriptions, its data, and the hardware on which it is mapped.

    `module`: a class in a file. `layers`: modules in order, each a name of torch.nn with its arguments, such as
    {Conv2d: {in_channels: 1, out_channels: 8, kernel_size: 3}}. Both need `weights`: the state dict, a file of
    safetensors or torch.save. `program`: a file of torch.export, which has its weights. Paths are relative to the
    folder from which the workflow runs. Files count by content.

    `dataset`: a data set of this workflow. `examples`: in its place, a file with tensors train_x, train_y, test_x and
    test_y. `inputs`: how the network takes them. `expected_accuracy`: of the network itself on the test examples,
    share. An accuracy more than two points lower stops the job.

    `polarity`: signed weights, or unipolar ones, which need `fine_tuning`. `scale`: full scales for each layer, for the
    network, or with one `gain` of all ADCs; `channel`: those of a layer, a digital factor for each output, and for each
    input channel where it helps. `weight_share`: quantile of the weights at full scale; below 1 outliers are clipped.
    `digital`: names of modules that stay off the arrays. `grouped`: whether grouped convolutions stand on arrays, as
    dense matrices, or stay digital. `mapping`: None takes that of the polarity. `times_s`, `compensations`: as in
    variants.
    """

    module: ModuleSpec | None = None
    layers: Annotated[list[dict[str, dict[str, Any]]], Field(min_length=1)] | None = None
    program: Place | None = None
    weights: Place | None = None
    dataset: str | None = None
    examples: Place | None = None
    inputs: OwnInputsSpec = OwnInputsSpec()
    expected_accuracy: Share | None = None
    fine_tuning: FineTuningSpec | None = None
    polarity: Literal["signed", "unipolar"] = "signed"
    weight_bits: Bits
    dac_bits: Bits = 8
    adc_bits: Bits = 8
    scale: Literal["network", "layer", "gain", "channel"] = "layer"
    weight_share: Share = 1.0
    digital: list[str] = Field(default_factory=list)
    grouped: Literal["arrays", "digital"] = "arrays"
    mapping: MappingName | None = None
    device: str = DEVICE
    crossbar: str = CROSSBAR
    chips: PositiveInt = CHIPS
    times_s: Annotated[list[NonNegativeFloat], Unique] = Field([0.0], min_length=1)
    compensations: Annotated[list[Compensation], Unique] = Field(["none"], min_length=1)

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        named = [key for key in ("module", "layers", "program") if getattr(self, key) is not None]
        if len(named) != 1:
            raise ValueError(f"{', '.join(named) or 'no network'}; needed is one of module, layers and program")
        if (self.weights is None) != (named == ["program"]):
            told = "program has its own weights" if self.weights else f"weights: missing; {named[0]} needs them"
            raise ValueError(told)
        if (self.dataset is None) == (self.examples is None):
            raise ValueError("needed is either dataset or examples")
        if self.polarity == "unipolar" and self.fine_tuning is None:
            raise ValueError("polarity: unipolar needs fine_tuning: without it the network computes something else")
        return self
