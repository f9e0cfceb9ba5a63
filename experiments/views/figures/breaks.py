"""The picture of `breaks`: an ECharts picture, as new ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.breaks import breaks

if TYPE_CHECKING:
    from computeshift.experiments.questions.breaks.breaks import Breaks
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Breaks) -> Picture:
    """A ranking of broken deals, calm beside a storm."""
    return breaks(answer)
