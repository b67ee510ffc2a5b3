"""config.yaml as a whole: what would fail hours later, or silently do nothing, is refused at once in one line."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from xbar.config.circuit import CircuitSpec
from xbar.config.config import read_config
from xbar.config.polarity import SignSpec, check_signs
from xbar.network.geometry import sub_matrix_counts

ROOT = Path(__file__).parents[3]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
OWN = {"weights": "own.safetensors", "layers": [{"Linear": {}}], "dataset": "digits", "weight_bits": 8}
DEVICE = {"g_min_uS": 0.0, "g_max_uS": 25.0, "programming_noise": 0.04}
FEW = {"devices.few": DEVICE | {"levels": 2}}
NARROW = {"crossbars.narrow": {"rows": 64, "columns": 1}}


def changed(changes):
    """config.yaml with values at dotted paths."""
    values = deepcopy(CONFIG)
    for path, value in changes.items():
        *blocks, key = path.split(".")
        entry = values
        for block in blocks:
            entry = entry.setdefault(block, {})
        entry[key] = value
    return values


def refusal(changes):
    with pytest.raises(ValueError) as refused:
        read_config(changed(changes))
    return str(refused.value)


@pytest.mark.parametrize("path", ["run.networks", "run.comparisons", "run.variants", "run.searches"])
def test_a_name_twice_is_refused(path):
    name = next(iter(CONFIG[path.split(".")[1]]))
    assert refusal({path: [name, name]}) == f"config.yaml: {path}: '{name}' stands there twice; allowed is once"


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("evaluation.noise_sweep", [0.1, 0.2, 0.1]),
        ("wires.networks", ["har-2b-unipolar"] * 2),
        ("wires.wire_ohm", [0.1, 0.1]),
        ("confusions.networks", ["har-2b-unipolar"] * 2),
        ("variants.drift.networks", ["har-2b-unipolar"] * 2),
        ("variants.drift.times_s", [0.0, 0.0]),
        ("variants.drift.compensations", ["none", "none"]),
        ("claims.datasets", ["har", "har"]),
        ("circuit.adc_laws", ["B", "B"]),
        ("circuit.mappings", ["offset", "offset"]),
        ("circuit.banks", ["largest", "largest"]),
    ],
)
def test_a_value_twice_is_refused(path, values):
    assert refusal({path: values}) == f"config.yaml: {path}: {values[0]!r} stands there twice; allowed is once"


def numbers_of(value, path=""):
    """Paths of every number in config.yaml, also of those in lists."""
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in numbers_of(part, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for key, part in enumerate(value) for found in numbers_of(part, f"{path}.{key}")]
    return [path[1:]] if isinstance(value, int | float) and not isinstance(value, bool) else []


def with_number(path, number):
    values = json.loads(json.dumps(CONFIG))  # YAML's aliases are one entry at several places
    *blocks, key = path.split(".")
    entry = values
    for block in blocks:
        entry = entry[int(block) if isinstance(entry, list) else block]
    entry[int(key) if isinstance(entry, list) else key] = number
    return values


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("block", CONFIG)
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(block, number):
    for path in numbers_of(CONFIG[block], f".{block}"):
        with pytest.raises(ValueError) as refused:
            read_config(with_number(path, number))
        assert str(refused.value) == f"config.yaml: {path}: {number} is not allowed: numbers are finite"


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("networks.har-2b-unipolar.noise", lambda number: number),  # a number or a word
        ("own_networks.mine", lambda number: OWN | {"layers": [{"Dropout": {"p": number}}]}),  # torch's arguments
        ("own_networks.mine", lambda number: OWN | {"layers": [{"Fold": {"output_size": [4, {"a": number}]}}]}),
        ("variants.drift.times_s", lambda number: [0.0, number]),
        ("circuit.cell", lambda number: number),  # where a name belongs
        ("run.unknown", lambda number: number),
    ],
)
def test_so_is_one_among_other_types(path, value, number):
    answer = refusal({path: value(number)})
    assert answer.startswith(f"config.yaml: {path}") and "\n" not in answer
    assert answer.endswith(f": {number} is not allowed: numbers are finite")


def test_a_comparison_with_a_float_network_is_refused():
    told = "'har-float' is a float network, which stands on no crossbar"
    assert refusal({"comparisons.har-2b.unipolar": "har-float"}) == f"config.yaml: comparisons.har-2b.unipolar: {told}"


def test_a_block_alone_refuses_them_too():
    """Jobs read single blocks."""
    with pytest.raises(ValueError, match="pulse_ns: inf is not allowed: numbers are finite"):
        CircuitSpec(**CONFIG["circuit"] | {"pulse_ns": float("inf")})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"circuit.mappings": ["offset"]},
            "reference.mapping (of circuit.mappings): 'differential-crossbars' is not one of offset",
        ),
        ({"circuit.adc_laws": ["A", "D"]}, "reference.adc_law (of circuit.adc_laws): 'B' is not one of A, D"),
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


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"device": "few"}, "own_networks.mine: 8-bit weights in mapping differential-columns need 256 levels of 2"),
        (
            {"device": "few", "mapping": "offset", "weight_bits": 1},
            "own_networks.mine: 1-bit weights in mapping offset need 3 levels of 2",
        ),
        (
            {"layers": [{"Linear": {"in_features": 64, "out_features": 6}}]},
            "own_networks.mine.layers: 6 outputs; dataset digits has 10 classes",
        ),
        ({"crossbar": "narrow"}, "own_networks.mine: one output takes 2 columns; the arrays have 1"),
        ({"mapping": "unipolar"}, "own_networks.mine.mapping: unipolar takes weights of one sign"),
    ],
)
def test_an_own_network_on_hardware_that_cannot_hold_it_is_refused(own, told):
    assert refusal(FEW | NARROW | {"own_networks.mine": OWN | own}) == f"config.yaml: {told}"


def test_the_same_on_hardware_that_can_is_accepted():
    few = {"device": "few", "weight_bits": 1}
    assert read_config(changed(FEW | NARROW | {"own_networks.mine": OWN | few})).own_networks["mine"].device == "few"


@pytest.mark.parametrize("group", ["network", "layer", 1, 3, 4, 9])
def test_listed_signs_are_as_many_as_the_network_has_sub_matrices(group):
    """The configuration counts by itself: what it imports would not count as code of the jobs."""
    columns = [4, 9, 1]
    texts = ["+" * count for count in sub_matrix_counts(group, columns)]
    check_signs("here", SignSpec(group=group, assignment=texts), columns)
    with pytest.raises(ValueError, match=r"here\.signs.assignment: .* signs per layer"):
        check_signs("here", SignSpec(group=group, assignment=[*texts[:-1], texts[-1] + "-"]), columns)


BLOCKS = ["datasets", "architectures", "training", "networks", "devices", "crossbars", "variants", "comparisons"]
BLOCKS += ["own_networks", "searches"]
NAMES = ["a/b", "a b", "a|b", "a(b", "a*", "[a]", "a{b}", "a,b", "..", ".a", "-a", "+a", "", "é", "a\\b", "a" * 101]


def renamed(block, name):
    """config.yaml with one more entry of a block, equal to its first."""
    values = deepcopy(CONFIG)
    entries = values.setdefault(block, {})
    entries[name] = next(iter(entries.values()), OWN)
    return values


@pytest.mark.parametrize(
    ("block", "name"), [*((block, "a/b") for block in BLOCKS), *(("networks", name) for name in NAMES)]
)
def test_a_name_that_cannot_be_that_of_a_file_is_refused(block, name):
    with pytest.raises(ValueError) as refused:
        read_config(renamed(block, name))
    assert str(refused.value).splitlines()[0] == (
        f"config.yaml: {block}.{name}: {name!r} cannot name files; allowed are 1 to 100 of the letters a to z and "
        "A to Z, digits, '_', '.', '+' and '-', the first a letter, a digit or '_'"
    )


@pytest.mark.parametrize(("name", "kind"), [(2, "int"), (True, "bool"), (2.5, "float"), (None, "NoneType")])
def test_a_name_that_yaml_reads_as_no_text_is_refused(name, kind):
    with pytest.raises(ValueError, match=f"YAML reads the name {name} as {kind}; put it in quotes"):
        read_config(renamed("networks", name))


@pytest.mark.parametrize("name", ["2", "yes", "_a", "A.b-c_d+2", "a" * 100])
def test_other_names_are_accepted(name):
    assert name in read_config(renamed("networks", name)).networks


def test_a_dataset_without_a_reader_is_refused():
    told = refusal({"datasets.mnist": {"folds": 3}})
    assert (
        told == "config.yaml: datasets.mnist: modules of src/xbar/datasets: 'mnist' is not one of cifar10, digits, har"
    )


PLACES = {
    "~": "/home/me", "~/data": "/home/me/data", "$HOME/d": "/home/me/d", "${HOME}/d": "/home/me/d", "a/~/b": "a/~/b",
    "~root/x": f"{Path('~root').expanduser()}/x", "a {b} 'ü'$": "a {b} 'ü'$",
}  # fmt: skip


@pytest.mark.parametrize("given", PLACES)
def test_home_folders_and_variables_in_paths_are_replaced(monkeypatch, given):
    monkeypatch.setenv("HOME", "/home/me")
    own = {"own_networks.mine": OWN | {"weights": given}}
    found = read_config(changed(own | {"raw_data": given, "circuit.extra_components": [given]}))
    assert [found.raw_data, found.own_networks["mine"].weights, *found.circuit.extra_components] == [PLACES[given]] * 3
    assert read_config(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("$NO_SUCH/d", "'$NO_SUCH/d': the environment has no variable $NO_SUCH"),
        ("${NO_SUCH}", "'${NO_SUCH}': the environment has no variable ${NO_SUCH}"),
        ("~no-such-user/d", "'~no-such-user/d': no home folder is known for ~no-such-user; write the whole path"),
        ("~/d", "'~/d': no home folder is known for ~; write the whole path"),
        ("", "'' is no path of a file or folder"),
        (" ", "' ' is no path of a file or folder"),
        ("a\nb", "'a\\nb' is no path of a file or folder"),
    ],
)
def test_a_path_that_is_none_is_refused(monkeypatch, given, told):
    if given == "~/d":
        monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("NO_SUCH", raising=False)
    assert refusal({"raw_data": given}) == f"config.yaml: raw_data: {told}"


def test_the_workflow_refuses_an_unknown_law_before_any_job(tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"devices": {"pcm": {"ageing": "pmc"}}}))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--dry-run", "--cores", "1"]
    answer = subprocess.run(
        [*command, "--directory", str(tmp_path), "--configfile", str(tmp_path / "mine.yaml")],
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == "config.yaml: devices.pcm.ageing: 'pmc' is not one of none, pcm"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"architectures.digits-cnn.layers": [{"linear": 6}]},
            "networks.digits-float.architecture: digits-cnn: 6 outputs; dataset digits has 10 classes",
        ),
        ({"training.digits.batch": 1}, "training.digits.batch: 1 is not allowed: Input should be greater than or"),
    ],
)
def test_what_no_training_can_learn_from_is_refused(changes, told):
    assert refusal(changes).startswith(f"config.yaml: {told}")
