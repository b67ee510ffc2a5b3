"""The numbers of the README's sentences and of its table of claims, computed from the reports that it speaks of."""

import csv
import json
from pathlib import Path
from statistics import mean

import pandas as pd

from xbar.report.statistics import interval, paired_difference

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "results/reference"


def rows(name):
    with (REPORT / name).open(newline="") as file:
        return list(csv.DictReader(file))


def by_seed(network, run="", condition="noisy"):
    """Accuracy on the test set, %, of every seed, mean over chips; that of a float network has no devices."""
    wanted = {"network": network, "split": "test"}
    found = [row for row in rows(f"{run}tables/accuracy.csv") if wanted.items() <= row.items()]
    condition = "float" if network.endswith("float") else condition
    of_seed = {}
    for row in found:
        if row["condition"] == condition:
            of_seed.setdefault(row["seed"], []).append(float(row["accuracy"]))
    return {seed: 100 * mean(found) for seed, found in of_seed.items()}


def points(network, run="", condition="noisy"):
    """Accuracy on the test set, %, mean over seeds."""
    return mean(by_seed(network, run, condition).values())


def below(network, reference, run="", reference_run=""):
    """How much less than the reference, points, mean over the seeds that both have."""
    mine, other = by_seed(network, run), by_seed(reference, reference_run)
    return mean(other[seed] - mine[seed] for seed in mine.keys() & other.keys())


def more_bits_by_hand():
    """4 bits less 2 bits of the HAR network designed by hand, one sign, points, seed by seed, and the interval."""
    four, two = by_seed("har-4b-unipolar"), by_seed("har-2b-unipolar")
    found = interval([four[seed] - two[seed] for seed in sorted(four.keys() & two.keys())], 0.95)
    return [found.mean, found.low, found.high]


def more_bits(condition="noisy"):
    """4 bits less 2 bits of the searched HAR network on the test set, points, seed by seed, and the interval."""
    table = pd.DataFrame(rows("search/tables/accuracy.csv")).astype({"accuracy": float, "chip": str})
    found = paired_difference(table, ("har-4b-searched", "har-2b-searched"), condition, 0.95, "test")
    return [100 * found.mean, 100 * found.low, 100 * found.high]


def gain():
    """Best validation accuracy after all trials, guided minus random, mean over seeds, and its interval."""
    best = {}
    for row in rows("search/tables/search.csv"):
        if row["state"] == "complete":
            key = row["search"], row["search_seed"]
            best[key] = max(best.get(key, 0.0), 100 * float(row["validation_accuracy"]))
    found = interval([best["har-2b", seed] - best["har-2b-random", seed] for seed in "012"], 0.95)
    return [found.mean, found.low, found.high]


def weights_share():
    """Weights of the network that the search chose, % of those of the one designed by hand."""
    (chosen,) = [row for row in rows("search/tables/search.csv") if row["search"] == "har-2b" and row["chosen"] == "1"]
    by_hand = [row for row in rows("tables/layers.csv") if (row["network"], row["seed"]) == ("har-2b-unipolar", "0")]
    return [100 * int(chosen["weights"]) / sum(int(row["rows"]) * int(row["columns"]) for row in by_hand)]


def assigned(assignment):
    """Least and highest validation accuracy of trials on CIFAR-10 whose signs are assigned so, in %."""
    found = [
        100 * float(row["validation_accuracy"])
        for row in rows("search/tables/search.csv")
        if row["search"] == "cifar10-2b" and row["polarity"].endswith(assignment)
    ]
    return [min(found), max(found)]


def products():
    (of_image,) = {row["macs"] for row in rows("tables/performance.csv") if row["network"] == "cifar10-4b-signed"}
    return [int(of_image) / 1e6]


def wire_losses():
    """Share of the current that is lost in a layer, %, its mean over the columns, with 1 ohm between cells."""
    return [100 * float(row["loss_mean"]) for row in rows("tables/wires.csv") if float(row["wire_ohm"]) == 1]


