"""How many trials of a generation reach each rung, and in how many jobs they are trained."""

from xbar.config.search import SearchSpec


def trials_kept(search: SearchSpec, rung: int) -> int:
    """Trials of a generation that reach a rung."""
    left = search.trials
    for spec in search.rungs[1 : rung + 1]:
        left = max(1, round(left * spec.keep))
    return left


def jobs_of_rung(search: SearchSpec, rung: int) -> int:
    """Jobs that a rung of one generation takes."""
    return -(-trials_kept(search, rung) // search.trials_per_job)
