"""The network that is priced: what crossbars cannot hold is refused, whatever its layers come from."""

import pytest
from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.price.request import network_given


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
