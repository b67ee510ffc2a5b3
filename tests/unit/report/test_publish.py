"""Publishing: what a checkout and a report must be, and what lands where."""

import subprocess

import pytest

from xbar.files import read_json, write_json, write_text
from xbar.report.contents import captions
from xbar.report.publish import publish, publish_benchmarks
from xbar.tables import CLAIMS, write_table


def git(folder, *arguments):
    author = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path):
    """A clean checkout of one commit, whose results/report git ignores."""
    root = tmp_path / "clone"
    write_text(root / ".gitignore", "/results/report/\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    return root


OF_SEARCH = {
    "tables/search.md", "tables/finals.csv", "tables/search_gain.csv", "figures/front.svg", "tables/accuracy.md",
    "tables/intervals.csv",
}  # fmt: skip


def report(root, preset="default", note="", changed=(), commit=None):
    folder = root / "results/report"
    row = {"claim": "area-saving", "note": note}
    write_table(folder / "claims.csv", CLAIMS, [row])
    for name in ("index.html", "time.svg", "time.png", "figures/claims.svg", "figures/.stamp", *OF_SEARCH):
        write_text(folder / name, name)
    record = {
        "preset": preset,
        "commit": {"hash": commit or git(root, "rev-parse", "HEAD").strip(), "changed_files": list(changed)},
        "machine": {"cores": 2, "processor": "Abacus", "vector_units": "AVX2", "gpus": []},
        "time": {"cpu_s": 60.0},
    }
    write_json(folder / "provenance.json", record)
    return folder


WHOLE = {"claims.csv", "index.html", "time.png", "figures/claims.svg", *OF_SEARCH}


@pytest.mark.parametrize(("preset", "where", "of_it"), [("default", "", WHOLE), ("search", "search", OF_SEARCH)])
def test_a_report_lands_as_far_as_it_is_about_its_preset_and_says_what_made_it(checkout, preset, where, of_it):
    reference = checkout / "results/reference"
    assert publish(report(checkout, preset), reference, checkout) == reference / where
    found = {
        path.relative_to(reference / where).as_posix() for path in (reference / where).rglob("*") if path.is_file()
    }
    assert found == {"provenance.json", "time.svg", "README.md", "figures/README.md"} | of_it
    shown = (reference / where / "figures/README.md").read_text()
    assert shown.count("](") == sum(name.endswith(".svg") for name in of_it) and captions("figure")["front"] in shown
    readme = (reference / where / "README.md").read_text()
    assert "Processor time of all jobs: 1.0 min (" in readme
    assert f"Configuration: {preset}." in readme and "2 cores, Abacus, AVX2" in readme
    assert git(checkout, "rev-parse", "HEAD")[:12] in readme and "(tables/accuracy.md)" in readme


def test_a_published_report_is_not_replaced_by_itself(checkout):
    """What is published is removed before the new files come."""
    write_text(checkout / ".gitignore", "/results/\n")
    git(checkout, "commit", "-q", "-a", "-m", "two")
    folder = report(checkout, "search").rename(checkout / "results/search")
    with pytest.raises(ValueError, match="search is the published report itself, which would be lost"):
        publish(folder, checkout / "results", checkout)
    assert (folder / "tables/accuracy.md").is_file()


def test_a_report_that_lacks_what_its_preset_is_about_replaces_nothing(checkout):
    folder, reference = report(checkout, "search"), checkout / "results/reference"
    publish(folder, reference, checkout)
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "two")
    (folder / "figures/front.svg").unlink()
    with pytest.raises(ValueError, match="has no front: only a finished run is published"):
        publish(folder, reference, checkout)
    assert (reference / "search/figures/front.svg").exists()


def test_tables_made_on_demand_land_with_what_made_them_and_only_all_together(checkout):
    """Beside them stands no report."""
    record = read_json(report(checkout, "tinyml") / "provenance.json")
    folder, reference = checkout / "results/report/tiny", checkout / "results/reference"
    write_json(folder / "provenance.json", record)
    for name in ("tinyml.csv", "tinyml.md", "tinyml-cost.md", "resnet-8.safetensors"):
        write_text(folder / name, name)
    with pytest.raises(ValueError, match=r"has no tinyml-cost\.csv: only a finished run is published"):
        publish(folder, reference, checkout)
    write_text(folder / "tinyml-cost.csv", "")
    assert publish(folder, reference, checkout) == reference / "tinyml"
    found = sorted(path.name for path in (reference / "tinyml/tables").iterdir())
    assert found == ["tinyml-cost.csv", "tinyml-cost.md", "tinyml.csv", "tinyml.md"]
    readme = (reference / "tinyml/README.md").read_text()
    assert "boards measure? | [tinyml-cost](tables/tinyml-cost.md)" in readme and "time.svg" not in readme


def test_the_report_of_the_default_run_names_a_preset_that_is_published_after_it(checkout):
    reference = checkout / "results/reference"
    publish(report(checkout), reference, checkout)
    assert "Other reports" not in (reference / "README.md").read_text()
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "default")
    publish(report(checkout, "search"), reference, checkout)
    assert "Other reports: [search](search/README.md)." in (reference / "README.md").read_text()


def test_what_an_earlier_report_had_besides_is_gone_and_benchmarks_stay(checkout):
    reference = checkout / "results/reference"
    for name in ("tables/old.md", "benchmarks/steps.csv", "benchmarks/benchmarks.md", "search/README.md"):
        write_text(reference / name, name)
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "two")
    publish(report(checkout), reference, checkout)
    assert not (reference / "tables/old.md").exists() and (reference / "benchmarks/steps.csv").exists()
    others = "Other reports: [benchmarks](benchmarks/benchmarks.md), [search](search/README.md)."
    assert others in (reference / "README.md").read_text()


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ({"changed": ["M config.yaml"]}, "not made from a clean checkout"),
        ({"commit": "0" * 40}, "000000000000, which is no ancestor"),
        ({"preset": "default + --config"}, "is of 'default \\+ --config'; published are default, search, "),
        ({"preset": "search + mine"}, "is of 'search \\+ mine'"),
        ({"preset": "har-quick"}, "is of 'har-quick'; published are default, "),
        ({"note": "cifar10: no files"}, "not complete: cifar10: no files"),
    ],
)
def test_a_report_that_nobody_could_make_again_is_refused(checkout, spoilt, message):
    with pytest.raises(ValueError, match=message):
        publish(report(checkout, **spoilt), checkout / "results/reference", checkout)
    assert not (checkout / "results/reference").exists()


def test_a_changed_checkout_and_an_unfinished_run_are_refused(checkout):
    folder = report(checkout)
    write_text(checkout / "new.py", "")
    with pytest.raises(ValueError, match=r"has changed files \(\?\? new.py"):
        publish(folder, checkout / "results/reference", checkout)
    (checkout / "new.py").unlink()
    (folder / "provenance.json").unlink()
    with pytest.raises(ValueError, match="only a finished run is published"):
        publish(folder, checkout / "results/reference", checkout)


def test_a_folder_without_benchmarks_and_a_place_without_git_are_refused(checkout, tmp_path):
    with pytest.raises(ValueError, match="typo holds no tables of benchmarks"):
        publish_benchmarks(checkout / "typo", checkout / "results/reference", checkout)
    with pytest.raises(ValueError, match="git status does not answer; publish from a git checkout: "):
        publish_benchmarks(checkout / "typo", checkout / "results/reference", tmp_path / "nowhere")
