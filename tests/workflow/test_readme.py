"""README against the published report, and against the files that it names."""

import re

import pytest
from support import prose

LINES = (prose.ROOT / "README.md").read_text().splitlines()
TEXT = " ".join(" ".join(LINES).split())


@pytest.mark.parametrize("sentence", prose.SENTENCES)
def test_numbers_in_prose_are_those_of_the_report(sentence):
    text = sentence.format(*prose.SENTENCES[sentence]())
    assert re.search(r"(?<![\d.+-])" + re.escape(text), TEXT), text


def test_the_results_at_a_glance_are_those_of_the_report():
    for beginning in prose.glance():
        assert [line for line in LINES if line.startswith(beginning)], beginning


def test_the_first_command_stands_where_a_newcomer_sees_it():
    """It is the first block of code, within sixty lines, and the presets that README names are there."""
    block = LINES.index("```bash")
    assert block < 60 and LINES[block + 1].endswith("snakemake --cores 2 --configfile workflow/presets/digits.yaml")
    named = re.findall(r"workflow/presets/[\w-]+\.yaml", TEXT)
    assert all((prose.ROOT / name).exists() for name in named)
