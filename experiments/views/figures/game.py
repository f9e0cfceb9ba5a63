"""The picture of `game`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.payoffs import payoffs

if TYPE_CHECKING:
    from computeshift.experiments.questions.games.game import Game
    from computeshift.experiments.views.plots.picture import Picture


def draw(game: Game) -> Picture:
    """Two players' payoffs as maps; for more players, the surest equilibria."""
    return payoffs(game)
