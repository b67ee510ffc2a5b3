"""Candidates of a search: drawn parameter by parameter, and what network the drawn parameters describe."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

from xbar.config.networks import ArchitectureSpec, LayerSpec, NetworkSpec
from xbar.config.polarity import Group, SignSpec
from xbar.config.search import Assignment, SpaceSpec
from xbar.network.geometry import columns_of, sub_matrix_counts

OF_LAYERS = ("width", "kernel", "stride")
OF_NETWORK = ("depth", "reduce", "average", "activation", "input")
OF_SIGNS = ("group", "assignment")


@runtime_checkable
class Draw(Protocol):
    """What an optuna trial offers."""

    def suggest_categorical(self, name: str, choices: list[Any]) -> Any: ...

    def suggest_int(self, name: str, low: int, high: int) -> int: ...


class Candidate(NamedTuple):
    """A network that a search may train: its architecture and the signs of its sub-matrices."""

    architecture: ArchitectureSpec
    signs: SignSpec | None

    def as_json(self) -> dict[str, Any]:
        """What `candidate_of` reads again."""
        return {
            "architecture": self.architecture.model_dump(mode="json"),
            "signs": self.signs and self.signs.model_dump(mode="json", exclude_unset=True),
        }


def draw_candidate(
    trial: Draw, space: SpaceSpec, classes: int, *, mixed: bool, fixed: ArchitectureSpec | None = None
) -> Candidate:
    """Every parameter of the space drawn from `trial`, those of layers that the depth leaves out included.

    `classes`: outputs of the last layer. `mixed`: whether signs are part of the space; else there are none. `fixed`:
    the architecture of all candidates where the space has no lists of layers.
    Ordered numbers are drawn as positions in their lists, so that a sampler sees their order.
    """
    architecture = _architecture(trial, space, classes) if fixed is None else fixed
    if not mixed:
        return Candidate(architecture, None)
    group, assignment = (_draw(trial, name, getattr(space, name)) for name in OF_SIGNS)
    return Candidate(architecture, _signs(trial, group, assignment, architecture))


def _architecture(trial: Draw, space: SpaceSpec, classes: int) -> ArchitectureSpec:
    drawn = {name: _draw(trial, name, getattr(space, name)) for name in OF_NETWORK}
    layers = []
    for layer in range(max(space.depth or ())):
        of_layer = {name: _draw(trial, f"{name}{layer}", getattr(space, name)) for name in OF_LAYERS}
        if layer < drawn["depth"]:
            layers.append(_convolution(drawn["reduce"], **of_layer))
    layers += [LayerSpec(average=drawn["average"]), LayerSpec(linear=classes)]
    return ArchitectureSpec(activation=drawn["activation"], input=drawn["input"], layers=layers)


def _draw(trial: Draw, name: str, choices: list[Any]) -> Any:
    if all(isinstance(choice, int) for choice in choices):
        ordered = sorted(choices)
        return ordered[trial.suggest_int(name, 0, len(ordered) - 1)]
    return trial.suggest_categorical(name, choices)


def _convolution(reduce: str, *, width: int, kernel: int, stride: int) -> LayerSpec:
    if reduce == "pool":
        return LayerSpec(conv=width, kernel=kernel, pool=stride)
    return LayerSpec(conv=width, kernel=kernel, stride=stride)


def _signs(trial: Draw, group: Group, assignment: Assignment, architecture: ArchitectureSpec) -> SignSpec:
    """Signs of one candidate; `searched` draws them one by one."""
    if assignment == "alternate" and group == "network":
        assignment = "positive"  # there is nothing to alternate with
    if assignment == "positive":
        group = "network"  # the same network whatever its groups: trained once
    if assignment != "searched":
        return SignSpec(group=group, assignment=assignment)
    counts = sub_matrix_counts(group, columns_of(architecture))
    texts = [
        "".join(trial.suggest_categorical(f"sign{layer}-{place}", ["+", "-"]) for place in range(count))
        for layer, count in enumerate(counts)
    ]
    return SignSpec(group=group, assignment=texts)


def candidate_of(found: dict[str, Any]) -> Candidate:
    """The candidate that `Candidate.as_json` described."""
    signs = found["signs"] and SignSpec.model_validate(found["signs"])
    return Candidate(ArchitectureSpec.model_validate(found["architecture"]), signs)


def network_of(base: NetworkSpec, candidate: Candidate) -> NetworkSpec:
    """The entry of the base network with the candidate's signs."""
    return base.model_copy(update={"signs": candidate.signs})
