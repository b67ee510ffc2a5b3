"""How the trials of a generation are divided into jobs, and how many candidates there may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.configuration import CONFIG

from xbar.config.search import SearchRunSpec
from xbar.search.choice import jobs_of_generation

SEARCH = CONFIG["searches"]["digits-2b"]


@given(st.integers(1, 50), st.integers(1, 9))
def test_jobs_divide_the_trials(trials, per_job):
    spec = SearchRunSpec.model_validate(SEARCH | {"trials": trials, "trials_per_job": per_job})
    assert (jobs_of_generation(spec) - 1) * per_job < trials <= jobs_of_generation(spec) * per_job


def test_a_filter_has_no_more_candidates_than_its_quarter_of_the_pool():
    filtered = SEARCH | {"sampler": "random-filter", "trials": 10}
    assert SearchRunSpec.model_validate(filtered | {"generations": 10}).generations == 10
    with pytest.raises(ValidationError, match="random-filter has 100 candidates; 11 generations of 10 trials are 110"):
        SearchRunSpec.model_validate(filtered | {"generations": 11})
