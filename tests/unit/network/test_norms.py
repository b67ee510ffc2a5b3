"""The digital affine against batch-norm itself."""

import pytest
import torch
from torch import nn

from xbar.network.norms import BatchNorm1d, BatchNorm2d


def values_of(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 3 + 1


@pytest.mark.parametrize(("norm", "shape"), [(BatchNorm2d(4), (10, 4, 3, 5)), (BatchNorm1d(4), (20, 4))])
def test_in_use_batch_norm_is_a_multiply_add(norm, shape):
    draw = torch.Generator().manual_seed(1)
    for tensor in (norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var):
        tensor.copy_(torch.rand(4, generator=draw) + 0.5)
    values = values_of(*shape)
    plain = {2: nn.BatchNorm1d, 4: nn.BatchNorm2d}[len(shape)](4)
    plain.load_state_dict(norm.state_dict())
    expected = plain.eval()(values).detach()
    torch.testing.assert_close(norm.eval()(values).detach(), expected)
    with torch.no_grad():
        torch.testing.assert_close(norm(values), expected)
        halves = values.bfloat16()
        torch.testing.assert_close(norm(halves), plain(halves))
    norm.train()(values)
    assert norm.num_batches_tracked == 1
