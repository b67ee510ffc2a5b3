"""Pools hold different allowed candidates, and changed copies differ from a parent in few parameters."""

import numpy as np
from support.searches import source, width

from xbar.search.features import NAMES, features_of, standardised
from xbar.search.pool import CHANGED, mutants, random_pool


def test_a_pool_holds_different_allowed_candidates(searched):
    pool = random_pool(source(searched.spec(), most=12), np.random.default_rng(0), 30)
    assert len({str(option.candidate) for option in pool}) == len(pool) == 30
    assert max(width(option.candidate) for option in pool) <= 12


def test_a_small_space_gives_what_it_has(searched):
    pool = random_pool(source(searched.spec(), most=4), np.random.default_rng(0), 100)
    assert 0 < len(pool) < 100 and {width(option.candidate) for option in pool} == {4}


def test_copies_differ_in_few_parameters(searched):
    stream = np.random.default_rng(1)
    (parent,) = random_pool(source(searched.spec()), stream, 1)
    copies = mutants(source(searched.spec()), [parent.drawn], stream, 100)
    changed = [sum(copy.drawn.get(name) != value for name, value in parent.drawn.items()) for copy in copies]
    assert len(copies) > 20 and max(changed) <= CHANGED
    assert mutants(source(searched.spec()), [], stream, 100) == []


def test_features_tell_what_a_candidate_is(searched):
    pool = random_pool(source(searched.spec()), np.random.default_rng(2), 60)
    for option in pool:
        found = dict(zip(NAMES, features_of(option.candidate, option.size), strict=True))
        convolutions = [layer for layer in option.candidate.architecture.layers if layer.conv]
        assert found["depth"] == len(convolutions) and 2 ** found["first_width"] == convolutions[0].conv
        assert 2 ** found["stride"] == np.prod([layer.stride * layer.pool for layer in convolutions])
        assert found["learned"] == (option.candidate.signs.assignment == "learned")
        assert found["weights"] == np.log2(option.size.weights)
    numbers = np.array([features_of(option.candidate, option.size) for option in pool])
    scaled = standardised(numbers, numbers)
    spread = np.ptp(numbers, 0) > 0
    np.testing.assert_allclose(scaled[:, 1:].mean(0), 0.0, atol=1e-9)
    np.testing.assert_allclose(scaled[:, 1:].std(0), spread, atol=1e-9)
    assert np.all(scaled[:, 0] == 1)
