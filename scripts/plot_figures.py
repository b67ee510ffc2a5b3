"""collected tables, claims.csv, conductances of the first comparison -> every figure as PNG and SVG"""

from pathlib import Path

from xbar.files import read_numbers
from xbar.job import begin
from xbar.report.figures.conductances import conductances, layers_of
from xbar.report.figures.gallery import FIGURES
from xbar.report.figures.style import save, theme
from xbar.report.results import read_results

snakemake = begin()

given, folder = snakemake.params, Path(snakemake.output.figures)
results = read_results(snakemake.input, given.claims, given.comparisons, given.devices)
first = next(iter(given.comparisons.values()), {})
for name in given.figures:
    with theme():
        if name == "conductances":
            paths = (snakemake.input.signed, snakemake.input.unipolar)
            sides = {side: layers_of(read_numbers(path)) for side, path in zip(first.values(), paths, strict=True)}
            figure = conductances(sides)
        else:
            figure = FIGURES[name](results)
        save(figure, folder / name)
