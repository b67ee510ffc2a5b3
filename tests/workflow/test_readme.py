"""README and the pages against the published report, the files that they name, and the patience of readers."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from support import pages, prose, quoted
from support.prose import ROOT

from xbar.files import read_json
from xbar.report.publish import readme

README = (ROOT / "README.md").read_text()
LINES = README.splitlines()
PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))]
QUANTITY = re.compile(r"(?<![\w.+-])-?\d[\d.,]*(?: to -?[\d.,]+)? (?:%|points?|nJ|mm²|times as|minutes)(?!\w)")


def plain(page):
    """A page as one line."""
    return " ".join((ROOT / page).read_text().split())


@pytest.mark.parametrize(("page", "sentence"), [(page, each) for page, them in quoted.PAGES.items() for each in them])
def test_numbers_in_prose_are_those_of_the_report(page, sentence):
    text = sentence.format(*quoted.PAGES[page][sentence]())
    assert re.search(r"(?<![\d.+-])" + re.escape(text), plain(page), re.IGNORECASE), text


@pytest.mark.parametrize(("page", "last"), [("README.md", "## Quick start"), ("docs/results.md", None)])
def test_no_other_number_of_a_result_stands_in_prose(page, last):
    """What is neither computed above nor given by the paper or the configuration would go stale unseen."""
    text = " ".join(pages.sentences((ROOT / page).read_text().split(last)[0]))
    for sentence, numbers in quoted.PAGES[page].items():
        text = re.sub(re.escape(sentence.format(*numbers())), "", text, flags=re.IGNORECASE)
    assert [found for found in QUANTITY.findall(text) if found not in quoted.GIVEN] == []


@pytest.mark.parametrize(
    ("page", "table"),
    [
        ("README.md", prose.glance),
        ("docs/results.md", prose.by_baseline),
        ("docs/hybrid.md", prose.repaired),
        ("docs/tinyml.md", prose.on_old_chips),
    ],
)
def test_tables_of_results_are_those_of_the_report(page, table):
    lines = (ROOT / page).read_text().splitlines()
    assert [beginning for beginning in table() if not any(line.startswith(beginning) for line in lines)] == []


def test_no_saving_is_found_over_all_circuits():
    """As docs/results.md says below its rule."""
    assert {row["verdict"] for row in prose.rows("claims.csv", baseline="all")} == {"not found"}


def test_the_first_command_stands_where_a_newcomer_sees_it():
    """It is the first block of code, within sixty lines, and the presets that README names are there."""
    block = LINES.index("```bash")
    assert block < 60 and LINES[block + 1].endswith("snakemake --cores 2 --configfile workflow/presets/digits.yaml")
    named = re.findall(r"workflow/presets/[\w-]+\.yaml", README)
    assert all((ROOT / name).exists() for name in named)


def test_readme_is_read_in_five_minutes():
    assert len(README.split()) <= 1200


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_is_longer_than_thirty_words(page):
    assert [each for each in pages.sentences((ROOT / page).read_text()) if len(each.split()) > 30] == []


@pytest.mark.parametrize("page", [*PAGES, "results/reference/README.md"])
def test_links_lead_to_files_and_headings(page):
    here = (ROOT / page).parent
    for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text()):
        address, _, heading = link.partition("#")
        if not address.startswith("http"):
            target = here / address if address else ROOT / page
            assert target.exists(), link
            assert not heading or heading in pages.anchors(target.read_text()), link


def test_the_published_report_has_the_readme_that_a_publication_writes():
    for path in [prose.REPORT / "provenance.json", *prose.REPORT.glob("*/provenance.json")]:
        assert path.with_name("README.md").read_text() == readme(read_json(path), path.parent), path.parent


def test_the_commands_that_price_a_circuit_show_what_readme_says(tmp_path):
    (overlay,) = pages.blocks(README, "yaml")
    (tmp_path / "my-circuit.yaml").write_text(overlay)
    changed, own = (line for line in pages.blocks(README, "bash") if "xbar.price" in line)
    before, after = (area_saved(changed.replace(" --configfile my-circuit.yaml", end), tmp_path)
                     for end in ("", f" --configfile {tmp_path / 'my-circuit.yaml'}"))  # fmt: skip
    assert f"falls from {before} to {after} %" in plain("README.md") and area_saved(own, tmp_path)


def area_saved(command, folder):
    """What the command says is saved of the area at equal time, %."""
    arguments = shlex.split(command.removeprefix("PYTHONPATH=src python "))
    answer = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"},
                            capture_output=True, text=True, check=True)  # fmt: skip
    (line,) = [line.split() for line in answer.stdout.splitlines() if line.startswith("area  ")]
    return line[-3]


def test_the_example_of_an_own_network_runs(capsys):
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 12), torch.nn.ReLU(), torch.nn.Linear(12, 3))
    inputs = torch.rand(96, 8)
    (example,) = pages.blocks(README, "python")
    classes = inputs[:, :3].argmax(1)
    given = {"inputs": inputs[:64], "classes": classes[:64], "test_inputs": inputs[64:], "test_classes": classes[64:]}
    exec(example, {"model": model, **given})
    assert "accuracy" in capsys.readouterr().out
