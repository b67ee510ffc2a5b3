"""Searches that could propose or train nothing are refused before anything runs, in one line."""

import pytest
from support.configuration import CONFIG, checked

SEARCH = CONFIG["searches"]["digits-2b"]
STARTED = {"architecture": "digits-cnn", "common_mode": "subtracted", "warm_start": "digits-float"}
UNSIGNED = {name: choices for name, choices in SEARCH["space"].items() if name not in ("group", "assignment")}
FINALS = SEARCH["finals"]
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
        ({"searches": {"digits-2b": {"epochs": 1}}}, r"digits-2b.epochs: .* do not settle in 1 epochs"),
        ({"searches": {"digits-2b": {"folds": [0, 1, 2, 3, 4]}}}, "folds: all 5 folds of digits; none is left"),
        ({"searches": {"digits-2b": {"finals": FINALS | {"folds": [5]}}}}, "finals.folds: 5 is not one of the folds"),
        ({"searches": {"digits-2b": {"finals": FINALS | {"folds": [1, 0]}}}}, "finals.folds: 0 decided which trials"),
        ({"searches": {"digits-2b": {"finals": FINALS | {"training": "none"}}}}, "finals.training: 'none' is not one"),
        ({"searches": {"digits-2b": {"finals": FINALS | {"networks": 1}}}}, "greater than or equal to 2"),
        (
            {
                "training": {"one": RECIPE | {"distillation": 0.5}},
                "searches": {"digits-2b": {"finals": FINALS | {"training": "one"}}},
            },
            "finals.training: finals have no teacher; 'one' has a distillation",
        ),
        (
            {
                "training": {"one": RECIPE | {"epochs": 1}},
                "searches": {"digits-2b": {"finals": FINALS | {"training": "one"}}},
            },
            "finals.training: 'one': learned signs with anneal 0.5 do not settle in 1 epochs",
        ),
        ({"searches": {"digits-2b": {"box": SEARCH["box"] | {"accuracy": [0.9, 0.5]}}}}, "0.9 is not below 0.5"),
        ({"searches": {"digits-2b": {"space": UNSIGNED}}}, "group and assignment go with a network of polarity mixed"),
        ({"searches": {"digits-2b": {"space": UNSIGNED | {"group": [8]}}}}, "are named together, or neither is"),
        ({"searches": {"cifar10-2b": {"folds": [0, 1]}}}, "'cifar10-2b-mixed' have one fold, no finals"),
        ({"searches": {"digits-2b": {"space": SEARCH["space"] | {"kernel": [4]}}}}, "kernel: 4 is even"),
        (
            {"searches": {"digits-2b": {"space": SEARCH["space"] | {"width": [8, 8]}}}},
            "space.width: duplicate entry 8",
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
        (
            {"networks": {"digits-2b-unipolar": {"architecture": "digits-2b"}}},
            "; this one is unipolar on digits",
        ),
        ({"networks": {"digits-2b-searched": {"signs": {"group": 1, "assignment": "positive"}}}}, "from it: searched"),
        (
            {"networks": {"digits-2b-searched": {"common_mode": "subtracted"}}},
            "the search 'digits-2b' is for kept",
        ),
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
        (
            {"training": {"cifar10-search": {"sizes": [{"epochs": 2, "pixels": 16}]}}},
            "cifar10-2b.epochs: sizes of 2 epochs; allowed are fewer than the 2 of the training",
        ),
        ({"searches": {"cifar10-2b": {"folds": [3]}}}, "folds: 'cifar10-float' has no seed 3, which trials start from"),
    ],
)
def test_impossible_searches_are_refused_in_one_line(blocks, fault):
    values = changed(**{name: entries for name, entries in blocks.items() if name != "run"})
    values["run"] = values["run"] | blocks.get("run", {})
    with pytest.raises(ValueError, match=fault) as refused:
        checked(values)
    assert all(line.startswith("config.yaml: ") for line in str(refused.value).splitlines())
