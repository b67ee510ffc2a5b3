"""What the report holds: every table and figure with its stage, its caption and what it reads.

An entry is a decorator over the function that makes it, in one of `SUBJECTS`. Snakemake needs names, stages, captions
and inputs whenever it starts. Importing pandas and matplotlib for them would cost more than a second. So `entries`
reads the decorators from the text of the modules, as literals. `made_by` imports the module of an entry only in the job
that makes it.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from xbar.tables import COLLECTED

STAGES = ("1 Claims", "2 Networks", "3 Hardware", "4 Costs")
KINDS = ("table", "figure")
SUBJECTS = (  # modules of this package that hold entries, in the order of the page
    "answer", "figures.answer", "verdicts", "figures.claims", "figures.trade", "accuracy", "figures.accuracy",
    "figures.ranges", "figures.confusion", "training", "figures.training", "ablation", "search", "figures.search",
    "variants", "figures.variants", "wires", "figures.conductances", "costs", "figures.costs",
    "system", "figures.system", "textbook", "figures.differences",
    "conditions", "figures.conditions", "figures.sensitivity", "validation", "figures.validation", "parts",
)  # fmt: skip
BESIDES_TABLES = ("datasets", "conductances")  # what an entry may read besides collected tables: see `Results`
NEEDS = ("", "searches", "comparisons")  # what a run must have for an entry to be shown
ABSENT = "Not in this run."  # how a figure begins for which a run has no data
TIME = (
    "Where the time of this run went. Above: wall-clock time of each rule, summed over its jobs. Below: the stages of "
    "each network, over its seeds and variants. Thin dark bars: what the jobs took to start and to import. Jobs ran "
    "side by side, so a run ends sooner than the sum. provenance.json describes the machine."
)
Made = TypeVar("Made", bound=Callable[..., Any])


class Entry(NamedTuple):
    """A table or a figure. `reads`: names of collected tables or of `BESIDES_TABLES`. `needs`: one of `NEEDS`."""

    kind: str
    name: str
    module: str
    stage: str
    caption: str
    reads: tuple[str, ...]
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}' of the report"


def table(*, stage: str, caption: str, reads: tuple[str, ...], needs: str = "") -> Callable[[Made], Made]:
    """Declare a table: a function from `Results` to one section or several (`xbar.report.render.Section`)."""
    return lambda function: function


def figure(*, stage: str, caption: str, reads: tuple[str, ...], needs: str = "") -> Callable[[Made], Made]:
    """Declare a figure: a function from `Results` to a figure of matplotlib."""
    return lambda function: function


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, stage by stage. ValueError, one line, for an unknown stage, need or input, and for no literal."""
    found = [entry for subject in SUBJECTS for entry in _declared(subject)]
    return tuple(entry for stage in STAGES for entry in found if entry.stage == stage)


def shown(has: Mapping[str, Any], kind: str = "") -> list[Entry]:
    """The entries of a run, of one kind if it is named; `has`: by name of `NEEDS` whether it has any of it."""
    return [entry for entry in entries() if kind in ("", entry.kind) and (not entry.needs or has[entry.needs])]


def reads(of: Iterable[Entry]) -> list[str]:
    """What some entries read, each once."""
    return list(dict.fromkeys(name for entry in of for name in entry.reads))


def captions(kind: str) -> dict[str, str]:
    """The caption of every table or of every figure, by name."""
    return {entry.name: entry.caption for entry in entries() if entry.kind == kind}


def modules(kind: str) -> list[str]:
    """The modules in which all tables or all figures stand, as `xbar.source.digest` names them."""
    return list(dict.fromkeys(f"report/{e.module.replace('.', '/')}" for e in entries() if e.kind == kind))


def made_by(entry: Entry) -> Callable[..., Any]:
    """The function of an entry; its module is imported now."""
    return getattr(import_module(f"xbar.report.{entry.module}"), entry.name)


def _declared(subject: str) -> list[Entry]:
    path = Path(__file__).parent / f"{subject.replace('.', '/')}.py"
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return [
        _entry(f"{path.name}:{node.lineno}: {node.name}", node.name, subject, mark)
        for node in functions
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id in KINDS
    ]


def _entry(where: str, name: str, module: str, mark: ast.Call) -> Entry:
    try:
        told = {str(word.arg): ast.literal_eval(word.value) for word in mark.keywords}
    except ValueError:
        raise ValueError(f"{where}: an entry of the report is declared by literals, not by what must be run") from None
    try:
        entry = Entry(mark.func.id, name, module, **told)  # type: ignore[attr-defined]
    except TypeError:
        given = ", ".join(told) or "nothing"
        raise ValueError(f"{where}: declares {given}; needed are stage, caption and reads, allowed is needs") from None
    for word, value, allowed in (
        ("stage", entry.stage, STAGES),
        ("needs", entry.needs, NEEDS),
        *(("reads", read, (*COLLECTED, *BESIDES_TABLES)) for read in entry.reads),
    ):
        if value not in allowed:
            raise ValueError(f"{where}: {word} '{value}' is not one of {', '.join(filter(None, allowed))}")
    return entry
