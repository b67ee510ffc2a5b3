"""Average pooling against torch's own, number by number and in every layout."""

import pytest
import torch
from torch import nn

from xbar.network.averages import AvgPool2d


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("window", [(1, 4), (2, 2), (4, 8)])
def test_means_and_gradients_are_those_of_torch(window, layout):
    values = torch.randn(3, 5, 4, 8, generator=torch.Generator().manual_seed(0)).contiguous(memory_format=layout)
    mine, theirs = (values.clone().requires_grad_() for _ in range(2))
    found, expected = AvgPool2d(window)(mine), nn.AvgPool2d(window)(theirs)
    outer = torch.randn(expected.flatten(1).shape, generator=torch.Generator().manual_seed(1))
    for means in (found, expected):
        means.flatten(1).backward(outer)
    assert torch.equal(found, expected) and torch.equal(mine.grad, theirs.grad)


def test_what_pools_backward_gets_a_gradient_in_the_layout_of_the_map():
    values = torch.randn(3, 5, 1, 8).contiguous(memory_format=torch.channels_last).requires_grad_()
    means = AvgPool2d((1, 4))(values)
    seen = []
    means.register_hook(lambda gradient: seen.append(gradient.is_contiguous(memory_format=torch.channels_last)))
    means.flatten(1).square().sum().backward()
    assert seen == [True]
