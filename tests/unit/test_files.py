"""Files are whole or absent, come back as they were written, and say in one line what is wrong with them."""

import csv
import json
import os
import resource
import struct
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.files import (
    atomic,
    number_of,
    read_about,
    read_by_line,
    read_json,
    read_rows,
    read_tensors,
    write_json,
    write_rows,
    write_tensors,
)

WRITERS = {
    "tensors": lambda path: write_tensors(path, {"a": torch.arange(4000.0)}, {"network": "har"}),
    "json": lambda path: write_json(path, list(range(5000))),
    "rows": lambda path: write_rows(path, ["a", "b"], ({"a": i, "b": -i} for i in range(5000))),
}
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@contextmanager
def full_after(size: int):
    """No file of this process grows beyond `size` bytes: the kernel refuses as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def one_line(error: BaseException, path: Path) -> bool:
    return str(path) in str(error) and "\n" not in str(error)


@pytest.mark.parametrize("before", [None, "old"])
def test_a_body_that_raises_leaves_what_was_there(tmp_path, before):
    path = tmp_path / "file.txt"
    if before:
        path.write_text(before)
    with pytest.raises(KeyError), atomic(path) as part:
        part.write_text("half")
        raise KeyError
    assert [file.name for file in tmp_path.iterdir()] == (["file.txt"] if before else [])
    assert not before or path.read_text() == before


def test_nothing_stands_at_the_path_before_the_end(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with atomic(path) as part:
        part.write_text("whole")
        assert part.parent == path.parent and not path.exists()
    assert path.read_text() == "whole" and list(path.parent.iterdir()) == [path]


def test_writers_on_two_nodes_with_one_process_number_share_no_part(tmp_path, monkeypatch):
    with atomic(tmp_path / "file") as here:
        monkeypatch.setattr("platform.node", lambda: "another")
        with atomic(tmp_path / "file") as there:
            assert here != there
            here.write_text("same")
            there.write_text("same")


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_full_disk_is_one_line_and_no_file(tmp_path, write):
    path = tmp_path / "file"
    with full_after(2000), pytest.raises(OSError) as caught:
        write(path)
    assert one_line(caught.value, path) and caught.value.errno
    assert list(tmp_path.iterdir()) == []
    write(path)  # the same in a disk with room
    assert path.stat().st_size > 2000


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_folder_that_cannot_be_written_is_one_line(tmp_path, write):
    """A file in place of the folder, and a folder that even the superuser may not write to."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "result", tmp_path / "file" / "folder" / "result", Path("/proc/xbar/result")):
        with pytest.raises(OSError) as caught:
            write(path)
        assert one_line(caught.value, path) and "cannot write" in str(caught.value)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes anywhere")
def test_read_only_folder_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="cannot write"):
        write_json(tmp_path / "file", 1)
    tmp_path.chmod(0o700)


def test_killed_writer_leaves_no_file(tmp_path):
    """Killed between two blocks: what it leaves beside the path is not the path."""
    code = """
import os, sys
from xbar.files import write_rows
def rows():
    for i in range(100000):
        yield {"a": i}
    os.kill(os.getpid(), 9)
write_rows(sys.argv[1], ["a"], rows())
"""
    source = Path(__file__).parents[2] / "src"
    command = [sys.executable, "-c", code, str(tmp_path / "rows.csv")]
    answer = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(source)})
    assert answer.returncode == -9
    assert not (tmp_path / "rows.csv").exists()


@given(
    st.dictionaries(st.from_regex(r"[a-z0-9./]{1,9}", fullmatch=True), st.integers(0, 5), max_size=4),
    st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.booleans(), st.none()), max_size=4),
)
def test_tensors_come_back(tmp_path, sizes, about):
    dtypes = [torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool, torch.float32]
    tensors = {name: torch.arange(3 * n).view(n, 3).to(dtypes[n]).T for name, n in sizes.items()}
    write_tensors(tmp_path / "t", tensors, about)
    again, about_again = read_tensors(tmp_path / "t")
    assert about_again == read_about(tmp_path / "t") == about and again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert again[name].dtype == tensor.dtype
        np.testing.assert_array_equal(again[name].numpy(), tensor.numpy())


def test_tensor_file_is_what_its_format_says(tmp_path):
    """Header and bytes taken apart by hand, as the safetensors format describes them."""
    write_tensors(tmp_path / "t", {"w": torch.tensor([[1.5, -2.0]])}, {"b": 1, "a": [2]})
    data = (tmp_path / "t").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert json.loads(header["__metadata__"]["about"]) == {"a": [2], "b": 1}
    assert header["w"]["dtype"] == "F32" and header["w"]["shape"] == [1, 2]
    start, end = header["w"]["data_offsets"]
    assert struct.unpack("<2f", data[8 + length :][start:end]) == (1.5, -2.0)


