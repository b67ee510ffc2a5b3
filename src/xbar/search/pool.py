"""Candidates from which a search chooses: allowed ones drawn at random, and changed copies of those trained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from xbar.search.features import features_of
from xbar.search.limits import Appraisal, Size
from xbar.search.space import Candidate, Draw

CHANGED = 2  # parameters that are drawn anew in a copy, at most
TRIES = 10  # draws for each candidate of a pool; after these the limits count as too tight, or the space as small


class Option(NamedTuple):
    """A candidate that a search may train. `drawn`: the parameters of the space behind it, by name."""

    candidate: Candidate
    drawn: dict[str, Any]
    size: Size

    def as_json(self) -> dict[str, Any]:
        """What proposals.json holds of the candidate, besides the number of its trial."""
        features = features_of(self.candidate, self.size)
        about = {"drawn": self.drawn, "bound_pJ": self.size.energy_pJ, "features": features}
        return about | self.candidate.as_json()


class Drawn:
    """A `Draw` of parameters at random, but for those that are `kept`; `params` holds what was drawn."""

    def __init__(self, stream: np.random.Generator, kept: Mapping[str, Any] | None = None) -> None:
        self.stream, self.kept = stream, kept or {}
        self.params: dict[str, Any] = {}

    def suggest_categorical(self, name: str, choices: list[Any]) -> Any:
        return choices[self.suggest_int(name, 0, len(choices) - 1)]

    def suggest_int(self, name: str, low: int, high: int) -> int:
        value = self.kept.get(name)
        self.params[name] = int(self.stream.integers(low, high + 1)) if value is None else value
        return self.params[name]


class Source(NamedTuple):
    """How candidates are drawn and appraised, see `draw_candidate` and `appraiser`."""

    draw: Callable[[Draw], Candidate]
    appraise: Callable[[Candidate], Appraisal]

    def option(self, stream: np.random.Generator, kept: Mapping[str, Any] | None = None) -> Option | None:
        """A candidate at random but for what is `kept`; None where it is not allowed."""
        drawn = Drawn(stream, kept)
        candidate = self.draw(drawn)
        size, refused = self.appraise(candidate)
        return None if size is None or refused else Option(candidate, drawn.params, size)


def random_pool(source: Source, stream: np.random.Generator, number: int) -> list[Option]:
    """Different allowed candidates: `number`, or fewer where TRIES draws for each did not find so many."""
    return _different((source.option(stream) for _ in range(TRIES * number)), number)


def mutants(
    source: Source, parents: Sequence[Mapping[str, Any]], stream: np.random.Generator, number: int
) -> list[Option]:  # fmt: skip
    """At most `number` allowed candidates, each a copy of one of `parents` with CHANGED parameters or fewer anew."""

    def copies() -> Iterator[Option | None]:
        for _ in range(TRIES * number if parents else 0):
            parent = parents[int(stream.integers(len(parents)))]
            changed = stream.choice(sorted(parent), int(stream.integers(1, CHANGED + 1)), replace=False)
            yield source.option(stream, {name: value for name, value in parent.items() if name not in changed})

    return _different(copies(), number)


def _different(options: Iterator[Option | None], number: int) -> list[Option]:
    found: dict[str, Option] = {}
    for option in options:
        if option is not None:
            found.setdefault(str(option.candidate), option)
        if len(found) == number:
            break
    return list(found.values())
