"""Make every table of the report: in Markdown, as a page of Snakemake's report, and for the page of the run."""

from pathlib import Path

from xbar.files import write_json, write_text
from xbar.job import begin
from xbar.report.contents import made_by, shown
from xbar.report.look import whole
from xbar.report.render import html, markdown, sections_of
from xbar.report.results import read_results

snakemake = begin()

given, pages = snakemake.params, Path(snakemake.output.pages)
told = given.claims, given.comparisons, given.devices, given.choices
results = read_results(dict(snakemake.input.items()), *told)
paths = {Path(path).stem: Path(path) for path in snakemake.output.tables}
titled = {}
for entry in shown(given.has, "table"):
    with results.of(entry):
        sections = sections_of(made_by(entry)(results))
        write_text(paths[entry.name], markdown(sections, entry.reads[0]))
        titled[entry.name] = sections[0].title, html(sections)
    write_text(pages / f"{entry.name}.html", whole(*titled[entry.name]))
write_json(pages / "tables.json", titled)
earlier = set(Path("results/report/tables").glob("*.md")) - set(paths.values())
for stale in earlier:  # tables that only an earlier run had
    stale.unlink()
