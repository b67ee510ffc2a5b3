"""The candidates of a generation, from the seed of a search and the results of its earlier generations alone."""

from typing import Any, Literal

import optuna
from optuna.trial import Trial, TrialState

from xbar.config.search import SearchSpec
from xbar.search.guided import cheap_candidates, guided_candidates
from xbar.search.pool import Option, Source

Direction = Literal["minimize", "maximize"]
OBJECTIVES: dict[str, Direction] = {"accuracy": "maximize", "area_um2": "minimize", "energy_pJ": "minimize"}
GUIDED = 20  # draws from the sampler for each candidate, since it may repeat known ones; further draws are random
TRIES = 200  # draws in all; after these the limits count as too tight

Samplers = tuple[optuna.samplers.BaseSampler, optuna.samplers.BaseSampler]  # guided, random
Found = dict[int, dict[str, Any]]


def propose(search: SearchSpec, seed: int, generation: int, found: Found, source: Source, steps: int) -> list[Option]:
    """The candidates of `generation`. `found`: results by trial, of all earlier generations. `steps`: of a training.

    ValueError where the space holds too few other candidates.
    """
    if search.sampler in ("random", "tpe"):
        return _replayed(search, seed, generation, found, source)
    options = (
        guided_candidates(search, seed, generation, found, source, steps)
        if search.sampler == "model"
        else cheap_candidates(search, seed, generation, source)
    )
    if len(options) < search.trials:
        raise ValueError(
            f"generation {generation} needs {search.trials} candidates (key trials) and has {len(options)}: space or"
            " limits are too tight"
        )
    return options


def _replayed(search: SearchSpec, seed: int, generation: int, found: Found, source: Source) -> list[Option]:
    """Candidates of optuna, whose study is replayed from its seed, so that a generation depends only on its inputs.

    The first generation is random. Duplicates and refused candidates are no observations.
    """
    study = optuna.create_study(directions=list(OBJECTIVES.values()))
    random = optuna.samplers.RandomSampler(seed=seed)
    tpe = optuna.samplers.TPESampler(seed=seed, n_startup_trials=search.trials, constant_liar=True)
    known: list[Option] = []
    for past in range(generation + 1):
        samplers = (tpe if past and search.sampler == "tpe" else random, random)
        asked = [_ask(study, samplers, source, known) for _ in range(search.trials)]
        if past < generation:
            for offset, trial in enumerate(asked):
                _tell(study, trial, found[past * search.trials + offset])
    return known[generation * search.trials :]


def _ask(study: optuna.Study, samplers: Samplers, source: Source, known: list[Option]) -> Trial:
    """The next trial whose candidate is new and allowed, which is added to `known`."""
    reason: str | None = "proposed before"
    for attempt in range(TRIES):
        study.sampler = samplers[attempt >= GUIDED]
        trial = study.ask()
        candidate = source.draw(trial)
        size, refused = source.appraise(candidate)
        reason = "proposed before" if any(candidate == option.candidate for option in known) else refused
        if size is not None and reason is None:
            known.append(Option(candidate, trial.params, size))
            return trial
        study.tell(trial, state=TrialState.FAIL)
    raise ValueError(
        f"no candidate for trial {len(known)} in {TRIES} draws: space or limits are too tight; the last draw: {reason}"
    )


def _tell(study: optuna.Study, trial: Trial, result: dict[str, Any]) -> None:
    if result["state"] == "failed":
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, [result[name] for name in OBJECTIVES])
