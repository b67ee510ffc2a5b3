"""Costs of MLPerf Tiny's networks by their sizes, and published boards in the same table."""

import shutil
from pathlib import Path

import pytest
import yaml

from xbar.circuit.components import read_components
from xbar.config.config import read_config
from xbar.config.tiny import TinyHardwareSpec
from xbar.files import read_by_line, read_json
from xbar.tables import TINYML_COST, read_text, write_table
from xbar.tiny.cost import OURS, cost_rows
from xbar.tiny.publish import reprice

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "workflow/reference"
BOARDS = list(read_by_line(TABLES / "published-boards.csv").values())


SPEC = TinyHardwareSpec(device="pcm", crossbar="array-1152x256")


@pytest.fixture(scope="module")
def config():
    found = read_config(yaml.safe_load((ROOT / "config.yaml").read_text()))
    return found.model_copy(update={"circuit": found.circuit.model_copy(update={"adc_laws": ["A", "E"]})})


@pytest.fixture(scope="module")
def rows(config, tmp_path_factory):
    components = read_components([TABLES / "components.csv"], config.circuit.component_set)
    path = tmp_path_factory.mktemp("tiny") / "cost.csv"
    hardware = config.devices["pcm"], config.crossbars["array-1152x256"]
    write_table(path, TINYML_COST, cost_rows(SPEC, [8, 4], *hardware, config.circuit, components, BOARDS))
    return read_text([path], TINYML_COST)


def ours(rows, network, depthwise, bits="8", law="E", bank="largest"):
    wanted = {"network": network, "depthwise": depthwise, "converter_bits": bits, "adc_law": law, "bank": bank}
    (found,) = [row for row in rows if row["system"] == OURS and wanted.items() <= row.items()]
    return found


@pytest.mark.parametrize(
    ("network", "depthwise", "elements", "digital"),
    [
        ("resnet-8", "none", 77_360, 0),  # bytes are never negative: no row is doubled
        ("autoencoder", "none", 264_192 + 640 * 128, 0),
        ("ds-cnn", "dense", 22_016 - 2_304 + 147_456 + 40 * 64, 0),
        ("ds-cnn", "digital", 22_016 - 2_304 + 40 * 64, 288_000),
        ("ds-cnn", "replaced", 150_784 + 40 * 64, 0),
        ("mobilenet", "dense", 208_112 - 11_160 + 1_569_600, 0),
        ("mobilenet", "digital", 208_112 - 11_160, 798_336),
    ],
)
def test_matrices_on_arrays_are_those_counted_by_hand(rows, network, depthwise, elements, digital):
    """Signed inputs double the rows of the first layer; groups stand along the diagonal of a dense matrix."""
    row = ours(rows, network, depthwise)
    assert (int(row["matrix_elements"]), int(row["digital_products"])) == (elements, digital)


@pytest.mark.parametrize("law", ["A", "E"])
@pytest.mark.parametrize("bank", ["largest", "16"])
def test_full_convolutions_take_less_area_and_time_than_dense_depthwise_ones_and_more_energy(rows, law, bank):
    """Zeros between groups draw no current. Digital layers cost least here, because nothing is charged for them."""
    for network in ("ds-cnn", "mobilenet"):
        dense, replaced, digital = (
            {name: float(value) for name, value in ours(rows, network, choice, law=law, bank=bank).items() if name in
             ("energy_uJ", "area_mm2", "latency_us")}
            for choice in ("dense", "replaced", "digital")
        )  # fmt: skip
        assert all(digital[name] <= replaced[name] for name in digital)
        assert replaced["latency_us"] < dense["latency_us"] and replaced["area_mm2"] < dense["area_mm2"]
        assert replaced["energy_uJ"] > dense["energy_uJ"]


def test_efficiency_grows_with_fewer_bits_as_analognets_does(rows):
    """8 to 4 bits: 6.6 times (KWS) and 5.8 times (VWW) in arXiv:2111.06503's abstract; within 1.5 of both."""
    eight, four = (float(ours(rows, "resnet-8", "none", bits=bits)["energy_uJ"]) for bits in ("8", "4"))
    for published in (56.67 / 8.55, 25.2 / 4.34):
        assert 1 / 1.5 < eight / four / published < 1.5


def test_fewer_bits_cost_less_and_few_converters_are_slower(rows):
    for network, depthwise in (("resnet-8", "none"), ("ds-cnn", "dense"), ("autoencoder", "none")):
        eight, four = ours(rows, network, depthwise), ours(rows, network, depthwise, bits="4")
        assert float(four["energy_uJ"]) < float(eight["energy_uJ"])
        few = ours(rows, network, depthwise, bank="16")
        assert float(few["area_mm2"]) < float(eight["area_mm2"])
        assert float(few["latency_us"]) > float(eight["latency_us"])


def test_boards_stand_beside_with_their_numbers_and_sources(rows):
    boards = [row for row in rows if row["system"] != OURS]
    assert len(boards) == len(BOARDS) and all(row["source"] and not row["area_mm2"] for row in boards)
    assert {row["network"] for row in boards} == {"resnet-8", "ds-cnn", "mobilenet", "autoencoder"}
    (row,) = [
        row for row in boards if "GAP9" in row["system"] and "0.65 V" in row["system"] and row["weights"] == "77360"
    ]
    assert row["energy_uJ"] == "27.711" and float(row["latency_us"]) == pytest.approx(1e6 / 1043.769, rel=1e-5)


def test_the_published_costs_are_made_anew_and_accuracies_stay(rows, config, tmp_path):
    """By the converters of the published run; its README says of which commit the prices are."""
    published, anew = ROOT / "results/reference/tinyml", tmp_path / "tinyml"
    shutil.copytree(published, anew)
    assert reprice(tmp_path / "none", ROOT, config) == []
    assert reprice(anew, ROOT, config) == ["tinyml"]
    found = read_text([anew / "tables/tinyml-cost.csv"], TINYML_COST)
    bits = [str(bits) for bits in read_json(anew / "provenance.json")["config"]["tinyml"]["converter_bits"]]
    ours = [row for row in found if row["system"] == OURS]
    assert {row["converter_bits"] for row in ours} == set(bits) and {row["adc_law"] for row in ours} == {"A", "E"}
    assert [row for row in found if row["converter_bits"] not in set(bits) - {"8", "4"}] == rows
    assert (anew / "tables/tinyml.csv").read_bytes() == (published / "tables/tinyml.csv").read_bytes()
    assert "Costs were made anew by commit" in (anew / "README.md").read_text()
