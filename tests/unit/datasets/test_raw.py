"""Raw files: used where they are right, downloaded where absent, refused where corrupt, never replaced."""

import hashlib
import re
from pathlib import Path

import pytest
from support.archives import tarred, zipped
from torchvision.datasets import CIFAR10

from xbar.datasets import archives, har, raw
from xbar.files import read_rows

TABLE = Path(__file__).parents[3] / "workflow" / "reference" / "raw_files.csv"
FILES = {"thing/one.bin": b"one" * 50, "thing/two.bin": b"two" * 50}


def row(file: str, content: bytes | None = None, address: str = "", dataset: str = "thing") -> dict[str, str]:
    checksum = "" if content is None else hashlib.sha256(content).hexdigest()
    kind = "archive" if address else "data"
    return {
        "dataset": dataset, "file": file, "kind": kind, "algorithm": "sha256", "checksum": checksum,
        "bytes": "", "address": address, "source": "",
    }  # fmt: skip


DATA = [row(name, content) for name, content in FILES.items()]
CHECKSUMS = {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in FILES.items()}
NOWHERE = "http://127.0.0.1:1/none"


def lay(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("present", [FILES, {"t.zip": zipped(FILES)}, {"t.zip": zipped({"u.zip": zipped(FILES)})}])
def test_right_files_are_used_as_they_are(tmp_path, present):
    lay(tmp_path, present)
    assert raw.fetch("thing", tmp_path, [row("t.zip", address=NOWHERE), *DATA]) == CHECKSUMS
    assert tree(tmp_path) == present
    raw.verify(tmp_path, CHECKSUMS, ("t.zip",))


def test_absent_zip_is_downloaded_from_the_second_mirror(server, serves, tmp_path):
    wrong = zipped(FILES | {"thing/two.bin": b"other"})
    table = [
        row("u.zip", address=server.address("gone")),
        row("t.zip", address=server.address("wrong", serves(wrong))),
        row("t.zip", address=server.address("right", serves(zipped(FILES)))),
        *DATA,
    ]
    assert raw.fetch("thing", tmp_path / "raw", table) == CHECKSUMS
    assert tree(tmp_path / "raw") == {"t.zip": zipped(FILES)}
    assert server.requests == 3
    raw.fetch("thing", tmp_path / "raw", table)
    assert server.requests == 3


def test_absent_tar_is_downloaded_and_unpacked(server, serves, tmp_path):
    content = tarred(FILES | {"../outside": b"hostile", "thing/more": b"not in the table"})
    table = [row("t.tar.gz", content, server.address("t", serves(content))), *DATA]
    assert raw.fetch("thing", tmp_path / "raw", table) == CHECKSUMS
    assert tree(tmp_path) == {f"raw/{name}": each for name, each in (FILES | {"t.tar.gz": content}).items()}


def test_a_present_tar_is_unpacked_where_files_are_absent(tmp_path):
    content = tarred(FILES)
    lay(tmp_path, {"t.tar.gz": content, "thing/one.bin": FILES["thing/one.bin"]})
    raw.fetch("thing", tmp_path, [row("t.tar.gz", content, NOWHERE), *DATA])
    assert tree(tmp_path) == FILES | {"t.tar.gz": content}


CORRUPT = {
    "a file": ({**FILES, "thing/two.bin": b"bad"}, "thing/two.bin is corrupt"),
    "a file beside a right zip": ({"t.zip": zipped(FILES), "thing/two.bin": b"bad"}, "thing/two.bin is corrupt"),
    "a file of two, one absent": ({"thing/two.bin": b"bad"}, "thing/two.bin is corrupt"),
    "a file in a zip": ({"t.zip": zipped({**FILES, "thing/two.bin": b"bad"})}, "thing/two.bin is corrupt"),
    "a cut zip": ({"t.zip": zipped(FILES)[:100]}, "t.zip is not a whole archive"),
    "a zip that lacks a file": ({"t.zip": zipped({"thing/one.bin": FILES["thing/one.bin"]})}, "has no two.bin"),
    "a tar": ({"t.tar.gz": tarred(FILES)[:-1]}, "t.tar.gz is corrupt"),
}


@pytest.mark.parametrize("what", CORRUPT)
def test_what_is_corrupt_is_named_and_left_alone(server, serves, tmp_path, what):
    present, fault = CORRUPT[what]
    lay(tmp_path, present)
    table = [
        row("t.zip", address=server.address("z", serves(zipped(FILES)))),
        row("t.tar.gz", tarred(FILES), server.address("t", serves(tarred(FILES)))),
        *DATA,
    ]
    with pytest.raises(ValueError, match=fault) as error:
        raw.fetch("thing", tmp_path, table)
    assert "\n" not in str(error.value) and "remove" in str(error.value)
    assert tree(tmp_path) == present
    assert server.requests == 0


def test_the_error_tells_both_checksums(tmp_path):
    lay(tmp_path, {**FILES, "thing/one.bin": b"bad"})
    with pytest.raises(ValueError) as error:
        raw.fetch("thing", tmp_path, DATA)
    for content in (b"bad", FILES["thing/one.bin"]):
        assert hashlib.sha256(content).hexdigest() in str(error.value)


def test_no_right_source_is_one_line_with_every_address(server, serves, tmp_path):
    table = [
        row("t.zip", address=server.address("gone")),
        row("t.tar.gz", tarred(FILES), server.address("wrong", serves(b"something else"))),
        *DATA,
    ]
    with pytest.raises(OSError, match=r"gone: HTTP 404 .*wrong: wrong bytes.* by hand") as error:
        raw.fetch("thing", tmp_path, table)
    assert "\n" not in str(error.value)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["t (1).zip", "getdata%2Fprojectfiles%2Ft.zip", "any.ZIP", "deeper/t.zip"])
