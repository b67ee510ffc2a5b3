"""Stations against what is known of queues: recurrences over jobs and stations, and the waits of random arrivals."""

from functools import partial
from heapq import heappop, heappush
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbar.system.station import Clock, Station

REQUESTS = 20_000
TIMES = st.integers(1, 50)
JOBS = st.integers(1, 4).flatmap(
    lambda count: st.lists(st.lists(TIMES, min_size=count, max_size=count), min_size=1, max_size=8)
)


def through(times_ps, held=None):
    """When each job leaves each station of a chain; with `held` a job keeps its station until the next one is free."""
    clock = Clock()
    chain = [Station(clock) for _ in times_ps[0]]
    left = np.zeros((len(times_ps), len(chain)), dtype=int)

    def leave(job, place):
        def free():
            left[job, place] = clock.now
            chain[place].give()

        last = place + 1 == len(chain)
        if last or not held:
            free()
        if not last:
            chain[place + 1].take(partial(arrive, job, place + 1, free if held else None))

    def arrive(job, place, before):
        if before:
            before()
        clock.after(times_ps[job][place], partial(leave, job, place))

    for job in range(len(times_ps)):
        chain[0].take(partial(arrive, job, 0, None))
    clock.run()
    return left


@given(JOBS)
def test_a_chain_of_stations_is_the_max_plus_recurrence(times_ps):
    """Permutation flow shop: C(i, j) = max(C(i - 1, j), C(i, j - 1)) + p(i, j)."""
    wanted = np.zeros((len(times_ps) + 1, len(times_ps[0]) + 1), dtype=int)
    for i, row in enumerate(times_ps, 1):
        for j, time in enumerate(row, 1):
            wanted[i, j] = max(wanted[i - 1, j], wanted[i, j - 1]) + time
    assert np.array_equal(through(times_ps), wanted[1:, 1:])


@given(JOBS)
def test_a_chain_without_buffers_is_the_blocking_recurrence(times_ps):
    """D(i, j) = max(D(i, j - 1) + p(i, j), D(i - 1, j + 1)): a job leaves once the next station is empty."""
    jobs, stations = len(times_ps), len(times_ps[0])
    left = np.zeros((jobs + 1, stations + 2), dtype=int)
    for i, row in enumerate(times_ps, 1):
        left[i, 0] = left[i - 1, 1]
        for j, time in enumerate(row, 1):
            left[i, j] = max(left[i, j - 1] + time, left[i - 1, j + 1] if j < stations else 0)
    assert np.array_equal(through(times_ps, held=True), left[1:, 1:-1])


def exponential(rng, count):
    """Exponential times of mean one in random order, each from its own slice of the distribution: less scatter."""
    return rng.permutation(-np.log1p(-(np.arange(count) + rng.random(count)) / count))


def queued(load, servers, service):
    """Mean wait in mean services, and share that waits, at a station under random arrivals.

    Held to Kiefer and Wolfowitz' recurrence on the way.
    """
    rng, clock = np.random.default_rng(0), Clock()
    station, late = Station(clock, servers), []
    arrivals = np.cumsum(exponential(rng, REQUESTS) / (load * servers) * 1e6).astype(int).tolist()
    services = (service(rng, REQUESTS) * 1e6).astype(int).tolist()
    free_at, wanted = [0] * servers, 0
    for arrival, time in zip(arrivals, services, strict=True):
        clock.after(arrival, partial(station.serve, time, lambda due=arrival + time: late.append(clock.now > due)))
        start = max(arrival, heappop(free_at))
        heappush(free_at, start + time)
        wanted += start - arrival
    clock.run()
    assert (station.busy_ps, station.waited_ps) == (sum(services), wanted)
    return station.waited_ps / REQUESTS / 1e6, np.mean(late)


def test_one_adc_waits_as_pollaczek_and_khinchine_have_it():
    load = 0.5
    wait, _ = queued(load, 1, lambda rng, count: np.ones(count))
    assert wait == pytest.approx(load / (2 * (1 - load)), rel=0.02)


def test_as_many_find_all_of_several_adcs_busy_as_erlang_has_it():
    load, servers = 0.7, 4
    offered = load * servers
    busy = offered**servers / factorial(servers) / (1 - load)
    _, waiting = queued(load, servers, exponential)
    assert waiting == pytest.approx(busy / (sum(offered**k / factorial(k) for k in range(servers)) + busy), rel=0.02)
