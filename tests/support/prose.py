"""The numbers that README and the pages quote, computed from the published report."""

import csv
import json
from math import ceil
from pathlib import Path
from statistics import mean

from scipy import stats

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "results/reference"
BASELINES = (
    "two-crossbars",
    "two-crossbars-shared-dac",
    "paired-columns-converted",
    "paired-columns-mirrored",
    "offset-column",
)
SIGNED = (  # the baselines as README says them
    "two crossbars, each with DACs",
    "two crossbars, shared DACs (reference)",
    "paired columns, both converted",
    "paired columns, mirrored: one conversion",
    "offset column, subtracted",
)
SAVINGS = {  # of the glance, with the least that counts as the claim, %: the paper less five points
    ("area", "v1"): 62, ("area", "v3"): 75, ("energy", "v1"): 35, ("energy", "v3"): 40,
}  # fmt: skip
REFERENCE = "two-crossbars-shared-dac"  # the baseline of the reference circuit
AT_EQUAL_TIME = "holds at equal time"
MEASURES = ("area", "energy")
PAIRS = ("har-2b", "cifar10-2b")  # comparisons of the glance
ANYTHING = dict.fromkeys(("mapping", "latency", "array_energy"), "")


def rows(name, **wanted):
    """Rows of a table of the report, those with the wanted values."""
    with (REPORT / name).open(newline="") as file:
        return [row for row in csv.DictReader(file) if wanted.items() <= row.items()]


def seeds_of(network, condition="noisy", name="accuracy", folder="", split="test", **wanted):
    """Accuracy on the test set or on validation folds by seed, %, mean over chips."""
    wanted |= {"network": network} | ({"split": split, "condition": condition} if name == "accuracy" else {})
    by_seed = {}
    for row in rows(f"{folder}tables/{name}.csv", **wanted):
        by_seed.setdefault(row["seed"], []).append(100 * float(row["accuracy"]))
    return {seed: mean(chips) for seed, chips in by_seed.items()}


def points(network, condition="noisy"):
    """Accuracy on the test set, %, mean over the seeds of the mean over chips."""
    return mean(seeds_of(network, condition).values())


def below(better, worse, condition="noisy"):
    """Points by which the mean of a network on chips is below that of another."""
    return points(better, condition) - points(worse)


def paired(network, against, folder="", split="test"):
    """Points by which a network is above another, over the seeds of both: the mean and Student's 95 % interval."""
    first, second = (seeds_of(name, folder=folder, split=split) for name in (network, against))
    found = [first[seed] - second[seed] for seed in first if seed in second]
    return [mean(found), *stats.t.interval(0.95, len(found) - 1, mean(found), stats.sem(found))]


def without(part, dataset="cifar10"):
    """Points that the 2-bit unipolar network loses on validation folds without one part: the mean and its interval."""
    base = f"{dataset}-2b-unipolar"
    other = part if part.startswith(dataset) else f"{base}-{part}"
    return paired(base, other, f"ablations-{dataset}/", "validation")


def other_recipes():
    """The networks of HAR beside the 2-bit unipolar one on validation folds: how many, how many are better, the means'
    ends, and those of the one interval that leaves out 0."""
    networks = dict.fromkeys(row["network"] for row in rows("ablations-har/tables/accuracy.csv", weight_bits="2"))
    found = {name: without(name, "har") for name in networks if name != "har-2b-unipolar"}
    apart = [ends for ends in found.values() if ends[1] > 0 or ends[2] < 0]
    means = [-mean for mean, *_ in found.values()]
    ((_, low, high),) = apart
    assert min(found, key=lambda name: -found[name][0]) == "har-2b-shifted"
    assert found["har-2b-long-distilled"] in apart
    return [len(found), -min(means), max(means), -high, -low]


