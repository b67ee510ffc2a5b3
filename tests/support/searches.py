"""A space whose candidates cost as much as they are wide, without a network being built."""

from xbar.search.limits import Appraisal, Size
from xbar.search.pool import Source
from xbar.search.space import Candidate, draw_candidate


def width(candidate: Candidate) -> int:
    return sum(layer.conv or 0 for layer in candidate.architecture.layers)


def source(spec, most=1000):
    """Wider candidates cost more; those wider than `most` are refused."""

    def appraise(candidate):
        size = Size(8, 8, width(candidate), 100 * width(candidate), 5.0 * width(candidate), 10.0 * width(candidate))
        return Appraisal(size, "too wide" if width(candidate) > most else None)

    return Source(lambda trial: draw_candidate(trial, spec.space, 10, mixed=True), appraise)
