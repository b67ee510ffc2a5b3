"""Figures: drawn for every run without a warning, the same bytes every time, the numbers where they belong."""

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from support.entries import FIGURES

from xbar.files import read_numbers
from xbar.hardware.arrays import write_arrays
from xbar.hardware.mapping import Array
from xbar.hardware.tiling import Tile
from xbar.report.figures import style
from xbar.report.figures.claims import RANGE
from xbar.report.figures.conductances import drawn
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time
from xbar.report.gains import reached
from xbar.report.statistics import networks


def test_the_accuracy_figure_shows_the_mean(made_up):
    results = made_up.run("whole")
    with theme():
        panel = FIGURES["accuracy"](results).axes[0]
    rows = results.accuracy[results.accuracy["network"] == "har-float"]
    drawn = {round(float(x), 9) for line in panel.get_lines() for x in line.get_xdata()}
    assert round(100 * rows["accuracy"].mean(), 9) in drawn
    assert 92.91 in drawn


def test_bars_of_costs_reach_the_totals_in_fixed_colours(made_up):
    """Of two bits only: a row of panels for each dataset. The bars name their circuit."""
    results = made_up.run("whole")
    with theme():
        figure = FIGURES["costs"](results)
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["UCI HAR", "", "CIFAR-10", ""]
    cost = results.cost[(results.cost["network"] == "har-2b-signed") & (results.cost["corner"] == "signed-own")]
    cost = cost[(cost["mapping"] == "two-crossbars") & (cost["adc_law"] == "B")]
    bars = figure.axes[0].patches
    assert max(bar.get_x() + bar.get_width() for bar in bars) == pytest.approx(cost["area_um2"].sum() / 1e6)
    adcs = [bar.get_width() for bar in bars if to_hex(bar.get_facecolor()) == style.COMPONENTS["ADCs"][1]]
    assert adcs[0] == pytest.approx(cost.set_index("component").loc["adc", "area_um2"] / 1e6)
    assert (
        figure.legends[0]
        .get_title()
        .get_text()
        .startswith("signed weights in two crossbars, each with DACs; ADC model B")
    )


def test_differences_show_what_every_step_adds(made_up):
    """Of two bits only. Grey bars begin at nothing, the others where the one above ends; the last one sums up."""
    results = made_up.run("whole")
    with theme():
        axes = FIGURES["differences"](results).axes
    assert [panel.get_title(loc="left") for panel in axes] == ["UCI HAR", "", "CIFAR-10", ""]
    area, energy = axes[:2]
    ends = [end for bar in area.patches[:2] for end in (bar.get_x(), bar.get_x() + bar.get_width())]
    assert ends == pytest.approx([0, 70, 70, 60])
    assert words(area.texts) == ["70", "−10", "−10", "−10", "40"] and len(words(area.get_yticklabels())) == 5
    assert energy.get_lines()[-1].get_xdata()[0] == 45.0


def test_noise_levels_come_from_conditions_and_devices(made_up):
    results = made_up.run("whole")
    with theme():
        panel = FIGURES["noise"](results).axes[0]
    assert panel.get_xticks().tolist() == pytest.approx([0, 2, 4, 6, 8, 10])
    assert words(panel.get_xticklabels())[:2] == ["0\noff", "2\n4 chips"]
    line = panel.get_lines()[0]
    assert np.diff(line.get_xdata()).tolist() == pytest.approx([2, 2, 2, 2, 2])
    rows = results.accuracy[
        (results.accuracy["network"] == "har-4b-signed") & (results.accuracy["condition"] == "noisy")
    ]
    assert line.get_ydata()[2] == pytest.approx(100 * rows["accuracy"].mean())


def test_bars_of_noise_are_over_seeds_and_absent_for_one(made_up):
    """A seed is the mean of its chips, however many; CIFAR-10 has one seed here."""
    results = made_up.run("whole")
    with theme():
        har, cifar10 = FIGURES["noise"](results).axes
    rows = results.accuracy[
        (results.accuracy["network"] == "har-4b-signed") & (results.accuracy["condition"] == "noisy")
    ]
    (low, high), *_ = (bar.get_segments()[2][:, 1] for bar in har.collections)
    assert high - low == pytest.approx(2 * 100 * rows.groupby("seed")["accuracy"].mean().std())
    assert not any(
        len(segment) and np.isfinite(segment).all() for bar in cifar10.collections for segment in bar.get_segments()
    )