def equal_time(measure, version, comparison, baseline, column="saving"):
    """What is saved at equal time in the reference circuit, %, or another column of the answer."""
    wanted = {"claim": f"{measure}-saving", "paper_version": version, "comparison": comparison, "adc_law": "E"}
    (row,) = rows("tables/answer.csv", baseline=baseline, **wanted)
    return 100 * float(row[column]) if column == "saving" else row[column]


def over_baselines(measure, version, comparison):
    """Least and most that is saved at equal time against the baselines, %."""
    found = [equal_time(measure, version, comparison, baseline) for baseline in BASELINES]
    return [min(found), max(found)]


def drawn(measure):
    """Share of drawn circuits, %, in which a saving holds whatever they are: least and most over the comparisons of
    networks with equal layers and 2 bits, which the figure of the conditions shows, too."""
    shown = ("har-2b", "har-2b-literal", "cifar10-2b")
    found = [row for row in rows("tables/conditions.csv", **ANYTHING) if row["comparison"] in shown]
    shares = [100 * float(row[measure]) for row in found]
    return [min(shares), max(shares)]


def more_time(comparison, baseline):
    """How many times as long an inference takes where the reference circuit saves the paper's area less a tolerance."""
    found = [
        equal_time("area", "v3", comparison, baseline, column) for column in ("reference_verdict", "reference_factor")
    ]
    assert found[0] == "holds with more time"
    return float(found[1])


def shared_area(comparison):
    """Area that shared converters save by themselves, %, with as many ADCs as the largest layer needs."""
    signed = {"mapping": REFERENCE, "adc_law": "E", "network": f"{comparison}-signed"}
    own, shared = (
        float(rows("tables/performance.csv", corner=corner, bank=bank, **signed)[0]["area_mm2"])
        for corner, bank in (("signed-own", "own"), ("signed-shared", "largest"))
    )
    return 100 * (1 - shared / own)


def by_searched(measure):
    """What the searched network saves at equal time, %, least and most over the baselines."""
    return over_baselines(measure, "v3", "har-2b-searched")


def by_hand(baselines=("two-crossbars",)):
    """The rule of docs/verdicts.md and the model, % of area, with 128 and with 16 ADCs; of all baselines, sorted."""
    found = []
    for bank in ("largest", "16"):
        of_bank = rows("tables/trade_offs.csv", comparison="har-2b", bank=bank)
        for column in ("hand_rule", "area_saving"):
            found.append(sorted({100 * float(row[column]) for row in of_bank if row["baseline"] in baselines}))
    return [[values[0], values[-1]] for values in found]


def side_by_side():
    """The rule, and the least and most of the model, for baselines of one array: with 128 and with 16 ADCs."""
    first, second, third, fourth = by_hand(("paired-columns-converted", "paired-columns-mirrored", "offset-column"))
    assert first[0] == first[1] and third[0] == third[1]
    return [first[0], *second], [third[0], *fourth]


def starts_more_often():
    """How many times as often a baseline at equal time starts inferences, least and most over banks and baselines."""
    found = [float(row["equal_interval_factor"]) for row in rows("tables/trade_offs.csv")]
    return [min(found), max(found)]


def lowest(comparison, baseline):
    """The least energy that both steps save in any circuit, %."""
    (row,) = rows("claims.csv", claim="energy-saving", paper_version="v3", comparison=comparison, baseline=baseline)
    return float(row["low"])


def areas_of_chips():
    """Predicted over published area of HERMES and of NeuRRAM's core: of model E, and least and most of all models."""
    found = []
    for macro in ("hermes", "neurram-6b-in-8b-out"):
        of_laws = rows("tables/validation.csv", macro=macro, quantity="area_mm2")
        factors = {row["adc_law"]: float(row["factor"]) for row in of_laws}
        found.append([factors["E"], min(factors.values()), max(factors.values())])
    return found


def of_textbook():
    """Energy that both steps save on the textbook circuit, %, for the networks of HAR and CIFAR-10."""
    wanted = {"walk": "from a textbook", "step": "textbook", "corner": "unipolar-shared"}
    found = (rows("tables/steps.csv", comparison=pair, **wanted) for pair in PAIRS)
    return [100 * sum(float(row["energy_share"]) for row in of_pair) for of_pair in found]


