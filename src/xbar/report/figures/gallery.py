"""Which figures there are: the names of the files and the functions that draw them."""

from collections.abc import Callable

from matplotlib.figure import Figure

from xbar.report.figures.accuracy import accuracy, noise
from xbar.report.figures.claims import claims
from xbar.report.figures.conditions import conditions
from xbar.report.figures.confusion import confusion
from xbar.report.figures.corners import corners
from xbar.report.figures.costs import costs
from xbar.report.figures.differences import differences
from xbar.report.figures.ranges import ranges
from xbar.report.figures.search import front, polarity, search
from xbar.report.figures.sensitivity import sensitivity
from xbar.report.figures.training import training
from xbar.report.figures.validation import validation
from xbar.report.figures.variants import drift, errors
from xbar.report.results import Results

FIGURES: dict[str, Callable[[Results], Figure]] = {
    "claims": claims,
    "accuracy": accuracy,
    "noise": noise,
    "ranges": ranges,
    "costs": costs,
    "training": training,
    "confusion": confusion,
    "drift": drift,
    "errors": errors,
    "conditions": conditions,
    "sensitivity": sensitivity,
    "validation": validation,
    "corners": corners,
    "differences": differences,
    "front": front,
    "search": search,
    "polarity": polarity,
}