def test_ranges_are_shares_of_the_full_scale_of_pairs(made_up):
    """Pairs that differ in their scale only; the bars of the one seed of CIFAR-10 are hollow."""
    results = made_up.run("whole")
    with theme():
        har, cifar10 = FIGURES["ranges"](results).axes
    assert [panel.get_title(loc="left") for panel in (har, cifar10)] == [
        "UCI HAR: 4-bit, signed",
        "CIFAR-10: 4-bit, signed",
    ]
    rows = results.layers[results.layers["network"].isin(["har-4b-signed", "har-4b-signed-layer"])]
    used = 100 * rows["current_range"] / (rows["x_max"] * rows["w_max"] * rows["i_max"])
    means = used.groupby([rows["network"], rows["layer"]], sort=False).mean()
    assert [bar.get_height() for bar in har.patches] == pytest.approx(means.tolist())
    assert len(points(har)) == 2 * 3 * 3 + 2, "a dot for each seed, and the line of the full scale"
    assert {to_hex(bar.get_facecolor()) for bar in cifar10.patches} == {"#ffffff"}


def words(texts):
    return [text.get_text() for text in texts]


def points(panel):
    return {(round(float(x), 6), round(float(y), 6)) for line in panel.get_lines() for x, y in line.get_xydata()}


def test_conditions_say_in_how_many_circuits_the_paper_holds(made_up):
    """A row for each condition; the first one knows nothing of the circuit."""
    results = made_up.run("one seed, no pair")
    with theme():
        axes = FIGURES["conditions"](results).axes
    _, saved = made_up.drawn()
    assert words(axes[0].get_xticklabels()) == ["CIFAR-10"]
    labels = words(axes[0].get_yticklabels())
    assert labels[0] == "any circuit" and {"offset column", "two crossbars, each with DACs"} < set(labels)
    for panel, measure, percent in zip(axes, ("area", "energy"), (80.0, 45.0), strict=True):
        assert f"save {percent:g} % of {measure}" in panel.get_title(loc="left")
        holds = 100 * np.mean(saved[f"{measure}_saving both"] >= percent / 100)
        assert panel.texts[0].get_text() == f"{holds:.0f}"
        assert float(panel.images[0].get_array()[0, 0]) == pytest.approx(holds, abs=1e-3)


def test_the_answer_shows_savings_over_time_and_the_paper(made_up):
    results = made_up.run("whole")
    with theme():
        figure = FIGURES["answer"](results)
    axes = figure.axes
    equal = [100 * results.trade_offs[f"equal_{of}_saving"].max() for of in ("area", "energy")]
    words_of = told(figure)
    assert all(f"{most:.0f} % of {of} (UCI HAR" in words_of for of, most in zip(("area", "energy"), equal, strict=True))
    assert "paper: 80 %)" in words_of and "paper: 45 %)" in words_of
    assert len(axes) == 3 * 2 and axes[0].get_ylabel().startswith("UCI HAR")  # the comparisons of two bits
    fast, equal, energy, *_ = axes
    assert points(fast) >= {(1.0, 55.0), (2.0, 60.0), (5.0, 75.0)}
    assert points(equal) >= {(1.0, 40.0), (5.0, 0.0)} and points(energy) >= {(5.0, 30.0)}
    for panel, percent in ((fast, 80.0), (equal, 80.0), (energy, 45.0)):
        low, high = panel.get_ylim()
        assert any(set(line.get_ydata()) == {percent} for line in panel.get_lines()) and low < percent < high


def test_training_shows_every_seed_and_names_the_last_mean(made_up):
    results = made_up.run("whole")
    with theme():
        signed, unipolar, *_ = FIGURES["training"](results).axes
    rows = results.training[results.training["network"] == "har-2b-unipolar"]
    seeds = rows.pivot(index="epoch", columns="seed", values="validation_accuracy")
    drawn = [line.get_ydata().tolist() for line in unipolar.get_lines()]
    assert all(any(line == pytest.approx(100 * seeds[seed]) for line in drawn) for seed in seeds)
    assert f"2-bit, unipolar: {100 * seeds.iloc[-1].mean():.1f}" in words(unipolar.texts)
    assert any(word.startswith("float: ") for word in words(signed.texts))


