"""Augmented batches against explicit loops, and what each change must leave alone."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.config.networks import AugmentationSpec
from xbar.training.augment import Augmenter

IMAGES = torch.randint(0, 256, (12, 3, 6, 5), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
SIGNALS = torch.randn(12, 9, 1, 20, generator=torch.Generator().manual_seed(2))
ALL = torch.arange(12)
ACCELERATION, GYROSCOPE, TOTAL = slice(0, 3), slice(3, 6), slice(6, 9)


def augmented(inputs, seed=0, index=ALL, std=1.0, **strengths):
    augmenter = Augmenter(inputs, torch.full((inputs.shape[1], 1, 1), std), AugmentationSpec(**strengths))
    return augmenter(index, torch.Generator().manual_seed(seed))


def shifts_of(inputs, vertical, horizontal):
    """Every shift of one image (C, H, W), its border repeated: {(down, right): shifted}."""
    channels, height, width = inputs.shape
    found = {}
    for down in range(-vertical, vertical + 1):
        for right in range(-horizontal, horizontal + 1):
            moved = np.zeros((channels, height, width))
            for row in range(height):
                for column in range(width):
                    source = min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1)
                    moved[:, row, column] = inputs[:, source[0], source[1]]
            found[down, right] = moved
    return found


@pytest.mark.parametrize("inputs", [IMAGES, SIGNALS], ids=["images", "signals"])
def test_nothing_asked_changes_nothing(inputs):
    index = torch.tensor([3, 3, 0])
    assert torch.equal(augmented(inputs, index=index), inputs[index].float())


@given(
    st.booleans(), st.integers(0, 3), st.floats(0, 1), st.lists(st.integers(0, 11), min_size=1), st.integers(0, 2**31),
)  # fmt: skip
def test_shape_type_and_generator(flip, shift, noise, chosen, seed):
    """Same shape, floating point, decided by the generator alone; the training set itself stays as it is."""
    strengths, index, before = dict(flip=flip, shift=shift, noise=noise), torch.tensor(chosen), IMAGES.clone()
    found = augmented(IMAGES, seed, index, **strengths)
    assert found.shape == (len(chosen), 3, 6, 5) and found.dtype == torch.float32
    assert torch.isfinite(found).all()
    assert torch.equal(augmented(IMAGES, seed, index, **strengths), found)
    assert torch.equal(IMAGES, before)


def test_signals_are_decided_by_the_generator_alone():
    strengths = {"rotation_deg": 5.0, "scaling": 0.1, "noise": 0.1, "shift": 3}
    first, again, other = (augmented(SIGNALS, seed, **strengths) for seed in (1, 1, 2))
    assert torch.equal(first, again) and first.shape == SIGNALS.shape
    assert not torch.equal(first, other)


def test_each_image_is_mirrored_or_not():
    found = augmented(IMAGES.repeat(10, 1, 1, 1), flip=True, index=torch.arange(120)).numpy()
    mirrored = 0
    for image, before in zip(found, IMAGES.repeat(10, 1, 1, 1).numpy(), strict=True):
        reverse = np.stack([[row[::-1] for row in channel] for channel in before])
        assert np.array_equal(image, before) or np.array_equal(image, reverse)
        mirrored += np.array_equal(image, reverse)
    assert abs(mirrored - 60) < 5 * 120**0.5 / 2


@pytest.mark.parametrize(("inputs", "margins"), [(IMAGES, (2, 2)), (SIGNALS, (0, 2))], ids=["images", "signals"])
def test_shift_is_one_of_all_shifts_by_loops(inputs, margins):
    """Axes of length one stay; every shift turns up."""
    found = augmented(inputs.repeat(20, 1, 1, 1), shift=2, index=torch.arange(240)).numpy()
    seen = set()
    possible = [shifts_of(one, *margins) for one in inputs.numpy()]
    for number, image in enumerate(found):
        matches = {by for by, moved in possible[number % 12].items() if np.array_equal(image, moved.astype(np.float32))}
        assert matches
        seen |= matches
    assert seen == {(a, b) for a in range(-margins[0], margins[0] + 1) for b in range(-2, 3)}


def test_rotation_keeps_the_length_of_every_vector_and_angles_between_sensors():
    found = augmented(SIGNALS, rotation_deg=20.0).double().view(12, 3, 3, 20)
    before = SIGNALS.double().view(12, 3, 3, 20)
    torch.testing.assert_close(found.norm(dim=2), before.norm(dim=2), rtol=1e-5, atol=1e-5)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        products = [(values[:, one] * values[:, other]).sum(1) for values in (found, before)]
        torch.testing.assert_close(*products, rtol=1e-4, atol=1e-4)
    assert (found - before).abs().max() > 0.1


def test_rotation_is_one_proper_matrix_for_each_window():
    """Solved by least squares from 60 vectors: orthogonal, determinant +1, angles of the strength asked for."""
    many = SIGNALS.repeat(50, 1, 1, 1)
    found = augmented(many, rotation_deg=10.0, index=torch.arange(600)).double().view(600, 3, 3, 20)
    angles = []
    for window, before in zip(found.numpy(), many.double().view(600, 3, 3, 20).numpy(), strict=True):
        after_columns, before_columns = (values.transpose(1, 0, 2).reshape(3, -1) for values in (window, before))
        matrix = after_columns @ np.linalg.pinv(before_columns)
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-5)
        assert np.linalg.det(matrix) > 0
        angles.append(np.arccos(np.clip((np.trace(matrix) - 1) / 2, -1, 1)))
    expected = np.deg2rad(10) ** 2 * 3  # three angles of 10 degrees: their squares add up
    assert abs(np.mean(np.square(angles)) / expected - 1) < 5 * (2 / (3 * 600)) ** 0.5


def test_scaling_leaves_gravity_and_directions():
    found, before = augmented(SIGNALS, scaling=0.3), SIGNALS
    gravity = [values[:, TOTAL] - values[:, ACCELERATION] for values in (found, before)]
    torch.testing.assert_close(*gravity, rtol=0, atol=1e-5)
    gains = [(found[:, part] / before[:, part]).flatten(1) for part in (ACCELERATION, GYROSCOPE)]
    for gain in gains:
        torch.testing.assert_close(gain, gain[:, :1].expand_as(gain), rtol=1e-4, atol=1e-5)
        assert (gain > 0).all()
    assert not torch.allclose(gains[0][:, 0], gains[1][:, 0])


def test_scaling_is_log_normal():
    many = SIGNALS.repeat(100, 1, 1, 1)
    found = augmented(many, scaling=0.3, index=torch.arange(1200))
    logs = (found[:, 3, 0, 0] / many[:, 3, 0, 0]).log().double()
    assert abs(float(logs.mean())) < 5 * 0.3 / 1200**0.5
    assert abs(float(logs.std()) / 0.3 - 1) < 5 / 2400**0.5


@pytest.mark.parametrize("strength", [{"rotation_deg": 5.0}, {"scaling": 0.1}], ids=str)
@pytest.mark.parametrize("shape", [(3, 6, 5), (9, 2, 20), (6, 1, 20), (1, 8, 8)], ids=str)
def test_changes_of_sensors_want_the_channels_of_har(strength, shape):
    (name,) = strength
    with pytest.raises(ValueError, match=rf"augmentation\.{name}.*{re.escape(str(shape))}.*\(9, 1, samples\)") as error:
        augmented(torch.zeros(12, *shape), **strength)
    assert "\n" not in str(error.value)


def test_noise_is_a_share_of_each_channels_deviation():
    std = torch.tensor([1.0, 2.0, 5.0]).view(3, 1, 1)
    inputs = torch.zeros(400, 3, 6, 5)
    augmenter = Augmenter(inputs, std, AugmentationSpec(noise=0.1))
    found = augmenter(torch.arange(400), torch.Generator().manual_seed(0))
    measured = found.double().std((0, 2, 3))
    n = 400 * 30
    assert ((measured / (0.1 * std.flatten().double()) - 1).abs() < 5 / (2 * n) ** 0.5).all()
