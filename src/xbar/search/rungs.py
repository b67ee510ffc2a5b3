"""How many trials of a generation reach each rung, in how many jobs, and which result of a trial counts."""

from collections.abc import Iterable
from typing import Any

from xbar.config.search import SearchSpec


def trials_kept(search: SearchSpec, rung: int) -> int:
    """Trials of a generation that reach a rung."""
    left = search.trials
    for spec in search.rungs[1 : rung + 1]:
        left = max(1, round(left * spec.keep))
    return left


def jobs_of_rung(search: SearchSpec, rung: int) -> int:
    """Jobs that a rung of one generation takes."""
    return -(-trials_kept(search, rung) // search.trials_per_job)


def latest(results: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Of every trial the result of the highest rung that it reached, by trial number."""
    found: dict[int, dict[str, Any]] = {}
    for result in sorted(results, key=lambda result: (result["trial"], result["rung"])):
        found[result["trial"]] = result
    return found
