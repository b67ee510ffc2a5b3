import pytest
import torch

from xbar.chips.fabrication import chip_streams, drift_factors, fabricate
from xbar.config.crossbars import DeviceSpec
from xbar.hardware.mapping import Conversion
from xbar.hardware.tiling import tiles

DEVICE = DeviceSpec(g_min_uS=1.0, g_max_uS=21.0, programming_noise=0.05)


def made(device, chip=0, index=0, seed=3):
    return fabricate(torch.full((64, 64), 11.0), device, {}, chip_streams(seed, chip, index))


def test_constant_noise_has_its_standard_deviation_and_no_mean():
    errors = (made(DEVICE) - 11.0) / 20.0
    assert float(errors.std()) == pytest.approx(0.05, rel=0.05)
    assert abs(float(errors.mean())) < 4 * 0.05 / 64


@pytest.mark.parametrize("other", [{"chip": 1}, {"index": 1}, {"seed": 4}])
def test_a_chip_repeats_and_another_chip_layer_or_seed_has_errors_of_its_own(other):
    assert torch.equal(made(DEVICE), made(DEVICE))
    errors = torch.stack([(made(DEVICE) - 11.0).flatten(), (made(DEVICE, **other) - 11.0).flatten()])
    assert abs(float(torch.corrcoef(errors)[0, 1])) < 4 / 64


def test_each_non_ideality_has_a_stream_of_its_own():
    """Stuck cells do not change which noise the others get, and reads are noisy where cells are stuck."""
    plain, stuck = made(DEVICE), made(DEVICE.model_copy(update={"stuck_on": 0.1}))
    moved = plain != stuck
    assert (stuck[moved] == DEVICE.g_max_uS).all()
    assert float(moved.float().mean()) == pytest.approx(0.1, abs=4 * (0.09 / 64**2) ** 0.5)
    read = made(DEVICE.model_copy(update={"stuck_on": 0.1, "read_noise": 0.02}))
    assert float((read[moved] - DEVICE.g_max_uS).std()) == pytest.approx(0.02 * 20, rel=0.2)


def test_drift_factors_are_those_of_each_array():
    """5 inputs on arrays of 3 rows and 2 outputs on arrays of 1 column: four arrays, and one of them lost all."""
    parts = tiles((2, 5), 3, 1)
    programmed = torch.tensor([[1.0, -2.0, 3.0, 4.0, 5.0], [6.0, 7.0, -8.0, 9.0, 1.0]], dtype=torch.float64)
    now = programmed * torch.tensor([[0.5, 0.5, 0.5, 0.25, 0.25], [0.8, 0.8, 0.8, 0.0, 0.0]], dtype=torch.float64)
    factors = drift_factors(Conversion(programmed, 1.0), Conversion(now, 1.0), parts)
    assert torch.allclose(factors, torch.tensor([[2.0, 1.25], [4.0, 1.0]], dtype=torch.float64))
