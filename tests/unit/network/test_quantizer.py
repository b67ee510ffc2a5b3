"""The quantizer against its formula and against gradients written down element by element in double precision."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from xbar.network import quantizer
from xbar.network.quantizer import quantize, slope_of

FULL_SCALES = st.floats(1e-3, 1e3)
SHARES = arrays(np.float64, array_shapes(max_dims=4, max_side=5), elements=st.floats(-2, 2))
SHAPE = (3, 4, 5, 6)
LAYOUTS = {
    "contiguous": lambda tensor: tensor.contiguous(),
    "channels_last": lambda tensor: tensor.contiguous(memory_format=torch.channels_last),
    "transposed": lambda tensor: tensor.transpose(1, 3).contiguous().transpose(1, 3),
    "every second": lambda tensor: torch.stack([tensor, -tensor], -1)[..., 0],
}


def formula(values, full_scale, bits, signed):
    """round(clip(v / full scale, lo, 1) * (2^b - 1)) / (2^b - 1), back in the units of v."""
    codes = 2**bits - 1
    share = np.clip(values / full_scale, -1 if signed else 0, 1)
    return full_scale * np.round(share * codes) / codes


def slow_gradients(values, outer, full_scale, bits, signed):
    """Rules of LSQ and PACT: gradients of sum(outer * quantized) by every value and by the full scale."""
    codes, low = 2**bits - 1, -1 if signed else 0
    of_values, of_scale = np.zeros_like(values), 0.0
    for place in np.ndindex(*values.shape):
        share = values[place] / full_scale
        if share <= low:
            of_scale += outer[place] * low
        elif share >= 1:
            of_scale += outer[place]
        else:
            of_values[place] = outer[place]
            of_scale += outer[place] * (round(share * codes) / codes - share)
    return of_values, of_scale


def far_from_ties(shares, bits):
    """Shares of full scale, moved by less than half a code off the places where rounding and clipping change."""
    codes = 2**bits - 1
    whole = np.floor(shares * codes)
    rest = shares * codes - whole
    return (whole + 0.6 * rest + np.where(rest < 0.5, 0.1, 0.3)) / codes


@given(SHARES, FULL_SCALES, st.integers(1, 16), st.booleans())
def test_values_follow_the_formula(shares, full_scale, bits, signed):
    values = far_from_ties(shares, bits) * full_scale
    found = quantize(torch.tensor(values), torch.tensor(full_scale, dtype=torch.float64), bits, signed=signed)
    np.testing.assert_allclose(found, formula(values, full_scale, bits, signed), rtol=1e-12, atol=1e-12)


@given(SHARES, FULL_SCALES, st.integers(1, 16), st.booleans())
def test_quantizing_twice_changes_nothing(shares, full_scale, bits, signed):
    full_scale = torch.tensor(full_scale, dtype=torch.float32)
    once = quantize(torch.tensor(shares, dtype=torch.float32) * full_scale, full_scale, bits, signed=signed)
    assert torch.equal(quantize(once, full_scale, bits, signed=signed), once)


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("signed", [False, True])
def test_every_level_is_used_and_no_other(bits, signed):
    full_scale, codes = 1.7, 2**bits - 1
    values = torch.linspace(-2 * full_scale, 2 * full_scale, 20001)
    levels = quantize(values, torch.tensor(full_scale), bits, signed=signed).unique().double().numpy()
    assert len(levels) == (2 ** (bits + 1) - 1 if signed else 2**bits)
    np.testing.assert_allclose(levels, full_scale * np.arange(-codes if signed else 0, codes + 1) / codes, rtol=2e-7)
    assert 0.0 in levels


@given(SHARES, FULL_SCALES, st.integers(1, 8))
def test_signed_quantizer_is_odd_and_error_at_most_half_a_step(shares, full_scale, bits):
    values, scale = torch.tensor(shares * full_scale), torch.tensor(full_scale, dtype=torch.float64)
    found = quantize(values, scale, bits, signed=True)
    assert torch.equal(quantize(-values, scale, bits, signed=True), -found)
    clipped = values.clamp(-full_scale, full_scale)
    assert (found - clipped).abs().max() <= (0.5 + 1e-9) * full_scale / (2**bits - 1)


@given(SHARES, FULL_SCALES, st.integers(1, 8), st.booleans(), st.integers(0, 2**31))
def test_gradients_follow_the_slow_reference(shares, full_scale, bits, signed, seed):
    array = far_from_ties(shares, bits) * full_scale
    outer = np.random.default_rng(seed).normal(size=array.shape)
    values = torch.tensor(array, requires_grad=True)
    scale = torch.tensor(full_scale, dtype=torch.float64, requires_grad=True)
    quantize(values, scale, bits, signed=signed).backward(torch.tensor(outer))
    of_values, of_scale = slow_gradients(array, outer, full_scale, bits, signed)
    np.testing.assert_array_equal(values.grad, of_values)
    np.testing.assert_allclose(scale.grad, of_scale, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("of_outer", [*LAYOUTS, "expanded"])
@pytest.mark.parametrize("of_values", LAYOUTS)
@pytest.mark.parametrize("signed", [False, True])
def test_memory_layout_changes_nothing(of_values, of_outer, signed, dtype):
    """The fast sums of the backward pass read memory in order: every layout of values and gradient must do."""
    rng = np.random.default_rng(1)
    array = rng.normal(0, 0.8, SHAPE).astype(np.float32).astype(np.float64)
    outer = np.full(SHAPE, 0.5) if of_outer == "expanded" else rng.normal(size=SHAPE).astype(np.float32)
    values = LAYOUTS[of_values](torch.tensor(array, dtype=dtype)).requires_grad_()
    scale = torch.tensor(1.25, dtype=dtype, requires_grad=True)
    passed = torch.full((), 0.5, dtype=dtype).expand(SHAPE)
    if of_outer != "expanded":
        passed = LAYOUTS[of_outer](torch.tensor(outer, dtype=dtype))
    found = quantize(values, scale, 3, signed=signed)
    found.backward(passed)
    expected, expected_scale = slow_gradients(array, outer.astype(np.float64), 1.25, 3, signed)
    np.testing.assert_allclose(found.detach(), formula(array, 1.25, 3, signed), rtol=1e-6)
    np.testing.assert_array_equal(values.grad, expected)
    np.testing.assert_allclose(scale.grad, expected_scale, rtol=1e-4 if dtype == torch.float32 else 1e-12)


@pytest.mark.parametrize("piece", [1 << 19, 40])
@pytest.mark.parametrize("of_outer", [*LAYOUTS, "expanded"])
@pytest.mark.parametrize("of_values", LAYOUTS)
def test_centred_is_the_difference_from_the_mean_and_so_are_its_gradients(monkeypatch, of_values, of_outer, piece):
    """Autograd's own gradients of q - mean(q) over axis 1; whole, and in pieces of a few rows."""
    monkeypatch.setattr(quantizer, "PIECE", piece)
    rng, found = torch.Generator().manual_seed(3), []
    array, outer = torch.randn(2, *SHAPE, generator=rng, dtype=torch.float64)
    outer = torch.full((), 0.5, dtype=torch.float64).expand(SHAPE) if of_outer == "expanded" else outer
    for centred in (True, False):
        values = LAYOUTS[of_values](array).requires_grad_()
        scale = torch.tensor(1.25, dtype=torch.float64, requires_grad=True)
        given = quantize(values, scale, 3, signed=True, centred=centred)
        given = given if centred else given - given.mean(1, keepdim=True)
        passed = outer if of_outer == "expanded" else LAYOUTS[of_outer](outer)
        found.append((given, *torch.autograd.grad(given, (values, scale), passed)))
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)


