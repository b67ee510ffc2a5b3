"""Train ResNet-8 in floating point without one fold of the training images of CIFAR-10, to choose recipes with."""

from xbar import files
from xbar.config.networks import TrainingSpec
from xbar.job import begin, checkpoint_of, forget
from xbar.tiny import accuracy, reference
from xbar.training.folds import Examples
from xbar.training.machine import choose_device, keep_freed_memory

snakemake = begin()

keep_freed_memory()
given, machine = snakemake.params, choose_device()
fold, about = int(snakemake.wildcards.fold), {"dataset": files.checksum(snakemake.input.dataset)}
train, _ = accuracy.examples_of(files.read_tensors(snakemake.input.dataset)[0], fold)
train = Examples(train.x.to(machine), train.y.to(machine))
checkpoint = checkpoint_of(snakemake.output.weights, given.code)
recipe = TrainingSpec(**given.training)
network = accuracy.train_float(train, recipe, seed=0, checkpoint=checkpoint, about=about)
files.write_tensors(snakemake.output.weights, reference.state_of(network.cpu()), {"training": given.training})
forget(checkpoint)
