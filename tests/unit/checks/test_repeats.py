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


@pytest.mark.parametrize("text", ["a:\n  fine_tuning:\n  b: 1\n", "{a: 1, fine_tuning: }\n", "a: 1\nfine_tuning:\n"])
def test_a_key_without_a_value_is_refused(tmp_path, text):
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match="this key has no value; write null for none, or"):
        check_repeats(path)


def test_one_key_in_several_blocks_is_no_fault(tmp_path):
    path = tmp_path / "overlay.yaml"
    for text in ("a: {x: 1}\nb: {x: 1}\n", "a: &a {x: 1}\nb: {<<: *a, x: 2}\n", "- 1\n", ""):
        path.write_text(text)
        check_repeats(path)
    for path in (ROOT / "config.yaml", *(ROOT / "workflow/presets").glob("*.yaml")):
        check_repeats(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("run:\n  seeds: 010\n", "2: YAML reads 010 as 8; write 8, or a text in quotes"),
        ("a: [1, 1:30]\n", "1: YAML reads 1:30 as 90; write 90, or a text in quotes"),
        ("a: 1:30.5\n", "1: YAML reads 1:30.5 as 90.5; write 90.5, or a text in quotes"),
        ("a: -07\n", "1: YAML reads -07 as -7; write -7, or a text in quotes"),
        ("a: &b\n  - *b\n", "1: this block holds itself"),
    ],
)
def test_what_yaml_reads_otherwise_than_people_is_refused(tmp_path, text, told):
    path = tmp_path / "overlay.yaml"
    path.write_text(text)
    with pytest.raises(ValueError) as refused:
        check_repeats(path)
    assert str(refused.value) == f"{path}:{told}"


def test_numbers_that_look_as_they_are_read_are_no_fault(tmp_path):
    path = tmp_path / "overlay.yaml"
    path.write_text('a: [0, 10, 0x10, 1_000, 0.5, -0.25, 00.5, "010", "1:30", 08, 1.0e-3, 2026-01-01]\n')
    check_repeats(path)


def test_blocks_behind_many_aliases_are_looked_at_once(tmp_path):
    path = tmp_path / "overlay.yaml"
    rows = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    path.write_text("\n".join(rows))
    check_repeats(path)


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "overlay.yaml"
    path.write_bytes("run: {seeds: 1}\n".encode("utf-16"))
    with pytest.raises(ValueError, match=r"overlay\.yaml: this is no text in UTF-8; allowed are YAML files in UTF-8"):
        check_repeats(path)
    path.write_bytes("run: {seeds: 1}\n".encode("utf-8-sig"))
    check_repeats(path)
