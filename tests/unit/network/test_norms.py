"""The digital affine against batch-norm itself."""

import pytest
import torch
from torch import nn

from xbar.network.norms import in_use


def values_of(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 3 + 1


@pytest.mark.parametrize(("norm", "shape"), [(nn.BatchNorm2d(4), (10, 4, 3, 5)), (nn.BatchNorm1d(4), (20, 4))])
def test_in_use_batch_norm_is_a_multiply_add(norm, shape):
    draw = torch.Generator().manual_seed(1)
    for tensor in (norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var):
        tensor.copy_(torch.rand(4, generator=draw) + 0.5)
    values = values_of(*shape)
    expected = norm.eval()(values).detach()
    torch.testing.assert_close(in_use(norm, values).detach(), expected)
    with torch.no_grad():
        torch.testing.assert_close(in_use(norm, values), expected)
        halves = values.bfloat16()
        torch.testing.assert_close(in_use(norm, halves), norm(halves))
    in_use(norm.train(), values)
    assert norm.num_batches_tracked == 1
