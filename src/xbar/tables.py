"""Every CSV that a stage writes: its columns with unit and meaning, the columns that tell its rows apart, its files.

`workflow/tables.md` is this in a form to read: `PYTHONPATH=src python -m xbar.tables > workflow/tables.md`.

The digest of a job's code (`xbar.source`) leaves this module out, as it leaves out the configuration. A column that a
producer writes or no longer writes is in the producer's own code. A better word for a meaning reruns no training. The
rules of the report name it as a module of theirs.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xbar.files import read_rows, write_rows

if TYPE_CHECKING:  # half a second, which jobs that only write a table need not pay
    import pandas as pd

Rows = list[dict[str, str]]


class Column(NamedTuple):
    """A column. `unit`: of its numbers, `1` for counts and shares; empty for text."""

    name: str
    unit: str
    meaning: str


class Table(NamedTuple):
    """A CSV. `files`: what the stages write. `key`: the columns that tell its rows apart."""

    name: str
    files: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The header."""
        return tuple(column.name for column in self.columns)


def _text(name: str, meaning: str) -> Column:
    return Column(name, "", meaning)


def _number(name: str, unit: str, meaning: str) -> Column:
    return Column(name, unit, meaning)


def _table(name: str, files: str, meaning: str, key: str, *columns: Column) -> Table:
    return Table(name, files, meaning, tuple(key.split()), columns)


NETWORK = _text("network", "name of the network in config.yaml")
SEED = _number("seed", "1", "number of the training, from which all its random draws follow")
DATASET = _text("dataset", "name of the data set in config.yaml")
ARCHITECTURE = _text("architecture", "name of the architecture in config.yaml, or of the search that chose it")
CHIP = _number("chip", "1", "number of the simulated chip; empty where no chip is simulated")
LAYER = _number("layer", "1", "number of the layer, from the input")
ARRAY = _number("array", "1", "number of the array in its layer")
COMPARISON = _text("comparison", "name of the comparison in config.yaml")
CORNER = _text("corner", "signed or unipolar weights, with own or shared converters")
MAPPING = _text("mapping", "how arrays hold signed weights, or unipolar")
ADC_LAW = _text("adc_law", "ADC model, A to E")
BANK = _text(
    "bank", "shared ADCs: a number, or largest for as many as the largest layer needs; own where none is shared"
)
COMPONENT = _text("component", "part of the circuit, as in workflow/reference/components.csv")
SOURCE = _text("source", "where the published number comes from")
AREA = _number("area_um2", "um2", "area")
ENERGY = _number("energy_pJ", "pJ", "energy of one inference")
LATENCY = _number("latency_ns", "ns", "time of one inference, layer after layer")
NETWORK_KIND = (
    _number("weight_bits", "bit", "bits of one device; empty in floating point"),
    _text("polarity", "signs of the weights: signed, unipolar, mixed or float"),
    _text("scale", "network: one scale; layer: scale per layer; empty in floating point"),
)
DEVICE_KIND = (
    _text("mapping", "how arrays hold the weights; empty in floating point"),
    _text("device", "name of the device in config.yaml; empty in floating point"),
)
CASE = (
    _text("variant", "name of the variant in config.yaml"),
    NETWORK,
    _number("time_s", "s", "time from programming to reading"),
    _text("compensation", "of drift: none, or array for one digital factor per array"),
    SEED,
    CHIP,
)
CIRCUIT = (NETWORK, DATASET, CORNER, MAPPING, ADC_LAW, BANK)
CIRCUIT_KEY = "network corner mapping adc_law bank"
CASE_KEY = "variant network time_s compensation seed chip"

