"""What rules reserve is what their scripts use."""

import re
from pathlib import Path

from xbar import source

ROOT = Path(__file__).parents[2]
TEXTS = [
    text
    for path in sorted((ROOT / "workflow/rules").glob("*.smk"))
    for text in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]
]


def test_a_gpu_is_reserved_by_what_computes_there_and_by_nothing_else():
    """What asks for the processor that is here: scripts themselves, or the training that they call."""
    asking = {path.stem for path in (ROOT / "scripts").glob("*.py") if "choose_device()" in path.read_text()}
    modules = [path for path in source.PACKAGE.rglob("*.py") if "choose_device()" in path.read_text()]
    assert {source.name(path) for path in modules} == {"src/xbar/training/machine.py", "src/xbar/training/train.py"}
    reserving = {text.partition(":")[0] for text in TEXTS if "gpu=GPU" in text}
    assert reserving == asking | {"train_network", "run_trials"}
    assert "evaluate_crossbars" in asking