def of_prototype():
    """Least and most energy that both steps save there, %, by this model, for the networks of the prototype."""
    found = rows("tables/textbook.csv", corner="unipolar-shared", measure="energy")
    saved = [float(row["ours"]) for row in found]
    return [min(saved), max(saved)]


def converters():
    """ADCs of the bank and of the fast baseline of HAR."""
    (row,) = rows("tables/trade_offs.csv", comparison="har-2b", baseline=REFERENCE, bank="largest")
    return [int(row["adcs"]), int(row["baseline_adcs"])]


def aged(compensation, polarity):
    """Accuracy after a year of drift, %: least and most over the networks of one polarity."""
    year = {"variant": "drift", "time_s": "31536000.0", "compensation": compensation, "polarity": polarity}
    networks = dict.fromkeys(row["network"] for row in rows("tables/variants.csv", **year))
    found = [mean(seeds_of(network, name="variants", **year).values()) for network in networks]
    return [min(found), max(found)]


def left_by_correction():
    """Most points that a year costs a network with one factor for each array."""
    start, year = ({"variant": "drift", "time_s": time, "compensation": "array"} for time in ("25.0", "31536000.0"))
    networks = dict.fromkeys(row["network"] for row in rows("tables/variants.csv", **year))
    return max(
        mean(seeds_of(network, name="variants", **start).values())
        - mean(seeds_of(network, name="variants", **year).values())
        for network in networks
    )


def changed(variant, network, beside="nominal"):
    """Points that a part that is not ideal costs a network, means over seeds."""
    of_systems = {"name": "variants", "folder": "systems/"}
    before, after = (mean(seeds_of(network, variant=name, **of_systems).values()) for name in (beside, variant))
    return before - after


def most_changed():
    """Most points by which another part than the DNL of ADCs changes a mean, rounded up, without solved arrays."""
    of_parts = {(row["variant"], row["network"]) for row in rows("systems/tables/variants.csv")}
    alone = (part for part in of_parts if part[0] != "adc-dnl" and not part[0].startswith("cells"))
    return ceil(10 * max(abs(changed(*part)) for part in alone)) / 10


def small_arrays():
    """Most points by which the mean of a network changes on arrays of 128 x 128."""
    networks = dict.fromkeys(row["network"] for row in rows("tables/variants.csv", variant="small-arrays"))
    return max(
        abs(mean(seeds_of(network, name="variants", variant="small-arrays").values()) - points(network))
        for network in networks
    )


def trained_small():
    """How many networks were trained for small arrays; how many are within a point of that for large ones on the test
    set; how many points below the worst is."""
    names = {row["network"] for row in rows("small-arrays/tables/accuracy.csv")}
    pairs = [
        [seeds_of(name, folder="small-arrays/") for name in (small, small.removesuffix("-small"))]
        for small in names
        if small.endswith("-small")
    ]
    below_large = [large[seed] - of_small[seed] for of_small, large in pairs for seed in of_small]
    return len(below_large), sum(abs(points) <= 1 for points in below_large), max(below_large)


def chips_predicted():
    """How many published chips count; how many ADC models B and C predict within a factor of two; how many model E
    reaches and predicts so."""
    counted = rows("tables/validation.csv", counted="yes")
    factors = {(row["macro"], row["adc_law"]): float(row["factor"]) for row in counted if row["factor"]}
    near = {law: sum(0.5 <= factor <= 2 for (_, of), factor in factors.items() if of == law) for law in "BCE"}
    assert near["B"] == near["C"]
    reached = sum(law == "E" for _, law in factors)
    return [len({row["macro"] for row in counted}), near["B"], reached, near["E"]]


def lost_to_wires():
    """Largest share of a layer's current that 1 ohm between neighbouring cells takes, %."""
    return 100 * max(float(row["loss_mean"]) for row in rows("tables/wires.csv", wire_ohm="1.0"))


