"""The candidates of a search that knows costs and learns accuracy: sampler `model`, and its baseline `random-filter`.

Area is exact before a training, and energy is a bound times a share that is learned. Accuracy follows from a linear
model of the logarithm of the error, of which a sample decides (Thompson sampling).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from xbar.config.search import MOST_FILTERED, SearchSpec
from xbar.search import front
from xbar.search.features import features_of, standardised
from xbar.search.model import Model, fit
from xbar.search.pool import Option, Source, mutants, random_pool
from xbar.search.space import candidate_of
from xbar.search.work import work_of
from xbar.seeds import generator

POOL = 400  # random allowed candidates
MUTANTS = 200  # changed copies of those trained
OPENING = 8  # candidates that are chosen before anything is known; more where the first generation has more
CHEAP = MOST_FILTERED / POOL  # the share of the pool that random-filter draws from
QUICK = 2 / 3  # the share of the pool, by work, from which the opening is chosen
ERRORS = (0.005, 0.4)  # between which the model sees errors, so that failures do not rule the fit
ERROR_NOISE, SHARE_NOISE = 0.15, 0.05  # standard deviations of the logarithms of error and share of the energy bound
TEMPERATURE = 0.5  # of the samples that decide
RIDGE = 1e-3  # for the first choices of the opening, which leave directions open
Found = dict[int, dict[str, Any]]


def stream_of(seed: int, *purpose: str | int) -> np.random.Generator:
    """numpy's stream of a purpose under the seed of a search."""
    return np.random.default_rng(generator(seed, "search", *purpose).initial_seed())


def cheap_candidates(search: SearchSpec, seed: int, generation: int, source: Source) -> list[Option]:
    """The candidates of a generation, at random from the quarter of a random pool with the lowest bound of energy."""
    pool = random_pool(source, stream_of(seed, "pool"), POOL)
    cheap = sorted(pool, key=lambda option: option.size.energy_pJ)[: int(np.ceil(CHEAP * len(pool)))]
    order = stream_of(seed, "filter").permutation(len(cheap))
    first = generation * search.trials
    return [cheap[place] for place in order[first : first + search.trials]]


def guided_candidates(
    search: SearchSpec, seed: int, generation: int, found: Found, source: Source, steps: int
) -> list[Option]:  # fmt: skip
    """The candidates of a generation, fewer where the pool has no more.

    `found`: results of all earlier generations by trial; `steps`: of a training.
    """
    if not (pool := random_pool(source, stream_of(seed, "pool"), POOL)):
        return []
    numbers = _numbers(pool)
    first, last = generation * search.trials, (generation + 1) * search.trials
    opening = _opening(pool, standardised(numbers, numbers), steps, search.trials)
    if not found or last <= len(opening):
        return [pool[place] for place in opening[first:last]]
    stream = stream_of(seed, "generation", generation)
    copies = mutants(source, [result["drawn"] for result in found.values()], stream, MUTANTS)
    if not (options := _unknown([*pool, *copies], found)):
        return []
    return _chosen(search, options, found, numbers, stream, steps)


def _numbers(options: Sequence[Option]) -> Float[np.ndarray, "candidates features"]:
    return np.array([features_of(option.candidate, option.size) for option in options])


def _unknown(options: Sequence[Option], found: Found) -> list[Option]:
    known = {str(candidate_of(result)) for result in found.values()}
    described = {str(option.candidate): option for option in options}
    return [option for about, option in described.items() if about not in known]


def _works(options: Sequence[Option], steps: int) -> Float[np.ndarray, " candidates"]:
    return np.array([work_of(option.size.products, steps) for option in options])


def _opening(pool: Sequence[Option], numbers: Float[np.ndarray, "pool features"], steps: int, trials: int) -> list[int]:
    """Places in the pool of the candidates that tell most of a linear model, one of each band of work.

    OPENING of them or `trials`, those of a generation, if these are more; all of a pool with no more.
    """
    quick = np.argsort(_works(pool, steps), kind="stable")[: max(trials, int(np.ceil(QUICK * len(pool))))]
    inverse, chosen = np.eye(numbers.shape[1]) / RIDGE, []
    for band in np.array_split(quick, min(max(OPENING, trials), len(quick))):
        told = np.einsum("cf,fg,cg->c", numbers[band], inverse, numbers[band])
        best = band[int(told.argmax())]
        along = inverse @ numbers[best]
        inverse = inverse - np.outer(along, along) / (1 + numbers[best] @ along)
        chosen.append(int(best))
    return chosen


def _chosen(
    search: SearchSpec, options: list[Option], found: Found, among: np.ndarray, stream: np.random.Generator, steps: int
) -> list[Option]:
    """The candidates of a generation: the first half by gain in hypervolume over work, the others by accuracy alone.

    The others are among the half of the options with less work. Every choice draws the accuracies anew.
    """
    numbers, works = standardised(_numbers(options), among), _works(options, steps)
    errors, shares = _models(found, among)
    bounds = np.array([option.size.energy_pJ for option in options])
    energies = bounds * np.exp(np.minimum(shares.predict(numbers), 0.0))
    allowed = energies <= (search.limits.energy_pJ or np.inf)
    done = [result for result in found.values() if result["state"] == "complete"]
    reached, spent = (np.array([result[name] for result in done]) for name in ("accuracy", "energy_pJ"))
    heights, costs = front.placed(reached, spent, search.box)
    chosen: list[int] = []
    for place in range(min(search.trials, len(options))):
        accuracies = 1 - np.exp(errors.sample(numbers, stream, TEMPERATURE))
        mine = front.placed(accuracies, energies, search.box)
        if place < search.trials / 2:
            worth = front.gains(*mine, heights, costs) / works
        else:
            worth = np.where(works <= np.median(works), accuracies, 0.0)
        worth = np.where(allowed, worth, -1.0)
        worth[chosen] = -2.0
        best = int(worth.argmax())
        chosen.append(best)
        heights, costs = np.append(heights, mine[0][best]), np.append(costs, mine[1][best])
    return [options[place] for place in chosen]


def _models(found: Found, among: np.ndarray) -> tuple[Model, Model]:
    """A model of the logarithm of the error, and one of the logarithm of the measured energy over its bound."""
    numbers = standardised(np.array([result["features"] for result in found.values()]), among)
    errors = np.array([1 - result.get("accuracy", 0.0) for result in found.values()])
    measured = [place for place, result in enumerate(found.values()) if "energy_pJ" in result]
    shares = np.array([result["energy_pJ"] / result["bound_pJ"] for result in found.values() if "energy_pJ" in result])
    logs, log_shares = np.log(np.clip(errors, *ERRORS)), np.log(shares)
    return (
        fit(numbers, logs, noise=ERROR_NOISE, prior=float(np.median(logs))),
        fit(numbers[measured], log_shares, noise=SHARE_NOISE, prior=float(np.median(log_shares)) if measured else 0.0),
    )
