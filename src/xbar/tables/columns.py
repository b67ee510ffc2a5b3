"""What a table is, and the columns that several tables have."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column. `unit`: of its numbers, `1` for counts and shares; empty for text."""

    name: str
    unit: str
    meaning: str


class Table(NamedTuple):
    """A CSV. `files`: what the stages write. `key`: the columns that tell its rows apart."""

    name: str
    files: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def text(name: str, meaning: str) -> Column:
    """A column of text."""
    return Column(name, "", meaning)


def number(name: str, unit: str, meaning: str) -> Column:
    """A column of numbers."""
    return Column(name, unit, meaning)


def table(name: str, files: str, meaning: str, key: str, *columns: Column) -> Table:
    """A table; `key`: the names of its columns that tell rows apart, with spaces between."""
    return Table(name, files, meaning, tuple(key.split()), columns)


NETWORK = text("network", "name of the network in config.yaml")
SEED = number("seed", "1", "number of the training, from which all its random draws follow")
DATASET = text("dataset", "name of the data set in config.yaml")
ARCHITECTURE = text("architecture", "name of the architecture in config.yaml, or of the search that chose it")
CHIP = number("chip", "1", "number of the simulated chip; empty where no chip is simulated")
LAYER = number("layer", "1", "number of the layer, from the input")
ARRAY = number("array", "1", "number of the array in its layer")
COMPARISON = text("comparison", "name of the comparison in config.yaml")
CORNER = text("corner", "signed or unipolar weights, with own or shared converters")
MAPPING = text("mapping", "how arrays hold signed weights, or unipolar")
ADC_LAW = text("adc_law", "ADC model, A to E")
BANK = text(
    "bank", "shared ADCs: a number, or largest for as many as the largest layer needs; own where none is shared"
)
COMPONENT = text("component", "part of the circuit, as in workflow/reference/components.csv")
SOURCE = text("source", "where the published number comes from")
AREA = number("area_um2", "um2", "area")
ENERGY = number("energy_pJ", "pJ", "energy of one inference")
LATENCY = number("latency_ns", "ns", "time of one inference, layer after layer")
NETWORK_KIND = (
    number("weight_bits", "bit", "bits of one device; empty in floating point"),
    text("polarity", "signs of the weights: signed, unipolar, mixed or float"),
    text(
        "scale",
        "network: one scale; layer: scale per layer; gain, channel: of networks of your own; empty in floating point",
    ),
)
DEVICE_KIND = (
    text("mapping", "how arrays hold the weights; empty in floating point"),
    text("device", "name of the device in config.yaml; empty in floating point"),
)
CASE = (
    text("variant", "name of the variant in config.yaml"),
    NETWORK,
    number("time_s", "s", "time from programming to reading"),
    text("compensation", "of drift: none, or array for one digital factor per array"),
    SEED,
    CHIP,
)
CIRCUIT = (NETWORK, DATASET, CORNER, MAPPING, ADC_LAW, BANK)
CIRCUIT_KEY = "network corner mapping adc_law bank"
CASE_KEY = "variant network time_s compensation seed chip"
