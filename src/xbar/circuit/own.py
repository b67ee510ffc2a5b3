"""What a network of one's own costs: its layers in the reference circuit of config.yaml."""

from collections.abc import Mapping, Sequence

from xbar.circuit.components import Components
from xbar.circuit.priced import PricedCorner, PricedNetwork, design_of, layers_of, price
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec
from xbar.mappings import COMMON_MODE_OF_OWN, MAPPING_OF_POLARITY, MappingName, check_mapping


def price_own(
    name: str, bits: Mapping[str, int], polarity: str, mapping: MappingName | None, *, device: DeviceSpec,
    crossbar: CrossbarSpec, layers: Sequence[Mapping[str, str]], circuit: CircuitSpec, reference: ReferenceSpec,
    components: Components, dataset: str = "",
) -> PricedCorner:  # fmt: skip
    """One inference of a network whose sizes and ranges are `layers`, rows of `tables.OWN_LAYERS`.

    `bits`: weight_bits, dac_bits and adc_bits. `mapping`: that of the polarity if none is given. `reference` chooses
    ADC model and bank. ValueError for a node, bits or a part without a price, and for a mapping of the other polarity.
    """
    check_mapping(name, polarity, mapping)
    named = {"dataset": dataset, "architecture": "", "training": "", "polarity": polarity, "scale": "layer"}
    spec = NetworkSpec.model_validate({**named, "common_mode": COMMON_MODE_OF_OWN[polarity], **bits})
    network = PricedNetwork(name, spec, device, crossbar, layers_of([layers]))
    chosen = dict(reference) | {"mapping": mapping or MAPPING_OF_POLARITY[polarity]}
    return price(network, design_of(network, circuit, **chosen), components)
