"""Searches as config.yaml describes them: what is refused, in one line, and how a budget is divided into jobs."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xbar.config.config import read_config
from xbar.config.search import SearchSpec
from xbar.search.rungs import jobs_of_rung, trials_kept

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text())
SEARCH = CONFIG["searches"]["digits-2b"]
STARTED = {"architecture": "digits-cnn", "common_mode": "subtracted", "warm_start": "digits-float"}
RECIPE = CONFIG["training"]["digits"]
SLOW = {"group": 1, "assignment": "learned", "anneal": 0.98}


def changed(**blocks):
    """config.yaml with some entries of some blocks changed."""
    values = dict(CONFIG)
    for block, entries in blocks.items():
        values[block] = values[block] | {name: values[block].get(name, {}) | new for name, new in entries.items()}
    return values


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ({"searches": {"digits-2b": {"network": "none"}}}, "searches.digits-2b.network: 'none' is not one of"),
        (
            {"networks": {"digits-2b-mixed": {"dataset": "mnist"}}},
            "searches.digits-2b.network: networks.digits-2b-mixed.dataset: 'mnist' is not one of cifar10, digits, har",
        ),
        ({"searches": {"digits-2b": {"folds": [5]}}}, "folds: 5 is not one of the folds 0 to 4 of digits"),
        ({"searches": {"digits-2b": {"network": "digits-float"}}}, "'digits-float' is no network on crossbars"),
        ({"searches": {"digits-cnn": SEARCH}}, "searches.digits-cnn: an architecture has this name already"),
        ({"searches": {"digits-2b": {"sampler": "grid"}}}, "'grid' is not allowed"),
        ({"searches": {"digits-2b": {"rungs": [{"epochs": 1, "keep": 0.5}]}}}, "the first one trains all candidates"),
        ({"searches": {"digits-2b": {"rungs": [{"epochs": 1}]}}}, r"rungs: .* do not settle in 1 epochs"),
        ({"searches": {"digits-2b": {"space": SEARCH["space"] | {"kernel": [4]}}}}, "kernel: 4 is even"),
        (
            {"searches": {"digits-2b": {"space": SEARCH["space"] | {"width": [8, 8]}}}},
            "space.width: 8 stands there twice; allowed is once",
        ),
        ({"networks": {"digits-2b-searched": {"signs": None}}}, "signs go with polarity mixed"),
        (
            {"networks": {"digits-2b-mixed": {"signs": SLOW}}},
            r"training: .* anneal 0\.98 do not settle in 20 epochs; .* up to 0\.95",
        ),
        (
            {"training": {"one": RECIPE | {"epochs": 1}}, "networks": {"digits-2b-searched": {"training": "one"}}},
            r"digits-2b-searched.training: .* do not settle in 1 epochs",
        ),
        ({"networks": {"digits-2b-mixed": {"signs": "searched"}}}, "searched signs go with the name of a search"),
        ({"networks": {"digits-2b-unipolar": {"architecture": "digits-2b"}}}, "searches mixed networks on digits"),
        ({"networks": {"digits-2b-searched": {"signs": {"group": 1, "assignment": "positive"}}}}, "from it: searched"),
        ({"networks": {"digits-2b-searched": {"common_mode": "subtracted"}}}, "the search 'digits-2b' is for kept"),
        ({"run": {"searches": ["none"]}}, "run.searches: 'none' is not one of"),
        (
            {"searches": {"digits-2b": {"space": SEARCH["space"] | {"depth": None}}}},
            "depth: missing; lists of layers",
        ),
        (
            {"networks": {"digits-2b-mixed": STARTED}},
            "cannot be searched where 'digits-2b-mixed' has a",
        ),
        ({"searches": {"digits-2b": {"training": "cifar10-search"}}}, "goes with a teacher of 'digits-2b-mixed'"),
        ({"searches": {"cifar10-2b": {"folds": [3]}}}, "folds: 'cifar10-float' has no seed 3, which trials start from"),
    ],
)
def test_impossible_searches_are_refused_in_one_line(blocks, fault):
    values = changed(**{name: entries for name, entries in blocks.items() if name != "run"})
    values["run"] = values["run"] | blocks.get("run", {})
    with pytest.raises(ValueError, match=fault) as refused:
        read_config(values)
    assert all(line.startswith("config.yaml: ") for line in str(refused.value).splitlines())


@given(st.integers(1, 50), st.integers(1, 9), st.lists(st.floats(0.05, 1.0), max_size=3))
def test_rungs_and_jobs_divide_the_trials(trials, per_job, keeps):
    rungs = [{"epochs": 2}] + [{"epochs": 2, "keep": keep} for keep in keeps]
    spec = SearchSpec.model_validate(SEARCH | {"trials": trials, "trials_per_job": per_job, "rungs": rungs})
    kept = [trials_kept(spec, rung) for rung in range(len(rungs))]
    assert kept[0] == trials and kept == sorted(kept, reverse=True) and kept[-1] >= 1
    for rung, number in enumerate(kept):
        assert (jobs_of_rung(spec, rung) - 1) * per_job < number <= jobs_of_rung(spec, rung) * per_job
