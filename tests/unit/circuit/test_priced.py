"""Priced networks as rows: what stands in them, and that their sums are the circuit's totals."""

from pathlib import Path

import numpy as np
import pytest
from support.configuration import CONFIG

from xbar.circuit.bill import bill_of_materials
from xbar.circuit.components import read_components
from xbar.circuit.cost import totals
from xbar.circuit.priced import (
    check_arrays,
    corners,
    cost_rows,
    layer_cost_rows,
    layers_of,
    performance_row,
    read_priced,
)
from xbar.config.circuit import CircuitSpec
from xbar.tables import COST, LAYER_COSTS, PERFORMANCE

pytestmark = pytest.mark.usefixtures("unchecked")  # test_cost.py checks the same functions
ROOT = Path(__file__).parents[3]
TABLE = ROOT / "workflow" / "reference" / "components.csv"
CIRCUIT = CONFIG["circuit"]
NETWORK = {"dataset": "digits", "architecture": "x", "training": "x", "weight_bits": 2, "scale": "network"}
HEADER = "layer,rows,columns,kernel_area,mvms_per_inference,x_max,w_max,i_max,current_range,weight_mean,activity\n"
ARRAYS = "layer,array,row_block,column_block,rows_used,columns_used,array_rows,array_columns,mapping\n"


def network(tmp_path, polarity, *, g_min_uS=0.0, weight_means=(0.2, 0.4)):
    layers = [tmp_path / f"{polarity}{seed}.csv" for seed in range(2)]
    for path, mean in zip(layers, weight_means, strict=True):
        path.write_text(HEADER + f"0,9,16,9,64,2,0.5,4,1,{mean},0.1\n1,256,10,1,1,2,0.5,4,8,{mean},0.3\n")
    return read_priced(
        {
            "name": f"digits-{polarity}",
            "network": NETWORK | {"polarity": polarity},
            "device": {"g_min_uS": g_min_uS, "g_max_uS": 25.0, "programming_noise": 0.0},
            "crossbar": {"rows": 72, "columns": 64},
        },
        layers,
    )


