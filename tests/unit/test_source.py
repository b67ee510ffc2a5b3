"""The digest of a job's code: blind to what does not run, and to nothing that does."""

import ast
import importlib.util
import os
import pickle
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from xbar import source

ROOT = source.PACKAGE.parents[1]
SCRIPTS = sorted(path.stem for path in source.SCRIPTS.glob("*.py"))


@pytest.fixture
def project(tmp_path) -> Path:
    """A small project: run.py -> one.py -> (inside a function) two.py; other.py and config stand apart."""
    files = {
        "src/xbar/__init__.py": "",
        "src/xbar/source.py": Path(source.__file__).read_text(),
        "scripts/run.py": "from xbar.part.one import double\n\nprint(double(2))\n",
        "src/xbar/part/__init__.py": "",
        "src/xbar/part/one.py": "from xbar import config\n\n\ndef double(x):\n    from xbar.part import two\n\n"
        "    return two.TWO * x\n",
        "src/xbar/part/two.py": "TWO = 2\n",
        "src/xbar/part/other.py": "THREE = 3\n",
        "src/xbar/config/__init__.py": "FOUR = 4\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def load(project: Path) -> ModuleType:
    """The module under test as it works inside another project, with nothing remembered."""
    spec = importlib.util.spec_from_file_location("source_elsewhere", project / "src/xbar/source.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def digest(project: Path, *modules: str) -> str:
    return load(project).digest("run", *modules)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_reaches_nested_imports_and_nothing_else(project):
    found = [path.name for path in load(project).reachable([project / "scripts/run.py"])]
    assert found == ["run.py", "__init__.py", "__init__.py", "one.py", "two.py"]


def test_blind_to_comments_docstrings_layout_and_dates(project):
    before = digest(project)
    one = project / "src/xbar/part/one.py"
    edit(one, "def double(x):\n", 'def double(x):\n    """Twice x."""\n\n\n    # as ever\n')
    edit(project / "scripts/run.py", "double(2)", "double( 2 )")
    one.write_text(f'"""Doubling."""\n{one.read_text()}')
    os.utime(project / "src/xbar/part/two.py", (0, 0))
    assert digest(project) == before


def test_the_same_bytes_are_parsed_once_and_whatever_is_kept_changes_nothing(project, monkeypatch):
    before, kept = digest(project), project / "src/xbar/__pycache__/source.json"
    again = load(project)
    monkeypatch.setattr(again, "_parse", None)
    assert again.digest("run") == before
    edit(project / "src/xbar/part/two.py", "TWO = 2", "TWO = 4")
    changed = digest(project)
    for text in ("", "{", "[1]", "3"):
        kept.write_text(text)
        assert digest(project) == changed != before
    edit(project / "src/xbar/source.py", "import ast", "import ast  # which may find something else")
    another = load(project)
    monkeypatch.setattr(another, "_parse", None)
    with pytest.raises(TypeError):
        another.digest("run")
    shutil.rmtree(kept.parent)
    (project / "src/xbar/__pycache__").write_text("")  # nothing can be kept here
    assert digest(project) == changed


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("scripts/run.py", "double(2)", "double(3)"),
        ("src/xbar/part/one.py", "* x", "+ x"),
        ("src/xbar/part/two.py", "TWO = 2", "TWO = 2.0"),
        ("src/xbar/__init__.py", "", "import os\n"),
    ],
)
def test_sees_every_edit_of_code_that_runs(project, name, old, new):
    before = digest(project)
    edit(project / name, old, new)
    assert digest(project) != before


@pytest.mark.parametrize("name", ["src/xbar/part/other.py", "src/xbar/config/__init__.py"])
def test_blind_to_code_that_does_not_run(project, name):
    before = digest(project)
    (project / name).write_text("FIVE = 5\n")
    assert digest(project) == before


def test_module_by_computed_name_counts(project):
    before = digest(project, "part/other")
    assert before != digest(project)
    edit(project / "src/xbar/part/other.py", "3", "4")
    assert digest(project, "part/other") != before


def test_same_in_another_folder(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("moved") / "project"
    shutil.copytree(project, elsewhere)
    assert digest(project) == digest(elsewhere)


def test_missing_script_is_an_error():
    with pytest.raises(OSError, match="no_such_script"):
        source.digest("no_such_script")


@pytest.mark.parametrize("path", sorted((source.PACKAGE / "config").glob("*.py")), ids=lambda p: p.stem)
def test_untracked_modules_hold_fields_and_checks_only(path):
    """What the digest leaves out may not compute: no public method, no function but to read, check and word a fault."""
    tree = ast.parse(path.read_text())
    public = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    assert {name for name in public if not name.startswith("check_")} <= {"read_config", "line_of"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            assert all(method.name.startswith("_") for method in methods), f"{node.name} computes"
            assert all(not _is_property(method) for method in methods), f"{node.name} computes"


def _is_property(method: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "property" for mark in method.decorator_list)


def test_a_file_counts_by_what_it_holds(tmp_path):
    """As Snakemake compares it: by `repr`, in a list and in a block, too; and it is a path all the same."""
    texts = {"a": "1", "b": "1", "c": "2"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    a, b, c, absent = (source.ByContent(tmp_path / name) for name in ("a", "b", "c", "d"))
    assert repr([a, {"x": a}]) == repr([b, {"x": b}]) != repr([c, {"x": c}])
    assert str(tmp_path) not in repr([a, b, c, absent]) and repr(absent) == "file absent"
    assert Path(a).read_text() == "1" and a == str(tmp_path / "a")
    assert pickle.loads(pickle.dumps([a]))[0] == a
