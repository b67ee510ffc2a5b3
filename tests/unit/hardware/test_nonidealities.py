import re
from pathlib import Path

import numpy as np
import pytest
import torch

from xbar.config.crossbars import DeviceSpec
from xbar.files import read_rows
from xbar.hardware.device import (
    NONIDEALITIES,
    ageing,
    programming,
    programming_polynomial,
    programming_sigma_uS,
    read_noise,
    stuck_at,
)
from xbar.hardware.forms import AGEING
from xbar.hardware.laws import law_named, read_laws

CSV = Path(__file__).parents[3] / "workflow" / "reference" / "devices.csv"
LAWS = read_laws(CSV)
PCM = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming="pcm", ageing="pcm")
ALL = DeviceSpec(
    g_min_uS=1.0, g_max_uS=40.0, programming="rram-1s", ageing="pcm", read_noise=0.01, stuck_off=0.1, stuck_on=0.1
)
NOTHING = DeviceSpec(g_min_uS=1.0, g_max_uS=40.0, programming_noise=0.0)
DAY = 86400.0


def stream(seed=0):
    return torch.Generator().manual_seed(seed)


def cells(level_uS, count=200_000):
    return torch.full((count,), level_uS, dtype=torch.float64)


@pytest.mark.parametrize("law", ["pcm", "rram-1s"])
@pytest.mark.parametrize("g_min_uS", [0.0, 5.0])
def test_the_law_for_training_is_that_of_programming(law, g_min_uS):
    """In shares of the window, at every level; where the polynomial of the law is not negative."""
    device = DeviceSpec(g_min_uS=g_min_uS, g_max_uS=30.0, programming=law)
    level = torch.linspace(0, 1, 11, dtype=torch.float64)
    expected = programming_sigma_uS(g_min_uS + (30.0 - g_min_uS) * level, device, LAWS) / (30.0 - g_min_uS)
    found = sum(c * level**i for i, c in enumerate(programming_polynomial(device, LAWS)))
    torch.testing.assert_close(found.clamp_min(0), expected)


@pytest.mark.parametrize("name", NONIDEALITIES)
def test_every_nonideality_keeps_shape_and_target_and_repeats_with_its_stream(name):
    act, target = NONIDEALITIES[name], torch.linspace(1, 40, 60, dtype=torch.float64).view(6, 10)
    before = target.clone()
    once, again, other = (act(target, ALL, LAWS, generator=stream(seed), time_s=DAY) for seed in (1, 1, 2))
    assert torch.equal(target, before) and once.shape == target.shape and torch.isfinite(once).all()
    assert torch.equal(once, again) and not torch.equal(once, other) and not torch.equal(once, target)


@pytest.mark.parametrize("name", NONIDEALITIES)
def test_a_device_without_faults_is_left_alone(name):
    target = torch.linspace(1, 40, 60, dtype=torch.float64)
    assert torch.equal(NONIDEALITIES[name](target, NOTHING, {}, generator=stream(), time_s=DAY), target)


@pytest.mark.parametrize(("law", "g_max"), [("pcm", 25.0), ("rram-1s", 40.0), ("rram-1day", 40.0), ("rram-1s", 20.0)])
def test_programming_spreads_as_the_published_polynomial_says(law, g_max):
    published = {  # highest order first, as printed
        "pcm": [-1.1731, 1.9650, 0.26348],
        "rram-1s": [-16.815, 45.393, -43.853, 16.030, 0.348],
        "rram-1day": [-16.458, 47.095, -50.773, 22.086, 0.701],
    }[law]
    fitted_at = {"pcm": 25.0}.get(law, 40.0)
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=g_max, programming=law)
    for share in (0.25, 0.6, 1.0):
        wanted = np.polyval(published, share) * g_max / fitted_at
        found = programming(cells(share * g_max), device, LAWS, generator=stream())
        assert float(found.std()) == pytest.approx(wanted, rel=0.01)
        assert float(found.mean()) == pytest.approx(share * g_max, abs=5 * wanted / 200_000**0.5)


def test_pcm_at_zero_is_cut_off_and_gets_a_positive_mean():
    found = programming(cells(0.0), PCM, LAWS, generator=stream())
    assert (found >= 0).all()
    assert float(found.mean()) == pytest.approx(0.26348 / (2 * np.pi) ** 0.5, rel=0.02)  # half of a normal


@pytest.mark.parametrize("time_s", [25.0, 3600.0, DAY, 30 * DAY, 365 * DAY])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_pcm_ages_as_an_independent_numpy_model_says(time_s, share):
    rng, count, t0 = np.random.default_rng(5), 200_000, 20.0
    mean = np.clip(-0.0155 * np.log(share) + 0.0244, 0.049, 0.1)
    sigma = np.clip(-0.0125 * np.log(share) - 0.0059, 0.008, 0.045)
    drifted = 25 * share * ((time_s + t0) / t0) ** -np.abs(mean + sigma * rng.standard_normal(count))
    q = min(0.0088 / share**0.65, 0.2) * np.sqrt(np.log((time_s + t0 + 250e-9) / 500e-9))
    wanted = np.maximum(drifted * (1 + q * rng.standard_normal(count)), 0)
    found = ageing(cells(25 * share), PCM, LAWS, generator=stream(), time_s=time_s).numpy()
    assert found.mean() == pytest.approx(wanted.mean(), rel=2e-3)
    assert found.std() == pytest.approx(wanted.std(), rel=1e-2)
    np.testing.assert_allclose(np.quantile(found, [0.05, 0.5, 0.95]), np.quantile(wanted, [0.05, 0.5, 0.95]), rtol=4e-3)


