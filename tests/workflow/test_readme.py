"""The numbers in the README against the tables of the reports that it speaks of."""

import re

import pandas as pd
import pytest
from support import prose

from xbar.report.statistics import paired_difference

README = " ".join((prose.ROOT / "README.md").read_text().split())


@pytest.mark.parametrize("sentence", prose.PROSE)
def test_numbers_in_prose_are_those_of_the_report(sentence):
    text = sentence.format(*prose.PROSE[sentence]())
    assert re.search(r"(?<![\d.+-])" + re.escape(text), README), text


@pytest.mark.parametrize(
    ("network", "seeds", "told"),
    [
        ("har-4b-signed", 3, "costs signed 4-bit weights no accuracy that three seeds could show"),
        ("cifar10-4b-signed", 3, "costs signed 4-bit weights no accuracy that three seeds could show"),
        ("har-2b-unipolar", 5, "and 2-bit weights of one sign none that five could"),
    ],
)
def test_scales_of_their_own_are_no_better_that_the_seeds_could_show(network, seeds, told):
    assert told in README
    table = pd.DataFrame(prose.rows("tables/accuracy.csv")).astype({"accuracy": float, "chip": str})
    found = paired_difference(table, (network, f"{network}-layer"), "noisy", 0.95, "test")
    assert found.n == seeds
    assert found.low < 0 < found.high


def test_most_of_what_four_bits_lose_on_cifar10_is_noise():
    assert "most of what is lost is noise" in README
    ideal = prose.points("cifar10-4b-signed", condition="ideal")
    lost = prose.below("cifar10-4b-signed", "cifar10-float")
    assert (ideal - prose.points("cifar10-4b-signed")) / lost > 0.6


def test_the_chosen_network_is_of_the_generation_that_both_searches_share():
    assert "The network that it chose, one of these 18," in README
    chosen = [row for row in prose.rows("search/tables/search.csv") if row["chosen"] == "1"]
    assert [row["generation"] for row in chosen if row["search"] == "har-2b"] == ["0"]


def test_plain_training_is_the_best_of_four_recipes_on_the_validation_folds():
    assert "Of four recipes the best on the validation folds is plain training" in README
    table = pd.DataFrame(prose.rows("search/tables/accuracy.csv")).astype({"accuracy": float})
    table = table[table["network"].str.startswith("har-2b-searched")]
    table = table[(table["split"] == "validation") & (table["condition"] == "noisy")]
    by_recipe = table.groupby("network")["accuracy"].mean()
    assert len(by_recipe) == 4 and by_recipe.idxmax() == "har-2b-searched-plain"


def test_two_other_runs_agree_as_the_readme_says():
    """In every table; each run's lines begin with the claims."""
    assert "agree with it so, in every table and every verdict" in README
    told = (prose.REPORT / "agreement.txt").read_text().splitlines()
    lines = [line for line in told if re.match(r"(tables/)?\w+\.csv: \d+ rows compared", line)]
    assert sum(line.startswith("claims.csv: ") for line in lines) == 2 and len(lines) == 2 * 13
    assert all(line.endswith(" 0 disagreements") for line in lines)
    assert "Which one it hits is chance: in both other runs named below it is one of five with 2 bits" in README
    assert "seed 2 of har-2b-unipolar that breaks down, here and in 2: 65 %" in " ".join(told)
    assert "24 to 27 minutes each" in README and "CIFAR-10 24 to 27 minutes" in " ".join(told)
    since = [row for row in prose.rows("claims.csv") if row["network"] == "har-2b-literal"]  # new since then
    compared = len(prose.rows("claims.csv")) - len(since)
    assert f"claims.csv: {compared} rows compared" in " ".join(lines)


def test_the_results_at_a_glance_are_those_of_the_report():
    lines = (prose.ROOT / "README.md").read_text().splitlines()
    for beginning in prose.glance():
        assert [line for line in lines if line.startswith(beginning)], beginning


def test_the_first_command_stands_where_a_newcomer_sees_it():
    """It is the first block of code, within sixty lines, and the presets that it names are there."""
    lines = (prose.ROOT / "README.md").read_text().splitlines()
    block = lines.index("```bash")
    assert block < 60 and lines[block + 1].endswith("snakemake --cores 2 --configfile workflow/presets/digits.yaml")
    named = re.findall(r"workflow/presets/[\w-]+\.yaml", " ".join(lines))
    assert all((prose.ROOT / name).exists() for name in named)
