"""What CONTRIBUTING.md names exists: a recipe that sends people to a file that has moved is worse than none."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
CODE = re.findall(r"`([^`\n]+)`", TEXT)
PATHS = sorted({word for text in CODE for word in text.split() if re.fullmatch(r"[\w./{}-]+", word) and "/" in word})
NAMED = re.findall(r"`([A-Z]\w+)`[^`.]*? of `src/(xbar/[\w/]+)\.py`", TEXT)
NAMED += [(name, path) for path, name in re.findall(r"`src/(xbar/[\w/]+)\.py`[^`.]*`([A-Z]\w+)`", TEXT)]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_exists(path):
    """`{name}` stands for any name; a path without the folder of the project is that of the package or of a tool."""
    found = list(ROOT.glob(re.sub(r"\{\w+\}", "*", path.rstrip("/"))))
    assert found or (ROOT / "src" / path).exists()


@pytest.mark.parametrize(("name", "path"), NAMED)
def test_every_name_stands_in_its_module(name, path):
    assert hasattr(import_module(path.replace("/", ".")), name)


def test_the_recipes_are_seen():
    assert len(PATHS) > 25 and len(NAMED) >= 5
