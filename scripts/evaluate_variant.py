"""weights.safetensors, dataset, device laws -> accuracy.csv, errors.csv of a network on other hardware"""

from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.variants import VariantSpec
from xbar.job import begin
from xbar.network.storage import read_network
from xbar.tables import ERRORS, VARIANTS, write_table
from xbar.training.evaluate import evaluation_splits
from xbar.training.machine import choose_device
from xbar.training.variants import Bench, evaluate_variant, measurement_inputs

snakemake = begin()

network, about = read_network(snakemake.input.weights)
network.to(choose_device())
given = snakemake.params
bench = Bench(
    network,
    VariantSpec(**given.variant),
    DeviceSpec(**given.device),
    CrossbarSpec(**given.crossbar),
    given.laws,
    measurement_inputs(snakemake.input.dataset, about),
    seed=about["seed"],
)
test = evaluation_splits(snakemake.input.dataset, about)["test"]
rows, errors = evaluate_variant(bench, test, dict(snakemake.wildcards.items()), about["network"], given.device_name)
write_table(snakemake.output.accuracy, VARIANTS, rows)
write_table(snakemake.output.errors, ERRORS, errors)
