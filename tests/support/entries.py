"""The tables and figures of the report by name, as functions of made-up results."""

import re
from functools import partial

from xbar.report.contents import entries, made_by
from xbar.report.render import markdown, sections_of


def _table(entry, results):
    """A table as Markdown, without the blanks that line up its columns."""
    with results.of(entry):
        return squeezed(sections_of(made_by(entry)(results)))


def _figure(entry, results):
    with results.of(entry):
        return made_by(entry)(results)


def squeezed(sections):
    return re.sub(" +", " ", markdown(sections))


TABLES = {entry.name: partial(_table, entry) for entry in entries() if entry.kind == "table"}
FIGURES = {entry.name: partial(_figure, entry) for entry in entries() if entry.kind == "figure"}
