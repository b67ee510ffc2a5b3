"""The raw files of a dataset: found or downloaded, and checked against a table of published checksums."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from xbar import files
from xbar.datasets import archives
from xbar.datasets.download import download


class Archive(NamedTuple):
    """A file to download and the addresses that offer it; `checksum` is empty where its contents decide."""

    name: str
    checksum: str
    addresses: list[str]


def fetch(dataset: str, folder: Path, table: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Checksum ("md5:...") by name of every raw file of `dataset`; all are in `folder` and right afterwards.

    `table`: rows dataset, file, kind (data | archive), algorithm, checksum, address; an archive has a row per
    mirror. What is present is used and never replaced; what is absent comes from an archive in `folder`, else
    from the first address that gives it. A zip is read where it lies; a tar, which has no index, is unpacked.
    Raises ValueError for a corrupt file; OSError if no address gives the right bytes, or the disk is full.
    """
    rows = [row for row in table if row["dataset"] == dataset]
    checksums = {row["file"]: _checksum(row) for row in rows if row["kind"] == "data"}
    sources = _archives(rows)
    absent = find(folder, checksums, tuple(name for name in sources if _is_zip(name)))
    if absent:
        needed = {name: checksums[name] for name in absent}
        archive = _present(folder, sources, needed) or _downloaded(folder, sources, needed)
        if not _is_zip(archive.name):
            _unpack(archive, folder, needed)
    return checksums


def verify(folder: Path, checksums: Mapping[str, str], zips: tuple[str, ...]) -> None:
    """Raise ValueError unless every file of `checksums` is right, in `folder` or in one of its `zips`."""
    absent = find(folder, checksums, zips)
    if absent:
        raise ValueError(
            f"{folder / absent[0]} is gone ({len(absent)} of {len(checksums)} raw files are missing); "
            "put it back, or run with --forcerun fetch_dataset to have it downloaded"
        )


def find(folder: Path, checksums: Mapping[str, str], zips: tuple[str, ...]) -> list[str]:
    """The names that are neither in `folder` nor in its `zips`; ValueError names one that is corrupt."""
    absent = []
    with _advised(), archives.folder_files(folder, zips) as read:
        for name, checksum in checksums.items():
            content = read(name)
            if content is None:
                absent.append(name)
            else:
                _check(folder / name, checksum, content)
    return absent


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


def _present(folder: Path, sources: Mapping[str, Archive], needed: Mapping[str, str]) -> Path | None:
    path = archives.first_present(folder, tuple(sources))
    if path is not None:
        with _advised():
            _check_archive(path, sources[path.name], needed)
    return path


def _downloaded(folder: Path, sources: Mapping[str, Archive], needed: Mapping[str, str]) -> Path:
    faults = []
    for source in sources.values():
        try:
            download(source.addresses, folder / source.name, lambda path, s=source: _check_archive(path, s, needed))
            return folder / source.name
        except ConnectionError as error:
            faults.append(str(error))
    raise ConnectionError(f"{'; '.join(faults)}; the files can also be put into {folder} by hand")


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


def _unpack(archive: Path, folder: Path, needed: Mapping[str, str]) -> None:
    found = set()
    with _advised():
        for name, content in archives.unpacked(archive, list(needed)):
            _check(archive / name, needed[name], content)
            with files.atomic(folder / name) as part:
                part.write_bytes(content)
            found.add(name)
        for name in needed.keys() - found:
            _check(archive / name, needed[name], None)


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