def finals():
    """Accuracy of the finals of the search on HAR, %, least and most, over folds; that of the network given; energy of
    the chosen one, nJ, and how many points it loses to the network given, with Student's ends over the folds."""
    found = rows("tables/finals.csv", search="har-2b")
    by_final = {}
    for row in found:
        by_final.setdefault(row["finalist"], []).append(100 * float(row["validation_accuracy"]))
    given = mean(by_final.pop("given"))
    accuracies = [mean(folds) for folds in by_final.values()]
    chosen = [row for row in found if row["chosen"] == "1"]
    fold = {row["fold"]: 100 * float(row["validation_accuracy"]) for row in found if row["finalist"] == "given"}
    loses = [fold[row["fold"]] - 100 * float(row["validation_accuracy"]) for row in chosen]
    ends = stats.t.interval(0.95, len(loses) - 1, mean(loses), stats.sem(loses))
    energy_nJ = mean(float(row["energy_pJ"]) for row in chosen) / 1000
    return [min(accuracies), max(accuracies), given, energy_nJ, mean(loses), *ends]


def of_five_searches():
    """Energy in the finals, nJ, and test accuracy over seven seeds, %, of the network that five searches chose,
    as one search of the default run did."""
    chosen = rows("search/tables/finals.csv", search="har-2b", chosen="1")
    alone = rows("tables/finals.csv", search="har-2b", chosen="1")
    assert {row["architecture"] for row in chosen} == {row["architecture"] for row in alone}
    tested = rows("search/tables/accuracy.csv", network="har-2b-searched", split="test", condition="noisy")
    assert len({row["seed"] for row in tested}) == 7
    return [
        mean(float(row["energy_pJ"]) for row in chosen) / 1000,
        100 * mean(float(row["accuracy"]) for row in tested),
    ]


def gain(measure, baseline):
    """What five searches by the model on HAR reached at equal work, their baseline, and the difference with its ends;
    accuracies in percent."""
    (row,) = rows("search/tables/search_gain.csv", search="har-2b", baseline=f"har-2b-{baseline}", measure=measure)
    unit = 100 if "accuracy" in measure else 1
    return [unit * float(row[column]) for column in ("reached", "baseline_reached", "mean", "low", "high")]


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


def first_round():
    """Area and energy that both steps saved on HAR in the circuit of the first report, %."""
    (row,) = rows("../../workflow/reference/first_round.csv", comparison="har-2b")
    return [100 * float(row["area_saving"]), 100 * float(row["energy_saving"])]


def trials():
    """How many candidates the search on HAR trained."""
    return len(rows("tables/search.csv", search="har-2b"))


def minutes():
    """Processor time of the published run."""
    return json.loads((REPORT / "provenance.json").read_text())["time"]["cpu_s"] / 60


def of_trainings(dataset):
    """Processor time of the trainings on a data set in the published run, minutes."""
    jobs = json.loads((REPORT / "provenance.json").read_text())["jobs"]
    return sum(job["cpu_s"] for job in jobs if job["rule"] == "train_network" and job["job"].startswith(dataset)) / 60


def from_scratch():
    """Accuracy on digits, %, mean over seeds: floating point, accumulated updates, pulses at every step."""
    return [_hybrid(task="scratch", method=method) for method in ("float", "accumulate", "every-step")]


def lost_to_faults():
    """Points that stuck cells cost HAR chips which nothing repairs."""
    return _hybrid(task="repair", method="no faults") - _hybrid(task="repair", method="none")


def _hybrid(**wanted):
    return 100 * mean(float(row["accuracy"]) for row in rows("hybrid/tables/hybrid.csv", **wanted))


