"""Equal time: turns, latencies and intervals of the HAR network as they follow by hand from its sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.circuits import changed, design_from, layers_from, total

from xbar.circuit.conversions import own_adcs
from xbar.circuit.footprint import footprint
from xbar.config.crossbars import CrossbarSpec
from xbar.savings.equal_time import equal_turns, latency_ns

HAR = layers_from((162, 64, 32), (576, 128, 16), (512, 6, 1))  # rows, outputs, products
LARGE = {"crossbar": CrossbarSpec(rows=1152, columns=256), "dac_bits": 8, "adc_bits": 8}  # a pulse of 10 ns, 20 MHz
PROPOSAL = design_from("unipolar", bank=16, **LARGE)
pytestmark = pytest.mark.usefixtures("unchecked")


def adcs(layers, design):
    return own_adcs(footprint(layers, design), design).tolist()


@pytest.mark.parametrize(
    ("mapping", "expected"), [("two-crossbars", [32, 32, 12]), ("paired-columns-mirrored", [16, 16, 6])]
)
def test_har_by_hand(mapping, expected):
    """32 (10 + 4 x 50) + 16 (10 + 8 x 50) + 60 = 13,340 ns; the fast baseline 49 x 60 ns, its first layer 1,920."""
    fast = design_from(mapping, **LARGE)
    turns = equal_turns(HAR, fast, HAR, PROPOSAL)
    assert turns.tolist() == [4, 8, 1]
    slow = changed(fast, columns_per_adc=turns)
    assert adcs(HAR, slow) == expected
    ours, quick, equal = total(HAR, PROPOSAL), total(HAR, fast), total(HAR, slow)
    assert (ours.latency_ns, quick.latency_ns, equal.latency_ns) == (13340, 2940, 13340)
    assert ours.latency_ns / quick.latency_ns == pytest.approx(4.537, abs=1e-3)
    assert ours.interval_ns / quick.interval_ns == pytest.approx(6.948, abs=1e-3)
    assert equal.interval_ns == 32 * (10 + 4 * 50)
    assert ours.interval_ns / equal.interval_ns == pytest.approx(1.985, abs=1e-3)


def test_layers_with_other_products_get_the_largest_number_of_turns_that_is_not_slower():
    other = layers_from((162, 64, 32), (576, 32, 32), (576, 128, 16), (512, 6, 1))
    fast = design_from("two-crossbars", **LARGE)
    turns = float(equal_turns(HAR, fast, other, PROPOSAL))
    limit = latency_ns(other, PROPOSAL)
    slowed = [latency_ns(HAR, changed(fast, columns_per_adc=count)) for count in (turns, turns + 1)]
    assert slowed[0] <= limit < slowed[1]


def test_a_baseline_that_is_slower_at_once_keeps_an_adc_for_every_column():
    short = layers_from((162, 64, 1))
    fast = design_from("two-crossbars", **LARGE)
    assert float(equal_turns(HAR, fast, short, design_from("unipolar", bank="largest", **LARGE))) == 1


def test_a_baseline_of_longer_inputs_takes_no_longer_than_the_proposal():
    """Pulse widths of 8 and 4 bits: 255 and 15 levels of 10 ns before each conversion."""
    width = LARGE | {"input_encoding": "pulse-width", "dac": "dtc-counter"}
    fast, proposal = design_from("two-crossbars", **width), design_from("unipolar", bank=1, **width | {"dac_bits": 4})
    slow = changed(fast, columns_per_adc=equal_turns(HAR, fast, HAR, proposal))
    at_once, limit = latency_ns(HAR, fast), latency_ns(HAR, proposal)
    assert at_once < latency_ns(HAR, slow) <= limit


sizes = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 60), st.integers(1, 50)), min_size=1, max_size=4)


@given(sizes, sizes, st.integers(1, 64), st.sampled_from(["two-crossbars", "paired-columns-mirrored", "offset-column"]))
def test_the_baseline_is_never_slower_than_the_proposal_unless_it_is_at_once(first, second, bank, mapping):
    signed, unipolar = layers_from(*first), layers_from(*second)
    fast, proposal = design_from(mapping), design_from("unipolar", bank=bank)
    limit, at_once = latency_ns(unipolar, proposal), latency_ns(signed, fast)
    turns = equal_turns(signed, fast, unipolar, proposal)
    slow = latency_ns(signed, changed(fast, columns_per_adc=turns))
    assert slow <= max(limit, at_once) * (1 + 1e-9)
    if signed.mvms.tolist() != unipolar.mvms.tolist() and at_once <= limit:  # one number for all: the largest
        more = latency_ns(signed, changed(fast, columns_per_adc=turns + 1))
        assert more > limit or more == slow
