"""Bills and costs against circuits counted by hand, and properties that every circuit has."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.circuits import changed, costs_of, counts, design_from, layers_from, total

from xbar.circuit.bill import BY_LAW, GROUPS, bill_of_materials
from xbar.circuit.footprint import footprint
from xbar.circuit.packing import packed_share
from xbar.circuit.rows import PRICED
from xbar.config.crossbars import CrossbarSpec
from xbar.mappings import MAPPINGS


def test_two_by_two_unipolar_layer_by_hand():
    """Rows x1 x2, columns y1 y2, three products: 4 cells, 2 lines, 2 ADCs."""
    found = counts(layers_from((2, 2, 3)), design_from())
    assert found == {
        "cell": (4, 3 * 2 * 2 * 0.5 * 20 * 0.25),  # uS under full-scale pulses
        "wordline_driver": (2, 6),
        "wordline_cell": (4, 12),
        "dac": (2, 6),
        "input_register": (2, 6),
        "mirror_subtractor": (0, 0),
        "copied_current": (0, 0),
        "front_end": (2, 6),
        "integrator": (2, 6),
        "opamp": (0, 0),
        "mux_leg": (0, 0),  # each column has its own ADC
        "adc": (2, 6),
        "output_register": (2, 6),
        "bank_wire": (0, 0),
        "write_circuit": (0, 0),
        "shift_add": (0, 0),
        "digital_subtractor": (0, 0),
        "rescale": (1, 6),
        "bias_adder": (1, 6),
        "activation_memory": (0, 0),
        "activation_bus": (0, 0),
    }


def test_every_part_of_a_bill_has_a_group_and_a_price():
    """One that has no group would be missing from the report, and its price from what is read."""
    parts = {*bill_of_materials(layers_from((2, 2, 3)), design_from()), "control", "leakage"}
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(parts)
    assert parts == {*PRICED, *BY_LAW} and set(costs_of(layers_from((2, 2, 3)), design_from())) == parts


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        # cells, drivers, front ends, mirrors, op-amps, ADCs, conversions, digital subtractions
        ("paired-columns-mirrored", (8, 2, 2, 2, 0, 2, 6, 0)),
        ("paired-columns-opamp", (8, 2, 4, 0, 2, 2, 6, 0)),
        ("paired-columns-converted", (8, 2, 4, 0, 0, 4, 12, 6)),
        ("two-crossbars", (8, 4, 4, 0, 0, 4, 12, 6)),
        ("two-crossbars-shared-dac", (8, 4, 4, 0, 0, 4, 12, 6)),
        ("two-crossbars-mirrored", (8, 4, 2, 2, 0, 2, 6, 0)),
        ("two-crossbars-opamp", (8, 4, 4, 0, 2, 2, 6, 0)),
        ("offset-column", (6, 2, 3, 0, 0, 3, 9, 6)),
        ("offset-column-mirrored", (6, 2, 2, 2, 0, 2, 6, 0)),
    ],
)
def test_two_by_two_signed_layer_by_hand(mapping, expected):
    found = counts(layers_from((2, 2, 3)), design_from(mapping))
    names = ("cell", "wordline_driver", "front_end", "mirror_subtractor", "opamp", "adc")
    assert (*(found[name][0] for name in names), found["adc"][1], found["digital_subtractor"][1]) == expected


def test_price_of_the_two_by_two_layer_by_hand():
    cost = costs_of(layers_from((2, 2, 3)), design_from())
    assert cost["cell"].area_um2.sum() == pytest.approx(4 * 48 * 0.028**2)
    assert cost["cell"].energy_pJ.sum() == pytest.approx(3 * 4 * 0.5 * 20e-6 * 0.25 * 0.2**2 * 10e-9 * 1e12)
    assert cost["wordline_driver"].energy_pJ.sum() == pytest.approx(6 * 48e-3 * 28 / 130 * 0.81)
    assert cost["adc"].area_um2.sum() == pytest.approx(2 * 10 ** (-0.0369 * 6 + 1.206) * 64)
    assert cost["adc"].energy_pJ.sum() == pytest.approx(6 * (100 * 6 + 0.001 * 4**6) * 1e-3 * 0.81)
    assert cost["cell"].latency_ns.sum() == 30 and cost["adc"].latency_ns.sum() == 150


NETWORK = layers_from((5, 3, 4), (6, 6, 2), (6, 2, 1))
SMALL = {"crossbar": CrossbarSpec(rows=4, columns=5), "on_off_ratio": 20.0, "columns_per_adc": 2}


def test_a_small_network_with_blocks_and_correction_columns_by_hand():
    """Arrays of 4 x 5 with one correction column hold 4 outputs: 2 x 1, 2 x 2 and 2 x 1 arrays."""
    bill = bill_of_materials(NETWORK, design_from(**SMALL))
    assert bill["cell"].count.tolist() == [5 * 4, 6 * 8, 6 * 3]
    assert bill["wordline_driver"].count.tolist() == [5, 12, 6]
    assert bill["wordline_cell"].uses.tolist() == [4 * 5 * 4, 2 * 6 * 8, 6 * 3]
    assert bill["front_end"].count.tolist() == [2 * 4, 2 * 8, 2 * 3]
    assert bill["adc"].count.tolist() == [2 * 2, 2 * 4, 2 * 2]
    assert bill["adc"].uses.tolist() == [4 * 8, 2 * 16, 6]
    assert bill["shift_add"].count.tolist() == [1, 2, 1] and bill["shift_add"].uses.tolist() == [32, 32, 6]
    assert bill["digital_subtractor"].uses.tolist() == [4 * 6, 2 * 12, 4]
    assert bill["rescale"].uses.tolist() == [12, 12, 2]
    g_row = np.array([3 * (1 + 9.5) + 1, 6 * (1 + 9.5) + 2, 2 * (1 + 9.5) + 1])
    assert bill["cell"].uses == pytest.approx(g_row * [5, 6, 6] * 0.25 * [4, 2, 1])


def test_the_same_network_with_one_bank_by_hand():
    bill = bill_of_materials(NETWORK, design_from(bank=3, **SMALL))
    assert {name: int(part.bank) for name, part in bill.items() if np.any(part.bank)} == {
        "dac": 12, "input_register": 12, "front_end": 16, "integrator": 16, "adc": 3, "output_register": 3,
        "shift_add": 1, "digital_subtractor": 1, "rescale": 1, "bias_adder": 1, "mux_leg": 16,
    }  # fmt: skip
    assert bill["mux_leg"].count.tolist() == [5 + 8, 12 + 16, 6 + 6]
    assert bill["wordline_driver"].count.tolist() == [5, 12, 6]
    cost = costs_of(NETWORK, design_from(bank=3, **SMALL))
    assert cost["adc"].latency_ns.tolist() == [4 * 3 * 50, 2 * 6 * 50, 2 * 50]  # ceil(8/3), ceil(16/3), ceil(6/3)


def test_wires_to_the_bank_by_hand():
    """Lines 5, 12, 6 to the DACs and columns 8, 16, 6 to the front ends; half the side, 0.2 fF/um, swings of 0.2 V."""
    design = design_from(bank=3, bank_distance=0.5, **SMALL)
    wires = bill_of_materials(NETWORK, design)["bank_wire"]
    assert wires.count.tolist() == [13, 28, 12] and wires.uses.tolist() == [4 * 13, 2 * 28, 12]
    free, found = (total(NETWORK, changed(design, bank_distance=far)) for far in (0.0, 0.5))
    length_um = 0.5 * found.area_um2**0.5
    assert found.energy_pJ - free.energy_pJ == pytest.approx((52 + 56 + 12) * 0.2e-3 * length_um * 0.9 * 0.2)
    assert found.area_um2 == free.area_um2
    without_dacs = bill_of_materials(NETWORK, changed(design, bank_parts=["adc"]))["bank_wire"]
    assert without_dacs.count.tolist() == [8, 16, 6]
    held = changed(design, bank_parts=["adc"], input_encoding="bit-serial", dac="none", front_end="integrator")
    conversions = bill_of_materials(NETWORK, held)["adc"].uses
    assert bill_of_materials(NETWORK, held)["bank_wire"].uses.tolist() == conversions.tolist()  # not once a bit
    switches = bill_of_materials(NETWORK, changed(design, bank_parts=["adc"]))["mux_leg"]
    assert switches.count.tolist() == [8, 16, 6]


def test_pulses_on_wires_to_the_bank_swing_by_the_supply():
    """0.9 V over 0.2 V on the lines, once per product; columns swing as those of amplitudes do."""
    wires = bill_of_materials(NETWORK, design_from(bank=3, input_encoding="pulse-width", dac="dtc-counter", **SMALL))
    assert wires["bank_wire"].uses == pytest.approx([4 * (5 * 4.5 + 8), 2 * (12 * 4.5 + 16), 6 * 4.5 + 6])


def test_every_layer_leaks_as_long_as_all_layers_take():
    """What each layer leaks in its own time, by hand over the time of both."""
    first, second = layers_from((27, 16, 40)), layers_from((144, 32, 10))
    design = design_from(overheads="charged", memory="edram")
    alone = [(float(costs_of(of, design)["leakage"].energy_pJ.sum()), total(of, design)) for of in (first, second)]
    leaking = sum(energy_pJ / float(of.latency_ns) for energy_pJ, of in alone)
    both = layers_from((27, 16, 40), (144, 32, 10))
    time_ns = float(total(both, design).latency_ns)
    assert time_ns == pytest.approx(sum(float(of.latency_ns) for _, of in alone))
    assert float(costs_of(both, design)["leakage"].energy_pJ.sum()) == pytest.approx(leaking * time_ns)


def test_wires_need_room_and_lengthen_what_they_cross():
    """HAR with 16 shared ADCs: 1,448 wires of 0.2 um pitch over half the side of a circuit of 114,423 um2."""
    pitch_um2 = 1448 * 0.2 * 0.5
    side_um = (pitch_um2 + (pitch_um2**2 + 4 * 114_423) ** 0.5) / 2
    assert (side_um, pitch_um2 * side_um) == (pytest.approx(418.3, abs=0.1), pytest.approx(60_574, rel=1e-3))
    design = design_from(bank=3, bank_distance=0.5, **SMALL)
    free, found = (total(NETWORK, changed(design, wire_area=share)) for share in (0.0, 1.0))
    pitch_um2 = (13 + 28 + 12) * 0.2 * 0.5
    side_um = (pitch_um2 + (pitch_um2**2 + 4 * free.area_um2) ** 0.5) / 2
    assert found.area_um2 == pytest.approx(side_um**2) == pytest.approx(free.area_um2 + pitch_um2 * side_um)


def test_write_circuits_by_hand():
    """Each of the 23 lines and 30 columns carries one; 884 um2 at 130 nm, scaled as converters are."""
    plain, written = (total(NETWORK, design_from(write_circuits=word, **SMALL)) for word in ("none", "upper bound"))
    assert written.area_um2 - plain.area_um2 == pytest.approx((23 + 30) * 884 * (28 / 130) ** 0.99328)
    assert written.energy_pJ == plain.energy_pJ
    tiled = bill_of_materials(NETWORK, design_from(write_circuits="upper bound", arrays="tiled", **SMALL))
    array = SMALL["crossbar"]  # of whole arrays, all lines and all columns, used or not
    arrays = np.array(tiled["wordline_driver"].count) / array.rows
    assert tiled["write_circuit"].count.tolist() == (arrays * (array.rows + array.columns)).tolist()


def test_whole_arrays_by_hand():
    tiled = bill_of_materials(NETWORK, design_from(arrays="tiled", **SMALL))
    assert tiled["cell"].count.tolist() == [2 * 20, 4 * 20, 2 * 20]
    assert tiled["wordline_driver"].count.tolist() == [8, 16, 8] and tiled["dac"].uses.tolist() == [20, 24, 6]


def test_packing_by_hand():
    """Two layers of 2 x 2 fit beside each other into one array of 4 x 4; a third of 4 x 4 needs its own."""
    layers = layers_from((2, 2, 1), (2, 2, 1), (4, 4, 1))
    design = design_from(arrays="packed", crossbar=CrossbarSpec(rows=4, columns=4), bank="largest")
    assert packed_share(layers, design) == pytest.approx(2 / 3)
    assert bill_of_materials(layers, design)["cell"].count.sum() == pytest.approx(2 * 16)


def test_packed_lines_are_led_to_the_bank_once():
    """The layers of 2 x 2 share one array of 4 lines, that of 4 x 4 has another: 2 of 3 arrays' lines are built."""
    layers = layers_from((2, 2, 1), (2, 2, 1), (4, 4, 1))
    design = design_from(arrays="packed", crossbar=CrossbarSpec(rows=4, columns=4), bank="largest")
    bill = bill_of_materials(layers, design)
    assert bill["bank_wire"].count.sum() == pytest.approx(bill["wordline_driver"].count.sum() + 2 + 2 + 4)
    assert bill["mux_leg"].count.sum() == pytest.approx(2 * 4 + 2 + 2 + 4)


