"""Trade-offs: the hand rule against the numbers of its source, banks against each other."""

import numpy as np
import pytest
from support.savings import OPTIONS, PAIR, SPEC, TABLES, base_circuit

from xbar.savings.answer import sides_of
from xbar.savings.trade_offs import bank_share, hand_rule, trade_off_rows
from xbar.tables import TRADE_OFFS

pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.mark.parametrize(("adcs", "percent"), [(128, 65.7), (16, 90.9)])
def test_the_hand_rule_of_the_har_network(adcs, percent):
    """89 % of the area can be shared, layers of 64, 128 and 6 channels, against two crossbars."""
    assert 100 * hand_rule(0.89, (64 + 128 + 6) / adcs, 2) == pytest.approx(percent, abs=0.05)


def test_no_bank_and_nothing_to_share():
    assert hand_rule(0.7, 1.0, 1) == pytest.approx(0) and hand_rule(0.0, 50.0, 2) == 0.5


@pytest.fixture(scope="module")
def rows():
    sides = sides_of(*PAIR, base_circuit("two-crossbars-shared-dac", "E"), TABLES)
    return list(trade_off_rows(sides, SPEC, TABLES["neurram"], OPTIONS))


def test_every_baseline_and_bank(rows):
    assert all({"comparison", *row} == set(TRADE_OFFS.names) for row in rows)
    assert [row["bank"] for row in rows[: len(rows) // 5]] == ["largest", "32", "16", "8", "4", "2", "1"]
    assert [row["baseline"] for row in rows[:: len(rows) // 5]] == SPEC.mappings


def test_fewer_adcs_take_longer_and_the_baseline_at_equal_time_has_fewer_too(rows):
    numbers = [{name: float(row[name]) for name in TRADE_OFFS.names[3:]} for row in rows[: len(rows) // 5]]
    for name in ("adcs", "baseline_adcs"):
        assert np.all(np.diff([row[name] for row in numbers]) <= 0)
    assert np.all(np.diff([row["latency_factor"] for row in numbers]) >= 0)
    for row in numbers:
        assert row["equal_latency_factor"] >= 1 - 1e-6 and row["equal_area_saving"] <= row["area_saving"]
        assert row["interval_factor"] >= row["equal_interval_factor"] - 1e-6


def test_what_a_bank_can_hold_is_a_share():
    both = base_circuit("two-crossbars-shared-dac", "E")
    adcs = both.model_copy(update={"bank_parts": ["adc"]})
    assert 0 < bank_share(PAIR[1], adcs, TABLES["neurram"]) < bank_share(PAIR[1], both, TABLES["neurram"]) < 1
