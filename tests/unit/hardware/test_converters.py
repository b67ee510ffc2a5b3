from math import log10, pi

import pytest
import torch

from xbar.chips.chip import _quantize_in_place
from xbar.config.variants import CurveSpec
from xbar.hardware.converters import converted, levels, thresholds


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def edges(bits, *, signed=False, outputs=1, seed=0, **errors):
    return thresholds(CurveSpec(**errors), [outputs], bits, signed=signed, generator=stream(seed))


def from_histogram(of_one, bits, *, signed):
    """INL of every threshold (LSB, line through the first and the last) by the code density test with a ramp."""
    codes = 2**bits - 1
    lowest = -codes if signed else 0
    ramp = torch.linspace(lowest - 0.5, codes + 0.5, 100_001, dtype=torch.float64)
    found = converted(ramp[:, None], of_one[None], lowest)[:, 0]
    counts = torch.bincount((found - lowest).long(), minlength=codes - lowest + 1).double()
    inner = counts[1:-1]  # the outer codes reach beyond the range
    return torch.cat([torch.zeros(1, dtype=torch.float64), (inner / inner.mean() - 1).cumsum(0)])


@pytest.mark.parametrize("bits", [8, 10])
def test_an_ideal_converter_has_the_signal_to_noise_ratio_of_the_textbook(bits):
    """6.02 dB a bit and 1.76 dB, for a sine that spans all codes."""
    lsb = 2.0 / 2**bits
    sine = torch.sin(torch.arange(60_000, dtype=torch.float64) * 0.9871) / lsb + (2**bits - 1) / 2  # in LSB
    found = converted(sine[:, None], edges(bits), 0)[:, 0]
    noise = (found - sine).square().mean()
    assert 10 * log10((sine - sine.mean()).square().mean() / noise) == pytest.approx(6.02 * bits + 1.76, abs=0.15)


@pytest.mark.parametrize("signed", [True, False])
def test_ideal_thresholds_convert_as_the_ideal_converter_does(signed):
    values = 1.4 * torch.randn(500, 3, 2, generator=stream(), dtype=torch.float64)
    lowest = -15 if signed else 0
    found = converted(values * 15, edges(4, signed=signed, outputs=3), lowest) / 15
    torch.testing.assert_close(found, _quantize_in_place(values.clone(), 1.0, 4, signed=signed))


@pytest.mark.parametrize("signed", [True, False])
def test_the_histogram_test_returns_the_inl_that_was_put_in(signed):
    inl = from_histogram(edges(6, signed=signed, inl_lsb=1.5)[0], 6, signed=signed)
    wanted = 1.5 * torch.sin(pi * torch.linspace(-1.0 if signed else 0.0, 1.0, len(inl), dtype=torch.float64))
    torch.testing.assert_close(inl, wanted, rtol=0, atol=0.01)
    assert float(wanted.max()) > 1.49
    drawn = edges(6, signed=signed, inl_lsb=0.7, dnl_lsb=0.3)[0]
    ideal = torch.arange(len(drawn)) + float(drawn[0])
    torch.testing.assert_close(from_histogram(drawn, 6, signed=signed), (drawn - ideal).to(wanted), rtol=0, atol=0.015)


def test_widths_of_codes_have_the_spread_asked_for_and_add_up_along_the_range():
    """Independent widths with both ends held: the middle has the standard deviation of a bridge of 254 steps."""
    drawn = edges(8, outputs=3000, dnl_lsb=0.1)
    widths = drawn.diff(dim=1)
    assert float((widths - 1).std()) == pytest.approx(0.1, rel=0.02)
    assert float((drawn[:, 127] - 127.5).std()) == pytest.approx(0.1 * 254**0.5 / 2, rel=0.04)
    assert torch.allclose(drawn[:, [0, -1]], torch.tensor([0.5, 254.5], dtype=torch.float64))


@pytest.mark.parametrize("signed", [True, False])
def test_random_widths_on_the_largest_bend_do_not_turn_a_curve_back(signed):
    drawn = edges(6, signed=signed, outputs=500, dnl_lsb=0.5, inl_lsb=(2**6 - 2) / pi)
    assert (drawn.diff(dim=1) >= 0).all()
    assert (drawn[:, 0] == (-62.5 if signed else 0.5)).all() and (drawn[:, -1] == 62.5).all()


def test_an_adc_of_one_bit_has_a_single_threshold_that_nothing_moves():
    assert edges(1, outputs=2, dnl_lsb=0.5, missing=1.0).tolist() == [[0.5], [0.5]]


def test_missing_codes_do_not_appear_and_all_others_do():
    drawn = edges(8, outputs=40, missing=0.1, inl_lsb=2.0)
    ramp = torch.linspace(-1, 256, 20_001, dtype=torch.float64)[:, None].expand(-1, 40)
    found = converted(ramp, drawn, 0)
    assert (found.diff(dim=0) >= 0).all() and (found[0] == 0).all() and (found[-1] == 255).all()
    appear = [len(of_one.unique()) for of_one in found.T]
    assert 256 - sum(appear) / 40 == pytest.approx(0.1 * 253, rel=0.1)


def test_dacs_keep_their_ends_and_give_a_missing_code_the_level_of_its_neighbour():
    drawn = levels(CurveSpec(inl_lsb=0.5, dnl_lsb=0.2, missing=0.3), 50, 4, generator=stream())
    assert (drawn[:, 0] == 0).all() and (drawn[:, -1] == 1).all() and (drawn.diff(dim=1) >= 0).all()
    assert float((drawn.diff(dim=1) == 0).double().sum(1).mean()) == pytest.approx(0.3 * 14, rel=0.15)
    ideal = torch.arange(16, dtype=torch.float64) / 15
    assert torch.equal(levels(CurveSpec(), 2, 4, generator=stream()), ideal.expand(2, -1))
