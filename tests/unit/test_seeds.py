"""Random streams: the same name gives the same numbers, another name unrelated ones."""

from hashlib import sha256

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.seeds import generator

SEEDS = st.integers(0, 2**31)
PURPOSES = st.lists(st.one_of(st.text("abc", min_size=1, max_size=3), st.integers(0, 20)), max_size=3)


def numbers(*name, n=4):
    return torch.rand(n, generator=generator(*name)).tolist()


@given(SEEDS, PURPOSES)
def test_a_stream_is_torch_seeded_by_a_hash_of_its_name(seed, purpose):
    digest = sha256("/".join(map(str, [seed, *purpose])).encode()).hexdigest()
    expected = torch.Generator().manual_seed(int(digest[:14], 16))
    assert numbers(seed, *purpose) == torch.rand(4, generator=expected).tolist()


@given(SEEDS, PURPOSES, SEEDS, PURPOSES)
def test_other_names_give_other_numbers(seed, purpose, other_seed, other_purpose):
    same = "/".join(map(str, [seed, *purpose])) == "/".join(map(str, [other_seed, *other_purpose]))
    assert (numbers(seed, *purpose) == numbers(other_seed, *other_purpose)) == same


def test_streams_do_not_move_each_other_or_the_global_one():
    before = torch.get_rng_state()
    first, second, alone = generator(1, "noise", 0), generator(1, "noise", 1), generator(1, "noise", 0)
    together = [(torch.rand(2, generator=first), torch.rand(3, generator=second))[0].tolist() for _ in range(3)]
    assert together == [torch.rand(2, generator=alone).tolist() for _ in range(3)]
    assert torch.equal(torch.get_rng_state(), before)


def test_streams_of_neighbouring_names_are_uncorrelated():
    """A hundred epochs of one purpose: correlations of 2,000 numbers stay within five standard errors."""
    streams = torch.stack([torch.randn(2000, generator=generator(0, "noise", epoch)) for epoch in range(100)])
    correlations = torch.corrcoef(streams) - torch.eye(100)
    assert float(correlations.abs().max()) < 5.2 / 2000**0.5  # the largest of 4,950 pairs


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")])
def test_the_device_is_that_asked_for(device):
    assert generator(0, device=device).device.type == "cpu"
