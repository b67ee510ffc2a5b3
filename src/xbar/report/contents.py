"""What the report holds: the stages in their order, and what it says under each figure and each table."""

STAGES = {
    "1 Claims": {"tables": ["claims"], "figures": ["claims"]},
    "2 Networks": {
        "tables": ["accuracy", "uniform", "training", "ablation", "search"],
        "figures": ["accuracy", "ranges", "noise", "confusion", "training", "search", "front", "polarity"],
    },
    "3 Hardware": {
        "tables": ["drift", "variants", "errors", "wires"],
        "figures": ["drift", "errors", "conductances"],
    },
    "4 Costs": {
        "tables": [
            "corners",
            "components",
            "savings",
            "by_layer",
            "laws",
            "performance",
            "differences",
            "textbook",
            "conditions",
            "validation",
        ],
        "figures": ["costs", "corners", "differences", "conditions", "sensitivity", "validation"],
    },
}

FIGURES = {
    "claims": (
        "Claims of the paper at a glance. Diamond: the paper's number. Other mark: ours; shape and colour are the "
        "verdict. Accuracies are means over seeds; the thin bar with ends is the interval of that mean. Savings: the "
        "mark is the reference circuit, which the legend names (claims.reference in config.yaml). The broad pale bar "
        "is a range, not an interval: the lowest to the highest saving over all baseline mappings, ADC laws and shared "
        "banks. v1 and v3 are versions of the paper's abstract: v1 speaks of unipolar weights alone, v3 of shared "
        "converters too. Data that is not the paper's has no diamond and no verdict."
    ),
    "accuracy": (
        "Test accuracy by bits and signs. Filled: mean over seeds on noisy simulated chips (float: the floating-point "
        "network) with its interval; a network of one seed has none (CIFAR-10 with one sign in the default run). "
        "Ticks below: single seeds, each the mean of its chips. Open: the mapped network without noise. Diamond: the "
        "paper. Bits are those of a device: weights of one sign, and of mixed signs (one sign a column), have 2^bits "
        "levels, 4 or 16; signed weights, pairs of devices, have 2^(bits+1) - 1, 7 or 31."
    ),
    "noise": (
        "Test accuracy against the programming noise of the devices. Points: mean over seeds, the chips of a seed "
        "averaged first; under each level the number of chips of a seed (in the default run ten at the noise of the "
        "configured device, one at other levels). 0 is the mapped network with noise off. Bars: one standard "
        "deviation over seeds (in the default run 3 to 5 on HAR, 3 on CIFAR-10); networks of one seed have none. "
        "Networks stand a little beside each other. Colour: signs; dashed: fewer than 4 bits; open squares: one scale "
        "per layer. A 2-bit weight of one sign has 4 levels, a signed one, a pair of devices, 7."
    ),
    "ranges": (
        "What converters and devices must cover, layer by layer: 99.9 % quantile of the inputs, largest weight, 99.9 "
        "% quantile of the column sums (of one array in mapped networks), on training data in absolute units, on "
        "logarithmic axes. Before: the floating-point network. After: the mapped networks named above the left panels "
        "(in the default run signed ones of 4 bits) with one scale per layer, and with one scale for the whole "
        "network. Pale bars: full scale. Error bars: lowest to highest seed. Numbers: widest over narrowest layer."
    ),
    "costs": (
        "Area and energy per inference by component for the four corners of every comparison, at the reference circuit "
        "of config.yaml, named above. Signed: with the baseline mapping named; one sign: a device for a weight. Own: "
        "periphery per layer; shared: one bank for all layers. Numbers: change against signed weights with periphery "
        "per layer."
    ),
    "confusion": (
        "Which classes noisy chips take for which others, in percent of the test examples of a class: all seeds and "
        "chips together. Shades follow the square root, so that rare mistakes are seen; less than half a percent has "
        "no number."
    ),
    "corners": (
        "Area and energy per inference (a mark for every ADC law), time and interval between inferences of every "
        "circuit, one line each: signed networks with every baseline mapping, networks of one sign, each with "
        "periphery per layer (own) and every shared bank. Of each dataset only the comparisons of the fewest bits: "
        "the bits of a device change the currents of its cell and nothing else that costs, so that more bits look the "
        "same. ADC laws: A a survey of published converters, B a fit of in-memory-computing macros at 28 nm, C cells "
        "and power of a SAR converter, D ISAAC's converter rescaled."
    ),
    "differences": (
        "From a textbook circuit to this one, one difference more on every line: what both steps together save in "
        "area and energy. Comparisons stand a little below each other. Dashed: the paper."
    ),
    "front": (
        "Every completed trial of a search: validation accuracy under noise on mapped crossbars against area and "
        "energy. Filled: trials that no other one of the same search matches or beats in accuracy, area and energy at "
        "once. Grey diamonds: trials that several searches made alike, in architecture, signs and accuracy (searches "
        "of the same seed begin with the same random candidates); filled where they are on the front of one of them. "
        "Ringed: the network that the rule of config.yaml chose. A cost that all trials share is told in words."
    ),
    "search": (
        "How a search went: best validation accuracy, and hypervolume of accuracy and energy (the area that the "
        "trials dominate between no accuracy at the highest energy of any completed trial on the same data, 0, and "
        "full accuracy for no energy, 1), after so many trials. Thin: every search seed; thick: their mean. Searches "
        "of the same seed begin with the same random candidates, so that their lines begin together. The axes leave "
        "out the lowest tenth of the values."
    ),
    "polarity": (
        "Signs of the columns of each chosen network, layer by layer: orange columns count up, blue ones down. Above "
        "each: the groups of columns that have one sign, and how signs were assigned."
    ),
    "training": (
        "Training curves: mean over seeds, smoothed by a moving mean over a tenth of the epochs. Validation is on "
        "folds of the training data (HAR: whole subjects), a fold of its own for every seed: levels of networks with "
        "different numbers of seeds do not compare. The accuracy axis leaves out the lowest tenth of the values, the "
        "start, so that the rest can be told apart. Colour: signs; dashed: fewer than 4 bits; open squares: one scale "
        "per layer."
    ),
    "drift": (
        "Test accuracy against the time after programming of PCM devices, on a logarithmic time axis. Left: nothing "
        "compensated; dotted: chance, one in as many as there are classes. Right, on an axis of its own: one digital "
        "factor per array, measured when it is read. Bars: one standard deviation over seeds, the chips of a seed "
        "averaged first; one seed has none. Networks stand a little beside each other. Colour: signs; dashed: fewer "
        "than 4 bits."
    ),
    "errors": (
        "Where the signal is lost, in one variant of the run, named above (in the default run small-arrays: layers "
        "spread over arrays of 128 x 128 devices, each with conversions of its own): root mean square error of every "
        "layer's output over the standard deviation of the trained output without noise. Own: the layer meets the "
        "trained network's inputs. Accumulated: it stands behind the layers before it. Mean over seeds and chips."
    ),
    "conditions": (
        "When 80 % of area and 45 % of energy are saved by both steps together (dashed: the paper): circuits drawn "
        "from all open choices, one of them known at a time. Left and middle: mark, the median saving; bar, the "
        "middle 80 % of the circuits. Right: share of the circuits that save at least what the paper saves (filled: "
        "of area; open: of energy). A shared bank of the largest layer's size lets no layer wait. Every value of an "
        "option is equally likely, so shares rank assumptions and are no evidence on the paper. Baselines of two "
        "crossbars or of an offset column are priced from networks trained with pairs that subtract as currents."
    ),
    "sensitivity": (
        "Which open choice of the circuit decides the savings. Top: distribution over drawn circuits, percentiles 5, "
        "25, 50, 75 and 95. Dashed: the paper, for the step that a version of its abstract speaks of: v1 of unipolar "
        "matrices alone (67 % of area, 40 % of power), v3 of both (80 % of area, 45 % of energy); none of uniform "
        "scaling alone. Middle: share of the variance of both steps' saving that an option explains by itself "
        "(filled) and together with others (open: total Sobol index). Bottom: savings of both steps when one option "
        "at a time leaves the configured circuit (mark); beside it the values with the least and the most saving, or "
        "'differ' where comparisons do not agree on them."
    ),
    "validation": (
        "The cost model against published macros: predicted over published on a logarithmic axis, a line for every "
        "number and every ratio of two operating points of one macro, a mark for every ADC law (as in the table). "
        "Shaded: within factors of 2 and 10. The legend says the factors of error: absolute numbers are far off, "
        "ratios between operating points of one macro are closer, and only ratios are reported. Not blind: some "
        "assumptions were set after a first comparison, as the table says. Not modelled: leakage, clock, reference "
        "buffers, write circuits, wires between layers, activation memory, a gain amplifier per layer."
    ),
    "conductances": (
        "Target conductances of the cells of both sides of the run's first comparison, seed 0: a panel per layer, its "
        "first array. A differential pair is two columns beside each other; devices of one sign need one."
    ),
}

