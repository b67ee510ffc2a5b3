"""Entries of the report: what is declared is what is read, and what is wrong is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.entries import FIGURES, TABLES

from xbar.report import contents
from xbar.report.claims import judge_claims
from xbar.report.contents import Entry, made_by

ENTRIES = contents.entries()


def run(made_up, rules):
    found = made_up.results()
    tables = found.accuracy, found.answer
    claims = judge_claims(*tables, made_up.PAPER, rules, found.comparisons, made_up.DATASETS, {})
    return made_up.results(claims=claims)


@pytest.fixture(scope="module")
def runs(made_up):
    """On the paper's data and on other data, which has no verdicts."""
    return [run(made_up, made_up.RULES), run(made_up, made_up.RULES.model_copy(update={"datasets": ["paper"]}))]


@pytest.fixture(scope="module")
def whole(runs):
    return runs[0]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_an_entry_reads_all_that_it_declares(runs, entry):
    """It may not read more: that is refused when it is made."""
    read = set()
    for given in runs if "claims" in entry.reads else runs[:1]:  # the runs differ in their claims alone
        results = given._replace()
        with results.of(entry):
            made_by(entry)(results)
        read |= set(results._found)
    assert read == set(entry.reads)


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_what_an_entry_does_not_declare_is_refused(whole, entry):
    told = f"{entry.kind} '{entry.name}' of the report: does not declare that it reads"
    with pytest.raises(ValueError, match=told), whole.of(entry._replace(reads=())):
        made_by(entry)(whole)


def test_a_missing_input_and_a_missing_column_name_the_entry(whole):
    entry = next(entry for entry in ENTRIES if entry.name == "by_layer")
    fewer = whole._replace(layer_costs=whole.layer_costs.drop(columns="energy_pJ"))
    with pytest.raises(ValueError, match="table 'by_layer' of the report: what it reads has no 'energy_pJ'"):
        TABLES["by_layer"](fewer)
    del fewer._read["layer_costs"]
    told = "'by_layer' of the report: reads 'layer_costs', which is no input of the job"
    with pytest.raises(ValueError, match=told), fewer.of(entry):
        pass


def test_captions_have_short_sentences_and_no_names_of_networks():
    captions = [contents.TIME, *(entry.caption for entry in ENTRIES)]
    sentences = [sentence for caption in captions for sentence in re.split(r"(?<=[.!?]) ", caption)]
    assert [sentence for sentence in sentences if len(sentence.split()) > 30 or ";" in sentence] == []
    assert [caption for caption in captions if re.search(r"\b(har|cifar10|digits)-", caption)] == []


def test_names_are_told_apart_and_captions_are_sentences():
    assert len({(entry.kind, entry.name) for entry in ENTRIES}) == len(ENTRIES) == len(TABLES) + len(FIGURES)
    assert all(entry.caption.endswith(".") for entry in ENTRIES)
    assert [entry.stage for entry in ENTRIES] == sorted(entry.stage for entry in ENTRIES)


def test_entries_are_shown_where_a_run_has_what_they_need():
    some = contents.shown({"searches": False, "comparisons": True}, "figure")
    gone = {entry.name for entry in ENTRIES if entry.kind == "figure"} - {entry.name for entry in some}
    assert gone == {"search", "front"}
    one, other = (Entry("", "", "", "", "", reads) for reads in (("a", "b"), ("b", "c")))
    assert contents.reads([one, other]) == ["a", "b", "c"]


def test_every_module_with_an_entry_is_a_subject():
    folder = Path(contents.__file__).parent
    marks = "\n@table(", "\n@figure("
    declared = {path for path in folder.rglob("*.py") if any(mark in path.read_text() for mark in marks)}
    assert declared == {folder / f"{subject.replace('.', '/')}.py" for subject in contents.SUBJECTS}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ('stage="9 None", caption="c", reads=()', "new.py:2: new: stage '9 None' is not one of 1 Claims, 2 Networks"),
        ('stage="1 Claims", caption="c", reads=("cots",)', "reads 'cots' is not one of accuracy, intervals, training"),
        ('stage="1 Claims", caption="c", reads=(), needs="luck"', "needs 'luck' is not one of searches, comparisons"),
        ('stage=STAGE, caption="c", reads=()', "declared by literals"),
        ('stage="1 Claims", reads=()', "new.py:2: new: declares stage, reads; needed are stage, caption and reads"),
        ('stage="1 Claims", caption="c", reads=(), seeds=1', "declares stage, caption, reads, seeds; needed are"),
    ],
)
def test_a_wrong_declaration_is_named(monkeypatch, tmp_path, declared, message):
    (tmp_path / "new.py").write_text(f"@table({declared})\ndef new(results):\n    return None\n")
    monkeypatch.setattr(contents, "__file__", str(tmp_path / "contents.py"))
    monkeypatch.setattr(contents, "SUBJECTS", ("new",))
    with pytest.raises(ValueError, match=message):
        contents.entries.__wrapped__()


def test_snakemake_reads_the_contents_without_what_makes_them():
    code = "import sys; from xbar.report import contents; contents.entries()\n"
    code += "sys.exit(bool({'pandas', 'numpy', 'matplotlib'} & set(sys.modules)))"
    root = Path(contents.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(root)}).returncode == 0
