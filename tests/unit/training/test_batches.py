"""What a network sees in an epoch: decided by seed, epoch and the inputs' part of a recipe, and by nothing else."""

import pytest
import torch
from support import networks

from xbar.training.batches import Batches
from xbar.training.folds import Examples

TRAIN = Examples(torch.arange(50.0).view(50, 1, 1, 1).repeat(1, 1, 6, 6), torch.arange(50) % 10)
STD = torch.ones(1, 1, 1)
CHANGES = {"shift": 1, "noise": 0.1}


def seen(epoch=0, *, seed=0, train=TRAIN, augmentation=None, batch=8, **changes):
    spec = networks.training_spec(batch=batch, augmentation=augmentation, **changes)
    return list(Batches(train, spec, std=STD, seed=seed).of(epoch))


@pytest.mark.parametrize(("batch", "steps"), [(8, 6), (50, 1), (60, 1)])
def test_an_epoch_has_every_example_once_but_for_the_rest_of_a_batch(batch, steps):
    found = seen(batch=batch)
    chosen = torch.cat([part.chosen for part in found]).tolist()
    assert [part.step for part in found] == list(range(steps))
    assert len(chosen) == len(set(chosen)) == min(50, steps * batch)
    assert all(torch.equal(part.inputs, TRAIN.x[part.chosen]) for part in found)
    assert chosen != sorted(chosen)


def test_other_parts_of_a_recipe_have_no_say():
    """Neither the length of a training nor its rate: epoch 1 is the same in all of them."""
    other = {"epochs": 9, "learning_rate": 0.5, "distillation": 0.4, "optimizer": "muon"}
    for one, another in zip(seen(1, augmentation=CHANGES), seen(1, augmentation=CHANGES, **other), strict=True):
        assert torch.equal(one.inputs, another.inputs) and torch.equal(one.chosen, another.chosen)


@pytest.mark.parametrize("change", [{"epoch": 2}, {"seed": 1}])
def test_seeds_and_epochs_differ(change):
    one, another = seen(**{"epoch": 1, "augmentation": CHANGES} | change), seen(1, augmentation=CHANGES)
    assert not torch.equal(one[0].chosen, another[0].chosen)


def test_an_alternating_flip_shows_each_image_from_both_sides_in_turn():
    """About half begin mirrored; the seed says which."""
    images = torch.randn(50, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    train, sides = Examples(images, TRAIN.y), {}
    for seed in (0, 1):
        for epoch in range(4):
            mirrored = torch.zeros(50, dtype=torch.bool)
            for part in seen(epoch, seed=seed, train=train, augmentation={"flip": "alternate"}, batch=10):
                mirrored[part.chosen] = (part.inputs == images[part.chosen].flip(-1)).flatten(1).all(1)
                plain = part.inputs[~mirrored[part.chosen]]
                assert torch.equal(plain, images[part.chosen][~mirrored[part.chosen]])
            sides[seed, epoch] = mirrored
    assert torch.equal(sides[0, 0], ~sides[0, 1]) and torch.equal(sides[0, 0], sides[0, 2])
    assert not torch.equal(sides[0, 0], sides[1, 0])
    assert abs(float(sides[0, 0].float().mean()) - 0.5) < 5 * 0.5 / 50**0.5
