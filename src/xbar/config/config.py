"""The whole configuration, read once when Snakemake parses the workflow. `xbar.checks` compares its blocks."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PositiveInt, ValidationError, model_validator

from xbar.config.base import Name, Place, Spec, Unique, line_of
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ClaimsSpec
from xbar.config.crossbars import ConfusionSpec, CrossbarSpec, DeviceSpec, EvaluationSpec, NetlistSpec, WiresSpec
from xbar.config.hybrid import HybridSpec
from xbar.config.networks import ArchitectureSpec, DatasetSpec, NetworkSpec, TrainingSpec
from xbar.config.own import OwnNetworkSpec
from xbar.config.search import SearchRunSpec
from xbar.config.system import SystemSpec
from xbar.config.tiny import TinySpec
from xbar.config.variants import VariantRunSpec


def _by_name(seeds: Any) -> Any:
    """Seeds by network. A single number is the default."""
    return seeds if isinstance(seeds, Mapping) else {"default": seeds}


Names = Annotated[list[str], Unique]
Seeds = Annotated[dict[Name, PositiveInt], BeforeValidator(_by_name)]


class RunSpec(Spec):
    """The part of the configuration that one run carries out: names of networks, comparisons, variants and searches.

    `seeds`: number of seeds trained for each network, counted from 0: one number for all, or numbers by network and a
    `default` for the others. A floating-point network from which others of the run start or learn needs all of their
    seeds. If the run does not name it, it is trained for the seeds that are needed. `variants`: evaluated for those of
    their networks that the run trains. `searches`: those in the report; a search whose network the run trains is
    carried out in any case. `note`: text about the run at its end and on its page.
    """

    networks: Names
    seeds: Seeds
    comparisons: Names
    variants: Names = Field(default_factory=list)
    searches: Names = Field(default_factory=list)
    note: str = ""

    @model_validator(mode="after")
    def _others_have_seeds(self) -> Self:
        if "default" not in self.seeds:
            raise ValueError("seeds: default is missing; allowed are one number, or numbers by network and a default")
        return self


class ComparisonSpec(Spec):
    """A signed network and the unipolar network that is meant to replace it."""

    signed: str
    unipolar: str


class Config(Spec):
    """config.yaml with the files that are laid over it."""

    raw_data: Place
    run: RunSpec
    datasets: dict[Name, DatasetSpec]
    architectures: dict[Name, ArchitectureSpec]
    training: dict[Name, TrainingSpec]
    networks: dict[Name, NetworkSpec]
    devices: dict[Name, DeviceSpec]
    crossbars: dict[Name, CrossbarSpec]
    evaluation: EvaluationSpec
    netlist: NetlistSpec
    wires: WiresSpec
    confusions: ConfusionSpec
    own_networks: dict[Name, OwnNetworkSpec] = Field(default_factory=dict)
    variants: dict[Name, VariantRunSpec] = Field(default_factory=dict)
    searches: dict[Name, SearchRunSpec] = Field(default_factory=dict)
    comparisons: dict[Name, ComparisonSpec]
    circuit: CircuitSpec
    system: SystemSpec = SystemSpec()
    claims: ClaimsSpec
    tinyml: TinySpec
    hybrid: HybridSpec


def read_config(values: Mapping[str, Any]) -> Config:
    """The configuration. ValueError with one line per fault, which names key, value and what is allowed."""
    try:
        return Config.model_validate(dict(values))
    except ValidationError as error:
        raise ValueError("\n".join(f"config.yaml: {line_of(fault)}" for fault in error.errors())) from None
