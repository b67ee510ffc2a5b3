"""The whole configuration: read once, when Snakemake parses the workflow, and checked as one piece."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from xbar.config.base import Name, Once, Place, Spec, known
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ClaimsSpec, check_rules
from xbar.config.crossbars import ConfusionSpec, CrossbarSpec, DeviceSpec, EvaluationSpec, NetlistSpec, WiresSpec
from xbar.config.networks import ArchitectureSpec, DatasetSpec, NetworkSpec, TrainingSpec
from xbar.config.own import OwnNetworkSpec, check_own
from xbar.config.polarity import SignSpec, check_settling, check_signs
from xbar.config.readers import check_outputs, check_reader
from xbar.config.search import SearchSpec
from xbar.config.variants import VariantSpec, check_hardware, check_variant

Names = Annotated[list[str], Once]


class RunSpec(Spec):
    """The part of the configuration that one run carries out: names of networks, comparisons, variants and searches.

    A variant is evaluated for those of its networks that the run trains. Searches named here are in the report; one
    whose network the run trains is carried out in any case. `note`: what the end of the run and its page say of it.
    """

    networks: Names
    comparisons: Names
    variants: Names = Field(default_factory=list)
    searches: Names = Field(default_factory=list)
    note: str = ""


class ComparisonSpec(Spec):
    """A signed network and the unipolar network that is meant to replace it."""

    signed: str
    unipolar: str


class Config(Spec):
    """config.yaml with its overlays."""

    raw_data: Place
    run: RunSpec
    datasets: dict[Name, DatasetSpec]
    architectures: dict[Name, ArchitectureSpec]
    training: dict[Name, TrainingSpec]
    networks: dict[Name, NetworkSpec]
    devices: dict[Name, DeviceSpec]
    crossbars: dict[Name, CrossbarSpec]
    evaluation: EvaluationSpec
    netlist: NetlistSpec = NetlistSpec(wire_ohm=1.0)
    wires: WiresSpec = WiresSpec(networks=[], wire_ohm=[0.1, 1.0])
    confusions: ConfusionSpec = ConfusionSpec(networks=[], chips=1)
    own_networks: dict[Name, OwnNetworkSpec] = Field(default_factory=dict)
    variants: dict[Name, VariantSpec] = Field(default_factory=dict)
    searches: dict[Name, SearchSpec] = Field(default_factory=dict)
    comparisons: dict[Name, ComparisonSpec]
    circuit: CircuitSpec
    claims: ClaimsSpec

    @model_validator(mode="after")
    def _datasets_have_readers(self) -> Self:
        for name in self.datasets:
            check_reader(f"datasets.{name}", name)
        return self

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name in self.run.networks:
            known(name, self.networks, "run.networks")
        for name in self.run.comparisons:
            known(name, self.comparisons, "run.comparisons")
            for side in ("signed", "unipolar"):
                where, network = f"comparisons.{name}.{side}", getattr(self.comparisons[name], side)
                known(network, self.run.networks, where)
                if self.networks[network].polarity == "float":
                    raise ValueError(f"{where}: '{network}' is a float network, which stands on no crossbar")
        for name in self.run.variants:
            known(name, self.variants, "run.variants")
        for name in self.run.searches:
            known(name, self.searches, "run.searches")
        return self

    @model_validator(mode="after")
    def _searches_fit(self) -> Self:
        for name, search in self.searches.items():
            where = f"searches.{name}"
            if name in self.architectures:
                raise ValueError(f"{where}: an architecture has this name already")
            known(search.network, self.networks, f"{where}.network")
            known(search.training, self.training, f"{where}.training")
            base = self.networks[search.network]
            known(base.architecture, self.architectures, f"{where}.network: networks.{search.network}.architecture")
            if base.polarity == "float":
                raise ValueError(f"{where}.network: '{search.network}' is no network on crossbars")
            known(base.dataset, self.datasets, f"{where}.network: networks.{search.network}.dataset")
            folds = self.datasets[base.dataset].folds
            if beyond := [fold for fold in search.folds if fold >= folds]:
                raise ValueError(
                    f"{where}.folds: {beyond[0]} is not one of the folds 0 to {folds - 1} of {base.dataset}"
                )
            self._check_start_of_search(where, search, base)
        return self

    def _check_start_of_search(self, where: str, search: SearchSpec, base: NetworkSpec) -> None:
        """Trials start and learn from the float networks of their base, those of the seeds that are its folds."""
        if search.space.depth is not None and base.warm_start is not None:
            raise ValueError(f"{where}.space: layers cannot be searched where '{search.network}' has a warm start")
        if (base.teacher is not None) != (self.training[search.training].distillation > 0):
            raise ValueError(f"{where}.training: a distillation goes with a teacher of '{search.network}'")
        for name in {base.warm_start, base.teacher} & self.networks.keys():
            if max(search.folds) >= self.networks[name].seeds:
                raise ValueError(f"{where}.folds: '{name}' has no seed {max(search.folds)}, which trials start from")

    def _check_searched(self, where: str, network: NetworkSpec) -> None:
        search = self.searches[network.architecture]
        base = self.networks[search.network]
        if network.common_mode != base.common_mode:
            raise ValueError(f"{where}.common_mode: the search '{network.architecture}' is for {base.common_mode}")
        if (network.dataset, network.polarity) != (base.dataset, base.polarity):
            raise ValueError(
                f"{where}.architecture: '{network.architecture}' searches {base.polarity} networks on {base.dataset}"
            )
        if network.polarity == "mixed" and network.signs != "searched":
            raise ValueError(f"{where}.signs: a mixed network of a search takes its signs from it: searched")
        if "learned" in search.space.assignment:
            check_settling(f"{where}.training", self.training[network.training].epochs)

    @model_validator(mode="after")
    def _networks_fit(self) -> Self:
        for name, network in self.networks.items():
            where = f"networks.{name}"
            known(network.dataset, self.datasets, f"{where}.dataset")
            known(network.architecture, [*self.architectures, *self.searches], f"{where}.architecture")
            known(network.training, self.training, f"{where}.training")
            known(network.device, self.devices, f"{where}.device")
            known(network.crossbar, self.crossbars, f"{where}.crossbar")
            if network.architecture in self.architectures:
                outputs = self.architectures[network.architecture].layers[-1].linear
                check_outputs(f"{where}.architecture: {network.architecture}", outputs, network.dataset)
            if network.polarity != "float":
                self._check_hardware(where, network)
            if network.architecture in self.searches:
                self._check_searched(where, network)
            elif network.signs == "searched":
                raise ValueError(f"{where}.signs: searched signs go with the name of a search as architecture")
            elif network.signs is not None:
                layers = self.architectures[network.architecture].layers
                check_signs(where, network.signs, [at.conv or at.linear for at in layers if at.average is None])
                if network.signs.assignment == "learned":
                    check_settling(f"{where}.training", self.training[network.training].epochs, network.signs.anneal)
            if network.warm_start is not None:
                self._check_warm_start(where, network)
            self._check_teacher(where, network)
        return self

    def _check_hardware(self, where: str, network: NetworkSpec, variant: VariantSpec | None = None) -> None:
        """Check a network on the hardware of its own, or on that of a variant."""
        named = network.architecture  # of a searched network the base's is checked; the search looks at the others
        if named in self.searches:
            named = self.networks[self.searches[named].network].architecture
        device = self.devices[(variant and variant.device) or network.device]
        crossbar = self.crossbars[(variant and variant.crossbar) or network.crossbar]
        chosen = {} if variant is None else {"mapping": variant.mapping, "device_bits": variant.slice_bits}
        if variant is not None:
            check_variant(where, variant, network, device)
        check_hardware(where, network, self.architectures[named], device, crossbar, **chosen)

    @model_validator(mode="after")
    def _variants_fit(self) -> Self:
        for name, variant in self.variants.items():
            where = f"variants.{name}"
            for key, block in (("device", self.devices), ("crossbar", self.crossbars)):
                if getattr(variant, key) is not None:
                    known(getattr(variant, key), block, f"{where}.{key}")
            for network in variant.networks:
                known(network, self.networks, f"{where}.networks")
                self._check_hardware(where, self.networks[network], variant)
        return self

    @model_validator(mode="after")
    def _are_on_crossbars(self) -> Self:
        for where, names in (("wires", self.wires.networks), ("confusions", self.confusions.networks)):
            for name in names:
                known(name, self.networks, f"{where}.networks")
                if self.networks[name].polarity == "float":
                    raise ValueError(f"{where}.networks: '{name}' is a float network, which stands on no crossbar")
        return self

    @model_validator(mode="after")
    def _own_networks_fit(self) -> Self:
        for name, own in self.own_networks.items():
            for key, block in (("dataset", self.datasets), ("device", self.devices), ("crossbar", self.crossbars)):
                known(getattr(own, key), block, f"own_networks.{name}.{key}")
            check_own(f"own_networks.{name}", own, self.devices[own.device], self.crossbars[own.crossbar])
        return self

    @model_validator(mode="after")
    def _rules_fit(self) -> Self:
        check_rules(self.claims, self.datasets, self.networks, self.evaluation.noise_sweep, self.circuit)
        return self

    def _check_warm_start(self, where: str, network: NetworkSpec) -> None:
        known(network.warm_start, self.networks, f"{where}.warm_start")
        start, architecture = self.networks[network.warm_start], network.architecture
        if architecture in self.searches and self.searches[architecture].space.depth is None:  # of signs alone
            architecture = self.networks[self.searches[architecture].network].architecture
        same = (start.dataset, start.architecture) == (network.dataset, architecture)
        if start.polarity != "float" or not same:
            raise ValueError(
                f"{where}.warm_start: '{network.warm_start}' is no float network of the same dataset and architecture"
            )
        learned = isinstance(network.signs, SignSpec) and network.signs.assignment == "learned"
        if network.polarity != "signed" and not learned and network.common_mode != "subtracted":
            raise ValueError(
                f"{where}.warm_start: only signed weights, learned signs, or a network that subtracts the common mode "
                "can start from signed weights"
            )
        if start.seeds < network.seeds:
            raise ValueError(f"{where}.seeds: {network.seeds} exceeds the {start.seeds} of its warm start")

    def _check_teacher(self, where: str, network: NetworkSpec) -> None:
        """A teacher goes with a recipe that has a distillation, and the other way round."""
        if (network.teacher is not None) != (self.training[network.training].distillation > 0):
            raise ValueError(f"{where}.teacher goes with a recipe whose distillation is above 0, and only with one")
        if network.teacher is None:
            return
        known(network.teacher, self.networks, f"{where}.teacher")
        teacher = self.networks[network.teacher]
        if (teacher.polarity, teacher.dataset) != ("float", network.dataset):
            raise ValueError(f"{where}.teacher: '{network.teacher}' is no float network of the same dataset")
        if teacher.seeds < network.seeds:
            raise ValueError(f"{where}.seeds: {network.seeds} exceeds the {teacher.seeds} of its teacher")


def read_config(values: Mapping[str, Any]) -> Config:
    """The checked configuration; ValueError with one line per fault, naming key, value and what is allowed."""
    try:
        return Config.model_validate(dict(values))
    except ValidationError as error:
        raise ValueError("\n".join(_line(fault) for fault in error.errors())) from None


def _line(fault: Mapping[str, Any]) -> str:
    where = ".".join(part if (part := str(at)).isprintable() else repr(part) for at in fault["loc"] if at != "[key]")
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"config.yaml: {where}: unknown key"
    if fault["type"] == "value_error":
        return f"config.yaml: {where}{': ' if where else ''}{message}"
    return f"config.yaml: {where}: {fault.get('input')!r} is not allowed: {message}"
