"""Variants: means over seeds against numpy, times in words, rows of the right cases in the tables and figures."""

import numpy as np
import pytest
from support.entries import FIGURES, TABLES

from xbar.report.figures.style import theme
from xbar.report.figures.variants import _freshest
from xbar.report.variants import aged, duration, layer_errors, means_of

drift, errors, variants = (TABLES[name] for name in ("drift", "errors", "variants"))


def test_means_average_chips_before_seeds(made_up):
    table = made_up.results().variants
    means = means_of(table, 0.95).set_index(["variant", "network", "time_s", "compensation"])
    case = ("drift-har", "har-2b-unipolar", 86400.0, "none")
    rows = table[(table["variant"] == case[0]) & (table["network"] == case[1]) & (table["time_s"] == case[2])]
    rows = rows[rows["compensation"] == case[3]]
    seeds = [rows.loc[rows["seed"] == seed, "accuracy"].mean() for seed in range(3)]
    assert means.loc[case, "mean"] == pytest.approx(np.mean(seeds))
    assert means.loc[case, "sd"] == pytest.approx(np.std(seeds, ddof=1))
    assert (means.loc[case, "n"], means.loc[case, "chips"]) == (3, 2)
    assert means["high"].max() <= 1 and means["low"].min() >= 0


@pytest.mark.parametrize(("points", "failed"), [(5.0, "1 of 3"), (40.0, "0 of 3")])
def test_one_seed_that_fails_is_counted_and_makes_no_interval(made_up, points, failed):
    results = made_up.results(["har-2b-unipolar", "har-2b-mixed"], {})
    plain = results.variants["variant"] == "plain-har"
    one = plain & (results.variants["network"] == "har-2b-unipolar") & (results.variants["seed"] == 1)
    accuracy = results.variants["accuracy"].mask(plain, 0.95).mask(one, 0.65 - 0.02 * results.variants["chip"])
    rules = results.rules.model_copy(update={"failure_points": points})
    lines = variants(results._replace(variants=results.variants.assign(accuracy=accuracy), rules=rules)).splitlines()
    cells = {line.split(" | ")[1]: line.split(" | ") for line in lines if line.startswith("| plain-har")}
    assert cells["`har-2b-unipolar`"][7:9] == ["64.00 to 95.00", failed]
    interval = cells["`har-2b-unipolar`"][6]
    assert interval == "–" if failed == "1 of 3" else interval.endswith(" to 100.00 (clipped)")
    assert cells["`har-2b-mixed`"][6:9] == ["95.00 to 95.00", "95.00 to 95.00", "0 of 3"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(25.0, "25 s"), (90.0, "1.5 min"), (3600.0, "1 h"), (2592000.0, "30 d"), (31536000.0, "1 y")]
)
def test_times_are_read_in_their_own_unit(seconds, words):
    assert duration(seconds) == words


def test_each_case_is_in_one_table_only(made_up):
    results = made_up.results()
    ageing = set(aged(means_of(results.variants, 0.95))["variant"])
    assert ageing == {"drift-har", "drift-cifar10"}
    assert "plain-har" not in drift(results) and "| 1 y (%) |" in drift(results)
    assert "drift-har" not in variants(results) and "plain-cifar10" in variants(results)


def test_layer_errors_are_means_over_seeds_and_chips(made_up):
    results = made_up.results(["har-2b-unipolar"], {})
    found = layer_errors(results)
    assert found["own_error"].tolist() == pytest.approx([0.055] * len(found))
    assert "5.5" in errors(results) and len(found) == 7 * 3


@pytest.mark.parametrize(("kept", "compensation"), [("plain", "none"), ("drift", "array")])
def test_the_error_figure_shows_one_case(made_up, kept, compensation):
    results = made_up.results(["har-2b-unipolar"], {})
    errors = results.errors[results.errors["variant"] == f"{kept}-har"] if kept == "drift" else results.errors
    shown = _freshest(layer_errors(results._replace(errors=errors)))
    assert set(shown["variant"]) == {f"{kept}-har"} and set(shown["compensation"]) == {compensation}
    assert shown["time_s"].nunique() == 1 and shown["layer"].tolist() == [0, 1, 2]


def test_the_drift_figure_draws_the_means(made_up):
    results = made_up.results(["har-2b-unipolar"], {})
    means = means_of(results.variants, 0.95)
    with theme():
        lines = [line for panel in FIGURES["drift"](results).axes for line in panel.get_lines()]
    courses = [np.asarray(line.get_ydata(), float) for line in lines if len(line.get_ydata()) == 3]  # times
    drawn = sorted(tuple(np.round(course, 9)) for course in courses)
    wanted = sorted(
        tuple(np.round(100 * group["mean"], 9)) for _, group in aged(means).groupby("compensation", sort=False)
    )
    assert drawn == wanted
