"""One entry of `own_networks`, step by step, for the jobs of the workflow and the command `python -m xbar.own`.

The steps are those of the Python interface: prepare, fine_tune, chips, cost.
"""

import logging
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from xbar.checks.own import packed, shown
from xbar.checks.readers import check_outputs
from xbar.chips.deployment import Deployment
from xbar.chips.evaluate import Rows, outputs_of
from xbar.chips.mapped import Mapped, map_network
from xbar.chips.own import evaluate_own
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.own import OwnNetworkSpec
from xbar.config.variants import VariantSpec
from xbar.files import BROKEN, atomic, read_tensors
from xbar.hardware.device import programming_polynomial
from xbar.hardware.laws import Laws
from xbar.network.classes import network_of
from xbar.network.hardware import Hardware
from xbar.network.measure import MEASURED
from xbar.network.modules import copy_of
from xbar.network.own import FAR, as_inputs
from xbar.network.predict import accuracy
from xbar.network.storage import load_state
from xbar.own import fine_tune, prepare
from xbar.seeds import generator
from xbar.training.given import as_taken, form, read_examples

logger = logging.getLogger(__name__)

TOLERATED = 0.02  # shortfall from the accuracy that an owner states, because test sets differ
TRIED = 8  # inputs with which a network is tried before its data set is there
Data = Mapping[str, Tensor]


def pack(path: str | Path, files: Mapping[str, str]) -> None:
    """Write the files of a user into one archive, which travels to the jobs. Equal files give equal bytes."""
    with atomic(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name, place in sorted(files.items()):
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target, Path(place).open("rb") as source:
                while block := source.read(1 << 20):
                    target.write(block)


@contextmanager
def unpacked(path: str | Path, own: OwnNetworkSpec) -> Iterator[OwnNetworkSpec]:
    """Within this context the entry names the unpacked files of an archive that `pack` wrote; ValueError if broken."""
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(folder)
        except zipfile.BadZipFile as error:
            raise ValueError(f"{path} is not a whole archive: {error}; {BROKEN}") from None
        yield _within(Path(folder), own)


@contextmanager
def gathered(own: OwnNetworkSpec) -> Iterator[OwnNetworkSpec]:
    """As `unpacked`, with links to the files of the user. Messages give the paths of the user."""
    entry, files = packed(own)
    with TemporaryDirectory() as folder:
        for name, path in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).symlink_to(Path(path).absolute())
        try:
            yield _within(Path(folder), entry)
        except ValueError as error:
            raise ValueError(shown(str(error), Path(folder), files)) from None


def _within(folder: Path, own: OwnNetworkSpec) -> OwnNetworkSpec:
    places: dict[str, Any] = {
        key: str(folder / path) for key in ("program", "weights", "examples") if (path := getattr(own, key))
    }
    if own.module is not None:
        places["module"] = own.module.model_copy(update={"file": str(folder / own.module.file)})
    return own.model_copy(update=places)


def try_network(name: str, own: OwnNetworkSpec, rows: int) -> None:
    """Build, load and prepare a network with some inputs of its shape, before the data set is there.

    ValueError, one line, as `network_of` and `prepare`, and for outputs that are fewer than the classes, or more than
    those of a data set.
    """
    plain = network_of(own)
    try:
        if own.examples is not None:
            data, classes = examples_of(name, own)
            _check_outputs(prepared(own, plain, data["train_x"][:TRIED], rows), data["test_x"], own, classes)
        else:
            assert own.dataset is not None
            shape = import_module(f"xbar.datasets.{own.dataset}").SHAPE
            drawn = torch.rand(TRIED, *shape, generator=generator(0, "tried"))
            inputs = as_inputs(form(drawn, own.inputs, own.dataset))
            network = prepared(own, plain, inputs, rows)
            check_outputs("the network", outputs_of(network, inputs), own.dataset)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _check_outputs(network: nn.Module, inputs: Tensor, own: OwnNetworkSpec, classes: int) -> None:
    """More outputs than the labels of the user's own examples reach are a warning: a class may have no example."""
    outputs = outputs_of(network, inputs)
    if own.examples is not None and outputs > classes:
        logger.warning("the network has %d outputs; no example has a label above %d", outputs, classes - 1)
    elif outputs != classes:
        where = f"dataset {own.dataset} has" if own.dataset else "the labels of its examples have"
        raise ValueError(f"the network has {outputs} outputs; {where} {classes} classes")


def prepared(own: OwnNetworkSpec, plain: nn.Module, inputs: Tensor, rows: int) -> nn.Module:
    """The network on crossbars of `rows` rows, quantised, with full scales measured on `inputs`."""
    bits = {key: getattr(own, key) for key in ("weight_bits", "dac_bits", "adc_bits")}
    hardware = Hardware(polarity=own.polarity, rows=rows, **bits)
    return prepare(
        plain, inputs, hardware, scale=own.scale, weight_share=own.weight_share, digital=own.digital,
        grouped=own.grouped,
    )  # fmt: skip


def measured_on(data: Data) -> Tensor:
    """The training inputs on which full scales and errors are measured."""
    return data["train_x"][torch.randperm(len(data["train_y"]), generator=generator(0, "own"))[:MEASURED]]


