"""All tables of one comparison: steps, sensitivity, conditions, the answer and the trade-offs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from numpy.random import default_rng

from xbar import tables
from xbar.circuit.components import read_components
from xbar.circuit.priced import PricedNetwork
from xbar.config.circuit import CircuitSpec
from xbar.config.claims import ClaimsSpec
from xbar.savings import answer, conditions, sensitivity, textbook, trade_offs
from xbar.savings.corners import BOTH_STEPS
from xbar.savings.draws import base_of, savings_of
from xbar.savings.options import chosen, draw, read_options
from xbar.savings.paper import read_first_round, read_paper


class References(NamedTuple):
    """Paths of the tables that a comparison reads: options, the paper's claims, savings of the first round."""

    options: str | Path
    claims: str | Path
    first_round: str | Path


def comparison_tables(
    name: str,
    pair: tuple[PricedNetwork, PricedNetwork],
    circuit: CircuitSpec,
    rules: ClaimsSpec,
    components: Sequence[str | Path],
    references: References,
) -> Iterator[tuple[tables.Table, Iterable[Mapping[str, Any]]]]:
    """Each table of a comparison with its rows; `pair`: the signed and the unipolar network; `components`: tables."""
    options = read_options(references.options)
    sets = [*options["component_set"], circuit.component_set]
    prices = {component_set: read_components(components, component_set) for component_set in sets}
    configured = prices[circuit.component_set]
    claims, first = read_paper(references.claims), read_first_round(references.first_round)
    published = next((row for row in first if row["comparison"] == name), None)
    base = base_of(*pair, circuit, rules.reference)
    evaluate, sides = partial(savings_of, *pair, base, prices), answer.sides_of(*pair, base, prices)
    indices = draw(options, circuit.sensitivity.draws, default_rng(circuit.sensitivity.seed))
    draws = chosen(options, indices)
    found = evaluate(draws)
    yield tables.STEPS, textbook.step_rows(*pair, circuit, rules.reference, configured, published)
    spec = circuit.sensitivity
    yield tables.SENSITIVITY, sensitivity.sensitivity_rows(options, indices, found, base, evaluate, spec)
    yield tables.CONDITIONS, conditions.condition_rows(draws, found, conditions.targets_of(claims, BOTH_STEPS))
    yield tables.ANSWER, answer.answer_rows(sides, circuit, rules, claims, options)
    yield tables.TRADE_OFFS, trade_offs.trade_off_rows(sides, circuit, configured, options)
