"""Searches whose base network, recipe, folds or space do not fit together."""

from xbar.checks.names import seeds_of
from xbar.checks.networks import check_axes, check_settling
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.networks import NetworkSpec, check_resized
from xbar.config.search import SearchSpec


def check_searches(config: Config) -> None:
    """Raise ValueError, one line, for a search that could not propose or train candidates."""
    for name, search in config.searches.items():
        where = f"searches.{name}"
        if name in config.architectures:
            raise ValueError(f"{where}: an architecture has this name already")
        check_name(search.network, config.networks, f"{where}.network")
        check_name(search.training, config.training, f"{where}.training")
        base = config.networks[search.network]
        _check_base(f"{where}.network", config, search.network, base)
        folds = config.datasets[base.dataset].folds
        for block, part in (("folds", search.folds), ("finals.folds", search.finals.folds if search.finals else [])):
            if beyond := [fold for fold in part if fold >= folds]:
                allowed = f"the folds 0 to {folds - 1} of {base.dataset}"
                raise ValueError(f"{where}.{block}: {beyond[0]} is not one of {allowed}")
        if len(search.folds) >= folds:
            raise ValueError(f"{where}.folds: all {folds} folds of {base.dataset}; none is left to train on")
        if "learned" in (search.space.assignment or []):
            check_settling(f"{where}.epochs", search.epochs)
        recipe = config.training[search.training]
        check_axes(f"{where}.training: '{search.training}'", recipe, config, base.dataset)
        check_resized(recipe.sizes, search.epochs, f"{where}.epochs: ")
        _check_finals(where, config, search, base)
        _check_start(where, config, search, base)


def _check_finals(where: str, config: Config, search: SearchSpec, base: NetworkSpec) -> None:
    """Refuse folds that decided before, and a recipe that the networks of finals could not follow."""
    if (finals := search.finals) is None:
        return
    if seen := set(search.folds) & set(finals.folds):
        raise ValueError(f"{where}.finals.folds: {min(seen)} decided which trials are finals; name other folds")
    check_name(finals.training, config.training, f"{where}.finals.training")
    recipe = config.training[finals.training]
    check_axes(f"{where}.finals.training", recipe, config, base.dataset)
    if recipe.distillation > 0:
        raise ValueError(f"{where}.finals.training: finals have no teacher; '{finals.training}' has a distillation")
    if "learned" in (search.space.assignment or []):
        check_settling(f"{where}.finals.training: '{finals.training}'", recipe.epochs)


def _check_base(where: str, config: Config, name: str, base: NetworkSpec) -> None:
    """Refuse a base network whose candidates could not be built, mapped or validated."""
    check_name(base.architecture, config.architectures, f"{where}: networks.{name}.architecture")
    if base.polarity == "float":
        raise ValueError(f"{where}: '{name}' is no network on crossbars")
    check_name(base.dataset, config.datasets, f"{where}: networks.{name}.dataset")


def _check_start(where: str, config: Config, search: SearchSpec, base: NetworkSpec) -> None:
    """Refuse starts and teachers that the trials of a search cannot use.

    Trials start and learn from the floating-point network of their base that has not seen the fold they hold out.
    """
    if search.space.depth is not None and base.warm_start is not None:
        raise ValueError(f"{where}.space: layers cannot be searched where '{search.network}' has a warm start")
    if (base.polarity == "mixed") != (search.space.group is not None):
        raise ValueError(f"{where}.space: group and assignment go with a network of polarity mixed")
    if (base.warm_start or base.teacher) and (len(search.folds) > 1 or search.finals is not None):
        raise ValueError(f"{where}: trials that start or learn from '{search.network}' have one fold, no finals")
    if (base.teacher is not None) != (config.training[search.training].distillation > 0):
        raise ValueError(f"{where}.training: a distillation goes with a teacher of '{search.network}'")
    fold = search.folds[0]
    for name in (base.warm_start, base.teacher):
        if name in config.run.networks and fold >= seeds_of(config.run, name):
            raise ValueError(f"{where}.folds: '{name}' has no seed {fold}, which trials start from: see run.seeds")
