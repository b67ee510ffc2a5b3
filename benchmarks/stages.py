"""Wall and processor time of a finished run by stage, as a table in Markdown.

    python benchmarks/stages.py [results]

The folder is that of a run. Its provenance.json says what each job took, and its logs say when. A stage is a rule, or
what a rule did for one data set. Wall time goes from the start of its first job to the end of its last one. Stages
overlap, so that the whole run takes less than their sum. Start is the time until the imports of jobs were done, summed
over jobs. A run that was interrupted counts its pauses as wall time. Snakemake's own time is in the last row alone.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from agreement import made  # noqa: E402

from xbar.files import read_json  # noqa: E402
from xbar.report.usage import Attempt, attempts  # noqa: E402

HEADER = ("stage", "data set", "jobs", "processor (min)", "start (min)", "wall (min)")


class Stage(NamedTuple):
    """The jobs of a rule for one data set: as provenance.json has them, and the attempts at all of them."""

    jobs: list[Mapping[str, Any]]
    spans: list[Attempt]

    def row(self, rule: str, dataset: str, driver_s: float = 0.0) -> tuple[str, ...]:
        """The cells under `HEADER`; `driver_s`: processor time of Snakemake itself, which is added."""
        used, start = (sum(job[name] or 0.0 for job in self.jobs) / 60 for name in ("cpu_s", "ready_s"))
        minutes = [used + driver_s / 60, start, wall(self.spans).total_seconds() / 60]
        return (rule, dataset, str(len(self.jobs)), *(f"{value:.1f}" for value in minutes))


def wall(spans: Iterable[Attempt]) -> timedelta:
    """The time from the first start to the last end; zero where no log is left."""
    spans = list(spans)
    return max(span.end for span in spans) - min(span.start for span in spans) if spans else timedelta()


def datasets_by_name(config: Mapping[str, Any]) -> dict[str, str]:
    """The data set of everything by which jobs are named: data sets, networks, searches and comparisons."""
    found = {name: network["dataset"] for name, network in config["networks"].items()}
    found |= {name: found[search["network"]] for name, search in config["searches"].items()}
    found |= {name: found[sides["signed"]] for name, sides in config["comparisons"].items()}
    return found | {name: name for name in config["datasets"]}


def stages(record: Mapping[str, Any], results: Path) -> dict[tuple[str, str], Stage]:
    """The stages of a run by rule and data set, in the order of the record (provenance.json)."""
    found: dict[tuple[str, str], Stage] = {}
    datasets = datasets_by_name(record["config"])
    for job in record["jobs"]:
        dataset = next((datasets[part] for part in job["job"].split("/") if part in datasets), "")
        stage = found.setdefault((job["rule"], dataset), Stage([], []))
        stage.jobs.append(job)
        name = f"{job['rule']}/{job['job']}".removesuffix("/")
        stage.spans.extend(attempts(results / f"logs/{name}.log"))
    return found


def rows(results: Path) -> list[tuple[str, ...]]:
    """The table of a run, the stages that took most first, then all of it with Snakemake itself."""
    record = read_json(results / "report/provenance.json")
    found = stages(record, results)
    lines = [stage.row(*name) for name, stage in found.items()]
    lines.sort(key=lambda line: -float(line[HEADER.index("processor (min)")]))
    spans = [span for stage in found.values() for span in stage.spans]
    driver_s = record["time"]["driver_cpu_s"] or 0.0
    return [*lines, Stage(record["jobs"], spans).row("all, and Snakemake", "", driver_s)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="?", default=ROOT / "results")
    results = parser.parse_args().results
    print(f"Stages of the run: {made(read_json(results / 'report/provenance.json'))}\n")
    for row in (HEADER, ("---", "---", *["---:"] * 4), *rows(results)):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
