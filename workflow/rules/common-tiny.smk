"""What the rules of MLPerf Tiny read in common."""

from xbar.config.tiny import TinyChipsSpec, TinyHardwareSpec

TINY = config["tinyml"]
TINY_HARDWARE = hardware(TINY["device"], TINY["crossbar"])
TINY_FLOAT = "resnet-8" if TINY["fold"] is None else f"resnet-8-fold{TINY['fold']}"
TINY_CHIPS = expand(
    "{condition}/{scale}-{bits}b/seed{seed}",
    condition=TINY["conditions"],
    scale=TINY["scales"],
    bits=TINY["converter_bits"],
    seed=range(TINY["seeds"]),
)
TINY_JOBS = [
    *["fetch_dataset/cifar10", "prepare_dataset/cifar10", "fetch_reference", "price_tiny", "collect_tiny"],
    *(f"train_tiny/{chips.removeprefix('trained/')}" for chips in TINY_CHIPS if chips.startswith("trained/")),
    *(f"evaluate_tiny/{chips}" for chips in TINY_CHIPS),
]


def trained_weights(wildcards):
    """The weights of a network that was trained further; none where the reference is mapped as it is."""
    trained = "results/tiny/trained/{scale}-{bits}b/seed{seed}/weights.safetensors"
    return {"weights": trained.format(**wildcards)} if wildcards.condition == "trained" else {}
