"""Write wires.csv from conductances: current that wires take from every array, error of the fast approximation."""

from xbar.hardware.arrays import read_arrays
from xbar.hardware.wires import approximation_errors
from xbar.job import begin
from xbar.tables import WIRES, write_table

snakemake = begin()

names, (mapped, _) = snakemake.wildcards, read_arrays(snakemake.input.conductances)
rows = approximation_errors(mapped, snakemake.params.wire_ohm)
write_table(snakemake.output.wires, WIRES, rows, network=names.network, seed=names.seed)
