"""Figures: drawn for every run without a warning, the same bytes every time, the numbers where they belong."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from xbar.hardware.mapping import Array
from xbar.hardware.tiling import Tile
from xbar.report.claims import check_claims
from xbar.report.figures.conductances import conductances
from xbar.report.figures.gallery import FIGURES
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time

RUNS = {"whole": None, "one seed, no pair": ["cifar10-float", "cifar10-2b-positive"], "nothing": []}


def run(made_up, which):
    comparisons = {"whole": None, "nothing": {}}.get(which, {"cifar10-2b": made_up.COMPARISONS["cifar10-2b"]})
    found = made_up.results(RUNS[which], comparisons)
    rows = check_claims(found.accuracy, found.cost, made_up.PAPER, made_up.RULES, found.comparisons)
    return made_up.results(RUNS[which], comparisons, rows)


def draw(figure, results, folder):
    paths = folder / f"{figure}.png", folder / f"{figure}.svg"
    with theme():
        save(FIGURES[figure](results), *paths)
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize("which", RUNS)
@pytest.mark.parametrize("figure", FIGURES)
def test_every_run_can_be_drawn(made_up, figure, which, tmp_path):
    png, svg = draw(figure, run(made_up, which), tmp_path)
    assert png.startswith(b"\x89PNG") and b"</svg>" in svg


@pytest.mark.parametrize("figure", FIGURES)
def test_the_same_run_gives_the_same_bytes(made_up, figure, tmp_path):
    results = run(made_up, "one seed, no pair")
    assert draw(figure, results, tmp_path / "a") == draw(figure, results, tmp_path / "b")


def test_the_accuracy_figure_shows_the_mean(made_up):
    results = run(made_up, "whole")
    with theme():
        panel = FIGURES["accuracy"](results).axes[0]
    rows = results.accuracy[results.accuracy["network"] == "har-float"]
    drawn = {round(float(x), 9) for line in panel.get_lines() for x in line.get_xdata()}
    assert round(100 * rows["accuracy"].mean(), 9) in drawn
    assert 92.91 in drawn


def test_bars_of_costs_reach_the_totals(made_up):
    results = run(made_up, "whole")
    with theme():
        panel = FIGURES["costs"](results).axes[0]
    reach = max(bar.get_x() + bar.get_width() for bar in panel.patches)
    cost = results.cost[(results.cost["network"] == "har-2b-bipolar") & (results.cost["corner"] == "bipolar-own")]
    cost = cost[(cost["mapping"] == "differential-crossbars") & (cost["adc_law"] == "B")]
    assert reach == pytest.approx(cost["area_um2"].sum() / 1e6)


def test_corners_show_every_circuit_by_every_law(made_up):
    results = run(made_up, "whole")
    with theme():
        axes = FIGURES["corners"](results).axes
    labels = [text.get_text() for text in axes[0].get_yticklabels()]
    assert len(labels) == len(set(labels)) == 3 * 3 + 3 and labels[-1] == "unipolar: bank 16"
    table = results.performance
    signed = table[(table["network"] == "har-2b-bipolar") & (table["mapping"] == "offset") & (table["bank"] == "16")]
    for panel, measure in zip(axes, ("area_mm2", "energy_nJ", "interval_us"), strict=False):
        y = labels.index("offset, signed: bank 16")
        drawn = [line.get_xdata()[0] for line in panel.get_lines() if list(line.get_ydata()) == [y]]
        assert set(signed[measure]) <= set(drawn)


def test_differences_show_the_saving_of_every_step(made_up):
    results = run(made_up, "whole")
    with theme():
        axes = FIGURES["differences"](results).axes
    first = axes[0].get_lines()[0]
    assert list(first.get_xdata()) == pytest.approx([70, 60])
    assert np.round(first.get_ydata()).tolist() == [0, 1]
    assert axes[1].get_lines()[-1].get_xdata()[0] == 45.0


def test_noise_levels_come_from_conditions_and_devices(made_up):
    with theme():
        line = FIGURES["noise"](run(made_up, "whole")).axes[0].get_lines()[0]
    assert line.get_xdata().tolist() == pytest.approx([0, 2, 4, 6, 8, 10])


def test_ranges_are_means_over_seeds_of_the_right_networks(made_up):
    results = run(made_up, "whole")
    with theme():
        panel = FIGURES["ranges"](results).axes[0]
    drawn = [line.get_ydata().tolist() for line in panel.get_lines() if len(line.get_xdata()) == 3]
    for network in ("har-float", "har-4b-bipolar", "har-4b-bipolar-layer"):
        rows = results.layers[results.layers["network"] == network]
        means = [rows.loc[rows["layer"] == layer, "input_range"].mean() for layer in range(3)]
        assert any(line == pytest.approx(means) for line in drawn)


def points(panel):
    return {(round(float(x), 6), round(float(y), 6)) for line in panel.get_lines() for x, y in line.get_xydata()}


def test_conditions_show_medians_and_the_paper(made_up):
    results = run(made_up, "one seed, no pair")
    with theme():
        axes = FIGURES["conditions"](results).axes
    _, saved = made_up.drawn()
    assert {x for x, _ in points(axes[0])} >= {
        80.0,
        round(100 * float(f"{np.median(saved['area_saving both']):.6g}"), 6),
    }
    assert {x for x, _ in points(axes[1])} >= {45.0}
    holds = 100 * np.mean(saved["energy_saving both"] >= 0.45)
    assert any(abs(x - holds) < 1e-3 for x, _ in points(axes[2]))


def test_sensitivity_shows_quantiles_shares_and_ends(made_up):
    results = run(made_up, "one seed, no pair")
    with theme():
        axes = FIGURES["sensitivity"](results).axes
    _, saved = made_up.drawn()
    for percent in (5, 50, 95):
        value = 100 * np.percentile(saved["area_saving both"], percent)
        assert any(abs(x - value) < 1e-3 and y == 2 for x, y in points(axes[0]))
    assert {x for x, _ in points(axes[2])} >= {70.0, 40.0}
    assert {x for x, _ in points(axes[4])} >= {50.0, 70.0}


def test_validation_shows_every_prediction_and_its_factor(made_up):
    results = run(made_up, "nothing")
    with theme():
        figure = FIGURES["validation"](results)
    axes = {panel.get_xlabel(): panel for panel in figure.axes}
    assert points(axes["published"]) >= {(10.0, 5.0), (10.0, 30.0), (20.0, 45.0), (1.5, 6.0), (1.5, 1.2), (2.0, 1.5)}
    assert {x for x, _ in points(axes["predicted over published"])} >= {0.5, 3.0, 2.25, 4.0, 0.8, 0.75}


JOBS = [
    {"rule": "train_network", "job": "har-float/seed0", "wall_s": 300.0, "ready_s": 30.0},
    {"rule": "train_network", "job": "har-float/seed1", "wall_s": 420.0, "ready_s": 60.0},
    {"rule": "evaluate_variant", "job": "drift-har/har-float/seed0", "wall_s": 60.0},
    {"rule": "collect", "job": "", "wall_s": None},
]


def test_times_add_up_by_rule_and_by_network():
    with theme():
        rules, stages = time(JOBS).axes
    assert sorted(bar.get_width() for bar in rules.patches if bar.get_height() > 0.5) == pytest.approx([0, 1, 12])
    assert sorted(bar.get_width() for bar in rules.patches if bar.get_height() < 0.5) == pytest.approx([0, 0, 1.5])
    assert [label.get_text() for label in stages.get_yticklabels()] == ["har-float"]
    assert max(bar.get_x() + bar.get_width() for bar in stages.patches) == pytest.approx(13)


@pytest.mark.parametrize("jobs", [JOBS, JOBS[3:], []])
def test_the_same_times_give_the_same_bytes(jobs, tmp_path):
    def drawn(folder):
        with theme():
            save(time(jobs), folder / "time.png", folder / "time.svg")
        return [(folder / name).read_bytes() for name in ("time.png", "time.svg")]

    assert drawn(tmp_path / "a") == drawn(tmp_path / "b")


def test_the_confusion_figure_shows_shares_of_each_class(made_up):
    """Of seeds 0 and 1 together: 180 right of 180 + 2 * (5 + 10)."""
    with theme():
        panel = FIGURES["confusion"](run(made_up, "whole")).axes[0]
    words = [text.get_text() for text in panel.texts]
    assert words == [f"{100 * (180 if row == column else 15) / 210:.0f}" for row in range(3) for column in range(3)]


def test_the_conductance_figure_shows_every_cell():
    draw = torch.Generator().manual_seed(0)
    sides = {
        name: [[Array(Tile(0, 0, slice(0, 6), slice(0, 4)), torch.rand(6, 4 * wide, generator=draw))] for _ in range(2)]
        for name, wide in (("pairs", 2), ("one sign", 1))
    }
    with theme():
        axes = conductances(sides).axes
    shown = [image.get_array() for panel in axes[:4] for image in panel.get_images()]
    cells = [arrays[0].g_uS for layers in sides.values() for arrays in layers]
    assert len(shown) == 4 and all(np.array_equal(image, cell) for image, cell in zip(shown, cells, strict=True))


def test_every_figure_of_the_html_report_has_a_caption():
    captions = (Path(__file__).parents[2] / "workflow/report/figure.rst").read_text()
    assert set(re.findall(r'^"(\w+)": "[A-Z]', captions, re.MULTILINE)) == set(FIGURES)
