"""Write conductances.safetensors as conductances.csv, a row for each device."""

from xbar.hardware.arrays import conductance_rows, read_arrays
from xbar.job import begin
from xbar.tables import DEVICES, write_table

snakemake = begin()

mapped, _ = read_arrays(snakemake.input.conductances)
write_table(snakemake.output.conductances, DEVICES, conductance_rows(mapped))
