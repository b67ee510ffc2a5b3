"""Price MLPerf Tiny's networks on arrays, and set published boards beside them: tinyml-cost.csv and tinyml-cost.md."""

from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ReferenceSpec
from xbar.config.crossbars import CrossbarSpec, DeviceSpec
from xbar.config.tiny import TinyHardwareSpec
from xbar.job import begin
from xbar.tiny.page import write_costs

snakemake = begin()

given = snakemake.params
write_costs(
    snakemake.output.cost, snakemake.output.page, TinyHardwareSpec(**given.tinyml), given.bits,
    DeviceSpec(**given.device), CrossbarSpec(**given.crossbar), CircuitSpec(**given.circuit),
    ReferenceSpec(**given.reference), given.components, given.boards,
)  # fmt: skip
