"""Rules of verdicts, and tables, against what the configuration trains, measures and prices."""

import shutil

import pytest
from support.configuration import ROOT, changed, checked, refusal

from xbar.checks.run import check_tables
from xbar.hardware.laws import read_laws


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"circuit.mappings": ["offset-column"]},
            "reference.mapping (of circuit.mappings): 'two-crossbars-shared-dac' is not one of offset-column",
        ),
        ({"circuit.adc_laws": ["A", "D"]}, "reference.adc_law (of circuit.adc_laws): 'E' is not one of A, D"),
        ({"claims.reference.bank": 64}, "reference.bank (of circuit.banks): '64' is not one of 16, largest"),
        ({"claims.datasets": ["hra"]}, "datasets: 'hra' is not one of cifar10, digits, har"),
        (
            {"claims.accuracy.har-accuracy-float.network": "har-flaot"},
            "accuracy.har-accuracy-float.network: 'har-flaot' is not one of",
        ),
        (
            {"claims.accuracy.har-accuracy-float.condition": "ideal"},
            "accuracy.har-accuracy-float.condition of har-float: 'ideal' is not one of float",
        ),
        (
            {"claims.accuracy.har-accuracy-2bit-unipolar.instead": [{"network": "none", "condition": "ideal"}]},
            "accuracy.har-accuracy-2bit-unipolar.instead.network: 'none' is not one of",
        ),
        (
            {"evaluation.noise_sweep": [0.1], "claims.accuracy.har-accuracy-2bit-unipolar.condition": "noise-0.2"},
            "accuracy.har-accuracy-2bit-unipolar.condition of har-2b-unipolar: 'noise-0.2' is not one of ideal, noise",
        ),
    ],
)
def test_a_rule_for_what_never_comes_is_refused(changes, told):
    answer = refusal(changes)
    assert answer.startswith(f"config.yaml: claims.{told}") and "\n" not in answer


def test_a_table_of_pulses_with_another_header_is_refused(tmp_path):
    copy = shutil.copytree(ROOT / "workflow/reference", tmp_path / "reference")
    table = copy / "pulses.csv"
    table.write_text(table.read_text().replace("law,", "name,", 1))
    with pytest.raises(ValueError, match=r"pulses\.csv.*law"):
        check_tables(checked(changed({})), read_laws(copy / "devices.csv"), copy, prices=False)


def test_a_law_of_pulses_that_is_not_in_the_table_is_refused_before_the_job():
    config, reference = checked(changed({"hybrid.law": "mine"})), ROOT / "workflow/reference"
    with pytest.raises(ValueError, match=r"^config\.yaml: hybrid\.law: 'mine' is not one of pcm-pulsed$"):
        check_tables(config, read_laws(reference / "devices.csv"), reference, prices=False)