def test_slope_is_what_a_small_change_of_the_full_scale_makes():
    """Of values far from where rounding and clipping change, by the slow reference, element by element."""
    array = far_from_ties(np.random.default_rng(4).normal(0.3, 0.7, SHAPE), 3) * 1.25
    values, scale = torch.tensor(array), torch.tensor(1.25, dtype=torch.float64)
    found = slope_of(values, quantize(values, scale, 3), scale).numpy()
    for place in np.ndindex(*SHAPE):
        outer = np.zeros(SHAPE)
        outer[place] = 1.0
        if place[0] == 0:
            assert found[place] == pytest.approx(slow_gradients(array, outer, 1.25, 3, False)[1], abs=1e-12)
    assert np.unique(found.round(9)).size > 20


def test_full_scale_without_gradient_gets_none():
    values, scale = torch.tensor([0.2, 3.0], requires_grad=True), torch.tensor(1.0)
    quantize(values, scale, 4).sum().backward()
    assert scale.grad is None
    assert values.grad.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("signed", [False, True])
def test_values_on_the_edges_keep_their_gradient(signed):
    """A weight that was clipped to the edge must be able to leave it again; one beyond it gets none."""
    full_scale = torch.tensor(0.7)
    low = -0.7 if signed else 0.0
    values = torch.tensor([low, 0.7, low - 0.01, 0.71], requires_grad=True)
    quantize(values, full_scale, 2, signed=signed).sum().backward()
    assert values.grad.tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("signed", [False, True])
def test_on_a_gpu_the_full_scale_stays_a_tensor_and_the_gradients_those_of_the_rules(monkeypatch, signed):
    """Its way to compute, on the CPU: nothing is read back from the device, and the formula still holds."""
    monkeypatch.setattr(quantizer, "as_factor", lambda full_scale: full_scale.detach())
    rng = np.random.default_rng(2)
    array, outer = rng.normal(0, 0.8, SHAPE), rng.normal(size=SHAPE)
    values = torch.tensor(array, requires_grad=True)
    scale = torch.tensor(1.25, dtype=torch.float64, requires_grad=True)
    found = quantize(values, scale, 3, signed=signed)
    found.backward(torch.tensor(outer))
    of_values, of_scale = slow_gradients(array, outer, 1.25, 3, signed)
    np.testing.assert_allclose(found.detach(), formula(array, 1.25, 3, signed), rtol=1e-12)
    np.testing.assert_array_equal(values.grad, of_values)
    np.testing.assert_allclose(scale.grad, of_scale, rtol=1e-9)
