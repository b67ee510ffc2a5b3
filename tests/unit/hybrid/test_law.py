"""The law of a pulse: its table, and the response of many cells against the published formula."""

from math import exp
from pathlib import Path

import pytest
import torch

from xbar.config.hybrid import PULSE_COLUMNS, WritingSpec
from xbar.hybrid.cells import Pairs
from xbar.hybrid.law import PulseLaw, read_pulse_law

TABLE = Path(__file__).parents[3] / "workflow/reference/pulses.csv"
CELLS = 100_000


def by_hand(w):
    """Mean and spread of a step by aihwkit's ExpStepDevice with complex noise, in its own unit."""
    mean = 0.01 * (1 + 27.235 * exp(-2.5 * w))
    return mean, 0.6 * (mean + 0.042 + 0.108 * w)


@pytest.mark.parametrize("w", [0.6, 1.0, 1.4])  # where zero and full scale are five deviations away
def test_one_pulse_has_the_mean_and_the_spread_of_the_formula(w):
    law = read_pulse_law(TABLE, "pcm-pulsed")._replace(step_spread=0.0, range_spread=0.0)
    pairs = Pairs(law, WritingSpec(pulses=1, upper=1.0, lower=1.0), (CELLS,), torch.Generator().manual_seed(3))
    pairs.share = torch.full_like(pairs.share, w / 2)
    pairs.pulse(torch.ones(CELLS, dtype=torch.int64))
    mean, spread = by_hand(w)
    found = 2 * pairs.share[0].double() - w
    assert found.mean().item() == pytest.approx(mean, abs=4 * spread / CELLS**0.5)
    assert found.std().item() == pytest.approx(spread, rel=0.01)
    assert (pairs.share[1] == w / 2).all() and pairs.pulses.sum() == CELLS


def test_the_formula_holds_from_the_reset_state_to_full_scale():
    law, w = read_pulse_law(TABLE, "pcm-pulsed"), torch.linspace(0, 2, 9, dtype=torch.float64)
    mean = law.mean_step(w / 2)
    for at, step, spread in zip(w.tolist(), mean.tolist(), law.deviation(mean, w / 2).tolist(), strict=True):
        assert (2 * step, 2 * spread) == pytest.approx(by_hand(at), rel=1e-12)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[:-1], "law 'pcm-pulsed' lacks reset_noise"),
        (lambda lines: [*lines, lines[-1]], "pcm-pulsed reset_noise is repeated or unknown"),
        (lambda lines: [*lines, "pcm-pulsed,colour,1,1,here,"], "pcm-pulsed colour is repeated or unknown"),
        (lambda lines: [*lines[:-1], "pcm-pulsed,reset_noise,1,1,,"], "pcm-pulsed reset_noise has no source"),
        (lambda lines: [*lines[:-1], "pcm-pulsed,reset_noise,low,w,here,"], "'low' is not a number"),
        (lambda lines: [*lines[:-1], "pcm-pulsed,reset_noise,nan,w,here,"], "nan is not allowed: numbers are finite"),
        (lambda lines: [*lines[:-1], "pcm-pulsed,reset_noise,-1,w,here,"], "-1 is not allowed; it is 0 or above"),
        (lambda lines: [lines[0], "pcm-pulsed,range,0,w,here,", *lines[2:]], "0 is not allowed; it is above 0"),
        (lambda lines: [lines[0], "pcm-pulsed,range,2,uS,here,", *lines[2:]], "range: unit 'uS'; allowed is w"),
        (lambda lines: [*lines[:5], "pcm-pulsed,slope,-1,w,here,", *lines[6:]], "slope: unit 'w'; allowed is 1"),
    ],
)
def test_what_is_no_law_is_refused_in_one_line(tmp_path, change, told):
    lines = TABLE.read_text().splitlines()
    assert lines[0] == ",".join(PULSE_COLUMNS) and len(lines) == 1 + len(PulseLaw._fields)
    (tmp_path / "pulses.csv").write_text("\n".join(change(lines)) + "\n")
    with pytest.raises(ValueError, match=told) as caught:
        read_pulse_law(tmp_path / "pulses.csv", "pcm-pulsed")
    assert "\n" not in str(caught.value)
