"""The raw files of a dataset: found or downloaded, and compared with a table of published checksums."""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from xbar import files
from xbar.datasets import archives
from xbar.datasets.download import download

logger = logging.getLogger(__name__)


class Archive(NamedTuple):
    """A file to download and the addresses that offer it. `checksum` is empty where its contents are compared."""

    name: str
    checksum: str
    addresses: list[str]


def fetch(dataset: str, folder: Path, table: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Checksum ("md5:...") by name of every raw file of `dataset`. Afterwards all are in `folder` and right.

    `table`: rows dataset, file, kind (data | archive), algorithm, checksum, address; an archive has a row per mirror.
    Files that are present are used and never replaced, whatever the name of their archive. Absent files come from the
    first address that gives them. A zip is read in place, unless the archives of the table are tars. Tars have no index
    and are unpacked. ValueError for a corrupt file. OSError if no address gives the right bytes, or the disk is full.
    """
    rows = [row for row in table if row["dataset"] == dataset]
    checksums = {row["file"]: _checksum(row) for row in rows if row["kind"] == "data"}
    sources = _archives(rows)
    if not checksums:
        return checksums
    found = locate(folder, checksums, tuple(name for name in sources if _is_zip(name)))
    if found is None:
        found = _tar(folder, sources) or _downloaded(folder, sources, checksums)
    if found.is_file() and not any(map(_is_zip, sources)):
        _unpack(found, folder, checksums)
    return checksums


def verify(folder: Path, checksums: Mapping[str, str], zips: Sequence[str]) -> Path:
    """The folder or zip in which every file of `checksums` is right. ValueError, one line, where there is none.

    `zips`: names of zips of the dataset. Without any, its reader takes folders only.
    """
    found = locate(folder, checksums, zips) if checksums else folder
    if found is None or (found.is_file() and not zips):
        absent = [name for name in checksums if archives.loose(folder, name) is None]
        raise ValueError(
            f"{folder / absent[0]} is gone ({len(absent)} of {len(checksums)} raw files are missing); "
            f"{archives.sought(folder, checksums, zips)}; "
            "put it back, or run with --forcerun fetch_dataset to have it downloaded or unpacked"
        )
    return found


def locate(folder: Path, checksums: Mapping[str, str], zips: Sequence[str]) -> Path | None:
    """The first folder or zip of `archives.places` in which every file of `checksums` is right, or None.

    `zips`: names by which a zip is known to be of this dataset. ValueError, one line, for a `folder` that is a file,
    and for a corrupt file in `folder`. ValueError also for a zip of such a name that is broken or lacks a file, where
    no other place is right.
    """
    if folder.is_file():
        raise ValueError(f"config.yaml: raw_data: {folder} is a file; name the folder that holds it")
    faults: dict[str, ValueError] = {}
    named = [folder / name for name in zips if (folder / name).is_file()]
    with _advised():
        for place in chain(archives.places(folder, checksums), named):  # the first right one ends the search
            try:
                if _is_whole(place, checksums):
                    return place
            except ValueError as fault:
                if place == folder:
                    raise
                logger.warning("%s", fault)
                faults[place.name] = fault
        if known := [fault for name, fault in faults.items() if name in zips]:
            raise known[0]
    return None


def _is_whole(place: Path, checksums: Mapping[str, str]) -> bool:
    """Whether every file is there. ValueError for a corrupt file, and for one that a zip lacks."""
    whole = True
    with archives.opened(place, checksums) as read:
        for name, checksum in checksums.items():
            content = read(name)
            whole &= content is not None
            if content is not None or place.is_file():
                _check(place / name, checksum, content)
    return whole


def _checksum(row: Mapping[str, str]) -> str:
    return f"{row['algorithm']}:{row['checksum']}" if row["checksum"] else ""


def _archives(rows: Sequence[Mapping[str, str]]) -> dict[str, Archive]:
    found: dict[str, Archive] = {}
    for row in rows:
        if row["kind"] == "archive":
            archive = found.setdefault(row["file"], Archive(row["file"], _checksum(row), []))
            archive.addresses.append(row["address"])
    return found


def _is_zip(name: str) -> bool:
    return name.endswith(".zip")


def _tar(folder: Path, sources: Mapping[str, Archive]) -> Path | None:
    """A tar of the dataset in `folder`: one that the table names, with its checksum, or one of a similar name."""
    stems = [archives.stem(name) for name in sources if not _is_zip(name)]
    found = archives.tars(folder, stems) if stems else []
    for path in found:
        if path.name in sources:
            with _advised():
                _check_archive(path, sources[path.name], {})
            return path
    return found[0] if found else None


def _downloaded(folder: Path, sources: Mapping[str, Archive], needed: Mapping[str, str]) -> Path:
    faults = []
    for source in sources.values():
        try:
            download(source.addresses, folder / source.name, partial(_check_archive, source=source, needed=needed))
            return folder / source.name
        except ConnectionError as error:
            faults.append(str(error))
    raise ConnectionError(
        f"{'; '.join([archives.sought(folder, needed, sources), *faults])}; the files can also be put there by hand"
    )


def _check_archive(path: Path, source: Archive, needed: Mapping[str, str]) -> None:
    """ValueError unless the archive has its checksum and, if it is a zip, every needed file with its own."""
    if source.checksum:
        algorithm = source.checksum.partition(":")[0]
        with path.open("rb") as file:
            _compare(path, source.checksum, hashlib.file_digest(file, algorithm).hexdigest())
    if _is_zip(source.name):
        with archives.zip_files(path) as read:
            for name, checksum in needed.items():
                _check(path / name, checksum, read(name))


def _unpack(archive: Path, folder: Path, checksums: Mapping[str, str]) -> None:
    """Unpack the files that `folder` lacks."""
    needed = {name: checksum for name, checksum in checksums.items() if not (folder / name).is_file()}
    with _advised():
        for name, content in archives.unpacked(archive, needed):
            _check(archive / name, needed.pop(name), content)
            with files.atomic(folder / name) as part:
                part.write_bytes(content)
        for name, checksum in needed.items():
            _check(archive / name, checksum, None)


def _check(path: Path, checksum: str, content: bytes | None) -> None:
    if content is None:
        raise ValueError(f"{path.parent} has no {path.name}")
    _compare(path, checksum, hashlib.new(checksum.partition(":")[0], content).hexdigest())


def _compare(path: Path, checksum: str, digest: str) -> None:
    algorithm, _, expected = checksum.partition(":")
    if digest != expected:
        raise ValueError(f"{path} is corrupt: its {algorithm} is {digest}, not {expected}")


@contextmanager
def _advised() -> Iterator[None]:
    try:
        yield
    except ValueError as fault:
        raise ValueError(f"{fault}; remove the file or its archive to have it downloaded") from None
