"""The chosen network and the Pareto front against definitions written out once more."""

import numpy as np
import pytest

from xbar.config.search import ChoiceSpec
from xbar.search.choice import choose, final_rows, finalists, front, judged, layers_text, trial_rows


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
    with pytest.raises(ValueError, match="none of 1 trials or finals was completed; reasons: RuntimeError: no memory"):
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
    about_search = {"search": "s", "dataset": "digits"}
    spec = searched.spec(trials=3, box={"accuracy": [0.5, 0.9], "energy_pJ": [1.0, 100.0], "limit_pJ": 0.5})
    rows = list(trial_rows(about_search | {"sampler": "tpe"}, spec, results, results[0]))
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
    of_one = [
        searched.result(1, accuracy, 3 * accuracy, 2 * accuracy, fold=fold, finalist="0")
        for fold, accuracy in ((3, 0.8), (4, 0.9))
    ]
    other = [searched.result(2, 0.7, fold=3, finalist="1"), searched.result(2, state="failed", fold=4, finalist="1")]
    given = [searched.result(None, accuracy, fold=fold, finalist="given") for fold, accuracy in ((3, 0.7), (4, 0.9))]
    (first, second), hand = judged([*of_one, *other, *given])
    assert hand["accuracy"] == pytest.approx(0.8) and judged(of_one)[1] is None
    assert [first[name] for name in ("accuracy", "area_um2", "energy_pJ")] == pytest.approx([0.85, 2.55, 1.7])
    assert first["trial"] == 1
    assert second["state"] == "failed"


def test_the_choice_is_the_cheapest_within_the_points_of_the_network_given(searched):
    choice = ChoiceSpec(measure="energy_pJ", within_points=0.5)
    results = [searched.result(n, 0.90 + 0.01 * n, 1.0, 1.0 + n) for n in range(4)]  # 90 % at 1 pJ to 93 % at 4 pJ

    def chosen(accuracy, state="complete"):
        return choose(results, choice, searched.result(9, accuracy, 1.0, 0.1, state=state))["trial"]

    assert [chosen(accuracy) for accuracy in (0.80, 0.905, 0.9151, 0.92, 0.99)] == [0, 0, 2, 2, 3]
    assert chosen(0.80, state="failed") == 3 == choose(results, choice)["trial"]


def test_rows_of_finals_name_the_network_given_and_the_chosen_one(searched):
    layers = [{"conv": 8, "kernel": 3, "stride": 1, "pool": 1}, {"conv": None, "average": 2}]
    about = {"architecture": {"activation": "relu", "input": "split", "layers": layers}, "signs": None}
    finals = [
        searched.result(5, 0.8, 2.0, 3.0, **about, fold=3, finalist="0"),
        searched.result(None, 0.9, 2.0, 9.0, **about, fold=3, finalist="given") | {"search_seed": None},
        searched.result(6, state="failed", **about, fold=3, finalist="1"),
    ]
    first, given, failed = final_rows({"search": "s", "dataset": "digits"}, finals, finals[0])
    assert (first["validation_accuracy"], first["energy_pJ"], first["chosen"], first["trial"]) == (0.8, 3.0, 1, 5)
    assert (given["trial"], given["search_seed"], given["chosen"], given["finalist"]) == ("", "", 0, "given")
    assert failed["validation_accuracy"] == "" and failed["state"] == "failed" and failed["search"] == "s"
