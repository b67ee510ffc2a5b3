"""The chosen network and the Pareto front against definitions written out once more."""

import numpy as np
import pytest

from xbar.config.search import ChoiceSpec
from xbar.search.choice import choose, finalists, front, judged, layers_text, table_rows


def drawn(searched, number, seed=0):
    stream = np.random.default_rng(seed)
    return [
        searched.result(trial, *stream.integers(1, 6, 3).astype(float), search_seed=int(stream.integers(3)))
        for trial in range(number)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_front_holds_what_nothing_beats(searched, seed):
    results = drawn(searched, 30, seed)
    points = np.array([[-r["accuracy"], r["area_um2"], r["energy_pJ"]] for r in results])
    beaten = [(np.all(points <= point, 1) & np.any(points < point, 1)).any() for point in points]
    assert front(results) == [result for result, below in zip(results, beaten, strict=True) if not below]


@pytest.mark.parametrize("measure", ["area_um2", "energy_pJ"])
def test_cheapest_of_the_near_ones_is_chosen(searched, measure):
    results = drawn(searched, 40)
    chosen = choose(results, ChoiceSpec(measure=measure, within_points=100.0))
    near = [result for result in results if result["accuracy"] >= 4.0]  # the best has 5.0
    assert chosen in near and chosen[measure] == min(result[measure] for result in near)


def test_ties_and_the_edge_of_the_tolerance(searched):
    a, b, c = searched.result(0, 0.92, 5.0), searched.result(1, 0.925, 5.0), searched.result(2, 0.93, 9.0)
    choice = ChoiceSpec(measure="area_um2", within_points=1.0)
    assert choose([a, b, c], choice) == b  # as cheap as the other, and more accurate
    assert choose([a, c], choice) == a  # exactly one point below counts
    assert choose([a, c], ChoiceSpec(measure="area_um2", within_points=0.9)) == c


def test_only_completed_trials_are_chosen(searched):
    states = ["failed", "beyond", "complete"]
    results = [searched.result(trial, 0.9 - trial / 10, state=state) for trial, state in enumerate(states)]
    choice = ChoiceSpec(measure="area_um2", within_points=0.5)
    assert choose(results, choice)["trial"] == 2 and front(results) == [results[2]]
    failed = [searched.result(0, state="failed", reason="RuntimeError: no memory")]
    with pytest.raises(ValueError, match="no trial of the search was completed; reasons: RuntimeError: no memory"):
        choose(failed, choice)


def test_table_tells_trials_apart(searched):
    layers = [{"conv": 8, "kernel": 3, "stride": 2, "pool": 1, "average": None, "linear": None}]
    layers += [{"conv": None, "kernel": 1, "stride": 1, "pool": 1, "average": 4, "linear": None}]
    layers += [{"conv": None, "kernel": 1, "stride": 1, "pool": 1, "average": None, "linear": 10}]
    about = {"architecture": {"activation": "crelu", "input": "split", "layers": layers}}
    signs = {"group": 4, "assignment": "learned"}
    results = [
        searched.result(0, 0.9, **about, signs=signs),
        searched.result(5, 0.8, 2.0, **about, signs=None),
        searched.result(6, state="failed", **about, signs=None),
    ]
    final, about_search = results[0] | {"accuracy": 0.7, "energy_pJ": 3.0}, {"search": "s", "dataset": "digits"}
    spec = searched.spec(trials=3, box={"accuracy": [0.5, 0.9], "energy_pJ": [1.0, 100.0], "limit_pJ": 0.5})
    rows = list(table_rows(about_search | {"sampler": "tpe"}, spec, results, [final], final))
    assert [row["final_accuracy"] for row in rows] == [0.7, "", ""] and rows[0]["final_energy_pJ"] == 3.0
    assert [row["box_accuracy"] for row in rows] == [1.0, 0.75, ""] and rows[1]["within_limit"] == 0
    assert [row["generation"] for row in rows] == [0, 1, 2]
    assert [row["front"] for row in rows] == [1, 0, 0] and [row["chosen"] for row in rows] == [1, 0, 0]
    assert rows[0]["architecture"] == layers_text(about["architecture"]) == "crelu split: 8k3s2 mean4 10"
    assert [row["polarity"] for row in rows] == ["4 learned", "one sign", "one sign"]
    assert rows[2]["validation_accuracy"] == "" and rows[1]["validation_accuracy"] == 0.8


@pytest.mark.parametrize("number", [2, 3, 5])
def test_finalists_are_spread_over_the_front_from_its_cheapest_to_its_best(searched, number):
    accuracies, energies = [0.90, 0.93, 0.95, 0.955, 0.957, 0.958, 0.94], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    results = [searched.result(n, *point) for n, point in enumerate(zip(accuracies, [9.0] * 7, energies, strict=True))]
    found = [result["trial"] for result in finalists(results, number)]
    assert found == {2: [1, 5], 3: [1, 3, 5], 5: [1, 2, 3, 4, 5]}[number]  # 0 is too bad, 6 beaten
    assert finalists(results[:1], number) == results[:1]
    assert finalists([searched.result(0, state="failed")], number) == []


def test_finals_are_judged_by_their_mean_over_folds(searched):
    of_one = [searched.result(1, accuracy, 1.0, 2 * accuracy, fold=fold) for fold, accuracy in ((3, 0.8), (4, 0.9))]
    other = [searched.result(2, 0.7, fold=3), searched.result(2, state="failed", fold=4)]
    first, second = judged([*of_one, *other])
    assert (first["accuracy"], first["energy_pJ"], first["trial"]) == (pytest.approx(0.85), pytest.approx(1.7), 1)
    assert second["state"] == "failed"