@pytest.mark.parametrize("inner", ["", "thing", "thing in a folder", "zip"])
def test_a_zip_of_any_name_and_depth_is_the_one_that_both_stages_read(tmp_path, name, inner):
    files = {
        "": FILES,
        "thing": {path.removeprefix("thing/"): content for path, content in FILES.items()},
        "thing in a folder": {f"copy/{path}": content for path, content in FILES.items()},
        "zip": {"t.zip": zipped(FILES), "note": b""},
    }[inner]
    lay(tmp_path, {name: zipped(files), "other.zip": zipped({"else": b""}), "broken.zip": b"PK"})
    assert raw.fetch("thing", tmp_path, [row("t.zip", address=NOWHERE), *DATA]) == CHECKSUMS
    place = raw.verify(tmp_path, CHECKSUMS, ("t.zip",))
    assert place == tmp_path / name
    with archives.opened(place, FILES) as read:
        assert {path: read(path) for path in FILES} == FILES


@pytest.mark.parametrize(
    "bad",
    [b"", zipped(FILES)[:-20], zipped(FILES | {"thing/two.bin": b"bad"}), zipped({"a": b""})],
    ids=["empty", "cut", "changed", "other"],  # bytes would be, with the time in them: workers collect one list
)
def test_a_right_zip_beside_a_bad_one_is_used(tmp_path, bad):
    """As browsers leave them: the first download was cut, the second has a number."""
    lay(tmp_path, {"t.zip": bad, "t (1).zip": zipped(FILES)})
    assert raw.fetch("thing", tmp_path, [row("t.zip", address=NOWHERE), *DATA]) == CHECKSUMS
    assert raw.verify(tmp_path, CHECKSUMS, ("t.zip",)) == tmp_path / "t (1).zip"


@pytest.mark.parametrize("pointed", ["", "thing", "deeper", "deeper/thing"])
def test_unpacked_files_are_found_from_their_folder_and_from_above(tmp_path, pointed):
    lay(tmp_path / "deeper", FILES)
    lay(tmp_path, FILES)
    assert raw.fetch("thing", tmp_path / pointed, [row("t.zip", address=NOWHERE), *DATA]) == CHECKSUMS
    assert raw.verify(tmp_path / pointed, CHECKSUMS, ()) == tmp_path / pointed


