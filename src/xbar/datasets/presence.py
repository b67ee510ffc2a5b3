"""Datasets that neither the folder of raw data nor any address can provide, and the run without them."""

import time
from collections.abc import Container, Iterable, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from xbar.config.config import Config
from xbar.datasets import archives
from xbar.files import read_by_line

Table = Sequence[Mapping[str, str]]
COLUMNS = ("dataset", "file", "kind", "algorithm", "checksum", "bytes", "address", "source")
KINDS = ("archive", "data")


def read_raw_files(path: str | Path) -> Table:
    """The rows of raw_files.csv; ValueError, one line, for other columns and for a file of no known kind."""
    rows = read_by_line(path, COLUMNS)
    for line, row in rows.items():
        if row["kind"] not in KINDS:
            raise ValueError(f"{path}:{line}: kind '{row['kind']}' is not one of {', '.join(KINDS)}")
    return list(rows.values())


def datasets_of(config: Config) -> list[str]:
    """The datasets of the networks and searches that a run trains."""
    searched = (config.searches[name].network for name in config.run.searches)
    return list(dict.fromkeys(config.networks[name].dataset for name in (*config.run.networks, *searched)))


def without(config: Config, datasets: Container[str]) -> Config:
    """The configuration of a run without all that needs these datasets. Unchanged where no network would be left."""

    def kept(network: str) -> bool:
        return config.networks[network].dataset not in datasets

    run, sides = config.run, config.comparisons
    left = {
        "networks": [name for name in run.networks if kept(name)],
        "comparisons": [name for name in run.comparisons if kept(sides[name].signed) and kept(sides[name].unipolar)],
        "searches": [name for name in run.searches if kept(config.searches[name].network)],
    }
    return config.model_copy(update={"run": run.model_copy(update=left)}) if left["networks"] else config


def absences(datasets: Iterable[str], raw_data: Path, table: Table, timeout_s: float = 4.0) -> dict[str, str]:
    """By dataset, one line that says why neither `raw_data` nor an address can provide it.

    `table`: rows of raw_files.csv. Files count by name, because the job that fetches them compares checksums. Only
    addresses of absent files are asked, all at once. An address that is silent for `timeout_s` counts as one without an
    answer.
    """
    rows = {name: [row for row in table if row["dataset"] == name] for name in datasets}
    absent = {name: of for name, of in rows.items() if of and not _present(raw_data, of)}
    answers = _asked([row["address"] for of in absent.values() for row in of if row["address"]], timeout_s)
    lines = {}
    for name, of in absent.items():
        faults = {row["address"]: answers[row["address"]] for row in of if row["address"]}
        if all(faults.values()):
            lines[name] = f"{name}: {archives.sought(raw_data, *_names(of))}; {_told(faults)}"
    return lines


def _told(faults: Mapping[str, str]) -> str:
    """The answers of hosts, or of addresses without a host. Hosts with the same answer stand together."""
    by_fault: dict[str, list[str]] = {}
    for address, fault in faults.items():
        by_fault.setdefault(fault, []).append(urlsplit(address).netloc or address)
    told = (f"{', '.join(dict.fromkeys(hosts))}: {fault}" for fault, hosts in by_fault.items())
    return "; ".join(told) or "it has no address"


def _names(rows: Table) -> tuple[list[str], list[str]]:
    """The data files of a dataset, and the archives that contain them."""
    kinds = ([row["file"] for row in rows if row["kind"] == kind] for kind in KINDS)
    packed, data = (list(dict.fromkeys(names)) for names in kinds)
    return data, packed


def _present(folder: Path, rows: Table) -> bool:
    """Whether a folder holds every data file, a zip some of them, or an archive by its name."""
    data, packed = _names(rows)
    tars = [archives.stem(name) for name in packed if archives.TAR.search(name)]
    if any((folder / name).is_file() for name in packed) or (tars and archives.tars(folder, tars)):
        return True
    return any(
        place.is_file() or all(archives.loose(place, name) for name in data) for place in archives.places(folder, data)
    )


def _asked(addresses: Iterable[str], timeout_s: float) -> dict[str, str]:
    """The fault of each address; empty text where it answers."""
    faults = dict.fromkeys(addresses, f"no answer within {timeout_s:g} s")
    found: dict[str, str] = {}
    # Daemons, because the look-up of a name has no time limit, and must not keep the process from ending.
    threads = [Thread(target=_ask, args=(address, timeout_s, found), daemon=True) for address in faults]
    for thread in threads:
        thread.start()
    end = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return faults | dict(found)


class _Unfollowed(HTTPRedirectHandler):
    """A redirect counts as an answer and is not followed."""

    def redirect_request(self, *_: object) -> None:
        return None


def _ask(address: str, timeout_s: float, found: dict[str, str]) -> None:
    """Ask for the first byte, because not every server knows HEAD. Only the head of the answer is read."""
    try:
        request = Request(address, headers={"User-Agent": "xbar", "Range": "bytes=0-0"})
        build_opener(_Unfollowed).open(request, timeout=timeout_s).close()
        found[address] = ""
    except HTTPError as error:
        error.close()
        found[address] = "" if error.code < 400 else f"HTTP {error.code} {error.reason}"
    except (OSError, HTTPException, ValueError) as error:
        found[address] = " ".join(str(getattr(error, "reason", None) or error).split()) or type(error).__name__
