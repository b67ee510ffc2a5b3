"""What the tables and figures of the report read: collected tables and a few things besides, each read once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xbar.config.claims import ClaimsSpec
from xbar.files import read_about, read_numbers
from xbar.report.contents import Entry
from xbar.report.savings import Comparisons
from xbar.tables import COLLECTED, read_table

if TYPE_CHECKING:
    import numpy as np


class Dataset(NamedTuple):
    """What a dataset's file says of it: its name for people and the names of its classes, in order."""

    title: str
    classes: tuple[str, ...]


class Results:
    """The collected tables of a run as attributes, with `datasets` and `conductances`: read when first asked for.

    `rules`: of the claims. `comparisons`: the networks of both sides, by name. `programming_noise`: of each device
    where it is constant, share of full-scale conductance. `choices`: what the configuration says of each network and
    its training. `read`: what reads each of the others, by name.
    """

    def __init__(
        self,
        rules: ClaimsSpec,
        comparisons: Comparisons,
        programming_noise: Mapping[str, float],
        choices: Mapping[str, Mapping[str, Any]],
        read: Mapping[str, Callable[[], Any]],
    ) -> None:
        self.rules = rules
        self.comparisons = comparisons
        self.programming_noise = programming_noise
        self.choices = choices
        self._read = read
        self._found: dict[str, Any] = {}
        self._entry = Entry("", "", "", "", "", tuple(read))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._read:
            raise AttributeError(f"the results of a run have no '{name}'")
        if name not in self._entry.reads:
            raise ValueError(f"does not declare that it reads '{name}'")
        if name not in self._found:
            self._found[name] = self._read[name]()
        return self._found[name]

    def add(self, name: str, read: Callable[[], Any]) -> None:
        """One more thing to be read, by its name."""
        self._read = {**self._read, name: read}
        self._entry = Entry("", "", "", "", "", tuple(self._read))

    @contextmanager
    def of(self, entry: Entry) -> Iterator["Results"]:
        """These results for one entry, which may read what it declares and no more; its errors name it."""
        before, self._entry = self._entry, entry
        try:
            if missing := [name for name in entry.reads if name not in self._read]:
                raise ValueError(f"reads '{missing[0]}', which is no input of the job")
            yield self
        except (ValueError, OSError) as error:
            raise ValueError(f"{entry}: {error}") from error
        except KeyError as error:
            raise ValueError(f"{entry}: what it reads has no {error}") from error
        finally:
            self._entry = before

    def title(self, dataset: str) -> str:
        """The name of a dataset for people."""
        return self.datasets[dataset].title if dataset in self.datasets else dataset


def read_results(
    inputs: Mapping[str, Any],
    rules: Mapping[str, Any],
    comparisons: Comparisons,
    devices: Mapping[str, Mapping[str, Any]],
    choices: Mapping[str, Mapping[str, Any]] | None = None,
) -> Results:
    """The results in files that are read when first asked for.

    `inputs`: the path of every table by name, and the lists of files `datasets` and `conductances`. `rules`: the block
    `claims` of the configuration; `devices`: its block of that name; `choices`: see `xbar.report.choices`, for tables.
    """
    read: dict[str, Callable[[], Any]] = {
        name: partial(read_table, inputs[name], COLLECTED[name]) for name in inputs if name in COLLECTED
    }
    if "datasets" in inputs:
        read["datasets"] = lambda: read_datasets(inputs["datasets"])
    if "conductances" in inputs:
        read["conductances"] = lambda: read_conductances(inputs["conductances"])
    noises = {
        name: float(device["programming_noise"])
        for name, device in devices.items()
        if device.get("programming", "constant") == "constant"
    }
    return Results(ClaimsSpec.model_validate(dict(rules)), comparisons, noises, choices or {}, read)


def read_datasets(paths: Iterable[str | Path]) -> dict[str, Dataset]:
    """What the headers of the files of datasets say, by name of the dataset."""
    found = [read_about(path) for path in paths]
    return {about["dataset"]: Dataset(about["title"], tuple(about["classes"])) for about in found}


def read_conductances(paths: Iterable[str | Path]) -> dict[str, "dict[str, np.ndarray]"]:
    """The conductances (uS) of all arrays, by network and by name of the array."""
    return {read_about(path)["name"]: read_numbers(path) for path in paths}
