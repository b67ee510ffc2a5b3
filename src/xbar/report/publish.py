"""The published report: what may replace it, and the README that says what made its files."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xbar.config.config import Config
from xbar.files import read_json, read_rows, write_text
from xbar.report.benchmarks import benchmarks, read_benchmarks
from xbar.report.contents import captions
from xbar.report.figures.benchmarks import benchmarks as figure
from xbar.report.figures.style import save, theme
from xbar.report.page import made_with, repriced_with
from xbar.report.questions import answers
from xbar.report.render import markdown
from xbar.report.reprice import reprice

PARTS = ("claims.csv", "index.html", "provenance.json", "time.svg", "time.png", "tables", "figures")
OF_PRESETS = {  # names of the tables and figures that the report of a preset adds to that of the default run
    "search": ("search", "finals", "search_gain", "front", "accuracy", "intervals"),
    "equal-area": ("accuracy", "intervals", "trade", "savings"),
    "small-arrays": ("accuracy", "intervals", "variants"),
    "systems": ("accuracy", "variants"),
    "ablations-har": ("accuracy", "intervals", "ablation"),
    "ablations-cifar10": ("accuracy", "intervals", "ablation"),
}

ON_DEMAND = {  # tables that presets make on demand, without a report
    "tinyml": ("tinyml", "tinyml-cost"),
    "hybrid": ("hybrid",),
}
PAGES = {"hybrid": "hybrid.md", "systems": "system.md", "tinyml": "tinyml.md"}  # of docs; results.md has all others


def publish(report: Path, reference: Path, root: Path) -> Path:
    """Copy the report, with a README that says what made it, in place of the one published before; return its folder.

    Of the presets of OF_PRESETS and ON_DEMAND only the tables and figures named there are copied. Raises ValueError,
    one line, for what must not be published.
    """
    _check_clean(root)
    record = _checked(report, root)
    preset = record["preset"]
    target = reference if preset == "default" else reference / preset
    if report.resolve() == target.resolve():
        raise ValueError(f"{report} is the published report itself, which would be lost; name the folder of a run")
    if wanted := (OF_PRESETS | ON_DEMAND).get(preset):
        _copy_some(report, target, wanted)
    else:
        for name in PARTS:
            _replace(report / name, target / name)
    describe(reference)
    return target


def describe(reference: Path) -> None:
    """Write the README of every published report, that of the default run last, which names all others.

    A page of captions comes beside the figures of each.
    """
    for path in [*sorted(reference.glob("*/provenance.json")), reference / "provenance.json"]:
        if path.is_file():
            write_text(path.with_name("README.md"), readme(read_json(path), path.parent))
            if shown := captioned(path.parent / "figures"):
                write_text(path.parent / "figures/README.md", shown)


def captioned(folder: Path) -> str:
    """A page in Markdown of the figures in this folder, each with its caption; empty if it has none."""
    shown = {name: caption for name, caption in captions("figure").items() if (folder / f"{name}.svg").is_file()}
    parts = [f"## {name}\n\n![{name}]({name}.svg)\n\n{caption}\n" for name, caption in shown.items()]
    return "# Figures\n\n" + "\n".join(parts) if parts else ""


def _checked(report: Path, root: Path) -> dict[str, Any]:
    """What made a finished report; ValueError, one line, for what must not be published."""
    path = report / "provenance.json"
    record: dict[str, Any] = read_json(path) if path.exists() else {"preset": "default"}
    names = ON_DEMAND.get(record["preset"])
    parts = [f"{name}.csv" for name in names] if names else PARTS
    absent = [name for name in parts if not (report / name).exists()]
    absent += [name for name in OF_PRESETS.get(record["preset"], ()) if not _places(report, name)]
    if absent:
        raise ValueError(f"{report} has no {absent[0]}: only a finished run is published")
    _check_preset(record["preset"])
    _check_commit(root, record["commit"])
    claims = [] if names else read_rows(report / "claims.csv")
    if notes := [row["note"] for row in claims if row["note"]]:
        raise ValueError(f"{report} is not complete: {notes[0]}")
    return record


def _places(report: Path, name: str) -> list[str]:
    """Where the report has the table or figure of this name."""
    places = (f"tables/{name}.md", f"tables/{name}.csv", f"figures/{name}.svg")
    return [place for place in places if (report / place).exists()]


def _copy_some(report: Path, target: Path, names: Sequence[str]) -> None:
    """Tables and figures of these names, the time and the provenance; nothing else is left in the target."""
    shutil.rmtree(target, ignore_errors=True)
    wanted = ["provenance.json", "time.svg", *(place for name in names for place in _places(report, name))]
    for name in filter(lambda name: (report / name).exists(), wanted):
        _replace(report / name, target / name)
    for name in names:  # of those made on demand, which stand beside their provenance
        for kind, folder in ((".csv", "tables"), (".md", "tables"), (".svg", "figures")):
            if (path := report / f"{name}{kind}").exists():
                _replace(path, target / folder / path.name)


def publish_prices(reference: Path, root: Path, config: Config) -> list[str]:
    """Price the published report anew, as `reprice`; return the names of the networks that were priced.

    Raises ValueError, one line, for a checkout with changed files.
    """
    _check_clean(root)
    priced = reprice(reference, root, config)
    describe(reference)
    return priced


def publish_benchmarks(measured: Path, reference: Path, root: Path) -> Path:
    """Copy the tables of the benchmarks over the published ones, and show all of them anew; return their folder.

    Raises ValueError, one line, for a checkout with changed files and for a folder without tables.
    """
    _check_clean(root)
    target = reference / "benchmarks"
    if not (paths := sorted(measured.glob("*.csv"))):
        raise ValueError(f"{measured} holds no tables of benchmarks")
    for path in paths:
        _replace(path, target / path.name)
    rows = read_benchmarks([str(target / f"{name}.csv") for name in ("chips", "population", "steps")])
    write_text(target / "benchmarks.md", markdown([benchmarks(rows)]))
    with theme():
        save(figure(rows), target / "benchmarks")
    describe(reference)
    return target


def readme(record: Mapping[str, Any], folder: Path) -> str:
    """What GitHub shows of the folder: what the report is, which file answers which question, what made the files."""
    priced = f" {repriced_with(record)}" if "priced" in record else ""
    listed = "\n".join(answers(folder))
    page = " In a clone, `index.html` shows all of them on one page." if (folder / "index.html").is_file() else ""
    drawn = " ([figure](time.svg))" if (folder / "time.svg").is_file() else ""
    pages = sorted(path for name in ("README", "benchmarks") for path in folder.glob(f"*/{name}.md"))
    pages = [path for path in pages if path.parent.name != "figures"]
    others = [f"[{path.parent.name}]({path.relative_to(folder).as_posix()})" for path in pages]
    beside = f"\n\nOther reports: {', '.join(others)}." if others else ""
    explained = " [Captions](figures/README.md) explain the figures." if captioned(folder / "figures") else ""
    found = PAGES.get(record["preset"], "results.md")
    up = "../" * (2 if record["preset"] == "default" else 3)  # the project's folder, from results/reference
    return (
        f"# Published report, {record['preset']} configuration\n\nThis page names the question that each table and"
        f" figure answers.{page}{explained}"
        f" [{found}]({up}docs/{found}) says what was found, and [tables.md]({up}workflow/tables.md) explains the"
        f" columns of the data.{beside}\n\n{listed}\n\n## What made these files\n\n{made_with(record)}{priced}"
        f" Processor time of all jobs: {record['time']['cpu_s'] / 60:.1f} min{drawn}. The whole configuration, the"
        " packages and the time of every job are in [provenance.json](provenance.json).\n"
    )


def _check_clean(root: Path) -> None:
    if changed := _git(root, "status", "--porcelain"):
        raise ValueError(f"{root} has changed files ({changed.splitlines()[0].strip()}, ...): commit them first")


def _check_preset(preset: str) -> None:
    known = ["default", *OF_PRESETS, *ON_DEMAND]
    if preset not in known:
        raise ValueError(f"the report is of '{preset}'; published are {', '.join(known)}")


def _check_commit(root: Path, commit: Mapping[str, Any]) -> None:
    if commit.get("changed_files") or "hash" not in commit:
        raise ValueError("the report was not made from a clean checkout: run it again from one")
    answer = subprocess.run(["git", "merge-base", "--is-ancestor", commit["hash"], "HEAD"], cwd=root)
    if answer.returncode:
        raise ValueError(f"the report was made from {commit['hash'][:12]}, which is no ancestor of this commit")


def _replace(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _git(root: Path, *arguments: str) -> str:
    """What git answers; ValueError, one line, where there is no git or no checkout."""
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise ValueError(f"{root}: git {arguments[0]} does not answer; publish from a git checkout: {error}") from None
