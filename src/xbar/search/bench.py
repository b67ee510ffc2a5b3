"""What all trials of a search have in common, put together from the inputs and parameters of a job."""

from pathlib import Path
from typing import Any, NamedTuple

from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import NetworkSpec, TrainingSpec
from xbar.config.search import SearchSpec
from xbar.hardware.device import programming_polynomial
from xbar.hardware.laws import Laws, read_laws
from xbar.search.cost import Plant


class Bench(NamedTuple):
    """`base`: entry whose data, bits and noise the candidates have. `noise`: law of the programming noise in training
    where it is the device's. `folds`: of the dataset; `seed`: of the search."""

    search: SearchSpec
    base: NetworkSpec
    training: TrainingSpec
    plant: Plant
    laws: Laws
    noise: tuple[float, ...]
    dataset: str | Path
    folds: int
    seed: int


def bench_of(job: Any) -> Bench:
    """The bench of a Snakemake job of the rules `propose_trials` and `run_trials`."""
    given, params = job.input, job.params
    search, circuit = SearchSpec(**params.search), CircuitSpec(**params.circuit)
    components = read_components(given.components, circuit.component_set)
    device, crossbar = DeviceSpec(**params.device), CrossbarSpec(**params.crossbar)
    base, laws = NetworkSpec(**params.network), read_laws(given.laws)
    return Bench(
        search,
        base,
        TrainingSpec(**params.training),
        Plant(device, crossbar, circuit, search.corner, components),
        laws,
        programming_polynomial(device, laws) if base.noise == "device" else (),
        given.dataset,
        params.folds,
        int(job.wildcards.search_seed),
    )
