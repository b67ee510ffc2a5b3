"""Intervals of accuracies over seeds and test examples at once, by drawing both anew.

The seeds of a network are all measured on the same test examples. So every resample draws seeds with replacement, and
independently of them clusters of test examples, the same clusters for all drawn seeds: the pigeonhole bootstrap of
A. B. Owen, Ann. Appl. Stat. 1, 386 (2007). Clusters drawn anew for each seed would pass for new subjects and narrow
the interval with every seed. Windows of one subject overlap and are alike, so a subject is drawn whole.

With n clusters a percentile interval is too narrow, by a fifth with nine. The tails are those of T. C. Hesterberg,
Am. Stat. 69, 371 (2015): they make it as wide as Student's interval for n clusters where the mean is normal. The few
seeds are not so corrected, which is why the t-interval over seeds stands beside it.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtr, stdtrit

from xbar.chips.correctness import Correctness

# Another generator moves the ends by less than 0.05 points, with nine subjects as with 360 single examples (tests)
RESAMPLES_OF_GROUPS = 1_000_000
RESAMPLES_OF_EXAMPLES = 20_000
AT_ONCE = 5_000
SEED = 0


class Shares(NamedTuple):
    """The share of the chips of each seed that classify each test example correctly, of one network and condition.

    The difference of two networks has the same form. `group`: of each example, None where examples are independent.
    """

    seeds: tuple[int, ...]
    values: Float[np.ndarray, "seeds examples"]
    group: Int[np.ndarray, " examples"] | None

    def of(self, seeds: Iterable[int]) -> "Shares | None":
        """The same for these seeds, in their order; None where one is missing."""
        wanted = tuple(int(seed) for seed in seeds)
        if not set(wanted) <= set(self.seeds):
            return None
        return self._replace(seeds=wanted, values=self.values[[self.seeds.index(seed) for seed in wanted]])


class Clusters(NamedTuple):
    """The clusters that are drawn: sums of their shares, and how many examples each holds. `number`: of the draws.

    `chance`: of each to be drawn, None where all are alike. Single examples with equal shares in all seeds stand once.
    """

    sums: Float[np.ndarray, "seeds clusters"]
    sizes: Float[np.ndarray, " clusters"]
    chance: Float[np.ndarray, " clusters"] | None
    number: int


def shares_of(found: Iterable[Correctness]) -> dict[tuple[str, str], Shares]:
    """The shares by network and condition; ValueError for seeds of a network that were tested on other examples."""
    by_case: dict[tuple[str, str], list[Correctness]] = {}
    for one in found:
        for condition in one.right:
            by_case.setdefault((one.network, condition), []).append(one)
    return {case: _shares(case, of_case) for case, of_case in by_case.items()}


def _shares(case: tuple[str, str], found: list[Correctness]) -> Shares:
    network, condition = case
    values = [one.right[condition].mean(axis=0) for one in found]
    first = found[0].group
    if len(set(map(len, values))) > 1 or any(not _same(one.group, first) for one in found):
        raise ValueError(f"correctness of {network}: its seeds were tested on other examples; evaluate them anew")
    return Shares(tuple(one.seed for one in found), np.array(values), first)


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


def difference(one: Shares, other: Shares, seeds: Iterable[int]) -> Shares | None:
    """The first less the second, seed by seed; None where a seed is missing or the test examples are others."""
    first, second = one.of(seeds), other.of(seeds)
    if first is None or second is None or not _same(first.group, second.group):
        return None
    if first.values.shape != second.values.shape:
        return None
    return first._replace(values=first.values - second.values)


def clusters_of(shares: Shares) -> Clusters:
    """Groups of test examples, or single examples where there are no groups."""
    if shares.group is None:
        alike, times = np.unique(shares.values.round(9), axis=1, return_counts=True)
        examples = shares.values.shape[1]
        return Clusters(alike, np.ones(len(times)), times / examples, examples)
    names, place = np.unique(shares.group, return_inverse=True)
    member = np.eye(len(names))[place]
    return Clusters(shares.values @ member, member.sum(axis=0), None, len(names))


def resampled(clusters: Clusters, resamples: int, generator: np.random.Generator) -> Float[np.ndarray, " resamples"]:
    """Means over drawn seeds and all examples of drawn clusters, one for every resample."""
    seeds = len(clusters.sums)
    means = []
    for start in range(0, resamples, AT_ONCE):
        size = min(AT_ONCE, resamples - start)
        if clusters.chance is None:
            drawn = _evenly(clusters.number, size, generator)
        else:
            drawn = generator.multinomial(clusters.number, clusters.chance, size).astype(float)
        weights = _evenly(seeds, size, generator) / seeds
        means.append((weights * (drawn @ clusters.sums.T)).sum(axis=1) / (drawn @ clusters.sizes))
    return np.concatenate(means)


def _evenly(count: int, size: int, generator: np.random.Generator) -> Float[np.ndarray, "size count"]:
    """How often each of `count` things is among as many draws with replacement.

    `multinomial` gives the same and takes seven times as long.
    """
    places = generator.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
    return np.bincount(places.ravel(), minlength=size * count).reshape(size, count).astype(float)


def clustered_interval(
    shares: Shares, confidence: float, generator: np.random.Generator | None = None
) -> tuple[float, float, int]:
    """Ends of the interval of the mean over seeds and test examples, and how many clusters are drawn.

    The ends are NaN for a single cluster. With one seed they are over test examples alone. `generator`: by default one
    of a fixed seed, so that an interval does not depend on which others are computed.
    """
    clusters = clusters_of(shares)
    if clusters.number < 2:
        return np.nan, np.nan, clusters.number
    resamples = RESAMPLES_OF_EXAMPLES if shares.group is None else RESAMPLES_OF_GROUPS
    means = resampled(clusters, resamples, generator or np.random.default_rng(SEED))
    tail = tail_of(clusters.number, confidence)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high), clusters.number


def tail_of(clusters: int, confidence: float) -> float:
    """Share of the resampled means beyond each end: Hesterberg's, which is (1 - confidence) / 2 for many clusters."""
    student = float(stdtrit(clusters - 1, (1 + confidence) / 2))
    return float(ndtr(-student * np.sqrt(clusters / (clusters - 1))))
