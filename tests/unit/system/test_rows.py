"""Simulated chips of priced networks against their closed form: latency to the picosecond, energy to 1e-9."""

import pytest
from support.circuits import corner_of

from xbar.circuit.cost import totals
from xbar.circuit.priced import cost_rows, performance_row
from xbar.system import rows as rows_of
from xbar.system.rows import CLOSED, OVERLAPPED, SERIAL, event_rows, schedules, system_rows
from xbar.system.simulate import Schedule, simulate
from xbar.system.work import ACTIVITIES, work_of
from xbar.tables import EVENTS, SYSTEM

BIT_SERIAL = {"input_encoding": "bit-serial", "dac": "none"}


@pytest.mark.parametrize("bank", ["own", "largest", 5])
@pytest.mark.parametrize("mapping", ["unipolar", "paired-columns-converted"])
@pytest.mark.parametrize("encoding", [{}, BIT_SERIAL, BIT_SERIAL | {"front_end": "tia"}, {"bank_parts": ["adc"]}])
def test_the_closed_form_is_met_to_the_picosecond_and_the_bill_to_a_billionth(bank, mapping, encoding):
    corner = corner_of(bank=bank, mapping=mapping, **encoding)
    chip, closed = work_of(corner), totals(corner.costs, corner.design)
    schedule = schedules(shared=corner.design.shared)[CLOSED]
    run = simulate(chip, schedule, [0] * 4)
    latency_ps, interval_ps = round(float(closed.latency_ns) * 1e3), round(float(closed.interval_ns) * 1e3)
    assert run.finished_ps == [latency_ps + i * interval_ps for i in range(4)]
    leaked = chip.leakage_uW * latency_ps * 1e-6
    assert run.energy_pJ(chip) / 4 + leaked == pytest.approx(float(closed.energy_pJ), rel=1e-9)


def test_the_closed_row_says_what_performance_and_cost_say():
    corner = corner_of(bank=5)
    row = next(row for row in system_rows(corner, 2, 1.28) if row["schedule"] == CLOSED)
    of_cost, whole = list(cost_rows(corner)), performance_row(corner)
    assert set(row) == set(SYSTEM.names)
    assert float(row["latency_ns"]) == float(row["closed_latency_ns"]) == float(whole["latency_us"]) * 1e3
    assert float(row["interval_ns"]) == float(whole["interval_us"]) * 1e3
    leaked = float(row["leakage_uW"]) * float(row["latency_ns"]) * 1e-3
    wanted = sum(float(cost["energy_pJ"]) for cost in of_cost)
    assert float(row["energy_pJ"]) + leaked == pytest.approx(wanted, rel=1e-9)
    assert float(row["gated_uW"]) == pytest.approx(wanted / 1.28 * 1e-6, rel=1e-8)
    assert float(row["power_uW"]) == pytest.approx(
        float(row["energy_pJ"]) / 1.28 * 1e-6 + float(row["leakage_uW"]), rel=1e-8
    )


def test_what_is_used_once_in_serial_work_is_used_as_often_in_overlapped_work():
    corners = [corner_of(bank=bank) for bank in ("own", 5)]
    converting_ns = 50 * 51 / 3, 50 * (40 * 16 + 10 * 3 * 32 + 5 * 7) / 5  # mean over layers, or over five ADCs
    for corner, mean_ns in zip(corners, converting_ns, strict=True):
        rows, chip = list(system_rows(corner, 3, None)), work_of(corner)
        by_name = {row["schedule"]: row for row in rows}
        assert len({row["energy_pJ"] for row in rows}) == 1 and "power_uW" not in rows[0]
        serial, overlapped = by_name[SERIAL], by_name[OVERLAPPED]
        assert float(overlapped["latency_ns"]) < float(serial["latency_ns"])
        for name in ("lines", "adcs", "digital", "bus"):
            shares = [float(row[f"{name}_busy"]) * float(row["interval_ns"]) for row in (serial, overlapped)]
            assert shares[0] == pytest.approx(shares[1], rel=1e-6) and 0 < float(serial[f"{name}_busy"]) <= 1
        assert float(serial["adcs_busy"]) * float(serial["interval_ns"]) == pytest.approx(mean_ns, rel=1e-6)
        added_um2 = chip.stage_um2 + chip.memory_um2
        assert float(serial["added_um2"]) == 0 and float(overlapped["added_um2"]) == pytest.approx(added_um2)


def test_each_stage_and_each_buffer_beyond_the_first_takes_its_own_area():
    chip = work_of(corner_of(bank=5))
    assert 0 < chip.stage_um2 != chip.memory_um2 > 0
    for schedule, added_um2 in (
        (Schedule(stages=1, buffers=3), 2 * chip.memory_um2), (Schedule(stages=2, buffers=1), chip.stage_um2)
    ):  # fmt: skip
        assert rows_of._numbers(chip, schedule, 1)["added_um2"] == pytest.approx(added_um2)


@pytest.mark.parametrize("change", [{"bank": 10}, {"bank": 16}, {"digital_rate_MHz": 160.0}, {"memory": "none"}])
def test_more_adcs_faster_units_and_no_bus_are_never_later(change):
    def latencies(corner):
        return [float(row["latency_ns"]) for row in system_rows(corner, 1, None)]

    before, after = latencies(corner_of(bank=5)), latencies(corner_of(**{"bank": 5} | change))
    assert all(now <= then for now, then in zip(after, before, strict=True)) and after[1] < before[1]


def test_events_have_the_promised_columns_and_end_with_the_inference():
    corner = corner_of(bank=5)
    rows, totals_of = list(event_rows(corner)), {row["schedule"]: row for row in system_rows(corner, 1, None)}
    assert all(tuple(row) == EVENTS.names for row in rows)
    for name in (SERIAL, OVERLAPPED):
        own = [row for row in rows if row["schedule"] == name]
        assert len(own) == 51 * len(ACTIVITIES) == int(totals_of[name]["events"])
        assert max(float(row["end_ns"]) for row in own) == float(totals_of[name]["latency_ns"])


def test_power_of_inputs_that_come_faster_than_inferences_end(caplog):
    """Own converters, overlapped: several inferences at once leak no more than a chip that leaks all the time."""
    corner = corner_of(bank="own")
    free = {row["schedule"]: row for row in system_rows(corner, 4, 1.0)}[OVERLAPPED]
    latency_s, interval_s = (float(free[f"{time}_ns"]) * 1e-9 for time in ("latency", "interval"))
    assert interval_s < 0.9 * latency_s
    (busy,) = (row for row in system_rows(corner, 4, 0.95 * latency_s) if row["schedule"] == OVERLAPPED)
    assert busy["gated_uW"] == busy["power_uW"] and not caplog.messages[1:]
    drawn_uW = float(busy["energy_pJ"]) / (0.95 * latency_s) * 1e-6
    assert float(busy["power_uW"]) == pytest.approx(drawn_uW + float(busy["leakage_uW"]), rel=1e-8)


@pytest.mark.parametrize("period_s", [1e-9, 1e-30])
def test_a_chip_that_cannot_keep_up_has_no_power(caplog, period_s):
    rows = list(system_rows(corner_of(bank=5), 2, period_s))
    assert all("power_uW" not in row and "gated_uW" not in row and float(row["period_s"]) == period_s for row in rows)
    assert len(caplog.messages) == 3 and "inputs come every 1e-" in caplog.messages[0]
