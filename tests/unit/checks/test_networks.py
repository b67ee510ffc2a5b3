"""Networks that cannot be built, trained or started as they stand are refused before anything runs, in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.configuration import changed, checked, refusal

from xbar.checks.networks import check_settling
from xbar.network.signs import floor_at


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"networks.har-float.dataset": "hra"}, "har-float.dataset: 'hra' is not one of cifar10, digits, har"),
        ({"networks.har-float.device": "none"}, "har-float.device: 'none' is not one of nvm, pcm, rram"),
        ({"networks.har-float.dac_bits": 4}, "har-float: polarity float takes no dac_bits"),
        ({"networks.har-float.noise": 0.2}, "har-float: polarity float takes no noise"),
        ({"networks.har-float.common_mode": "subtracted"}, "har-float: polarity float takes no common_mode"),
        (
            {"architectures.digits-cnn.layers": [{"linear": 6}]},
            "digits-float.architecture: digits-cnn: 6 outputs; dataset digits has 10 classes",
        ),
        (
            {"networks.har-2b-signed.warm_start": "cifar10-float"},
            "har-2b-signed.warm_start: 'cifar10-float' is no floating-point network of the same dataset and "
            "architecture",
        ),
        (
            {"networks.har-2b-relu.warm_start": "har-float"},
            "har-2b-relu.warm_start: only signed weights, learned signs, or a network that subtracts the common mode",
        ),
        (
            {"networks.har-2b-distilled.teacher": "har-2b-signed"},
            "har-2b-distilled.teacher: 'har-2b-signed' is no floating-point network of the same dataset",
        ),
        (
            {"networks.har-float.teacher": "har-float", "networks.har-float.training": "har-unipolar-distilled"},
            "har-float: har-float and har-float need each other as starts or teachers",
        ),
        (
            {"training.digits.sizes": [{"epochs": 1, "pixels": 12}]},
            "digits-float.training: 'digits': sizes: 12 pixels a side; allowed are 1 to 8 for inputs of shape "
            "(1, 8, 8)",
        ),
        (
            {"networks.har-2b-distilled.teacher": None},
            "har-2b-distilled.teacher: missing; its recipe 'har-unipolar-distilled' has distillation above 0",
        ),
        (
            {"networks.har-2b-distilled.training": "har-uniform"},
            "har-2b-distilled.training: 'har-uniform'; a teacher needs a recipe with distillation above 0",
        ),
        (
            {"training.har-float.sizes": [{"epochs": 2, "pixels": 8}]},
            "har-float.training: 'har-float' has sizes, which is for images; 'har' has none",
        ),
    ],
)
def test_an_impossible_network_is_refused(changes, told):
    answer = refusal(changes)
    assert answer.startswith(f"config.yaml: networks.{told}") and "\n" not in answer


@pytest.mark.parametrize(
    ("recipe", "key", "kind"),
    [
        ("har-float", "flip", "images"),
        ("cifar10-float", "rotation_deg", "signals"),
        ("cifar10-float", "scaling", "signals"),
    ],
)
def test_an_augmentation_of_other_data_is_refused(recipe, key, kind):
    """Recipes that share the block are named as well."""
    answer = refusal({f"training.{recipe}.augmentation.{key}": 1.0 if kind == "signals" else True})
    told = f"has augmentation.{key}, which is for {kind}; '{recipe.partition('-')[0]}' has none"
    assert answer.endswith(told) and "\n" not in answer


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"training.cifar10-float.sizes": [{"epochs": 4, "pixels": 16}, {"epochs": 6, "pixels": 24}]},
            "training.cifar10-float: sizes of 10 epochs; allowed are fewer than the 10 of the training",
        ),
        (
            {"networks.har-4b-signed.first_layer": "patches"},
            "networks.har-4b-signed: first_layer: patches goes with a floating-point network without a warm start",
        ),
    ],
)
def test_an_impossible_recipe_or_start_is_refused(changes, told):
    assert refusal(changes) == f"config.yaml: {told}"


@pytest.mark.parametrize(("network", "role"), [("har-2b-signed", "warm start"), ("har-2b-distilled", "teacher")])
def test_a_float_network_of_the_run_has_the_seeds_that_others_need(network, role):
    seeds = {"default": 3, "har-float": 3, network: 4}
    told = f"config.yaml: run.seeds: 4 of '{network}' exceed the 3 of its {role} 'har-float'"
    changes = {"run.seeds": seeds, "run.comparisons": []}
    assert refusal(changes | {"run.networks": ["har-float", network]}) == told
    assert checked(changed(changes | {"run.networks": [network]})), "it is trained for those seeds"


@given(st.integers(1, 100), st.floats(0.0, 0.999))
def test_annealing_is_allowed_where_it_ends_before_the_last_epoch(epochs, anneal):
    """The check of the configuration against the range that is left in the last epoch."""
    left = floor_at(anneal, (epochs - 1) / epochs)
    if left > 1e-9:
        with pytest.raises(ValueError, match="do not settle"):
            check_settling("networks.a.training", epochs, anneal)
    elif anneal <= (epochs - 1) / epochs:
        assert left == 0
        check_settling("networks.a.training", epochs, anneal)