ACCURACY = _table(
    "accuracy",
    "results/{networks,crossbars}/{network}/seed{seed}/accuracy.csv",
    "accuracy of every trained network, in floating point or on simulated chips",
    "network condition seed chip split",
    NETWORK,
    DATASET,
    ARCHITECTURE,
    *NETWORK_KIND,
    *DEVICE_KIND,
    _text("condition", "float; ideal: mapped, without noise; noisy: the device's noise; noise-x: programming noise x"),
    SEED,
    CHIP,
    _text("split", "validation or test examples"),
    _number("accuracy", "1", "share of the examples that are classified rightly"),
)
INTERVALS = _table(
    "intervals",
    "results/report/tables/intervals.csv",
    "test accuracies and their paired differences with two intervals: over seeds, and over seeds and test examples",
    "network against condition confidence",
    NETWORK,
    _text("against", "network whose accuracy is subtracted seed by seed; empty for the accuracy itself"),
    _text("condition", "float, ideal or noisy as in accuracy.csv; noise-x without the second interval"),
    _number("confidence", "1", "confidence of both intervals"),
    _number("mean", "1", "mean over seeds, chips of a seed averaged first"),
    _number("low", "1", "lower end of Student's interval over seeds; empty for one seed"),
    _number("high", "1", "upper end of the same"),
    _number("sd", "1", "standard deviation over seeds"),
    _number("seeds", "1", "number of seeds"),
    _number("clustered_low", "1", "lower end of the bootstrap over seeds and clusters of test examples"),
    _number("clustered_high", "1", "upper end of the same; empty where correctness was not stored"),
    _number("clusters", "1", "clusters of test examples: subjects, or single examples of data without groups"),
)
TRAINING = _table(
    "training",
    "results/networks/{network}/seed{seed}/history.csv",
    "course of every training, epoch by epoch",
    "network seed epoch",
    NETWORK,
    SEED,
    _number("epoch", "1", "number of the epoch, from 1"),
    _number("loss", "nat", "mean training loss of the epoch"),
    _number("train_accuracy", "1", "share of the training examples classified rightly during the epoch"),
    _number("validation_accuracy", "1", "share of the validation examples; empty where no fold is held out"),
    _number("learning_rate", "1", "learning rate at the end of the epoch"),
)
LAYERS = _table(
    "layers",
    "results/networks/{network}/seed{seed}/layers.csv",
    "sizes of the layers, with ranges and activity on training examples; no hardware columns in floating point",
    "network seed layer",
    NETWORK,
    SEED,
    LAYER,
    _text("kind", "conv or linear"),
    _number("rows", "1", "rows of the weight matrix"),
    _number("columns", "1", "columns of the weight matrix"),
    _number("kernel_area", "1", "positions of the kernel of a convolution, else 1"),
    _number("mvms_per_inference", "1", "matrix-vector products of one inference"),
    _number("x_max", "input", "full scale of the DAC, in units of the layer's inputs"),
    _number("w_max", "weight", "full scale of a weight"),
    _number("i_max", "x_max w_max", "full scale of the ADC, in products of the two other scales"),
    _number("input_range", "input", "99.9 % quantile of the inputs"),
    _number("weight_range", "weight", "largest absolute weight"),
    _number("current_range", "input weight", "99.9 % quantile of the absolute column sums of one array"),
    _number("weight_mean", "1", "mean absolute quantised weight, share of w_max"),
    _number("activity", "1", "mean DAC output, share of x_max"),
)
ARRAYS = _table(
    "arrays",
    "results/crossbars/{network}/seed{seed}/arrays.csv, results/own/{own}/arrays.csv",
    "place and size of every array of a mapped network",
    "layer array",
    LAYER,
    ARRAY,
    _number("row_block", "1", "which block of rows of the layer's matrix"),
    _number("column_block", "1", "which block of columns of the layer's matrix"),
    _number("rows_used", "1", "rows that hold weights"),
    _number("columns_used", "1", "columns that hold weights"),
    _number("array_rows", "1", "rows of the physical array"),
    _number("array_columns", "1", "columns of the physical array"),
    MAPPING,
    _number("crossbar", "1", "1 for the second crossbar of a signed weight, else 0"),
    _number("utilisation", "1", "share of the cells of the array that hold weights"),
)
DEVICES = _table(
    "devices",
    "results/crossbars/{network}/seed{seed}/conductances.csv (on demand)",
    "target conductance of every device of a mapped network",
    "layer array row column",
    LAYER,
    ARRAY,
    _number("row", "1", "row of the device in its array"),
    _number("column", "1", "column of the device in its array"),
    _number("matrix_row", "1", "row of the layer's weight matrix"),
    _number("g_uS", "uS", "target conductance"),
)
SYSTEM = _table(
    "system",
    "results/costs/{network}/system.csv",
    "latency, interval, use of parts and power of circuits by events, at the reference circuit, in three schedules",
    f"{CIRCUIT_KEY} schedule",
    *CIRCUIT,
    _text("schedule", "closed form, serial or overlapped, as docs/system.md describes them"),
    _number("latency_ns", "ns", "time of one inference alone"),
    _number("interval_ns", "ns", "between inferences, of several that all wait at the beginning"),
    _number("closed_latency_ns", "ns", "latency as in performance.csv"),
    _number("closed_interval_ns", "ns", "interval as in performance.csv"),
    _number("energy_pJ", "pJ", "energy of all events of one inference, without leakage"),
    _number("leakage_uW", "uW", "what the whole chip leaks, at work or not"),
    _number("added_um2", "um2", "area of a second sample stage and of further memory, which cost.csv does not hold"),
    _number("waiting_ns", "ns", "what all products of an inference wait for parts, of several that begin at once"),
    _number("lines_busy", "1", "share of the interval in which lines are read, mean over layers with own lines"),
    _number("adcs_busy", "1", "share of the interval in which an ADC converts, mean over ADCs"),
    _number("digital_busy", "1", "share of the interval of the last passes of digital units, mean over layers"),
    _number("bus_busy", "1", "share of the interval in which the bus of the memory moves words"),
    _number("events", "1", "events of one inference"),
    _number(
        "period_s", "s", "between inputs that arrive for ever; empty where config.yaml names none for the data set"
    ),
    _number("power_uW", "uW", "mean power at that period, with all parts leaking all the time"),
    _number("gated_uW", "uW", "mean power at that period, with parts leaking only while an inference lasts"),
)
EVENTS = _table(
    "events",
    "results/costs/{network}/events.csv",
    "every event of one inference at the reference circuit with the last bank of circuit.banks",
    f"{CIRCUIT_KEY} schedule layer product activity",
    *CIRCUIT,
    _text("schedule", "serial or overlapped"),
    LAYER,
    _number("product", "1", "number of the product in its layer"),
    _text("activity", "fetch, read, convert, digital or store"),
    _text("station", "part at which it happens"),
    _number("start_ns", "ns", "begin, from the start of the inference"),
    _number("end_ns", "ns", "end, from the start of the inference"),
)
VARIANTS = _table(
    "variants",
    "results/variants/{variant}/{network}/seed{seed}/accuracy.csv",
    "test accuracy of trained networks on other hardware than they were trained for",
    CASE_KEY,
    *CASE,
    DATASET,
    *NETWORK_KIND,
    *DEVICE_KIND,
    _number("accuracy", "1", "share of the test examples that are classified rightly"),
)
ERRORS = _table(
    "errors",
    "results/variants/{variant}/{network}/seed{seed}/errors.csv",
    "root mean square error of every layer's output over the standard deviation of the output without noise",
    f"{CASE_KEY} layer",
    *CASE,
    LAYER,
    _number("own_error", "1", "error of the layer at the trained network's inputs"),
    _number("accumulated_error", "1", "error of the layer behind the layers before it"),
)
WIRES = _table(
    "wires",
    "results/crossbars/{network}/seed{seed}/wires.csv",
    "what the resistance of wires takes from the currents of every array, all rows driven alike",
    "network seed layer array wire_ohm",
    NETWORK,
    SEED,
    LAYER,
    ARRAY,
    _number("rows", "1", "rows of the array that are in use"),
    _number("columns", "1", "columns of the array that are in use"),
    _number("wire_ohm", "ohm", "resistance of a wire between neighbouring cells"),
    _number("loss_mean", "1", "share of a column's current that is lost, mean over columns"),
    _number("loss_max", "1", "share of a column's current that is lost, largest of all columns"),
    _number("error_mean", "1", "error of the fast approximation of a column's current, mean over columns"),
    _number("error_max", "1", "error of the fast approximation of a column's current, largest of all columns"),
)
CONFUSION = _table(
    "confusion",
    "results/crossbars/{network}/seed{seed}/confusion.csv",
    "which classes noisy chips take for which others, on test examples",
    "network seed chip actual predicted",
    NETWORK,
    SEED,
    CHIP,
    _number("actual", "1", "number of the class of the examples"),
    _number("predicted", "1", "number of the class that the chip assigns"),
    _number("count", "1", "how many examples"),
)
COST = _table(
    "cost",
    "results/costs/{network}/cost.csv, results/own/{own}/cost.csv",
    "area, energy and latency of every circuit, component by component",
    f"{CIRCUIT_KEY} component",
    *CIRCUIT,
    COMPONENT,
    _number("count", "1", "how many of the component there are"),
    AREA,
    ENERGY,
    LATENCY,
)
LAYER_COSTS = _table(
    "layer_costs",
    "results/costs/{network}/layer_costs.csv, results/own/{own}/layer_costs.csv",
    "area, energy and latency of every circuit, layer by layer",
    f"{CIRCUIT_KEY} layer",
    *CIRCUIT,
    _text("layer", "number of the layer, or bank for the area of the bank of shared converters"),
    AREA,
    ENERGY,
    LATENCY,
)
PERFORMANCE = _table(
    "performance",
    "results/costs/{network}/performance.csv, results/own/{own}/performance.csv",
    "area, energy, time and efficiency of every circuit",
    CIRCUIT_KEY,
    *CIRCUIT,
    _number("area_mm2", "mm2", "area"),
    _number("energy_nJ", "nJ", "energy of one inference"),
    _number("latency_us", "us", "time of one inference, layer after layer"),
    _number("interval_us", "us", "time between inferences"),
    _number("macs", "1", "products of one inference, zero weights and doubled rows included"),
    _number("tops_per_W", "TOPS/W", "operations per energy, two for a product"),
    _number("tops_per_mm2", "TOPS/mm2", "operations per time and area, at the interval between inferences"),
    _number("array_energy_share", "1", "share of the energy that is spent in the arrays"),
)
STEPS = _table(
    "steps",
    "results/comparisons/{comparison}/steps.csv",
    "what each component saves, from a textbook circuit to the configured one, one difference more at every step",
    "comparison number corner component",
    COMPARISON,
    _number("number", "1", "number of the step, from 0 for the textbook"),
    _text("walk", "from a textbook to the circuit of the first round, or the corrections from there on"),
    _text("step", "the difference that the step adds"),
    CORNER,
    COMPONENT,
    _number("area_share", "1", "area that the component saves, share of the whole signed circuit with own converters"),
    _number("energy_share", "1", "energy that the component saves, share of the same circuit"),
)
SENSITIVITY = _table(
    "sensitivity",
    "results/comparisons/{comparison}/sensitivity.csv",
    "which open choice of the circuit decides the savings, over drawn circuits",
    "comparison method option value measure",
    COMPARISON,
    _text("method", "quantile, variance, mean, one at a time, or order of a Sobol index"),
    _text("option", "option of workflow/reference/options.csv; empty for the distribution and the configured circuit"),
    _text("value", "value of the option, or percentile"),
    _text("measure", "what is saved by which step, or latency_factor or array_energy_share"),
    _number("number", "1", "the saving, share or factor"),
)
CONDITIONS = _table(
    "conditions",
    "results/comparisons/{comparison}/conditions.csv",
    "in which drawn circuits the paper's savings hold, by what is known of the circuit; an empty condition is open",
    "comparison mapping latency array_energy",
    COMPARISON,
    _text("mapping", "mapping of the baseline"),
    _text("latency", "class of the latency of both steps over that of the baseline"),
    _text("array_energy", "share of the baseline's energy that is spent in the arrays"),
    _number("draws", "1", "circuits drawn that meet the conditions"),
    _number("area_saving_median", "1", "share of area that both steps save, median over circuits"),
    _number("area_saving_p10", "1", "the same, 10 % quantile"),
    _number("area_saving_p90", "1", "the same, 90 % quantile"),
    _number("area_holds", "1", "share of the drawn circuits that save the paper's area"),
    _number("energy_saving_median", "1", "share of energy that both steps save, median over circuits"),
    _number("energy_saving_p10", "1", "the same, 10 % quantile"),
    _number("energy_saving_p90", "1", "the same, 90 % quantile"),
    _number("energy_holds", "1", "share of the drawn circuits that save the paper's energy"),
    _number("both_hold", "1", "share of the drawn circuits that save the paper's area and energy"),
    _number("latency_factor_median", "1", "latency over that of the baseline, median over circuits"),
)
ANSWER = _table(
    "answer",
    "results/comparisons/{comparison}/answer.csv",
    "whether the paper's savings hold at equal time, with more time for the proposal or not, against every baseline",
    "comparison claim paper_version baseline adc_law",
    COMPARISON,
    _text("claim", "name of the claim, as in workflow/reference/claims.csv"),
    _text("paper_version", "version of the paper that makes the claim"),
    _text("network", "the unipolar network"),
    DATASET,
    _text("baseline", "mapping of the signed network"),
    ADC_LAW,
    _number("conditions", "1", "circuits in which the saving must hold: the reference circuit and every combination"),
    _text("bank", "shared ADCs: those of the fastest bank that holds, else of that which saves most at equal time"),
    _number("saving", "1", "the claim's saving at the reference circuit and equal time"),
    _number("area_saving", "1", "area saved there"),
    _number("energy_saving", "1", "energy saved there"),
    _number("low", "1", "lowest saving of the claim over the conditions, at equal time"),
    _number("high", "1", "highest saving over the conditions, at equal time"),
    _number("latency_factor", "1", "latency over that of the fast baseline, at the reference circuit"),
    _number("interval_factor", "1", "interval between inferences over that of the fast baseline"),
    _number("equal_interval_factor", "1", "interval between inferences over that of the baseline at equal time"),
    _text("fast_bank", "shared ADCs: as bank if the claim holds with more time, else what saves most with more time"),
    _number("fast_area_saving", "1", "area saved with that bank at the reference circuit, against the fast baseline"),
    _number("fast_energy_saving", "1", "energy saved with it at the reference circuit, against the fast baseline"),
    _number("fast_low", "1", "lowest saving of the claim over the conditions, against the fast baseline"),
    _number("fast_high", "1", "highest saving over the conditions, against the fast baseline"),
    _number("fast_latency_factor", "1", "latency of fast_bank over that of the fast baseline"),
    _number("fast_interval_factor", "1", "interval of fast_bank over that of the fast baseline"),
    _number(
        "more_time_factor",
        "1",
        "where the claim holds with more time, the largest latency factor of its bank in any condition; else empty",
    ),
    _text("verdict", "holds at equal time, holds with more time, or not found"),
    _text("decided_by", "smallest sets of fixed conditions under which it would hold at equal time, or none"),
    _text("reference_verdict", "verdict at the reference circuit alone"),
    _number("reference_factor", "1", "latency factor of the fastest bank that holds there; empty where none does"),
)
TRADE_OFFS = _table(
    "trade_offs",
    "results/comparisons/{comparison}/trade_offs.csv",
    "what every size of the bank saves and takes in time at the reference circuit, by baseline",
    "comparison baseline bank",
    COMPARISON,
    _text("baseline", "mapping of the signed network"),
    BANK,
    _number("adcs", "1", "ADCs of the bank"),
    _number("baseline_adcs", "1", "ADCs of the whole baseline at equal time"),
    _number("latency_factor", "1", "latency over that of the fast baseline"),
    _number("interval_factor", "1", "interval between inferences over that of the fast baseline"),
    _number("equal_latency_factor", "1", "latency over that of the baseline at equal time"),
    _number("equal_interval_factor", "1", "interval between inferences over that of the baseline at equal time"),
    _number("area_saving", "1", "area saved against the fast baseline"),
    _number("energy_saving", "1", "energy saved against the fast baseline"),
    _number("equal_area_saving", "1", "area saved at equal time"),
    _number("equal_energy_saving", "1", "energy saved at equal time"),
    _number("hand_rule", "1", "area saved against the fast baseline, by the hand rule of docs/verdicts.md"),
)
VALIDATION = _table(
    "validation",
    "results/costs/validation.csv",
    "the cost model against published chips, by every ADC model",
    "macro quantity adc_law",
    _text("macro", "published circuit, as in workflow/reference/chips.csv"),
    _text("quantity", "what was published: energy_per_column, tops_per_W or area_mm2"),
    _number("published", "column unit", "published number"),
    _number(
        "predicted", "column unit", "prediction; empty where the model has no such cells, or the ADC model no such bits"
    ),
    _number("factor", "1", "predicted over published"),
    _number(
        "cells_share", "1", "share of the predicted energy of parts, without overheads, that rests on currents of cells"
    ),
    _text("kind", "silicon, simulated, or lends for a chip that lends constants to the model"),
    _text("counted", "yes, or the first part of the rule in docs/validation.md that keeps the row out"),
    _text("assumed", "columns of chips.csv whose values are assumed"),
    ADC_LAW,
    _text("unit", "unit of the published and of the predicted number"),
    SOURCE,
    _text("note", "what else is known of the number"),
    _text("cause", "what the chip has and the model has not; named after the comparison, it changes no prediction"),
)
PUBLISHED_PART = (
    _number("published_pJ", "pJ", "published energy of a use; empty for none"),
    _number("predicted_pJ", "pJ", "energy by this model; empty where it has no such part"),
    _number("energy_factor", "1", "predicted over published energy"),
    _number("published_um2", "um2", "published area; empty for none"),
    _number("predicted_um2", "um2", "area by this model"),
    _number("area_factor", "1", "predicted over published area"),
    SOURCE,
    _text("note", "what else is known of the numbers"),
)
PARTS = _table(
    "parts",
    "results/costs/parts.csv",
    "parts of published chips one by one against the cost model",
    "part macro adc_law",
    _text("part", "part of the chip"),
    _text("kind", "ADC, DAC, array, lines, digital, neuron or control"),
    _text("macro", "chip, as in workflow/reference/chips.csv"),
    _text("per", "column or input, to which the numbers belong"),
    _text("adc_law", "ADC model; empty for a part without an ADC"),
    _text("lends", "yes where constants of the model come from this chip"),
    *PUBLISHED_PART,
)
BOUNDS = _table(
    "bounds",
    "results/costs/bounds.csv",
    "a conversion by every ADC model against the whole column of published chips, with nothing assumed of their cells",
    "chip supply_V adc_law",
    _text("chip", "first author, venue, year, and number in the database"),
    _text("cells", "memory of the cells"),
    _number("node_nm", "nm", "technology node"),
    _number("supply_V", "V", "supply"),
    _number("adc_bits", "bit", "bits of the ADC"),
    _number("rows_in_parallel", "1", "rows whose products one conversion sums"),
    _number("read_ns", "ns", "time of a read; empty where it was not published"),
    _number("column_pJ", "pJ", "published energy of a column and conversion, which contains that of its ADC"),
    _text("lends", "yes where constants of an ADC model come from this chip"),
    ADC_LAW,
    _number("adc_pJ", "pJ", "energy of a conversion by the ADC model; empty where it does not reach bits or node"),
    _text("holds", "yes where the ADC costs no more than the column; empty where there is no prediction"),
    SOURCE,
    _text("note", "what else is known of the number"),
)
LIBRARY = _table(
    "library",
    "results/costs/library.csv",
    "prices of single parts by a kept library and by papers beside those of this model",
    "part class node_nm supply_V bits",
    _text("part", "part"),
    _text("class", "class of the library, or measured"),
    _text("component", "row of workflow/reference/components.csv, or adc- and an ADC model; empty where ours has none"),
    _number("node_nm", "nm", "technology node"),
    _number("supply_V", "V", "supply; empty where the library names none"),
    _number("bits", "bit", "bits; empty where the price has none"),
    _number("leakage_uW", "uW", "leakage by the library"),
    *PUBLISHED_PART,
)
TEXTBOOK = _table(
    "textbook",
    "results/costs/textbook.csv",
    "the textbook circuit by this cost model and by an independent one",
    "network corner bank measure",
    _text("network", "network of workflow/reference/textbook.csv"),
    CORNER,
    BANK,
    _text("measure", "area or energy"),
    _number("independent", "%", "saving against signed weights with own converters, by the independent model"),
    _number("ours", "%", "the same by this model"),
    SOURCE,
)
SEARCH = _table(
    "search",
    "results/searches/{search}/trials.csv",
    "every trial of every search",
    "search search_seed trial",
    _text("search", "name of the search in config.yaml"),
    DATASET,
    _text("sampler", "how candidates are proposed"),
    _number("search_seed", "1", "number of the search, from which its random draws follow"),
    _number("generation", "1", "generation of the trial"),
    _number("trial", "1", "number of the trial"),
    _number("epochs", "1", "epochs of training"),
    _number("work", "s", "processor time of the training as its products and steps have it; empty for a failed trial"),
    _text("architecture", "layers: columns, then k kernel, s stride, p pooling of each convolution"),
    _text("polarity", "group of columns that have one sign, and how signs were assigned"),
    _number("validation_accuracy", "1", "accuracy on validation examples, with noise on mapped crossbars"),
    _number("chip_deviation", "1", "standard deviation of that accuracy over the chips"),
    _number("area_um2", "um2", "area; empty for a failed trial"),
    _number("energy_pJ", "pJ", "energy of one inference; empty for a failed trial"),
    _number("box_accuracy", "1", "accuracy as a share of the search's box, 0 at its worst; empty if failed"),
    _number("box_energy", "1", "logarithm of energy as a share of the box, 1 at its worst; empty if failed"),
    _number("within_limit", "1", "1 where the energy is within the limit of the box, else 0"),
    _number("rows", "1", "most rows of a layer"),
    _number("columns", "1", "most columns of a layer"),
    _number("weights", "1", "weights of all layers"),
    _number("products", "1", "products of one inference"),
    _text("state", "complete, beyond the limits, or failed"),
    _number("front", "1", "1 where no other trial matches or beats accuracy, area and energy at once, else 0"),
    _number("chosen", "1", "1 for the network that the search chose, else 0"),
    _text("signs", "sign of every column, layer by layer"),
    _text("reason", "why a trial is beyond the limits or failed"),
)
FINALS = _table(
    "finals",
    "results/searches/{search}/finals.csv",
    "full trainings of trials of the front, and of the network that the search is to replace",
    "search finalist fold",
    _text("search", "name of the search in config.yaml"),
    DATASET,
    _text("finalist", "place on the front, the cheapest first; given: the network of the search's own entry"),
    _number("search_seed", "1", "number of the search that found it; empty for the network given"),
    _number("trial", "1", "number of the trial; empty for the network given"),
    _text("architecture", "layers: columns, then k kernel, s stride, p pooling of each convolution"),
    _text("polarity", "group of columns that have one sign, and how signs were assigned"),
    _number("fold", "1", "fold that was held out"),
    _number("validation_accuracy", "1", "accuracy on that fold, with noise on mapped crossbars"),
    _number("chip_deviation", "1", "standard deviation of that accuracy over the chips"),
    _number("work", "s", "processor time of the training as its products and steps have it; empty if failed"),
    _number("area_um2", "um2", "area; empty if failed"),
    _number("energy_pJ", "pJ", "energy of one inference; empty if failed"),
    _text("state", "complete, beyond the limits, or failed"),
    _number("chosen", "1", "1 for the network that the search chose, else 0"),
    _text("reason", "why it is beyond the limits or failed"),
)
SEARCH_GAIN = _table(
    "search_gain",
    "results/report/tables/search_gain.csv",
    "what searches by the model reach beyond their baselines at equal work, seed by seed",
    "search baseline measure",
    _text("search", "name of the search in config.yaml"),
    _text("baseline", "the search that is subtracted"),
    _text("measure", "hypervolume-strict, hypervolume, energy-at-95, accuracy-within-limit or best-accuracy"),
    _text("unit", "unit of the measure"),
    _number("reached", "column unit", "mean over seeds that the search reached"),
    _number("least", "column unit", "least of its seeds"),
    _number("baseline_reached", "column unit", "mean over seeds that the baseline reached"),
    _number("mean", "column unit", "mean of the differences, seed by seed"),
    _number("low", "column unit", "lower end of its interval; empty for one seed"),
    _number("high", "column unit", "upper end of its interval; empty for one seed"),
    _number("seeds", "1", "search seeds of both"),
    _number("work", "s", "the most work that all of these seeds spent, at which they are compared"),
)
CLAIMS = _table(
    "claims",
    "results/report/claims.csv",
    "every claim of the paper against this run",
    "claim paper_version dataset network comparison baseline",
    _text("claim", "name of the claim, as in workflow/reference/claims.csv"),
    _text("paper_version", "versions of the paper that make the claim"),
    _text("quantity", "what is claimed"),
    _number("paper", "column unit", "number of the paper; empty for data that is not the paper's"),
    _number("ours", "column unit", "mean over seeds, or saving at the reference circuit and equal time"),
    _number("low", "column unit", "lowest over the conditions; of an accuracy the lower end of both intervals"),
    _number("high", "column unit", "highest over the conditions; of an accuracy the upper end of both intervals"),
    _number("n", "1", "number of seeds, or of circuits in which a saving must hold"),
    _text("unit", "unit of the numbers"),
    _text("verdict", "whether the rule of the claim is met"),
    _text("artefact", "table of the report that holds more"),
    DATASET,
    _text("network", "network of an accuracy"),
    _text("comparison", "comparison of a saving"),
    _text("baseline", "mapping of the signed network that a saving is against; all for every one of them"),
    _number("latency_factor", "1", "latency over that of the baseline, at the reference circuit"),
    _text("rule", "rule of the verdict"),
    _text("holds_under", "verdicts on a saving by ADC model; cases of an accuracy, or why it is not decided"),
    _text("note", "why the claim could not be judged"),
)