def test_the_bank_leads_differences_to_its_adcs_and_not_what_they_are_of():
    bill = bill_of_materials(layers_from((2, 4, 1)), design_from("paired-columns-opamp", bank=2))
    assert bill["front_end"].bank == 8 and bill["opamp"].bank == 4 and bill["mux_leg"].bank == 4


def test_har_mlp_of_the_prototype_has_396_adcs_of_618_um2():
    layers = layers_from((561, 128, 1), (128, 64, 1), (64, 6, 1))
    design = design_from("two-crossbars", crossbar=CrossbarSpec(rows=1024, columns=1024))
    adc = costs_of(layers, design)["adc"]
    assert adc.count.sum() == 396 and adc.area_um2.sum() == pytest.approx(0.245e6, rel=2e-3)


def test_signed_sums_take_one_more_bit():
    bits = {mapping: bill_of_materials(NETWORK, design_from(mapping))["adc"].bits[0] for mapping in MAPPINGS}
    assert {mapping for mapping, found in bits.items() if found == 6} == {
        "paired-columns-converted", "two-crossbars", "two-crossbars-shared-dac", "unipolar",
    }  # fmt: skip
    assert set(bits.values()) == {6, 7}


def test_only_weights_of_one_sign_take_the_extra_bits():
    extra = {"unipolar_extra_bits": 2}
    found = [
        bill_of_materials(NETWORK, design_from(name, **extra))["adc"].bits[0] for name in ("two-crossbars", "unipolar")
    ]
    assert found == [6, 8]


