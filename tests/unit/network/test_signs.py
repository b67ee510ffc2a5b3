"""Signs of sub-matrices against signs counted by hand, and learned signs that do not change what a network computes."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.config.polarity import SignSpec
from xbar.network.architecture import build_network
from xbar.network.contexts import crossbar_layers
from xbar.network.geometry import sub_matrix_counts
from xbar.network.signs import (
    allow_both_signs,
    dominant_signs,
    fixed_signs,
    floor_at,
    freeze_signs,
    sub_matrices,
)
from xbar.seeds import generator

COLUMNS = [5, 4]
ARCHITECTURE = ArchitectureSpec.model_validate(
    {"activation": "relu", "layers": [{"conv": 5, "kernel": 3, "pool": 2}, {"linear": 4}]}
)


def build(group=2, assignment="learned", **chosen):
    spec = NetworkSpec.model_validate(
        {
            "dataset": "d", "architecture": "a", "training": "t", "polarity": "mixed", "weight_bits": 2,
            "scale": "network", "signs": {"group": group, "assignment": assignment, **chosen},
        }
    )  # fmt: skip
    network = build_network(spec, ARCHITECTURE, CrossbarSpec(rows=64, columns=8), (2, 6, 6))
    return network, list(crossbar_layers(network).values()), spec.signs


def as_text(signs):
    return ["".join("+" if sign > 0 else "-" for sign in layer) for layer in signs]


@pytest.mark.parametrize(
    ("group", "assignment", "expected"),
    [
        ("network", "positive", ["+++++", "++++"]),
        ("network", ["-"], ["-----", "----"]),
        ("layer", "alternate", ["+++++", "----"]),
        ("layer", ["-", "+"], ["-----", "++++"]),
        (2, "alternate", ["++--+", "++--"]),
        (1, "alternate", ["+-+-+", "+-+-"]),
        (3, ["-+", "++"], ["---++", "++++"]),
        (9, ["-", "+"], ["-----", "++++"]),
        (2, "learned", ["+++++", "++++"]),
    ],
)
def test_signs_of_the_columns(group, assignment, expected):
    signs = fixed_signs(SignSpec(group=group, assignment=assignment), COLUMNS)
    assert as_text(signs) == expected
    _, layers, _ = build(group, assignment)
    assert as_text([layer.sign for layer in layers]) == expected


@pytest.mark.parametrize("group", ["network", "layer", 1, 2, 3, 7])
def test_every_column_belongs_to_one_counted_sub_matrix(group):
    places = sub_matrices(group, COLUMNS)
    assert [len(of_layer) for of_layer in places] == COLUMNS
    if group != "network":
        assert [len(set(of_layer.tolist())) for of_layer in places] == sub_matrix_counts(group, COLUMNS)


@pytest.mark.parametrize("group", ["network", "layer", 1, 2, 3])
def test_dominant_signs_are_those_of_the_sums(group):
    weights = [torch.randn(size, 3, 2, generator=generator(index, "w")) for index, size in enumerate(COLUMNS)]
    found = dominant_signs(group, weights)
    sums = [weight.numpy().astype(np.float64).sum((1, 2)) for weight in weights]
    for layer, total in enumerate(sums):
        for column, sign in enumerate(found[layer].tolist()):
            if group == "network":
                expected = sum(of_layer.sum() for of_layer in sums)
            elif group == "layer":
                expected = total.sum()
            else:
                expected = total[column // group * group : column // group * group + group].sum()
            assert sign == np.sign(expected)


def test_cancelling_weights_count_up():
    assert dominant_signs(1, [torch.tensor([[1.0, -1.0], [-1.0, 0.5]])])[0].tolist() == [1.0, -1.0]


@pytest.mark.parametrize(
    ("anneal", "expected"), [(0.5, [1.0, 0.5, 0.0, 0.0]), (0.0, [0.0] * 4), (0.25, [1.0, 0, 0, 0])]
)
def test_floor_narrows_over_the_share_that_anneals(anneal, expected):
    assert [floor_at(anneal, progress) for progress in (0.0, 0.25, 0.5, 1.0)] == expected


@torch.no_grad()
def test_turning_groups_does_not_change_what_the_network_computes():
    network, layers, signs = build(group=2)
    network.eval()
    allow_both_signs(network, signs)
    for index, layer in enumerate(layers):
        layer.weight.uniform_(-1, 1, generator=generator(3, index))
    layers[0].scales.log_i_max.fill_(3.0)
    inputs = torch.randn(6, 2, 6, 6, generator=generator(0, "x"))
    before, weights = network(inputs), [layer.weight.clone() for layer in layers]
    freeze_signs(network, signs, 0.0)
    turned = [not torch.equal(layer.weight, weight) for layer, weight in zip(layers, weights, strict=True)]
    assert any(turned)
    torch.testing.assert_close(network(inputs), before, rtol=1e-5, atol=1e-5)
    assert all(sign.tolist() == [1.0] * len(sign) for sign in dominant_signs(2, [layer.weight for layer in layers]))


@torch.no_grad()
def test_learned_signs_end_in_weights_of_one_sign():
    network, layers, signs = build(group=3, anneal=0.5)
    assert not layers[0].signed  # as read from a file: trained
    allow_both_signs(network, signs)
    for index, layer in enumerate(layers):
        layer.weight.uniform_(-1, 1, generator=generator(3, index))
    lowest = []
    for progress in (0.0, 0.25, 0.5):
        freeze_signs(network, signs, progress)
        lowest.append(min(float(layer.weight.min()) for layer in layers))
    assert lowest[0] < -0.5 and lowest[1] == -0.5 and lowest[2] == 0.0
    assert not any(layer.signed for layer in layers)
    assert {1.0, -1.0} == set(torch.cat([layer.sign for layer in layers]).tolist())


@torch.no_grad()
def test_fixed_signs_stay():
    network, layers, signs = build(group=1, assignment="alternate")
    for layer in layers:
        layer.weight.fill_(-0.3)
    allow_both_signs(network, signs)
    freeze_signs(network, signs, 0.0)
    assert as_text([layer.sign for layer in layers]) == ["+-+-+", "+-+-"]
    assert all(float(layer.weight.max()) == pytest.approx(-0.3) for layer in layers)


@pytest.mark.parametrize(
    ("signs", "fault"),
    [
        ({"group": "network", "assignment": "alternate"}, "group network has one"),
        ({"group": 2, "assignment": ["+0"]}, "should match pattern"),
        ({"group": 0, "assignment": "positive"}, "greater than 0"),
        ({"group": 2, "assignment": "alternate", "anneal": 0.3}, "anneal goes with assignment learned"),
        ({"group": 2, "assignment": "learned", "anneal": 1.0}, "less than 1"),
    ],
)
def test_impossible_signs_are_refused(signs, fault):
    with pytest.raises(ValidationError, match=fault):
        SignSpec.model_validate(signs)


@pytest.mark.parametrize("assignment", ["positive", "learned", ["++-", "-+"]])
def test_signs_survive_being_written(assignment):
    signs = SignSpec(group=2, assignment=assignment)
    assert SignSpec.model_validate(signs.model_dump(mode="json")) == signs


def test_listed_signs_must_fit_the_layers():
    with pytest.raises(ValueError, match=r"a.signs.assignment: \[2, 2\] signs per layer; group 2 takes \[3, 2\]"):
        build(2, ["+-", "+-"])
