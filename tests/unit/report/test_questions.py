"""Every table and figure answers a question, and no file of a published report is left out."""

from xbar.files import write_text
from xbar.report import contents
from xbar.report.questions import QUESTIONS, answers


def test_every_entry_of_the_report_answers_one_question():
    for kind, told in (
        ("table", [name for question in QUESTIONS for name in question.tables]),
        ("figure", [name for question in QUESTIONS for name in question.figures]),
    ):
        assert [name for name in contents.captions(kind) if told.count(name) != 1] == []


def test_each_file_is_linked_once(tmp_path):
    files = ["claims.csv", "tables/claims.md", "tables/cost.csv", "tables/new.csv", "figures/front.svg"]
    for name in files:
        write_text(tmp_path / name, f"{name}\n1\n")
    write_text(tmp_path / "tables/savings.csv", "a header alone\n")
    lines = "\n".join(answers(tmp_path))
    assert [lines.count(f"]({name})") for name in files] == [1] * len(files)
    assert lines.endswith("Other files: [new](tables/new.csv).") and "Which layers" not in lines
    assert "savings" not in lines
