import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.hardware.slicing import slice_weights


@given(st.sampled_from([(4, 2), (4, 1), (8, 2), (6, 3), (2, 2)]), st.booleans())
def test_slices_are_codes_of_the_device_and_add_up_to_the_weight(bits, signed):
    weight_bits, device_bits = bits
    codes, levels = 2**weight_bits - 1, 2**device_bits - 1
    share = torch.arange(-codes if signed else 0, codes + 1).double().view(1, -1) / codes
    slices = slice_weights(share, weight_bits, device_bits)
    assert len(slices) == weight_bits // device_bits
    torch.testing.assert_close(sum(part * factor for part, factor in slices), share, rtol=0, atol=1e-15)
    for part, _ in slices:
        assert torch.equal((part * levels).round(), part * levels) and part.abs().max() <= 1


def test_four_bits_on_two_devices_are_the_base_four_digits():
    high, low = slice_weights(torch.tensor([[11 / 15]], dtype=torch.float64), 4, 2)
    assert (float(high.share), float(low.share)) == (2 / 3, 1.0)  # 11 = 4 * 2 + 3
    assert (high.factor, low.factor) == (12 / 15, 3 / 15)


@pytest.mark.parametrize(
    ("share", "bits", "message"), [(0.5, (4, 3), "does not divide"), (0.4321, (4, 2), "multiples")]
)
def test_what_cannot_be_sliced_is_refused(share, bits, message):
    with pytest.raises(ValueError, match=message):
        slice_weights(torch.full((1, 1), share), *bits)
