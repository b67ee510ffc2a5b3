"""A station of the simulated chip: alike servers behind one queue, first come first served, on simpy's clock."""

from collections import deque
from collections.abc import Callable

from simpy import Environment

Then = Callable[[], None]


class Clock(Environment):
    """simpy's clock in whole picoseconds."""

    @property
    def now_ps(self) -> int:
        """The present, from the start."""
        return int(self.now)

    def after(self, duration_ps: int, then: Then) -> None:
        """Call `then` once the time has passed; at once where there is none to pass."""
        if duration_ps == 0:
            then()
        else:
            self.timeout(duration_ps).callbacks.append(lambda _: then())


class Station:
    """`servers` that work at once; who finds all of them busy waits in the order of arrival.

    `busy_ps`: time of service, summed over servers. `waited_ps`: what all together waited.
    """

    def __init__(self, clock: Clock, servers: int = 1) -> None:
        self.clock = clock
        self.busy_ps = self.waited_ps = 0
        self._free = servers
        self._waiting: deque[tuple[int, Then]] = deque()

    def take(self, then: Then) -> None:
        """Call `then` with a server taken, as soon as one is free; `give` returns it."""
        if self._free:
            self._free -= 1
            then()
        else:
            self._waiting.append((self.clock.now_ps, then))

    def give(self) -> None:
        """Hand a server to who waits longest, or have it free."""
        if not self._waiting:
            self._free += 1
            return
        since_ps, then = self._waiting.popleft()
        self.waited_ps += self.clock.now_ps - since_ps
        then()

    def serve(self, duration_ps: int, then: Then) -> None:
        """Take a server, keep it so long, and call `then` once it is given back."""

        def taken() -> None:
            self.busy_ps += duration_ps
            self.clock.after(duration_ps, done)

        def done() -> None:
            self.give()
            then()

        self.take(taken)