OWN_NETWORK = _text("network", "name of the network in own_networks of config.yaml")
OWN_MODULE = _text("module", "name of the layer in the user's own module")
OWN_CASE = (
    _text("condition", "float: the user's own module; quantised: prepared; ideal: on arrays; noisy: a simulated chip"),
    _number("chip", "1", "number of the simulated chip; empty but for noisy"),
    _number("time_s", "s", "time from programming to reading; empty but for noisy"),
    _text("compensation", "of drift: none, or array for one digital factor per array; empty but for noisy"),
)
OWN_KEY = "network condition chip time_s compensation"
OWN_ACCURACY = _table(
    "own_accuracy",
    "results/own/{own}/accuracy.csv",
    "test accuracy of a network of one's own: as it is, quantised, on arrays without noise, and on simulated chips",
    OWN_KEY,
    OWN_NETWORK,
    DATASET,
    *OWN_CASE,
    *NETWORK_KIND,
    *DEVICE_KIND,
    _text("trained", "yes where it was fine-tuned with noise, else no; empty in floating point"),
    _number("accuracy", "1", "share of the test examples that are classified rightly"),
)
OWN_ERRORS = _table(
    "own_errors",
    "results/own/{own}/errors.csv",
    "root mean square error of every layer's outputs over their standard deviation in the user's own module",
    f"{OWN_KEY} layer",
    OWN_NETWORK,
    *OWN_CASE,
    LAYER,
    OWN_MODULE,
    _number("own_error", "1", "error of the layer at the inputs that it has in the user's own module"),
    _number("accumulated_error", "1", "error of the layer behind the layers before it"),
)
OWN_TRAINING = _table(
    "own_training",
    "results/own/{own}/history.csv",
    "course of a fine-tuning with noise",
    "network epoch",
    OWN_NETWORK,
    _number("epoch", "1", "number of the epoch, from 1"),
    _number("loss", "nat", "mean training loss of the epoch, with noise"),
)
OWN_LAYERS = _table(
    "own_layers",
    "results/own/{own}/layers.csv",
    "sizes of the layers of a network of one's own, with ranges and activity on training examples",
    "network layer",
    OWN_NETWORK,
    OWN_MODULE,
    *LAYERS.columns[1:],
)
OWN_DIGITAL = _table(
    "own_digital",
    "results/own/{own}/digital.csv",
    "matrix products of a network of one's own that no array computes and that no cost contains",
    "where operation",
    _text("where", "module in whose forward they are"),
    _text("operation", "operation of torch"),
    _number("products", "1", "products of one inference; empty where torch does not count them"),
)

