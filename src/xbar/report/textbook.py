"""Tables of how a textbook circuit becomes the configured one, and of that circuit by another model."""

import pandas as pd

from xbar.report import markdown
from xbar.report.markdown import number
from xbar.report.results import Results

GROUPS = {
    "cells": ("cell",),
    "lines": ("wordline_driver", "wordline_cell", "write_circuit"),
    "DACs": ("dac", "input_register"),
    "front ends": ("front_end", "opamp", "mirror_subtractor", "mux_leg"),
    "ADCs": ("adc", "output_register"),
    "digital": ("shift_add", "digital_subtractor", "rescale", "bias_adder"),
    "wires": ("bank_wire",),
}
BOTH = "unipolar-shared"
MEASURES = {"area": "area_share", "energy": "energy_share"}


def saved(steps: pd.DataFrame, corner: str) -> pd.DataFrame:
    """Area and energy saved (fractions) in every step of every comparison by one corner."""
    of_corner = steps[steps["corner"] == corner]
    return of_corner.groupby(["comparison", "number", "step"], sort=False)[list(MEASURES.values())].sum().reset_index()


def differences(results: Results) -> str:
    """What both steps together save, from the textbook to the configured circuit, by group of components."""
    found = results.steps[results.steps["corner"] == BOTH]
    rows = []
    for measure, share in MEASURES.items():
        for comparison, of_comparison in found.groupby("comparison", sort=False):
            before = None
            for (_, step), parts in of_comparison.groupby(["number", "step"], sort=False):
                percent = 100 * parts.set_index("component")[share]
                change = markdown.NONE if before is None else _signed(percent.sum() - before)
                groups = [number(percent.reindex(names).sum(), 1) for names in GROUPS.values()]
                rows.append([str(comparison), measure, str(step), number(percent.sum(), 1), change, *groups])
                before = percent.sum()
    headers = ["comparison", "measure", "circuit", "saved (%)", "change", *(f"by {name}" for name in GROUPS)]
    note = (
        "Each line has one difference more than the line above; the last is the configured circuit at the mapping,"
        " ADC law and bank of the reference circuit. saved: by one shared bank and weights of one sign together,"
        " against the signed network with periphery per layer; by ...: the points of it that a group of components"
        " brings. The textbook gives the unipolar network the rows of the signed one: what it needs in fact, its own"
        " rows, is a line of its own."
    )
    return markdown.table("From a textbook circuit to this one", headers, rows, [note] if rows else [])


def textbook(results: Results) -> str:
    """The textbook circuit by this model and by another one, for networks of the other's."""
    rows = [
        [
            row.network,
            row.corner,
            row.bank,
            row.measure,
            number(row.independent, 0),
            number(row.ours, 1),
            _signed(row.ours - row.independent),
        ]
        for row in results.textbook.itertuples()
    ]
    headers = ["network", "corner", "bank", "saved", "other model (%)", "this model (%)", "difference"]
    sources = "; ".join(dict.fromkeys(results.textbook["source"]))
    notes = [f"Against signed-own. Other model: {sources}. Networks and their sizes: workflow/reference/textbook.csv."]
    return markdown.table("The textbook circuit by two models", headers, rows, notes if rows else [])


def _signed(points: float) -> str:
    return f"{round(points, 1) + 0.0:+.1f}"  # no minus before a zero
