"""The picture of `scorecard`: an ECharts picture, as new ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.scorecard import scorecard

if TYPE_CHECKING:
    from computeshift.experiments.questions.evidence.scorecard import Scorecard
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Scorecard) -> Picture:
    """Where facts fall among the worlds, and each fact as a dot on its interval."""
    return scorecard(answer)
