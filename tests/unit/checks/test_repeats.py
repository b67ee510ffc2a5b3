"""A key that stands twice in a block of YAML, of which YAML itself keeps the last."""

from pathlib import Path

import pytest

from xbar.checks.repeats import check_repeats

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "line", "key", "first"),
    [
        ("run: {networks: [a]}\nrun: {comparisons: []}\n", 2, "run", 1),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4, "b", 2),
        ("a: {b: 1, b: 2}\n", 1, "b", 1),
        ("a:\n  - {x: 1}\n  - x: 1\n    y: 2\n    x: 3\n", 5, "x", 3),
    ],
)
def test_a_key_twice_in_a_block_is_refused_with_both_lines(tmp_path, text, line, key, first):
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    with pytest.raises(ValueError) as refused:
        check_repeats(path)
    told = f"{path}:{line}: duplicate key '{key}', first in line {first}"
    assert str(refused.value) == told


def test_one_key_in_several_blocks_is_no_fault(tmp_path):
    path = tmp_path / "overlay.yaml"
    for text in ("a: {x: 1}\nb: {x: 1}\n", "a: &a {x: 1}\nb: {<<: *a, x: 2}\n", "- 1\n", ""):
        path.write_text(text)
        check_repeats(path)
    for path in (ROOT / "config.yaml", *(ROOT / "workflow/presets").glob("*.yaml")):
        check_repeats(path)
