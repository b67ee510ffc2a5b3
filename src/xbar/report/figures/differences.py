"""Figure of what each difference from a textbook circuit does to the savings."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from xbar.report.conditions import targets
from xbar.report.contents import figure
from xbar.report.figures import style
from xbar.report.results import Results
from xbar.report.textbook import BOTH, SHARES, saved


@figure(
    stage="4 Costs",
    caption=(
        "From a textbook circuit to this one, one difference more on every line: what both steps together save in "
        "area and energy. Comparisons stand a little below each other. Dashed: the paper."
    ),
    reads=("steps", "claims"),
)
def differences(results: Results) -> Figure:
    """Area and energy saved by both steps together, one difference more on every line, with the paper's numbers."""
    table = saved(results.steps, BOTH)
    if table.empty:
        return style.absent("a comparison of a signed and a unipolar network")
    names = list(dict.fromkeys(table.sort_values("number", kind="stable")["step"]))
    figure, axes = style.panels(1, len(SHARES), style.PAGE_IN, 0.9 + 0.32 * len(names), sharey="row")
    looks = style.series(table["comparison"].unique())
    for panel, (measure, share) in zip(axes[0], SHARES.items(), strict=True):
        for i, (comparison, look) in enumerate(looks.items()):
            rows = table[table["comparison"] == comparison]
            shift = 0.7 * ((i + 0.5) / len(looks) - 0.5)  # equal savings beside each other
            panel.plot(100 * rows[share], [names.index(step) + shift for step in rows["step"]], ms=3.2, lw=0.9, **look)
        panel.axvline(targets(results.claims)[measure], **style.PAPER)
        panel.set_xlabel(f"{measure} saved (%)")
        panel.tick_params(axis="y", length=0)
        style.few_ticks(panel.xaxis)
    axes[0, 0].set_yticks(range(len(names)), [f"+ {name}" if i else name for i, name in enumerate(names)])
    axes[0, 0].set_ylim(len(names) - 0.5, -0.5)
    paper = Line2D([], [], label="paper", **style.PAPER)
    style.legend(figure, [*(Line2D([], [], lw=0.9, label=name, **look) for name, look in looks.items()), paper])
    return figure
