"""conductances.safetensors -> conductances.csv, a row per device"""

from xbar.hardware.arrays import conductance_rows, read_arrays
from xbar.job import begin
from xbar.tables import DEVICES, write_table

snakemake = begin()

mapped, _ = read_arrays(snakemake.input.conductances)
write_table(snakemake.output.conductances, DEVICES, conductance_rows(mapped))
