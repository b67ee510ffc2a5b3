"""Results tell which configuration made them, and a mismatch is refused in one line."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from xbar.report.origin import check_origins, read_about

BLOCKS = {"network": {"weight_bits": 2, "noise": 0.04}, "training": {"epochs": 3, "augmentation": {"shift": 8}}}


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "har-2b" / "seed1" / "weights.safetensors"
    path.parent.mkdir(parents=True)
    save_file({"w": np.zeros(2)}, path, {"about": json.dumps(BLOCKS | {"name": "har-2b", "seed": 1})})
    return path


def test_the_same_configuration_passes(weights):
    check_origins([weights], {"har-2b": BLOCKS})
    assert read_about(weights) == BLOCKS | {"name": "har-2b", "seed": 1}


def test_a_block_that_the_file_does_not_carry_is_passed_over(weights):
    check_origins([weights], {"har-2b": BLOCKS | {"device": {"g_max_uS": 25.0}}})


@pytest.mark.parametrize(
    ("block", "key", "value", "told"),
    [
        ("network", "weight_bits", 4, r"network\.weight_bits = 2, but the configuration says 4"),
        ("training", "augmentation", {"shift": 0}, r"training\.augmentation\.shift = 8, .* says 0"),
        ("training", "distillation", 0.5, r"training\.distillation = None, .* says 0\.5"),
    ],
)
def test_another_configuration_is_refused_in_one_line(weights, block, key, value, told):
    expected = BLOCKS | {block: BLOCKS[block] | {key: value}}
    with pytest.raises(ValueError, match=told) as caught:
        check_origins([weights], {"har-2b": expected})
    assert str(weights) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_that_is_gone_is_refused(weights):
    with pytest.raises(ValueError, match=r"noise = 0\.04"):
        check_origins([weights], {"har-2b": BLOCKS | {"network": {"weight_bits": 2}}})


def test_a_file_of_another_network_is_refused(weights):
    with pytest.raises(ValueError, match=r"weights\.safetensors is of no network of this run, but of 'har-2b'"):
        check_origins([weights], {"har-4b": BLOCKS})


@pytest.mark.parametrize("place", ["har-4b/seed1", "har-2b/seed0"])
def test_a_file_in_the_folder_of_another_network_or_seed_is_refused(weights, tmp_path, place):
    """Its numbers would stand in the report as those of the folder."""
    moved = tmp_path / place / weights.name
    moved.parent.mkdir(parents=True)
    weights.rename(moved)
    with pytest.raises(ValueError, match=rf"{place}/weights\.safetensors is of har-2b, seed 1: delete it to have it"):
        check_origins([moved], {"har-2b": BLOCKS, "har-4b": BLOCKS})


def test_a_broken_file_is_named(weights):
    weights.write_bytes(b"not one")
    with pytest.raises(ValueError, match=r"weights\.safetensors is not a whole safetensors file"):
        check_origins([weights], {"har-2b": BLOCKS})
