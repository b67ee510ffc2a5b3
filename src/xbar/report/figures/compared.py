"""Which comparisons of a signed and a unipolar network the figures show, and what they are called there."""

from xbar.report.results import Results
from xbar.report.savings import of_fewest_bits
from xbar.report.statistics import networks


def shown(results: Results) -> dict[str, str]:
    """Of each dataset the comparisons of the fewest bits, by name, in words. Reads `accuracy` and `datasets`.

    More bits change the currents of cells and no other cost.
    """
    kinds, found = networks(results.accuracy), {}
    for name in of_fewest_bits(results.comparisons, kinds):
        dataset = next(kinds.loc[side, "dataset"] for side in results.comparisons[name].values() if side in kinds.index)
        found[name] = words(results, name, dataset)
    return found


def first_of_each_dataset(results: Results) -> dict[str, str]:
    """Of `shown` the comparison that config.yaml has first of each dataset: the others change the network too."""
    found: dict[str, str] = {}
    for name, told in shown(results).items():
        if told.split(", ")[0] not in (other.split(", ")[0] for other in found.values()):
            found[name] = told
    return found


def plain(results: Results) -> list[str]:
    """Networks that curves show: of each dataset and number of bits those of the comparison with the plainest name.

    Of a dataset without a comparison all. Reads `accuracy` and `datasets`.
    """
    kinds = networks(results.accuracy)
    found: dict[tuple[str, float], list[str]] = {}
    known = {name: of for name, of in results.comparisons.items() if set(of.values()) <= set(kinds.index)}
    for name in sorted(
        known, key=lambda name: ", " in words(results, name, kinds.loc[known[name]["signed"], "dataset"])
    ):
        kind = kinds.loc[known[name]["unipolar"]]
        found.setdefault((kind["dataset"], kind["weight_bits"]), list(known[name].values()))
    chosen = {network for pair in found.values() for network in pair}
    alone = ~kinds["dataset"].isin([dataset for dataset, _ in found])
    return [str(name) for name in kinds.index if name in chosen or alone[name]]


def words(results: Results, comparison: str, dataset: str) -> str:
    """A comparison as its dataset and the end of its name, without dataset and bits: `UCI HAR, literal`."""
    kinds = networks(results.accuracy)
    sides = results.comparisons.get(comparison, {})
    bits = [f"{kinds.loc[name, 'weight_bits']:.0f}b" for name in sides.values() if name in kinds.index]
    end = comparison.removeprefix(f"{dataset}-").removeprefix(max(bits, default="")).removeprefix("-")
    return ", ".join(filter(None, (results.title(dataset), end)))
