"""published chips, parts and prices of others, textbook networks -> what this cost model says beside each of them"""

from xbar.circuit.adc import LAWS
from xbar.circuit.components import read_components
from xbar.config.circuit import CircuitSpec
from xbar.files import read_by_line
from xbar.job import begin
from xbar.savings.parts import bound_rows, library_rows, part_rows
from xbar.savings.published import COMPONENT_SET, validation_rows
from xbar.savings.textbook import independent_rows
from xbar.tables import BOUNDS, LIBRARY, PARTS, TEXTBOOK, VALIDATION, write_table

snakemake = begin()

published = {
    name: list(read_by_line(snakemake.params[name]).values())
    for name in ("chips", "parts", "bounds", "library", "textbook")
}
circuit = CircuitSpec(**snakemake.params.circuit)
components = read_components(snakemake.params.components, COMPONENT_SET)
chips, output = published["chips"], snakemake.output
write_table(output.validation, VALIDATION, validation_rows(chips, components, list(LAWS)))
write_table(output.parts, PARTS, part_rows(published["parts"], chips, components))
write_table(output.bounds, BOUNDS, bound_rows(published["bounds"], components))
write_table(output.library, LIBRARY, library_rows(published["library"], components, circuit.sample_rate_MHz))
configured = read_components(snakemake.params.components, circuit.component_set)
write_table(output.textbook, TEXTBOOK, independent_rows(published["textbook"], circuit, configured))
