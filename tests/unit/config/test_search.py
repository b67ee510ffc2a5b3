"""How the budget of a search is divided into jobs."""

from hypothesis import given
from hypothesis import strategies as st
from support.configuration import CONFIG

from xbar.config.search import SearchRunSpec
from xbar.search.choice import jobs_of_rung, trials_kept

SEARCH = CONFIG["searches"]["digits-2b"]


@given(st.integers(1, 50), st.integers(1, 9), st.lists(st.floats(0.05, 1.0), max_size=3))
def test_rungs_and_jobs_divide_the_trials(trials, per_job, keeps):
    rungs = [{"epochs": 2}] + [{"epochs": 2, "keep": keep} for keep in keeps]
    spec = SearchRunSpec.model_validate(SEARCH | {"trials": trials, "trials_per_job": per_job, "rungs": rungs})
    kept = [trials_kept(spec, rung) for rung in range(len(rungs))]
    assert kept[0] == trials and kept == sorted(kept, reverse=True) and kept[-1] >= 1
    for rung, number in enumerate(kept):
        assert (jobs_of_rung(spec, rung) - 1) * per_job < number <= jobs_of_rung(spec, rung) * per_job
