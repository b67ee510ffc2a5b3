"""Files of a network of one's own: looked for, and a class looked up, before anything runs."""

import os

import pytest

from xbar.checks.own import check_own_files, packed
from xbar.config.own import OwnNetworkSpec


def own(folder, **changes):
    module = {"file": str(folder / "net.py"), "name": "Net", "imports": ["parts/a.py"]} | changes
    named = {"module": module, "weights": str(folder / "w.pt"), "examples": str(folder / "e.npz"), "weight_bits": 4}
    return OwnNetworkSpec.model_validate(named)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "parts").mkdir()
    for name in ("w.pt", "e.npz", "parts/a.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "net.py").write_text("if True:\n    class Net:\n        pass\nfrom b import Other as Third\nx = 3\n")
    return tmp_path


def test_an_archive_names_files_by_what_they_are(folder):
    entry, files = packed(own(folder))
    assert (entry.weights, entry.examples, entry.module.file) == ("weights.pt", "examples.npz", "code/net.py")
    assert files["code/parts/a.py"] == str(folder / "parts/a.py") and len(files) == 4
    assert packed(entry)[0] == entry


@pytest.mark.parametrize("name", ["Net", "Third", "x"])
def test_what_a_file_may_bind_is_let_through(folder, name):
    check_own_files("own", own(folder, name=name))


@pytest.mark.parametrize(
    ("missing", "changes", "message"),
    [
        ("w.pt", {}, "own.weights: no file .*w.pt"),
        ("e.npz", {}, "own.examples: no file .*e.npz"),
        ("net.py", {}, "own.module: no file .*net.py"),
        ("parts/a.py", {}, "own.module: no file .*parts/a.py"),
        ("", {"name": "Ned"}, "own.module.name: .*net.py has no 'Ned'; it has no class"),
        ("", {"imports": ["../a.py"]}, "own.module.imports: ../a.py is not beside the file of the class"),
    ],
)
def test_what_is_not_there_is_one_line(folder, missing, changes, message):
    (folder.parent / "a.py").write_text("")
    if missing:
        (folder / missing).unlink()
    with pytest.raises(ValueError, match=message) as caught:
        check_own_files("own", own(folder, **changes))
    assert "\n" not in str(caught.value)


def test_a_file_that_this_user_may_not_read_is_one_line(folder, monkeypatch):
    """Tests run as root, who may read everything."""
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("net.py"))
    with pytest.raises(ValueError, match=r"own.module: .*net.py may not be read by this user; its owner can allow it$"):
        check_own_files("own", own(folder))


def test_a_file_that_is_no_python_is_one_line(folder):
    (folder / "net.py").write_text("x = 1\nclass Net(\n")
    with pytest.raises(ValueError, match=r"own.module: .*net.py:2: '\(' was never closed"):
        check_own_files("own", own(folder))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"module": None}, "no network; needed is one of module, layers and program"),
        ({"program": "p.pt2"}, "module, program; needed is one of"),
        ({"weights": None}, "weights: missing; module needs them"),
        ({"module": None, "program": "p.pt2"}, "program has its own weights"),
        ({"dataset": "digits"}, "either dataset or examples"),
        ({"polarity": "unipolar"}, "unipolar needs fine_tuning"),
    ],
)
def test_an_entry_has_one_network_and_one_set_of_examples(folder, changes, message):
    with pytest.raises(ValueError, match=message):
        OwnNetworkSpec.model_validate(own(folder).model_dump() | changes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("class Net:\n    pass\n".encode("utf-8-sig"), None),
        ("# coding: latin-1\n# \u00e9\nclass Net:\n    pass\n".encode("latin-1"), None),
        (b"x = '\xe9'\nclass Net:\n    pass\n", "own.module: .*net.py:1: .*utf-8"),
        (b"class Net:\n    pass\n\0", "own.module: .*net.py: source code .* null bytes"),
    ],
)
def test_a_class_is_found_in_every_encoding_that_python_reads(folder, content, message):
    (folder / "net.py").write_bytes(content)
    if message is None:
        return check_own_files("own", own(folder))
    with pytest.raises(ValueError, match=message) as caught:
        check_own_files("own", own(folder))
    assert "None" not in str(caught.value) and "\n" not in str(caught.value)
