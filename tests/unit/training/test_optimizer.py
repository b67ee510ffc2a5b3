"""Muon's steps against the singular value decomposition, which weights it takes, and the schedule against torch's."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import networks
from torch import nn

from xbar.seeds import generator
from xbar.training.optimizer import (
    MOMENTUM,
    NEWTON_SCHULZ,
    UPDATE_RMS,
    Muon,
    one_cycle,
    optimizers_of,
    orthogonal,
    turn_momentum,
)


@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 2**31))
def test_orthogonal_keeps_singular_vectors_and_levels_singular_values(rows, columns, seed):
    """Q = U f(S) V^T: U^T Q V is diagonal, and a value that is not tiny comes out between 0.6 and 1.3."""
    matrix = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    u, s, v = np.linalg.svd(matrix.numpy(), full_matrices=False)
    inner = u.T @ orthogonal(matrix).numpy() @ v.T
    np.testing.assert_allclose(inner - np.diag(np.diag(inner)), 0, atol=1e-8)
    large = s > 0.02 * np.linalg.norm(s)
    assert np.all((np.diag(inner)[large] > 0.6) & (np.diag(inner)[large] < 1.3))


@pytest.mark.parametrize("shape", [(256, 1152), (64, 288), (40, 30), (20, 400)])
@pytest.mark.parametrize("rank", [None, 3])
def test_orthogonal_is_the_iteration_written_out(shape, rank):
    """In float32, on the product of the matrix with its transpose, against five iterations on the matrix in float64."""
    stream = torch.Generator().manual_seed(0)
    matrix = torch.randn(shape, generator=stream)
    if rank:  # and three large directions
        large = torch.randn(shape[0], rank, generator=stream) @ torch.randn(rank, shape[1], generator=stream)
        matrix = 1e-3 * matrix + large
    a, b, c = NEWTON_SCHULZ
    expected = (matrix / matrix.norm()).double()
    for _ in range(5):
        gram = expected @ expected.T
        expected = a * expected + b * gram @ expected + c * gram @ gram @ expected
    found = orthogonal(matrix).double()
    assert float((found - expected).norm() / expected.norm()) < (1e-3 if rank else 1e-5)  # small directions are coarser


def test_orthogonal_does_not_depend_on_scale_and_leaves_zero():
    matrix = torch.randn(7, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(orthogonal(1e3 * matrix), orthogonal(matrix))
    assert torch.equal(orthogonal(torch.zeros(3, 5)), torch.zeros(3, 5))


@pytest.mark.parametrize("shape", [(4, 12), (12, 4), (6, 5, 1, 3)])
def test_two_steps_by_hand(shape):
    """Nesterov momentum, decoupled decay, and steps whose root mean square is about 0.2 of the rate."""
    draws = [torch.randn(shape, generator=generator(0, "gradient", i)) for i in range(2)]
    weight = nn.Parameter(torch.randn(shape, generator=generator(0, "weight")))
    expected, momentum = weight.detach().clone(), torch.zeros(shape)
    optimizer = Muon([weight], lr=0.1, weight_decay=0.3)
    for draw in draws:
        weight.grad = draw
        before = weight.detach().clone()
        optimizer.step()
        momentum = MOMENTUM * momentum + (1 - MOMENTUM) * draw
        ahead = MOMENTUM * momentum + (1 - MOMENTUM) * draw
        size = UPDATE_RMS * max(shape[0], draw[0].numel()) ** 0.5
        update = orthogonal(ahead.reshape(shape[0], -1)).reshape(shape)
        expected = expected * (1 - 0.1 * 0.3) - 0.1 * size * update
        torch.testing.assert_close(weight.detach(), expected, rtol=1e-5, atol=1e-6)
        step = weight.detach() - before * (1 - 0.1 * 0.3)
        assert 0.6 * 0.02 < float(step.square().mean().sqrt()) < 1.3 * 0.02


def test_muon_takes_all_layers_but_the_last():
    layers = [{"conv": 6, "kernel": 3, "pool": 2}, {"conv": 4, "kernel": 3}, {"linear": 10}]
    network = networks.build(layers=layers)
    spec = networks.training_spec(optimizer="muon", weight_decay=0.2)
    adam, muon = optimizers_of(network, spec)
    taken = [id(p) for group in muon.param_groups for p in group["params"]]
    assert taken == [id(layer.weight) for layer in networks.layers_of(network)[:2]]
    everything = taken + [id(p) for group in adam.param_groups for p in group["params"]]
    assert sorted(everything) == sorted(id(p) for p in network.parameters())
    assert [group["peak"] / spec.learning_rate for group in muon.param_groups] == pytest.approx([1.0])
    assert [group["weight_decay"] for group in adam.param_groups] == [0.2, 0.0, 0.0]
    assert [group["peak"] / spec.learning_rate for group in adam.param_groups] == pytest.approx([1, 1, 0.25])
    assert len(optimizers_of(network, networks.training_spec())) == 1


@pytest.mark.parametrize("kind", [Muon, torch.optim.AdamW])
def test_columns_that_turn_go_on_as_their_mirror_images(kind):
    """Turned between two steps, weights end where the others do, with the sign turned: decay and momentum included."""
    turn = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0]).view(5, 1)
    draws = [torch.randn(5, 7, generator=generator(0, "gradient", i)) for i in range(2)]
    ends = []
    for turned in (False, True):
        weight = nn.Parameter(torch.randn(5, 7, generator=generator(0, "weight")))
        optimizer = kind([weight], lr=0.1, weight_decay=0.3)
        weight.grad = draws[0].clone()
        optimizer.step()
        if turned:
            weight.data.mul_(turn)
            turn_momentum([optimizer], {weight: turn})
        weight.grad = draws[1] * turn if turned else draws[1].clone()
        optimizer.step()
        ends.append(weight.detach())
    torch.testing.assert_close(ends[1], ends[0] * turn)


@given(st.integers(5, 60), st.data())
def test_schedule_is_that_of_torch(steps, data):
    """Its one-cycle schedule from 1/25 of the peak to zero; it counts the steps between the first and the last."""
    peak = data.draw(st.integers(1, steps - 2))
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(()))])
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps, pct_start=(peak + 1) / steps, div_factor=25, final_div_factor=1e15
    )
    for step in range(steps):
        rate = one_cycle(step / (steps - 1), peak / (steps - 1))
        assert rate == pytest.approx(schedule.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        if step < steps - 1:
            schedule.step()


@pytest.mark.parametrize(
    ("progress", "warm_up", "rate"),
    [(0, 0.2, 0.04), (0.2, 0.2, 1.0), (1, 0.2, 0.0), (0, 0, 1.0), (1, 0, 0.0), (0, 1, 0.04), (1, 1, 1.0)],
)
def test_ends_of_the_schedule(progress, warm_up, rate):
    assert one_cycle(progress, warm_up) == pytest.approx(rate, abs=1e-12)


def test_a_linear_decay_falls_evenly_from_the_peak_to_zero():
    assert one_cycle(0.1, 0.2, "linear") == one_cycle(0.1, 0.2)
    assert [one_cycle(share, 0.2, "linear") for share in (0.2, 0.4, 0.6, 1)] == pytest.approx([1, 0.75, 0.5, 0])
    assert [one_cycle(share, 1, "linear") for share in (0.0, 1)] == [0.04, 1.0]
