"""The pages that a browser shows: a table by itself, and a whole report. No script, nothing from elsewhere."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from xbar.report import contents
from xbar.report.contents import Entry

STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;color:#222;margin:1.5em}h1{font-size:1.25em}"
    "table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:left}"
    "th{border-bottom:2px solid #888}td{font-variant-numeric:tabular-nums}"
    "p,ol,figcaption{max-width:60em;color:#444}figure{margin:1em 0}img{max-width:100%}summary{cursor:pointer}"
    "details h1{font-size:1em}summary+h1{display:none}"
)
ALIGNED = "".join(f".n{place} :is(th,td):nth-child({place}){{text-align:right}}" for place in range(1, 31))


def whole(title: str, body: str) -> str:
    """A page of its own."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}{ALIGNED}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def index(
    record: Mapping[str, Any], found: Iterable[str], shown: Iterable[Entry], tables: Mapping[str, tuple[str, str]]
) -> str:
    """The report of one run on one page: its claims, then the figures and the tables of every stage.

    `record`: what provenance.json holds. `found`: lines that say what was found. `shown`: the entries of the run.
    `tables`: the title and the HTML of every table, by name.
    """
    title = f"Report of the {record['preset']} run"
    lines = "".join(f"<li>{escape(line)}</li>" for line in found)
    parts = [f"<h1>{escape(title)}</h1>", f"<ul>{lines}</ul>", f"<p>{escape(made_with(record))}</p>"]
    shown = list(shown)
    for stage in contents.STAGES:
        here = [entry for entry in shown if entry.stage == stage]
        parts += [f"<h2>{escape(stage)}</h2>"] if here else []
        parts += [_figure(f"figures/{entry.name}.svg", entry.caption) for entry in here if entry.kind == "figure"]
        parts += [_folded(entry, *tables[entry.name]) for entry in here if entry.kind == "table"]
    parts += ["<h2>Where the time went</h2>", _figure("time.svg", contents.TIME)]
    return whole(title, "\n".join(parts))


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
    return (
        f"Costs, savings, verdicts, tables and figures were made anew from its layers and accuracies by commit"
        f" {commit.get('hash', 'unknown')[:12]} ({machine['cores']} cores, {machine['processor']},"
        f" {machine['vector_units']}). Its trainings, the figures of conductances and of time, and the list of jobs are"
        " those of the run."
    )


def _figure(address: str, caption: str) -> str:
    return f'<figure><img src="{address}" alt=""><figcaption>{escape(caption)}</figcaption></figure>'


def _folded(entry: Entry, title: str, body: str) -> str:
    heading = f"<b>{escape(title)}</b> {escape(entry.caption)}"
    return f"<details><summary>{heading}</summary>\n{body}\n</details>"
