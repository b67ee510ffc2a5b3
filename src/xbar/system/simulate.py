"""Inferences on a chip event by event: what each part does when, and how long what needs it waits."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from xbar.system.station import Clock, Station, Then
from xbar.system.work import ChipWork

AT = {"fetch": "bus", "read": "lines", "convert": "adcs", "digital": "digital", "store": "bus"}  # by activity


class Schedule(NamedTuple):
    """How a chip goes about its work.

    `stages`: sample stages of a column; with two of them the next product is read while one is converted. `buffers`:
    inferences whose outputs of a layer the memory holds. `in_turn`: an inference begins once the one before is done.
    `parts`: arrays, where only reads and conversions take time as in the closed form, or all, with bus and digital
    units.
    """

    stages: int = 1
    buffers: int = 2
    in_turn: bool = False
    parts: Literal["arrays", "all"] = "all"


class Event(NamedTuple):
    """One activity of one product, from `start_ps` to `end_ps`."""

    inference: int
    layer: int
    product: int
    activity: str
    start_ps: int
    end_ps: int


Watch = Callable[[Event], None]


class Run(NamedTuple):
    """When inferences arrived and were finished, how often each (layer, activity) was done, and the stations by name.

    Layers share a station, or each has its own.
    """

    arrived_ps: list[int]
    finished_ps: list[int]
    done: Counter[tuple[int, str]]
    stations: dict[str, list[Station]]

    def energy_pJ(self, chip: ChipWork) -> float:
        """What all events drew, without leakage."""
        return sum(count * chip.layers[layer].energy_pJ[name] for (layer, name), count in self.done.items())

    def waited_ps(self) -> int:
        """What products waited for stations."""
        return sum(station.waited_ps for name in {*AT.values(), "stages"} for station in self.stations[name])


def simulate(chip: ChipWork, schedule: Schedule, arrivals_ps: Sequence[int], watch: Watch | None = None) -> Run:
    """Run inferences that arrive at these times, in ascending order, to their end; `watch` is told every event.

    Raises ValueError for no inferences, and for a schedule without a sample stage or a buffer.
    """
    if not arrivals_ps or schedule.stages < 1 or schedule.buffers < 1:
        found = f"inferences {len(arrivals_ps)}, stages {schedule.stages}, buffers {schedule.buffers}"
        raise ValueError(f"{found}: allowed is at least 1 of each")
    running = _Running(chip, schedule, watch)
    for inference, arrival_ps in enumerate(arrivals_ps):
        running.clock.after(arrival_ps, partial(running.begin, inference))
    running.clock.run()
    ends = [running.finished_ps[inference] for inference in range(len(arrivals_ps))]
    return Run(list(arrivals_ps), ends, running.done, running.stations)


class _Running:
    """A chip at work. A product has the lines from before its fetch to the end of its read.

    It has a sample stage from before its read to the end of its conversion.
    """

    def __init__(self, chip: ChipWork, schedule: Schedule, watch: Watch | None) -> None:
        self.chip, self.schedule, self.watch = chip, schedule, watch
        self.clock = Clock()
        self.done: Counter[tuple[int, str]] = Counter()
        self.finished_ps: dict[int, int] = {}
        self.left: dict[tuple[int, int], int] = {}
        depth = len(chip.layers)
        several = {"stages": schedule.stages, "memory": schedule.buffers}
        alone = {*chip.shared, *(["digital"] if "adcs" in chip.shared else []), "bus", "chip"}
        self.stations = {
            name: [Station(self.clock, several.get(name, 1)) for _ in range(1 if name in alone else depth)]
            for name in ("chip", "layer", "memory", "lines", "stages", "adcs", "digital", "bus")
        }

    def at(self, name: str, layer: int) -> Station:
        stations = self.stations[name]
        return stations[layer if len(stations) > 1 else 0]

    def begin(self, inference: int) -> None:
        start = partial(self.enter, inference, 0)
        if self.schedule.in_turn:
            self.at("chip", 0).take(start)
        else:
            start()

    def enter(self, inference: int, layer: int) -> None:
        """Wait for the layer, then for memory of its outputs."""
        self.left[inference, layer] = self.chip.layers[layer].products
        start = partial(self.product, inference, layer, 0)
        self.at("layer", layer).take(partial(self.at("memory", layer).take, start))

    def product(self, inference: int, layer: int, number: int) -> None:
        """One product from its inputs to its outputs; the layer's next one begins when the lines are free."""
        lines, stages = self.at("lines", layer), self.at("stages", layer)
        job = inference, layer, number

        def fetched() -> None:
            stages.take(partial(self.do, job, "read", read))

        def read() -> None:
            lines.give()
            if number + 1 < self.chip.layers[layer].products:
                self.product(inference, layer, number + 1)
            self.do(job, "convert", converted)

        def converted() -> None:
            stages.give()
            self.do(job, "digital", partial(self.do, job, "store", partial(self.stored, inference, layer)))

        lines.take(partial(self.do, job, "fetch", fetched))

    def do(self, job: tuple[int, int, int], activity: str, then: Then) -> None:
        """An activity of a product at its station; to read, the lines are taken already."""
        _, layer, _ = job
        counted = self.schedule.parts == "all" or activity in ("read", "convert")
        duration_ps = self.chip.layers[layer].time_ps[activity] if counted else 0
        station = self.at(AT[activity], layer)

        def ended() -> None:
            self.done[layer, activity] += 1
            if self.watch is not None:
                self.watch(Event(*job, activity, self.clock.now_ps - duration_ps, self.clock.now_ps))
            then()

        if activity == "read":
            station.busy_ps += duration_ps
            self.clock.after(duration_ps, ended)
        elif duration_ps:
            station.serve(duration_ps, ended)
        else:
            ended()

    def stored(self, inference: int, layer: int) -> None:
        """After the last product the next layer begins, and what the layer before has stored is no longer needed."""
        self.left[inference, layer] -= 1
        if self.left[inference, layer]:
            return
        self.at("layer", layer).give()
        if layer:
            self.at("memory", layer - 1).give()
        if layer + 1 < len(self.chip.layers):
            self.enter(inference, layer + 1)
            return
        self.at("memory", layer).give()
        self.finished_ps[inference] = self.clock.now_ps
        if self.schedule.in_turn:
            self.at("chip", 0).give()