def test_errors_of_constant_noise_stay_on_both_sides_while_cells_drift():
    """Cells that are off, programmed with noise that is not cut at zero: ageing adds no mean to them."""
    device = DeviceSpec(g_min_uS=0.0, g_max_uS=25.0, programming_noise=0.04, ageing="pcm")
    programmed = programming(cells(0.0), device, {}, generator=stream())
    found = ageing(programmed, device, LAWS, generator=stream(3), time_s=DAY)
    assert float(programmed.std()) == pytest.approx(1.0, rel=0.01)
    assert abs(float(found.mean())) < 0.01 < float(found.std())
    assert (found * programmed >= 0).all()


def test_the_same_cells_drift_on_from_one_time_to_the_next():
    early, late = (
        ageing(cells(20.0, 1000), PCM, LAWS, generator=stream(3), time_s=time_s) for time_s in (DAY, 365 * DAY)
    )
    assert np.corrcoef(early.numpy(), late.numpy())[0, 1] > 0.8
    assert (late < early).double().mean() > 0.95


def test_stuck_cells_come_in_the_given_shares():
    device = NOTHING.model_copy(update={"stuck_off": 0.02, "stuck_on": 0.01})
    found = stuck_at(cells(7.0), device, {}, generator=stream())
    assert float((found == 1.0).double().mean()) == pytest.approx(0.02, abs=0.002)
    assert float((found == 40.0).double().mean()) == pytest.approx(0.01, abs=0.002)
    assert set(found.unique().tolist()) == {1.0, 7.0, 40.0}


def test_read_noise_is_a_share_of_the_window():
    found = read_noise(cells(10.0), NOTHING.model_copy(update={"read_noise": 0.01}), {}, generator=stream())
    assert float(found.std()) == pytest.approx(0.39, rel=0.01)


def test_a_negative_polynomial_is_no_spread():
    laws = {"odd": {"polynomial": {"sigma_0": -1.0, "g_max": 25.0}}}
    device = PCM.model_copy(update={"programming": "odd"})
    assert torch.equal(programming_sigma_uS(cells(5.0, 3), device, laws), torch.zeros(3, dtype=torch.float64))


def test_every_published_number_has_unit_and_source():
    """Deviations and full scales are conductances, times are in seconds, all else is a number."""
    rows = read_rows(CSV)
    assert {row["law"] for row in rows} >= {"pcm", "rram-1s", "rram-1day", "rram-2days"}
    for row in rows:
        conductance = row["parameter"].startswith("sigma_") or row["parameter"] == "g_max"
        time = row["parameter"] in ("drift_start", "read_time")
        assert row["unit"] == ("uS" if conductance else "s" if time else "1"), row
        assert re.search(r"et al\., .*\b(19|20)\d\d\b", row["source"]), row


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,polynomial,sigma_0,one,uS,book,", "'one' is not a number"),
        ("a,polynomial,sigma_0,1,mS,book,", "unit 'mS' is not allowed; needed is"),
        ("a,polynomial,sigma_0,1,uS,,", "has no source"),
        (
            "a,polynomial,sigma_0,1,uS,book,\na,polynomial,sigma_0,2,uS,book,",
            "second row of this parameter",
        ),
    ],
)
def test_a_faulty_table_is_refused_in_one_line(tmp_path, line, message):
    path = tmp_path / "devices.csv"
    path.write_text(f"law,form,parameter,value,unit,source,note\n{line}\n")
    with pytest.raises(ValueError, match=message) as error:
        read_laws(path)
    assert "devices.csv:" in str(error.value) and "\n" not in str(error.value)


def test_a_table_without_its_columns_is_refused(tmp_path):
    (tmp_path / "d.csv").write_text("law,value\n")
    with pytest.raises(ValueError, match="columns form, parameter, unit, source, note are missing"):
        read_laws(tmp_path / "d.csv")


def test_an_unknown_law_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"'rram-1s' is not one of pcm \(those of the forms drift\)"):
        law_named(LAWS, "rram-1s", AGEING)


@pytest.mark.parametrize(
    "faulty",
    [
        {"programming": "constant"},
        {"programming": "pcm", "programming_noise": 0.1},
        {"programming_noise": 0.1, "stuck_off": 0.7, "stuck_on": 0.7},
        {"programming_noise": 0.1, "levels": 1},
        {"programming_noise": 0.1, "g_min_uS": 30.0},
    ],
)
def test_impossible_devices_are_refused(faulty):
    with pytest.raises(ValueError):
        DeviceSpec(**{"g_min_uS": 0.0, "g_max_uS": 25.0} | faulty)
