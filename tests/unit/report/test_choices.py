"""What is chosen for a network, against the blocks of config.yaml."""

from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.report.choices import choices, scale_pairs


def test_choices_are_those_of_the_network_and_of_its_recipe_and_no_key_is_of_both():
    found, config = choices(read_config(CONFIG), "har-2b-long"), read_config(CONFIG)
    network, recipe = config.networks["har-2b-long"], config.training["har-unipolar-long"]
    assert (found["weight_bits"], found["epochs"], found["augmentation"]["shift"]) == (2, 80, 8)
    assert len(found) == len(type(network).model_fields) - 1 + len(type(recipe).model_fields)


def test_networks_that_differ_in_more_than_their_scale_are_no_pair():
    """A recipe, a teacher, arrays or a common mode of another kind would be measured as an effect of the scale."""
    names = ["har-float", "har-2b-unipolar", "har-2b-relu", "har-2b-warm", "har-2b-unipolar-small"]
    run = CONFIG["run"] | {"networks": [*names, "har-2b-unipolar-layer", "har-2b-distilled"], "comparisons": []}
    assert scale_pairs(read_config(CONFIG | {"run": run})) == [("har-2b-unipolar", "har-2b-unipolar-layer")]
    pairs = scale_pairs(read_config(CONFIG))
    assert pairs and all(own == f"{shared}-layer" for shared, own in pairs)
