"""How the trials of a generation are divided into jobs."""

from hypothesis import given
from hypothesis import strategies as st
from support.configuration import CONFIG

from xbar.config.search import SearchRunSpec
from xbar.search.choice import jobs_of_generation

SEARCH = CONFIG["searches"]["digits-2b"]


@given(st.integers(1, 50), st.integers(1, 9))
def test_jobs_divide_the_trials(trials, per_job):
    spec = SearchRunSpec.model_validate(SEARCH | {"trials": trials, "trials_per_job": per_job})
    assert (jobs_of_generation(spec) - 1) * per_job < trials <= jobs_of_generation(spec) * per_job
