"""Names and numbers of seeds that blocks of config.yaml take from each other."""

import pytest
from support.configuration import changed, checked, refusal

from xbar.checks.names import seeds_of


@pytest.mark.parametrize("key", ["networks", "comparisons", "variants", "searches"])
def test_a_run_of_what_does_not_exist_is_refused(key):
    assert refusal({f"run.{key}": ["none"]}).startswith(f"config.yaml: run.{key}: 'none' is not one of ")


def test_seeds_of_what_does_not_exist_are_refused():
    assert refusal({"run.seeds.none": 3}).startswith("config.yaml: run.seeds: 'none' is not one of ")


def test_a_network_without_a_number_of_its_own_has_the_default():
    run = checked(changed({"run.seeds": {"default": 2, "har-float": 7}})).run
    assert (seeds_of(run, "har-float"), seeds_of(run, "har-2b-signed")) == (7, 2)


def test_a_comparison_with_a_float_network_is_refused():
    told = "'har-float' is a floating-point network; allowed are those on crossbars"
    assert refusal({"comparisons.har-2b.unipolar": "har-float"}) == f"config.yaml: comparisons.har-2b.unipolar: {told}"


def test_a_comparison_of_networks_that_the_run_lacks_names_the_run():
    told = "'har-2b' compares 'har-2b-signed', which run.networks lacks; add it there, or leave the comparison out"
    run = {"networks": ["har-float", "har-2b-unipolar"], "comparisons": ["har-2b"]}
    assert refusal({f"run.{key}": value for key, value in run.items()}) == f"config.yaml: run.comparisons: {told}"


@pytest.mark.parametrize("block", ["wires", "confusions"])
def test_crossbars_of_a_float_network_are_refused(block):
    told = "'har-float' is a floating-point network; allowed are those on crossbars"
    assert refusal({f"{block}.networks": ["har-float"]}) == f"config.yaml: {block}.networks: {told}"


def test_a_dataset_without_a_reader_is_refused():
    told = refusal({"datasets.mnist": {"folds": 3}})
    assert (
        told == "config.yaml: datasets.mnist: modules of src/xbar/datasets: 'mnist' is not one of cifar10, digits, har"
    )
