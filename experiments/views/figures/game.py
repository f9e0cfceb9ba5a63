"""The figure of `game`: two players' payoffs as maps; for more, the surest equilibria as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from computeshift.experiments.config.names import capitalised, named, strategy_in_words
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.figures.figure import figure
from computeshift.experiments.views.format import cell as amount
from computeshift.experiments.views.text.game import in_words, surest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.games.game import Game


def draw(game: Game) -> Figure:
    """Two players' payoffs as maps with the equilibria framed; for more, the surest equilibria."""
    if len(game.players) == 2:
        return _maps(game)
    cells = surest(game)[::-1]
    page = figure(8.0, 1.5 + 0.45 * len(cells), _title(game))
    axes = page.subplots()
    colours = [COLOURS[2] if cell.equilibrium else COLOURS[5] for cell in cells]
    axes.barh(
        [", ".join(map(strategy_in_words, c.profile)) for c in cells],
        [100 * c.survives for c in cells],
        color=colours,
    )
    axes.set_xlim(0, 100)
    axes.set_xlabel(
        "% of resamples of the worlds (green: equilibrium of the means)\n"
        f"players: {', '.join(map(named, game.players))}; last line: what the config plays"
    )
    return page


def _title(game: Game) -> str:
    if not game.pure:
        return "No equilibrium in pure strategies"
    more = f" and {len(game.pure) - 1} more" if len(game.pure) > 1 else ""
    return f"Equilibrium: {in_words(list(game.players), game.pure[0].profile)}{more}"


def _maps(game: Game) -> Figure:
    first, second = map(named, game.players)
    rows, columns = (len(own) for own in game.players.values())
    page = figure(1.5 + 2 * 1.15 * columns, 1.9 + 0.6 * rows, _title(game))
    for axes, player in zip(page.subplots(1, 2, sharey=True), game.players, strict=True):
        _map(game, player, axes)
    legend = f"{capitalised(first)}: rows, {second}: columns; * best reply; framed: equilibrium"
    page.supxlabel(legend, fontsize="medium")
    return page


def _map(game: Game, player: str, axes: Axes) -> None:
    rows, columns = game.players.values()
    means = np.array([[game.cells[r, c].payoff[player][0] for c in columns] for r in rows])
    axes.imshow(means, cmap="Blues", aspect="auto")
    middle = (means.min() + means.max()) / 2
    for (y, x), mean in np.ndenumerate(means):
        cell = game.cells[rows[y], columns[x]]
        text = amount(mean) + ("*" if cell.gain[player][0] == 0 else "")
        axes.text(x, y, text, ha="center", va="center", color="white" if mean > middle else "black")
        if cell.equilibrium:
            frame = [x - 0.46, x + 0.46, x + 0.46, x - 0.46, x - 0.46]
            axes.plot(frame, [y - 0.46, y - 0.46, y + 0.46, y + 0.46, y - 0.46], color=COLOURS[3], lw=2.5)
    axes.set_xticks(range(len(columns)), [*map(strategy_in_words, columns)], rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), [*map(strategy_in_words, rows)])
    axes.set_title(f"Mean payoff of {named(player)}, $ bn", fontsize="medium")