TINYML_COST = _table(
    "tinyml_cost",
    "results/tiny/tinyml-cost.csv",
    "MLPerf Tiny's reference networks on arrays, with the means of circuit.textbook, and on published boards",
    "network system depthwise converter_bits adc_law bank",
    _text("network", "resnet-8, ds-cnn, mobilenet or autoencoder"),
    _text("system", "arrays and converters: what the cost model charges; else a board, its supply and its clock"),
    _text("depthwise", "of depthwise layers: dense on arrays, digital, or replaced by full ones; none: it has none"),
    _number("weights", "1", "weights of linear and convolution layers, biases left out"),
    _number("products", "1", "products of one inference of the network itself"),
    _number("digital_products", "1", "of these, products that no array computes; nothing is charged for them"),
    _number("converter_bits", "bit", "bits of DACs and ADCs"),
    MAPPING,
    ADC_LAW,
    BANK,
    _number("matrix_elements", "1", "elements of the matrices on arrays, with zeros between groups and doubled rows"),
    _number("array_products", "1", "products of these matrices"),
    _number("area_mm2", "mm2", "area"),
    _number("energy_uJ", "uJ", "energy of one inference; of a board all of it, as measured at its supply"),
    _number("latency_us", "us", "time of one inference; of a board the inverse of its published throughput"),
    SOURCE,
)
TINYML = _table(
    "tinyml",
    "results/tiny/tinyml.csv",
    "accuracy of MLPerf Tiny's reference ResNet-8 on CIFAR-10, on simulated chips",
    "network converter_bits scale condition time_s compensation seed chip",
    _text("network", "resnet-8"),
    _number("converter_bits", "bit", "bits of DACs and ADCs; empty in floating point"),
    _text("scale", "full scales of each layer (layer), of the network, or with one ADC gain; empty in floating point"),
    _text("condition", "float; direct: mapped as it is; trained: trained further with the noise of the device"),
    _number("time_s", "s", "time after programming; empty without a chip"),
    _text("compensation", "none, or array: one digital factor for each array; empty without a chip"),
    _number("seed", "1", "number of the training, and of its chips; empty in floating point"),
    _number("chip", "1", "number of the simulated chip; empty: quantised without noise, or in floating point"),
    _number("images", "1", "number of test images, the first of the test set"),
    _number("accuracy", "1", "share of these images that are classified rightly"),
)