def data_of(name: str, own: OwnNetworkSpec, data: Data, classes: int = 0) -> dict[str, Tensor]:
    """Examples as the network takes them. ValueError, one line, for unusable ones. `classes`: 0 takes the labels."""
    return as_taken(data, own.inputs, own.dataset or f"examples of {name}", classes)


def examples_of(name: str, own: OwnNetworkSpec, dataset: str | Path | None = None) -> tuple[dict[str, Tensor], int]:
    """Examples as the network takes them, and the number of their classes. `dataset`: file of the prepared data set.

    ValueError, one line, for unusable examples.
    """
    if own.examples is not None:
        data, classes = read_examples(own.examples), 0
    else:
        assert dataset is not None
        data, about = read_tensors(dataset)
        classes = len(about.get("classes", ()))
    taken = data_of(name, own, data, classes)
    if own.examples is not None:
        _check_units(f"examples of {name}", taken["train_x"], taken["test_x"])
    return taken, classes or 1 + int(torch.cat([taken["train_y"], taken["test_y"]]).max())


def _check_units(where: str, trained: Tensor, tested: Tensor) -> None:
    """ValueError where examples are of other sizes than those of training, as bytes and shares of one are.

    The ends of the test examples are compared, and the means of all sizes: single training examples may lie far out.
    """
    means = [float(part.double().abs().mean()) for part in (trained, tested)]
    (low, high), (least, largest) = ((float(part.min()), float(part.max())) for part in (trained, tested))
    beyond = max(-least, largest) > FAR * max(-low, high)
    if (low >= 0 > least) or beyond or max(means) > FAR * min(means):
        told = f"test_x is from {least:g} to {largest:g}, train_x from {low:g} to {high:g}"
        raise ValueError(f"{where}: {told}; needed are the same units")


def restore(network: nn.Module, path: str | Path) -> None:
    """Load the weights of `tuned` into a prepared network. ValueError where the file belongs to another one."""
    load_state(path, network, read_tensors(path)[0])


def tuned(
    name: str, own: OwnNetworkSpec, data: Data, rows: int, device: DeviceSpec, laws: Laws
) -> tuple[nn.Module, list[float]]:
    """A network prepared for crossbars of `rows` rows and trained further by its recipe, and the loss of every epoch.

    ValueError, before the training, where the accuracy of the network itself is below the stated one.
    """
    recipe, plain = own.fine_tuning, network_of(own)
    assert recipe is not None
    network = prepared(own, plain, measured_on(data), rows)
    if own.expected_accuracy is not None:
        _float_accuracy(name, own, plain, data)
    noise = programming_polynomial(device, laws) if recipe.noise == "device" else recipe.noise
    losses = fine_tune(
        network, data["train_x"], data["train_y"], noise=noise, epochs=recipe.epochs, batch=recipe.batch,
        learning_rate=recipe.learning_rate, seed=recipe.seed,
    )  # fmt: skip
    return network, losses


def evaluated(
    name: str, own: OwnNetworkSpec, plain: nn.Module, network: nn.Module, data: Data, classes: int,
    device: DeviceSpec, crossbar: CrossbarSpec, laws: Laws,
) -> tuple[Mapped, Rows, Rows]:  # fmt: skip
    """The arrays of every layer, and rows of `tables.OWN_ACCURACY` and of `tables.OWN_ERRORS`.

    ValueError where outputs and classes differ, and where the accuracy of the network itself is below the stated one.
    """
    try:
        _check_outputs(network, data["test_x"], own, classes)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    plain, examples = copy_of(plain), (data["test_x"], data["test_y"])
    share = _float_accuracy(name, own, plain, data)
    mapped = map_network(network, device, crossbar, mapping=own.mapping)
    chosen = {key: getattr(own, key) for key in ("chips", "times_s", "compensations")}
    variant = VariantSpec(mapping=own.mapping, **chosen)
    deployment = Deployment(network, mapped, device, seed=0, laws=laws, variant=variant, inputs=measured_on(data))
    rows, errors = evaluate_own(deployment, examples, plain)
    rows = [{"condition": "float", "accuracy": share}, *rows]
    kind: dict[str, Any] = {"weight_bits": own.weight_bits, "polarity": own.polarity, "scale": own.scale}
    kind |= {"mapping": mapped.mapping, "device": own.device, "trained": "yes" if own.fine_tuning else "no"}
    named = {"network": name, "dataset": own.dataset or ""}
    return mapped, [named | (kind if row["condition"] != "float" else {}) | row for row in rows], errors


def _float_accuracy(name: str, own: OwnNetworkSpec, plain: nn.Module, data: Data) -> float:
    """The accuracy of the network itself on the test examples; ValueError where it is below the stated one."""
    found = accuracy(copy_of(plain), (data["test_x"], data["test_y"]))
    logger.info("%s: accuracy %.4f in floating point, before it is quantised", name, found)
    if own.expected_accuracy is not None and found < own.expected_accuracy - TOLERATED:
        told = f"{name}: its accuracy is {found:.3f} in floating point; expected_accuracy is {own.expected_accuracy:g}"
        raise ValueError(f"{told}. Were its inputs of other units, order or layout? See workflow/own-network.md")
    return found
