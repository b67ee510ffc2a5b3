"""provenance.json -> figure of where the time of the run went"""

from snakemake.iocontainers import Snakemake

from xbar.files import read_json
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time

snakemake: Snakemake

with theme():
    save(time(read_json(snakemake.input.provenance)["jobs"]), snakemake.output.png, snakemake.output.svg)
