"""Candidates trained for real: costs before and after, repeated trials, failures and limits."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from xbar.chips.mapped import weight_share
from xbar.config.networks import ArchitectureSpec
from xbar.config.polarity import SignSpec
from xbar.config.search import LimitsSpec, SearchSpec, SpaceSpec
from xbar.files import read_json, read_tensors
from xbar.hardware.laws import read_laws
from xbar.network.architecture import build_network
from xbar.network.contexts import crossbar_layers
from xbar.network.geometry import columns_of, layer_sizes
from xbar.search import trials
from xbar.search.limits import Size, appraiser, exceeded_limit, size_of, untrained_rows
from xbar.search.pool import Drawn
from xbar.search.setup import setup_of
from xbar.search.space import Candidate, candidate_of, draw_candidate, network_of
from xbar.search.trials import run_final, run_given, run_trials
from xbar.training.folds import split_fold, validation_fold
from xbar.training.loop import Training

REFERENCE = Path(__file__).parents[3] / "workflow/reference"
LAYERS = [{"conv": 8, "kernel": 3, "stride": 2}, {"average": 2}, {"linear": 10}]
ARCHITECTURE = {"activation": "crelu", "layers": LAYERS}
SIGNS = {"group": 4, "assignment": "learned"}


def proposal(trial=0, architecture=ARCHITECTURE, signs=SIGNS):
    candidate = Candidate(ArchitectureSpec.model_validate(architecture), signs and SignSpec.model_validate(signs))
    return {"trial": trial} | candidate.as_json()


class Fixed:
    """Draws the last of every list."""

    def suggest_categorical(self, name, choices):
        return choices[-1]

    def suggest_int(self, name, low, high):
        return high


def test_drawn_parameters_are_those_of_the_candidate(searched):
    space = searched.spec().space
    candidate = draw_candidate(Fixed(), space, 10, mixed=True)
    assert [(x.conv, x.kernel, x.stride, x.pool) for x in candidate.architecture.layers[:2]] == [(16, 3, 1, 2)] * 2
    assert candidate.architecture.layers[2].average == 4 and columns_of(candidate.architecture) == [16, 16, 10]
    assert candidate.signs == SignSpec(group=4, assignment="learned")
    assert draw_candidate(Fixed(), space, 10, mixed=False).signs is None
    assert candidate_of(candidate.as_json()) == candidate


def test_without_lists_of_layers_the_architecture_stays():
    space = SpaceSpec(group=["layer", 4], assignment=["positive", "alternate"])
    fixed = ArchitectureSpec.model_validate(ARCHITECTURE)
    candidate = draw_candidate(Fixed(), space, 10, mixed=True, fixed=fixed)
    assert candidate == Candidate(fixed, SignSpec(group=4, assignment="alternate"))


@pytest.mark.parametrize(("group", "assignment"), [([4], "positive"), (["layer", "network"], "alternate")])
def test_one_sign_is_one_candidate_whatever_its_groups(group, assignment):
    space, fixed = SpaceSpec(group=group, assignment=[assignment]), ArchitectureSpec.model_validate(ARCHITECTURE)
    candidate = draw_candidate(Fixed(), space, 10, mixed=True, fixed=fixed)
    assert candidate.signs == SignSpec(group="network", assignment="positive")


def test_trials_start_and_learn_from_the_float_networks_of_their_fold(searched, tmp_path, monkeypatch):
    """Other bytes in those files are other trials."""
    paths = [tmp_path / name for name in ("started", "learned")]
    for path in paths:
        path.write_text(path.name)
    setup = searched.setup()._replace(warm_start=paths[0], teacher=paths[1])
    seen = []

    def train(*_, warm_start, teacher, **named):
        seen.append((warm_start.name, teacher.name))
        raise ValueError("seen")

    monkeypatch.setattr(trials, "train_network", train)
    list(run_trials(setup, [proposal()], tmp_path, code="c"))
    assert seen == [("started", "learned")]
    list(run_trials(setup, [proposal()], tmp_path, code="c"))
    assert len(seen) == 1
    paths[1].write_text("trained anew")
    list(run_trials(setup, [proposal()], tmp_path, code="c"))
    assert len(seen) == 2


def test_searched_signs_are_one_per_sub_matrix(searched):
    space = searched.spec().space.model_copy(update={"assignment": ["searched"], "group": [4]})
    signs = draw_candidate(Fixed(), space, 10, mixed=True).signs
    assert signs.assignment == ["----", "----", "---"]


def test_size_counts_rows_and_columns(searched):
    """Rows by hand: 2 x 1 x 9 inputs behind the split, then 2 x 8 x 2 x 2 behind CReLU and the mean."""
    candidate = candidate_of(proposal())
    spec = network_of(searched.base, candidate)
    rows = untrained_rows(layer_sizes(candidate.architecture, (1, 8, 8), polarity=spec.polarity))
    size = size_of(spec, rows, searched.target)
    assert (size.rows, size.columns, size.weights) == (64, 10, 18 * 8 + 64 * 10)
    assert size.products == 18 * 8 * 16 + 64 * 10  # 4 x 4 positions of the strided convolution
    idle = size_of(spec, [row | {"activity": 0.1, "weight_mean": 0.1} for row in rows], searched.target)
    assert idle.area_um2 == size.area_um2 and idle.energy_pJ < size.energy_pJ


@pytest.mark.parametrize("name", LimitsSpec.model_fields)
def test_each_limit_is_held(name):
    size = Size(10, 20, 200, 400, 5.0, 7.0)
    at = getattr(size, name)
    assert exceeded_limit(LimitsSpec.model_validate({name: at}), size, measured=True) is None
    tight = LimitsSpec.model_validate({name: at - 1})
    assert exceeded_limit(tight, size, measured=True) == f"{name} {at:g} exceeds {at - 1:g}"
    assert (exceeded_limit(tight, size, measured=False) is None) == (name == "energy_pJ")


def test_candidates_that_do_not_fit_are_refused(searched):
    appraise = appraiser(searched.setup(limits={"columns": 9}), (1, 8, 8))
    assert appraise(candidate_of(proposal())).refused == "columns 10 exceeds 9"
    large = ARCHITECTURE | {"layers": [{"conv": 8, "kernel": 9}, {"linear": 10}]}
    appraise = appraiser(searched.setup(), (1, 8, 8))
    assert appraise(candidate_of(proposal(architecture=large))) == (
        None, "arrays of 72 rows cannot hold a kernel of 81, that of layer 0",
    )  # fmt: skip
    size, refused = appraise(candidate_of(proposal()))
    assert refused is None and size.weights == 18 * 8 + 64 * 10


def test_what_cannot_be_built_is_refused_and_nothing_else(searched):
    """Arrays of 16 rows hold kernels of 3 x 3 and not of 5 x 5; signs are drawn or listed, right or wrong."""
    crossbar = searched.target.crossbar.model_copy(update={"rows": 16})
    setup = searched.setup()._replace(target=searched.target._replace(crossbar=crossbar))
    space = searched.spec().space.model_copy(update={"kernel": [1, 3, 5], "assignment": ["searched", "learned"]})
    appraise, stream, built = appraiser(setup, (1, 8, 8)), np.random.default_rng(0), []
    for place in range(60):
        candidate = draw_candidate(Drawn(stream), space, 10, mixed=True)
        if place % 6 == 0:
            candidate = candidate._replace(signs=SignSpec(group="layer", assignment=["+", "-"]))
        try:
            build_network(network_of(setup.base, candidate), candidate.architecture, crossbar, (1, 8, 8))
            built.append(True)
        except ValueError:
            built.append(False)
        assert (appraise(candidate).size is not None) == built[-1]
    assert 10 < sum(built) < 50


def test_trials_are_repeatable_and_never_repeated(searched, tmp_path, monkeypatch):
    setup = searched.setup(chips=1, epochs=8)
    found = [list(run_trials(setup, [proposal(3)], tmp_path / name, code="c")) for name in "ab"]
    assert found[0] == found[1]
    assert found[0][0]["state"] == "complete" and 0.2 < found[0][0]["accuracy"] <= 1
    assert [len(text) for text in found[0][0]["found_signs"]] == [8, 10]

    def never(*arguments):
        raise AssertionError("a finished trial was made again")

    monkeypatch.setattr(trials, "_measured", never)
    assert list(run_trials(setup, [proposal(3)], tmp_path / "a", code="c")) == found[0]
    for other in (setup._replace(seed=1), setup._replace(search=searched.spec(chips=2))):
        with pytest.raises(AssertionError, match="made again"):
            list(run_trials(other, [proposal(3)], tmp_path / "a", code="c"))
    with pytest.raises(AssertionError, match="made again"):
        list(run_trials(setup, [proposal(3)], tmp_path / "a", code="other code"))


def job_with(setup, files):
    """What Snakemake hands to a job of this setup, with the present content of other files."""
    specs = {"search": setup.search, "network": setup.base, "training": setup.training, "circuit": setup.target.circuit}
    specs |= {"device": setup.target.device, "crossbar": setup.target.crossbar}
    specs |= {"architecture": setup.architecture}
    params = {name: spec.model_dump() for name, spec in specs.items()} | {"folds": 3, "finals_training": None}
    params["search"] = setup.search.model_dump(include=set(SearchSpec.model_fields))
    params |= {"components": [files["components"], files["extra components"]], "laws": read_laws(files["laws"])}
    given = SimpleNamespace(
        dataset=files["dataset"], get=lambda role, otherwise: [files["teacher"]] if role == "teachers" else otherwise
    )
    return SimpleNamespace(
        input=given, params=SimpleNamespace(**params, get=params.get), wildcards=SimpleNamespace(search_seed="0")
    )  # fmt: skip


@pytest.mark.parametrize("changed", ["dataset", "teacher", "components", "extra components", "laws", "noise"])
def test_trials_are_made_anew_where_an_input_changed(searched, tmp_path, monkeypatch, changed):
    files = {name: tmp_path / name for name in ("dataset", "teacher", "components", "extra components", "laws")}
    prices = (REFERENCE / "components.csv").read_text()
    tables = {
        "components": prices,
        "extra components": prices.splitlines()[0] + "\ndtc-counter,area,30,um2,40,8,,measured,",
        "laws": (REFERENCE / "devices.csv").read_text(),
    }
    for name, path in files.items():
        path.write_text(tables.get(name, name))
    seen = []
    monkeypatch.setattr(trials, "together", lambda dataset, folds: nullcontext(dataset))
    monkeypatch.setattr(trials, "_measured", lambda *_: seen.append(1) or {"state": "complete"})

    def trained(**changes):
        setup = setup_of(job_with(searched.setup(), files))._replace(**changes)
        (found,) = run_trials(setup, [proposal()], tmp_path / "trials", code="c")
        assert found["state"] == "complete"
        return len(seen)

    assert [trained(), trained()] == [1, 1]
    if changed == "noise":
        assert trained(noise=(0.1, 0.2)) == 2
    else:
        files[changed].write_text(_changed_number(tables[changed]) if changed in tables else "changed")
        assert trained() == 2


def _changed_number(table):
    """A table with another value in its first row."""
    head, first, *rest = table.splitlines()
    names, cells = head.split(","), first.split(",")
    cells[names.index("value")] = str(2 * float(cells[names.index("value")]) + 1)
    return "\n".join([head, ",".join(cells), *rest])


def test_folds_are_held_out_together_and_accuracy_is_the_mean_over_them_and_chips(searched, tmp_path, monkeypatch):
    seen, trained, train = [], [], trials.train_network

    def accuracies(network, chips, examples):
        """Every chip holds other weights than the network: its devices are noisy."""
        for chip in chips:
            seen.append(len(examples.y))
            errors = chip[0].columns[0].weight - weight_share(chip[0].layer)
            assert 0.02 < float(errors.std()) < 0.1
        return [len(seen) / 10 - 0.1, len(seen) / 10]

    def train_network(*given, seed, **named):
        data, _ = read_tensors(given[4])
        trained.append([len(part.y) for part in split_fold(data, validation_fold(data, seed))])
        return train(*given, seed=seed, **named)

    monkeypatch.setattr(trials, "accuracies", accuracies)
    monkeypatch.setattr(trials, "train_network", train_network)
    (found,) = run_trials(searched.setup(chips=2, folds=[0, 2]), [proposal()], tmp_path, code="c")
    assert trained == [[100, 200]] and seen == [100] * 4
    assert found["fold_accuracies"] == pytest.approx([0.15, 0.35]) and found["accuracy"] == pytest.approx(0.25)
    assert found["chip_deviation"] == pytest.approx(np.std([0.2, 0.3]))
    assert found["state"] == "complete" and found["epochs"] == 3
    assert found["work"] == pytest.approx(2.5 + 3 * (100 // 64) * (0.015 + 0.019e-6 * found["products"]), abs=1e-3)


def test_an_epoch_of_less_than_a_batch_is_one_step_of_work(searched):
    setup, training = searched.setup(), searched.setup().training
    data = setup.dataset
    assert trials.steps_of(data, [0, 2], training.model_copy(update={"epochs": 5, "batch": 101})) == 5
    assert trials.steps_of(data, [0, 2], training.model_copy(update={"epochs": 5, "batch": 50})) == 10


def test_finals_are_full_trainings_on_one_fold(searched, tmp_path):
    setup = searched.setup(chips=1)._replace(finals_training=searched.setup().training.model_copy(update={"epochs": 4}))
    finalist = proposal(7) | {"search_seed": 3}
    found = [run_final(setup, finalist, fold, tmp_path, code="c") for fold in (1, 2, 1)]
    assert [(one["fold"], one["trial"], one["search_seed"]) for one in found] == [(1, 7, 3), (2, 7, 3), (1, 7, 3)]
    assert found[0] == found[2] and len(list(tmp_path.glob("*.json"))) == 2
    assert len(found[0]["fold_accuracies"]) == 1 and found[0]["accuracy"] != found[1]["accuracy"]


def test_the_network_given_is_the_entry_of_the_search(searched, tmp_path):
    """Limits are of candidates: a network that exceeds them is what a search may be to replace."""
    brief = searched.setup().training.model_copy(update={"epochs": 2})
    setup = searched.setup(chips=1, limits={"energy_pJ": 1.0})._replace(finals_training=brief)
    found = run_given(setup, 1, tmp_path, code="c")
    assert candidate_of(found) == Candidate(setup.architecture, setup.base.signs)
    assert (found["trial"], found["search_seed"], found["state"]) == (None, None, "complete")
    assert run_final(setup, found, 1, tmp_path, code="c")["state"] == "beyond"


def test_failures_and_excesses_are_recorded_with_their_reason(searched, tmp_path, monkeypatch):
    (found,) = run_trials(searched.setup(limits={"energy_pJ": 1.0}), [proposal()], tmp_path / "a", code="c")
    assert found["state"] == "beyond" and found["reason"].startswith("energy_pJ ")

    def broken(*arguments, **named):
        raise ValueError("too large\nand a long story")

    monkeypatch.setattr(trials, "train_network", broken)
    found = list(run_trials(searched.setup(), [proposal(0), proposal(1)], tmp_path / "b", code="c"))
    assert [(result["state"], result["reason"]) for result in found] == [("failed", "ValueError: too large")] * 2
    assert len(list((tmp_path / "b").glob("*.json"))) == 2
    assert read_json(next((tmp_path / "b").glob("trial0.*.json"))) == found[0]


def test_a_trial_that_diverges_is_a_failed_one_and_the_next_goes_on(searched, tmp_path, monkeypatch):
    setup, rate = searched.setup(chips=1), {"learning_rate": 1e30}
    wild = setup._replace(training=setup.training.model_copy(update=rate))
    (found,) = run_trials(wild, [proposal()], tmp_path, code="c")
    assert found["state"] == "failed" and "accuracy" not in found
    assert found["reason"].startswith("FloatingPointError: training diverged in epoch 1 of 3: ")
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]
    monkeypatch.setattr(trials, "train_network", None)
    assert list(run_trials(wild, [proposal()], tmp_path, code="c")) == [found]  # not trained again


def test_a_want_of_memory_ends_the_job_and_not_the_trial(searched, tmp_path, monkeypatch):
    """Behind the training: the second attempt goes on from its last epoch and finds what one without failure does."""
    setup = searched.setup(chips=1, folds=[0, 2])
    (whole,) = run_trials(setup, [proposal()], tmp_path / "whole", code="c")

    def short(*arguments):
        raise RuntimeError("not enough memory\nand a long story")

    with monkeypatch.context() as patched:
        patched.setattr(trials, "chip_accuracies", short)
        with pytest.raises(RuntimeError, match="not enough memory"):
            list(run_trials(setup, [proposal()], tmp_path / "short", code="c"))
    assert [path.suffix for path in (tmp_path / "short").iterdir()] == [".pt"]
    trained, epoch = [], Training._epoch
    monkeypatch.setattr(Training, "_epoch", lambda self, number: trained.append(self.seed) or epoch(self, number))
    assert list(run_trials(setup, [proposal()], tmp_path / "short", code="c")) == [whole]
    assert not trained  # its three epochs were done
    for folder in ("whole", "short"):
        assert [path.suffix for path in (tmp_path / folder).iterdir()] == [".json"]


def test_a_trial_killed_while_its_result_is_written_loses_no_training(searched, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError("disk full")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="disk full"):
        patched.setattr(trials, "write_json", full)
        list(run_trials(searched.setup(chips=1), [proposal()], tmp_path, code="c"))
    assert [path.suffix for path in tmp_path.iterdir()] == [".pt"]


def test_shifted_input_halves_the_rows_of_the_first_layer(searched):
    whole = candidate_of(proposal(architecture=ARCHITECTURE | {"input": "shifted"}))
    network = build_network(network_of(searched.base, whole), whole.architecture, searched.target.crossbar, (1, 8, 8))
    first, inputs = crossbar_layers(network)["layer0"], torch.linspace(-1, 1, 64).view(1, 1, 8, 8)
    assert first.weight.shape[1] == 1
    torch.testing.assert_close(first.on_rows(inputs), inputs + 2.0)
