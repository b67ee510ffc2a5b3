"""Trade-offs: the hand rule against the numbers of its source, banks against each other."""

import numpy as np
import pytest
from support.savings import OPTIONS, PAIR, SPEC, TABLES, base_circuit

from xbar.circuit.bill import BANKS
from xbar.circuit.cost import priced, totals
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec
from xbar.savings.answer import adcs_of_layers, sides_of
from xbar.savings.draws import base_of
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


def test_banks_of_layers_on_several_arrays_start_from_all_their_adcs():
    """On 128 rows the layer of 928 rows and 64 outputs stands on eight arrays and needs 512 ADCs; all own 614."""
    pair = [network._replace(crossbar=CrossbarSpec(rows=128, columns=128)) for network in PAIR]
    base = base_of(*pair, SPEC, ReferenceSpec(mapping="two-crossbars-shared-dac", adc_law="E", bank="largest"))
    sides = sides_of(*pair, base, TABLES)
    assert list(adcs_of_layers(sides)) == [32, 64, 512, 6]
    rows = list(trade_off_rows(sides, SPEC, TABLES["neurram"], OPTIONS))
    rows = [row for row in rows if row["baseline"] == "two-crossbars-shared-dac"]
    assert [row["bank"] for row in rows[:4]] == ["largest", "256", "128", "64"]
    share = bank_share(pair[1], base, TABLES["neurram"])
    by_hand = 1 - (1 - share + share * rows[0]["adcs"] / 614) / 2
    assert rows[0]["adcs"] == 512 and float(rows[0]["hand_rule"]) == pytest.approx(by_hand, rel=1e-5)


def test_the_share_of_a_bank_is_of_the_whole_area_with_its_bus():
    sides = sides_of(*PAIR, base_circuit("two-crossbars-shared-dac", "E"), TABLES)
    design = sides.base.model_copy(update={"mapping": "unipolar", "bank": "own", "common_mode": "kept"})
    costs = priced(PAIR[1].layers, design, TABLES["neurram"])
    held = [costs[name].area_um2.sum() for part in design.bank_parts for name in BANKS[part]]
    assert float(costs["activation_bus"].bank_area_um2) > 0
    found = bank_share(PAIR[1], sides.base, TABLES["neurram"])
    assert found == pytest.approx(sum(held) / float(totals(costs, design).area_um2), rel=1e-9)


def test_what_a_bank_can_hold_is_a_share():
    both = base_circuit("two-crossbars-shared-dac", "E")
    adcs = both.model_copy(update={"bank_parts": ["adc"]})
    assert 0 < bank_share(PAIR[1], adcs, TABLES["neurram"]) < bank_share(PAIR[1], both, TABLES["neurram"]) < 1
