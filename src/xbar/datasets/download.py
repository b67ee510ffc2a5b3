"""One file from the first of several addresses that gives the right bytes: resumable, bounded, atomic."""

import hashlib
import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

CHUNK_BYTES = 1 << 16
PROGRESS_BYTES = 1 << 20  # an attempt that brings less than this counts as failed
TRANSIENT = {408, 416, 425, 429, 500, 502, 503, 504}

logger = logging.getLogger(__name__)


class _Interrupted(Exception):
    """A transfer that may succeed when it is tried again."""


class _Refused(Exception):
    """An address that will not give the file."""


def download(
    addresses: Sequence[str],
    target: Path,
    check: Callable[[Path], None],
    *,
    attempts: int = 4,
    timeout_s: float = 30.0,
    pause_s: float = 2.0,
) -> None:
    """`target` from the first of `addresses` whose bytes pass `check` (which raises ValueError otherwise).

    An interrupted transfer goes on where it stopped, in this run or the next; `attempts` in a row without
    progress end an address, and a pause of `pause_s` that doubles lies between them. A server that is silent
    for `timeout_s` counts as interrupted. Raises ConnectionError with one line naming every address and its
    fault, OSError if the disk is full or the folder cannot be written.
    """
    _make_folder(target.parent)
    faults = []
    for address in addresses:
        part = _part(target, address)
        try:
            _transfer_checked(address, part, check, attempts, timeout_s, pause_s)
        except _Refused as fault:
            logger.warning("%s: %s", address, fault)
            faults.append(f"{address}: {fault}")
            continue
        os.replace(part, target)
        for other in addresses:
            _part(target, other).unlink(missing_ok=True)
        return
    raise ConnectionError(f"cannot download {target.name}: {'; '.join(faults)}")


def _part(target: Path, address: str) -> Path:
    # Named after the address: bytes of two mirrors are never joined.
    return target.with_name(f".{target.name}.{hashlib.sha256(address.encode()).hexdigest()[:8]}.part")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(error.errno, f"cannot make the folder {folder}: {error.strerror}") from None


def _transfer_checked(
    address: str, part: Path, check: Callable[[Path], None], attempts: int, timeout_s: float, pause_s: float
) -> None:
    resumed = part.exists()
    if resumed and _fault(part, check) is None:
        return  # an earlier run ended between the last byte and the new name
    while True:
        refusal = _transfer_patiently(address, part, attempts, timeout_s, pause_s)
        fault = _fault(part, check) if part.exists() else "nothing arrived"
        if fault is None:
            return  # even if the server announced more: the bytes are right
        if refusal is not None:
            raise _Refused(refusal)
        part.unlink()
        # What an earlier run left may have been wrong already: once more, from the start.
        if not resumed:
            raise _Refused(f"wrong bytes: {fault}")
        resumed = False


def _fault(part: Path, check: Callable[[Path], None]) -> str | None:
    try:
        check(part)
    except ValueError as fault:
        return str(fault).replace(str(part), "the file")
    return None


def _transfer_patiently(address: str, part: Path, attempts: int, timeout_s: float, pause_s: float) -> str | None:
    """None after a whole transfer, else the fault of the last attempt."""
    failed = 0
    while True:
        before = _size(part)
        try:
            return _transfer(address, part, timeout_s)
        except _Refused as fault:
            return str(fault)
        except _Interrupted as fault:
            failed = 1 if _size(part) - before >= PROGRESS_BYTES else failed + 1
            if failed >= attempts:
                return f"{fault} ({attempts} attempts in a row without progress)"
            logger.warning("%s: %s; trying again at %d bytes", address, fault, _size(part))
            time.sleep(pause_s * 2 ** (failed - 1))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _transfer(address: str, part: Path, timeout_s: float) -> None:
    """One request that appends to `part`, or begins it anew where the server does not resume."""
    with _response(address, part, timeout_s) as response:
        start = _start(response, part)
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else None
        _check_space(part, 0 if total is None else total - start)
        with _progress(part, start, total) as progress:
            _write(part, "ab" if start else "wb", _chunks(response), progress)
    if total is not None and _size(part) < total:
        raise _Interrupted(f"the transfer ended at {_size(part)} of {total} bytes")


def _response(address: str, part: Path, timeout_s: float) -> HTTPResponse:
    headers = {"User-Agent": "xbar", "Accept-Encoding": "identity"}
    if _size(part):
        headers["Range"] = f"bytes={_size(part)}-"
    try:
        return urlopen(Request(address, headers=headers), timeout=timeout_s)
    except HTTPError as error:
        error.close()
        if error.code == 416:  # the part is longer than the file, and failed its check: begin anew
            part.unlink(missing_ok=True)
        kind = _Interrupted if error.code in TRANSIENT else _Refused
        raise kind(f"HTTP {error.code} {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise _Interrupted(_cause(error)) from None


def _start(response: HTTPResponse, part: Path) -> int:
    if response.status != 206:
        return 0
    offset = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if offset is None or int(offset[1]) != _size(part):
        part.unlink(missing_ok=True)
        raise _Interrupted("the server resumed at another place")
    return int(offset[1])


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(CHUNK_BYTES)
        except (OSError, HTTPException) as error:
            raise _Interrupted(_cause(error)) from None
        if not chunk:
            return
        yield chunk


def _write(part: Path, mode: str, chunks: Iterator[bytes], progress: tqdm) -> None:
    try:
        with part.open(mode) as file:
            for chunk in chunks:
                file.write(chunk)
                progress.update(len(chunk))
    except OSError as error:
        raise OSError(error.errno, f"cannot write {part}: {error.strerror} (the next run resumes it)") from None


def _check_space(part: Path, needed_bytes: int) -> None:
    free_bytes = shutil.disk_usage(part.parent).free
    if needed_bytes > free_bytes:
        raise _Refused(f"{needed_bytes} bytes to come, but {part.parent} has {free_bytes} bytes free")


def _progress(part: Path, start: int, total: int | None) -> tqdm:
    name = part.name.removeprefix(".").rsplit(".", 2)[0]
    interval_s = 0.5 if sys.stderr.isatty() else 10.0  # a log file needs fewer lines than a terminal
    return tqdm(desc=name, initial=start, total=total, unit="B", unit_scale=True, mininterval=interval_s)


def _cause(error: Exception) -> str:
    return " ".join(str(getattr(error, "reason", None) or error).split()) or type(error).__name__
