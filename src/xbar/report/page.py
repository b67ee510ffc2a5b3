"""Tables in Markdown as pages that a browser shows, and a whole report as one: no script, nothing from elsewhere."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from xbar.report import contents

STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;color:#222;margin:1.5em}h1{font-size:1.25em}"
    "table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:left}"
    "th{border-bottom:2px solid #888}.number{text-align:right;font-variant-numeric:tabular-nums}"
    "p,ol,figcaption{max-width:60em;color:#444}figure{margin:1em 0}img{max-width:100%}summary{cursor:pointer}"
)
Stages = Mapping[str, Mapping[str, Iterable[str]]]
NUMBERED = re.compile(r"\d+\. ")


def page(text: str) -> str:
    """HTML of what `xbar.report.markdown.table` writes: a heading, a table, paragraphs and numbered lists."""
    blocks = _blocks(text)
    return _whole(blocks[0].removeprefix("# "), map(_block, blocks))


def index(record: Mapping[str, Any], found: Iterable[str], stages: Stages, tables: Mapping[str, str]) -> str:
    """The report of one run on one page: its claims, then the figures and the tables of every stage.

    `record`: what provenance.json holds. `found`: lines that say what was found. `stages`: names of figures and tables
    by stage. Every figure is shown, and those of `tables`, texts in Markdown by name.
    """
    title = f"Report of the {record['preset']} run"
    lines = "".join(f"<li>{escape(line)}</li>" for line in found)
    parts = [f"<h1>{escape(title)}</h1>", f"<ul>{lines}</ul>", f"<p>{escape(made_with(record))}</p>"]
    for stage, kinds in stages.items():
        parts.append(f"<h2>{escape(stage)}</h2>")
        parts += (_figure(f"figures/{name}.svg", contents.FIGURES[name]) for name in kinds["figures"])
        parts += (_folded(name, tables[name]) for name in kinds["tables"] if name in tables)
    parts += ["<h2>Where the time went</h2>", _figure("time.svg", contents.TIME)]
    return _whole(title, parts)


def made_with(record: Mapping[str, Any]) -> str:
    """Configuration, commit and class of machine of a run, in one line; without times, by which equal runs differ."""
    commit, machine = record["commit"], record["machine"]
    changed = f" with {len(commit['changed_files'])} files changed since" if commit.get("changed_files") else ""
    gpus = f", {machine['gpus'][0]}" if machine["gpus"] else ""
    return (
        f"Configuration: {record['preset']}. Commit: {commit.get('hash', 'unknown')[:12]}{changed}."
        f" Machine: {machine['cores']} cores, {machine['processor']}, {machine['vector_units']}{gpus}."
    )


def _figure(address: str, caption: str) -> str:
    return f'<figure><img src="{address}" alt=""><figcaption>{escape(caption)}</figcaption></figure>'


def _folded(name: str, text: str) -> str:
    blocks = _blocks(text)
    body = "\n".join(_block(block) for block in blocks if not block.startswith("# "))
    heading = f"<b>{escape(blocks[0].removeprefix('# '))}</b> {escape(contents.TABLES[name])}"
    return f"<details><summary>{heading}</summary>\n{body}\n</details>"


def _whole(title: str, parts: Iterable[str]) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _blocks(text: str) -> list[str]:
    return [block for block in text.strip().split("\n\n") if block]


def _block(block: str) -> str:
    lines = block.splitlines()
    if block.startswith("# "):
        return f"<h1>{escape(block[2:])}</h1>"
    if block.startswith("|"):
        return _table(lines)
    if all(map(NUMBERED.match, lines)):
        return "<ol>" + "".join(f"<li>{escape(NUMBERED.sub('', line, count=1))}</li>" for line in lines) + "</ol>"
    return f"<p>{escape(block)}</p>"


def _table(lines: list[str]) -> str:
    header, alignment, *rows = map(_cells, lines)
    marks = [' class="number"' if cell.endswith(":") else "" for cell in alignment]
    shown = [_row(header, "th", marks), *(_row(row, "td", marks) for row in rows)]
    return "<table>\n" + "\n".join(shown) + "\n</table>"


def _row(cells: list[str], tag: str, marks: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}{mark}>{escape(c)}</{tag}>" for c, mark in zip(cells, marks, strict=True)) + "</tr>"


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
