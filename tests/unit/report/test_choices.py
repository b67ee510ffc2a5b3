"""What is chosen for a network, against the blocks of config.yaml."""

from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.report.choices import choices


def test_choices_are_those_of_the_network_and_of_its_recipe_and_no_key_is_of_both():
    found, config = choices(read_config(CONFIG), "har-2b-long"), read_config(CONFIG)
    network, recipe = config.networks["har-2b-long"], config.training["har-unipolar-long"]
    assert (found["weight_bits"], found["epochs"], found["augmentation"]["shift"]) == (2, 80, 8)
    assert len(found) == len(type(network).model_fields) - 1 + len(type(recipe).model_fields)