def test_measured_bits_follow_the_range_of_the_layer():
    layers = replace(NETWORK, range_use=np.array([1.0, 0.24, 0.001]))
    own = bill_of_materials(layers, design_from(own_adc_bits="measured"), 4)
    shared = bill_of_materials(layers, design_from(own_adc_bits="measured", bank="largest"), 4)
    assert own["adc"].bits.tolist() == [6, 5, 4] and shared["adc"].bits == 6  # ceil(log2(0.24 * 63 + 1)) = 5... 4.01


@pytest.mark.parametrize(
    ("word", "mappings"),
    [("everywhere", ["two-crossbars", "unipolar"]), ("signed", ["two-crossbars"]), ("nowhere", [])],
)
def test_digital_rescale_is_charged_only_where_chosen(word, mappings):
    for mapping in ("two-crossbars", "unipolar"):
        cost = costs_of(NETWORK, design_from(mapping, digital_rescale=word))["rescale"]
        charged = cost.energy_pJ.sum() > 0, cost.area_um2.sum() > 0
        assert charged == (mapping in mappings,) * 2


def test_an_amplifier_front_end_replaces_the_integrator():
    found = counts(NETWORK, design_from("paired-columns-opamp", front_end="tia"))
    integrated = counts(NETWORK, design_from("paired-columns-opamp"))
    assert found["front_end"] == (0, 0)
    assert found["opamp"][0] == integrated["front_end"][0] + integrated["opamp"][0]


