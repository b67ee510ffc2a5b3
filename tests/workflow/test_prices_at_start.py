"""What a job would refuse to price after all trainings is refused before them, and nothing else is."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from xbar.checks.prices import price_everything, small_network
from xbar.circuit.components import read_components
from xbar.config.config import read_config
from xbar.savings.options import read_options

pytestmark = pytest.mark.usefixtures("unchecked")
ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "workflow" / "reference"
TABLE = REFERENCE / "components.csv"
OPTIONS = read_options(REFERENCE / "options.csv")
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
REFERENCE_CIRCUIT = CONFIG["claims"]["reference"]


def price(circuit=None, networks=None, reference=None, architectures=None, run=None, tables=(TABLE,), options=OPTIONS):
    """With few comparisons, which agree in what is priced here."""
    changed = {name: CONFIG["networks"][name] | fields for name, fields in (networks or {}).items()}
    blocks = {
        "run": CONFIG["run"] | {"comparisons": ["har-2b"]} | (run or {}),
        "circuit": CONFIG["circuit"] | (circuit or {}),
        "networks": CONFIG["networks"] | changed,
        "architectures": CONFIG["architectures"] | (architectures or {}),
        "claims": CONFIG["claims"] | {"reference": REFERENCE_CIRCUIT | (reference or {})},
    }
    price_everything(read_config(CONFIG | blocks), tables, options)


def textbook(**changes):
    return {"textbook": CONFIG["circuit"]["textbook"] | changes}


UNBOUNDED = "what follows is not finite; numbers of the circuit or of price rows are too large or too small"
OF_HAR = f"config.yaml: circuit: comparison har-2b with the options of {REFERENCE / 'options.csv'}: "
WIDE = {"activation": "relu", "layers": [{"conv": 8, "kernel": 13}, {"linear": 10}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (  # the table of differences takes ADC model B of the first round, and one bit for the sign
            {
                "circuit": {"adc_laws": ["A"]},
                "reference": {"adc_law": "A", "mapping": "paired-columns-mirrored"},
                "networks": {name: {"adc_bits": 12} for name in ("har-2b-signed", "har-2b-unipolar")},
            },
            "config.yaml: circuit: comparison har-2b: ADC model B holds for 1 to 12 bits, not for 13",
        ),
        (  # options.csv draws laws D and E, whatever the configuration has
            {
                "circuit": {"adc_laws": ["B"]},
                "reference": {"adc_law": "B"},
                "networks": {"har-2b-unipolar": {"adc_bits": 11}},
            },
            f"{OF_HAR}ADC model D holds for 4 to 10 bits, not for 11",
        ),
        (
            {"run": {"comparisons": ["cifar10-2b"]}, "architectures": {"cifar10-cnn": WIDE}},
            f"{OF_HAR.replace('har-2b', 'cifar10-2b')}arrays of 128 rows cannot hold a kernel of 169",
        ),
        ({"circuit": {"pulse_ns": 1e307}}, "config.yaml: circuit.pulse_ns: 1e+307 is not allowed"),
        ({"circuit": {"sample_rate_MHz": 1e-300}}, "config.yaml: circuit.sample_rate_MHz: 1e-300 is not allowed"),
        (
            {"run": {"searches": ["har-2b"], "comparisons": []}, "networks": {"har-2b-unipolar": {"adc_bits": 13}}},
            "config.yaml: searches.har-2b.corner: ADC model E holds for 4 to 9 bits, not for 13",
        ),
    ],
)  # fmt: skip
def test_what_a_job_would_refuse_is_one_line_at_the_start(changes, message):
    with pytest.raises(ValueError) as error:
        price(**changes)
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {
            "networks": {"har-2b-signed": {"adc_bits": 8}, "har-2b-unipolar": {"adc_bits": 7}}
        },  # one bit less in the unipolar network
        {
            "circuit": {
                "own_adc_bits": "measured",
                "arrays": "packed",
                "front_end": "tia",
                "write_circuits": "upper bound",
            }
        },
        {"circuit": {"bank_parts": ["adc", "dac"], "analog_scaling": "digital"}},
        {"circuit": {"node_nm": 10.0, "adc_laws": ["A", "B", "D"]}, "options": OPTIONS | {"adc_law": ["A", "B", "D"]}},
    ],
)
def test_what_every_job_can_price_is_accepted(changes):
    price(**changes)


def test_a_set_of_ones_own_is_priced_by_every_job(tmp_path):
    own = tmp_path / "own.csv"
    rows = [line.replace(",isaac,", ",mine,") for line in TABLE.read_text().splitlines() if ",isaac," in line]
    own.write_text("\n".join([TABLE.read_text().splitlines()[0], *rows]))
    price(circuit={"component_set": "mine"}, tables=[TABLE, own])
    own.write_text("\n".join(line for line in own.read_text().splitlines() if not line.startswith("shift_add,")))
    with pytest.raises(ValueError, match="component 'shift_add' is not in set 'mine'; priced are "):
        price(circuit={"component_set": "mine"}, tables=[TABLE, own])


def test_a_price_too_large_for_a_sum_is_refused(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(TABLE.read_text().splitlines()[0] + "\ndtc-counter,area,1e308,um2,40,8,,x,\n")
    assert np.isfinite(read_components([TABLE, own], "neurram").of("dtc-counter")["area"].value)
    with pytest.raises(ValueError, match=f"comparison har-2b.*: {UNBOUNDED}"):
        price(tables=[TABLE, own])


def test_the_small_network_has_every_kernel_that_the_trained_one_may_have():
    config = read_config(CONFIG)
    assert small_network(config, "har-2b-signed").layers.kernel_area.tolist() == [1, 9]
    assert small_network(config, "cifar10-2b-signed").layers.kernel_area.tolist() == [1, 9]  # 3 x 3
    assert small_network(config, "har-2b-searched").layers.kernel_area.tolist() == [1, 5, 9, 13]  # searched


def test_options_may_be_drawn_together_or_apart():
    together = "adc_bits unipolar_extra_bits"
    apart = {name: values for name, values in OPTIONS.items() if name != together}
    price(options=apart | {"adc_bits": ["8", "6"], "unipolar_extra_bits": ["0", "1"]})


def test_a_published_chip_out_of_range_is_one_line_with_the_field(tmp_path):
    shutil.copytree(REFERENCE, tmp_path / "reference")
    chips = tmp_path / "reference/chips.csv"
    text = chips.read_text()
    chips.write_text(text.replace(",8,supply\n", ",20,supply\n", 1))  # the bits of the first chip's pulses
    assert chips.read_text() != text
    with pytest.raises(ValueError) as refused:
        price(tables=(tmp_path / "reference/components.csv",))
    assert str(refused.value).startswith(f"{chips}: dac_bits: Input should be less than or equal to 16")
    assert "\n" not in str(refused.value)