def repaired():
    """How the lines of the table in docs/hybrid.md begin: the share of the loss that comes back, and twice its standard
    error over chips, of paired differences."""
    found = {}
    for row in rows("hybrid/tables/hybrid.csv", task="repair"):
        found.setdefault(row["method"], {})[row["seed"], row["chip"]] = float(row["accuracy"])
    whole, broken = found.pop("no faults"), found.pop("none")
    lost = mean(whole.values()) - mean(broken.values())
    for method, chips in found.items():
        share = (mean(chips.values()) - mean(broken.values())) / lost
        over = [chips[chip] - broken[chip] - share * (whole[chip] - broken[chip]) for chip in broken]
        yield f"| `{method}` | {100 * share:.0f} ± {200 * stats.sem(over) / lost:.0f} %"


def every_step_beats(method):
    """Points by which chips repaired by every-step are better than those by another method, with Student's ends."""
    found = {}
    for row in rows("hybrid/tables/hybrid.csv", task="repair"):
        chip = row["network"], row["seed"], row["chip"]
        found.setdefault(row["method"], {})[chip] = 100 * float(row["accuracy"])
    over = [found["every-step"][chip] - found[method][chip] for chip in found[method]]
    return [mean(over), *stats.t.interval(0.95, len(over) - 1, mean(over), stats.sem(over))]


def over_seeds():
    """Student's ends over seeds of what every-step is better than accumulate and reprogram-pairs, in points."""
    ends = []
    for method in ("accumulate", "reprogram-pairs"):
        by_seed = {}
        for row in rows("hybrid/tables/hybrid.csv", task="repair"):
            signs = {"every-step": 100, method: -100}
            by_seed.setdefault(row["seed"], []).append(signs.get(row["method"], 0) * float(row["accuracy"]))
        chips = len({row["chip"] for row in rows("hybrid/tables/hybrid.csv", task="repair")})
        over = [sum(found) / chips for found in by_seed.values()]
        ends += stats.t.interval(0.95, len(over) - 1, mean(over), stats.sem(over))
    return ends


def of_an_adc():
    """Energy of NeuRRAM's ADC, pJ; then its factors by models C to B, E and A."""
    found = rows("tables/parts.csv", macro="neurram-6b-in-8b-out", kind="ADC")
    factors = {row["adc_law"]: float(row["energy_factor"]) for row in found}
    middle = [factors[law] for law in "BCD"]
    return [float(found[0]["published_pJ"]), min(middle), max(middle), factors["E"], factors["A"]]


