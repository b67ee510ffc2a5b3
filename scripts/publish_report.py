"""Publish the report of a run: copy results/report to results/reference. People run this; no rule does:

    python scripts/publish_report.py [--report FOLDER] [--reference FOLDER]
    python scripts/publish_report.py --prices
    python scripts/publish_report.py --benchmarks results/speed

Of the default run it goes to results/reference, of a preset to results/reference/{preset}. Refused are a checkout with
changed files, and a report made with such, from no ancestor of this commit, or without data. --prices makes anew what
follows from published layers and accuracies, and the costs of tinyml. Benchmarks go to results/reference/benchmarks.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from xbar.checks.reading import load_config  # noqa: E402
from xbar.report.publish import publish, publish_benchmarks, publish_prices  # noqa: E402
from xbar.tiny.publish import reprice  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, default=ROOT / "results/report")
    parser.add_argument("--reference", type=Path, default=ROOT / "results/reference")
    parser.add_argument("--prices", action="store_true")
    parser.add_argument("--benchmarks", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    try:
        if options.prices:
            priced = publish_prices(options.reference, ROOT, config := load_config(ROOT / "config.yaml"))
            priced += reprice(options.reference / "tinyml", ROOT, config)
            print(f"priced anew: {', '.join(priced)}")
        elif options.benchmarks:
            print(f"published in {publish_benchmarks(options.benchmarks, options.reference, ROOT)}")
        else:
            print(f"published in {publish(options.report, options.reference, ROOT)}")
    except (ValueError, OSError) as fault:
        sys.exit(str(fault))
