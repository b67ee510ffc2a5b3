"""Raw files by name: in a folder, in a zip beside it, in a zip within that zip; and unpacked from a tar."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path

BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,
)

Reader = Callable[[str], bytes | None]


@contextmanager
def folder_files(folder: Path, archives: tuple[str, ...]) -> Iterator[Reader]:
    """A function from file name to content: from `folder`, else from the first zip of `archives` in it.

    The function returns None for a file that is in neither. Raises ValueError for a broken archive.
    """
    archive = first_present(folder, archives)
    if archive is None:
        yield lambda name: _content(folder / name)
    else:
        with zip_files(archive) as packed:
            yield lambda name: packed(name) if (loose := _content(folder / name)) is None else loose


@contextmanager
def zip_files(path: Path) -> Iterator[Reader]:
    """A function from member name to content (None: no such member) for a zip or a zip within a zip.

    Nothing is unpacked to disk, so that a hostile member name leads nowhere.
    Raises ValueError with one line naming `path` where it cannot be read.
    """
    with _whole(path), zipfile.ZipFile(path) as file:
        yield _zip_reader(file)


def unpacked(path: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Name and content of those members of a .tar.gz that are in `names`, in the order of the archive.

    Raises ValueError with one line naming `path` where it cannot be read.
    """
    with _whole(path), tarfile.open(path, "r:gz") as file:
        for member in file:
            content = file.extractfile(member) if member.isfile() and member.name in names else None
            if content is not None:
                yield member.name, content.read()


def first_present(folder: Path, archives: tuple[str, ...]) -> Path | None:
    """The first of `archives` that is in `folder`."""
    return next((folder / name for name in archives if (folder / name).is_file()), None)


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise ValueError(f"{path} is not a whole archive ({error})") from None


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _zip_reader(file: zipfile.ZipFile) -> Reader:
    # UCI's site wraps the original zip in another one.
    names = set(file.namelist())
    inner = [zipfile.ZipFile(io.BytesIO(file.read(name))) for name in names if name.endswith(".zip")]
    readers = [_zip_reader(one) for one in inner]

    def read(name: str) -> bytes | None:
        if name in names:
            return file.read(name)
        return next((content for reader in readers if (content := reader(name)) is not None), None)

    return read
