"""Networks whose data, architecture, recipe, signs, starts and teachers do not fit together."""

from xbar.checks.hardware import check_network_hardware
from xbar.checks.names import seeds_of
from xbar.checks.readers import check_outputs, input_shape
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec, TrainingSpec
from xbar.config.polarity import ANNEAL, SignSpec
from xbar.network.geometry import check_signs, check_sizes, columns_of


def check_networks(config: Config) -> None:
    """Raise ValueError, one line, where a network cannot be built, trained or started as configured."""
    for name, network in config.networks.items():
        where = f"networks.{name}"
        check_name(network.dataset, config.datasets, f"{where}.dataset")
        check_name(network.architecture, [*config.architectures, *config.searches], f"{where}.architecture")
        check_name(network.training, config.training, f"{where}.training")
        check_name(network.device, config.devices, f"{where}.device")
        check_name(network.crossbar, config.crossbars, f"{where}.crossbar")
        if network.architecture in config.architectures:
            outputs = columns_of(config.architectures[network.architecture])[-1]
            check_outputs(f"{where}.architecture: {network.architecture}", outputs, network.dataset)
        if network.polarity != "float":
            check_network_hardware(where, config, network)
        _check_signs(where, config, network)
        _check_warm_start(where, config, network)
        _check_teacher(where, config, network)
        _check_cycle(where, config, (name,))
        recipe, named = config.training[network.training], f"{where}.training: '{network.training}'"
        check_axes(named, recipe, config, network.dataset)
        _check_image_sizes(named, recipe, config, network)
    _check_seeds(config)


def _check_signs(where: str, config: Config, network: NetworkSpec) -> None:
    if network.architecture in config.searches:
        _check_searched(where, config, network)
    elif network.signs == "searched":
        raise ValueError(f"{where}.signs: searched signs go with the name of a search as architecture")
    elif network.signs is not None:
        check_signs(where, network.signs, columns_of(config.architectures[network.architecture]))
        if network.signs.assignment == "learned":
            check_settling(f"{where}.training", config.training[network.training].epochs, network.signs.anneal)


def check_settling(where: str, epochs: int, anneal: float = ANNEAL) -> None:
    """Raise ValueError, one line, unless learned signs are settled before the last of `epochs`.

    The range of the other sign narrows from step to step. At least one epoch must follow with fixed signs.
    """
    longest = (epochs - 1) / epochs
    if anneal > longest:
        raise ValueError(
            f"{where}: learned signs with anneal {anneal} do not settle in {epochs} epochs; "
            f"allowed: more epochs, or an anneal of up to {longest:.3g}"
        )


def _check_searched(where: str, config: Config, network: NetworkSpec) -> None:
    """Refuse a network that names a search for other networks than its own kind."""
    search = config.searches[network.architecture]
    base = config.networks[search.network]
    if network.common_mode != base.common_mode:
        told = f"the search '{network.architecture}' is for {base.common_mode}"
        raise ValueError(f"{where}.common_mode: {network.common_mode} is not allowed: {told}")
    if (network.dataset, network.polarity) != (base.dataset, base.polarity):
        raise ValueError(
            f"{where}.architecture: '{network.architecture}' searches {base.polarity} networks on {base.dataset}; "
            f"this one is {network.polarity} on {network.dataset}"
        )
    if network.polarity == "mixed" and network.signs != "searched":
        raise ValueError(f"{where}.signs: a mixed network of a search takes its signs from it: searched")
    if "learned" in (search.space.assignment or []):
        check_settling(f"{where}.training", config.training[network.training].epochs)


