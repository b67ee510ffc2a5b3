"""MLPerf Tiny's reference networks, as they stand in config.yaml: what is priced, mapped, trained and evaluated."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from xbar.config.base import Bits, Share, Spec, Unique
from xbar.config.variants import Compensation
from xbar.mappings import SIGNED, SignedMapping


class TinySharesSpec(Spec):
    """Quantile of the weights at full scale, for the network as it is and for the one that is trained further.

    Noise is a share of full scale, so that clipping outliers lowers the noise of all other weights. Training makes up
    for what clipping loses.
    """

    direct: Share = 1.0
    trained: Share = 1.0


class TinyHardwareSpec(Spec):
    """The hardware of the networks in their training and their price. A run chooses the converters."""

    device: str
    crossbar: str
    mapping: SignedMapping = SIGNED
    weight_bits: Bits = 8
    weight_shares: TinySharesSpec = TinySharesSpec()


class TinyChipsSpec(TinyHardwareSpec):
    """Chips of the reference ResNet-8 in their evaluation.

    `times_s`, `compensations`: as in a variant. `test_images`: number of images from the start of the test set; None:
    all.
    """

    times_s: Annotated[list[NonNegativeFloat], Unique, Field(min_length=1)]
    compensations: Annotated[list[Compensation], Unique, Field(min_length=1)]
    chips: PositiveInt
    test_images: PositiveInt | None = None


class TinySpec(TinyChipsSpec):
    """The reference networks as a run carries them out.

    `converter_bits`: of DACs and ADCs alike. `scales`: full scales of each layer, of the network, or with one ADC gain.
    `conditions`: mapped as it is (direct), or trained further by the recipe `training` with the noise of the device.
    `seeds`: number of seeds, of chips and of further training. `fold`: of the training images, on which a recipe can be
    chosen. The network is then trained by `float_training` from random weights without the fold, and tested on it,
    because the reference has seen every training image.
    """

    converter_bits: Annotated[list[Bits], Unique, Field(min_length=1)]
    scales: Annotated[list[Literal["network", "layer", "gain"]], Unique, Field(min_length=1)]
    conditions: Annotated[list[Literal["direct", "trained"]], Unique, Field(min_length=1)]
    training: str
    fold: NonNegativeInt | None = None
    float_training: str
    seeds: PositiveInt
