"""The page and the figure of trainings on cells and of repaired chips."""

import pandas as pd
import pytest
from support.pulses import PCM

from xbar.hybrid.page import brought_back, hybrid_figure, hybrid_page
from xbar.tables import HYBRID, to_frame

CHIPS = {"no faults": (0.96, 0.95), "none": (0.90, 0.91), "accumulate": (0.94, 0.92)}


def frame(chips=CHIPS):
    told = {"network": "net", "seed": "0", "cells": "200", "pulses": "50", "resets": "2"}
    rows = [
        told | {"task": "repair", "method": method, "chip": str(chip), "accuracy": str(accuracy)}
        for method, accuracies in chips.items()
        for chip, accuracy in enumerate(accuracies)
    ]
    rows += [told | {"task": "scratch", "method": "float", "seed": seed, "accuracy": "0.98"} for seed in ("0", "1")]
    return to_frame([{name: row.get(name, "") for name in HYBRID.names} for row in rows], HYBRID, "here")


def test_what_is_brought_back_is_a_share_of_the_loss_by_faults():
    rows = frame()
    share, interval = brought_back(rows[rows["task"] == "repair"])["accumulate"]
    residuals = 0.04 - 0.5 * 0.06, 0.01 - 0.5 * 0.04  # gains less the share of each chip's loss
    assert share == pytest.approx(0.5)
    assert interval == pytest.approx(2 * (residuals[0] - residuals[1]) / 2 / 0.05)
    (line,) = [line for line in hybrid_page(rows).splitlines() if "accumulate" in line]
    assert [cell.strip() for cell in line.strip("|").split("|")][2:5] == ["2", "93.00", "50"]


@pytest.mark.parametrize("faulty", [(0.96, 0.95), (0.97, 0.96)])
def test_where_faults_cost_nothing_there_is_no_share_of_the_loss(faulty):
    """A loss of zero would bring back an infinite share, and a gain by chance one of the wrong sign."""
    (line,) = [line for line in hybrid_page(frame(CHIPS | {"none": faulty})).splitlines() if "accumulate" in line]
    assert [cell.strip() for cell in line.strip("|").split("|")][3:6] == ["93.00", "–", "–"]


def test_networks_of_different_accuracy_do_not_share_a_line_of_the_figure():
    both = pd.concat([frame(), frame().assign(network="other", accuracy=0.5)])
    (_, scratch, repair) = hybrid_figure(both, PCM).axes
    assert [tick.get_text() for tick in scratch.get_yticklabels()] == ["net: float", "other: float"]
    assert len(repair.get_yticks()) == 2 * len(CHIPS)
    means = repair.lines[1].get_xdata()
    assert means[0] == pytest.approx(95.5) and means[-1] == pytest.approx(50)


def test_the_figure_has_a_panel_for_pulses_and_one_for_each_task():
    panels = hybrid_figure(frame(), PCM).axes
    assert [len(panel.lines) for panel in panels] == [101, 2, 2]
    mean = panels[0].lines[-1].get_ydata()
    assert mean[0] < 2 < 10 < mean[1] < mean[20]  # % of full scale: RESET, then the largest step of all
