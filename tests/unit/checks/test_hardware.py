"""Hardware that cannot hold a network is refused before anything runs, in one line."""

import pytest
from support.configuration import OWN, changed, checked, refusal

from xbar.checks.hardware import check_hardware, check_tiny, check_variant
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import ArchitectureSpec, NetworkSpec
from xbar.config.variants import VariantSpec

ARCHITECTURE = ArchitectureSpec.model_validate(
    {"activation": "relu", "layers": [{"conv": 4, "kernel": 9}, {"linear": 3}]}
)
DEVICE = {"g_min_uS": 0.0, "g_max_uS": 25.0, "programming_noise": 0.0}
CROSSBAR = CrossbarSpec(rows=64, columns=64)
FEW = {"devices.few": DEVICE | {"levels": 2}}
NARROW = {"crossbars.narrow": {"rows": 64, "columns": 1}}


def network(polarity="signed", bits=4):
    about = {"dataset": "d", "architecture": "a", "polarity": polarity, "training": "t"}
    analog = {} if polarity == "float" else {"weight_bits": bits, "scale": "network"}
    return NetworkSpec.model_validate(about | analog)


def hardware(polarity="signed", device=None, crossbar=CROSSBAR, axes=1, **chosen):
    found = DeviceSpec(**DEVICE | (device or {}))
    check_hardware("here", network(polarity), ARCHITECTURE, found, crossbar, axes, **chosen)


@pytest.mark.parametrize("mapping", ["paired-columns-mirrored", "two-crossbars", "offset-column", None])
def test_possible_hardware_is_let_through(mapping):
    hardware(mapping=mapping)
    hardware("unipolar", mapping=mapping)
    hardware("unipolar", mapping="unipolar")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mapping": "unipolar"}, "unipolar holds no negative weights"),
        ({"device": {"levels": 15}}, "need devices of 16 levels; those here have 15"),
        ({"device": {"levels": 30}, "mapping": "offset-column"}, "need devices of 31 levels; those here have 30"),
        ({"crossbar": CrossbarSpec(rows=8, columns=64)}, "kernel of 9 positions does not fit into arrays of 8 rows"),
        ({"axes": 2}, "kernel of 81 positions does not fit into arrays of 64 rows"),
        ({"crossbar": CrossbarSpec(rows=64, columns=1)}, "one output takes 2 columns"),
        (
            {"polarity": "unipolar", "device": {"g_min_uS": 1.0}, "crossbar": CrossbarSpec(rows=64, columns=1)},
            "takes 2",
        ),
    ],
)
def test_impossible_hardware_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        hardware(**arguments)
    assert str(error.value).startswith("here") and "\n" not in str(error.value)


def test_slices_need_fewer_levels():
    hardware(device={"levels": 4}, device_bits=2)


@pytest.mark.parametrize(
    ("polarity", "chosen", "message"),
    [
        ("float", {}, "floating-point networks are not mapped"),
        ("signed", {"slice_bits": 3}, "slice_bits: 3 is not allowed; weights of 4 bits allow 1, 2$"),
        ("signed", {"slice_bits": 4}, "slice_bits: 4 is not allowed; weights of 4 bits allow 1, 2$"),
        ("signed", {"times_s": [25.0]}, "need a device with ageing"),
        ("signed", {"compensations": ["array"]}, "need a device with ageing"),
        ("signed", {"redraw_read_noise": True}, "redraw_read_noise needs a device with read_noise above 0"),
        (
            "signed",
            {"adc_bits": 4, "adc_curve": {"inl_lsb": 4.5}},
            "adc_curve.inl_lsb: 4.5 turns 4 bits back; allowed .* 4.46",
        ),
        ("signed", {"dac_curve": {"inl_lsb": 99.0}}, "dac_curve.inl_lsb: 99 turns"),
    ],
)
def test_impossible_variants_are_refused(polarity, chosen, message):
    variant = VariantSpec(chips=1, **chosen)
    with pytest.raises(ValueError, match=message) as error:
        check_variant("here", variant, network(polarity), DeviceSpec(**DEVICE))
    assert str(error.value).startswith("here") and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (
            {"device": "few"},
            "own_networks.mine: 8-bit weights in mapping paired-columns-mirrored need devices of 256 levels; those here"
            " have 2",
        ),
        (
            {"device": "few", "mapping": "offset-column", "weight_bits": 1},
            "own_networks.mine: 1-bit weights in mapping offset-column need devices of 3 levels; those here have 2",
        ),
        (
            {"layers": [{"Linear": {"in_features": 64, "out_features": 6}}]},
            "own_networks.mine.layers: 6 outputs; dataset digits has 10 classes",
        ),
        ({"crossbar": "narrow"}, "own_networks.mine: one output takes 2 columns; the arrays have 1"),
        (
            {"mapping": "unipolar"},
            "own_networks.mine.mapping: unipolar holds no negative weights; a signed network has them",
        ),
        (
            {"polarity": "unipolar", "fine_tuning": {"epochs": 1}, "mapping": "two-crossbars"},
            "own_networks.mine.mapping: two-crossbars is for signed weights; unipolar ones have the mapping unipolar",
        ),
    ],
)
def test_an_own_network_on_hardware_that_cannot_hold_it_is_refused(own, told):
    assert refusal(FEW | NARROW | {"own_networks.mine": OWN | own}) == f"config.yaml: {told}"


