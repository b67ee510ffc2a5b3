"""Generations follow from seed and earlier results alone, and they learn from them."""

import optuna
import pytest

from xbar.search.propose import WORST, propose
from xbar.search.space import Candidate, draw_candidate

optuna.logging.set_verbosity(optuna.logging.WARNING)


def draws(spec):
    return lambda trial: draw_candidate(trial, spec.space, 10, mixed=True)


def width(candidate: Candidate) -> int:
    return sum(layer.conv or 0 for layer in candidate.architecture.layers)


def too_wide(most: int):
    return lambda candidate: "too wide" if width(candidate) > most else None


def lived(spec, *, seed=0, refuse=lambda candidate: None, failing=(), score=lambda candidate: -width(candidate)):
    """All generations of a search whose accuracy is `score`: the candidates by trial."""
    found, known = {}, []
    for generation in range(spec.generations):
        for candidate in propose(spec, seed, generation, found, draws(spec), refuse):
            trial = len(known)
            known.append(candidate)
            found[trial] = {
                "trial": trial, "rung": 0, "accuracy": float(score(candidate)), "area_um2": 1.0, "energy_pJ": 1.0,
                "state": "failed" if trial in failing else "complete",
            }  # fmt: skip
    return known


@pytest.mark.parametrize("sampler", ["tpe", "nsga2", "random"])
def test_generations_follow_from_seed_and_results(searched, sampler):
    spec = searched.spec(sampler=sampler, generations=3, trials=4)
    first = lived(spec)
    assert lived(spec) == first
    assert lived(spec, seed=1) != first
    assert len({str(candidate) for candidate in first}) == 12  # none twice


def test_random_candidates_do_not_depend_on_results_and_others_do(searched):
    for sampler, alike in (("random", True), ("tpe", False), ("nsga2", False)):
        spec = searched.spec(sampler=sampler, generations=3, trials=4)
        narrow, wide = lived(spec), lived(spec, score=width)
        assert narrow[:4] == wide[:4]
        assert (narrow == wide) is alike


def test_sampler_goes_where_accuracy_is(searched):
    """Widths are rewarded: later candidates are wider than those of random sampling, over three seeds."""
    means = {}
    for sampler in ("tpe", "random"):
        spec = searched.spec(sampler=sampler, generations=3, trials=5)
        late = [width(c) for seed in range(3) for c in lived(spec, seed=seed, score=width)[5:]]
        means[sampler] = sum(late) / len(late)
    assert means["tpe"] > 1.15 * means["random"]


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_guided_searches_stay_guided_where_most_is_refused(searched, sampler):
    """TPE that was not told of refusals insisted on them, and random candidates took the place of all its own."""
    refuse, later = too_wide(8), []
    for seed in range(2):
        guided, random = (
            lived(searched.spec(sampler=name, generations=4, trials=4), seed=seed, refuse=refuse, score=width)
            for name in (sampler, "random")
        )
        assert guided[:4] == random[:4]
        assert all(width(candidate) <= 8 for candidate in guided)
        later += [candidate in random for candidate in guided[4:]]
    assert sum(later) < len(later) / 2


def test_nsga2_breeds_from_its_first_generation(searched, monkeypatch):
    """It knows trials of its own only: were the first not drawn by it, it would draw all of them again."""
    spec = searched.spec(sampler="nsga2", generations=2, trials=4)
    again = []
    tell = optuna.Study.tell

    def told(study, trial, values=None, **more):
        again.append((tuple(sorted(trial.params.items())), values == list(WORST.values())))
        return tell(study, trial, values, **more)

    monkeypatch.setattr(optuna.Study, "tell", told)
    lived(spec, score=width)
    first = {params for params, worst in again if not worst}
    assert len(first) >= 4
    assert len(first & {params for params, worst in again if worst}) < 4


def test_failed_trials_do_not_end_the_search(searched):
    spec = searched.spec(generations=3, trials=4)
    assert len(lived(spec, failing={0, 5, 6})) == 12


def test_refused_candidates_are_replaced_and_an_empty_space_is_reported(searched):
    spec = searched.spec(generations=2, trials=4)
    known = lived(spec, refuse=too_wide(12))
    assert len(known) == 8 and max(map(width, known)) <= 12
    with pytest.raises(ValueError, match="no candidate 0 in 200 draws: space or limits are too tight; the last: never"):
        lived(spec, refuse=lambda candidate: "never")
