"""The numbers that README quotes, computed from the published report."""

import csv
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "results/reference"


def rows(name, **wanted):
    """Rows of a table of the report, those with the wanted values."""
    with (REPORT / name).open(newline="") as file:
        return [row for row in csv.DictReader(file) if wanted.items() <= row.items()]


def points(network, condition="noisy"):
    """Accuracy on the test set, %, mean over the seeds of the mean over chips."""
    by_seed = {}
    for row in rows("tables/accuracy.csv", network=network, split="test", condition=condition):
        by_seed.setdefault(row["seed"], []).append(100 * float(row["accuracy"]))
    return mean(map(mean, by_seed.values()))


def saving(claim, version, comparison, baseline="all"):
    """What a claim saves at the reference circuit and at equal time, %."""
    (row,) = rows("claims.csv", claim=claim, paper_version=version, comparison=comparison, baseline=baseline)
    return float(row["ours"])


def drawn(measure):
    """Share of drawn circuits, %, in which a saving holds whatever they are: least and most over the comparisons."""
    anything = dict.fromkeys(("mapping", "latency", "array_energy"), "")
    shares = [100 * float(row[measure]) for row in rows("tables/conditions.csv", **anything)]
    return [min(shares), max(shares)]


def searched():
    """Test accuracy, %, energy, nJ, and area, mm2, of the network that the search on HAR chose; the last two of the
    network designed by hand, too. With shared converters, at the reference circuit."""
    circuit = {"corner": "unipolar-shared", "adc_law": "E", "bank": "largest"}
    chosen, by_hand = (
        next(iter(rows("tables/performance.csv", network=f"har-2b-{name}", **circuit)))
        for name in ("searched", "unipolar")
    )
    sizes = [float(network[measure]) for measure in ("energy_nJ", "area_mm2") for network in (chosen, by_hand)]
    return [points("har-2b-searched"), *sizes]


def time_taken(comparison):
    """With how much more time than the fast baseline the reference circuit saves the paper's area less a tolerance."""
    wanted = {"comparison": comparison, "claim": "area-saving", "paper_version": "v3", "adc_law": "E"}
    (row,) = rows("tables/answer.csv", baseline="two-crossbars-shared-dac", **wanted)
    assert row["reference_verdict"] == "holds with more time"
    return float(row["reference_factor"])


def both(comparison):
    """Area and energy that both steps save at equal time, %."""
    return [saving(claim, "v3", comparison) for claim in ("area-saving", "energy-saving")]


SENTENCES = {  # words of README, with the numbers left out, and the numbers
    "Of 10,000 drawn circuits, {:.0f} to {:.0f} % save 80 % of area, {:.0f} to {:.0f} % save 45 % of energy": (
        lambda: [*drawn("area_holds"), *drawn("energy_holds")]
    ),
    "takes {:.2f} times as long as that of the fast baseline, and on CIFAR-10 where it takes {:.2f} times": (
        lambda: [time_taken("har-2b"), time_taken("cifar10-2b")]
    ),
    "too, and the saving falls to {:.0f} and {:.0f} %": lambda: [both("har-2b")[0], both("cifar10-2b")[0]],
    "the saving is {:.0f} % on HAR and {:.0f} % on CIFAR-10": lambda: [both("har-2b")[1], both("cifar10-2b")[1]],
    "On HAR it saves {:.0f} % of area and {:.0f} % of energy at equal time": lambda: both("har-2b-literal"),
    "comes to {:.1f} % with {:.0f} nJ instead of {:.0f} and {:.2f} mm² instead of {:.2f}": searched,
}

ENDS = ("low", "high")
BASELINES = ("two-crossbars-shared-dac", "paired-columns-mirrored", "offset-column")


def glance():
    """The results at a glance: what each line of README's table begins with."""
    of = {row["network"]: row for row in rows("claims.csv") if row["network"]}
    yield f"| accuracy, floating point | 95 % | {_one(of['har-float'])} % | {points('cifar10-float', 'float'):.1f} % |"
    (row,) = rows("tables/intervals.csv", network="cifar10-2b-unipolar", against="", condition="noisy")
    ends = {end: 100 * float(row[f"clustered_{end}"]) for end in ENDS}
    cifar10 = _with_interval({"ours": 100 * float(row["mean"]), **ends})
    yield f"| accuracy, 2-bit unipolar weights | 92.91 % | {_with_interval(of['har-2b-unipolar'])} | {cifar10} |"
    yield f"| the same, literal reading | 92.91 % | {_with_interval(of['har-2b-literal'])} | not tried |"
    for words, claim, version in (
        ("area saved by unipolar weights alone | 67 %", "area-saving", "v1"),
        ("area saved by both steps | 80 %", "area-saving", "v3"),
        ("power saved by unipolar weights alone | up to 40 %", "energy-saving", "v1"),
        ("energy saved by both steps | up to 45 %", "energy-saving", "v3"),
    ):
        found = (
            " / ".join(f"{saving(claim, version, comparison, baseline):.0f}" for baseline in BASELINES)
            for comparison in ("har-2b", "cifar10-2b")
        )
        yield f"| {words} | {' % | '.join(found)} % |"


def _one(row):
    return f"{float(row['ours']):.1f}"


def _with_interval(row):
    return f"{_one(row)} % ({float(row['low']):.1f} to {float(row['high']):.1f})"
