"""The candidates of a generation: an optuna study asked anew, from its seed and the results of earlier generations."""

from collections.abc import Callable
from typing import Any, Literal

import optuna
from optuna.trial import Trial, TrialState

from xbar.config.search import SearchSpec
from xbar.search.space import Candidate

Direction = Literal["minimize", "maximize"]
OBJECTIVES: dict[str, Direction] = {"accuracy": "maximize", "area_um2": "minimize", "energy_pJ": "minimize"}
WORST = {"accuracy": 0.0, "area_um2": 1e12, "energy_pJ": 1e12}  # a square metre, a joule
GUIDED = 20  # draws from the sampler for each candidate, since it may repeat known ones; further draws are random
TRIES = 200  # draws in all; after these the limits count as too tight

Draw = Callable[[Trial], Candidate]
Refuse = Callable[[Candidate], str | None]
Samplers = tuple[optuna.samplers.BaseSampler, optuna.samplers.BaseSampler]  # guided, random
Found = dict[int, dict[str, Any]]


def propose(
    search: SearchSpec, seed: int, generation: int, found: Found, draw: Draw, refuse: Refuse
) -> list[Candidate]:
    """The candidates of `generation`. `found`: results by trial number, of all earlier generations.

    The Optuna study is replayed from its seed, so a generation depends only on its inputs. The first generation is
    random. `refuse` gives the reason why a candidate is not worth a training, or None. Duplicates and refused
    candidates are reported with the worst objective values, so that the sampler moves on. ValueError where the space
    holds too few other candidates.
    """
    study = optuna.create_study(directions=list(OBJECTIVES.values()))
    random = optuna.samplers.RandomSampler(seed=seed)
    guided = random if search.sampler == "random" else sampler_of(search, seed)
    # nsga2 breeds from its own generations, of which the first is random
    opening = guided if search.sampler == "nsga2" else random
    known: list[Candidate] = []
    for past in range(generation + 1):
        samplers = (guided, random) if past else (opening, opening)
        asked = [_ask(study, samplers, draw, refuse, known) for _ in range(search.trials)]
        if past < generation:
            for offset, trial in enumerate(asked):
                _tell(study, trial, found[past * search.trials + offset])
    return known[generation * search.trials :]


def sampler_of(search: SearchSpec, seed: int) -> optuna.samplers.BaseSampler:
    """The sampler of a search that is guided."""
    if search.sampler == "nsga2":
        return optuna.samplers.NSGAIISampler(seed=seed, population_size=search.trials)
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=search.trials, constant_liar=True)


def _ask(study: optuna.Study, samplers: Samplers, draw: Draw, refuse: Refuse, known: list[Candidate]) -> Trial:
    """The next trial whose candidate is new and allowed, which is added to `known`."""
    reason: str | None = "proposed before"
    guided = samplers[0] is not samplers[1]
    for attempt in range(TRIES):
        study.sampler = samplers[attempt >= GUIDED]
        trial = study.ask()
        candidate = draw(trial)
        reason = "proposed before" if candidate in known else refuse(candidate)
        if reason is None:
            known.append(candidate)
            return trial
        if guided:
            study.tell(trial, list(WORST.values()))
        else:
            study.tell(trial, state=TrialState.FAIL)
    raise ValueError(f"no candidate {len(known)} in {TRIES} draws: space or limits are too tight; the last: {reason}")


def _tell(study: optuna.Study, trial: Trial, result: dict[str, Any]) -> None:
    if result["state"] == "failed":
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, [result[name] for name in OBJECTIVES])