def test_the_same_on_hardware_that_can_is_accepted():
    few = {"device": "few", "weight_bits": 1}
    assert checked(changed(FEW | NARROW | {"own_networks.mine": OWN | few})).own_networks["mine"].device == "few"


@pytest.mark.parametrize(("key", "name"), [("device", "none"), ("crossbar", "none"), ("networks", ["none"])])
def test_a_variant_of_what_does_not_exist_is_refused(key, name):
    assert refusal({f"variants.drift.{key}": name}).startswith(f"config.yaml: variants.drift.{key}: 'none' is not one")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("device", "none", "tinyml.device: 'none' is not one of"),
        ("float_training", "none", "tinyml.float_training: 'none' is not one of"),
        ("float_training", "cifar10-uniform", "tinyml.float_training: 'cifar10-uniform' has a distillation; there is"),
        ("device", "nvm", "tinyml: times_s and compensations need a device with ageing"),
        ("fold", 20, "tinyml.fold: 20 is none of the folds of cifar10; allowed are 0 to 19"),
    ],
)
def test_what_the_networks_of_mlperf_tiny_need_is_there(key, value, told):
    assert refusal({f"tinyml.{key}": value}).startswith(f"config.yaml: {told}")


def test_a_fold_of_mlperf_tiny_needs_the_data_set_that_has_folds():
    config = checked(changed({"tinyml.fold": 3}))
    with pytest.raises(ValueError, match=r"^tinyml.fold: its folds are those of datasets.cifar10, which is missing$"):
        check_tiny(config.model_copy(update={"datasets": {"har": config.datasets["har"]}}))


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"solver": "exact"}, "solver: exact needs wire_ohm above 0; without wires there is nothing to solve"),
        ({"sinh_V": 0.009}, "sinh_V: 0.009 is too small; allowed is from 0.01, read_voltage_V/20"),
        ({"sinh_V": 0.0}, "sinh_V: 0.0 is not allowed"),
        ({"adc_curve": {"missing": 1.1}}, "adc_curve.missing: 1.1 is not allowed"),
        ({"dac_curve": {"dnl_lsb": -0.1}}, "dac_curve.dnl_lsb: -0.1 is not allowed"),
        ({"adc_curve": {"dnl_lsb": 1e308}}, "adc_curve.dnl_lsb: 1e+308 is not allowed"),
    ],
)
def test_a_variant_of_impossible_parts_is_refused_in_one_line(chosen, told):
    whole = refusal({f"variants.drift.{key}": value for key, value in chosen.items()})
    assert whole.startswith("config.yaml: variants.drift") and told in whole and "\n" not in whole


def test_arrays_larger_than_the_converters_are_scaled_for_are_refused():
    """Full scales of ADCs belong to the sums of the rows of training."""
    own = {"networks": ["har-2b-unipolar-small"], "crossbar": "array-1152x256"}
    whole = refusal({f"variants.small-arrays.{key}": value for key, value in own.items()})
    told = "arrays of 1152 rows; array-128x128, for which its networks were trained, has 128; allowed are no more"
    assert whole == f"config.yaml: variants.small-arrays.crossbar: {told}"


def test_cells_of_netlists_have_currents_that_can_be_computed():
    assert "netlist.sinh_V: 1e-05 is too small; allowed is from" in refusal({"netlist.sinh_V": 1e-5})


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("scratch.architecture", "none", "hybrid.scratch.architecture: 'none' is not one of"),
        ("repair.device", "none", "hybrid.repair.device: 'none' is not one of"),
        ("repair.networks", ["har-2b-unipolar"], "hybrid.repair.networks: 'har-2b-unipolar' is not one of"),
        ("repair.rules", {}, "hybrid.repair.rules: '"),
        ("repair.methods", ["batch-norm"], "hybrid.repair.methods: 'none' is missing; the others"),
        ("repair.stuck_off", 0.995, "hybrid.repair: stuck_off 0.995 and stuck_on 0.01 exceed 1 together"),
        ("scratch.dataset", "har", "hybrid.scratch.architecture: digits-cnn: 10 outputs; dataset har has 6 classes"),
        ("scratch.rules", {}, "hybrid.scratch.rules: empty"),
        ("writing.pulses", 10**12, "hybrid.writing.pulses: 1000000000000 is not allowed"),
    ],
)
def test_what_training_on_devices_needs_is_there(key, value, told):
    assert refusal({f"hybrid.{key}": value}).startswith(f"config.yaml: {told}")
