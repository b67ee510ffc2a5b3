"""conductances.safetensors -> wires.csv: what wires take from every array, and how far the fast approximation is off"""

from xbar.files import write_rows
from xbar.hardware.arrays import read_arrays
from xbar.hardware.wires import ERROR_COLUMNS, approximation_errors
from xbar.job import begin

snakemake = begin()

mapped, _ = read_arrays(snakemake.input.conductances)
write_rows(snakemake.output.wires, ERROR_COLUMNS, approximation_errors(mapped, snakemake.params.wire_ohm))