@pytest.mark.parametrize(
    "name", ["t.tar.gz", "t (1).tar.gz", "t.tar (1).gz", "t.tgz", "t.tar", "any.zip", "deeper/t.tgz"]
)
def test_what_stands_for_a_tar_is_unpacked(tmp_path, name):
    packed = zipped(FILES) if name.endswith(".zip") else tarred(FILES)
    lay(tmp_path, {name: packed})
    assert raw.fetch("thing", tmp_path, [row("t.tar.gz", tarred(FILES), NOWHERE), *DATA]) == CHECKSUMS
    assert tree(tmp_path) == FILES | {name: packed}
    assert raw.verify(tmp_path, CHECKSUMS, ()) == tmp_path


def test_raw_data_that_is_a_file_is_refused(tmp_path):
    lay(tmp_path, {"t.zip": zipped(FILES)})
    with pytest.raises(ValueError, match=r"raw_data: .*t.zip is a file; name the folder that holds it"):
        raw.fetch("thing", tmp_path / "t.zip", [row("t.zip", address=NOWHERE), *DATA])


def test_every_message_tells_folder_and_names(server, tmp_path):
    told = f"{tmp_path} and the folders in it were searched for 'thing', the files in it or a zip that holds them"
    with pytest.raises(OSError, match=re.escape(f"{told}, such as 't.zip'; ")):
        raw.fetch("thing", tmp_path, [row("t.zip", address=server.address("gone")), *DATA])
    with pytest.raises(ValueError, match=re.escape(f"(2 of 2 raw files are missing); {told}, such as 't.zip'; ")):
        raw.verify(tmp_path, CHECKSUMS, ("t.zip",))


def test_verify_refuses_what_changed_or_went(tmp_path):
    lay(tmp_path, FILES)
    raw.verify(tmp_path, CHECKSUMS, ())
    (tmp_path / "thing/two.bin").write_bytes(b"changed")
    with pytest.raises(ValueError, match=r"two.bin is corrupt"):
        raw.verify(tmp_path, CHECKSUMS, ())
    (tmp_path / "thing/two.bin").unlink()
    with pytest.raises(ValueError, match=r"two.bin is gone \(1 of 2"):
        raw.verify(tmp_path, CHECKSUMS, ())


def test_a_dataset_without_raw_files_needs_no_folder(tmp_path):
    assert raw.fetch("digits", tmp_path / "absent", read_rows(TABLE)) == {}
    assert tree(tmp_path) == {} and not (tmp_path / "absent").exists()


def test_the_table_agrees_with_torchvision_and_the_har_reader():
    rows = read_rows(TABLE)
    checksums = {one["file"]: one["checksum"] for one in rows if one["dataset"] == "cifar10"}
    expected = {f"cifar-10-batches-py/{name}": md5 for name, md5 in CIFAR10.train_list + CIFAR10.test_list}
    expected[f"cifar-10-batches-py/{CIFAR10.meta['filename']}"] = CIFAR10.meta["md5"]
    assert checksums == expected | {CIFAR10.filename: CIFAR10.tgz_md5}
    packed = {one["file"] for one in rows if one["dataset"] == "har" and one["kind"] == "archive"}
    assert packed == set(har.ARCHIVES)
    assert all(one["source"] and (one["address"] or one["bytes"]) for one in rows)
    assert {one["file"] for one in rows if one["dataset"] == "har" and one["kind"] == "data"} == set(har.FILES)


@pytest.mark.raw_data
def test_real_files_are_the_published_ones(raw_data):
    assert len(raw.fetch("har", raw_data, read_rows(TABLE))) == 22
    assert len(raw.fetch("cifar10", raw_data, read_rows(TABLE))) == 7
