"""conductances.safetensors of both sides of a comparison -> figure of their cells"""

from xbar.hardware.arrays import read_arrays
from xbar.job import begin
from xbar.report.figures.conductances import conductances
from xbar.report.figures.style import save, theme

snakemake = begin()

sides = {
    name: read_arrays(path)[0]
    for name, path in zip(snakemake.params.names, (snakemake.input.bipolar, snakemake.input.unipolar), strict=True)
}
with theme():
    save(conductances(sides), snakemake.output.png, snakemake.output.svg)
