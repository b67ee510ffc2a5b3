"""The sentences of README and the pages that quote a number of the published report, and how it is computed."""

from support.prose import (
    PAIRS,
    aged,
    areas_of_chips,
    below,
    by_hand,
    by_searched,
    changed,
    chips_predicted,
    converters,
    drawn,
    energy_at_equal_area,
    equal_time,
    every_step_beats,
    finals,
    first_round,
    from_scratch,
    gain,
    left_by_correction,
    lost_to_faults,
    lost_to_wires,
    lowest,
    minutes,
    most_changed,
    of_an_adc,
    of_five_searches,
    of_prototype,
    of_seven_seeds,
    of_textbook,
    of_trainings,
    other_recipes,
    over_seeds,
    paired,
    points,
    searched,
    shared_area,
    side_by_side,
    slower_by_events,
    small_arrays,
    small_unipolar,
    starts_more_often,
    trained_small,
    trials,
    without,
)

SIGNED = "har-4b-signed"
NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def words(numbers):
    """Small numbers as a text has them."""
    return [NUMERALS[number] for number in numbers]


README = {  # words of a page with the numbers left out, and the numbers
    "{:.0f} to {:.0f} % save 80 % of area": lambda: drawn("area_holds"),
    "{:.0f} to {:.0f} % save 45 % of energy": lambda: drawn("energy_holds"),
    "at most {:.0f} % save both": lambda: drawn("both_hold")[1:],
    "Of {} published chips, the best ADC models predict {} within a factor of two": lambda: words(
        chips_predicted()[:2]
    ),
    "Model E, used here, covers {} and predicts {}": lambda: words(chips_predicted()[2:4]),
    "takes {:.0f} nJ, the hand-designed one {:.0f} nJ": lambda: searched()[1:3],
    "takes {:.0f} minutes of processor time (measured)": lambda: [minutes()],
    "it can take {:.0f} % of a layer's current": lambda: [lost_to_wires()],
}
RESULTS = {
    "reaches {:.1f} %, which is {:.1f} points below floating point": (
        lambda: [points("har-2b-unipolar"), below("har-float", "har-2b-unipolar", "float")]
    ),
    "nothing is subtracted. It reaches {:.1f} %": lambda: [points("har-2b-literal")],
    "are {:.1f} points below floating point at 4 bits and {:.1f} points at 2 bits": (
        lambda: [below("cifar10-float", f"cifar10-{bits}b-signed", "float") for bits in (4, 2)]
    ),
    "loses {:.1f} points ({:.1f} to {:.1f}) to signed weights at 4 bits": (
        lambda: paired("cifar10-4b-signed", "cifar10-4b-unipolar")
    ),
    "and {:.1f} points ({:.1f} to {:.1f}) at 2 bits": (lambda: paired("cifar10-2b-signed", "cifar10-2b-unipolar")),
    "is {:.1f} points ({:.1f} to {:.1f}) better than the signed one at 4 bits": (
        lambda: paired("cifar10-4b-unipolar", "cifar10-4b-signed-narrow", "equal-area/")
    ),
    "and {:.1f} points ({:.1f} to {:.1f}) better at 2 bits": (
        lambda: paired("cifar10-2b-unipolar", "cifar10-2b-signed-narrow", "equal-area/")
    ),
    "None of {} other networks is shown to be better": lambda: other_recipes()[:1],
    "means are from {:.1f} points lower to {:.1f} points higher": lambda: other_recipes()[1:3],
    "leaves out 0 ({:.1f} to {:.1f}). One of {} uncorrected": lambda: [*other_recipes()[3:], other_recipes()[0]],
    "Random ones in their place lose {:.1f} points ({:.1f} to {:.1f})": lambda: without("random"),
    "Without the teacher's scores the mean is {:.1f} points lower ({:.1f} to {:.1f})": lambda: without("alone"),
    "With full images in every epoch it is {:.1f} points higher ({:.1f} to {:.1f})": (
        lambda: paired("cifar10-2b-unipolar-whole", "cifar10-2b-unipolar", "ablations-cifar10/", "validation")
    ),
    "gain {:.1f} points ({:.1f} to {:.1f}) over 2-bit": lambda: paired("har-4b-unipolar", "har-2b-unipolar"),
    "signed networks on HAR fall to {:.0f} to {:.0f} %": lambda: aged("none", "signed"),
    "and unipolar ones to {:.0f} to {:.0f} %": lambda: aged("none", "unipolar"),
    "accuracy is at most {:.1f} points below that after 25 seconds": lambda: [left_by_correction()],
    "Of {} such networks": lambda: trained_small()[:1],
    "{} are within a point of the network": lambda: trained_small()[1:2],
    "of seed 1, is {:.1f} points below": lambda: trained_small()[2:],
    "one for each fold, has {:.1f} % in floating point and {:.1f} % with 2-bit unipolar weights": (
        lambda: of_seven_seeds()[:2]
    ),
    "Without the subjects of fold 5 they reach {:.1f} and {:.1f} %": lambda: of_seven_seeds()[2:],
    "are lower in {} of {} pairs": lambda: words(small_unipolar()[:2]),
    "pairs, by {:.1f} points in the mean": lambda: small_unipolar()[2:],
    "mean accuracies on HAR change by {:.1f} points at most": lambda: [small_arrays()],
    "fast baseline of HAR has {1} ADCs. A bank that is as fast has {0}": converters,
    "save {:.0f} % of area on HAR and {:.0f} % on CIFAR-10": lambda: [shared_area(pair) for pair in PAIRS],
    "our first report saved {:.0f} % of area and {:.0f} % of energy on HAR": first_round,
    "predict three quarters of the {} chips": lambda: words(chips_predicted()[:1]),
    "ADC models B and C predict {}": lambda: words(chips_predicted()[1:2]),
    "covers the bits of {} chips and predicts {}": lambda: words(chips_predicted()[2:4]),
    "HAR saves {:.0f} to {:.0f} % of energy and {:.0f} to {:.0f} % of area": (
        lambda: [*by_searched("energy"), *by_searched("area")]
    ),
    "bits the network is {:.1f} points below floating point": (
        lambda: [below("cifar10-float", "cifar10-2b-unipolar", "float")]
    ),
    "save {:.0f} % of energy on HAR and {:.0f} % on CIFAR-10": of_textbook,
    "Both unipolar networks take {:.1f} times": lambda: [max(energy_at_equal_area())],
    "For three networks of a prototype they save {:.0f} to {:.0f} %": of_prototype,
    # of the search
    "the search trains {} candidates": lambda: [trials()],
    "finals reach {:.1f} to {:.1f} % there, and the hand-designed network reaches {:.1f} %": lambda: finals()[:3],
    "That final takes {:.0f} nJ and loses {:.1f} points ({:.1f} to {:.1f})": lambda: finals()[3:],
    "It is {:.2f} for the search and {:.2f} for random sampling. The difference is {:.2f} ({:.2f} to {:.2f})": (
        lambda: gain("hypervolume-strict", "random")
    ),
    "among cheap candidates reaches {:.2f}, and the search is {:.2f} ({:.2f} to {:.2f}) better": (
        lambda: gain("hypervolume-strict", "filter")[1:]
    ),
    "takes {:.0f} nJ in the mean of the searches and {:.0f} nJ with random": lambda: gain("energy-at-95", "random")[:2],
    "The difference is {:.0f} nJ ({:.0f} to {:.0f})": (
        lambda: [-number for number in (gain("energy-at-95", "random")[n] for n in (2, 4, 3))]
    ),
    "random sampling is {:.1f} points ({:.1f} to {:.1f}) better": (
        lambda: [0.0 - round(number, 1) for number in (gain("best-accuracy", "random")[n] for n in (2, 4, 3))]
    ),
    "the rule chooses the same network, of {:.0f} nJ. Over seven seeds it reaches {:.1f} %": of_five_searches,
    "reaches {:.1f} %. It takes {:.0f} nJ instead of {:.0f} nJ and {:.2f} mm² instead of {:.2f} mm²": searched,
    "Its accuracy is {:.1f} points ({:.1f} to {:.1f}) below that": lambda: paired("har-2b-unipolar", "har-2b-searched"),
}
PAGES = {
    "README.md": README,
    "docs/results.md": RESULTS,
    "docs/faq.md": {"lose up to {:.0f} % of its current": lambda: [lost_to_wires()]},
    "docs/hybrid.md": {
        "`float` reaches {:.1f} %, `accumulate` {:.1f} % and `every-step` {:.1f} %": from_scratch,
        "`every-step` is {:.1f} points ({:.1f} to {:.1f}) better than `accumulate`": lambda: every_step_beats(
            "accumulate"
        ),
        "`accumulate` and {:.1f} ({:.1f} to {:.1f}) better than `reprogram-pairs`": (
            lambda: every_step_beats("reprogram-pairs")
        ),
        "the intervals are {:.1f} to {:.1f} and {:.1f} to {:.1f} points": over_seeds,
        "stuck cells (2 % off, 1 % on) cost {:.1f} points": lambda: [lost_to_faults()],
    },
    "docs/system.md": {
        "an inference takes {:.2f} times as long as with the fast signed circuit": lambda: [
            slower_by_events("closed form")
        ],
        "Overlapped, it takes {:.2f} times as long": lambda: [slower_by_events("overlapped")],
        "DNL of the ADCs costs the signed one {:.1f} points": lambda: [changed("adc-dnl", SIGNED)],
        "changes a mean by more than {:.1f} points": lambda: [most_changed()],
        "sinh cells cost {:.1f} and {:.1f} points": (
            lambda: [changed("cells-sinh", network, "cells-linear") for network in (SIGNED, "har-2b-unipolar")]
        ),
        "one after the other, changes a mean by {:.1f} points": (
            lambda: [max(abs(changed("cells-exact", network, "cells-sinh")) for network in (SIGNED, "har-2b-unipolar"))]
        ),
    },
    "docs/pricing.md": {
        "on HAR the energy saved is {:.0f} % at 28 nm": (
            lambda: [equal_time("energy", "v3", "har-2b", "two-crossbars-shared-dac")]
        )
    },
    "docs/validation.md": {
        "NeuRRAM's ADC takes {:.1f} pJ. Models B, C and D predict {:.1f} to {:.1f} times this": lambda: of_an_adc()[:3],
        "model E {:.1f} times and model A {:.1f} times": lambda: of_an_adc()[3:],
        "Model E predicts {:.2f} of the area of HERMES": lambda: areas_of_chips()[0][:1],
        "and {:.1f} times the core of NeuRRAM": lambda: areas_of_chips()[1][:1],
        "between {:.2f} and {:.2f} for HERMES": lambda: areas_of_chips()[0][1:],
        "between {:.1f} and {:.1f} for NeuRRAM": lambda: areas_of_chips()[1][1:],
    },
    "docs/verdicts.md": {
        "saves {:.1f} % against two crossbars": lambda: by_hand()[0][:1],
        "with a bank of 128 ADCs, and {:.1f} % with 16": lambda: by_hand()[2][:1],
        "The model says {:.1f} % and {:.1f} %": lambda: [each[0] for each in by_hand()[1::2]],
        "With 128 ADCs it says {:.1f} % and the model {:.1f} to {:.1f} %": lambda: side_by_side()[0],
        "With 16 it says {:.1f} % and the model {:.1f} to {:.1f} %": lambda: side_by_side()[1],
        "starts inferences {:.1f} to {:.1f} times as often": starts_more_often,
        "are {:.1f} % (paired columns, both converted), {:.1f} % (shared DACs) and {:.1f} % (mirrored)": (
            lambda: [
                lowest("har-2b-searched", name)
                for name in ("paired-columns-converted", "two-crossbars-shared-dac", "paired-columns-mirrored")
            ]
        ),
    },
    "docs/reproducibility.md": {
        "Of the {:.0f} minutes": lambda: [minutes()],
        "trainings on CIFAR-10 take {:.0f} and those on HAR {:.0f}": (
            lambda: [of_trainings("cifar10"), of_trainings("har")]
        ),
    },
}
GIVEN = {  # numbers of the paper and of the configuration
    "2.1 points": "what the paper loses: 95 less 92.91 %",
    "75 %": "the paper's area less the tolerance of config.yaml",
    "4 %": "programming noise",
    "45 %": "the paper's energy",
    "67 %": "the paper's area, version 1",
    "80 %": "the paper's area",
    "95 %": "confidence of the intervals",
}
