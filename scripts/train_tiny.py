"""Train the reference ResNet-8 further with the noise of the device; write its weights and its history."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.networks import TrainingSpec
from xbar.config.tiny import TinyHardwareSpec
from xbar.job import begin, checkpoint_of, forget
from xbar.network.storage import state_of
from xbar.tables import TRAINING, write_table
from xbar.tiny import accuracy, reference
from xbar.training.folds import Examples
from xbar.training.machine import choose_device, keep_freed_memory

snakemake = begin()

keep_freed_memory()
given, chosen = snakemake.params, snakemake.wildcards
spec, recipe = TinyHardwareSpec(**given.tinyml), TrainingSpec(**given.training)
device, crossbar = DeviceSpec(**given.device), CrossbarSpec(**given.crossbar)
train, _ = accuracy.examples_of(files.read_tensors(snakemake.input.dataset)[0], given.fold)
original = reference.network(files.read_tensors(snakemake.input.reference)[0])
options = {"bits": int(chosen.bits), "scale": chosen.scale, "condition": "trained"}
network = accuracy.on_crossbars(original, train.x, spec, device, crossbar, given.laws, **options)
checkpoint, machine = checkpoint_of(snakemake.output.weights, given.code), choose_device()
train = Examples(train.x.to(machine), train.y.to(machine))
about = {name: given[name] for name in ("tinyml", "device", "laws", "crossbar", "fold")}
about |= {name: files.checksum(snakemake.input[name]) for name in ("dataset", "reference")}
history = accuracy.train_further(
    network, original, train, recipe, seed=int(chosen.seed), checkpoint=checkpoint, about=about
)
files.write_tensors(snakemake.output.weights, state_of(network.cpu()), {"tinyml": given.tinyml})
write_table(snakemake.output.history, TRAINING, history, network=accuracy.NAME, seed=chosen.seed)
forget(checkpoint)
