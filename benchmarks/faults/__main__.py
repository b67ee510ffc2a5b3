"""The fault campaign: kills, broken disks and broken files under a small digits run, each followed by a plain rerun.

    python benchmarks/faults [--kills 24] [--seed 0] [--raw-data FOLDER] [--table results/speed/faults.csv]

An undisturbed run gives the bytes that every recovered run must give. A kill is kill -9 at a random moment. It
hits the whole workflow (a power failure), the driver alone (its jobs go on as orphans) or one job. After a killed
driver the rerun is `snakemake --unlock` and the same command again. Disks are small tmpfs mounts and need root;
broken files and downloads need the raw data of HAR. A driver killed under SLURM is a test: tests/cluster/slurm.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import disks
import raw
import runs
from kills import kills
from runs import ROOT, Row


def campaign(base: Path, chosen: argparse.Namespace) -> Iterator[Row]:
    """Every row of the table, in order."""
    undisturbed = base / "undisturbed"
    undisturbed.mkdir()
    begun = time.monotonic()
    code, log = runs.run(undisturbed)
    usual_s = time.monotonic() - begun
    assert code == 0, log
    print(f"an undisturbed run took {usual_s:.0f} s", flush=True)
    expected = runs.checksums(undisturbed)
    yield from kills(base, expected, chosen.kills, chosen.seed, usual_s)
    yield disks.two_at_once(base, expected)
    if os.geteuid() == 0:
        yield disks.full(base, expected, disks.occupied(undisturbed / "results"), 0.3, results_only=True)
        for share in (0.05, 0.5, 0.8):  # Snakemake's records, data, checkpoints: each is what does not fit
            yield disks.full(base, expected, disks.occupied(undisturbed), share, results_only=False)
        yield disks.read_only(base, expected)
    if chosen.raw_data:
        yield from raw.rows(base, chosen.raw_data)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=24)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--raw-data", type=Path, help="folder of the real raw files")
    options.add_argument("--table", type=Path, default=ROOT / "results/speed/faults.csv")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as base:
        rows = []
        for row in campaign(Path(base), chosen):
            print(*row, sep=" | ", flush=True)
            rows.append(row)
            write(chosen.table, rows)  # so far: a campaign that is ended early still says what it found


def write(table: Path, rows: list[Row]) -> None:
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
