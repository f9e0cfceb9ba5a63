"""The figure of `sensitivity`: bars beside a tornado; of groups or several outcomes, a map of indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import PERCENT, figures, unit_label
from computeshift.experiments.views.plots.indices import indices
from computeshift.experiments.views.text.sensitivity import COLUMNS
from computeshift.experiments.views.text.sensitivity_findings import TOP, finding, foremost, in_full

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.sensitivity.answer import Sensitivity
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Sensitivity) -> Figure | Picture:
    """The indices of the top factors as bars, beside the mean outcome in their outer fifths.

    Of groups, or of several outcomes or years, a map of the indices.
    """
    if answer.by or len(answer.explained) > 1:
        return indices(answer)
    target, top = answer.target, answer.factors.head(TOP).iloc[::-1]
    if top.empty:
        page = figure(8.0, 2.0, target.key)
        page.text(0.5, 0.4, "\n".join(finding(answer)), ha="center", va="center")
        return page
    title = f"{target.key} depends most on {foremost(answer, 1)}"
    page = figure(9.5, 1.6 + 0.32 * max(len(top), 3), title)
    bars, fifths = page.subplots(1, 2, sharey=True)
    _bars(bars, answer, top)
    _fifths(fifths, answer, top)
    return page


def _bars(axes: Axes, answer: Sensitivity, top: pd.DataFrame) -> None:
    """The method's indices, one group of bars per factor, with their 95% intervals."""
    names = [name for name in COLUMNS[answer.method] if f"{name}_conf" in top]
    height = 0.8 / len(names)
    for i, name in enumerate(names):
        at = [row + 0.4 - (i + 0.5) * height for row in range(len(top))]
        error = top[f"{name}_conf"].tolist()
        style: Any = {"lw": 0.8, "ecolor": COLOURS[7]}
        axes.barh(at, top[name], height, xerr=error, error_kw=style, color=COLOURS[i], label=name)
    if answer.indices.noise is not None:
        axes.axvline(answer.indices.noise, color=COLOURS[7], ls=":", label="noise")
    axes.axvline(0, color=COLOURS[7], lw=0.8)
    axes.set_yticks(range(len(top)), [in_full(factor) for factor in top.index])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    shares = answer.method != "morris"
    unit = answer.target.unit
    axes.set_xlabel("share of variance, %" if shares else f"mean move from P5 to P95, {unit_label(unit)}")
    _percent_axis(axes, shares or unit in PERCENT)


def _fifths(axes: Axes, answer: Sensitivity, top: pd.DataFrame) -> None:
    """The tornado: the mean outcome where a parameter is in its lowest and in its highest fifth."""
    mean, rows = answer.indices.mean, list(range(len(top)))
    for name, label, colour in (
        ("low_fifth", "lowest fifth", COLOURS[5]),
        ("high_fifth", "highest fifth", COLOURS[3]),
    ):
        axes.barh(rows, top[name] - mean, 0.5, left=mean, color=colour, label=label, alpha=0.8)
    axes.axvline(mean, color=COLOURS[7], lw=0.8)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    axes.set_xlabel(f"mean outcome in a parameter's outer fifths, {unit_label(answer.target.unit)}")
    _percent_axis(axes, answer.target.unit in PERCENT)


def _percent_axis(axes: Axes, wanted: bool) -> None:
    """Tick labels of a share as percent."""
    if wanted:
        axes.xaxis.set_major_formatter(lambda value, _: figures(100 * value))
