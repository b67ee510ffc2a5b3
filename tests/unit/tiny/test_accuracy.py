"""A small ResNet-8 on chips: prepared with one ADC gain, trained further, evaluated; few images, untrained weights."""

import pytest
import torch
from support import networks

from xbar.config.crossbars import CrossbarSpec
from xbar.config.networks import AugmentationSpec
from xbar.config.tiny import TinyChipsSpec, TinySharesSpec
from xbar.files import write_tensors
from xbar.network.contexts import crossbar_layers, matrix_layers, scales_of
from xbar.network.predict import accuracy
from xbar.network.storage import state_of
from xbar.tables import TINYML, read_text, write_table
from xbar.tiny import accuracy as tiny
from xbar.tiny import reference as reference_file
from xbar.tiny.networks import resnet_8
from xbar.training.folds import Examples

CROSSBAR = CrossbarSpec(rows=128, columns=64)
SPEC = TinyChipsSpec(
    device="any", crossbar="any", times_s=[25.0, 3600.0], compensations=["none", "array"], chips=2, test_images=16
)
RECIPE = networks.training_spec(
    AugmentationSpec(flip=True, shift=2).model_dump(), epochs=1, batch=16, learning_rate=1e-3, distillation=0.9,
    freeze_statistics=0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def reference():
    torch.manual_seed(0)
    return resnet_8(8).eval()  # with AVX2 alone, torch 2.15 breaks on fewer channels into a 1x1 convolution of stride 2


@pytest.fixture(scope="module")
def images():
    drawn = torch.Generator().manual_seed(1)
    x = torch.randint(0, 256, (32, 3, 32, 32), dtype=torch.uint8, generator=drawn)
    return Examples(x, torch.randint(0, 10, (32,), generator=drawn))


def mapped(reference, images, device, scale="gain", condition="direct", spec=SPEC):
    return tiny.on_crossbars(reference, images.x, spec, device, CROSSBAR, {}, bits=8, scale=scale, condition=condition)


@torch.no_grad()
def test_layers_have_one_adc_gain_and_ranges_of_their_own(reference, images):
    """The gain covers the largest sums of every layer in units of its own ranges; training meets it once."""
    one, own = (mapped(reference, images, networks.device_spec(), scale) for scale in ("gain", "layer"))
    gains = {id(scales.log_i_max): float(scales.log_i_max) for scales in scales_of(one)}
    assert len(gains) == 1 and len(scales_of(one)) == 10
    assert max(float(scales.log_i_max) for scales in scales_of(own)) == pytest.approx(*gains.values())
    assert len({float(scales.log_x_max) for scales in scales_of(one)}) > 5
    assert [float(a.log_w_max) for a in scales_of(one)] == [float(b.log_w_max) for b in scales_of(own)]


@torch.no_grad()
def test_each_condition_has_its_own_quantile_of_the_weights_at_full_scale(reference, images):
    spec = SPEC.model_copy(update={"weight_shares": TinySharesSpec(direct=1.0, trained=0.9)})
    made = (mapped(reference, images, networks.device_spec(), "layer", name, spec) for name in ("direct", "trained"))
    direct, trained = ([float(scales.w_max) for scales in scales_of(network)] for network in made)
    weights = [layer.weight.abs() for layer in matrix_layers(reference).values()]
    assert direct == pytest.approx([float(weight.max()) for weight in weights])
    assert trained == pytest.approx([float(weight.quantile(0.9)) for weight in weights], rel=0.08)


@pytest.mark.parametrize("mapping", ["paired-columns-mirrored", "two-crossbars"])
def test_a_chip_without_noise_is_the_quantised_network_at_any_time(reference, images, mapping):
    """Two crossbars are converted apart, by ADCs whose ranges are measured on inputs."""
    device, spec = networks.device_spec(programming_noise=0.0), SPEC.model_copy(update={"mapping": mapping})
    rows = list(tiny.chip_rows(mapped(reference, images, device), images, spec, device, CROSSBAR, {}, seed=0))
    assert len(rows) == 1 + 2 * 2 * 2 and len({row["accuracy"] for row in rows}) == 1
    assert {row["images"] for row in rows} == {16} and "chip" not in rows[0]


def test_training_changes_the_network_in_place_and_its_file_gives_it_back(reference, images, tmp_path):
    device = networks.device_spec(programming_noise=0.05)
    network, other = (mapped(reference, images, device) for _ in range(2))
    path = tmp_path / "checkpoint.pt"
    history = tiny.train_further(network, reference, images, RECIPE, seed=0, checkpoint=path, about={"fold": 1})
    assert len(history) == 1 and history[0]["loss"] > 0 and path.exists()
    before = crossbar_layers(other)["0.1"].weight
    assert not torch.equal(crossbar_layers(network)["0.1"].weight, before)
    norms = [part for part in network.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    assert all(torch.equal(norm.running_mean, torch.zeros_like(norm.running_mean)) for norm in norms)
    write_tensors(tmp_path / "weights.safetensors", state_of(network), {})
    tiny.take_over(other, state_of(network))
    with torch.no_grad():
        assert torch.equal(other(images.x.float()), network(images.x.float()))
    assert len({id(scales.log_i_max) for scales in scales_of(other)}) == 1


@pytest.mark.parametrize(("about", "resumed"), [({"fold": 1}, 1), ({"fold": 2}, 0)])
def test_a_killed_training_goes_on_only_where_all_that_decides_it_is_equal(
    reference, images, tmp_path, caplog, about, resumed
):
    caplog.set_level("INFO")
    device, path = networks.device_spec(), tmp_path / "checkpoint.pt"
    for told in ({"fold": 1}, about):
        network = mapped(reference, images, device)
        tiny.train_further(network, reference, images, RECIPE, seed=0, checkpoint=path, about=told)
    assert caplog.text.count("resumed after epoch 1") == resumed
    assert caplog.text.count("belongs to another recipe") == 1 - resumed


def test_a_file_of_another_network_is_refused(reference, images):
    network = mapped(reference, images, networks.device_spec())
    state = {name: value for name, value in state_of(network).items() if name != "6.weight"}
    with pytest.raises(ValueError, match=r"the file of the trained ResNet-8 lacks tensor '6\.weight'"):
        tiny.take_over(network, state)


def test_rows_are_those_of_the_table(reference, images, tmp_path):
    device = networks.device_spec()
    chips = tiny.chip_rows(mapped(reference, images, device), images, SPEC, device, CROSSBAR, {}, seed=3)
    rows = [tiny.float_row(reference, images, 16), *tiny.about_rows(chips, 8, "gain", "direct")]
    write_table(tmp_path / "tinyml.csv", TINYML, rows)
    found = read_text([tmp_path / "tinyml.csv"], TINYML)
    assert len(found) == 10 and [row["condition"] for row in found] == ["float", *["direct"] * 9]
    assert float(found[0]["accuracy"]) == accuracy(reference, Examples(images.x[:16].float(), images.y[:16]))
    assert {row["seed"] for row in found[1:]} == {"3"} and found[1]["chip"] == ""


def test_a_fold_is_no_part_of_the_training_and_takes_the_place_of_the_test_set(images):
    data = {"train_x": images.x, "train_y": images.y, "test_x": images.x[:3], "test_y": images.y[:3]}
    data["train_fold"] = torch.arange(32) % 4
    train, test = tiny.examples_of(data, 1)
    assert len(train.y) == 24 and torch.equal(test.x, images.x[1::4])
    assert [len(part.y) for part in tiny.examples_of(data, None)] == [32, 3]


def test_a_network_trained_here_is_read_as_the_reference_is(images, tmp_path):
    network = tiny.train_float(images, RECIPE, seed=0, checkpoint=tmp_path / "checkpoint.pt", about={})
    again = reference_file.network(reference_file.state_of(network))
    with torch.no_grad():
        assert torch.equal(again(images.x.float()), network.eval()(images.x.float()))
    other = tiny.train_float(images, RECIPE, seed=0, checkpoint=tmp_path / "other.pt", about={})
    assert torch.equal(other[6].weight, network[6].weight)
