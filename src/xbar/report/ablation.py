"""What one change of a unipolar network brings on validation examples, seed by seed."""

from collections.abc import Iterator

from xbar.report import markdown
from xbar.report.markdown import between, number
from xbar.report.results import Results
from xbar.report.statistics import Interval, networks, paired_difference, per_seed


def ablation(results: Results) -> str:
    """Every network of the same data and bits as the unipolar side of a comparison, against that one."""
    percent = f"{100 * results.rules.confidence:.0f} % interval"
    return markdown.table(
        "Ablation",
        ["base", "network", "condition", "validation (%)", "difference (points)", percent, "seeds"],
        list(_rows(results)),
        [
            "Accuracy on validation folds (the test set decides nothing here), mean over seeds; the difference is taken"
            " seed by seed, so on the same fold, over the seeds that both networks have. config.yaml says in what a"
            " network differs from its base."
        ],
    )


def _rows(results: Results) -> Iterator[list[str]]:
    kinds, means = networks(results.accuracy), per_seed(results.accuracy, "validation")
    means = means.groupby(["network", "condition"])["accuracy"].mean()
    for base in dict.fromkeys(sides["unipolar"] for sides in results.comparisons.values()):
        if base not in kinds.index:
            continue
        alike = (kinds[["dataset", "weight_bits"]] == kinds.loc[base, ["dataset", "weight_bits"]]).all(axis=1)
        for network in [base, *kinds.index[alike].drop(base)]:
            for condition in ("ideal", "noisy"):
                pair = (str(network), base)
                found = paired_difference(results.accuracy, pair, condition, results.rules.confidence, "validation")
                if found is not None:
                    mean = number(100 * means[network, condition], 2)
                    shown = [markdown.NONE] * 2 if network == base else _difference(found)
                    yield [f"`{base}`", f"`{network}`", condition, mean, *shown, str(found.n)]


def _difference(found: Interval) -> list[str]:
    return [f"{100 * found.mean:+.2f}", between(100 * found.low, 100 * found.high, 2)]