HYBRID = _table(
    "hybrid",
    "results/hybrid/hybrid.csv",
    "networks trained on pairs of pulsed cells, and chips with stuck cells that are repaired",
    "task network method seed chip",
    _text("task", "scratch: trained from random weights; repair: a trained network on chips with stuck cells"),
    _text("network", "name of the architecture (scratch) or of the network (repair) in config.yaml"),
    _text("method", "rule of the updates, or repair; docs/hybrid.md says what each does"),
    SEED,
    CHIP,
    _number("learning_rate", "1", "of weights as shares of full scale, at the start; empty without training"),
    _number("granularity", "1", "update that one pulse stands for, share of full scale; empty without pulses"),
    _number("validation_accuracy", "1", "share of the seed's validation fold that is classified rightly"),
    _number("accuracy", "1", "share of the test examples that is classified rightly"),
    _number("cells", "1", "number of cells; empty in floating point"),
    _number("pulses", "1", "partial-SET pulses sent to all of them, those of writing included"),
    _number("resets", "1", "RESETs of all of them; programming by the law of the device counts as one for each cell"),
    _number("idle", "1", "share of the updates of a layer that made no pulse; empty without updates"),
)

STAGE_ONLY = (
    ARRAYS, DEVICES, OWN_ACCURACY, OWN_ERRORS, OWN_TRAINING, OWN_LAYERS, OWN_DIGITAL, TINYML_COST, TINYML,
    HYBRID,
)  # in no table of the report  # fmt: skip
COLLECTED = {  # as results/report/tables/{name}.csv, by name; the claims lie beside that folder
    table.name: table
    for table in (
        ACCURACY, INTERVALS, TRAINING, LAYERS, COST, PERFORMANCE, LAYER_COSTS, SYSTEM, EVENTS, VARIANTS, ERRORS, WIRES,
        CONFUSION, SENSITIVITY, CONDITIONS, ANSWER, TRADE_OFFS, VALIDATION, PARTS, BOUNDS, LIBRARY, STEPS, TEXTBOOK,
        SEARCH, FINALS, SEARCH_GAIN, CLAIMS,
    )
}  # fmt: skip


