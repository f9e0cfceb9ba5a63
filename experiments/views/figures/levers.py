"""The picture of `levers`: an ECharts picture, as new ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.levers import levers

if TYPE_CHECKING:
    from computeshift.experiments.questions.levers.levers import Levers
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Levers) -> Picture:
    """A map of levers by outcomes."""
    return levers(answer)
