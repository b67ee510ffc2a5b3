"""Results: read back from the files of a run as they were collected."""

from types import SimpleNamespace

import pandas as pd

from xbar.files import write_rows
from xbar.report.claims import check_claims
from xbar.report.collect import TABLES
from xbar.report.results import read_results


def test_results_survive_the_files(tmp_path, made_up):
    whole = made_up.results()
    claims = check_claims(
        whole.accuracy, whole.cost, made_up.PAPER, made_up.RULES, whole.comparisons, made_up.DATASETS, {}
    )
    rows = {
        "accuracy": made_up.accuracy_rows(list(made_up.NETWORKS)),
        "training": made_up.training_rows(list(made_up.NETWORKS)),
        "layers": made_up.layer_rows(list(made_up.NETWORKS)),
        "cost": made_up.cost_rows(made_up.COMPARISONS),
        "performance": made_up.performance_rows(made_up.COMPARISONS),
        "layer_costs": made_up.layer_cost_rows(made_up.COMPARISONS),
        "steps": made_up.step_rows(made_up.COMPARISONS),
        "textbook": made_up.textbook_rows(),
        "search": made_up.search_rows(),
        "variants": made_up.variant_rows(list(made_up.NETWORKS)),
        "errors": made_up.error_rows(list(made_up.NETWORKS)),
        "wires": made_up.wire_rows(list(made_up.NETWORKS)),
        "confusion": made_up.confusion_rows(list(made_up.NETWORKS)),
        "sensitivity": made_up.sensitivity_rows(made_up.COMPARISONS),
        "conditions": made_up.condition_rows(made_up.COMPARISONS),
        "validation": made_up.validation_rows(),
        "claims": claims,
    }
    for name, table in rows.items():
        write_rows(tmp_path / f"{name}.csv", TABLES[name].columns, table)
    paths = SimpleNamespace(**{name: tmp_path / f"{name}.csv" for name in rows})
    law = {"g_max_uS": 25.0, "programming": "pcm", "programming_noise": 0.0}
    devices = {"nvm": {"g_max_uS": 25.0, "programming_noise": 0.04}, "pcm": law}
    found = read_results(paths, made_up.RULES.model_dump(), made_up.COMPARISONS, devices)
    expected = made_up.results(claims=claims)
    for name in rows:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    assert (found.rules, found.programming_noise) == (made_up.RULES, {"nvm": 0.04})
