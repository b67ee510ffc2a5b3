"""CIFAR-10 without one fold of its training images -> ResNet-8 trained on the rest, on which recipes may be chosen"""

from pathlib import Path

from xbar import files
from xbar.config.networks import TrainingSpec
from xbar.job import begin
from xbar.tiny import accuracy, reference
from xbar.training.folds import Examples
from xbar.training.machine import choose_device, keep_freed_memory

snakemake = begin()

keep_freed_memory()
given, machine = snakemake.params, choose_device()
train, _ = accuracy.examples_of(files.read_tensors(snakemake.input.dataset)[0], int(snakemake.wildcards.fold))
train = Examples(train.x.to(machine), train.y.to(machine))
checkpoint = Path(snakemake.output.weights).with_suffix(f".{given.code[:12]}.pt")
network = accuracy.train_float(train, TrainingSpec(**given.training), seed=0, checkpoint=checkpoint)
files.write_tensors(snakemake.output.weights, reference.state_of(network.cpu()), {"training": given.training})
checkpoint.unlink(missing_ok=True)
