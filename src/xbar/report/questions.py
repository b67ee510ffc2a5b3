"""Which question each table and each figure of a report answers, for the README of the published report."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Question(NamedTuple):
    """A question and the names of what answers it: `tables` are Markdown or CSV, `figures` are SVG."""

    text: str
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


QUESTIONS = (
    Question("Which claims of the paper hold, and by which rule?", ("claims",), ("claims",)),
    Question("With which circuit, baseline and time would the savings hold?", ("answer", "trade_offs"), ("answer",)),
    Question("What does each step save against each baseline?", ("savings",)),
    Question("How accurate is every network, and how sure is that?", ("accuracy", "intervals"), ("accuracy",)),
    Question("What does an accuracy cost in area and energy?", (), ("trade",)),
    Question("What does one scale for all layers cost?", ("uniform",), ("ranges",)),
    Question("How much noise does a network bear?", (), ("noise",)),
    Question("Which classes do noisy chips confuse?", ("confusion",), ("confusion",)),
    Question("How did the trainings go?", ("training",), ("training",)),
    Question("What would another network have brought?", ("ablation",)),
    Question("What did the search find?", ("search", "finals"), ("search",)),
    Question("Was the search better than its baselines?", ("search_gain",)),
    Question("How do the trials trade accuracy for energy and area?", (), ("front",)),
    Question("How does a network fare on other hardware?", ("variants",)),
    Question("How does accuracy change as devices age?", ("drift",), ("drift",)),
    Question("In which layer is the signal lost?", ("errors",), ("errors",)),
    Question("What does the resistance of wires take?", ("wires",)),
    Question("What does MLPerf Tiny's ResNet-8 reach on phase-change memory, up to a day old?", ("tinyml",)),
    Question("What do MLPerf Tiny's networks cost, and what do boards measure?", ("tinyml-cost",)),
    Question("Can a network be trained, or a chip repaired, by pulses to its cells?", ("hybrid",), ("hybrid",)),
    Question("How do the weights look on the arrays?", (), ("conductances",)),
    Question("What are area, energy and latency, with which weights and converters?", ("corners",)),
    Question(
        "What does the clock add: waiting, overlap, use of the parts, power over the rate of inferences?",
        ("system", "events"),
        ("inference", "schedules", "power"),
    ),
    Question("Which parts take area and energy?", ("components", "cost"), ("costs",)),
    Question("Which layers take area and energy?", ("by_layer", "layer_costs", "layers")),
    Question("What changes with the ADC model?", ("laws",)),
    Question("How many operations are there for an energy and for an area?", ("performance",)),
    Question("Why do the savings differ from those of our first report?", ("differences", "steps"), ("differences",)),
    Question("Does the prototype agree on the textbook circuit?", ("textbook",)),
    Question("In which share of drawn circuits do the savings hold?", ("conditions",), ("conditions",)),
    Question("Which choice of the circuit decides the savings?", ("sensitivity",), ("sensitivity",)),
    Question("How far is the cost model from published chips?", ("validation", "parts", "bounds"), ("validation",)),
    Question("How far are the prices from those of a library?", ("library",)),
)


def answers(folder: Path) -> Iterator[str]:
    """Lines of Markdown: every question that the report in `folder` answers with links, then all other files."""
    yield from ("| question | tables | data | figures |", "| --- | --- | --- | --- |")
    told = set()
    for question in QUESTIONS:
        found = [
            _there(folder, question.tables, "tables/{}.md"),
            _there(folder, question.tables, "tables/{}.csv", "{}.csv"),
            _there(folder, question.figures, "figures/{}.svg"),
        ]
        if any(found):
            told |= {link for links in found for link in links}
            yield f"| {question.text} | {' | '.join(_linked(links) for links in found)} |"
    kinds = ("*.csv", "tables/*", "figures/*.svg")
    paths = [path for kind in kinds for path in sorted(folder.glob(kind)) if _holds(path)]
    present = [path.relative_to(folder).as_posix() for path in paths]
    if others := [link for link in present if link not in told]:
        yield f"\nOther files: {_linked(others)}."


def _there(folder: Path, names: tuple[str, ...], *places: str) -> list[str]:
    links = [place.format(name) for name in names for place in places]
    return [link for link in links if _holds(folder / link)]


def _holds(path: Path) -> bool:
    """Whether the file is there and, of a table of data, has rows."""
    return path.is_file() and (path.suffix != ".csv" or path.read_text(encoding="utf-8").count("\n") > 1)


def _linked(links: list[str]) -> str:
    return ", ".join(f"[{Path(link).stem}]({link})" for link in links)
