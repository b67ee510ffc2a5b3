"""Networks trained elsewhere, to be mapped as they are, as they stand in config.yaml."""

from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt

from xbar.config.base import Bits, Place, Spec
from xbar.mappings import MappingName


class OwnNetworkSpec(Spec):
    """A torch nn.Sequential with its state dict, quantised and mapped without further training.

    `weights`: safetensors file of the state dict, as seen from where the workflow runs; it counts by its content.
    `layers`: the modules in order, each a name of torch.nn with its arguments, such as {Conv2d: {in_channels: 1,
    out_channels: 8, kernel_size: 3}} or {ReLU: {}}. `dataset`: one of this workflow's, whose inputs the network takes;
    their units and order stand in workflow/own-network.md. `weight_share`: quantile of the weights at full scale;
    below 1 outliers are clipped. `digital`: places in `layers` that stay off the arrays, such
    as ["0"] for the first. `grouped`: whether grouped convolutions stand on arrays, as dense matrices, or stay digital.
    `expected_accuracy`: of the network itself on the test examples, share; two points less stop the job.
    """

    weights: Place
    layers: Annotated[list[dict[str, dict[str, Any]]], Field(min_length=1)]
    dataset: str
    weight_bits: Bits
    dac_bits: Bits = 8
    adc_bits: Bits = 8
    scale: Literal["network", "layer", "gain"] = "layer"
    weight_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    digital: list[str] = Field(default_factory=list)
    grouped: Literal["arrays", "digital"] = "arrays"
    mapping: MappingName = "paired-columns-mirrored"
    device: str = "nvm"
    crossbar: str = "array-1152x256"
    chips: PositiveInt = 10
    expected_accuracy: Annotated[float, Field(gt=0, le=1)] | None = None
