"""One run of the small preset in a folder of its own: started, ended, compared with another."""

import re
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PRESETS = [ROOT / "workflow/presets/digits.yaml", Path(__file__).with_name("small.yaml")]
TARGETS = [  # every kind of job that takes long, and no more: a run is repeated dozens of times
    "results/crossbars/digits-2b-signed/seed0/accuracy.csv",
    "results/networks/digits-float/seed0/accuracy.csv",
]
TIMED = ("logs/", "benchmarks/", "checkpoints/")  # what tells of times, and what a killed training leaves
START = re.compile(r"^(?:local)?rule (\w+):$.*?^    jobid: (\d+)$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
TELLING = re.compile(r"(\S+: \w*Error: |\w*(Error|Exception)\b|.*(No space left|Read-only|cannot be locked))")
SEPARATOR = "\n--- .snakemake/log ---\n"
WAY_OUT = "Finished jobs are kept: correct the cause and repeat the same command."
Names = dict[str, str]


class Row(NamedTuple):
    """What a kind of fault came to, over `count` of them; `told`: the line by which the user learns of it."""

    fault: str
    count: int  # type: ignore[assignment] # the column hides a method of tuples
    recovered: int
    differing_files: int
    repeated_jobs: int
    told: str


def command(
    folder: Path, options: Iterable[str] = (), targets: Iterable[str] = TARGETS, root: Path = ROOT
) -> list[str]:
    given = ["--snakefile", str(root / "Snakefile"), "--directory", str(folder), "--cores", "2", *options]
    return [sys.executable, "-m", "snakemake", *targets, *given, "--configfile", *map(str, PRESETS)]


def start(folder: Path, log: Path, *options: str) -> subprocess.Popen:
    """The workflow in `folder`, as the head of a process group of its own, its output in `log`."""
    with log.open("w", encoding="utf-8") as file:
        return subprocess.Popen(
            command(folder, options), cwd=log.parent, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )


def run(folder: Path, *options: str, targets: Iterable[str] = TARGETS, root: Path = ROOT) -> tuple[int, str]:
    """Exit code and output of the workflow run to its end."""
    answer = subprocess.run(
        command(folder, options, targets, root),
        cwd=folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return answer.returncode, answer.stdout + account(folder)


def account(folder: Path) -> str:
    """Snakemake's own account of the last run, which names every job; the console does not."""
    logs = sorted(folder.glob(".snakemake/log/*.log"))
    return SEPARATOR + (logs[-1].read_text() if logs else "")


def checksums(folder: Path) -> Names:
    """Checksum of every result by name; unfinished parts, whose names begin with a dot, are no results."""
    base = folder / "results"
    files = {path.relative_to(base).as_posix(): path for path in base.rglob("[!.]*") if path.is_file()}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if not name.startswith(TIMED)}


def differing(found: Names, expected: Names) -> set[str]:
    return {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}


def jobs(log: str) -> tuple[set[str], set[str]]:
    """The jobs that a run started and those that it saw finish, as rule and wildcards."""
    named = {}
    for rule, number, rest in START.findall(log):
        wildcards = re.search(r"^    wildcards: (.*)$", rest, re.MULTILINE)
        named[number] = f"{rule} {wildcards[1] if wildcards else ''}".strip()
    done = re.findall(r"^Finished jobid: (\d+)", log, re.MULTILINE)
    return set(named.values()), {named[number] for number in done if number in named}


def told(log: str) -> str:
    """The line that says what was wrong, without folders of the campaign and of the project, and the way to logs.

    It stands before the way out, or else is the first of a fault of Snakemake; one that ends in a colon is followed by
    what it announces.
    """
    lines = [line.strip() for line in log.split(SEPARATOR)[0].splitlines()]
    said = lines[lines.index(WAY_OUT) - 1] if WAY_OUT in lines else _first_fault(lines)
    return re.sub(r" \(traceback: .*|/\S*/tmp\w{8}/", "", said.replace(f"{ROOT}/", ""))


def _first_fault(lines: list[str]) -> str:
    telling = next((number for number, line in enumerate(lines) if TELLING.match(line)), None)
    if telling is None:  # a refusal at the start is the last line
        return next(filter(None, reversed(lines)), "nothing")
    said = lines[telling]
    for line in lines[telling + 1 :]:
        if not said.endswith(":"):
            break
        said = f"{said} {line}"
    return said


def recovery(fault: str, folder: Path, expected: Names, first: tuple[int, str]) -> Row:
    """The row of a fault that must have ended a run, after a plain rerun of which all results must be right."""
    _, before = jobs(first[1])
    code, log = run(folder)
    started, _ = jobs(log)
    bad = differing(checksums(folder), expected)
    well = first[0] != 0 and code == 0 and not bad
    if not well:
        print(fault, first[0], code, sorted(bad)[:5], first[1][-2000:], log[-2000:], sep="\n")
    return Row(fault, 1, int(well), len(bad), len(started & before), told(first[1]))
