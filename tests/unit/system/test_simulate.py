"""Inferences by events against recurrences, a published formula of another simulator, and what more parts must do."""

from functools import partial
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbar.system.simulate import Schedule, simulate
from xbar.system.work import ACTIVITIES, ChipWork, LayerWork

ARRAYS, OVERLAPPED = partial(Schedule, parts="arrays"), Schedule(stages=2, buffers=2)
SHARED = frozenset({"lines", "stages", "adcs"})
PARTS = {("read",): "lines", ("convert",): "adcs", ("digital",): "adcs", ("fetch", "store"): "bus"}  # shared as
TIMES = st.integers(1, 40)


def layer(products, read, convert, fetch=0, digital=0, store=0):
    times = dict(zip(ACTIVITIES, (fetch, read, convert, digital, store), strict=True))
    return LayerWork(products, times, dict.fromkeys(ACTIVITIES, 1.0))


LAYERS = st.lists(st.builds(layer, st.integers(1, 6), TIMES, TIMES, TIMES, TIMES, TIMES), min_size=1, max_size=4)
CHIPS = st.builds(ChipWork, LAYERS.map(tuple), st.sampled_from([frozenset(), SHARED, frozenset({"adcs"})]))
SCHEDULES = st.builds(Schedule, st.integers(1, 3), st.integers(1, 3), st.booleans(), st.sampled_from(["arrays", "all"]))


def finished(chip, schedule, inferences=1):
    return simulate(chip, schedule, [0] * inferences).finished_ps


@given(LAYERS, st.integers(1, 3))
def test_reads_and_conversions_are_the_max_plus_recurrence(layers, stages):
    """R(j) = max(R(j-1), V(j-stages)) + read; V(j) = max(V(j-1), R(j)) + conversion; a layer begins after the last."""
    end = 0
    for of in layers:
        read, converted = [end], [end] * stages
        for _ in range(of.products):
            read.append(max(read[-1], converted[-stages]) + of.time_ps["read"])
            converted.append(max(converted[-1], read[-1]) + of.time_ps["convert"])
        end = converted[-1]
    assert finished(ChipWork(tuple(layers), frozenset()), ARRAYS(stages=stages)) == [end]


@given(LAYERS, st.integers(1, 6))
def test_layers_with_own_parts_are_a_flow_shop_over_inferences(layers, count):
    """With memory for all, inference i leaves layer j at max(C(i-1, j), C(i, j-1)) + the time of that layer."""
    times = [of.products * (of.time_ps["read"] + of.time_ps["convert"]) for of in layers]
    ends = np.zeros((count + 1, len(times) + 1), dtype=int)
    for i, j in product(range(1, count + 1), range(1, len(times) + 1)):
        ends[i, j] = max(ends[i - 1, j], ends[i, j - 1]) + times[j - 1]
    assert finished(ChipWork(tuple(layers), frozenset()), ARRAYS(buffers=count), count) == ends[1:, -1].tolist()


def test_two_buffers_keep_the_pace_of_the_slowest_layer_and_one_that_of_the_slowest_pair():
    layers = ChipWork(tuple(layer(1, time, 10) for time in (20, 50, 40, 10)), frozenset())
    for buffers, interval in ((2, 60), (1, 60 + 50)):
        ends = finished(layers, ARRAYS(buffers=buffers), 6)
        assert {after - before for before, after in pairwise(ends)} == {interval}


@pytest.mark.parametrize(("shared", "interval"), [(SHARED, 1 + 2 + 2 * 100), (frozenset(), 1 + 2 + 100)])
def test_digital_units_behind_shared_adcs_serve_all_layers(shared, interval):
    ends = finished(ChipWork((layer(1, 1, 2, digital=100),) * 2, shared), OVERLAPPED, 8)
    assert (ends[-1] - ends[1]) / 6 == interval


