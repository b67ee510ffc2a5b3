"""What all trials of a search have in common, put together from the inputs and parameters of a job."""

from pathlib import Path
from typing import Any, NamedTuple

from xbar.circuit.components import Components, read_components
from xbar.config.circuit import CircuitSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec, TrainingSpec
from xbar.config.search import CornerSpec, SearchSpec
from xbar.hardware.device import programming_polynomial
from xbar.hardware.laws import Laws


class HardwareTarget(NamedTuple):
    """The hardware that candidates stand on, and the corner of the cost model that prices it."""

    device: DeviceSpec
    crossbar: CrossbarSpec
    circuit: CircuitSpec
    corner: CornerSpec
    components: Components


class SearchSetup(NamedTuple):
    """What all trials of a search have in common.

    `base`: entry whose data, bits and noise the candidates have. `noise`: polynomial of the programming noise in
    training where it is the device's, else empty. `price_lists`: the files behind the components of `target`. `folds`:
    of the dataset; `seed`: of the search. `architecture`: of `base`, and of all candidates where layers are not
    searched. `warm_start`, `teacher`: floating-point networks of the fold that is held out. `finals_training`: recipe
    of the finals.
    """

    search: SearchSpec
    base: NetworkSpec
    training: TrainingSpec
    target: HardwareTarget
    laws: Laws
    noise: tuple[float, ...]
    dataset: str | Path
    price_lists: tuple[str | Path, ...]
    folds: int
    seed: int
    architecture: ArchitectureSpec
    warm_start: Path | None = None
    teacher: Path | None = None
    finals_training: TrainingSpec | None = None

    def files(self) -> list[str | Path]:
        """The files whose content decides what a training finds, besides what the other fields hold."""
        return [self.dataset, *self.price_lists, *(path for path in (self.warm_start, self.teacher) if path)]


def setup_of(job: Any) -> SearchSetup:
    """The setup of a Snakemake job of the rules `propose_trials`, `run_trials` and `run_final`."""
    given, params = job.input, job.params
    search, circuit = SearchSpec(**params.search), CircuitSpec(**params.circuit)
    components = read_components(params.components, circuit.component_set)
    device, crossbar = DeviceSpec(**params.device), CrossbarSpec(**params.crossbar)
    base, laws = NetworkSpec(**params.network), params.laws
    return SearchSetup(
        search=search,
        base=base,
        training=TrainingSpec(**params.training),
        target=HardwareTarget(device, crossbar, circuit, search.corner, components),
        laws=laws,
        noise=programming_polynomial(device, laws) if base.noise == "device" else (),
        dataset=given.dataset,
        price_lists=tuple(params.components),
        folds=params.folds,
        seed=int(getattr(job.wildcards, "search_seed", 0)),  # finals are of all seeds
        architecture=ArchitectureSpec(**params.architecture),
        warm_start=_file(given, "warm_starts"),
        teacher=_file(given, "teachers"),
        finals_training=TrainingSpec(**finals) if (finals := params.get("finals_training")) else None,
    )


def _file(given: Any, role: str) -> Path | None:
    paths = given.get(role, [])
    return Path(paths[0]) if paths else None
