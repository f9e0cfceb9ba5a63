"""The picture of `strategies`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.payoffs import payoffs

if TYPE_CHECKING:
    from computeshift.experiments.questions.games.strategies import Strategies
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Strategies) -> Picture:
    """What each strategy pays beyond the reference, and how often it is best."""
    return payoffs(answer)
