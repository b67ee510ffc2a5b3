"""The pages beside the tables of MLPerf Tiny's networks."""

from xbar.config.claims import ReferenceSpec
from xbar.tables import TINYML, TINYML_COST, to_frame
from xbar.tiny.cost import OURS
from xbar.tiny.page import accuracy_page, cost_page


def frame(table, rows):
    return to_frame([{name: row.get(name, "") for name in table.names} for row in rows], table, "here")


def cells(page, word):
    (line,) = [line for line in page.splitlines() if word in line]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_costs_are_shown_as_ranges_over_adc_models_and_boards_apart():
    ours = {"network": "ds-cnn", "system": OURS, "depthwise": "digital", "converter_bits": "8", "products": "2000000"}
    ours |= {"digital_products": "300000", "area_mm2": "0.25", "bank": "largest"}
    laws = [{"adc_law": "E", "energy_uJ": "0.5", "latency_us": "191"}, {"adc_law": "A", "energy_uJ": "0.7"}]
    rows = [ours | law for law in laws] + [ours | law | {"bank": "16", "energy_uJ": "9"} for law in laws]
    rows.append({"network": "ds-cnn", "system": "a board, 1 V, 9 MHz", "energy_uJ": "31.537", "latency_us": "4367.2"})
    reference = {"mapping": "two-crossbars-shared-dac", "adc_law": "E", "bank": "largest"}
    page = cost_page(frame(TINYML_COST, rows), ReferenceSpec.model_validate(reference))
    assert cells(page, "keyword spotting")[2:] == [
        "digital", "8", "2.00", "0.30", "0.250", "0.5 to 0.7", "191", "0.29 to 0.41",
    ]  # fmt: skip
    assert "with ADC model E and as many shared ADCs as the largest layer needs" in page
    assert cells(page, "a board") == ["`ds-cnn`", "a board, 1 V, 9 MHz", "31.5", "4.37"]


def test_accuracies_are_means_over_seeds_and_chips():
    told = {"network": "resnet-8", "converter_bits": "6", "scale": "gain", "condition": "direct", "images": "500"}
    chips = [
        told | {"time_s": "25.0", "compensation": "array", "seed": seed, "chip": chip, "accuracy": accuracy}
        for seed, chip, accuracy in (("0", "0", "0.6"), ("0", "1", "0.7"), ("1", "0", "0.8"))
    ]
    page = accuracy_page(frame(TINYML, [{"condition": "float", "images": "500", "accuracy": "0.88"}, *chips]))
    assert cells(page, "direct") == ["direct", "gain", "6", "25", "array", "3", "500", "70.00"]
    assert cells(page, "float ")[-3:] == ["0", "500", "88.00"]