TABLES = {
    "claims": (
        "What the paper claims, what we measured, the verdict and the number of its rule below. Baseline: how the "
        "signed network stores its weights. Click on other titles to open their tables."
    ),
    "accuracy": "Test accuracy of every network: spread over seeds and over chips.",
    "uniform": "One scale for the whole network against one per layer: paired difference by seed.",
    "training": "What training came to: epochs, loss and accuracies, over which seeds.",
    "ablation": (
        "Other networks of the same data and bits against the unipolar one of a comparison, on validation folds and "
        "on the seeds that both have."
    ),
    "search": (
        "What each search found and which network it chose, what guided searches gained over random sampling, and the "
        "chosen networks beside the signed ones."
    ),
    "drift": "Accuracy at every time after programming, with and without one digital factor per array.",
    "variants": "Accuracy on other hardware than the networks were trained for.",
    "errors": "Where the signal is lost: the error of every layer, alone and behind those before it.",
    "wires": (
        "What the resistance of wires takes from the currents of whole arrays, and the error of the fast approximation."
    ),
    "corners": "Area, energy and latency of the four corners at the reference circuit.",
    "components": "Where area and energy go, by component, in the four corners.",
    "savings": "What uniform scaling, unipolar weights and both save, against every baseline mapping.",
    "by_layer": "Where area, energy and latency go, by layer, in the four corners.",
    "laws": "Area and energy of every circuit that was priced, by each ADC law.",
    "performance": (
        "Operations per energy and per area of every circuit that was priced, by each ADC law. Absolute values are no "
        "results."
    ),
    "differences": (
        "From a textbook circuit to the configured one, one difference more in every line: what both steps together "
        "save, by group of components."
    ),
    "textbook": "The textbook circuit by this cost model and by one written before it from the same constants.",
    "conditions": (
        "In which circuits the savings of the paper hold, and what is typically saved, by what is known of the circuit."
    ),
    "validation": "The cost model against published macros: predictions of all ADC laws and the factor of error.",
}

TIME = (
    "Where the time of this run went: wall-clock time summed over the jobs of each rule and, for the stages that "
    "belong to one network, over its seeds and variants. Thin dark bars: what of it the jobs took to start and to "
    "import. Jobs ran side by side, so a run ends sooner than the sum. The machine is described in "
    "provenance.json."
)
