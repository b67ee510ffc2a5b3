"""The report on searches: numbers against their definitions, figures that show them."""

import pandas as pd
import pytest
from matplotlib.text import Text
from support.entries import FIGURES, TABLES

from xbar.report.figures.style import theme
from xbar.report.gains import reached
from xbar.report.render import significant
from xbar.report.search import courses, designed_by_hand

search = TABLES["search"]


def with_confidence(results, confidence):
    return results._replace(rules=results.rules.model_copy(update={"confidence": confidence}))


def test_a_course_is_the_mean_over_seeds_after_each_trial(made_up):
    ends = courses(reached(made_up.results().search), "har-2b", "best-accuracy", 0.95)
    assert [end.n for end in ends] == [2] * 8
    assert ends[-1].mean == pytest.approx(0.943)


def test_front_panels_are_of_one_dataset_each(made_up):
    trials = made_up.results().search
    dear = trials.assign(search="other", dataset="cifar10", energy_pJ=1000 * trials["energy_pJ"])
    with theme():
        panels = FIGURES["front"](made_up.results()._replace(search=pd.concat([trials, dear]))).axes
    assert [panel.get_title(loc="left") for panel in panels[::2]] == ["UCI HAR", "CIFAR-10"]


def test_the_sentence_above_the_figure_is_of_the_first_search_alone(made_up):
    results = made_up.results()
    other = results.search_gain.assign(search="other", baseline="other-random")
    found = FIGURES["search"](results._replace(search_gain=pd.concat([results.search_gain, other])))
    (told,) = [text.get_text() for text in found.findobj(Text) if "at equal work" in text.get_text()]
    assert (
        told.startswith("Best accuracy of har-2b at equal work: ") and "har-2b-random" in told and "other" not in told
    )


def test_gains_and_finals_stand_in_the_table(made_up):
    results = made_up.results()
    text = search(results)
    gain = results.search_gain.set_index("measure").loc["best-accuracy", "mean"]
    assert f"| `har-2b` | `har-2b-random` | best-accuracy | 0.943 | 0.901 | {gain:+.3f} |" in text
    finals = text.partition("# Finals")[2].partition("# Gain")[0]
    rows = [[cell.strip() for cell in line.split("|")[2:-1]] for line in finals.splitlines() if "| `har-2b` |" in line]
    assert [row[1:4] for row in rows] == [["2", "94.50", "-0.50"], ["2", "95.50", "+0.50"], ["2", "95.00", "–"]]
    assert [row[-1] for row in rows] == ["", "chosen", "given"]


def test_table_names_what_was_chosen(made_up):
    text = search(made_up.results())
    assert "| `har-2b` | model | 2 | 16 | 2 | 94.30 |" in text
    assert "| crelu split: 64k9s4 mean4 6 | 8 learned | 94.40 |" in text
    assert "97.5 % interval" in search(with_confidence(made_up.results(), 0.975))
    assert "Chosen and signed networks" not in search(made_up.results(None, {}))
    assert "no data for this table" in search(made_up.results([]))


def test_the_chosen_network_stands_beside_the_signed_ones_of_its_data(made_up):
    results = made_up.results()
    lines = search(results).partition("# Chosen and signed networks")[2].splitlines()
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    searches = results.search["search"].unique()
    assert [row[:2] for row in rows] == [[name, f"har-{bits}b-signed"] for name in searches for bits in (2, 4)]
    (chosen,) = results.search[(results.search["search"] == "har-2b") & (results.search["chosen"] == 1)].itertuples()
    cost = results.cost.set_index(["network", "corner", "mapping", "adc_law", "bank"]).sort_index()
    signed = cost.loc[("har-2b-signed", "signed-own", "two-crossbars", "B", "own")].sum(numeric_only=True)
    numbers = [chosen.area_um2 / 1e6, signed["area_um2"] / 1e6, chosen.energy_pJ / 1e3, signed["energy_pJ"] / 1e3]
    assert rows[0][2:] == [significant(value) for value in numbers]


def test_intervals_that_end_where_the_measure_does_say_so(made_up):
    results = made_up.results()
    best = results.search["trial"].eq(7) & results.search["search_seed"].eq(1) & results.search["search"].eq("har-2b")
    accuracy = results.search["validation_accuracy"].mask(best, 1.0)
    for found, cut in (
        (results, False),
        (results._replace(search=results.search.assign(validation_accuracy=accuracy)), True),
    ):
        (line,) = [line for line in search(found).splitlines() if line.startswith("| `har-2b` | model |")]
        assert line.split(" | ")[6].endswith("(clipped)") is cut


def test_networks_designed_by_hand_stand_at_the_reference_circuit(made_up):
    """Made-up accuracies are of test examples; as those of validation examples they are drawn, as a star."""
    results = made_up.results()
    assert designed_by_hand(results).empty
    validated = results._replace(accuracy=results.accuracy.assign(split="validation"))
    found = designed_by_hand(validated).set_index("network")
    assert list(found.index) == ["har-2b-unipolar", "har-4b-unipolar", "cifar10-2b-unipolar", "cifar10-4b-unipolar"]
    of_one = results.accuracy.query("network == 'har-2b-unipolar' and condition == 'noisy'")["accuracy"]
    assert found.loc["har-2b-unipolar", "validation_accuracy"] == pytest.approx(of_one.mean())
    cost = results.cost.set_index(["network", "corner", "adc_law", "bank"]).sort_index()
    energy = cost.loc[("har-2b-unipolar", "unipolar-shared", "B", "largest"), "energy_pJ"].sum()
    assert found.loc["har-2b-unipolar", "energy_pJ"] == pytest.approx(energy)
    searched = validated._replace(accuracy=validated.accuracy.assign(architecture="har-2b"))
    assert designed_by_hand(searched).empty
    with theme():
        shown, absent = (FIGURES["front"](one) for one in (validated, results))
    names = [[text.get_text() for text in figure.legends[0].get_texts()] for figure in (shown, absent)]
    assert ["designed by hand" in of_figure for of_figure in names] == [True, False]
