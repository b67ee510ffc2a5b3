"""The same bytes come out of a folder, a zip, a zip within a zip and a tar."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.archives import zipped

from xbar.datasets import archives

FILES = {"data/a.txt": b"alpha", "data/deep/b.txt": b"beta" * 1000}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("nested", [False, True])
def test_zip_gives_its_files(tmp_path, method, nested):
    content = zipped(FILES, method)
    if nested:
        content = zipped({"note.names": b"", "inner.zip": content})
    (tmp_path / "z.zip").write_bytes(content)
    with archives.zip_files(tmp_path / "z.zip") as read:
        assert {name: read(name) for name in FILES} == FILES
        assert read("data/c.txt") is None


def test_a_file_in_the_folder_goes_before_the_archive(tmp_path):
    (tmp_path / "z.zip").write_bytes(zipped(FILES))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.txt").write_bytes(b"loose")
    assert list(archives.places(tmp_path, FILES)) == [tmp_path, tmp_path / "z.zip"]
    with archives.opened(tmp_path, FILES) as read:
        assert read("data/a.txt") == b"loose"


def test_what_may_not_be_read_holds_nothing(tmp_path, monkeypatch, caplog):
    """A folder such as lost+found, and a zip of someone else; tests run as root, who may read everything."""
    (tmp_path / "lost+found").mkdir()
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(zipped(FILES))
    looked, opened = Path.is_file, zipfile.ZipFile

    def refuse(act, path, *given):
        if "lost+found/" in str(path) or (act is opened and str(path).endswith("a.zip")):
            raise PermissionError(13, "Permission denied", str(path))
        return act(path, *given)

    monkeypatch.setattr(Path, "is_file", lambda path: refuse(looked, path))
    monkeypatch.setattr(archives.zipfile, "ZipFile", lambda path: refuse(opened, path))
    assert list(archives.places(tmp_path, FILES)) == [tmp_path / "b.zip"]
    assert "Permission denied" in caplog.text


def test_tar_gives_only_what_is_asked_for(tmp_path):
    path = tmp_path / "t.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for name, content in (FILES | {"../outside": b"hostile"}).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("data/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        file.addfile(link)
    assert dict(archives.unpacked(path, [*FILES, "data/link"])) == FILES


@pytest.mark.parametrize("keep", [0, 10, 60, -20])
@pytest.mark.parametrize("name", ["z.zip", "t.tar.gz"])
def test_a_cut_archive_is_named_in_one_line(tmp_path, name, keep):
    path = tmp_path / name
    if name == "z.zip":
        whole = zipped(FILES)
    else:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as file:
            file.addfile(tarfile.TarInfo("data/a.txt"))
        whole = buffer.getvalue()
    path.write_bytes(whole[:keep])
    with pytest.raises(ValueError, match=f"{path} is not a whole archive") as error:
        read_all(path)
    assert "\n" not in str(error.value)


def test_a_damaged_member_is_told(tmp_path):
    content = bytearray(zipped(FILES, zipfile.ZIP_STORED))
    content[content.index(b"alpha")] ^= 1
    (tmp_path / "z.zip").write_bytes(content)
    with pytest.raises(ValueError, match="not a whole archive"):
        read_all(tmp_path / "z.zip")


def read_all(path: Path) -> None:
    if path.suffix == ".zip":
        with archives.zip_files(path) as read:
            [read(name) for name in FILES]
    else:
        list(archives.unpacked(path, list(FILES)))
