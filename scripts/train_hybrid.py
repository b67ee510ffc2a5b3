"""Train a network from random weights by one rule of updates; write its accuracy and what its cells took."""

from xbar import files
from xbar.config.crossbars import CrossbarSpec
from xbar.config.hybrid import ScratchSpec, WritingSpec
from xbar.config.networks import ArchitectureSpec
from xbar.hybrid.law import read_pulse_law
from xbar.hybrid.scratch import Blank, train_scratch
from xbar.job import begin
from xbar.tables import HYBRID, write_table

snakemake = begin()

given, chosen = snakemake.params, snakemake.wildcards
spec = ScratchSpec(**given.scratch)
architecture, crossbar = ArchitectureSpec(**given.architecture), CrossbarSpec(**given.crossbar)
blank = Blank(architecture, crossbar, read_pulse_law(given.pulses, given.law), WritingSpec(**given.writing))
data, _ = files.read_tensors(snakemake.input.dataset)
row = train_scratch(data, chosen.method, spec, blank, seed=int(chosen.seed))
about = {"task": "scratch", "network": spec.architecture, "method": chosen.method, "seed": chosen.seed}
write_table(snakemake.output.accuracy, HYBRID, [row], **about)
