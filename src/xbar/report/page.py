"""The report of a run on one page that needs nothing else: what was found first, then every figure and table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from xbar.report import contents
from xbar.report.contents import Entry
from xbar.report.inline import inline, is_absent
from xbar.report.look import whole
from xbar.report.questions import QUESTIONS, Question
from xbar.report.render import NO_ROWS, Section, html

PAPER = '<a href="https://arxiv.org/abs/1910.13850">arXiv:1910.13850</a>'
LIMITS = (  # without numbers: they hold for every run
    "Only the abstracts of the paper were available to us. Networks, circuits and baselines are our reconstruction.",
    "Chips are simulated. Their noise and drift are models of devices, and no accuracy here was measured on silicon.",
    "Ratios between circuits are the results. Absolute areas and energies lie far from those of some published chips.",
    "Accuracies leave the resistance of wires out.",
    "The reference circuit does not charge circuits that write devices.",
    "No interval and no verdict is corrected for how many networks were tried.",
)


class Part(NamedTuple):
    """A part of the page that comes before all other figures and tables, with the names of what it shows."""

    key: str
    title: str
    figures: tuple[str, ...]
    tables: tuple[str, ...]


FIRST = (
    Part("claims", "Claims of the paper", ("claims",), ("claims",)),
    Part("accuracy", "Accuracy", ("accuracy",), ("accuracy",)),
    Part("hardware", "Hardware", ("drift",), ("variants",)),
    Part("cost", "Cost", ("costs",), ("savings",)),
)


class Shown(NamedTuple):
    """What a run can show: its entries, the SVG of each figure, the title and HTML of each table, by name."""

    entries: Sequence[Entry]
    svgs: Mapping[str, str]
    tables: Mapping[str, tuple[str, str]]

    def named(self, kind: str, names: Iterable[str]) -> list[Entry]:
        """The entries of one kind that have these names, in that order."""
        found = {entry.name: entry for entry in self.entries if entry.kind == kind}
        return [found[name] for name in names if name in found]

    def is_empty(self, entry: Entry) -> bool:
        """Whether the run has no data for an entry."""
        if entry.kind == "figure":
            return is_absent(self.svgs[entry.name])
        body = self.tables[entry.name][1]
        return NO_ROWS in body and "<table" not in body


def index(record: Mapping[str, Any], found: Iterable[str], shown: Shown, time: str, own: Sequence[Section] = ()) -> str:
    """The report of one run on one page. Same input, same text.

    `record`: what provenance.json holds. `found`: lines that say what was found. `time`: the SVG of where time went.
    `own`: a table of every network of the user's own.
    """
    told = "".join(f"<li>{escape(line)}</li>" for line in found)
    limits = "".join(f"<li>{escape(line)}</li>" for line in LIMITS)
    parts: list[tuple[str, str, Iterable[str]]] = [
        ("run", "What was run", [*_run(record), f"<p>What was found:</p>\n<ul>{told}</ul>"]),
        *((part.key, part.title, _first(part, shown)) for part in FIRST),
        ("own", "Your own networks", [html(own)] if own else []),
        ("limits", "Limits", [f"<ul>{limits}</ul>"]),
        ("all", "All other figures and tables", _others(shown)),
        ("provenance", "Provenance", _provenance(record, time)),
    ]
    made = {(key, words): "\n".join(lines) for key, words, lines in parts}
    there = {head: text for head, text in made.items() if text}
    links = "".join(f'<li><a href="#{key}">{words}</a></li>' for key, words in there)
    body = "\n".join(f'<h2 id="{key}">{words}</h2>\n{text}' for (key, words), text in there.items())
    return whole(f"Report of the {record['preset']} run", f"<nav><ul>{links}</ul></nav>\n{body}")


def svgs_of(folder: Path, shown: Iterable[Entry]) -> dict[str, str]:
    """The text of the figures of a run, from the folder that holds their files."""
    return {
        entry.name: (folder / f"{entry.name}.svg").read_text(encoding="utf-8")
        for entry in shown
        if entry.kind == "figure"
    }


def made_with(record: Mapping[str, Any]) -> str:
    """Configuration, commit and class of machine of a run, in one line; without times, by which equal runs differ."""
    commit, machine = record["commit"], record["machine"]
    changed = f" with {len(commit['changed_files'])} files changed since" if commit.get("changed_files") else ""
    gpus = f", {machine['gpus'][0]}" if machine["gpus"] else ""
    return (
        f"Configuration: {record['preset']}. Commit: {commit.get('hash', 'unknown')[:12]}{changed}."
        f" Machine: {machine['cores']} cores, {machine['processor']}, {machine['vector_units']}{gpus}."
    )


def repriced_with(record: Mapping[str, Any]) -> str:
    """Commit and class of machine by which a published report was priced anew, in one line."""
    commit, machine = record["priced"]["commit"], record["priced"]["machine"]
    by = (
        f"by commit {commit.get('hash', 'unknown')[:12]} ({machine['cores']} cores, {machine['processor']},"
        f" {machine['vector_units']})"
    )
    if record["preset"] != "default":
        return f"Costs were made anew {by}. All else is of the run."
    return (
        f"Costs, savings, verdicts, tables and figures were made anew from its layers and accuracies {by}. Its"
        " trainings, the figures of conductances and of time, and the list of jobs are those of the run."
    )


def _run(record: Mapping[str, Any]) -> Iterator[str]:
    seeds, networks = record["seeds"], record["config"]["networks"]
    trainings = sum(len(of_network) for of_network in seeds.values())
    data = ", ".join(dict.fromkeys(networks[name]["dataset"] for name in seeds))
    compared = len(record["config"]["run"]["comparisons"])
    yield (
        f"<p>This run trained {_count(len(seeds), 'network')} on {escape(data)}, in {_count(trainings, 'training')}. It"
        " tested them on simulated chips of memory devices. It priced"
        f" {_count(compared, 'comparison')} of a signed with a unipolar network. The claims are those of {PAPER}.</p>"
    )
    yield f"<p>{escape(made_with(record))}</p>"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _first(part: Part, shown: Shown) -> Iterator[str]:
    """A part before all others, with its tables unfolded."""
    for entry in shown.named("figure", part.figures) + shown.named("table", part.tables):
        if not shown.is_empty(entry):
            yield _entry(entry, shown, is_open=True)


def _others(shown: Shown) -> Iterator[str]:
    """Figures with their tables folded below, question by question; then what no question names or has no data."""
    first = {(kind, name) for part in FIRST for kind, names in _kinds(part) for name in names}
    for question in (*QUESTIONS, _unasked(shown)):
        asked = [entry for kind, names in _kinds(question) for entry in shown.named(kind, names)]
        new = [entry for entry in asked if (entry.kind, entry.name) not in first and not shown.is_empty(entry)]
        if new:
            yield f"<h3>{escape(question.text)}</h3>"
            yield from (_entry(entry, shown) for entry in new)
    if empty := [f"{entry.kind} {entry.name}" for entry in shown.entries if shown.is_empty(entry)]:
        yield f"<p>This run has no data for: {', '.join(empty)}.</p>"


def _kinds(of: Part | Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("figure", of.figures), ("table", of.tables)


def _unasked(shown: Shown) -> Question:
    names: dict[str, list[str]] = {"figure": [], "table": []}
    asked = {(kind, name) for question in QUESTIONS for kind, of_kind in _kinds(question) for name in of_kind}
    for entry in shown.entries:
        names[entry.kind] += [entry.name] if (entry.kind, entry.name) not in asked else []
    return Question("What else is there?", tuple(names["table"]), tuple(names["figure"]))


def _entry(entry: Entry, shown: Shown, is_open: bool = False) -> str:
    if entry.kind == "figure":
        return _figure(entry.name, shown.svgs[entry.name], entry.caption)
    title, body = shown.tables[entry.name]
    summary = f"<summary><b>{escape(title)}</b> {escape(entry.caption)}</summary>"
    return f'<details id="table-{entry.name}"{" open" * is_open}>{summary}\n{body}\n</details>'


def _figure(name: str, svg: str, caption: str) -> str:
    drawn = inline(svg, name, caption.partition(". ")[0])
    return f'<figure id="figure-{name}">{drawn}<figcaption>{escape(caption)}</figcaption></figure>'


def _provenance(record: Mapping[str, Any], time: str) -> Iterator[str]:
    priced = f" {repriced_with(record)}" if "priced" in record else ""
    packages = ", ".join(f"{name} {version}" for name, version in record["packages"].items())
    yield f"<p>{escape(made_with(record) + priced)}</p>"
    yield (
        f"<p>Processor time of all jobs: {record['time']['cpu_s'] / 60:.1f} min. The whole configuration, the checksums"
        ' of the data and the time of every job are in <a href="provenance.json">provenance.json</a>.</p>'
    )
    yield _figure("time", time, contents.TIME)
    yield f"<details><summary>Versions of all packages</summary><p>{escape(packages)}</p></details>"
