"""How fast chips are simulated: `PYTHONPATH=src python benchmarks/system.py [NETWORK] [INFERENCES]`.

Prints processor time and events of so many inferences at once of a network of the published tables, at the reference
circuit with 16 shared ADCs, in every schedule. Default: 50 of har-2b-unipolar.
"""

import sys
import time
from pathlib import Path

from xbar.checks.reading import load_config
from xbar.circuit.components import read_components
from xbar.price.request import network_given, proposal
from xbar.system.rows import schedules
from xbar.system.simulate import simulate
from xbar.system.work import work_of

ROOT = Path(__file__).parents[1]


def main(name: str, inferences: int) -> None:
    """Simulate, and print a line for each schedule."""
    config = load_config(ROOT / "config.yaml")
    components = read_components([ROOT / "workflow/reference/components.csv"], config.circuit.component_set)
    network = network_given([], name, config, ROOT, signed=False).network
    chip = work_of(proposal(network, config.circuit, config, {"bank": 16}, components))
    for schedule, chosen in schedules(shared=True).items():
        start_s = time.process_time()
        run = simulate(chip, chosen, [0] * inferences)
        took_s, events = time.process_time() - start_s, sum(run.done.values())
        print(f"{schedule:12} {inferences} inferences, {events} events: {took_s:.2f} s, {events / took_s:.0f} a second")


if __name__ == "__main__":
    given = [*sys.argv[1:], *["har-2b-unipolar", "50"][len(sys.argv) - 1 :]]
    main(given[0], int(given[1]))
