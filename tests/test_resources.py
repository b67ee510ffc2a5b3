"""What rules reserve is what their scripts use."""

import re
from pathlib import Path

from xbar import source

RULES = Path(__file__).parents[1] / "workflow" / "rules"
TEXTS = [text for path in sorted(RULES.glob("*.smk")) for text in re.split(r"^rule ", path.read_text(), flags=re.M)[1:]]


def test_a_gpu_is_reserved_by_what_trains_and_by_nothing_else():
    """Only training asks for the processor that is here; all else computes on the CPU."""
    asking = [path for path in source.PACKAGE.rglob("*.py") if "device_here()" in path.read_text()]
    assert {source.name(path) for path in asking} == {"src/xbar/training/machine.py", "src/xbar/training/train.py"}
    reserving = {text.partition(":")[0] for text in TEXTS if "gpu=GPU" in text}
    assert reserving == {"train_network", "run_trials"}