def test_equal_values_give_equal_bytes(tmp_path):
    first, second = {"a": torch.ones(3), "b": torch.zeros(2)}, {"b": torch.zeros(2), "a": torch.ones(3)}
    write_tensors(tmp_path / "1", first, {"x": 1, "y": 2})
    write_tensors(tmp_path / "2", second, {"y": 2, "x": 1})
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    write_json(tmp_path / "3", {"x": 1, "y": 2})
    write_json(tmp_path / "4", {"y": 2, "x": 1})
    assert (tmp_path / "3").read_bytes() == (tmp_path / "4").read_bytes()


def test_written_files_follow_the_umask(tmp_path):
    """Colleagues read results: not the owner alone."""
    before = os.umask(0o022)
    try:
        for name, write in WRITERS.items():
            write(tmp_path / name)
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


@pytest.mark.parametrize("kept", [0, 5, 8, 60, 0.5, -1])
def test_truncated_tensors_are_one_clear_line(tmp_path, kept):
    path = tmp_path / "weights.safetensors"
    WRITERS["tensors"](path)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data)) if isinstance(kept, float) else kept])
    for read in (read_tensors, read_about):
        with pytest.raises(ValueError, match=r"is not a whole safetensors file: .*; replace it") as caught:
            read(path)
        assert one_line(caught.value, path)


def test_damaged_json_is_one_clear_line(tmp_path):
    write_json(tmp_path / "a.json", {"a": [1, 2]})
    assert read_json(tmp_path / "a.json") == {"a": [1, 2]}
    (tmp_path / "a.json").write_text('{"a": [1,')
    with pytest.raises(ValueError, match="is not JSON") as caught:
        read_json(tmp_path / "a.json")
    assert one_line(caught.value, tmp_path / "a.json")


def test_missing_files_name_themselves(tmp_path):
    for read in (read_tensors, read_json, read_rows):
        with pytest.raises(FileNotFoundError, match="absent"):
            read(tmp_path / "absent")


@given(st.lists(st.fixed_dictionaries({"name": TEXT, "value, quoted": st.one_of(TEXT, st.integers())}), max_size=5))
def test_rows_come_back_as_text(tmp_path, rows):
    write_rows(tmp_path / "t.csv", ["name", "value, quoted"], rows)
    assert read_rows(tmp_path / "t.csv") == [{key: str(value) for key, value in row.items()} for row in rows]
    with (tmp_path / "t.csv").open(newline="") as file:
        assert next(csv.reader(file)) == ["name", "value, quoted"]
    assert b"\r" not in (tmp_path / "t.csv").read_bytes()


