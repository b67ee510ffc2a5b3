"""A small search on real digits: specs, the setup of its trials, and results as trials leave them."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sklearn.datasets import load_digits
from support.configuration import CONFIG

from xbar.circuit.components import read_components
from xbar.config.config import read_config
from xbar.config.search import SearchRunSpec
from xbar.files import write_tensors
from xbar.hardware.laws import read_laws
from xbar.search.setup import HardwareTarget, SearchSetup

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "workflow/reference"
EVERY = read_config(CONFIG)


def search_spec(**changes) -> SearchRunSpec:
    return SearchRunSpec.model_validate(EVERY.searches["digits-2b"].model_dump() | changes)


def result(trial, accuracy=0.5, area_um2=1.0, energy_pJ=1.0, state="complete", **more):
    """What a trial leaves, as far as a choice looks at it."""
    numbers = {"accuracy": accuracy, "area_um2": area_um2, "energy_pJ": energy_pJ} if state != "failed" else {}
    return {"trial": trial, "state": state, "reason": "", "search_seed": 0} | numbers | more


@pytest.fixture(scope="session")
def dataset(tmp_path_factory) -> Path:
    """300 digits, the first 100 of them held out by fold 0."""
    found = load_digits()
    inputs = torch.tensor(found.images[:300], dtype=torch.float32).unsqueeze(1)
    classes = torch.tensor(found.target[:300], dtype=torch.int64)
    fold = torch.arange(300) // 100
    path = tmp_path_factory.mktemp("searched") / "digits.safetensors"
    data = {"train_x": inputs, "train_y": classes, "train_fold": fold, "test_x": inputs[:0], "test_y": classes[:0]}
    write_tensors(path, data, {"dataset": "digits"})
    return path


@pytest.fixture(scope="session")
def searched(dataset) -> SimpleNamespace:
    base = EVERY.networks["digits-2b-mixed"]
    prices = (REFERENCE / "components.csv",)
    target = HardwareTarget(
        EVERY.devices[base.device], EVERY.crossbars[base.crossbar], EVERY.circuit,
        EVERY.searches["digits-2b"].corner, read_components(prices, "neurram"),
    )  # fmt: skip
    training, laws = EVERY.training["digits-unipolar"], read_laws(REFERENCE / "devices.csv")

    hand = EVERY.architectures[base.architecture]

    def setup(**changes) -> SearchSetup:
        return SearchSetup(search_spec(**changes), base, training, target, laws, (), dataset, prices, 3, 0, hand)

    return SimpleNamespace(setup=setup, spec=search_spec, result=result, target=target, base=base)
