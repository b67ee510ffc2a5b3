"""What the rules of MLPerf Tiny read in common."""

TINY = config["tinyml"]
TINY_HARDWARE = hardware(TINY["device"], TINY["crossbar"])
TINY_FLOAT = "resnet-8" if TINY["fold"] is None else f"resnet-8-fold{TINY['fold']}"


def trained_weights(wildcards):
    """Those of a network that was trained further; none where the reference is mapped as it is."""
    trained = "results/tiny/trained/{scale}-{bits}b/seed{seed}/weights.safetensors"
    return {"weights": trained.format(**wildcards)} if wildcards.condition == "trained" else {}
