"""Which trials reach the next rung, which result of a trial counts, the Pareto front, and the network trained fully."""

from collections.abc import Iterable, Iterator, Sequence
from json import dumps
from typing import Any

from xbar.config.search import ChoiceSpec, SearchSpec
from xbar.tables import SEARCH

Result = dict[str, Any]  # of one trial


def trials_kept(search: SearchSpec, rung: int) -> int:
    """Trials of a generation that reach a rung."""
    left = search.trials
    for spec in search.rungs[1 : rung + 1]:
        left = max(1, round(left * spec.keep))
    return left


def jobs_of_rung(search: SearchSpec, rung: int) -> int:
    """Jobs that a rung of one generation takes."""
    return -(-trials_kept(search, rung) // search.trials_per_job)


def promoted(search: SearchSpec, rung: int, results: Sequence[Result]) -> list[int]:
    """Trials that go on to `rung`, the most accurate ones of the rung before; ties go to the earlier trial."""
    able = [result for result in results if result["state"] != "failed"]
    ranked = sorted(able, key=lambda result: (-result["accuracy"], result["trial"]))
    return sorted(result["trial"] for result in ranked[: trials_kept(search, rung)])


def latest(results: Iterable[Result]) -> dict[int, Result]:
    """Of every trial the result of the highest rung that it reached, by trial number."""
    found: dict[int, Result] = {}
    for result in sorted(results, key=lambda result: (result["trial"], result["rung"])):
        found[result["trial"]] = result
    return found


def choose(results: Sequence[Result], choice: ChoiceSpec) -> Result:
    """The cheapest of the completed trials within so many points of the most accurate one; ValueError where there is
    none. Equally cheap ones: the more accurate, then the earlier."""
    complete = [result for result in results if result["state"] == "complete"]
    if not complete:
        reasons = sorted({result["reason"] for result in results if result["reason"]})
        raise ValueError(f"no trial of the search was completed; reasons: {'; '.join(reasons) or 'none recorded'}")
    least = max(result["accuracy"] for result in complete) - choice.within_points / 100
    near = [result for result in complete if result["accuracy"] >= least - 1e-9]
    return min(near, key=lambda r: (r[choice.measure], -r["accuracy"], r["search_seed"], r["trial"]))


def front(results: Sequence[Result]) -> list[Result]:
    """The completed trials that no other one matches or beats in accuracy, area and energy at once."""
    complete = [result for result in results if result["state"] == "complete"]
    return [result for result in complete if not any(dominates(other, result) for other in complete)]


def dominates(one: Result, other: Result) -> bool:
    """Whether `one` is nowhere worse than `other` and somewhere better."""
    pairs = [
        (one["accuracy"], other["accuracy"]),
        (-one["area_um2"], -other["area_um2"]),
        (-one["energy_pJ"], -other["energy_pJ"]),
    ]
    return all(mine >= theirs for mine, theirs in pairs) and any(mine > theirs for mine, theirs in pairs)


def description(name: str, polarity: str, chosen: Result) -> dict[str, Any]:
    """What `train_network` needs of the chosen trial, and where it comes from."""
    kept = ("architecture", "signs", "found_signs", "accuracy", "area_um2", "energy_pJ", "search_seed", "trial")
    return {"search": name, "polarity": polarity} | {key: chosen[key] for key in kept}


def table_rows(
    about: dict[str, str], trials: int, results: Sequence[Result], chosen: Result
) -> Iterator[Result]:  # fmt: skip
    """Rows of `xbar.tables.SEARCH`; `about`: search, dataset and sampler; `trials`: of one generation."""
    best = front(results)
    for result in results:
        row = {column: result.get(column, "") for column in SEARCH.names}
        yield (
            row
            | about
            | {
                "generation": result["trial"] // trials,
                "architecture": layers_text(result["architecture"]),
                "polarity": signs_text(result["signs"]),
                "validation_accuracy": result.get("accuracy", ""),
                "front": int(result in best),
                "chosen": int(result is chosen),
                "signs": " ".join(result.get("found_signs", [])),
            }
        )


def layers_text(architecture: dict[str, Any]) -> str:
    """An architecture in one line, such as `crelu split: 64k9s4 128k9p2 mean4 6`."""
    words = []
    for layer in architecture["layers"]:
        if layer["conv"] is not None:
            steps = [("k", layer["kernel"]), ("s", layer["stride"]), ("p", layer["pool"])]
            words.append(f"{layer['conv']}" + "".join(f"{sign}{size}" for sign, size in steps if size > 1))
        else:
            words.append(f"mean{layer['average']}" if layer["average"] is not None else f"{layer['linear']}")
    return f"{architecture['activation']} {architecture['input']}: {' '.join(words)}"


def signs_text(signs: dict[str, Any] | None) -> str:
    """Granularity and assignment of the signs in a word or two."""
    if signs is None:
        return "one sign"
    assignment = signs["assignment"]
    return f"{signs['group']} {assignment if isinstance(assignment, str) else dumps(assignment)}"
