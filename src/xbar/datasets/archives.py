"""Raw files by name, wherever they lie below a folder: loose, in a zip, in a zip within a zip, or in a tar.

Both stages that read raw files find them by `places`. The first folder of a name, such as that of a data set, may be
absent or lie further down. People name that folder, its parent, or the folder into which they unpacked it.
"""

import gzip
import io
import logging
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
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
    RuntimeError,  # a zip with a password
)
TAR = re.compile(r"(\.tar( ?\(\d+\))?\.gz|\.tgz|\.tar)$", re.IGNORECASE)  # browsers add a number to copies
INNER_BYTES = 1 << 28  # a zip within a zip is read into memory; UCI's takes 60 MB

Reader = Callable[[str], bytes | None]
logger = logging.getLogger(__name__)


def places(folder: Path, names: Collection[str]) -> Iterator[Path]:
    """Folders and zips that hold some of `names`: first `folder` and the folders in it, then the zips in each."""
    roots = [folder, *sorted(path for path in folder.glob("*") if path.is_dir())]
    seen: set[Path] = set()
    for root in roots:
        found = {path for name in names if (path := loose(root, name))}
        if found - seen:
            yield root
        seen |= found
    for root in roots:
        for path in sorted(root.glob("*.[zZ][iI][pP]")):
            if path.is_file() and _holds(path, names):
                yield path


def tars(folder: Path, stems: Collection[str]) -> list[Path]:
    """The tars in `folder` and in its folders whose names begin with one of `stems`."""
    found = [*folder.glob("*"), *folder.glob("*/*")]
    return sorted(path for path in found if TAR.search(path.name) and path.name.startswith(tuple(stems)))


def stem(name: str) -> str:
    """The name of an archive without its ending."""
    return TAR.sub("", name)


def sought(folder: Path, names: Collection[str], archives: Collection[str]) -> str:
    """The names that were looked for and the folder, in words for messages."""
    tops = " or ".join(dict.fromkeys(repr(name.partition("/")[0]) for name in names))
    zips = [repr(name) for name in archives if name.lower().endswith(".zip")]
    tars = [repr(f"{stem(name)}*.tar.gz") for name in archives if TAR.search(name)]
    such = f", such as {' or '.join(zips)}" if zips else ""
    ways = [tops, "the files in it", f"a zip that holds them{such}", *tars]
    return f"{folder} and the folders in it were searched for {', '.join(ways[:-1])} or {ways[-1]}"


def loose(root: Path, name: str) -> Path | None:
    """The file `name` below `root`. The first folder of the name may be `root` itself. None where there is no file."""
    return next((path for path in (root / name, root / _inner(name)) if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    """Whether there is a file, as far as one may look: a folder that may not be read (lost+found) holds none."""
    try:
        return path.is_file()
    except OSError:
        return False


@contextmanager
def opened(place: Path, names: Collection[str]) -> Iterator[Reader]:
    """A function from file name to content, None for an absent file.

    `place`: a zip, or a folder, of which the first of its `places` counts. Nothing is unpacked to disk, so that a
    hostile member name can do no harm. ValueError, one line with the name of the zip, where it cannot be read.
    """
    place = place if place.is_file() else next(places(place, names), place)
    if place.is_file():
        with zip_files(place) as read:
            yield read
    else:
        yield lambda name: path.read_bytes() if (path := loose(place, name)) else None


@contextmanager
def zip_files(path: Path) -> Iterator["Zip"]:
    """As `opened`, for a zip or a zip within a zip."""
    with _whole(path), zipfile.ZipFile(path) as file:
        yield Zip(file)


def unpacked(path: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Those of `names` that a zip or a tar holds, with their content.

    ValueError, one line with `path`, where it cannot be read.
    """
    if path.suffix.lower() == ".zip":
        with zip_files(path) as read:
            yield from [(name, content) for name in names if (content := read(name)) is not None]
        return
    with _whole(path), tarfile.open(path, "r:*") as file:
        for member in file:
            name = next((name for name in names if f"/{member.name}".endswith(f"/{name}")), None)
            if name and member.isfile() and (opened_member := file.extractfile(member)):
                yield name, opened_member.read()


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise ValueError(
            f"{path} is not a whole archive ({(str(error) or 'cut short').splitlines()[0].rstrip(':')})"
        ) from None


def _inner(name: str) -> str:
    return name.partition("/")[2] or name


def _holds(path: Path, names: Collection[str]) -> bool:
    """Whether a zip has one of `names`. One that cannot be read may belong to anything, so it only gives a warning."""
    try:
        with zip_files(path) as packed:
            return any(packed.find(name) for name in names)
    except (ValueError, OSError) as fault:
        logger.warning("%s", fault)
        return False


class Zip:
    """A function from file name to content. Zips within the zip are searched last, and large ones not at all."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members = {name.replace("\\", "/"): name for name in file.namelist()}

    @cached_property
    def _packed(self) -> list["Zip"]:
        # UCI's site wraps the original zip in another one.
        zips = [info for info in self._file.infolist() if info.filename.lower().endswith(".zip")]
        small = [self._file.read(info) for info in zips if info.file_size <= INNER_BYTES]
        return [Zip(zipfile.ZipFile(io.BytesIO(content))) for content in small]

    def find(self, name: str) -> tuple[zipfile.ZipFile, str] | None:
        """The member with this name, and the zip that holds it. None where there is none."""
        for wanted in (name, _inner(name)):
            ends = (member for member in self._members if member.endswith(f"/{wanted}"))
            if member := wanted if wanted in self._members else next(ends, None):
                return self._file, self._members[member]
        return next((found for inner in self._packed if (found := inner.find(name))), None)

    def __call__(self, name: str) -> bytes | None:
        found = self.find(name)
        return found[0].read(found[1]) if found else None
