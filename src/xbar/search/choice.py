"""The Pareto front of the trials, which of them are trained fully, and the network that the search chooses."""

from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any

import numpy as np

from xbar.config.search import BoxSpec, ChoiceSpec, SearchSpec
from xbar.search.front import placed
from xbar.tables import FINALS, SEARCH

Result = dict[str, Any]  # of one trial
GIVEN = "given"  # among the finals: the network of the search's own entry, which is no candidate of the choice
COSTS = ("area_um2", "energy_pJ")
NEAR = 0.03  # of accuracy: a network further below the best trial decides nothing, however cheap


def jobs_of_generation(search: SearchSpec) -> int:
    """Jobs that the trials of one generation are divided into."""
    return -(-search.trials // search.trials_per_job)


def finalists(results: Sequence[Result], number: int) -> list[Result]:
    """At most `number` (two or more) trials of the front in accuracy and energy, the cheapest first.

    Both ends are among them and the others lie evenly between. What is more than NEAR below the best is left out.
    """
    best = [result for result in front(results, ("energy_pJ",)) if result["accuracy"] >= _most(results) - NEAR]
    ordered = sorted(best, key=lambda result: (result["energy_pJ"], -result["accuracy"]))
    places = {round(place * (len(ordered) - 1) / (number - 1)) for place in range(number if ordered else 0)}
    return [ordered[place] for place in sorted(places)]


def judged(finals: Sequence[Result]) -> tuple[list[Result], Result | None]:
    """One result for each finalist, the means over its folds of accuracy and costs, and that of the network given.

    A finalist that did not complete on a fold has the result of that fold. None where no network was given.
    """
    found: dict[str, list[Result]] = {}
    for final in finals:
        found.setdefault(final["finalist"], []).append(final)
    means = {finalist: _mean(of_one) for finalist, of_one in found.items()}
    given = means.pop(GIVEN, None)
    return list(means.values()), given


def _mean(finals: Sequence[Result]) -> Result:
    if failed := [final for final in finals if final["state"] != "complete"]:
        return failed[0]
    means = {name: sum(final[name] for final in finals) / len(finals) for name in ("accuracy", *COSTS)}
    return finals[0] | means


def choose(results: Sequence[Result], choice: ChoiceSpec, given: Result | None = None) -> Result:
    """The cheapest completed result that is at most `within_points` below a bound; ValueError where there is none.

    The bound is the accuracy of the network `given` or of the most accurate result, the lower of the two. A given
    network that did not complete bounds nothing. Of equally cheap results the more accurate is chosen, then the
    earlier.
    """
    complete = [result for result in results if result["state"] == "complete"]
    if not complete:
        reasons = sorted({result["reason"] for result in results if result["reason"]})
        told = "; ".join(reasons) or "none recorded"
        raise ValueError(f"none of {len(results)} trials or finals was completed; reasons: {told}")
    asked = _most([given] if given else complete) or 1.0  # a network given that failed asks for nothing
    least = min(asked, _most(complete)) - choice.within_points / 100
    near = [result for result in complete if result["accuracy"] >= least - 1e-9]
    return min(near, key=lambda r: (r[choice.measure], -r["accuracy"], r["search_seed"], r["trial"]))


def front(results: Sequence[Result], costs: Sequence[str] = COSTS) -> list[Result]:
    """The completed trials that no other one dominates in accuracy and `costs`; equal ones stay together."""
    complete = [result for result in results if result["state"] == "complete"]
    return [result for result in complete if not any(dominates(other, result, costs) for other in complete)]


def dominates(one: Result, other: Result, costs: Sequence[str] = COSTS) -> bool:
    """Whether `one` is nowhere worse than `other` and somewhere better."""
    pairs = [(one["accuracy"], other["accuracy"]), *((-one[cost], -other[cost]) for cost in costs)]
    return all(mine >= theirs for mine, theirs in pairs) and any(mine > theirs for mine, theirs in pairs)


def _most(results: Sequence[Result]) -> float:
    return max((result["accuracy"] for result in results if result["state"] == "complete"), default=0.0)


def description(name: str, polarity: str, chosen: Result) -> dict[str, Any]:
    """What `train_network` needs of the chosen trial, and where it comes from."""
    kept = ("architecture", "signs", "found_signs", "accuracy", "area_um2", "energy_pJ", "search_seed", "trial")
    return {"search": name, "polarity": polarity} | {key: chosen[key] for key in kept}


def trial_rows(
    about: dict[str, str], search: SearchSpec, results: Sequence[Result], chosen: Result
) -> Iterator[Result]:  # fmt: skip
    """Rows of `xbar.tables.SEARCH`; `about`: search, dataset and sampler."""
    best = front(results)
    for result in results:
        row = {column: result.get(column, "") for column in SEARCH.names}
        boxed = _in_box(result, search.box) if "accuracy" in result else {}
        yield (
            row
            | about
            | boxed
            | {
                "generation": result["trial"] // search.trials,
                "architecture": layers_text(result["architecture"]),
                "polarity": signs_text(result["signs"]),
                "validation_accuracy": result.get("accuracy", ""),
                "front": int(result in best),
                "chosen": int(_trial(result) == _trial(chosen)),
                "signs": " ".join(result.get("found_signs", [])),
            }
        )


def final_rows(about: dict[str, str], finals: Sequence[Result], chosen: Result) -> Iterator[Result]:
    """Rows of `xbar.tables.FINALS`; `about`: search and dataset."""
    for final in finals:
        row = {column: final.get(column) for column in FINALS.names}
        yield {name: "" if value is None else value for name, value in row.items()} | {
            **about,
            "architecture": layers_text(final["architecture"]),
            "polarity": signs_text(final["signs"]),
            "validation_accuracy": final.get("accuracy", ""),
            "chosen": int(_trial(final) == _trial(chosen)),
        }


def _in_box(result: Result, box: BoxSpec) -> Result:
    height, cost = placed(np.array([result["accuracy"]]), np.array([result["energy_pJ"]]), box)
    within = int(result["energy_pJ"] <= box.limit_pJ)
    return {"box_accuracy": round(height[0], 6), "box_energy": round(cost[0], 6), "within_limit": within}


def _trial(result: Result) -> tuple[int | None, int | None]:
    return result["search_seed"], result["trial"]


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
