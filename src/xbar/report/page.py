"""A table in Markdown as a page that a browser shows: one file, no script, nothing from elsewhere."""

import re
from html import escape

STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;color:#222;margin:1.5em}h1{font-size:1.25em}"
    "table{border-collapse:collapse;margin:1em 0}th,td{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:left}"
    "th{border-bottom:2px solid #888}.number{text-align:right;font-variant-numeric:tabular-nums}"
    "p,ol{max-width:60em;color:#444}"
)
NUMBERED = re.compile(r"\d+\. ")


def page(text: str) -> str:
    """HTML of what `xbar.report.markdown.table` writes: a heading, a table, paragraphs and numbered lists."""
    blocks = [block for block in text.strip().split("\n\n") if block]
    title = escape(blocks[0].removeprefix("# "))
    body = "\n".join(map(_block, blocks))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


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