def energy_at_equal_area():
    """Energy of the unipolar network over that of the narrower signed one in mirrored columns, at 2 and at 4 bits."""
    page = (REPORT / "equal-area/tables/savings.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    place = lines[0].index("paired columns, mirrored")
    wanted = [[f"cifar10-{bits}b-narrow", "unipolar alone", "energy"] for bits in (2, 4)]
    return [1 - float(line[place]) / 100 for line in lines if line[:3] in wanted]


def of_seven_seeds():
    """Test accuracy of HAR in floating point and with 2-bit unipolar weights, %, over seven seeds; then of seed 5."""
    found = [
        seeds_of(network, condition, folder="search/")
        for network, condition in (("har-float", "float"), ("har-2b-unipolar", "noisy"))
    ]
    assert all(len(seeds) == 7 for seeds in found)
    return [mean(seeds.values()) for seeds in found] + [seeds["5"] for seeds in found]


def small_unipolar():
    """In how many of the pairs of unipolar networks the one for small arrays is lower; of how many; by how many points
    in the mean."""
    names = {row["network"] for row in rows("small-arrays/tables/accuracy.csv", polarity="unipolar")}
    pairs = [
        [seeds_of(name, folder="small-arrays/") for name in (small, small.removesuffix("-small"))]
        for small in names
        if small.endswith("-small")
    ]
    lower = [large[seed] - of_small[seed] for of_small, large in pairs for seed in of_small]
    return sum(points > 0 for points in lower), len(lower), mean(lower)


def on_old_chips():
    """How the lines of the table in docs/tinyml.md begin: accuracy of ResNet-8, %, without noise and of
    chips after 25 s and a day."""
    for bits in ("8", "6", "4"):
        cells = []
        for condition in ("direct", "trained"):
            for time, compensation in (("", ""), ("25.0", "array"), ("86400.0", "array")):
                wanted = {"converter_bits": bits, "condition": condition, "time_s": time, "compensation": compensation}
                found = rows("tinyml/tables/tinyml.csv", **wanted)
                cells.append(f"{100 * mean(float(row['accuracy']) for row in found):.1f}")
        yield f"| {bits} bits | {' | '.join(cells)} |"


def glance():
    """The results at a glance: what each line of README's tables begins with."""
    for words, paper, network, condition in (
        ("floating point", "95 %", "float", "float"),
        ("2-bit unipolar weights", "92.91 %", "2b-unipolar", "noisy"),
    ):
        literal = _with_interval("har-2b-literal", "noisy") if condition == "noisy" else "–"
        found = [_with_interval(f"har-{network}", condition), literal, _with_interval(f"cifar10-{network}", condition)]
        yield f"| {words} | {paper} | {' | '.join(found)} | {_accuracy_verdict(f'har-{network}')} |"
    for words, baseline in zip(SIGNED, BASELINES, strict=True):
        savings = (
            "/".join(_rounded(equal_time(measure, version, comparison, baseline), bar) for comparison in PAIRS)
            for (measure, version), bar in SAVINGS.items()
        )
        times = "/".join(f"{more_time(comparison, baseline):.2f}" for comparison in PAIRS)
        yield f"| {words} | {' | '.join(savings)} | {times} |"
    yield "| paper | 67 | 80 | up to 40 | up to 45 | – |"
    yield f"| verdict | {' | '.join(_verdict(measure, version) for measure, version in SAVINGS)} | |"


def _rounded(percent, bar):
    """Whole percent, unless rounding would lift a saving over the bar that it misses."""
    return f"{percent:.2f}" if percent < bar <= round(percent) else f"{percent:.0f}"


def by_baseline():
    """What both steps save at equal time: what each line of the table of docs/results.md begins with."""
    for baseline in BASELINES:
        cells = (
            " / ".join(f"{equal_time(measure, 'v3', each, baseline):.0f}" for measure in MEASURES)
            for each in ("har-2b", "har-2b-literal", "cifar10-2b")
        )
        yield f"| `{baseline}` | {' % | '.join(cells)} % |"


def _with_interval(network, condition):
    """Mean over seeds; of the two intervals the one over seeds and the test set."""
    (row,) = rows("tables/intervals.csv", network=network, against="", condition=condition)
    found, low, high = (100 * float(row[name]) for name in ("mean", "clustered_low", "clustered_high"))
    return f"{found:.1f} % ({low:.1f} to {high:.1f})"


def slower_by_events(schedule):
    """Latency of HAR with 16 shared ADCs over that of the fast signed circuit, in one schedule."""
    of = [
        rows("tables/system.csv", network=network, bank=bank, schedule=schedule)
        for network, bank in (("har-2b-unipolar", "16"), ("har-2b-signed", "own"))
    ]
    (ours,), (theirs,) = of
    return float(ours["latency_ns"]) / float(theirs["latency_ns"])


def _accuracy_verdict(network):
    (row,) = rows("claims.csv", network=network)
    assert row["verdict"] == "reproduced under stated conditions" and "on this test set" in row["holds_under"]
    return "HAR: reproduced on this test set"


def _verdict(measure, version):
    """The verdict of the reference circuit, in words, over both data sets and all baselines."""
    found = [
        (comparison, baseline, equal_time(measure, version, comparison, baseline, "reference_verdict"))
        for comparison in PAIRS
        for baseline in BASELINES
    ]
    words = {verdict for *_, verdict in found}
    if len(words) == 1:
        return {"not found": "not found", "holds with more time": "only with more time"}[words.pop()]
    assert [pair for pair in found if pair[2] != "not found"] == [("har-2b", "paired-columns-mirrored", AT_EQUAL_TIME)]
    return "HAR, mirrored only"