def faults(*, kills):
    return sum(
        int(row["count"]) for row in rows("benchmarks/faults.csv") if row["fault"].startswith("kill -9") == kills
    )


def least_and_most(values):
    return [min(values), max(values)]


def drawn(measure, comparisons=None):
    """Share of drawn circuits, %, in which a saving holds whatever they are: least and most over the comparisons."""
    anything = ("mapping", "bank", "columns_per_adc", "array_energy")
    found = [row for row in rows("tables/conditions.csv") if not any(row[name] for name in anything)]
    return least_and_most(
        [100 * float(row[measure]) for row in found if row["comparison"] in (comparisons or REPLACED)]
    )


def costs(network):
    """Area (mm2) and energy (nJ) of a unipolar network at law B and a bank as fast as the largest layer."""
    wanted = {"network": network, "corner": "unipolar-shared", "adc_law": "B", "bank": "largest"}
    (row,) = [row for row in rows("tables/performance.csv") if wanted.items() <= row.items()]
    return float(row["area_mm2"]), float(row["energy_nJ"])


def saving(claim, comparison):
    """What both steps together save at the reference circuit's options, %."""
    wanted = {"claim": claim, "paper_version": "v3", "comparison": comparison, "baseline": "all"}
    (row,) = [row for row in rows("claims.csv") if wanted.items() <= row.items()]
    return float(row["ours"])


def sharing(dataset):
    """Energy that one bank for all layers alone costs signed networks, %: least and most of all options."""
    table = pd.DataFrame(rows("tables/performance.csv")).astype({"energy_nJ": float})
    table = table[table["dataset"] == dataset]
    option = ["network", "mapping", "adc_law"]
    own = table[table["corner"] == "signed-own"].set_index(option)["energy_nJ"]
    shared = table[table["corner"] == "signed-shared"].set_index(option)["energy_nJ"]
    return least_and_most(list(100 * (shared / own.loc[shared.index].to_numpy() - 1)))


def slower():
    """Latency of a bank of 16 converters relative to that of the largest, unipolar network on HAR."""
    table = pd.DataFrame(rows("tables/performance.csv")).astype({"latency_us": float})
    shared = table[(table["network"] == "har-2b-unipolar") & (table["corner"] == "unipolar-shared")]
    small, largest = (shared[shared["bank"] == bank]["latency_us"].max() for bank in ("16", "largest"))
    return [small / largest]


def of_variant(name, **wanted):
    """Accuracies of a variant, %, by network: mean over the chips of every seed."""
    table = pd.DataFrame(rows("tables/variants.csv")).astype({"accuracy": float, "time_s": float})
    table = table[table["variant"] == name]
    for column, value in wanted.items():
        table = table[table[column] == value]
    return 100 * table.groupby(["network", "seed"])["accuracy"].mean()


def aged(polarity):
    """Accuracy after a year without compensation, %, means over seeds: least and most of the networks."""
    found = of_variant("drift", time_s=31536000.0, compensation="none", polarity=polarity)
    return least_and_most(list(found.groupby("network").mean()))


def lost_to_age():
    """Accuracy right after programming less that after a year with one factor per array, points: the most lost."""
    young, old = (
        of_variant("drift", time_s=age, compensation="array").groupby("network").mean() for age in (25.0, 31536000.0)
    )
    return [float((young - old).max())]


def on_small_arrays():
    """Lowest and second-lowest seed of 4-bit weights of one sign on 128 x 128 arrays, %."""
    return sorted(of_variant("small-arrays").loc["har-4b-unipolar"])[:2]


def in_both_searches():
    told = ("search_seed", "architecture", "polarity", "validation_accuracy")
    guided, random = (
        [tuple(row[name] for name in told) for row in rows("search/tables/search.csv") if row["search"] == search]
        for search in ("har-2b", "har-2b-random")
    )
    assert len(guided) == len(random) == 72
    return [sum(trial in random for trial in guided)]