def test_larger_amplifiers_cost_in_proportion():
    found = [costs_of(NETWORK, design_from("paired-columns-opamp", opamp_scale=scale))["opamp"] for scale in (1.0, 3.0)]
    assert found[1].area_um2 == pytest.approx(3 * found[0].area_um2)
    assert found[1].energy_pJ == pytest.approx(3 * found[0].energy_pJ)


def test_arrays_too_small_are_one_clear_line():
    with pytest.raises(
        ValueError, match="arrays of 1 columns hold no output in mapping paired-columns-mirrored; it needs 2"
    ):
        bill_of_materials(NETWORK, design_from("paired-columns-mirrored", crossbar=CrossbarSpec(rows=64, columns=1)))
    with pytest.raises(ValueError, match=r"arrays of 4 rows cannot hold a kernel of 9, that of layer 1$"):
        footprint(
            replace(NETWORK, kernel_area=np.array([4.0, 9.0, 9.0])),
            design_from(crossbar=CrossbarSpec(rows=4, columns=64)),
        )


SIZES = st.tuples(st.integers(1, 200), st.integers(1, 200), st.integers(1, 50))


@pytest.mark.usefixtures("unchecked")
@given(first=st.lists(SIZES, min_size=1, max_size=4), second=st.lists(SIZES, min_size=1, max_size=4), data=st.data())
def test_own_converters_are_additive_over_layers(first, second, data):
    design = design_from(data.draw(st.sampled_from(sorted(MAPPINGS))), columns_per_adc=data.draw(st.integers(1, 8)))
    together, *apart = (total(layers_from(*sizes), design) for sizes in (first + second, first, second))
    for name in ("area_um2", "energy_pJ", "latency_ns"):
        assert getattr(together, name) == pytest.approx(sum(getattr(part, name) for part in apart))
    assert together.interval_ns == max(part.interval_ns for part in apart)


