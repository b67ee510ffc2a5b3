"""Names by which one block of the configuration refers to another, and the number of seeds of a network."""

from xbar.checks.readers import check_reader
from xbar.config.base import check_name
from xbar.config.config import Config, RunSpec


def check_names(config: Config) -> None:
    """Raise ValueError, one line, where the run or what it compares names an unknown entry.

    Floating-point networks are refused where only networks on crossbars are allowed.
    """
    for name in config.datasets:
        check_reader(f"datasets.{name}", name)
    for key in ("networks", "comparisons", "variants", "searches"):
        for name in getattr(config.run, key):
            check_name(name, getattr(config, key), f"run.{key}")
    for name in config.run.seeds:
        check_name(name, ["default", *config.networks], "run.seeds")
    for name in config.system.period_s:
        check_name(name, config.datasets, "system.period_s")
    _check_comparisons(config)
    for block in ("wires", "confusions"):
        for name in getattr(config, block).networks:
            check_name(name, config.networks, f"{block}.networks")
            _check_analog(config, name, f"{block}.networks")


def _check_comparisons(config: Config) -> None:
    for name in config.run.comparisons:
        for side, network in config.comparisons[name].model_dump().items():
            where = f"comparisons.{name}.{side}"
            check_name(network, config.networks, where)
            if network not in config.run.networks:
                told = f"'{name}' compares '{network}', which run.networks lacks"
                raise ValueError(f"run.comparisons: {told}; add it there, or leave the comparison out")
            _check_analog(config, network, where)


def _check_analog(config: Config, network: str, where: str) -> None:
    if config.networks[network].polarity == "float":
        raise ValueError(f"{where}: '{network}' is a floating-point network; allowed are those on crossbars")


def seeds_of(run: RunSpec, network: str) -> int:
    """The number of seeds of a network that the run trains, evaluates and reports."""
    return run.seeds.get(network, run.seeds["default"])
