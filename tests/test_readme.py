"""The numbers in the README against the claims table that it speaks of."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(
    r"^\| `(?P<claim>[\w-]+)` (?P<version>v\d) (?P<dataset>\w+) "
    r"\| (?P<paper>\S+) % \| (?P<ours>\S+) % \| (?P<verdict>[^|]+?) \|$"
)


def test_the_readme_repeats_the_claims_table():
    shown = [match.groupdict() for line in (ROOT / "README.md").read_text().splitlines() if (match := ROW.match(line))]
    with (ROOT / "results/report/claims.csv").open(newline="") as file:
        claims = list(csv.DictReader(file))
    assert len(shown) >= 6
    for row in shown:
        found = [
            claim
            for claim in claims
            if claim["claim"] == row["claim"]
            and row["version"] in claim["paper_version"].split("-")
            and claim["baseline"] in ("", "all")
            and claim["dataset"] == row["dataset"]
            and f"{float(claim['ours']):.1f}" == row["ours"]
        ]
        assert found, row
        assert {claim["verdict"] for claim in found} == {row["verdict"]}
        assert {float(claim["paper"]) for claim in found} == {float(row["paper"])}
