"""A published report priced anew: what was trained is untouched, and what is priced agrees with it."""

import shutil
from pathlib import Path

import pytest
import yaml

from xbar.checks.reading import load_config
from xbar.report import contents, reprice
from xbar.tables import ANSWER, CLAIMS, COLLECTED, EVENTS, PERFORMANCE, SYSTEM, read_table

pytestmark = pytest.mark.usefixtures("unchecked")
ROOT = Path(__file__).parents[2]
RENDERED = ("answer", "claims", "uniform")
TRAINED = ("accuracy", "intervals", "layers", "training", "variants", "errors", "wires", "confusion")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The published report, and a copy priced anew with one comparison and few draws."""
    root = tmp_path_factory.mktemp("root")
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["run"]["comparisons"] = ["har-2b"]
    config["circuit"] |= {"banks": ["largest"], "adc_laws": ["E"], "mappings": ["two-crossbars-shared-dac"]}
    config["circuit"]["sensitivity"] = {"draws": 200, "sobol_samples": 8, "seed": 0}
    (root / "config.yaml").write_text(yaml.safe_dump(config))
    (root / "workflow").symlink_to(ROOT / "workflow")
    published, anew = ROOT / "results/reference", root / "reference"
    shutil.copytree(published, anew)
    drawn = [entry for entry in contents.shown({"searches": False, "comparisons": True}) if entry.name in RENDERED]
    with pytest.MonkeyPatch.context() as patch:  # all others are made from made-up tables in tests/unit/report
        patch.setattr(contents, "shown", lambda has: drawn)
        assert reprice.reprice(anew, root, load_config(root / "config.yaml")) == ["har-2b-signed", "har-2b-unipolar"]
    return published, anew


def test_what_was_trained_is_untouched(folders):
    published, anew = folders
    for name in TRAINED:
        assert (published / f"tables/{name}.csv").read_bytes() == (anew / f"tables/{name}.csv").read_bytes(), name


def test_the_answer_of_one_circuit_is_that_of_the_published_report(folders):
    """Fewer circuits beside it change neither the reference circuit's savings nor its verdict."""
    answers = [read_table(folder / "tables/answer.csv", ANSWER) for folder in folders]
    key = {"comparison": "har-2b", "adc_law": "E", "baseline": "two-crossbars-shared-dac", "paper_version": "v3"}
    found = []
    for answer in answers:
        for name, value in key.items():
            answer = answer[answer[name] == value]
        found.append(answer.set_index("claim")[["area_saving", "energy_saving", "low", "high"]])
    assert found[0].to_numpy() == pytest.approx(found[1].to_numpy())


def test_the_simulated_circuits_have_the_prices_of_the_others(folders):
    """The closed form of each: its energy and what leaks over its latency."""
    anew = folders[1]
    simulated, priced = (read_table(anew / f"tables/{table.name}.csv", table) for table in (SYSTEM, PERFORMANCE))
    key = ["network", "corner", "mapping", "adc_law", "bank"]
    closed = simulated[simulated["schedule"] == "closed form"].merge(priced, on=key, suffixes=("", "_priced"))
    assert len(closed) == 4  # two networks, own converters and one bank
    before, events = (read_table(folder / "tables/events.csv", EVENTS) for folder in folders)
    assert set(events["network"]) == {"har-2b-unipolar"} and len(events) == len(before)
    leaked_nJ = 1e-6 * closed["leakage_uW"] * closed["latency_ns"]
    assert (1e-3 * closed["energy_pJ"] + leaked_nJ).to_numpy() == pytest.approx(closed["energy_nJ"].to_numpy())


def test_comparisons_keep_the_order_of_the_run():
    config = load_config(ROOT / "config.yaml")
    published = reprice.Published(ROOT / "results/reference", config, ROOT / "workflow/reference")
    assert list(reprice.compared_before(published)) == config.run.comparisons


def test_every_table_is_whole_and_claims_follow_from_it(folders):
    anew = folders[1]
    for name, table in COLLECTED.items():
        if name != "claims" and (anew / f"tables/{name}.csv").is_file():
            read_table(anew / f"tables/{name}.csv", table)
    page = (anew / "tables/answer.md").read_text()
    assert "| har-2b " in page and "cifar10-2b" not in page
    claims = read_table(anew / "claims.csv", CLAIMS)
    assert set(claims["comparison"]) == {"", "har-2b"}