@pytest.mark.parametrize(("columns", "adcs"), [(64, 64), (64, 16), (64, 4)])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_an_array_takes_as_long_as_pimsim_has_it(columns, adcs, count):
    """XbarArray.cpp of pimsim-nn (DATE 2024): F + B + (n - 1) max(F, B) as a pipeline, n (F + B) without.

    Its front F is input, DAC, read and hold; its back B is one conversion with shift and output and, for every further
    turn of the ADCs, the longer of the two.
    """
    taken_in, dac, read, hold, adc, shifted, out = 3, 2, 100, 5, 20, 4, 6
    front = taken_in + dac + read + hold
    back = adc + shifted + out + (columns // adcs - 1) * max(adc, shifted + out)
    chip = ChipWork((layer(count, front, back),), frozenset())
    assert finished(chip, ARRAYS(stages=1)) == [count * (front + back)]
    assert finished(chip, ARRAYS(stages=2)) == [front + back + (count - 1) * max(front, back)]


@given(CHIPS, SCHEDULES, st.integers(1, 3))
def test_every_product_goes_through_all_activities_in_order_and_no_part_does_two_things(chip, schedule, count):
    events = []
    run = simulate(chip, schedule, [0] * count, events.append)
    jobs = [(i, at, j) for i in range(count) for at, of in enumerate(chip.layers) for j in range(of.products)]
    assert sorted({event[:3] for event in events}) == jobs and len(events) == 5 * len(jobs)
    for job in jobs:
        own = [event for event in events if event[:3] == job]
        assert [event.activity for event in own] == list(ACTIVITIES)
        assert all(before.end_ps <= after.start_ps for before, after in pairwise(own))
    depth = range(len(chip.layers))
    for activities, name in PARTS.items():
        for layers in [set(depth)] if name in {"bus", *chip.shared} else [{at} for at in depth]:
            mine = [e for e in events if e.activity in activities and e.layer in layers and e.start_ps < e.end_ps]
            spans = sorted((event.start_ps, event.end_ps) for event in mine)
            assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert run.energy_pJ(chip) == 5 * len(jobs)  # one pJ each


@given(CHIPS, SCHEDULES)
def test_a_layer_begins_only_after_all_outputs_of_the_one_before_are_stored(chip, schedule):
    events = []
    simulate(chip, schedule, [0, 0], events.append)
    for inference, at in product(range(2), range(1, len(chip.layers))):
        stored = [e.end_ps for e in events if e[:2] == (inference, at - 1) and e.activity == "store"]
        assert max(stored) <= min(e.start_ps for e in events if e[:2] == (inference, at))


@given(LAYERS, SCHEDULES, TIMES)
def test_one_inference_alone_is_never_later_with_more_stages_or_a_faster_part(layers, schedule, saved):
    """Several inferences may get into each other's way, as in Graham's anomalies; a single one may not."""
    schedule = schedule._replace(parts="arrays")
    chip = ChipWork(tuple(layers), SHARED)
    (before,) = finished(chip, schedule)
    (more,) = finished(chip, schedule._replace(stages=schedule.stages + 1))
    faster = [of._replace(time_ps=of.time_ps | {"convert": max(1, of.time_ps["convert"] - saved)}) for of in layers]
    assert more <= before and finished(ChipWork(tuple(faster), SHARED), schedule)[0] <= before


@given(LAYERS, st.integers(1, 5), st.integers(1, 3))
def test_own_parts_are_never_later_with_more_memory(layers, count, buffers):
    chip = ChipWork(tuple(layers), frozenset())
    fewer, more = (finished(chip, ARRAYS(buffers=number), count) for number in (buffers, buffers + 1))
    assert all(later <= earlier for later, earlier in zip(more, fewer, strict=True))


def test_inputs_that_arrive_seldom_do_not_wait_and_those_in_turn_queue():
    chip = ChipWork((layer(2, 10, 5), layer(1, 30, 5)), SHARED)
    (alone,) = finished(chip, ARRAYS())
    assert alone == 2 * 15 + 35
    assert simulate(chip, ARRAYS(), [0, 500, 1000]).finished_ps == [alone, 500 + alone, 1000 + alone]
    run = simulate(chip, ARRAYS(in_turn=True), [0, 10, 20])
    assert run.finished_ps == [alone, 2 * alone, 3 * alone]
    assert run.stations["chip"][0].waited_ps == (alone - 10) + (2 * alone - 20)


@pytest.mark.parametrize("schedule", [Schedule(stages=0), Schedule(buffers=0)])
def test_a_chip_without_a_stage_or_memory_is_refused(schedule):
    with pytest.raises(ValueError, match=r"^inferences 1, stages \d, buffers \d: allowed is at least 1 of each$"):
        simulate(ChipWork((layer(1, 1, 1),), SHARED), schedule, [0])