def corners_of(tmp_path, tables=(TABLE,), *, g_min_uS=0.0, **circuit):
    """Of a signed and of a unipolar network."""
    spec = CircuitSpec(**CIRCUIT | circuit)
    components = read_components(tables, spec.component_set)
    pair = [network(tmp_path, polarity, g_min_uS=g_min_uS) for polarity in ("signed", "unipolar")]
    return [corner for of in pair for corner in corners(of, spec, components)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return corners_of(tmp_path_factory.mktemp("layers"))


def test_every_corner_law_mapping_and_bank_is_there(found):
    keys = {tuple(corner.keys.values()) for corner in found}
    assert len(keys) == len(found) == 5 * (5 + 1) * 3
    assert {key[2] for key in keys} == {"signed-own", "signed-shared", "unipolar-own", "unipolar-shared"}
    assert ("digits-unipolar", "digits", "unipolar-shared", "unipolar", "A", "16") in keys
    assert ("digits-signed", "digits", "signed-own", "offset-column", "D", "own") in keys


def test_rows_have_the_promised_columns_and_sum_to_the_totals(found):
    for corner in found:
        rows, layers, whole = list(cost_rows(corner)), list(layer_cost_rows(corner)), performance_row(corner)
        assert all(tuple(row) == COST.names for row in rows) and tuple(whole) == PERFORMANCE.names
        assert all(tuple(row) == LAYER_COSTS.names for row in layers)
        assert [row["layer"] for row in layers] == ["0", "1", "bank"]
        for column, key, factor in (
            ("area_um2", "area_mm2", 1e-6),
            ("energy_pJ", "energy_nJ", 1e-3),
            ("latency_ns", "latency_us", 1e-3),
        ):
            sums = [sum(float(row[column]) for row in part) * factor for part in (rows, layers)]
            assert sums == pytest.approx([float(whole[key])] * 2, rel=1e-8)


def test_a_table_of_ones_own_changes_what_it_prices_and_nothing_else(tmp_path, found):
    """Without code: a row for the DAC, and a cell that the configuration names."""
    own = tmp_path / "own.csv"
    header = TABLE.read_text().splitlines()[0]
    own.write_text(f"{header}\ndtc-counter,energy,7,pJ,28,8,,measured,\ncell-mine,area,10,F2,,,,measured,\n")
    changed = corners_of(tmp_path, [TABLE, own], extra_components=[str(own)], cell="cell-mine")
    for before, after in zip(found, changed, strict=True):
        assert after.costs["cell"].area_um2 == pytest.approx(before.costs["cell"].area_um2 * 10 / 48)
        uses = bill_of_materials(after.network.layers, after.design)["dac"].uses
        assert after.costs["dac"].energy_pJ == pytest.approx(7 * uses)
        for name in set(before.costs) - {"cell", "dac", "bank_wire", "control"}:  # wires and control grow with the rest
            assert np.array_equal(before.costs[name].area_um2, after.costs[name].area_um2)
            assert np.array_equal(before.costs[name].energy_pJ, after.costs[name].energy_pJ)


def test_performance_by_hand(found):
    macs = 9 * 16 * 64 + 256 * 10
    for corner in found:
        row = {key: float(value) for key, value in performance_row(corner).items() if key.endswith(("_W", "_mm2"))}
        whole = performance_row(corner)
        assert float(whole["macs"]) == macs
        assert row["tops_per_W"] == pytest.approx(2 * macs / float(whole["energy_nJ"]) * 1e-3, rel=1e-8)
        seconds = float(whole["interval_us"]) * 1e-6
        assert row["tops_per_mm2"] == pytest.approx(2e-12 * macs / seconds / float(whole["area_mm2"]), rel=1e-8)


def test_measured_shares_are_means_over_seeds(tmp_path):
    layers = network(tmp_path, "unipolar").layers
    assert layers.weight_mean == pytest.approx([0.3, 0.3]) and layers.activity == pytest.approx([0.1, 0.3])
    assert layers.range_use == pytest.approx([1 / 4, 8 / 4])  # current_range / (x_max w_max i_max)


def test_a_finite_off_conductance_adds_a_corrected_column(tmp_path):
    plain, corrected = (
        next(c for c in corners_of(tmp_path, g_min_uS=g) if c.name == "unipolar-own") for g in (0.0, 1.0)
    )
    assert corrected.costs["adc"].count.sum() == plain.costs["adc"].count.sum() + 1 + 4  # one per array
    assert (
        plain.costs["digital_subtractor"].energy_pJ.sum() == 0 < corrected.costs["digital_subtractor"].energy_pJ.sum()
    )


def arrays_of(rows):
    keys = ARRAYS.strip().split(",")
    return [dict(zip(keys, map(str, (*row, 72, 64, "paired-columns-mirrored")), strict=True)) for row in rows]


def test_the_bill_is_held_to_the_mapped_arrays(tmp_path):
    mapped = [(0, 0, 0, 0, 9, 32), *((1, i, i, 0, 72 if i < 3 else 40, 20) for i in range(4))]
    check_arrays(network(tmp_path, "signed"), CircuitSpec(**CIRCUIT), arrays_of(mapped))
    with pytest.raises(ValueError, match=r"digits-signed: \(arrays, cells\) per layer are .* in arrays.csv; the bill"):
        check_arrays(network(tmp_path, "signed"), CircuitSpec(**CIRCUIT), arrays_of(mapped[:-1]))
    with pytest.raises(ValueError, match=r"digits-signed: arrays\.csv has no rows; replace it"):
        check_arrays(network(tmp_path, "signed"), CircuitSpec(**CIRCUIT), [])


def test_seeds_that_differ_in_size_are_refused():
    row = dict.fromkeys(HEADER.strip().split(",")[1:], "1") | {"weight_mean": "0.5"}
    with pytest.raises(ValueError, match="layer sizes of seed table 2 differ from those of table 1"):
        layers_of([[row], [row | {"rows": "18"}]])
    with pytest.raises(ValueError, match="no table of layers, or one without rows"):
        layers_of([])


def test_layers_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"csv: digits-signed: weight_mean 1\.5 of layer 0 is not allowed: 0 to 1$"):
        network(tmp_path, "signed", weight_means=(0.5, 2.5))


def test_bank_parts_must_fit_together():
    for parts in ([], ["dac"], ["front_end"], ["dac", "front_end"]):
        with pytest.raises(ValueError, match="a bank holds ADCs, at which the layers take turns; add adc"):
            CircuitSpec(**CIRCUIT | {"bank_parts": parts})


@pytest.mark.parametrize("parts", [["adc"], ["dac", "adc"], ["front_end", "adc"]])
def test_a_bank_is_smaller_and_slower_only_where_it_has_few_adcs(tmp_path, parts):
    """By hand: 64 products of 32 sums and one of 80, each with 255 levels of 1 ns and turns of 50 ns at its ADCs."""
    found = [
        totals(corner.costs, corner.design)
        for corner in corners_of(tmp_path, bank_parts=parts, wire_area=0.0, adc_laws=["B"], mappings=["two-crossbars"])
        if corner.keys["mapping"] == "two-crossbars"
    ]
    own, largest, sixteen = (float(total.area_um2) for total in found)
    assert sixteen <= largest < own
    at_once, in_turn = 65 * (255 + 50), 65 * 255 + (64 * 2 + 5) * 50
    assert [total.latency_ns for total in found] == [at_once, at_once, in_turn]


@pytest.mark.parametrize("arrays", ["tiled", "packed"])
def test_whole_arrays_take_more_cells_and_packing_gives_some_back(tmp_path, arrays):
    def cells(kind, bank):
        found = corners_of(tmp_path, arrays=kind, adc_laws=["B"])
        return (
            next(c for c in found if c.keys["bank"] == bank and c.keys["mapping"] == "unipolar")
            .costs["cell"]
            .count.sum()
        )

    assert cells(arrays, "own") == 5 * 72 * 64 > cells("exact", "own")  # 1 + 4 arrays
    assert cells(arrays, "largest") == {"tiled": 5, "packed": 1}[arrays] * 72 * 64