def test_files_are_utf_8_in_any_locale(tmp_path):
    """A locale of ASCII, in a process of its own, because Python reads the locale once."""
    code = """
import sys
from xbar.files import read_json, write_json, write_rows, write_text
folder, text = sys.argv[1], chr(181) + "S"
write_rows(f"{folder}/rows", [text], [{text: text}])
write_text(f"{folder}/text", text)
write_json(f"{folder}/json", text)
open(f"{folder}/mine", "wb").write(('"' + text + '"').encode())
assert read_json(f"{folder}/mine") == read_json(f"{folder}/json") == text
"""
    source = Path(__file__).parents[2] / "src"
    ascii_alone = {"PYTHONPATH": str(source), "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=os.environ | ascii_alone, check=True)
    assert (tmp_path / "text").read_bytes() == b"\xc2\xb5S"
    assert read_rows(tmp_path / "rows") == [{"\u00b5S": "\u00b5S"}]


def test_rows_with_other_columns_are_refused_and_leave_nothing(tmp_path):
    path = tmp_path / "t.csv"
    with pytest.raises(ValueError, match="column 'c' is not one of a, b") as caught:
        write_rows(path, iter(["a", "b"]), [{"a": 1, "b": 2}, {"a": 1, "c": 2}])
    assert one_line(caught.value, path)
    assert list(tmp_path.iterdir()) == []


def test_columns_without_a_value_are_empty(tmp_path):
    write_rows(tmp_path / "t.csv", ["a", "b"], [{"b": 2}])
    assert (tmp_path / "t.csv").read_text() == "a,b\n,2\n"


def test_table_without_a_header_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(ValueError, match=r"t\.csv has no header"):
        read_rows(tmp_path / "t.csv")
    write_rows(tmp_path / "t.csv", ["a"], [])
    assert read_rows(tmp_path / "t.csv") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n", r"t\.csv:3: 1 fields in a row; the header has 2"),
        ("a,b\n1,2,3,4\n", r"t\.csv:2: 4 fields in a row; the header has 2"),
        ("a,c\n1,2\n", r"t\.csv: columns b are missing; needed are a, b"),
        ("", r"t\.csv has no header"),
    ],
)
def test_damaged_rows_are_one_clear_line(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_rows(path, ["a", "b"])
    assert one_line(caught.value, path)


def test_exact_columns_are_these_in_this_order_even_without_rows(tmp_path):
    path = tmp_path / "t.csv"
    for header in ("a,b,c", "b,a", "a"):
        path.write_text(header + "\n")
        with pytest.raises(ValueError, match=f"columns are {', '.join(header.split(','))}; expected a, b"):
            read_rows(path, ["a", "b"], exact=True)
    path.write_text("b,c,a\n2,3,1\n")
    assert read_rows(path, ["a", "b"]) == [{"b": "2", "c": "3", "a": "1"}]


def test_tensors_that_are_no_numbers_are_named(tmp_path):
    for dtype, value in ((torch.float32, float("nan")), (torch.float64, float("inf")), (torch.bfloat16, float("-inf"))):
        write_tensors(tmp_path / "t", {"whole": torch.ones(2), "broken": torch.tensor([1, value], dtype=dtype)}, {})
        with pytest.raises(ValueError, match="tensor 'broken' holds NaN or infinity") as caught:
            read_tensors(tmp_path / "t")
        assert one_line(caught.value, tmp_path / "t")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"\xef\xbb\xbfa,b\n1,2\n", {2: {"a": "1", "b": "2"}}),  # byte-order mark
        (b'\xef\xbb\xbf"a","b"\r\n1,2\r\n', {2: {"a": "1", "b": "2"}}),
        (b"a,b\r1,2\r3,4", {2: {"a": "1", "b": "2"}, 3: {"a": "3", "b": "4"}}),  # old Macintosh
        (b"\n\na,b\n\n\n1,2\n,\n ,\n3,4\n\n", {6: {"a": "1", "b": "2"}, 9: {"a": "3", "b": "4"}}),
        (b"a,b,,\n1,2,,\n3,4\n,,,\n,,,,,\n", {2: {"a": "1", "b": "2"}, 3: {"a": "3", "b": "4"}}),
        (b" a ,b\xc2\xa0\n 1 ,\t2\n", {2: {"a": "1", "b": "2"}}),
        (b'b,a\n"1\n2",3\n4,"5, ""6"""\n', {2: {"a": "3", "b": "1\n2"}, 4: {"a": '5, "6"', "b": "4"}}),
        (b"a,b\n", {}),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path, content, rows):
    """The numbers are those of the lines in the file on which the rows begin."""
    (tmp_path / "t.csv").write_bytes(content)
    assert read_by_line(tmp_path / "t.csv", ["a", "b"]) == rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"sep=,\na,b\n1,2\n", r"t\.csv:1: 'sep=' is no header; remove this line"),
        (b"a;b\n1;2\n", r"t\.csv: semicolons separate its fields; allowed are commas"),
        (b"a\tb\n1\t2\n", r"t\.csv: tabs separate its fields; allowed are commas"),
        ("a,b\n1,2\n3,\xb5\n".encode("latin-1"), r"t\.csv:3: this is no text in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), r"t\.csv:1: this is no text in UTF-8; allowed are CSV files in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), r"t\.csv:1: this is no text in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", r"t\.csv:1: this is no text in UTF-8"),  # a workbook
        (b"", r"t\.csv has no header"),
        (b"\n ,\n", r"t\.csv has no header"),
        (b"\na,b\n\n1,2,3\n", r"t\.csv:4: 3 fields in a row; the header has 2"),
        (b"a,b\n1,2,,3\n", r"t\.csv:2: 4 fields in a row; the header has 2"),
        (b'a,b\n"1\n",2\n\n3\n', r"t\.csv:5: 1 fields in a row; the header has 2"),
        (b'a,b\n\n1,"2\n3,4\n', r"t\.csv:3: unexpected end of data"),
        (b"a,c,b\n1,2,3\n", r"t\.csv: column 'c' is not one of a, b$"),
        (b"a,b,a\n1,2,3\n", r"t\.csv: column 'a' is there twice; allowed is once$"),
        (b"A,b\n1,2\n", r"t\.csv: columns a are missing; needed are a, b"),
    ],
)
def test_tables_that_are_none_are_one_clear_line(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_by_line(path, ["a", "b"])
    assert one_line(caught.value, path)


def test_a_cell_holds_a_finite_number():
    assert [number_of(text, "t.csv:2") for text in ("4", " 1e-3", "-0.5")] == [4.0, 1e-3, -0.5]


@pytest.mark.parametrize(("text", "told"), [
    ("", "'' is not a number"),
    ("1,5", "'1,5' is not a number"),
    ("nan", "nan is not allowed: numbers are finite"),
    ("1e999", "1e999 is not allowed: numbers are finite"),
])  # fmt: skip
def test_other_cells_are_refused_in_one_line(text, told):
    with pytest.raises(ValueError) as refused:
        number_of(text, "t.csv:2")
    assert str(refused.value) == f"t.csv:2: {told}"