def chosen_costs():
    """Area and energy of the network that the search chose, % of those of the one designed by hand."""
    (chosen,) = [row for row in rows("search/tables/search.csv") if row["search"] == "har-2b" and row["chosen"] == "1"]
    area_mm2, energy_nJ = costs("har-2b-unipolar")
    return [100 * float(chosen["area_um2"]) / 1e6 / area_mm2, 100 * float(chosen["energy_pJ"]) / 1e3 / energy_nJ]


ALL = ("har-2b", "har-2b-literal", "har-4b", "cifar10-2b", "cifar10-4b")
REPLACED = ("har-2b", "har-4b", "cifar10-2b", "cifar10-4b")  # comparisons with the common mode subtracted
PROSE = {  # sentences of the README, and the numbers in them as the report has them
    "{:.1f} % (paper: 92.91 %), which stay {:.1f} points below floating point over five seeds": lambda: [
        points("har-2b-unipolar"),
        below("har-2b-unipolar", "har-float"),
    ],
    "signed weights at 4 bits stay {:.1f} points below": lambda: [below("cifar10-4b-signed", "cifar10-float")],
    "it loses {:.1f} points to signed weights at 4 bits and {:.1f} at 2, on one seed": lambda: [
        below("cifar10-4b-unipolar", "cifar10-4b-signed"),
        below("cifar10-2b-unipolar", "cifar10-2b-signed"),
    ],
    "alone {:.0f} to {:.0f} % of it on HAR, {:.0f} to {:.0f} % on CIFAR-10": lambda: [
        *sharing("har"),
        *sharing("cifar10"),
    ],
    "makes an inference {:.1f} times as long": slower,
    "an inference then takes {:.1f} times as long": slower,
    "{:.0f} to {:.0f} % save 80 % of area, {:.0f} to {:.0f} % save 45 % of energy, and {:.0f} % both": lambda: [
        *drawn("area_holds"),
        *drawn("energy_holds"),
        drawn("both_hold")[1],
    ],
    "In the literal reading {:.0f} % save 80 % of area, {:.0f} % save 45 % of energy, and {:.1f} % both": lambda: [
        drawn(measure, ("har-2b-literal",))[0] for measure in ("area_holds", "energy_holds", "both_hold")
    ],
    "{:.0f} to {:.0f} % save 80 % of area, {:.0f} to {:.0f} % save 45 % of energy, and {:.0f} % or fewer": lambda: [
        *drawn("area_holds", ALL),
        *drawn("energy_holds", ALL),
        drawn("both_hold", ALL)[1],
    ],
    "saves {:.0f} % of area and {:.0f} % of energy against two crossbars, and costs energy": lambda: [
        saving("area-saving", "har-2b-literal"),
        saving("energy-saving", "har-2b-literal"),
    ],
    "signed weights fall to {:.0f} to {:.0f} %, those of one sign to {:.0f} to {:.0f} %": lambda: [
        *aged("signed"),
        *aged("unipolar"),
    ],
    "one digital factor for each array leaves losses of {:.1f} points at most": lost_to_age,
    "falls to {:.0f} % while the two others keep {:.1f} % or more": on_small_arrays,
    "one sign comes to {:.1f} %, and both steps save {:.0f} % of area and {:.0f} % of energy": lambda: [
        points("har-2b-literal"),
        saving("area-saving", "har-2b-literal"),
        saving("energy-saving", "har-2b-literal"),
    ],
    "{:d} of the 72 trials are the same in both": in_both_searches,
    "ended {:+.1f} points ({:.1f} to {:.1f}) from random sampling": gain,
    "It has {:.0f} % of the weights of the one designed by hand, {:.0f} % of its area and {:.0f} % of its energy.": (
        lambda: [*weights_share(), *chosen_costs()]
    ),
    "comes to {:.1f} % at 2 bits over seven seeds, {:.1f} below floating point on these": lambda: [
        points("har-2b-searched-plain", "search/"),
        below("har-2b-searched-plain", "har-float", "search/", "search/"),
    ],
    "it comes to {:.1f} %, and to {:.1f} % at 4 bits": lambda: [
        points("har-2b-searched", "search/"),
        points("har-4b-searched", "search/"),
    ],
    "brings {:+.1f} points ({:.1f} to {:.1f}) over three seeds": more_bits_by_hand,
    "is {:+.2f} points ({:.2f} to {:.2f}) from its own 2 bits, seed by seed over seven": more_bits,
    "and {:.2f} points with noise off": lambda: more_bits("ideal")[:1],
    "{:.1f} % at 2 bits and {:.1f} at 4, {:.1f} and {:.1f} below the signed networks": lambda: [
        points("cifar10-2b-searched", "search/"),
        points("cifar10-4b-searched", "search/"),
        below("cifar10-2b-searched", "cifar10-2b-signed", "search/"),
        below("cifar10-4b-searched", "cifar10-4b-signed", "search/"),
    ],
    "signs learned in training reached {:.0f} to {:.0f} % in": lambda: assigned("learned"),
    "alternating ones {:.0f} to {:.0f} %": lambda: assigned("alternate"),
    "the current of a layer would lose up to {:.0f} %": lambda: [max(wire_losses())],
    "against {:.0f} million products of an image": products,
    "{:.0f} minutes of processor time": lambda: [
        json.loads((REPORT / "provenance.json").read_text())["time"]["cpu_s"] / 60
    ],
    "its jobs ran for {:.0f} minutes in all": lambda: [
        json.loads((REPORT / "provenance.json").read_text())["time"]["wall_s"] / 60
    ],
    "[{:d} kills and {:d} other faults]": lambda: [faults(kills=True), faults(kills=False)],
}