def _check_warm_start(where: str, config: Config, network: NetworkSpec) -> None:
    if network.warm_start is None:
        return
    check_name(network.warm_start, config.networks, f"{where}.warm_start")
    start, architecture = config.networks[network.warm_start], network.architecture
    if architecture in config.searches and config.searches[architecture].space.depth is None:  # of signs alone
        architecture = config.networks[config.searches[architecture].network].architecture
    same = (start.dataset, start.architecture) == (network.dataset, architecture)
    if start.polarity != "float" or not same:
        raise ValueError(
            f"{where}.warm_start: '{network.warm_start}' is no floating-point network of the same dataset and "
            "architecture"
        )
    learned = isinstance(network.signs, SignSpec) and network.signs.assignment == "learned"
    if network.polarity != "signed" and not learned and network.common_mode != "subtracted":
        raise ValueError(
            f"{where}.warm_start: only signed weights, learned signs, or a network that subtracts the common mode "
            "can start from signed weights"
        )


def _check_teacher(where: str, config: Config, network: NetworkSpec) -> None:
    """Refuse a teacher without a recipe with distillation, and such a recipe without a teacher."""
    distils = config.training[network.training].distillation > 0
    if network.teacher is None:
        if distils:
            raise ValueError(f"{where}.teacher: missing; its recipe '{network.training}' has distillation above 0")
        return
    if not distils:
        raise ValueError(f"{where}.training: '{network.training}'; a teacher needs a recipe with distillation above 0")
    check_name(network.teacher, config.networks, f"{where}.teacher")
    teacher = config.networks[network.teacher]
    if (teacher.polarity, teacher.dataset) != ("float", network.dataset):
        raise ValueError(f"{where}.teacher: '{network.teacher}' is no floating-point network of the same dataset")


def _check_image_sizes(where: str, recipe: TrainingSpec, config: Config, network: NetworkSpec) -> None:
    """Refuse images of a size that would change the layers. What a search finds is checked when it is trained."""
    shape, architecture = input_shape(network.dataset), config.architectures.get(network.architecture)
    if recipe.sizes and shape and architecture:
        try:
            check_sizes(recipe.sizes, architecture, shape)
        except ValueError as fault:
            raise ValueError(f"{where}: {fault}") from None


def check_tiny_recipes(config: Config) -> None:
    """Raise ValueError, one line, where a recipe of MLPerf Tiny is not for the images of CIFAR-10."""
    for key in ("training", "float_training"):
        name = getattr(config.tinyml, key)
        if "cifar10" in config.datasets:
            check_axes(f"tinyml.{key}: '{name}'", config.training[name], config, "cifar10")


def check_axes(where: str, recipe: TrainingSpec, config: Config, dataset: str) -> None:
    """Raise ValueError, one line, where a recipe treats images as signals or the reverse."""
    axes, of = config.datasets[dataset].axes, recipe.augmentation
    for key, asked, needs, kind in (
        ("sizes", recipe.sizes, 2, "images"),
        ("augmentation.flip", of.flip, 2, "images"),
        ("augmentation.rotation_deg", of.rotation_deg, 1, "signals"),
        ("augmentation.scaling", of.scaling, 1, "signals"),
    ):
        if asked and axes != needs:
            raise ValueError(f"{where} has {key}, which is for {kind}; '{dataset}' has none")


def _check_cycle(where: str, config: Config, chain: tuple[str, ...]) -> None:
    """Refuse networks that need each other as start or teacher. `chain`: a network, one that it needs, and so on."""
    for role in ("warm_start", "teacher"):
        name = getattr(config.networks[chain[-1]], role)
        if name in chain:
            raise ValueError(f"{where}: {', '.join(chain)} and {name} need each other as starts or teachers")
        if name in config.networks:
            _check_cycle(where, config, (*chain, name))


def _check_seeds(config: Config) -> None:
    """Refuse more seeds of a network than its floating-point network has, where the run names both.

    A floating-point network that the run does not name is trained for the seeds that need it.
    """
    for name in config.run.networks:
        seeds, network = seeds_of(config.run, name), config.networks[name]
        for role, start in (("warm start", network.warm_start), ("teacher", network.teacher)):
            if start in config.run.networks and seeds > (most := seeds_of(config.run, start)):
                raise ValueError(f"run.seeds: {seeds} of '{name}' exceed the {most} of its {role} '{start}'")
