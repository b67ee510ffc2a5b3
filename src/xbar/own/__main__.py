"""The command `python -m xbar.own`: area, energy and latency by part and layer, for the entries of a YAML file.

It prices each network before any fine-tuning, in seconds and without a run.
"""

import argparse
import logging
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from xbar.checks.hardware import check_own_networks
from xbar.checks.own import check_own_files
from xbar.checks.reading import load_config
from xbar.circuit.components import price_tables
from xbar.config.base import check_name
from xbar.config.config import Config
from xbar.config.own import OwnNetworkSpec
from xbar.datasets.presence import read_raw_files
from xbar.network.classes import network_of
from xbar.network.contexts import crossbar_layers
from xbar.network.products import digital_products
from xbar.own import PROJECT, priced_corner
from xbar.own.entry import data_of, examples_of, gathered, measured_on, prepared
from xbar.price.text import describe, page, prices_of, show

ABOUT = """\
Area, energy and latency of networks of your own, by part and by layer, without a run of the workflow.

FILE is YAML with own_networks, as for snakemake --configfile; workflow/own-network.md describes it. Inputs are those
of the data set: of results/datasets in this folder, or of the data set itself where it needs no download.
"""


def main(words: Iterable[str]) -> int:
    """Print the requested pages and return 0, or print an error in one line on standard error and return 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    parser = argparse.ArgumentParser(
        "python -m xbar.own", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", metavar="FILE", help="YAML over config.yaml")
    parser.add_argument("networks", metavar="NAME", nargs="*", help="of own_networks; all of them if none is named")
    given = parser.parse_args(list(words))
    try:
        for text in _pages(Path(given.file), given.networks):
            show(text)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}" if error.filename else error, file=sys.stderr)
        return 1
    except (ArithmeticError, ValueError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def _pages(path: Path, names: list[str]) -> Iterator[str]:
    if not (PROJECT / "config.yaml").is_file():
        raise ValueError(f"{PROJECT} holds no config.yaml; run this in a checkout, with PYTHONPATH=src")
    config = load_config(PROJECT / "config.yaml", path)
    if not config.own_networks:
        raise ValueError(f"{path} has no own_networks")
    check_own_networks(config)
    for name in names or config.own_networks:
        check_name(name, config.own_networks, "own_networks")
        check_own_files(f"own_networks.{name}", config.own_networks[name])
        with gathered(config.own_networks[name]) as own:
            yield _page(name, own, config)


def _page(name: str, own: OwnNetworkSpec, config: Config) -> str:
    """The cost of one network, with words on what it is, which layers it has, and what is not priced."""
    data, where = _examples(name, own, config)
    inputs = measured_on(data)
    device, crossbar = config.devices[own.device], config.crossbars[own.crossbar]
    network = prepared(own, network_of(own), inputs, crossbar.rows)
    corner = priced_corner(
        network, inputs, device=device, crossbar=crossbar, mapping=own.mapping, name=name, config=config
    )
    layers = crossbar_layers(network)
    digital = [str(part) for part in digital_products(network, inputs[:1])]
    size = f"{len(layers)} layer{'s' * (len(layers) > 1)}, {corner.network.layers.macs:,.0f} MACs"
    says = {
        "network": f"{name}: {size} of an inference",
        "layers": ", ".join(f"{number} {key}" for number, key in enumerate(layers)),
        "inputs": f"{len(inputs)} training inputs, {where}",
        "circuit": describe(corner),
        "not priced": "; ".join([*digital, "sums, pools and activations between the layers"]),
    }
    if config.circuit.extra_components:
        says["prices"] = prices_of(price_tables(PROJECT / "workflow/reference", config.circuit), [corner])
    return page({name: corner}, says)


def _examples(name: str, own: OwnNetworkSpec, config: Config) -> tuple[dict, str]:
    """The examples of a network, and their source in words."""
    if own.examples is not None:
        return examples_of(name, own)[0], "of its own file"
    assert own.dataset is not None
    prepared_file = Path(f"results/datasets/{own.dataset}.safetensors")
    if prepared_file.is_file():
        return examples_of(name, own, prepared_file)[0], f"of {prepared_file}"
    rows = read_raw_files(PROJECT / "workflow/reference/raw_files.csv")
    if any(row["dataset"] == own.dataset for row in rows):
        raise ValueError(f"{name}: no {prepared_file} here; 'snakemake --cores 1 {prepared_file}' makes it")
    splits = import_module(f"xbar.datasets.{own.dataset}").splits(
        Path(config.raw_data), config.datasets[own.dataset].folds
    )
    return data_of(name, own, splits.tensors()), f"of the data set {own.dataset}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
