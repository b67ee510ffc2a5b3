"""provenance.json -> figure of where the time of the run went"""

from xbar.files import read_json
from xbar.job import begin
from xbar.report.figures.style import save, theme
from xbar.report.figures.time import time

snakemake = begin()

with theme():
    save(time(read_json(snakemake.input.provenance)["jobs"]), snakemake.output.png, snakemake.output.svg)
