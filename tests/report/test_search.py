"""The report on searches: numbers against their definitions, figures that show them."""

import numpy as np
import pandas as pd
import pytest

from xbar.report.figures.gallery import FIGURES
from xbar.report.figures.style import theme
from xbar.report.search import gains, hypervolume, over_seeds, progress, search
from xbar.report.statistics import interval


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
    ends = over_seeds(found, "har-2b", "best", 0.95)
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
    assert f"| `har-2b` | `har-2b-random` | 2 | {wanted.mean:+.2f} |" in search(made_up.results())


def test_table_names_what_was_chosen(made_up):
    text = search(made_up.results())
    assert "| `har-2b` | tpe | 2 | 16 | 2 | 94.30 |" in text
    assert "| crelu split: 64k9s4 mean4 6 | 8 learned | 94.40 |" in text
    assert "no data for this table" in search(made_up.results([]))


def test_polarity_map_shows_every_column(made_up):
    with theme():
        panel = FIGURES["polarity"](made_up.results()).axes[0]
    cells = panel.collections[0].get_array()
    assert cells.compressed().tolist() == [1, 0, 1, 0, 1, 1, 0, 0, 1, 0]
