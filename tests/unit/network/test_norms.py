"""The digital affine, folded or not, against numpy and against batch-norm itself."""

import numpy as np
import pytest
import torch
from torch import nn

from xbar.network.norms import ColumnBias, in_use


def values_of(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 3 + 1


@pytest.mark.parametrize("shape", [(20, 4), (10, 4, 3, 5)])
def test_training_centres_columns_and_remembers_their_means(shape):
    norm, values = ColumnBias(4), values_of(*shape)
    nn.init.constant_(norm.bias, 0.5)
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    means = values.numpy().mean(axes)
    np.testing.assert_allclose(norm(values).detach().numpy().mean(axes), 0.5, atol=1e-5)
    np.testing.assert_allclose(norm.running_mean, 0.1 * means, rtol=1e-5)
    norm.eval()
    shifted = values.numpy() + (0.5 - 0.1 * means).reshape(1, 4, *[1] * (len(shape) - 2))
    np.testing.assert_allclose(norm(values).detach(), shifted, rtol=1e-5, atol=1e-5)


def test_it_is_batch_norm_whose_gain_cancels_the_deviation():
    """Gain sqrt(var + eps): what batch-norm multiplies by is one."""
    values, folded, affine = values_of(50, 3, 2, 2), ColumnBias(3), nn.BatchNorm2d(3)
    affine.weight.data.copy_((values.var((0, 2, 3), unbiased=False) + affine.eps).sqrt())
    torch.testing.assert_close(folded(values), affine(values), rtol=1e-4, atol=1e-5)


def test_momentum_none_is_the_plain_mean_over_batches():
    norm, batches = ColumnBias(2), values_of(3, 8, 2)
    norm.reset_running_stats()
    norm.momentum = None
    for batch in batches:
        norm(batch)
    torch.testing.assert_close(norm.running_mean, batches.mean((0, 1)))


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
