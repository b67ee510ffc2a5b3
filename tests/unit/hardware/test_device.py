"""Conductances of levels, the constant programming noise by statistics, and what a configuration says of laws."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from xbar.checks.hardware import check_laws
from xbar.config.crossbars import DeviceSpec
from xbar.hardware.device import NONIDEALITIES, conductance, program
from xbar.hardware.forms import AGEING, PROGRAMMING
from xbar.hardware.laws import FORMS, read_laws

TABLE = Path(__file__).parents[3] / "workflow/reference/devices.csv"
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=20)
WINDOWS = st.tuples(st.floats(0, 50), st.floats(0.1, 100))


def device_from(g_min=2.0, g_max=22.0):
    return DeviceSpec(g_min_uS=g_min, g_max_uS=g_max, programming_noise=0.04)


@given(SHARES, WINDOWS)
def test_levels_are_spread_evenly_over_the_window(shares, window):
    """numpy's linear interpolation between g_min and g_max."""
    g_min, g_max = window[0], window[0] + window[1]
    found = conductance(torch.tensor(shares, dtype=torch.float64), device_from(g_min, g_max))
    np.testing.assert_allclose(found, np.interp(shares, [0, 1], [g_min, g_max]), rtol=1e-12, atol=1e-12)
    assert found.min() >= g_min
    assert float(found.max()) <= g_max * (1 + 1e-15)


def test_ends_of_the_window():
    assert conductance(torch.tensor([0.0, 0.5, 1.0]), device_from()).tolist() == [2.0, 12.0, 22.0]


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_shares_outside_are_refused_in_one_line(value):
    with pytest.raises(ValueError, match="do not fit one device; allowed are 0 to 1") as caught:
        conductance(torch.tensor([0.5, value]), device_from())
    assert f"{value:.3g}" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_shares_that_are_no_number_are_refused(value):
    with pytest.raises(ValueError, match="NaN or infinity"):
        conductance(torch.tensor([0.5, value]), device_from())


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_programming_noise_is_a_share_of_the_window_at_every_level(share):
    device, n = device_from(), 100_000
    target = conductance(torch.full((n,), share, dtype=torch.float64), device)
    error = program(target, device, 0.04, generator=torch.Generator().manual_seed(1)) - target
    assert abs(float(error.mean())) < 5 * 0.8 / n**0.5  # 0.04 of 20 uS
    assert abs(float(error.std()) / 0.8 - 1) < 5 / (2 * n) ** 0.5
    within = float((error.abs() < 0.8).double().mean())
    assert abs(within - 0.682689) < 5 * (0.683 * 0.317 / n) ** 0.5  # of a normal variable


@given(SHARES, st.floats(0, 1), st.integers(0, 2**31))
def test_programming_is_decided_by_its_generator_and_leaves_the_target(shares, noise, seed):
    device = device_from()
    target = conductance(torch.tensor(shares, dtype=torch.float64), device)
    before = target.clone()
    first, again = (program(target, device, noise, generator=torch.Generator().manual_seed(seed)) for _ in range(2))
    assert torch.equal(first, again) and torch.equal(target, before)
    assert first.shape == target.shape and first.dtype == target.dtype
    half = program(target, device, noise / 2, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(2 * (half - target), first - target, rtol=1e-9, atol=1e-9)


def test_no_noise_is_the_target():
    target = conductance(torch.rand(50), device_from())
    assert torch.equal(program(target, device_from(), 0.0, generator=torch.Generator().manual_seed(0)), target)


@pytest.mark.parametrize(
    ("laws", "told"),
    [
        ({"programming": "pmc"}, r"programming: 'pmc' is not one of constant, .*pcm, .*rram-1s"),
        ({"programming": "pcm", "ageing": "rram-1s"}, r"ageing: 'rram-1s' is not one of none, .*pcm"),
    ],
)
def test_a_law_that_no_table_holds_is_refused_in_one_line(laws, told):
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, **laws)
    with pytest.raises(ValueError) as caught:
        check_laws({"nvm": device_from(), "mine": device}, read_laws(TABLE))
    assert re.match(rf"config\.yaml: devices\.mine\.{told}", str(caught.value)) and "\n" not in str(caught.value)


def test_laws_of_the_table_are_accepted():
    pcm = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming="pcm", ageing="pcm")
    check_laws({"nvm": device_from(), "pcm": pcm}, read_laws(TABLE))


