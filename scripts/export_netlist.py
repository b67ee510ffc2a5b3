"""Write the SPICE netlist of one array of conductances.safetensors."""

import torch

from xbar.files import write_text
from xbar.hardware.arrays import array_named, read_arrays
from xbar.hardware.cells import CellLaw
from xbar.hardware.netlist import netlist
from xbar.job import begin

snakemake = begin()

names, given = snakemake.wildcards, snakemake.params
mapped, _ = read_arrays(snakemake.input.conductances)
array = array_named(mapped, int(names.layer), int(names.array))
voltages = torch.full(array.g_uS.shape[:1], given.read_voltage_V, dtype=torch.float64)
law = CellLaw(given.read_voltage_V, given.sinh_V)
title = f"{names.network} seed {names.seed} layer {names.layer} array {names.array}"
write_text(snakemake.output.netlist, netlist(array.g_uS, voltages, given.wire_ohm, title, law))
