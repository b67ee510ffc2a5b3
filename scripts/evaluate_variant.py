"""Evaluate a trained network on other hardware: accuracy.csv and errors.csv."""

from xbar.chips.deployment import Deployment
from xbar.chips.evaluate import evaluate_variant, spaced
from xbar.chips.mapped import map_network
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import ERRORS, VARIANTS, write_table
from xbar.training.folds import evaluation_splits, measurement_inputs
from xbar.training.machine import choose_device

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
given = snakemake.params
variant, device, crossbar = VariantSpec(**given.variant), DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
mapped = map_network(network, device, crossbar, mapping=variant.mapping, slice_bits=variant.slice_bits)
inputs = spaced(measurement_inputs(snakemake.input.dataset, about), variant.examples)
images, classes = evaluation_splits(snakemake.input.dataset, about)["test"]
test = spaced(images, variant.examples), spaced(classes, variant.examples)
deployment = Deployment(
    network, mapped, device, seed=about["seed"], laws=given.laws, variant=variant,
    read_voltage_V=given.read_voltage_V, inputs=inputs,
)  # fmt: skip
names = dict(snakemake.wildcards.items())
rows, errors = evaluate_variant(deployment, test, names, about["network"], given.device_name)
write_table(snakemake.output.accuracy, VARIANTS, rows)
write_table(snakemake.output.errors, ERRORS, errors)