@pytest.mark.usefixtures("unchecked")
@given(sizes=st.lists(SIZES, min_size=1, max_size=4), data=st.data())
def test_more_bits_rows_or_columns_never_cost_less(sizes, data):
    bank, arrays = data.draw(st.sampled_from(["own", "largest", 16])), data.draw(st.sampled_from(["exact", "tiled"]))
    besides = {
        "bank_distance": data.draw(st.floats(0, 1)),
        "write_circuits": data.draw(st.sampled_from(["none", "upper bound"])),
    }
    design = design_from(data.draw(st.sampled_from(sorted(MAPPINGS))), bank=bank, arrays=arrays, **besides)
    rows, columns, mvms = sizes[0]
    before = total(layers_from(*sizes), design)
    grown = [
        total(layers_from(*sizes), changed(design, adc_bits=7)),
        total(layers_from(*sizes), changed(design, dac_bits=5)),
        total(layers_from((rows + data.draw(st.integers(1, 90)), columns, mvms), *sizes[1:]), design),
        total(layers_from((rows, columns + data.draw(st.integers(1, 90)), mvms), *sizes[1:]), design),
    ]
    for after in grown:
        assert after.area_um2 >= before.area_um2 * (1 - 1e-12)
        assert after.energy_pJ >= before.energy_pJ * (1 - 1e-12)


@pytest.mark.usefixtures("unchecked")
@given(sizes=st.lists(SIZES, min_size=2, max_size=5), data=st.data())
def test_a_bank_for_the_largest_layer_keeps_the_latency_and_the_energy(sizes, data):
    design = design_from(data.draw(st.sampled_from(sorted(MAPPINGS))), columns_per_adc=data.draw(st.integers(1, 8)))
    own, shared = (total(layers_from(*sizes), changed(design, bank=bank)) for bank in ("own", "largest"))
    assert shared.latency_ns <= own.latency_ns * (1 + 1e-12)
    assert shared.energy_pJ == pytest.approx(own.energy_pJ)
    assert total(layers_from(*sizes), changed(design, bank="largest", bank_distance=0.1)).energy_pJ > own.energy_pJ
    assert shared.interval_ns == shared.latency_ns and own.interval_ns <= own.latency_ns  # only own banks pipeline


@given(sizes=st.lists(SIZES, min_size=1, max_size=5), data=st.data())
def test_packed_arrays_are_enough_and_no_more_than_separate_ones(sizes, data):
    rows, columns = data.draw(st.integers(8, 64)), data.draw(st.integers(8, 64))
    layers = layers_from(*sizes)
    design = design_from(arrays="packed", bank="largest", crossbar=CrossbarSpec(rows=rows, columns=columns))
    arrays = bill_of_materials(layers, design)["cell"].count.sum() / (rows * columns)
    separate = bill_of_materials(layers, changed(design, arrays="tiled"))["cell"].count.sum() / (rows * columns)
    weights = sum(size[0] * size[1] for size in sizes)
    assert weights / (rows * columns) <= arrays * (1 + 1e-9) <= separate * (1 + 2e-9)


def test_draws_cost_what_single_designs_cost():
    """One formula serves both: an array of designs gives the numbers of its members."""
    draws = changed(design_from("two-crossbars"), bank=np.array([3.0, np.inf]), adc_bits=np.array([5, 7]))
    found = total(NETWORK.against_draws(), draws)
    for i, (bank, bits) in enumerate(((3, 5), ("largest", 7))):
        alone = total(NETWORK, changed(draws, bank=bank, adc_bits=bits))
        assert found.area_um2[i] == pytest.approx(alone.area_um2) and found.energy_pJ[i] == pytest.approx(
            alone.energy_pJ
        )


def test_subtracting_the_common_mode_costs_two_additions_per_output():
    layers = layers_from((4, 3, 5), (2, 7, 1))
    bill = bill_of_materials(layers, design_from(common_mode="subtracted"))
    assert bill["digital_subtractor"].uses.tolist() == [2 * 3 * 5, 2 * 7]
    assert total(layers, design_from(common_mode="subtracted")).energy_pJ > total(layers, design_from()).energy_pJ


@pytest.mark.parametrize("encoding", ["amplitude", "pulse-width", "bit-serial"])
def test_front_end_and_integrator_are_on_as_long_as_products_take(encoding):
    """Uses times the time of each: both stand at the same column and wait for the same conversions."""
    dac = {"amplitude": "dac-r2r", "pulse-width": "dtc-counter", "bit-serial": "none"}[encoding]
    bill = bill_of_materials(NETWORK, design_from(**SMALL | {"dac_bits": 8, "input_encoding": encoding, "dac": dac}))
    on_ns = [bill[name].uses * bill[name].on_ns for name in ("front_end", "integrator")]
    np.testing.assert_allclose(*on_ns)
    assert np.all(on_ns[0] > 0)
