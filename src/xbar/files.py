"""The files between stages: one reader and one writer per format; a file is whole or it is absent."""

import csv
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """A temporary name beside `path`, renamed to it on success and removed on failure.

    Raises OSError with one line (path and cause) when the disk is full or the folder is not writable.
    """
    path = Path(path)
    mine = f"{platform.node()}.{os.getpid()}"  # two jobs, on one node or on two, never share a part
    temporary = path.with_name(f".{path.name}.{mine}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # not there, or in a folder that is none; the error above is the one to read
            temporary.unlink()


def write_tensors(path: str | Path, tensors: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Tensors by name, with `about` (the config that made them) as JSON in the header."""
    from safetensors.torch import save

    header = {"about": json.dumps(about, sort_keys=True)}
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic(path) as part:
        part.write_bytes(save(whole, header))  # not save_file, which leaves files that only their owner can read


def read_tensors(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors by name and what was written as `about`.

    ValueError names a file that is not safetensors, and a tensor that holds NaN or infinity: no stage needs them.
    """
    with _safetensors(path, "pt") as file:
        tensors, about = {name: file.get_tensor(name) for name in file.keys()}, _about(file)  # noqa: SIM118
    if broken := [name for name, tensor in tensors.items() if not is_finite(tensor)]:
        raise ValueError(f"{path}: tensor '{broken[0]}' holds NaN or infinity")
    return tensors, about


def is_finite(tensor: Any) -> bool:
    """Whether a tensor of torch holds neither NaN nor infinity, in one pass; whoever imports this needs no torch."""
    if not tensor.numel() or not tensor.is_floating_point():
        return True
    return all(bool(bound.isfinite()) for bound in tensor.detach().aminmax())  # NaN passes; isfinite makes five passes


def read_numbers(path: str | Path) -> dict[str, Any]:
    """Arrays of numpy by name, without torch. ValueError names a file that is not safetensors."""
    with _safetensors(path, "numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def read_about(path: str | Path) -> dict[str, Any]:
    """What was written as `about`, without the tensors and without torch. ValueError as in `read_numbers`."""
    with _safetensors(path, "numpy") as file:
        return _about(file)


@contextmanager
def _safetensors(path: str | Path, framework: str) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework=framework) as file:
            yield file
    except SafetensorError as error:
        raise ValueError(f"{path} is not a whole safetensors file: {error}") from None


def _about(file: Any) -> dict[str, Any]:
    return json.loads((file.metadata() or {}).get("about", "{}"))


def write_text(path: str | Path, text: str) -> None:
    """Text as it is."""
    with atomic(path) as part:
        part.write_text(text)


def write_json(path: str | Path, value: Any) -> None:
    """One JSON value, keys sorted, so that equal values give equal bytes."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def read_json(path: str | Path) -> Any:
    """The JSON value in `path`; ValueError names a file that is not JSON."""
    try:
        return json.loads(Path(path).read_text())
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None


def write_rows(path: str | Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A tidy CSV with exactly these columns, empty where a row lacks one; ValueError for a row with others."""
    columns = list(columns)
    with atomic(path) as part, part.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            if others := [name for name in row if name not in columns]:
                raise ValueError(f"{path}: column '{others[0]}' is not one of {', '.join(columns)}")
            writer.writerow(row)


def read_rows(path: str | Path, columns: Iterable[str] = (), *, exact: bool = False) -> list[dict[str, str]]:
    """The rows of a CSV as text.

    Raises ValueError, one line, for a file without a header or without one of `columns` (`exact`: with any others, or
    in another order), and for a row with more or fewer fields than the header.
    """
    with Path(path).open(newline="") as file:
        reader = csv.DictReader(file)
        _check_header(path, list(reader.fieldnames or ()), list(columns), exact)
        return [_whole(row, f"{path}:{reader.line_num}") for row in reader]


def _check_header(path: str | Path, found: list[str], columns: list[str], exact: bool) -> None:
    if not found:
        raise ValueError(f"{path} has no header")
    if exact and found != columns:
        raise ValueError(f"{path}: columns are {', '.join(found)}; expected {', '.join(columns)}")
    if missing := [name for name in columns if name not in found]:
        raise ValueError(f"{path}: columns {', '.join(missing)} are missing; needed are {', '.join(columns)}")


def _whole(row: dict[Any, Any], where: str) -> dict[str, str]:
    """The row, unless `csv.DictReader` had to fill it up (with None) or had fields left (under None)."""
    if None in row or None in row.values():
        fields = len(row.pop(None, ())) + sum(value is not None for value in row.values())
        raise ValueError(f"{where}: {fields} fields in a row; the header has {len(row)}")
    return row
