"""All tables for a reader: `PYTHONPATH=src python -m xbar.tables > workflow/tables.md`."""

from xbar.tables import COLLECTED, STAGE_ONLY


def page() -> str:
    """All tables for a reader, in Markdown."""
    parts = [
        "# Tables\n\nEvery CSV that a run writes. Made from `src/xbar/tables` by"
        " `PYTHONPATH=src python -m xbar.tables > workflow/tables.md`. Unit 1: a count or a share; no unit: text.\n"
    ]
    for table in (*COLLECTED.values(), *STAGE_ONLY):
        lines = [f"| `{name}` | {unit} | {meaning} |" for name, unit, meaning in table.columns]
        collected = f"; collected in `results/report/tables/{table.name}.csv`" if table.name in COLLECTED else ""
        parts += [
            f"## {table.name}\n",
            f"{table.meaning[:1].upper()}{table.meaning[1:]}. Files: `{table.files}`{collected}."
            f" A row is told apart by {', '.join(table.key)}.\n",
            "\n".join(["| column | unit | meaning |", "| --- | --- | --- |", *lines, ""]),
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
