"""The benchmarks compare equals: their plain network is this project's; their tables are whole."""

import argparse
import copy
import importlib
from pathlib import Path

import pytest
import torch
from support.configuration import CONFIG

from xbar.config.config import read_config
from xbar.files import read_rows, read_tensors, write_json
from xbar.network.architecture import float_network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmarks():
    """Loads a benchmark by name; they find each other as they do when run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module


@pytest.fixture(scope="module")
def steps(benchmarks):
    return benchmarks("steps")


@pytest.fixture(scope="module")
def config():
    return read_config(CONFIG)


@pytest.mark.parametrize("case", ["har", "cifar10"])
def test_plain_torch_computes_what_the_float_network_does(steps, config, case):
    name, shape = steps.CASES[case]
    network = float_network(config.architectures[config.networks[name].architecture], shape)
    plain = steps.plain(config, case)
    with torch.no_grad():
        for own, other in zip(network.parameters(), plain.parameters(), strict=True):
            other.copy_(own)
        inputs, _ = steps.examples(case, 4)
        torch.testing.assert_close(network.train()(inputs), plain(inputs), rtol=1e-4, atol=1e-5)


def test_pairs_are_processor_times_of_plain_torch_and_of_the_subject(steps, config, monkeypatch):
    """By a clock that each step turns: by 1 s in plain torch, by 2 s in the subject."""
    now = [0.0]
    monkeypatch.setattr(steps, "time", argparse.Namespace(process_time=lambda: now[0]))

    def turning(made, seconds):
        def step(*data):
            made(*data)
            now[0] += seconds

        return step

    subjects = {"float torch": 1.0, "xbar": 2.0}
    made = {name: turning(steps.SUBJECTS[name](config, "har"), seconds) for name, seconds in subjects.items()}
    monkeypatch.setattr(steps, "SUBJECTS", {name: lambda *_, step=step: step for name, step in made.items()})
    assert steps.ratios(config, "har", 8, ["xbar"], 2) == {"xbar": [(1.0, 2.0)] * 2}


def test_a_table_is_written_when_all_its_rows_are_there(steps, config, monkeypatch, tmp_path):
    """What stood there before stays until then."""
    table = tmp_path / "benchmarks.csv"
    table.write_text("as committed")
    monkeypatch.setattr(steps, "peak_mb", lambda *_: 321.4)
    monkeypatch.setattr(steps, "installed", lambda subject: "" if subject == "xbar" else None)

    def timed(config, case, batch, subjects, pairs):
        assert table.read_text() == "as committed"
        return {name: [(0.1, 0.2), (0.1, 0.3), (0.1, 0.1234567)] for name in subjects}

    monkeypatch.setattr(steps, "ratios", timed)
    steps.measure(config, 3, table)
    rows = read_rows(table, steps.COLUMNS, exact=True)
    assert b"\r" not in table.read_bytes() and len(rows) == len(steps.CASES) * len(steps.BATCHES)
    numbers = ("case", "batch", "pairs", "ratio_median", "ratio_low", "ratio_high", "float_step_ms", "peak_mb")
    assert [rows[0][key] for key in numbers] == ["step of har-4b-signed", "64", "3", "2", "1.235", "3", "100", "321"]


def test_chips_are_held_against_the_plain_network_of_their_own_dataset(benchmarks, monkeypatch, tmp_path):
    chips, inputs = benchmarks("chips"), torch.zeros(2, 3, 32, 32)
    for name, act in {
        "read": lambda folder, name: (None, None, (inputs, None), "cifar10"),
        "read_network": lambda path: (path.parts[-3], {}),
        "with_float_layers": lambda network: network,
        "Deployment": lambda *given, seed: None,
        "ratios": lambda ours, theirs, pairs: {"passes": theirs.args[0]},
    }.items():
        monkeypatch.setattr(chips, name, act)
    rows = chips.times(tmp_path, "cifar10-4b-signed", 1)
    passes = {row["subject"]: row["passes"] for row in rows}
    assert passes["float pass of plain torch"](inputs).shape == (2, 10)
    assert passes["float pass of cifar10-float"] == "cifar10-float"


@pytest.mark.filterwarnings("ignore:There is a performance drop")  # of vmap; the benchmark measures it
def test_a_population_learns_what_its_candidates_learn_alone(benchmarks, config):
    population = benchmarks("population")
    torch.manual_seed(0)
    networks = [population.candidate(config, "har") for _ in range(3)]
    alone, data = copy.deepcopy(networks), benchmarks("steps").examples("har", 8)
    step, weights = population.stacked(networks)
    population.one_by_one(alone)(*data)
    step(*data)
    for number, one in enumerate(alone):
        for name, weight in one.named_parameters():
            assert not torch.equal(weight, networks[number].get_parameter(name))  # which keep what they started with
            # AdamW divides a gradient by its size: one near zero that rounds otherwise moves its weight otherwise
            close = torch.isclose(weights[name][number], weight, rtol=1e-4, atol=1e-5)
            assert float(close.double().mean()) > 0.999


@pytest.mark.usefixtures("quiet")
def test_a_recipe_is_measured_on_folds_that_it_does_not_see(benchmarks, config, dataset, tmp_path):
    """A teacher and its student, seed by seed; what is trained on is in none of the folds."""
    recipes = benchmarks("recipes")
    data, _ = read_tensors(dataset)
    together = recipes.held_out_together(data, [1, 3])
    assert torch.equal(together["train_fold"] == 0, (data["train_fold"] == 1) | (data["train_fold"] == 3))
    given = {
        "dataset": dataset, "name": "digits-float", "seeds": [1], "folds": [1, 3], "recipe": {"epochs": 2},
        "network": {}, "start": None, "draws": 2, "keep": tmp_path / "float", "table": tmp_path / "table.csv",
    }  # fmt: skip
    recipes.measure(config, argparse.Namespace(**given))
    student = given | {"name": "digits-2b-signed", "start": tmp_path / "float", "keep": tmp_path / "student"}
    student |= {"network": {"teacher": "digits-float"}, "recipe": {"epochs": 1, "distillation": 0.5}}
    for which in (given, student):
        recipes.measure(config, argparse.Namespace(**which))
        (row,) = read_rows(tmp_path / "table.csv", recipes.COLUMNS)
        assert int(row["examples"]) == int((together["train_fold"] == 0).sum())
        assert float(row["accuracy"]) > 0.5
        assert (which["keep"] / "scores").exists() == (which is student)


def test_stages_add_up_to_the_run(benchmarks, tmp_path):
    """Three jobs by hand: two overlap for a minute, Snakemake took half a minute itself."""
    stages = benchmarks("stages")
    networks, searches = {"net": {"dataset": "har"}}, {"find": {"network": "net"}}
    config = {"networks": networks, "searches": searches, "datasets": {"har": {}}, "comparisons": {}}
    begun = {"train/net/seed0": (0, 2), "train/net/seed1": (1, 4), "run/find/0": (5, 6)}
    for name, (start, end) in begun.items():
        log = tmp_path / f"logs/{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"2026-01-01 10:0{start}:00,000  began: ready after 0.00 s\n2026-01-01 10:0{end}:00,000  end\n")
    jobs = [
        {"rule": name.partition("/")[0], "job": name.partition("/")[2], "cpu_s": 60.0, "ready_s": 6.0} for name in begun
    ]
    write_json(tmp_path / "report/provenance.json", {"config": config, "jobs": jobs, "time": {"driver_cpu_s": 30.0}})
    assert stages.rows(tmp_path) == [
        ("train", "har", "2", "2.0", "0.2", "4.0"),
        ("run", "har", "1", "1.0", "0.1", "1.0"),
        ("all, and Snakemake", "", "3", "3.5", "0.3", "6.0"),
    ]
