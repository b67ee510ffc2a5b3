"""What a finished run found, in few lines: the last ones of the console and the first ones of the page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from xbar.files import read_rows
from xbar.report.claims import EVERY_BASELINE
from xbar.report.judged import NOT_RUN, OTHER_DATA
from xbar.savings.corners import BOTH_STEPS

Row = Mapping[str, str]
CONDITIONS = ("float", "noisy")


def summary(report: Path, networks: Iterable[str], note: str = "") -> list[str]:
    """What a run found, line by line, from its tables: accuracies of `networks` in their order, savings, verdicts.

    `note`: what the configuration says of such a run.
    """
    claims = read_rows(report / "claims.csv")
    return [
        *_accuracies(read_rows(report / "tables/accuracy.csv"), list(networks)),
        *_savings(claims),
        *_verdicts(claims),
        *([f"Note: {note}"] if note else []),
    ]


def _accuracies(rows: Sequence[Row], networks: list[str]) -> Iterator[str]:
    """A line for each dataset: mean over seeds, the chips of a seed averaged first."""
    chips: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row["split"] == "test" and row["condition"] in CONDITIONS and row["network"] in networks:
            chips[row["dataset"], row["network"], row["seed"]].append(float(row["accuracy"]))
    seeds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (dataset, network, _), found in chips.items():
        seeds[dataset][network].append(fmean(found))
    for dataset, means in seeds.items():
        told = (f"{name} {100 * fmean(means[name]):.1f} %" for name in networks if name in means)
        yield f"Test accuracy, {dataset}: {', '.join(told)}"


def _savings(claims: Sequence[Row]) -> Iterator[str]:
    """A line for each comparison: what both steps save, at the reference circuit and over all circuits."""
    both = [row for row in claims if row["paper_version"] == BOTH_STEPS and row["baseline"] == EVERY_BASELINE]
    for name in dict.fromkeys(row["comparison"] for row in both if row["comparison"]):
        found = {row["claim"].removesuffix("-saving"): row for row in both if row["comparison"] == name}
        told = (
            f"{what} {_whole(row['ours'])} % ({_whole(row['low'])} to {_whole(row['high'])})"
            for what, row in found.items()
        )
        circuits = next(iter(found.values()))["n"]
        saved = f"Saved at equal time by both steps, {name}: {', '.join(told)}"
        yield f"{saved}; range over {circuits} circuits"


def _whole(number: str) -> str:
    return f"{float(number):.0f}"


def _verdicts(claims: Sequence[Row]) -> Iterator[str]:
    judged = [row for row in claims if row["baseline"] in ("", EVERY_BASELINE)]
    counts = Counter(row["verdict"] for row in judged if row["verdict"] != OTHER_DATA)
    if counts:
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        yield f"Verdicts on the paper's claims, by network or comparison: {told}"
    else:
        yield f"No verdict on the paper's claims: this is {OTHER_DATA}"
    for note in dict.fromkeys(row["note"] for row in judged if row["verdict"] == NOT_RUN and row["note"]):
        yield f"Not run: {note}"