def test_sensitivity_shows_the_share_of_every_choice(made_up):
    """The strongest choice first; a bar for each dataset."""
    with theme():
        figure = FIGURES["sensitivity"](made_up.run("whole"))
    assert named(figure) == ["UCI HAR", "CIFAR-10"]
    assert words(figure.axes[0].get_yticklabels()) == ["how signed weights are stored", "number of shared ADCs"]
    for panel in figure.axes:
        assert [bar.get_width() for bar in panel.patches] == pytest.approx([70, 40, 70, 40])


def test_validation_shows_the_factor_of_every_prediction(made_up):
    with theme():
        figure = FIGURES["validation"](made_up.run("nothing"))
    (panel,) = figure.axes
    assert {x for x, _ in points(panel)} >= {0.5, 3.0, 2.25, 4.0, 0.8, 0.25}
    assert {"within a factor of 2", "within a factor of 10", "does not count"} <= set(named(figure))
    labels = [label.partition(":")[0] for label in words(panel.get_yticklabels())]
    counted = made_up.run("nothing").validation.query("counted == 'yes'")
    assert set(labels[: counted["macro"].nunique()]) == set(counted["macro"])
    middles = {macro: np.exp(np.log(of).mean()) for macro, of in counted.groupby("macro")["factor"]}
    drawn = [line for line in panel.get_lines() if line.get_marker() == "o"]
    for line, label in zip(drawn, labels, strict=True):
        assert (line.get_markerfacecolor() == "white") == (label not in middles)
        assert label not in middles or line.get_xdata() == pytest.approx([middles[label]])
    assert sorted(2 * bar.get_width() for bar in panel.patches) == pytest.approx([3.0, 19.8])


def named(figure):
    """The words of the figure's own legend."""
    return words(figure.legends[0].get_texts())


def test_bars_of_claims_tell_intervals_from_ranges(made_up):
    results = made_up.run("whole")
    with theme():
        figure = FIGURES["claims"](results)
    intervals, ranges = ({line.get_alpha() for line in panel.get_lines()} for panel in figure.axes)
    assert intervals == {None} and RANGE["alpha"] in ranges
    told = "; ".join(named(figure))
    assert "95 % interval, the wider" in told and "two crossbars, each with DACs" in told


def test_claims_have_a_mark_for_every_baseline(made_up):
    results = made_up.run("whole")
    with theme():
        panel = FIGURES["claims"](results).axes[1]
    drawn = {x for x, _ in points(panel)}
    few = results.claims[results.claims["comparison"] == "har-2b"]
    for row in few[~few["baseline"].isin(["", "all"])].itertuples():
        assert {round(row.ours, 6), round(row.paper, 6)} <= drawn


def test_accuracies_of_one_seed_say_why_they_have_no_interval(made_up):
    with theme():
        har, cifar10 = FIGURES["accuracy"](made_up.run("whole")).axes
    assert "2-bit, unipolar\n4 levels, 3 seeds" in words(har.get_yticklabels())
    assert "2-bit, signed\n7 levels of a pair, 1 seed: no interval" in words(cifar10.get_yticklabels())
    marks = [[line for line in panel.get_lines() if line.get_marker() == "o"] for panel in (har, cifar10)]
    assert [{line.get_markerfacecolor() == "white" for line in of} for of in marks] == [{False}, {True}]


def test_drift_sets_what_is_compensated_apart(made_up):
    """Two datasets; the compensated lose a tenth as much."""
    with theme():
        figure = FIGURES["drift"](made_up.run("whole"))
    axes = figure.axes
    last = [y for panel in axes[::2] for x, y in points(panel) if x > 1e7]
    assert f"{min(last):.0f} to {max(last):.0f} % with no compensation" in told(figure)
    assert [panel.get_title(loc="right") for panel in axes] == 2 * ["no compensation", "one digital factor per array"]
    assert {y for _, y in points(axes[0])} >= {round(100 / 6, 6)}
    without, with_factor = (min(y for x, y in points(panel) if x > 1e7) for panel in axes[:2])
    assert without < 65 < 85 < with_factor


