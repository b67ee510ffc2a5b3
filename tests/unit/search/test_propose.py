"""Generations follow from seed and earlier results alone, and they learn from them."""

from json import dumps, loads
from math import log2

import optuna
import pytest
from support.searches import source, width

from xbar.search import guided
from xbar.search.propose import propose

optuna.logging.set_verbosity(optuna.logging.WARNING)
STEPS = 100


@pytest.fixture(autouse=True)
def small_pools(monkeypatch):
    monkeypatch.setattr(guided, "POOL", 80)
    monkeypatch.setattr(guided, "MUTANTS", 40)


def lived(spec, *, seed=0, most=1000, failing=(), score=lambda candidate: -width(candidate)):
    """All generations of a search whose accuracy is `score`: the candidates by trial."""
    found, known = {}, []
    for generation in range(spec.generations):
        for option in propose(spec, seed, generation, found, source(spec, most), STEPS):
            trial = len(known)
            known.append(option.candidate)
            state = "failed" if trial in failing else "complete"
            described = loads(dumps(option.as_json(), sort_keys=True))  # as a file hands it on
            found[trial] = {"trial": trial, "state": state} | described
            if trial not in failing:
                energy = 4.0 * width(option.candidate)
                found[trial] |= {"accuracy": float(score(option.candidate)), "area_um2": 1.0, "energy_pJ": energy}
    return known


def better_wide(candidate):
    return 0.5 + 0.07 * log2(width(candidate))


@pytest.mark.parametrize("sampler", ["model", "tpe", "random", "random-filter"])
def test_generations_follow_from_seed_and_results(searched, sampler):
    spec = searched.spec(sampler=sampler, generations=3, trials=4)
    first = lived(spec)
    assert lived(spec) == first
    assert lived(spec, seed=1) != first
    assert len({str(candidate) for candidate in first}) == 12  # none twice


@pytest.mark.parametrize(("sampler", "learns", "first"), [
    ("random", False, 4), ("random-filter", False, 4), ("tpe", True, 4), ("model", True, 8),
])  # fmt: skip
def test_only_guided_samplers_depend_on_results(searched, sampler, learns, first):
    spec = searched.spec(sampler=sampler, generations=3, trials=4)
    narrow, wide = (lived(spec, score=score) for score in (lambda c: 1 - better_wide(c), better_wide))
    assert narrow[:first] == wide[:first]
    assert (narrow != wide) is learns


@pytest.mark.parametrize(("sampler", "gain"), [("tpe", 1.1), ("model", 1.15)])
def test_samplers_go_where_accuracy_is(searched, sampler, gain):
    """Widths are rewarded: later candidates are wider than those of random sampling, over three seeds."""
    box = {"accuracy": [0.5, 1.0], "energy_pJ": [10.0, 1e9], "limit_pJ": 1.0}  # cost hardly counts
    means = {}
    for name in (sampler, "random"):
        spec = searched.spec(sampler=name, generations=3, trials=4, box=box)
        late = [width(c) for seed in range(3) for c in lived(spec, seed=seed, score=better_wide)[8:]]
        means[name] = sum(late) / len(late)
    assert means[sampler] > gain * means["random"]


def test_the_model_goes_where_energy_is_low_when_accuracy_is_alike(searched):
    """Those of the first half of a generation, which are chosen by their gain in hypervolume."""
    box = {"accuracy": [0.5, 1.0], "energy_pJ": [10.0, 200.0], "limit_pJ": 1.0}
    late = {}
    for name in ("model", "random"):
        spec = searched.spec(sampler=name, generations=4, trials=4, box=box)
        found = [lived(spec, seed=seed, score=lambda candidate: 0.9) for seed in range(3)]
        late[name] = sum(width(of_seed[trial]) for of_seed in found for trial in (8, 9, 12, 13))
    assert late["model"] < 0.7 * late["random"]


def test_the_filter_draws_from_the_cheapest_quarter(searched):
    """The widest candidates of the space have 32 columns, the narrowest 4."""
    found = lived(searched.spec(sampler="random-filter", generations=3, trials=4))
    assert max(map(width, found)) <= 12


@pytest.mark.parametrize("sampler", ["model", "tpe"])
def test_failed_trials_do_not_end_the_search(searched, sampler):
    spec = searched.spec(sampler=sampler, generations=3, trials=4)
    assert len(lived(spec, failing={0, 5, 6})) == 12
    assert len(lived(spec, failing=set(range(12)))) == 12


def test_a_first_generation_larger_than_the_opening_has_different_candidates(searched):
    known = lived(searched.spec(sampler="model", generations=2, trials=guided.OPENING + 1), score=better_wide)
    assert len({str(candidate) for candidate in known}) == len(known) == 2 * (guided.OPENING + 1)


def test_a_pool_smaller_than_a_generation_is_reported_with_both_numbers(searched):
    with pytest.raises(ValueError, match=r"^generation 0 needs 70 candidates \(key trials\) and has \d+: space"):
        lived(searched.spec(sampler="model", generations=1, trials=70), most=4)


@pytest.mark.parametrize("sampler", ["model", "tpe", "random", "random-filter"])
def test_refused_candidates_are_replaced_and_an_empty_space_is_reported(searched, sampler):
    spec = searched.spec(sampler=sampler, generations=2, trials=4)
    known = lived(spec, most=12)
    assert len(known) == 8 and max(map(width, known)) <= 12
    with pytest.raises(ValueError, match="space or limits are too tight"):
        lived(spec, most=0)
