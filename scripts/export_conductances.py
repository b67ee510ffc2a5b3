"""conductances.safetensors -> conductances.csv, a row per device"""

from xbar.files import write_rows
from xbar.hardware.arrays import DEVICE_COLUMNS, conductance_rows, read_arrays
from xbar.job import begin

snakemake = begin()

mapped, _ = read_arrays(snakemake.input.conductances)
write_rows(snakemake.output.conductances, DEVICE_COLUMNS, conductance_rows(mapped))
