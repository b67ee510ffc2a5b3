"""Savings of corners: against sums by hand, and the join over ADC models, banks and mappings."""

import pytest

from xbar.circuit.adc import LAWS
from xbar.files import read_rows
from xbar.report.savings import ADC_LAWS, corner_totals, law_key, reference_rows, savings

ONE = {"har-2b": {"signed": "har-2b-signed", "unipolar": "har-2b-unipolar"}}


def by_hand(rows, measure, **chosen):
    return sum(row[measure] for row in rows if all(row[key] == value for key, value in chosen.items()))


def test_totals_and_savings_against_plain_sums(made_up):
    rows = made_up.cost_rows(ONE)
    totals = corner_totals(made_up.frame("cost", rows), ONE)
    table = savings(totals, "unipolar-shared", "signed-own").set_index(["mapping", "adc_law", "bank"])
    assert len(table) == 3 * 4 * 2
    for (mapping, law, bank), found in table.iterrows():
        theirs = {"corner": "signed-own", "mapping": mapping, "adc_law": law}
        ours = {"corner": "unipolar-shared", "adc_law": law, "bank": bank}
        for measure in ("area_um2", "energy_pJ"):
            expected = 1 - by_hand(rows, measure, **ours) / by_hand(rows, measure, **theirs)
            assert found[measure] == pytest.approx(expected)
        time = by_hand(rows, "latency_ns", **ours) / by_hand(rows, "latency_ns", **theirs)
        assert found["latency_factor"] == pytest.approx(time)
        assert found["power_mW"] == pytest.approx(1 - (1 - found["energy_pJ"]) / time)


def test_without_a_shared_bank_there_is_one_row_per_mapping_and_law(made_up):
    totals = corner_totals(made_up.frame("cost", made_up.cost_rows(ONE)), ONE)
    table = savings(totals, "unipolar-own", "signed-own")
    assert len(table) == 3 * 4 and set(table["bank"]) == {"own"}


def test_the_same_network_is_compared_at_its_own_mapping(made_up):
    totals = corner_totals(made_up.frame("cost", made_up.cost_rows(ONE)), ONE)
    table = savings(totals, "signed-shared", "signed-own")
    assert len(table) == 3 * 4 * 2
    assert table["energy_pJ"].abs().max() == pytest.approx(0)
    assert len(savings(totals, "unipolar-shared", "signed-shared")) == 3 * 4 * 2


def test_two_unipolar_mappings_are_refused(made_up):
    rows = made_up.cost_rows(ONE)
    rows += [{**row, "mapping": "corrected"} for row in rows if row["mapping"] == "unipolar"]
    with pytest.raises(ValueError, match="unipolar-own has more than one mapping"):
        savings(corner_totals(made_up.frame("cost", rows), ONE), "unipolar-own", "signed-own")


def test_reference_rows_are_one_per_corner(made_up):
    totals = corner_totals(made_up.results().cost, made_up.COMPARISONS)
    chosen = reference_rows(totals, made_up.RULES.reference)
    assert len(chosen) == 4 * len(made_up.COMPARISONS)
    assert set(chosen["mapping"]) == {"two-crossbars", "unipolar"}


def test_a_reference_that_was_not_priced_is_named(made_up):
    cost = made_up.results().cost
    with pytest.raises(ValueError, match=r"claims\.reference: two-crossbars, ADC model B, bank largest is not"):
        reference_rows(cost[cost["mapping"] != "two-crossbars"], made_up.RULES.reference)


def test_every_law_is_named_after_its_sources(request):
    """The words in brackets stand in the sources of the law's coefficients."""
    sources = {law: set() for law in LAWS}
    for row in read_rows(request.config.rootpath / "workflow/reference/components.csv"):
        if row["component"].startswith("adc-"):
            sources[row["component"].removeprefix("adc-")].add(row["source"])
    assert ADC_LAWS.keys() == LAWS.keys()
    for law, words in ADC_LAWS.items():
        named = words.rpartition("(")[2].strip(")").split(", ")
        assert any(all(name in source for name in named) for source in sources[law]), law


def test_the_key_holds_the_laws_of_the_run_once():
    assert law_key(["B", "A", "B"]) == f"ADC models: A, {ADC_LAWS['A']}; B, {ADC_LAWS['B']}."
