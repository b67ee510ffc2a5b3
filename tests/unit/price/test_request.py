"""The network that is priced: what crossbars cannot hold is refused, whatever its layers come from."""

from pathlib import Path

import pytest
from support.configuration import CONFIG

from xbar.circuit.components import read_components
from xbar.circuit.cost import totals
from xbar.config.config import read_config
from xbar.price.request import baselines, network_given, proposal

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("words", [["561x128x1"], ["layers.csv"]])
def test_a_network_in_floating_point_is_refused_with_sizes_as_with_a_table(monkeypatch, tmp_path, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layers.csv").write_text("rows,columns,products\n561,128,1\n")
    config = read_config(CONFIG)
    with pytest.raises(
        ValueError, match=r"^har-float is a network in floating point; no crossbars hold it\. --network"
    ):
        network_given(words, "har-float", config, tmp_path, signed=False)
    found = network_given(words, "har-2b-unipolar", config, tmp_path, signed=False)
    assert found.network.layers.rows.tolist() == [561] and found.network.network.polarity == "unipolar"


COMPONENTS = read_components([ROOT / "workflow/reference/components.csv"], CONFIG["circuit"]["component_set"])


def test_negative_weights_are_not_priced_as_unipolar_ones(tmp_path):
    config = read_config(CONFIG)
    given = network_given(["561x128x1"], "har-2b-signed", config, tmp_path, signed=False).network
    with pytest.raises(ValueError, match=r"^--mapping: har-2b-signed.mapping: unipolar holds no negative weights"):
        proposal(given, config.circuit, config, {"mapping": "unipolar"}, COMPONENTS)


def test_a_signed_network_is_priced_alike_as_the_circuit_and_as_its_own_baseline(tmp_path):
    """Also one that subtracts the common mode, which takes energy."""
    signed = CONFIG["networks"]["har-2b-signed"] | {"common_mode": "subtracted"}
    config = read_config(CONFIG | {"networks": CONFIG["networks"] | {"har-2b-signed": signed}})
    given = network_given(["561x128x4"], "har-2b-signed", config, tmp_path, signed=True).network
    mapping = "two-crossbars-shared-dac"
    ours = proposal(given, config.circuit, config, {"mapping": mapping, "bank": "own"}, COMPONENTS)
    beside = baselines(given, config.circuit, ours, mapping, {}, COMPONENTS)["baseline"]
    assert ours.design.common_mode == beside.design.common_mode == "subtracted"
    energies = [float(totals(corner.costs, corner.design).energy_pJ) for corner in (ours, beside)]
    assert energies[0] == pytest.approx(energies[1])
