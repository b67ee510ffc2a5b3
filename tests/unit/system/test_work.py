"""What a product takes of each part, by hand, and what the bill has of the same."""

import numpy as np
import pytest
from support.circuits import corner_of

from xbar.circuit.bill import BUS_BITS, GROUPS, bill_of_materials
from xbar.system.work import ACTIVITIES, work_of

SIZE = (100, 50, 3)  # rows, columns, products: two row blocks of 64 rows, so 100 sums


@pytest.mark.parametrize(
    ("changes", "convert_turns", "passes", "share"),
    [
        ({"bank": "own"}, 1, 4, 1.0),  # 100 ADCs with 25 units; the last turn has all sums
        ({"bank": 16}, 7, 4, 100 / (7 * 16)),  # 16 ADCs with 4 units
        ({"bank": 16, "common_mode": "subtracted"}, 7, 13, 100 / (7 * 16)),  # all 50 outputs wait for their mean
        ({"bank": "own", "columns_per_adc": 10}, 10, 4, 1.0),  # 10 ADCs with 3 units
    ],
)
def test_times_by_hand(changes, convert_turns, passes, share):
    """Pulses of 10 ns, 50 ns a conversion, 12.5 ns a digital cycle, 4 ADCs a unit, inputs of 4 bits, words of 256."""
    (layer,) = work_of(corner_of(SIZE, input_encoding="pulse-width", dac="dtc-counter", **changes)).layers
    wanted = (2 * 12_500, 15 * 10_000, convert_turns * 50_000, passes * 12_500, 12_500)
    assert layer.products == 3 and layer.time_ps == dict(zip(ACTIVITIES, wanted, strict=True))
    assert layer.adc_share == pytest.approx(share)


def test_energies_are_those_of_the_bill_by_part_with_their_share_of_control():
    corner = corner_of(bank=5)
    chip, costs = work_of(corner), corner.costs
    parts = sum(cost.energy_pJ for name, cost in costs.items() if name not in GROUPS["overheads"])
    control = 1 + costs["control"].energy_pJ / parts
    for at, layer in enumerate(chip.layers):
        drawn = {name: layer.products * layer.energy_pJ[name] / control[at] for name in ACTIVITIES}
        assert drawn["convert"] == pytest.approx(sum(costs[name].energy_pJ[at] for name in GROUPS["ADCs"]))
        assert drawn["digital"] == pytest.approx(sum(costs[name].energy_pJ[at] for name in GROUPS["digital"]))
        assert drawn["fetch"] + drawn["store"] == pytest.approx(sum(costs[of].energy_pJ[at] for of in GROUPS["memory"]))
        assert sum(drawn.values()) == pytest.approx(parts[at])
        sizes = corner.network.layers
        assert drawn["fetch"] / drawn["store"] == pytest.approx(sizes.rows[at] / sizes.columns[at])


def test_the_bus_moves_the_bytes_that_are_priced_in_whole_words():
    corner = corner_of(bank="largest")
    chip, cycle_ps = work_of(corner), 1e6 / corner.design.digital_rate_MHz
    moved = sum(of.products * (of.time_ps["fetch"] + of.time_ps["store"]) for of in chip.layers) / cycle_ps
    priced = float(np.sum(bill_of_materials(corner.network.layers, corner.design)["activation_bus"].uses)) * 8
    assert priced <= moved * BUS_BITS < priced + 2 * BUS_BITS * sum(of.products for of in chip.layers)


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ({"bank": "own"}, set()),
        ({"bank": 5}, {"lines", "stages", "adcs"}),
        ({"bank": 5, "bank_parts": ["adc"]}, {"adcs"}),
        ({"bank": 5, "bank_parts": ["adc"], "arrays": "packed"}, {"adcs", "lines"}),
    ],
)
def test_layers_share_what_the_bank_holds_and_packed_arrays(changes, shared):
    assert work_of(corner_of(**changes)).shared == shared


def test_a_second_stage_and_memory_take_the_area_of_the_first():
    chip, costs = work_of(corner := corner_of(bank="own")), corner.costs
    assert chip.stage_um2 == pytest.approx(float(np.sum(costs["front_end"].area_um2 + costs["integrator"].area_um2)))
    assert chip.memory_um2 == pytest.approx(float(np.sum(costs["activation_memory"].area_um2))) and chip.memory_um2 > 0
