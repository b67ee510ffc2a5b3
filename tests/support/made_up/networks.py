"""Tables of the made-up networks: accuracy, training, layers, variants and errors."""

from functools import cache
from unittest.mock import patch

import numpy as np

from support.made_up.run import NETWORKS, NOISES, frame
from xbar.chips.correctness import Correctness
from xbar.report import bootstrap, intervals


def seeds_of(network: str) -> range:
    return range(1 if network.startswith("cifar10") else 3)


def accuracy_rows(networks: list[str], chips: int = 4) -> list[dict]:
    rng = np.random.default_rng(0)
    rows = []
    for network in networks:
        bits, polarity, scale, level = NETWORKS[network]
        about = {
            "network": network, "dataset": network.split("-")[0], "architecture": "cnn", "weight_bits": bits,
            "polarity": polarity, "scale": scale, "split": "test",
            "mapping": {"float": "", "signed": "paired-columns-mirrored"}.get(polarity, "unipolar"),
            "device": "" if polarity == "float" else "nvm",
        }  # fmt: skip
        for seed in seeds_of(network):
            own = level + 0.004 * rng.standard_normal()
            plain = "float" if polarity == "float" else "ideal"
            rows.append({**about, "condition": plain, "seed": seed, "chip": "", "accuracy": own})
            slope = {"signed": 4.0, "mixed": 6.0}.get(polarity, 9.0)
            rows += [
                {**about, "condition": name, "seed": seed, "chip": chip,
                 "accuracy": own - slope * noise**2 + 0.15 * noise * rng.standard_normal()}
                for name, noise in NOISES.items() if polarity != "float" for chip in range(chips)
            ]  # fmt: skip
    return rows


EXAMPLES = 200


def correctness(networks: list[str], chips: int = 4) -> list[Correctness]:
    """What could be behind `accuracy_rows`: examples rightly classified as often; nine subjects where data are HAR."""
    rng = np.random.default_rng(2)
    found = []
    for network in networks:
        polarity, level = NETWORKS[network][1], NETWORKS[network][3]
        conditions = {"float": 1} if polarity == "float" else {"ideal": 1, "noisy": chips}
        group = np.arange(EXAMPLES) % 9 if network.startswith("har") else None
        for seed in seeds_of(network):
            right = {name: rng.random((count, EXAMPLES)) < level for name, count in conditions.items()}
            found.append(Correctness(network, seed, right, group))
    return found


def interval_rows(networks: list[str]) -> list[dict]:
    return _interval_rows(tuple(networks))


@cache
def _interval_rows(networks: tuple[str, ...]) -> list[dict]:
    accuracy = frame("accuracy", accuracy_rows(list(networks)))
    with patch.multiple(bootstrap, RESAMPLES_OF_GROUPS=1000, RESAMPLES_OF_EXAMPLES=1000):
        pairs = [(name, f"{name}-layer") for name in networks if f"{name}-layer" in networks]
        return list(intervals.interval_rows(accuracy, correctness(list(networks)), 0.95, pairs))


def training_rows(networks: list[str], epochs: int = 12) -> list[dict]:
    return [
        {
            "network": network, "seed": seed, "epoch": epoch, "loss": 0.3 + 1.5 * np.exp(-epoch / 4) + 0.02 * seed,
            "train_accuracy": NETWORKS[network][3] + 0.02 - 0.5 * np.exp(-epoch / 2),
            "validation_accuracy": NETWORKS[network][3] - 0.5 * np.exp(-epoch / 2) - 0.006 * seed,
            "learning_rate": 0.005,
        }
        for network in networks for seed in seeds_of(network) for epoch in range(epochs)
    ]  # fmt: skip


def layer_rows(networks: list[str]) -> list[dict]:
    rows = []
    for network in networks:
        _, polarity, scale, _ = NETWORKS[network]
        depth = 5 if network.startswith("cifar10") else 3
        for seed in seeds_of(network):
            for layer in range(depth):
                spread = 1.3 if scale == "network" else 2.4
                wild = spread ** ((layer * 7) % 5 - 2) * (1 + 0.05 * seed)
                uniform = {"x_max": 4.0, "w_max": 0.5, "i_max": 12.0}
                own = {"x_max": 3.2 * wild, "w_max": 0.25 * wild, "i_max": 10.0}
                full = dict.fromkeys(own, "") if polarity == "float" else uniform if scale == "network" else own
                drift = 1.35**layer if polarity == "float" else 1.0
                rows.append(
                    {
                        "network": network, "seed": seed, "layer": layer, "kind": "conv", "rows": 72, "columns": 64,
                        "kernel_area": 9, "mvms_per_inference": 64, **full, "input_range": 3 * wild * drift,
                        "weight_range": 0.4 * wild / drift, "current_range": 15 * wild * drift,
                        "weight_mean": 0.3, "activity": 0.2,
                    }
                )  # fmt: skip
    return rows


def cases(networks: list[str]) -> list[dict]:
    """Two variants: one that ages, one that does not."""
    ageing = [("drift", time, factor) for time in (25.0, 86400.0, 3.1536e7) for factor in ("none", "array")]
    return [
        {"variant": f"{variant}-{network.split('-')[0]}", "network": network, "time_s": time_s,
         "compensation": compensation, "seed": seed, "chip": chip}
        for variant, time_s, compensation in [*ageing, ("plain", 0.0, "none")]
        for network in networks if NETWORKS[network][1] != "float"
        for seed in seeds_of(network) for chip in range(2)
    ]  # fmt: skip


def variant_rows(networks: list[str]) -> list[dict]:
    rows = []
    for case in cases(networks):
        bits, polarity, scale, level = NETWORKS[case["network"]]
        lost = 0.02 * np.log1p(case["time_s"]) * (0.1 if case["compensation"] == "array" else 1.0)
        kind = {"dataset": case["network"].split("-")[0], "weight_bits": bits, "polarity": polarity, "scale": scale}
        about = {"mapping": "unipolar", "device": "pcm", "accuracy": level - lost + 0.01 * case["seed"]}
        rows.append(case | kind | about)
    return rows


def error_rows(networks: list[str]) -> list[dict]:
    return [
        case | {"layer": layer, "own_error": 0.05 + 0.01 * case["chip"], "accumulated_error": 0.05 * (1 + layer)}
        for case in cases(networks) for layer in range(3)
    ]  # fmt: skip


def wire_rows(networks: list[str]) -> list[dict]:
    return [
        {"network": network, "seed": 0, "layer": layer, "array": 0, "rows": 8, "columns": 4, "wire_ohm": ohm,
         "loss_mean": 0.1 * ohm, "loss_max": 0.2 * ohm, "error_mean": 0.001 * ohm, "error_max": 0.004 * ohm}
        for network in networks[:2] for layer in range(2) for ohm in (0.1, 1.0)
    ]  # fmt: skip


def confusion_rows(networks: list[str]) -> list[dict]:
    return [
        {"network": network, "seed": seed, "chip": 0, "actual": one, "predicted": other,
         "count": 90 if one == other else 5 * (seed + 1)}
        for network in networks[:2] for seed in range(2) for one in range(3) for other in range(3)
    ]  # fmt: skip