def test_errors_name_their_variant_and_show_every_seed(made_up):
    with theme():
        own, accumulated, *_ = FIGURES["errors"](made_up.run("whole")).axes
    assert accumulated.get_legend().get_title().get_text() == "variant: plain-har"
    assert [bar.get_height() for bar in own.patches] == pytest.approx([5.5] * 6 * 3)
    assert sorted({round(bar.get_height(), 6) for bar in accumulated.patches}) == [5, 10, 15]
    assert sum(len(line.get_xdata()) for line in own.get_lines()) == 6 * 3 * 3


def test_networks_that_read_and_look_alike_are_told_apart(made_up):
    kinds = networks(made_up.results().accuracy).loc[["har-4b-unipolar", "har-2b-unipolar", "har-2b-mixed"]]
    other = kinds.loc[["har-2b-unipolar"]].rename(index={"har-2b-unipolar": "other"})
    twin, crelu = pd.concat([kinds, other]), pd.concat([kinds, other.assign(architecture="har-cnn-crelu")])
    assert style.labels(twin)["har-2b-unipolar"] == "har-2b-unipolar" and style.labels(twin)["other"] == "other"
    assert list(style.labels(crelu).values())[1::2] == ["2-bit, unipolar", "2-bit, unipolar, other"]
    looks = style.line_styles(twin)
    assert looks["other"]["marker"] != looks["har-2b-unipolar"]["marker"] == looks["har-4b-unipolar"]["marker"]


def test_the_start_leaves_the_axis_and_the_rest_stays():
    _, ((panel,),) = style.panels(1, 1, 3.0, 2.0)
    panel.plot(np.arange(20), [0.0, *np.linspace(90.0, 100.0, 19)])
    style.leave_out_the_start(panel)
    low, high = panel.get_ylim()
    assert 85 < low < 91 and 100 < high < 102


def told(figure):
    """The sentences above a figure, in one line."""
    return figure.legends[0].get_title().get_text().replace("\n", " ")


def searched(made_up, **changed):
    results = made_up.run("whole")
    return results._replace(search=results.search.assign(**changed))


def test_fronts_are_the_best_trial_at_no_more_cost(made_up):
    """A dot for every completed trial, a line for every search, room above the best."""
    results = made_up.run("whole")
    with theme():
        figure = FIGURES["front"](results)
    energy = figure.axes[1]
    done = results.search[(results.search["state"] == "complete") & (results.search["search"] == "har-2b")]
    lines = [line for line in energy.get_lines() if line.get_drawstyle() == "steps-post"]
    assert len(lines) == results.search["search"].nunique() and "chosen" in named(figure)
    for cost, best in zip(*lines[0].get_data(), strict=True):
        affordable = done[done["energy_pJ"] <= 1e3 * cost * (1 + 1e-9)]
        assert best == pytest.approx(100 * affordable["validation_accuracy"].max())
    assert energy.get_ylim()[1] > 100 * done["validation_accuracy"].max()


def test_a_cost_that_all_trials_share_is_told_in_words(made_up):
    """Of a dataset that the figures have no title for."""
    with theme():
        area, energy = FIGURES["front"](searched(made_up, area_um2=5e5, dataset="added")).axes
    assert not area.axison and "0.5 mm²" in area.texts[0].get_text()
    assert energy.axison and energy.get_title(loc="left") == "added" and energy.get_ylabel()


def test_the_course_of_a_search_shows_every_seed_and_their_mean(made_up):
    results = made_up.run("whole")
    with theme():
        figure = FIGURES["search"](results)
    for panel, measure, unit in zip(figure.axes, ("best-accuracy", "hypervolume-strict"), (100, 1), strict=True):
        drawn = [line.get_ydata().tolist() for line in panel.get_lines()]
        seeds = [one for one in reached(results.search) if one.search == "har-2b"]
        assert all(any(line == pytest.approx(unit * one.measures[measure]) for line in drawn) for one in seeds)
        end = unit * np.mean([one.at(measure, min(one.work[-1] for one in seeds)) for one in seeds])
        assert any(line[-1] == pytest.approx(end) for line in drawn if len(line) == 60)
    assert "one search seed" in named(figure) and not figure.axes[0].collections


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
            save(time(jobs), folder / "time")
        return [(folder / name).read_bytes() for name in ("time.png", "time.svg")]

    assert drawn(tmp_path / "a") == drawn(tmp_path / "b")