def test_a_law_with_too_few_fields_is_one_clear_line(tmp_path):
    path = tmp_path / "devices.csv"
    path.write_text(TABLE.read_text() + "mine,polynomial,sigma_0\n")
    with pytest.raises(ValueError, match=r"devices\.csv:\d+: 3 fields in a row; the header has 7"):
        read_laws(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "pcm,polynomial,sigma_gain,1,uS,x,",
            "pcm sigma_gain: parameters of the form polynomial are sigma_0, sigma_1, ..., g_max",
        ),
        ("pcm,polynomial,sigma_03,1,uS,x,", "pcm sigma_03: parameters of the form polynomial are sigma_0"),
        ("pcm,polynomial,sigma_,1,uS,x,", "pcm sigma_: parameters of the form polynomial are sigma_0"),
        ("pcm,drift,g_max,25,uS,x,", "pcm g_max: parameters of the form drift are drift_start"),
        ("pcm,cubic,sigma_0,1,uS,x,", "pcm sigma_0: form 'cubic' is not one of polynomial"),
        ("pcm,drift,nu_median,1,1,x,", "pcm nu_median: parameters of the form drift are drift_start"),
        ("pcm,polynomial,sigma_3,1,s,x,", "pcm sigma_3: unit 's' is not allowed; needed is uS"),
        ("mine,polynomial,g_max,25,1,x,", "mine g_max: unit '1' is not allowed; needed is uS"),
        ("pcm,polynomial,sigma_3,nan,uS,x,", "pcm sigma_3: nan is not allowed: numbers are finite"),
        ("pcm,polynomial,sigma_3,1e999,uS,x,", "pcm sigma_3: 1e999 is not allowed: numbers are finite"),
        ("pcm,polynomial,sigma_3,,uS,x,", "pcm sigma_3: '' is not a number"),
        ("mine,polynomial,g_max,0,uS,x,", "mine g_max: 0 is not allowed: numbers above 0"),
        ("none,polynomial,g_max,1,uS,x,", "none g_max: a law has a name of its own, not constant or none"),
    ],
)
def test_a_row_of_a_law_that_nothing_reads_is_refused(tmp_path, line, message):
    path = tmp_path / "devices.csv"
    path.write_bytes(b"\xef\xbb\xbf" + TABLE.read_bytes() + f"\n{line}\n".encode())
    with pytest.raises(ValueError) as caught:
        read_laws(path)
    number = len(path.read_text().splitlines())
    assert str(caught.value).startswith(f"{path}:{number}: {message}") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("read_time", "100", "read_time 100 exceeds drift_start 20"),  # the noise of a read would be a complex number
        ("nu_mean_min", "0.2", "nu_mean_min 0.2 exceeds nu_mean_max 0.1"),
        ("nu_sigma_max", "0.001", "nu_sigma_min 0.008 exceeds nu_sigma_max 0.001"),
    ],
)
def test_a_law_whose_bounds_are_not_in_order_is_refused(tmp_path, name, value, told):
    path = tmp_path / "devices.csv"
    rows = [line.split(",") for line in TABLE.read_text().splitlines()]
    changed = [[*row[:3], value, *row[4:]] if row[:3] == ["pcm", "drift", name] else row for row in rows]
    path.write_text("".join(",".join(row) + "\n" for row in changed))
    with pytest.raises(ValueError) as caught:
        read_laws(path)
    assert str(caught.value) == f"{path}: law pcm: {told}; allowed is no more"


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (["mine,polynomial,sigma_0,1,uS,x,"], "g_max"),
        ([f"mine,polynomial,{name},1,uS,x," for name in ("sigma_0", "sigma_2", "g_max")], "sigma_1"),
        (["mine,polynomial,g_max,1,uS,x,"], "sigma_0"),
        (["mine,drift,read_time,1,s,x,"], "drift_start, nu_mean_0, nu_mean_log, nu_mean_min"),
    ],
)
def test_a_law_that_lacks_a_parameter_is_refused(tmp_path, rows, missing):
    path = tmp_path / "devices.csv"
    path.write_text("\n".join([TABLE.read_text(), *rows]))
    with pytest.raises(ValueError, match=f"law mine lacks {missing}"):
        read_laws(path)


@pytest.mark.parametrize(("kind", "forms"), [("programming", PROGRAMMING), ("ageing", AGEING)])
def test_the_parameters_of_a_form_are_those_that_it_reads(kind, forms):
    class Watched(dict):
        def __getitem__(self, name):
            seen.add(re.sub(r"^(sigma_)\d+$", r"\1", name))
            return super().__getitem__(name)

    seen, g_uS, laws = set(), torch.rand(4, dtype=torch.float64), read_laws(TABLE)
    for form, needs in forms.items():
        name = next(name for name, by_form in laws.items() if form in by_form)
        device = DeviceSpec(
            g_min_uS=0.0, g_max_uS=25.0, **{"programming_noise": 0.0} if kind == "ageing" else {}, **{kind: name}
        )
        seen.clear()
        NONIDEALITIES[kind](
            g_uS, device, {name: {form: Watched(laws[name][form])}}, generator=torch.Generator(), time_s=60.0
        )
        assert seen == set(needs.parameters)


def test_a_law_of_two_forms_of_one_kind_is_refused(tmp_path, monkeypatch):
    """Which of them programs the device could not be told."""
    for forms in (PROGRAMMING, FORMS):
        monkeypatch.setitem(forms, "cubic", PROGRAMMING["polynomial"])
    path = tmp_path / "devices.csv"
    path.write_text(f"{TABLE.read_text()}pcm,cubic,sigma_0,1,uS,x,\npcm,cubic,g_max,1,uS,x,\n")
    with pytest.raises(ValueError, match=r"law pcm has the forms polynomial, cubic; allowed is one of them"):
        read_laws(path)