def write_table(path: str | Path, table: Table, rows: Iterable[Mapping[str, Any]], **fixed: Any) -> None:
    """Rows as a CSV with the table's columns, empty where a row lacks one; `fixed`: what all rows have alike.

    Raises ValueError for a row with other columns.
    """
    write_rows(path, table.names, ({**fixed, **row} for row in rows))


def read_table(path: str | Path, table: Table) -> "pd.DataFrame":
    """The table with numbers as floats, exact (empty: NaN), and everything else as text.

    Raises ValueError, one line, for other columns, for text in a column of numbers, and for a row that occurs twice.
    """
    return to_frame(read_text([path], table), table, str(path))


def read_text(paths: Iterable[str | Path], table: Table) -> Rows:
    """All rows of several files as text, in order. ValueError for other columns or for a row that occurs twice."""
    rows = [row for path in paths for row in read_rows(path, table.names, exact=True)]
    check_key(rows, table)
    return rows


def check_key(rows: Rows, table: Table) -> None:
    """Raise ValueError, one line, for a row that occurs twice."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        values = tuple(row[name] for name in table.key)
        if values in seen:
            named = ", ".join(f"{name} {row[name]}" for name in table.key if row[name] != "")
            raise ValueError(f"{table.name} table: two rows for {named}")
        seen.add(values)


def to_frame(rows: Rows, table: Table, where: str) -> "pd.DataFrame":
    """Rows of text as `read_table` gives them; ValueError for text in a column of numbers. `where`: named in it."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(table.names), dtype=str)
    for column in table.columns:
        if column.unit:
            frame[column.name] = _numbers(frame[column.name], f"{where}: column {column.name}")
    return frame


def _numbers(texts: Iterable[str], where: str) -> list[float]:
    numbers = []
    for text in texts:
        try:
            numbers.append(float(text) if text else float("nan"))  # exact, unlike pandas.to_numeric
        except ValueError:
            raise ValueError(f"{where}: '{text}' is not a number") from None
    return numbers


def page() -> str:
    """All tables for a reader, in Markdown."""
    parts = [
        "# Tables\n\nEvery CSV that a run writes. Made from `src/xbar/tables.py` by"
        " `PYTHONPATH=src python -m xbar.tables > workflow/tables.md`. Unit 1: a count or a share; no unit: text.\n"
    ]
    for table in (*COLLECTED.values(), *STAGE_ONLY):
        lines = [f"| `{name}` | {unit} | {meaning} |" for name, unit, meaning in table.columns]
        collected = f"; collected in `results/report/tables/{table.name}.csv`" if table.name in COLLECTED else ""
        parts += [
            f"## {table.name}\n",
            f"{table.meaning[:1].upper()}{table.meaning[1:]}. Files: `{table.files}`{collected}."
            f" A row is told apart by {', '.join(table.key)}.\n",
            "\n".join(["| column | unit | meaning |", "| --- | --- | --- |", *lines, ""]),
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
