"""Rows of system.csv and events.csv: a priced network in every schedule, by events, beside the closed form."""

import logging
from collections.abc import Iterator
from typing import Any

from xbar.circuit.components import Components
from xbar.circuit.cost import totals
from xbar.circuit.priced import PricedCorner, PricedNetwork, design_of, digits, price
from xbar.config.circuit import Bank, CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.system.simulate import AT, Event, Run, Schedule, simulate
from xbar.system.work import ChipWork, work_of

CLOSED, SERIAL, OVERLAPPED = "closed form", "serial", "overlapped"
BUSY = ("lines", "adcs", "digital", "bus")
NS, S = 1e3, 1e12  # picoseconds

logger = logging.getLogger(__name__)


def circuits_simulated(
    network: PricedNetwork, circuit: CircuitSpec, reference: ReferenceSpec, components: Components
) -> list[PricedCorner]:
    """The reference circuit with own converters, then with every bank. ValueError for a part without a price."""
    banks: list[Bank] = ["own", *circuit.banks]
    mapping, law = reference.mapping, reference.adc_law
    designs = [design_of(network, circuit, mapping=mapping, adc_law=law, bank=bank) for bank in banks]
    return [price(network, design, components) for design in designs]


def schedules(*, shared: bool) -> dict[str, Schedule]:
    """The schedules of a chip whose layers share converters, or not.

    Closed form: what `cost.latencies_ns` and `cost.totals` assume. Serial: the chip as it is priced, with one sample
    stage and memory of one inference. Overlapped: two sample stages, twice the memory, inferences close behind.
    """
    return {
        CLOSED: Schedule(stages=1, buffers=1 if shared else 2, in_turn=shared, parts="arrays"),
        SERIAL: Schedule(stages=1, buffers=1, in_turn=shared),
        OVERLAPPED: Schedule(stages=2, buffers=2),
    }


def system_rows(corner: PricedCorner, inferences: int, period_s: float | None) -> Iterator[dict[str, str]]:
    """One row for each schedule. `period_s`: between arriving inputs; None leaves the columns of power empty.

    `inferences`: how many follow the first one to measure the interval, and how many arrive to measure the power.
    """
    chip, closed = work_of(corner), totals(corner.costs, corner.design)
    for name, schedule in schedules(shared=corner.design.shared).items():
        numbers = {"closed_latency_ns": float(closed.latency_ns), "closed_interval_ns": float(closed.interval_ns)}
        numbers |= _numbers(chip, schedule, inferences)
        if period_s is not None and period_s * S < numbers["interval_ns"] * NS:
            late = f"{numbers['interval_ns']:g} ns an inference, {name}; inputs come every {period_s:g} s"
            logger.warning("%s: %s: %s; it has no power", corner.network.name, corner.keys["bank"], late)
            numbers["period_s"] = period_s
        elif period_s is not None:
            numbers |= _power(chip, schedule, inferences, period_s)
        yield corner.keys | {"schedule": name} | {column: digits(number) for column, number in numbers.items()}


def _numbers(chip: ChipWork, schedule: Schedule, inferences: int) -> dict[str, float]:
    """Latency and energy of one inference alone; interval, waiting and use of parts where all inputs wait at first."""
    alone, crowd = simulate(chip, schedule, [0]), simulate(chip, schedule, [0] * (inferences + 1))
    latency_ps = alone.finished_ps[0]
    interval_ps = (crowd.finished_ps[-1] - latency_ps) / inferences
    each_ps = interval_ps * (inferences + 1)
    return {
        "latency_ns": latency_ps / NS,
        "interval_ns": interval_ps / NS,
        "energy_pJ": alone.energy_pJ(chip),
        "leakage_uW": chip.leakage_uW,
        "added_um2": (schedule.stages - 1) * chip.stage_um2 + (schedule.buffers - 1) * chip.memory_um2,
        "waiting_ns": crowd.waited_ps() / (inferences + 1) / NS,
        **{f"{name}_busy": share / each_ps for name, share in _busy_ps(chip, crowd).items()},
        "events": sum(alone.done.values()),
    }


def _busy_ps(chip: ChipWork, run: Run) -> dict[str, float]:
    """Service of stations of each name, of ADCs by the share of them that converts; mean over those of one name."""
    found = {name: sum(at.busy_ps for at in run.stations[name]) / len(run.stations[name]) for name in BUSY}
    converting = [
        count * chip.layers[layer].time_ps["convert"] * chip.layers[layer].adc_share
        for (layer, activity), count in run.done.items()
        if activity == "convert"
    ]
    return found | {"adcs": sum(converting) / len(run.stations["adcs"])}


def _power(chip: ChipWork, schedule: Schedule, inferences: int, period_s: float) -> dict[str, Any]:
    """Mean power of inputs that arrive every `period_s`: parts leak all the time, or only while an inference lasts."""
    period_ps = round(period_s * S)
    run = simulate(chip, schedule, range(0, inferences * period_ps, period_ps))
    drawn_uW = run.energy_pJ(chip) / (inferences * period_s) * 1e-6
    active = min(1.0, _active_ps(run) / (inferences * period_ps))  # the last one may end after the last period
    return {
        "period_s": period_s,
        "power_uW": drawn_uW + chip.leakage_uW,
        "gated_uW": drawn_uW + chip.leakage_uW * active,
    }


def _active_ps(run: Run) -> int:
    """The time in which there is an inference, however many there are at once."""
    active_ps = until_ps = 0
    for start_ps, end_ps in zip(run.arrived_ps, run.finished_ps, strict=True):
        active_ps += max(0, end_ps - max(start_ps, until_ps))
        until_ps = max(until_ps, end_ps)
    return active_ps


def event_rows(corner: PricedCorner) -> Iterator[dict[str, str]]:
    """Every event of one inference, in the schedules serial and overlapped."""
    chip, all_of = work_of(corner), schedules(shared=corner.design.shared)
    for name in (SERIAL, OVERLAPPED):
        events: list[Event] = []
        simulate(chip, all_of[name], [0], events.append)
        for event in events:
            yield corner.keys | {
                "schedule": name,
                "layer": str(event.layer),
                "product": str(event.product),
                "activity": event.activity,
                "station": AT[event.activity],
                "start_ns": digits(event.start_ps / NS),
                "end_ns": digits(event.end_ps / NS),
            }
