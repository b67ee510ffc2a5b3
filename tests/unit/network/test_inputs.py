"""What inputs lose before the first DAC, against scipy and numpy."""

import numpy as np
import pytest
import torch
from scipy.ndimage import uniform_filter

from xbar.config.networks import BrightnessSpec
from xbar.network.inputs import PIECE, Normalisation, moments, subtract_local_mean

SPEC = BrightnessSpec(window=5, share=0.8)


def images(count, seed=0):
    return torch.rand((count, 3, 8, 9), generator=torch.Generator().manual_seed(seed)) * 255


def test_brightness_is_the_mean_over_channels_and_window():
    """scipy's uniform filter with zeros outside, over the share of the window that lies inside."""
    given = images(4)
    brightness = given.double().numpy().mean(1)
    inside = uniform_filter(np.ones(brightness.shape[1:]), 5, mode="constant")
    local = np.stack([uniform_filter(image, 5, mode="constant") / inside for image in brightness])
    np.testing.assert_allclose(
        subtract_local_mean(given, SPEC).numpy(), given.numpy() - 0.8 * local[:, None], atol=1e-3
    )


def test_without_brightness_inputs_are_as_they_were():
    given = images(2)
    assert subtract_local_mean(given, None) is given


def test_of_an_even_image_the_rest_of_the_share_is_left():
    given = torch.full((1, 3, 8, 8), 100.0)
    np.testing.assert_allclose(subtract_local_mean(given, SPEC).numpy(), 20.0, rtol=1e-5)


@pytest.mark.parametrize("spec", [None, SPEC])
def test_moments_are_those_of_all_inputs_at_once(spec):
    given = images(PIECE + 10).to(torch.uint8)
    seen = subtract_local_mean(given.float(), spec).double().numpy()
    mean, std = moments(given, spec)
    np.testing.assert_allclose(mean.flatten(), seen.mean((0, 2, 3)), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(std.flatten(), seen.transpose(1, 0, 2, 3).reshape(3, -1).std(1, ddof=1), rtol=1e-5)


def test_a_network_sees_normalised_inputs_without_brightness():
    given, normalisation = images(500), Normalisation((3, 8, 9), SPEC)
    normalisation.measure(given)
    rows = normalisation(given).double()
    assert rows.mean((0, 2, 3)).abs().max() < 1e-4
    np.testing.assert_allclose(rows.std((0, 2, 3)), 1.0, rtol=1e-3)


@pytest.mark.parametrize("wrong", [{"window": 4, "share": 0.5}, {"window": 1, "share": 0.5}, {"window": 5, "share": 0}])
def test_impossible_windows_and_shares_are_refused(wrong):
    with pytest.raises(ValueError, match=r"window|share"):
        BrightnessSpec(**wrong)


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (2, 2, 8, 9), (3, 8, 9)])
def test_inputs_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"do not fit a network for \(3, 8, 9\)"):
        Normalisation((3, 8, 9))(torch.zeros(shape))
