"""The cost model against published chips, parts, limits and a library."""

from xbar.tables.columns import ADC_LAW, BANK, CORNER, SOURCE, number, table, text

VALIDATION = table(
    "validation",
    "results/costs/validation.csv",
    "the cost model against published chips, by every ADC model",
    "macro quantity adc_law",
    text("macro", "published circuit, as in workflow/reference/chips.csv"),
    text("quantity", "what was published: energy_per_column, tops_per_W or area_mm2"),
    number("published", "column unit", "published number"),
    number(
        "predicted", "column unit", "prediction; empty where the model has no such cells, or the ADC model no such bits"
    ),
    number("factor", "1", "predicted over published"),
    number(
        "cells_share", "1", "share of the predicted energy of parts, without overheads, that rests on currents of cells"
    ),
    text("kind", "silicon, simulated, or lends for a chip that lends constants to the model"),
    text("counted", "yes, or the first part of the rule in docs/validation.md that keeps the row out"),
    text("assumed", "columns of chips.csv whose values are assumed"),
    ADC_LAW,
    text("unit", "unit of the published and of the predicted number"),
    SOURCE,
    text("note", "what else is known of the number"),
    text("cause", "what the chip has and the model has not; named after the comparison, it changes no prediction"),
)
PUBLISHED_PART = (
    number("published_pJ", "pJ", "published energy of a use; empty for none"),
    number("predicted_pJ", "pJ", "energy by this model; empty where it has no such part"),
    number("energy_factor", "1", "predicted over published energy"),
    number("published_um2", "um2", "published area; empty for none"),
    number("predicted_um2", "um2", "area by this model"),
    number("area_factor", "1", "predicted over published area"),
    SOURCE,
    text("note", "what else is known of the numbers"),
)
PARTS = table(
    "parts",
    "results/costs/parts.csv",
    "parts of published chips one by one against the cost model",
    "part macro adc_law",
    text("part", "part of the chip"),
    text("kind", "ADC, DAC, array, lines, digital, neuron or control"),
    text("macro", "chip, as in workflow/reference/chips.csv"),
    text("per", "column or input, to which the numbers belong"),
    text("adc_law", "ADC model; empty for a part without an ADC"),
    text("lends", "yes where constants of the model come from this chip"),
    *PUBLISHED_PART,
)
BOUNDS = table(
    "bounds",
    "results/costs/bounds.csv",
    "a conversion by every ADC model against the whole column of published chips, with nothing assumed of their cells",
    "chip supply_V adc_law",
    text("chip", "first author, venue, year, and number in the database"),
    text("cells", "memory of the cells"),
    number("node_nm", "nm", "technology node"),
    number("supply_V", "V", "supply"),
    number("adc_bits", "bit", "bits of the ADC"),
    number("rows_in_parallel", "1", "rows whose products one conversion sums"),
    number("read_ns", "ns", "time of a read; empty where it was not published"),
    number("column_pJ", "pJ", "published energy of a column and conversion, which contains that of its ADC"),
    text("lends", "yes where constants of an ADC model come from this chip"),
    ADC_LAW,
    number("adc_pJ", "pJ", "energy of a conversion by the ADC model; empty where it does not reach bits or node"),
    text("holds", "yes where the ADC costs no more than the column; empty where there is no prediction"),
    SOURCE,
    text("note", "what else is known of the number"),
)
LIBRARY = table(
    "library",
    "results/costs/library.csv",
    "prices of single parts by a kept library and by papers beside those of this model",
    "part class node_nm supply_V bits",
    text("part", "part"),
    text("class", "class of the library, or measured"),
    text("component", "row of workflow/reference/components.csv, or adc- and an ADC model; empty where ours has none"),
    number("node_nm", "nm", "technology node"),
    number("supply_V", "V", "supply; empty where the library names none"),
    number("bits", "bit", "bits; empty where the price has none"),
    number("leakage_uW", "uW", "leakage by the library"),
    *PUBLISHED_PART,
)
TEXTBOOK = table(
    "textbook",
    "results/costs/textbook.csv",
    "the textbook circuit by this cost model and by a prototype of this project",
    "network corner bank measure",
    text("network", "network of workflow/reference/textbook.csv"),
    CORNER,
    BANK,
    text("measure", "area or energy"),
    number("prototype", "%", "saving against signed weights with own converters, by the prototype"),
    number("ours", "%", "the same by this model"),
    SOURCE,
)