def test_the_confusion_figure_shows_shares_of_each_class(made_up):
    """Of seeds 0 and 1 together: 180 right of 180 + 2 * (5 + 10)."""
    with theme():
        figure = FIGURES["confusion"](made_up.run("whole"))
    panel = figure.axes[0]
    assert "7 % of " in figure.get_suptitle()
    words = [text.get_text() for text in panel.texts]
    assert words == [f"{100 * (180 if row == column else 15) / 210:.0f}" for row in range(3) for column in range(3)]


def test_the_conductance_figure_shows_a_corner_and_every_level(tmp_path):
    """Pairs are bracketed; shares count the cells of all arrays, as they come from their file."""
    draw = torch.Generator().manual_seed(0)
    tiles = [Tile(block, 0, slice(6 * block, 6 * block + 6), slice(0, 4)) for block in (0, 1)]
    mapped = {
        name: [[Array(tile, torch.rand(6, columns, generator=draw).round(decimals=1)) for tile in tiles]]
        for name, columns in (("pairs", 8), ("single", 4))
    }
    for name, layers in mapped.items():
        write_arrays(tmp_path / name, layers, {})
    sides = {name: read_numbers(tmp_path / name) for name in mapped}
    with theme():
        pairs, single, shares, *_ = drawn(sides, ["pairs"], {"pairs": "2-bit, signed"}, {}).axes
    cells = [layers[0][0].g_uS for layers in mapped.values()]
    assert all(
        np.array_equal(panel.get_images()[0].get_array(), g) for panel, g in zip((pairs, single), cells, strict=True)
    )
    assert (len(pairs.get_lines()), len(single.get_lines())) == (4, 0) and pairs.get_title(
        loc="left"
    ) == "2-bit, signed"
    counted = torch.cat([array.g_uS.flatten() for array in mapped["pairs"][0]])
    expected = [float((counted == level).double().mean()) * 100 for level in torch.arange(11) / 10]
    assert [bar.get_height() for bar in shares.patches[:11]] == pytest.approx(expected)


@pytest.mark.parametrize("levels", [4, 16])
def test_the_conductance_figure_has_a_colour_for_every_level(levels):
    cells = torch.arange(32).reshape(8, 4) % levels * 25.0 / (levels - 1)
    with theme():
        panel, _, bar = drawn({"unipolar": {"layer0/block0-0": cells.numpy()}}, [], {}, {}).axes
    assert len(bar.get_xticks()) == levels
    (image,) = panel.get_images()
    assert len(np.unique(image.to_rgba(image.get_array()).reshape(-1, 4), axis=0)) == levels


@pytest.mark.parametrize(("letters", "columns"), [(4, 4), (25, 3), (50, 2), (90, 1)])
def test_legend_takes_as_many_columns_as_fit_the_figure(letters, columns):
    handles = [Line2D([], [], label="x" * letters) for _ in range(8)]
    with theme():
        figure, _ = style.panels(1, 2, style.PAGE_IN, 3.0)
        style.legend(figure, handles, 4)
        figure.draw_without_rendering()
    (made,) = figure.legends
    assert len({round(text.get_window_extent().x0) for text in made.get_texts()}) == columns
    assert made.get_window_extent().x0 >= 0 and made.get_window_extent().x1 <= figure.bbox.width


def test_trade_places_every_priced_network_by_its_accuracy_and_cost(made_up):
    results = made_up.run("whole")
    with theme():
        axes = FIGURES["trade"](results).axes
    assert [panel.get_title(loc="left") for panel in axes] == ["UCI HAR", "", "CIFAR-10", ""]
    own = results.cost[(results.cost["network"] == "cifar10-2b-signed") & (results.cost["corner"] == "signed-own")]
    of = results.rules.reference
    own = own[(own["mapping"] == of.mapping) & (own["adc_law"] == of.adc_law)]
    noisy = results.accuracy[(results.accuracy["condition"] == "noisy") & (results.accuracy["split"] == "test")]
    mean = 100 * noisy[noisy["network"] == "cifar10-2b-signed"].groupby("seed")["accuracy"].mean().mean()
    for panel, measure, unit in zip(axes[2:], ("area_um2", "energy_pJ"), (1e-6, 1e-3), strict=True):
        assert (round(unit * own[measure].sum(), 6), round(mean, 6)) in points(panel)
