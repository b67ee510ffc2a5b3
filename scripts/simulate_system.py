"""Simulate the circuits of a network by events: system.csv, and events.csv of one inference with the last bank."""

from xbar.circuit.components import read_components
from xbar.circuit.priced import read_priced
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.system import SystemSpec
from xbar.job import begin
from xbar.system.rows import circuits_simulated, event_rows, system_rows
from xbar.tables import EVENTS, SYSTEM, write_table

snakemake = begin()

circuit = CircuitSpec(**snakemake.params.circuit)
system = SystemSpec(**snakemake.params.system)
reference = ReferenceSpec(**snakemake.params.reference)
components = read_components(snakemake.params.components, circuit.component_set)
about = read_priced(snakemake.params.network, snakemake.input.layers)
corners = circuits_simulated(about, circuit, reference, components)
period_s = system.period_s.get(about.network.dataset)
rows = [row for corner in corners for row in system_rows(corner, system.inferences, period_s)]
write_table(snakemake.output.system, SYSTEM, rows)
write_table(snakemake.output.events, EVENTS, event_rows(corners[-1]))
