"""What a configuration chooses for a network, as the table of ablations compares it. No torch and no pandas."""

from typing import Any

from xbar.config.config import Config


def choices(config: Config, network: str) -> dict[str, Any]:
    """What is chosen for a network and for its training, by key; the keys of the recipe stand for its name."""
    spec = config.networks[network]
    recipe = config.training[spec.training]
    return spec.model_dump(mode="json", exclude={"training"}) | recipe.model_dump(mode="json")
