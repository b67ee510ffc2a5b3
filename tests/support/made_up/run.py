"""What the made-up run trained, compares and claims."""

import pandas as pd

from xbar.config.claims import ClaimsSpec
from xbar.tables import COLLECTED, to_frame

RULES = ClaimsSpec.model_validate(
    {
        "confidence": 0.95,
        "equivalence_points": 0.5,
        "failure_points": 5.0,
        "reference": {"mapping": "two-crossbars", "adc_law": "B", "bank": "largest"},
        "datasets": ["har", "cifar10"],
        "accuracy": {
            "har-accuracy-float": {"network": "har-float", "condition": "float", "tolerance_points": 1.0},
            "har-accuracy-2bit-unipolar": {
                "network": "har-2b-unipolar",
                "condition": "noisy",
                "tolerance_points": 1.0,
                "instead": [{"network": "har-2b-unipolar", "condition": "ideal"}],
            },
        },
        "savings": {
            "area-saving": {
                version: {"measure": "area_um2", "corner": corner, "tolerance_points": 5.0}
                for version, corner in (("v1", "unipolar-own"), ("v3", "unipolar-shared"))
            },
            "energy-saving": {
                "v1": {
                    "measure": "power_mW",
                    "corner": "unipolar-own",
                    "tolerance_points": 5.0,
                },
                "v3": {
                    "measure": "energy_pJ",
                    "corner": "unipolar-shared",
                    "tolerance_points": 5.0,
                },
            },
        },
        "conditions": ["memory", "wire_area"],
    }
)

PAPER = [
    {
        "claim": claim,
        "paper_version": version,
        "quantity": claim,
        "paper": paper,
        "unit": "%",
        "where": "",
        "source": "",
    }
    for claim, version, paper in (
        ("har-accuracy-float", "v1-v3", "95.0"),
        ("har-accuracy-2bit-unipolar", "v1-v3", "92.91"),
        ("area-saving", "v1", "67.0"),
        ("area-saving", "v3", "80.0"),
        ("energy-saving", "v1", "40.0"),
        ("energy-saving", "v3", "45.0"),
    )
]

NETWORKS = {  # name: (bits, polarity, scale, mean accuracy without noise)
    "har-float": ("", "float", "", 0.951),
    "har-4b-signed": (4, "signed", "network", 0.944),
    "har-4b-signed-layer": (4, "signed", "layer", 0.946),
    "har-2b-signed": (2, "signed", "network", 0.937),
    "har-4b-unipolar": (4, "unipolar", "network", 0.931),
    "har-2b-unipolar": (2, "unipolar", "network", 0.922),
    "har-2b-mixed": (2, "mixed", "network", 0.927),
    "cifar10-float": ("", "float", "", 0.868),
    "cifar10-4b-signed": (4, "signed", "network", 0.853),
    "cifar10-4b-signed-layer": (4, "signed", "layer", 0.858),
    "cifar10-2b-signed": (2, "signed", "network", 0.841),
    "cifar10-4b-unipolar": (4, "unipolar", "network", 0.791),
    "cifar10-2b-unipolar": (2, "unipolar", "network", 0.772),
}
COMPARISONS = {
    f"{dataset}-{bits}b": {"signed": f"{dataset}-{bits}b-signed", "unipolar": f"{dataset}-{bits}b-unipolar"}
    for dataset in ("har", "cifar10")
    for bits in (2, 4)
}
DATASETS = {name: name.split("-")[0] for name in NETWORKS}
NOISES = {"noise-0.02": 0.02, "noisy": 0.04, "noise-0.06": 0.06, "noise-0.08": 0.08, "noise-0.1": 0.1}
MAPPINGS = ("paired-columns-mirrored", "two-crossbars", "offset-column")


def frame(name: str, rows: list[dict]) -> pd.DataFrame:
    """As `read_table` gives it, without the file."""
    return to_frame([{key: str(value) for key, value in row.items()} for row in rows], COLLECTED[name], name)
