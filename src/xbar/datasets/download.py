"""Download of one file from the first of several addresses that gives the right bytes."""

import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests
from tqdm import tqdm

from xbar import files

CHUNK_BYTES = 1 << 16
TRANSIENT = {408, 425, 429, 500, 502, 503, 504}  # HTTP status after which another attempt may succeed
HEADERS = {"User-Agent": "xbar", "Accept-Encoding": "identity"}

logger = logging.getLogger(__name__)


class _Refused(Exception):
    """An address does not give the file."""


def download(
    addresses: Sequence[str],
    target: Path,
    check: Callable[[Path], None],
    *,
    attempts: int = 4,
    timeout_s: float = 30.0,
    pause_s: float = 2.0,
) -> None:
    """Write `target` from the first of `addresses` whose bytes pass `check`, which raises ValueError for wrong ones.

    An interrupted transfer begins again, up to `attempts` times for each address, after a pause of `pause_s` that
    doubles. A server that is silent for `timeout_s` counts as interrupted. Afterwards `target` is whole and right, or
    it is absent. ConnectionError, one line, names every address and its fault. OSError where the disk is full or the
    folder cannot be written.
    """
    faults = []
    for address in addresses:
        try:
            with files.atomic(target) as part:
                _transfer(address, part, target.name, attempts, timeout_s, pause_s)
                _check(part, check)
            return
        except _Refused as fault:
            logger.warning("%s: %s", address, fault)
            faults.append(f"{address}: {fault}")
    raise ConnectionError(f"cannot download {target.name}: {'; '.join(faults)}")


def _transfer(address: str, part: Path, name: str, attempts: int, timeout_s: float, pause_s: float) -> None:
    for attempt in range(attempts):
        try:
            return _get(address, part, name, timeout_s)
        except requests.RequestException as error:
            status = error.response.status_code if isinstance(error, requests.HTTPError) else None
            if status not in {None, *TRANSIENT}:
                raise _Refused(_cause(error)) from None
            if attempt == attempts - 1:
                raise _Refused(f"{_cause(error)} ({attempts} attempts)") from None
            logger.warning("%s: %s; trying again", address, _cause(error))
            time.sleep(pause_s * 2**attempt)


def _get(address: str, part: Path, name: str, timeout_s: float) -> None:
    interval_s = 0.5 if sys.stderr.isatty() else 10.0  # a log file needs fewer lines than a terminal
    with requests.get(address, headers=HEADERS, stream=True, timeout=timeout_s) as response:
        response.raise_for_status()
        total = int(response.headers.get("Content-Length", 0)) or None
        progress = tqdm(desc=name, total=total, unit="B", unit_scale=True, mininterval=interval_s)
        with progress, part.open("wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                progress.update(file.write(chunk))


def _check(part: Path, check: Callable[[Path], None]) -> None:
    try:
        check(part)
    except ValueError as fault:
        raise _Refused(f"wrong bytes: {str(fault).replace(str(part), 'the file')}") from None


def _cause(error: requests.RequestException) -> str:
    """The message of the innermost error, on one line."""
    if isinstance(error, requests.HTTPError):
        return f"HTTP {error.response.status_code} {error.response.reason}"
    cause: BaseException = error
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    return " ".join(str(cause).split()) or type(cause).__name__
