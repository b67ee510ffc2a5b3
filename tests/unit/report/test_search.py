"""The report on searches: numbers against their definitions, figures that show them."""

import numpy as np
import pandas as pd
import pytest
from support.entries import FIGURES, TABLES

from xbar.report.figures.style import theme
from xbar.report.render import significant
from xbar.report.search import courses, gains, hypervolume, progress, shared
from xbar.report.statistics import interval

search = TABLES["search"]


def with_confidence(results, confidence):
    return results._replace(rules=results.rules.model_copy(update={"confidence": confidence}))


@pytest.mark.parametrize("seed", range(5))
def test_hypervolume_is_the_area_that_points_dominate(seed):
    """Against a fine grid of the unit square."""
    stream = np.random.default_rng(seed)
    accuracy, cost = stream.random(6), stream.random(6)
    at = (np.arange(400) + 0.5) / 400
    reached = (accuracy[:, None, None] >= at[None, :, None]) & (cost[:, None, None] <= at[None, None, :])
    assert hypervolume(accuracy, cost) == pytest.approx(reached.any(0).mean(), abs=0.01)


def test_progress_is_the_best_so_far(made_up):
    found = list(progress(made_up.results().search))
    assert [(one.search, one.seed) for one in found] == [(s, n) for s in ("har-2b", "har-2b-random") for n in (0, 1)]
    np.testing.assert_allclose(found[0].best, [90.0, 90.6, 91.2, 91.2, 92.4, 93.0, 93.6, 94.2])
    assert all(np.all(np.diff(one.volume) >= 0) and one.volume[-1] > 0 for one in found)
    ends = courses(found, "har-2b", "best", 0.95)
    assert (ends[-1].mean, ends[-1].n) == (pytest.approx(94.3), 2)


def test_each_dataset_has_a_reference_of_its_own(made_up):
    """A dear network of other data does not fill the box of these."""
    trials = made_up.results().search
    dear = trials.assign(search="other", dataset="cifar10", energy_pJ=1000 * trials["energy_pJ"])
    alone, beside = list(progress(trials)), list(progress(pd.concat([trials, dear])))
    for one, other in zip(alone, beside, strict=False):
        np.testing.assert_array_equal(one.volume, other.volume)
    with theme():
        panels = FIGURES["front"](made_up.results()._replace(search=pd.concat([trials, dear]))).axes
    assert [panel.get_title(loc="left") for panel in panels[::2]] == ["UCI HAR", "CIFAR-10"]


def test_gain_is_taken_seed_by_seed(made_up):
    found = list(progress(made_up.results().search))
    ends = {(one.search, one.seed): one.best[-1] for one in found}
    wanted = interval([ends["har-2b", seed] - ends["har-2b-random", seed] for seed in (0, 1)], 0.95)
    assert gains(found, ("har-2b", "har-2b-random"), "best", 0.95) == wanted
    assert f"| `har-2b` | `har-2b-random` | 2 | 16 | 4 | {wanted.mean:+.2f} |" in search(made_up.results())


def test_trials_of_both_searches_are_counted_by_seed(made_up):
    """Alike in architecture, signs and accuracy, at whatever place; failed ones, too, are alike in these."""
    trials, pair = made_up.results().search, ("har-2b", "har-2b-random")
    assert shared(trials, pair) == 2 + 2  # of both seeds the failed one and the first, which reach the same accuracy
    guided = trials[(trials["search"] == pair[0]) & (trials["state"] != "failed")]
    copied = guided[guided["trial"] < 3].assign(search=pair[1], trial=lambda rows: rows["trial"] + 4)
    both = pd.concat([guided, copied])
    assert shared(both, pair) == shared(both, pair[::-1]) == 2 * 3
    assert shared(pd.concat([guided, copied.assign(search_seed=5)]), pair) == 0
    for column, other in (("signs", "--"), ("architecture", "one"), ("validation_accuracy", 0.5)):
        assert shared(pd.concat([guided, copied.assign(**{column: other})]), pair) == 0


def test_table_names_what_was_chosen(made_up):
    text = search(made_up.results())
    assert "| `har-2b` | tpe | 2 | 16 | 2 | 94.30 |" in text
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
        (line,) = [line for line in search(found).splitlines() if line.startswith("| `har-2b` | tpe |")]
        assert line.split(" | ")[6].endswith("(clipped)") is cut


def test_polarity_map_shows_every_column(made_up):
    with theme():
        panel = FIGURES["polarity"](made_up.results()).axes[0]
    cells = panel.collections[0].get_array()
    assert cells.compressed().tolist() == [0, 1, 0, 1, 0, 0, 1, 1, 0, 1]
