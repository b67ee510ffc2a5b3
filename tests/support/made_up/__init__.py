"""Tables of a run that never was: numbers with a plain pattern, in the columns of the collected tables."""
# ruff: noqa: F401 # tests take all tables from here

from functools import cache

import numpy as np

from support.made_up.circuits import cost_rows, event_rows, layer_cost_rows, performance_rows, system_rows
from support.made_up.networks import (
    EXAMPLES,
    accuracy_rows,
    cases,
    confusion_rows,
    correctness,
    error_rows,
    interval_rows,
    layer_rows,
    seeds_of,
    training_rows,
    variant_rows,
    wire_rows,
)
from support.made_up.run import COMPARISONS, DATASETS, MAPPINGS, NETWORKS, NOISES, PAPER, RULES, frame
from support.made_up.savings import (
    BESIDE,
    OPTIONS,
    answer_rows,
    bound_rows,
    condition_rows,
    drawn,
    library_rows,
    part_rows,
    sensitivity_rows,
    step_rows,
    textbook_rows,
    trade_off_rows,
    validation_rows,
)
from support.made_up.search import finals_rows, search_rows
from xbar.report import gains
from xbar.report.claims import judge_claims
from xbar.report.results import Dataset, Results

TITLES = {"har": "UCI HAR", "cifar10": "CIFAR-10", "added": "added"}
CLASSES = {"har": 6, "cifar10": 10, "added": 3}


class MadeUp(Results):
    """Results that hold what they are given, or what makes it when it is read; some can be replaced."""

    def __init__(self, rules, comparisons, programming_noise, choices, **found):
        read = {name: one if callable(one) else lambda one=one: one for name, one in found.items()}
        super().__init__(rules, comparisons, programming_noise, choices, read)
        self.given = {"rules": rules, "comparisons": comparisons, "programming_noise": programming_noise}
        self.given |= {"choices": choices, **found}

    def _replace(self, **changed):
        return MadeUp(**self.given | changed)


def conductances(comparisons: dict) -> dict[str, dict[str, np.ndarray]]:
    """Two layers of both networks of the first comparison."""
    sides = next(iter(comparisons.values()), {}).values()
    layers = {f"layer{n}/rows0-4/outputs0-2/block0-0": np.full((4, 2), 5.0 + n) for n in range(2)}
    return dict.fromkeys(sides, layers)


def results(networks: list[str] | None = None, comparisons: dict | None = None, claims: list[dict] = ()) -> Results:
    networks = list(NETWORKS) if networks is None else networks
    comparisons = COMPARISONS if comparisons is None else comparisons
    trials = cache(lambda: frame("search", search_rows() if networks else []))
    return MadeUp(
        datasets={name: Dataset(title, tuple(map(str, range(CLASSES[name])))) for name, title in TITLES.items()},
        conductances=conductances(comparisons),
        accuracy=cache(lambda: frame("accuracy", accuracy_rows(networks))),
        intervals=cache(lambda: frame("intervals", interval_rows(networks))),
        training=cache(lambda: frame("training", training_rows(networks))),
        layers=cache(lambda: frame("layers", layer_rows(networks))),
        cost=cache(lambda: frame("cost", cost_rows(comparisons))),
        performance=cache(lambda: frame("performance", performance_rows(comparisons))),
        layer_costs=cache(lambda: frame("layer_costs", layer_cost_rows(comparisons))),
        system=cache(lambda: frame("system", system_rows(comparisons))),
        events=cache(lambda: frame("events", event_rows(comparisons))),
        variants=cache(lambda: frame("variants", variant_rows(networks))),
        errors=cache(lambda: frame("errors", error_rows(networks))),
        wires=cache(lambda: frame("wires", wire_rows(networks))),
        confusion=cache(lambda: frame("confusion", confusion_rows(networks))),
        sensitivity=cache(lambda: frame("sensitivity", sensitivity_rows(comparisons))),
        conditions=cache(lambda: frame("conditions", condition_rows(comparisons))),
        validation=cache(lambda: frame("validation", validation_rows())),
        parts=cache(lambda: frame("parts", part_rows())),
        bounds=cache(lambda: frame("bounds", bound_rows())),
        library=cache(lambda: frame("library", library_rows())),
        steps=cache(lambda: frame("steps", step_rows(comparisons))),
        answer=cache(lambda: frame("answer", answer_rows(comparisons))),
        trade_offs=cache(lambda: frame("trade_offs", trade_off_rows(comparisons))),
        textbook=cache(lambda: frame("textbook", textbook_rows())),
        search=trials,
        finals=cache(lambda: frame("finals", finals_rows() if networks else [])),
        search_gain=cache(lambda: frame("search_gain", list(gains.gain_rows(trials(), 0.95)))),
        claims=cache(lambda: frame("claims", list(claims))),
        rules=RULES,
        comparisons=comparisons,
        programming_noise={"nvm": 0.04},
        choices={name: {"polarity": NETWORKS[name][1], "scale": NETWORKS[name][2]} for name in networks},
    )


RUNS = {"whole": None, "one seed, no pair": ["cifar10-float", "cifar10-2b-unipolar"], "nothing": []}


@cache
def run(which: str) -> Results:
    """A run of RUNS with the verdicts that its numbers have."""
    comparisons = {"whole": None, "nothing": {}}.get(which, {"cifar10-2b": COMPARISONS["cifar10-2b"]})
    found = results(RUNS[which], comparisons)
    rows = judge_claims(found.accuracy, found.answer, PAPER, RULES, found.comparisons, DATASETS, {})
    return results(RUNS[which], comparisons, rows)
