"""Results: read back from the files of a run as they were collected, each when it is asked for."""

import json

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from xbar.report.claims import judge_claims
from xbar.report.results import Dataset, read_results
from xbar.tables import COLLECTED, write_table


def test_results_survive_the_files(tmp_path, made_up):
    whole = made_up.results()
    claims = judge_claims(
        whole.accuracy, whole.answer, made_up.PAPER, made_up.RULES, whole.comparisons, made_up.DATASETS, {}
    )
    expected = made_up.results(claims=claims)
    for name, table in COLLECTED.items():
        write_table(tmp_path / f"{name}.csv", table, getattr(expected, name).fillna("").to_dict("records"))
    paths = {name: tmp_path / f"{name}.csv" for name in COLLECTED}
    law = {"g_max_uS": 25.0, "programming": "pcm", "programming_noise": 0.0}
    devices = {"nvm": {"g_max_uS": 25.0, "programming_noise": 0.04}, "pcm": law}
    found = read_results(paths, made_up.RULES.model_dump(), made_up.COMPARISONS, devices)
    for name in COLLECTED:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    assert (found.rules, found.programming_noise) == (made_up.RULES, {"nvm": 0.04})


def test_a_file_is_read_when_it_is_asked_for_and_once(tmp_path, made_up):
    path = tmp_path / "wires.csv"
    results = read_results({"wires": path}, made_up.RULES.model_dump(), {}, {})
    write_table(path, COLLECTED["wires"], made_up.wire_rows(["a", "b"]))
    found = results.wires
    path.unlink()
    assert results.wires is found
    with pytest.raises(AttributeError, match="the results of a run have no 'cost'"):
        _ = results.cost


def test_datasets_and_conductances_are_named_in_their_headers(tmp_path, made_up):
    data, arrays = tmp_path / "d.safetensors", tmp_path / "c.safetensors"
    about = {"dataset": "har", "title": "UCI HAR", "classes": ["walking", "sitting"]}
    save_file({"x": np.zeros(2)}, data, {"about": json.dumps(about)})
    save_file({"layer0": np.ones(3)}, arrays, {"about": json.dumps({"name": "har-2b"})})
    inputs = {"datasets": [data], "conductances": [arrays]}
    results = read_results(inputs, made_up.RULES.model_dump(), {}, {})
    assert results.datasets == {"har": Dataset("UCI HAR", ("walking", "sitting"))}
    assert results.title("har") == "UCI HAR" and results.title("mine") == "mine"
    assert results.conductances["har-2b"]["layer0"].tolist() == [1, 1, 1]
