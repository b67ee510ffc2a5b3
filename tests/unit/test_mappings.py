"""The rules of every mapping: against arrays that are really mapped, and against the circuit of each by hand."""

from typing import get_args

import pytest
import torch

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.hardware.mapping import map_weights
from xbar.mappings import MAPPINGS, MappingName, mapping_named, rules_of

DEVICES = [DeviceSpec(g_min_uS=g, g_max_uS=25.0, programming_noise=0.0) for g in (0.0, 2.5)]


def test_every_name_has_rules():
    assert tuple(MAPPINGS) == get_args(MappingName)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_the_rules_count_the_devices_that_are_mapped(mapping, device):
    """A layer of 6 outputs and 5 inputs on one array, or on one beside another."""
    rules = rules_of(mapping, off_current=device.g_min_uS > 0)
    arrays = map_weights(torch.full((6, 5), 0.5), mapping, device, CrossbarSpec(rows=8, columns=16))
    assert len(arrays) == rules.crossbars
    assert {tuple(array.g_uS.shape) for array in arrays} == {
        (5, 6 * rules.columns_per_output + rules.reference_columns)
    }
    assert sum(array.g_uS.numel() for array in arrays) == 5 * (6 * rules.devices_per_weight + rules.reference_columns)


@pytest.mark.parametrize(
    ("mapping", "off_current", "expected"),
    [
        # devices of a weight, reference columns, where columns are subtracted, bits for a sign, apart on a chip
        ("paired-columns-converted", False, (2, 0, "digital", 0, True)),
        ("paired-columns-mirrored", False, (2, 0, "mirror", 1, False)),
        ("paired-columns-opamp", True, (2, 0, "opamp", 1, False)),
        ("two-crossbars", True, (2, 0, "digital", 0, True)),
        ("two-crossbars-mirrored", False, (2, 0, "mirror", 1, False)),
        ("two-crossbars-opamp", False, (2, 0, "opamp", 1, False)),
        ("offset-column", False, (1, 1, "digital", 1, True)),
        ("offset-column-mirrored", True, (1, 1, "mirror", 1, False)),
        ("unipolar", False, (1, 0, "none", 0, False)),
        ("unipolar", True, (1, 1, "digital", 0, False)),
    ],
)
def test_rules_by_hand(mapping, off_current, expected):
    rules = rules_of(mapping, off_current=off_current)
    assert (
        rules.devices_per_weight,
        rules.reference_columns,
        rules.subtraction,
        rules.sign_bits,
        rules.is_simulated_apart,
    ) == expected


def test_a_device_with_an_offset_tells_twice_the_levels_apart():
    found = {name: rules.levels(2, signed=name != "unipolar") for name, rules in MAPPINGS.items()}
    assert {name for name, levels in found.items() if levels == 7} == {"offset-column", "offset-column-mirrored"}
    assert set(found.values()) == {4, 7}


def test_an_unknown_mapping_is_one_clear_line():
    with pytest.raises(ValueError, match="mapping 'diagonal' is not one of paired-columns-converted, "):
        mapping_named("diagonal")
