"""The blocks of config.yaml, each by itself: what is no value of a field is refused in one line that names the key."""

import json
from copy import deepcopy
from itertools import cycle
from pathlib import Path

import pytest
from support.configuration import CONFIG, OWN, changed, refusal

from xbar.config.circuit import CircuitSpec
from xbar.config.config import read_config


@pytest.mark.parametrize("path", ["run.networks", "run.comparisons", "run.variants", "run.searches"])
def test_a_name_twice_is_refused(path):
    name = next(iter(CONFIG[path.split(".")[1]]))
    assert refusal({path: [name, name]}) == f"config.yaml: {path}: duplicate entry '{name}'"


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
        ("circuit.mappings", ["offset-column", "offset-column"]),
        ("circuit.banks", ["largest", "largest"]),
    ],
)
def test_a_value_twice_is_refused(path, values):
    assert refusal({path: values}) == f"config.yaml: {path}: duplicate entry {values[0]!r}"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("claims.conditions", [], "List should have at least 1 item after validation, not 0"),
        ("own_networks.mine", OWN | {"fine_tuning": {"noise": 4}}, "noise"),
        ("hybrid.repair.rules.float", {"learning_rate": 0.1}, "should be 'accumulate' or 'every-step'"),
    ],
)
def test_what_nothing_could_use_is_refused(path, value, message):
    told = refusal({path: value})
    assert told.startswith(f"config.yaml: {path}") and message in told


def numbers_of(value, path=""):
    """Paths of every number in config.yaml, also of those in lists."""
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in numbers_of(part, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for key, part in enumerate(value) for found in numbers_of(part, f"{path}.{key}")]
    return [path[1:]] if isinstance(value, int | float) and not isinstance(value, bool) else []


OF_ENTRIES = {"datasets", "architectures", "training", "networks", "searches", "devices", "crossbars", "variants"}


def one_of_each_kind(paths):
    """Entries of a block and places of a list are alike, whatever their names and numbers."""
    kinds = {}
    for path in paths:
        block, name, *rest = [*path.split("."), ""]
        entry = "*" if block in OF_ENTRIES else name
        kinds.setdefault((block, entry, *("*" if part.isdigit() else part for part in rest)), path)
    return list(kinds.values())


def with_number(path, number):
    values = json.loads(json.dumps(CONFIG))  # YAML's aliases are one entry at several places
    *blocks, key = path.split(".")
    entry = values
    for block in blocks:
        entry = entry[int(block) if isinstance(entry, list) else block]
    entry[int(key) if isinstance(entry, list) else key] = number
    return values


@pytest.mark.parametrize("block", CONFIG)
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(block):
    numbers = cycle([float("inf"), float("-inf"), float("nan")])
    for path, number in zip(one_of_each_kind(numbers_of(CONFIG[block], f".{block}")), numbers, strict=False):
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


def test_a_block_alone_refuses_them_too():
    """Jobs read single blocks."""
    with pytest.raises(ValueError, match="pulse_ns: inf is not allowed: numbers are finite"):
        CircuitSpec(**CONFIG["circuit"] | {"pulse_ns": float("inf")})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pulse_ns", 1e14),
        ("sample_rate_MHz", 1e-16),
        ("digital_rate_MHz", 1e-14),
        ("pulse_ns", 1e-9),
        ("sample_rate_MHz", 20e6),
        ("digital_rate_MHz", 80e6),
    ],
)
def test_times_that_no_simulation_counts_and_values_in_other_units_are_refused(key, value):
    with pytest.raises(ValueError, match=f"{key}\n.*Input should be (less|greater) than or equal to"):
        CircuitSpec(**CONFIG["circuit"] | {key: value})


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


def test_an_example_alone_has_no_variance_to_learn_from():
    told = "config.yaml: training.digits.batch: 1 is not allowed: Input should be greater"
    assert refusal({"training.digits.batch": 1}).startswith(told)


@pytest.mark.parametrize(
    ("seeds", "told"),
    [
        (0, "default: 0 is not allowed"),
        ("few", "default: 'few' is not allowed"),
        ({"default": 1, "har-float": 1.5}, "har-float: 1.5 is not allowed"),
    ],
)
def test_numbers_of_seeds_are_whole(seeds, told):
    assert refusal({"run.seeds": seeds}).startswith(f"config.yaml: run.seeds.{told}")


def test_networks_that_are_not_named_need_a_number_of_seeds():
    told = "config.yaml: run: seeds: default is missing; allowed are one number, or numbers by network and a default"
    assert refusal({"run.seeds": {"har-float": 5}}) == told


def test_one_number_of_seeds_is_that_of_every_network():
    assert read_config(changed({"run.seeds": 2})).run.seeds == {"default": 2}


def test_a_missing_key_is_named_without_the_block_around_it():
    claims = {name: rule for name, rule in CONFIG["claims"].items() if name != "failure_points"}
    assert refusal({"claims": claims}) == "config.yaml: claims.failure_points: missing key"


def test_of_two_averages_in_a_row_the_second_would_replace_the_first():
    layers = [{"conv": 4}, {"average": 4}, {"average": 2}, {"linear": 10}]
    told = refusal({"architectures.mine": {"activation": "relu", "layers": layers}})
    assert "architectures.mine" in told and "two average layers in a row; allowed is one before each" in told
