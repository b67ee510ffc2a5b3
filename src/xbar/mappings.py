"""The rules of every mapping: how devices hold a weight, and where the columns of an output are subtracted.

No other place holds these rules. Hardware, prices and the checks of the configuration read them here.
"""

from functools import cache
from typing import Literal, NamedTuple

SignedMapping = Literal[
    "paired-columns-converted",
    "paired-columns-mirrored",
    "paired-columns-opamp",
    "two-crossbars",
    "two-crossbars-shared-dac",
    "two-crossbars-mirrored",
    "two-crossbars-opamp",
    "offset-column",
    "offset-column-mirrored",
]
MappingName = Literal[SignedMapping, "unipolar"]
Subtraction = Literal["mirror", "opamp", "digital", "none"]


class MappingRules(NamedTuple):
    """How a matrix of shares of full scale becomes columns of devices, and outputs again.

    `columns_per_output`: neighbouring columns of one array. `crossbars`: two for positive and negative parts side by
    side, else one. `reference`: what the devices of one further column of each array hold, share of full scale; None
    without such a column. `subtraction`: by a current mirror or a difference amplifier before the ADC, by digital units
    behind it, or nowhere. `shares_dacs`: whether one DAC drives the same row of all crossbars, or each row has its own.
    """

    columns_per_output: int
    crossbars: int
    reference: float | None
    subtraction: Subtraction
    shares_dacs: bool = False

    @property
    def dacs_per_row(self) -> int:
        """DACs of one row of the matrix in a column of arrays."""
        return 1 if self.shares_dacs else self.crossbars

    @property
    def devices_per_weight(self) -> int:
        """Devices of one weight, without those of a reference column."""
        return self.columns_per_output * self.crossbars

    @property
    def reference_columns(self) -> int:
        """Columns of each array that hold no output."""
        return int(self.reference is not None)

    @property
    def is_offset(self) -> bool:
        """Whether a device holds half of the weight, added to a middle level."""
        return self.reference is not None and self.reference > 0

    @property
    def swing(self) -> float:
        """How far a weight of full scale moves a device, share of its range: half from a middle level, else 1."""
        return 1.0 - (self.reference or 0.0)

    @property
    def is_analog(self) -> bool:
        """Whether columns are subtracted before the ADC, which converts their difference once."""
        return self.subtraction in ("mirror", "opamp")

    @property
    def is_simulated_apart(self) -> bool:
        """Whether a simulated chip converts the columns of an output apart and subtracts the codes.

        The correction column of unipolar weights is subtracted exactly instead, as in training. Its conversion and
        digital subtraction are part of the prices.
        """
        return self.subtraction == "digital" and self.reference != 0

    @property
    def sign_bits(self) -> int:
        """Bits of an ADC beyond those of a magnitude: 1 where a converted sum carries a sign or an offset."""
        return int(self.is_offset or self.is_analog)

    def levels(self, weight_bits: int, *, signed: bool) -> int:
        """Levels that a device must tell apart for weights of `weight_bits` bits (of the magnitude, where signed)."""
        return 2 ** (weight_bits + 1) - 1 if self.is_offset and signed else 2**weight_bits


MAPPINGS: dict[MappingName, MappingRules] = {  # in prose: MAPPINGS_IN_WORDS of report/savings.py
    "paired-columns-converted": MappingRules(2, 1, None, "digital"),
    "paired-columns-mirrored": MappingRules(2, 1, None, "mirror"),
    "paired-columns-opamp": MappingRules(2, 1, None, "opamp"),
    "two-crossbars": MappingRules(1, 2, None, "digital"),
    "two-crossbars-shared-dac": MappingRules(1, 2, None, "digital", True),
    "two-crossbars-mirrored": MappingRules(1, 2, None, "mirror"),
    "two-crossbars-opamp": MappingRules(1, 2, None, "opamp"),
    "offset-column": MappingRules(1, 1, 0.5, "digital"),
    "offset-column-mirrored": MappingRules(1, 1, 0.5, "mirror"),
    "unipolar": MappingRules(1, 1, 0.0, "digital"),  # the column corrects for the off-current of devices
}
SIGNED: SignedMapping = "paired-columns-mirrored"  # for which signed networks are trained
MAPPING_OF_POLARITY: dict[str, MappingName] = {  # those that networks are trained for
    "signed": SIGNED,
    "unipolar": "unipolar",
    "mixed": "unipolar",
}
COMMON_MODE_OF_OWN = {"signed": "kept", "unipolar": "subtracted"}  # by polarity, of networks of one's own


def mapping_named(name: str) -> MappingName:
    """`name` as a mapping. ValueError, one line, where there is none of this name."""
    for mapping in MAPPINGS:
        if mapping == name:
            return mapping
    raise ValueError(f"mapping '{name}' is not one of {', '.join(MAPPINGS)}")


def check_mapping(where: str, polarity: str, mapping: MappingName | None) -> None:
    """ValueError, one line, for no mapping, and for unipolar weights in one of signed weights, or the reverse.

    None fits all.
    """
    if mapping is not None:
        mapping_named(mapping)
    if mapping == "unipolar" and polarity == "signed":
        raise ValueError(f"{where}.mapping: unipolar holds no negative weights; a signed network has them")
    if mapping not in (None, "unipolar") and polarity != "signed":
        raise ValueError(f"{where}.mapping: {mapping} is for signed weights; {polarity} ones have the mapping unipolar")


@cache
def rules_of(mapping: MappingName, *, off_current: bool) -> MappingRules:
    """The rules of a mapping. Unipolar weights need a correction column only on devices with an `off_current`."""
    rules = MAPPINGS[mapping]
    if rules.reference == 0 and not off_current:
        return rules._replace(reference=None, subtraction="none")
    return rules