BASELINES = ("two-crossbars", "paired-columns-mirrored", "offset-column")


def glance():
    """The results at a glance as the README shows them: what each line of its table has to begin with."""
    accuracies = {row["network"]: row for row in rows("claims.csv") if row["network"]}
    float_har, unipolar, literal = (accuracies[name] for name in ("har-float", "har-2b-unipolar", "har-2b-literal"))
    yield f"| accuracy, floating point | 95 % | {_one(float_har)} % | {points('cifar10-float'):.1f} % |"
    of_cifar = f"{points('cifar10-2b-unipolar'):.1f} % (one seed)"
    yield f"| accuracy, 2-bit unipolar weights | 92.91 % | {_with_interval(unipolar)} | {of_cifar} |"
    yield f"| the same, literal reading | 92.91 % | {_with_interval(literal)} | not tried |"
    for words, claim, version in (
        ("area saved by unipolar weights alone | 67 %", "area-saving", "v1"),
        ("area saved by both steps | 80 %", "area-saving", "v3"),
        ("power saved by unipolar weights alone | up to 40 %", "energy-saving", "v1"),
        ("energy saved by both steps | up to 45 %", "energy-saving", "v3"),
    ):
        yield f"| {words} | {' | '.join(_against_each(claim, version, name) for name in ('har-2b', 'cifar10-2b'))} |"


def _one(row):
    return f"{float(row['ours']):.1f}"


def _with_interval(row):
    return f"{_one(row)} % ({float(row['low']):.1f} to {float(row['high']):.1f})"


def _against_each(claim, version, comparison):
    """A saving against every baseline, at the reference circuit."""
    wanted = {"claim": claim, "paper_version": version, "comparison": comparison}
    found = {row["baseline"]: row for row in rows("claims.csv") if wanted.items() <= row.items()}
    return " / ".join(f"{float(found[baseline]['ours']):.0f}" for baseline in BASELINES) + " %"
