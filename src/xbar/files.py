"""The files between stages: one reader and one writer for each format. A file is whole or it is absent."""

import csv
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import file_digest
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any

BROKEN = "replace it, or remove it where the run made it: it is made again"


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it on success and removed on failure.

    OSError, one line (path and cause), where the disk is full or the folder is not writable.
    """
    path = Path(path)
    mine = f"{platform.node()}.{os.getpid()}"  # no two jobs, on one node or on two, share a temporary file
    temporary = path.with_name(f".{path.name}.{mine}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(error.errno, f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):  # there may be no such file; an error above is the one that counts
            temporary.unlink()


def write_tensors(path: str | Path, tensors: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Write tensors by name, with `about` (the config that made them) as JSON in the header."""
    from safetensors.torch import save

    header = {"about": json.dumps(about, sort_keys=True)}
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic(path) as part:
        part.write_bytes(save(whole, header))  # save_file would make files that only their owner can read


def read_tensors(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors by name, and what was written as `about`.

    ValueError for a file that is not safetensors, and for a tensor with NaN or infinity, which no stage needs.
    """
    with _safetensors(path, "pt") as file:
        tensors, about = {name: file.get_tensor(name) for name in file.keys()}, _about(file)  # noqa: SIM118
    if broken := [name for name, tensor in tensors.items() if not is_finite(tensor)]:
        raise ValueError(f"{path}: tensor '{broken[0]}' holds NaN or infinity")
    return tensors, about


def is_finite(tensor: Any) -> bool:
    """Whether a tensor of torch holds neither NaN nor infinity, in one pass. No import of torch is needed."""
    if not tensor.numel() or not tensor.is_floating_point():
        return True
    tensor = tensor.detach() if tensor.element_size() > 1 else tensor.detach().float()  # torch compares no float8
    return all(bool(bound.isfinite()) for bound in tensor.aminmax())  # NaN passes; isfinite makes five passes


def read_numbers(path: str | Path) -> dict[str, Any]:
    """Arrays of numpy by name, without torch. ValueError for a file that is not safetensors."""
    with _safetensors(path, "numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def read_about(path: str | Path) -> dict[str, Any]:
    """What was written as `about`, without tensors and without torch. ValueError as in `read_numbers`."""
    with _safetensors(path, "numpy") as file:
        return _about(file)


@contextmanager
def _safetensors(path: str | Path, framework: str) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework=framework) as file:
            yield file
    except SafetensorError as error:
        raise ValueError(f"{path} is not a whole safetensors file: {error}; {BROKEN}") from None


def _about(file: Any) -> dict[str, Any]:
    try:
        return json.loads((file.metadata() or {}).get("about", "{}"))
    except ValueError:  # the metadata of another program
        return {}


def checksum(path: str | Path) -> str:
    """SHA-256 of a file. The 180 MB of CIFAR-10 take 0.3 s."""
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write_text(path: str | Path, text: str) -> None:
    """Write text as it is, in UTF-8."""
    with atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Any) -> None:
    """Write one JSON value with sorted keys, so that equal values give equal bytes."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def read_json(path: str | Path) -> Any:
    """The JSON value in `path`. ValueError for a file that is not JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}; {BROKEN}") from None


def write_rows(path: str | Path, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV with exactly these columns, empty where a row lacks one. ValueError for a row with others."""
    columns = list(columns)
    with atomic(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            if others := [name for name in row if name not in columns]:
                raise ValueError(f"{path}: column '{others[0]}' is not one of {', '.join(columns)}")
            writer.writerow(row)


def read_rows(path: str | Path, columns: Iterable[str] = (), *, exact: bool = False) -> list[dict[str, str]]:
    """The rows of a CSV as text, as `write_rows` wrote them.

    ValueError, one line, for a file without a header or without one of `columns`, and for a row with more or fewer
    fields than the header. With `exact` also for other columns, or another order.
    """
    (_, header), *records = _records(path)
    _check_header(path, header, list(columns), exact)
    return [_row(header, fields, f"{path}:{line}") for line, fields in records if fields]


def read_by_line(path: str | Path, columns: Iterable[str] = ()) -> dict[int, dict[str, str]]:
    """The rows of a CSV that people edit, by the line of the file on which each begins.

    Blanks around a cell are ignored, as are empty rows and empty columns at the end, which spreadsheets leave.
    ValueError, one line, as in `read_rows`, for a column that is none of `columns` and would not be read, and for a
    repeated column.
    """
    stripped = [(line, [field.strip() for field in fields]) for line, fields in _records(path)]
    (_, first), *rows = [(line, fields) for line, fields in stripped if any(fields)] or [(1, [])]
    header, columns = _without_end(first), list(columns)
    _check_header(path, header, columns, exact=False)
    if repeated := [name for name in header if header.count(name) > 1]:
        raise ValueError(f"{path}: column '{repeated[0]}' is there twice; allowed is once")
    if columns and (unread := [name for name in header if name not in columns]):
        raise ValueError(f"{path}: column '{unread[0]}' is not one of {', '.join(columns)}")
    size = len(header)
    return {line: _row(header, row[:size] + _without_end(row[size:]), f"{path}:{line}") for line, row in rows}


def number_of(text: str, where: str) -> float:
    """The finite number that a cell holds; ValueError, one line that begins with `where`, for other text."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{where}: '{text}' is not a number") from None
    if not isfinite(number):
        raise ValueError(f"{where}: {text} is not allowed: numbers are finite")
    return number


def _records(path: str | Path) -> list[tuple[int, list[str]]]:
    """The fields of every record, with the line on which it begins. An empty file has one record without fields."""
    reader = csv.reader(StringIO(_text(path), newline=""), strict=True)
    records, line = [], 1
    try:
        for fields in reader:
            records.append((line, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}:{line}: {error}") from None
    return records or [(1, [])]


def _text(path: str | Path) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    content = Path(path).read_bytes()
    try:
        if b"\0" not in content:
            return content.decode("utf-8-sig")
        line = 1 + content[: content.index(b"\0")].count(b"\n")
    except UnicodeDecodeError as error:
        line = 1 + content[: error.start].count(b"\n")
    raise ValueError(f"{path}:{line}: this is no text in UTF-8; allowed are CSV files in UTF-8")


def _check_header(path: str | Path, found: list[str], columns: list[str], exact: bool) -> None:
    if not any(found):
        raise ValueError(f"{path} has no header")
    if exact and found != columns:
        raise ValueError(f"{path}: columns are {', '.join(found)}; expected {', '.join(columns)}")
    if missing := [name for name in columns if name not in found]:
        if found[0].startswith("sep="):  # with which Excel begins
            raise ValueError(f"{path}:1: '{found[0]}' is no header; remove this line")
        for name, sign in {"semicolons": ";", "tabs": "\t"}.items():
            if sign in found[0]:
                raise ValueError(f"{path}: {name} separate its fields; allowed are commas")
        raise ValueError(f"{path}: columns {', '.join(missing)} are missing; needed are {', '.join(columns)}")


def _without_end(fields: list[str]) -> list[str]:
    """The fields up to the last one that is not empty."""
    return fields[: max((place for place, field in enumerate(fields, start=1) if field), default=0)]


def _row(header: list[str], fields: list[str], where: str) -> dict[str, str]:
    if len(fields) != len(header):
        raise ValueError(f"{where}: {len(fields)} fields in a row; the header has {len(header)}")
    return dict(zip(header, fields, strict=True))
