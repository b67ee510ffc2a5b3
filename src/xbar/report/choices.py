"""What a configuration chooses for its networks, as the report compares them. No torch and no pandas."""

from itertools import product
from typing import Any

from xbar.config.config import Config


def choices(config: Config, network: str) -> dict[str, Any]:
    """What is chosen for a network and for its training, by key; the keys of the recipe stand for its name."""
    spec = config.networks[network]
    recipe = config.training[spec.training]
    return spec.model_dump(mode="json", exclude={"training"}) | recipe.model_dump(mode="json")


def scale_pairs(config: Config) -> list[tuple[str, str]]:
    """Networks of the run that differ in their scale alone: one scale for all layers first, then one for each layer."""
    chosen = {name: choices(config, name) for name in config.run.networks}
    shared, own = ([name for name in chosen if chosen[name]["scale"] == scale] for scale in ("network", "layer"))
    alike = {name: of_network | {"scale": None} for name, of_network in chosen.items()}
    return [pair for pair in product(shared, own) if alike[pair[0]] == alike[pair[1]]]
