"""Payoffs of a firm's strategies, or of two players against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.games.game import Game
from computeshift.experiments.questions.games.strategies import Strategies
from computeshift.experiments.views.colours import COLOURS, lighter
from computeshift.experiments.views.format import short, span, spans
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges


def payoffs(answer: Game | Strategies) -> Picture:
    """A firm's strategies against the one it plays, or the payoff matrix of two players.

    UserError for a game of more than two players.
    """
    if isinstance(answer, Strategies):
        return _strategies(answer)
    if len(answer.players) != 2:
        raise UserError(f"a payoff matrix is of two players, not {len(answer.players)}")
    return _matrix(answer)


def _strategies(answer: Strategies) -> Picture:
    """The paired difference of each strategy to the reference."""
    table = answer.table
    spread = table[["difference_p10", "median_gain", "difference_p90"]].to_numpy(dtype=np.float64).T
    mean = table[["gain_low", "gain", "gain_high"]].to_numpy(dtype=np.float64).T
    option = ranges(
        [f"{name} (best in {best:.0%} of worlds)" for name, best in table["best"].items()],
        "$ bn",
        Ranges("median, P10 to P90", COLOURS[5], spread, spans(spread, "$ bn", sign=True)),
        Ranges("mean, 95% interval", COLOURS[0], mean, spans(mean, "$ bn", sign=True)),
    )
    note = f"Payoff less that of {answer.reference} in the same world, $ bn of the end of {answer.start}. "
    note += f"{answer.worlds:,} worlds. {answer.finding}"
    title = f"Which strategy pays {named(answer.firm)} by {answer.until}"
    numbers = table.reset_index(names="strategy")
    return Picture(f"payoffs_{answer.firm}", title, note, option, numbers, height(len(table)))


def _matrix(game: Game) -> Picture:
    """Two maps, one per player, with the same rows and columns; equilibria are framed."""
    first, second = game.players
    panels = [_map(game, player, i) for i, player in enumerate(game.players)]
    option = style.base(
        title=[
            {"text": f"to {named(player)}, $ bn", "left": f"{26 + 41 * i}%", "top": 0}
            | {"textStyle": {"fontSize": 12, "fontWeight": "normal", "color": style.INK}}
            for i, player in enumerate(game.players)
        ],
        grid=[
            {"left": "20%", "right": "42%", "top": 24, "bottom": 70},
            {"left": "61%", "right": "1%", "top": 24, "bottom": 70},
        ],
        xAxis=[_axis(game.players[second], i) | {"axisLabel": _SLANTED} for i in (0, 1)],
        yAxis=[
            _axis(game.players[first], i) | {"inverse": True, "axisLabel": {"show": i == 0}} for i in (0, 1)
        ],
        visualMap=[
            {"show": False, "seriesIndex": i, "dimension": 2, "min": low, "max": high}
            | {"inRange": {"color": [lighter(COLOURS[0], 0.92), lighter(COLOURS[0], 0.25)]}}
            for i, (low, high) in enumerate(_ends(panel) for panel in panels)
        ],
        series=panels,
    )
    rows = [
        (*cell.profile, player, *cell.payoff[player], cell.gain[player][0], cell.equilibrium, cell.survives)
        for cell in game.cells.values()
        for player in game.players
    ]
    columns = [first, second, "player", "payoff", "low", "high", "gain_by_reply", "equilibrium", "survives"]
    note = f"Rows: {named(first)}; columns: {named(second)}; * best reply; framed: equilibrium. "
    note += f"Means over {game.worlds:,} worlds. {game.finding}"
    title = f"Payoffs of {named(first)} and {named(second)} against each other"
    table = pd.DataFrame(rows, columns=columns)
    return Picture(
        f"payoffs_{first}_{second}", title, note, option, table, 130 + 44 * len(game.players[first])
    )


_SLANTED = {"rotate": 30, "interval": 0, "color": style.INK}


def _axis(names: tuple[str, ...], panel: int) -> dict[str, Any]:
    axis = {"type": "category", "data": list(names), "gridIndex": panel, "axisTick": {"show": False}}
    return axis | {"axisLine": {"show": False}}


def _map(game: Game, player: str, panel: int) -> dict[str, Any]:
    rows, columns = game.players.values()
    cells = []
    for (y, row), (x, column) in ((a, b) for a in enumerate(rows) for b in enumerate(columns)):
        cell = game.cells[row, column]
        mean, low, high = cell.payoff[player]
        text = short(mean) + ("*" if cell.gain[player][0] == 0 else "")
        frame = {"borderColor": COLOURS[3], "borderWidth": 3} if cell.equilibrium else {"borderColor": "#fff"}
        cells.append(
            {
                "value": [x, y, round(mean, 4)],
                "itemStyle": frame,
                "label": {"show": True, "formatter": text, "color": "#000"},
                "tooltip": {"formatter": f"{row}, {column}: {span(np.array([low, mean, high]), '$ bn')}"},
            }
        )
    cells.sort(key=lambda cell: "borderWidth" in cell["itemStyle"])  # frames on top
    return {"type": "heatmap", "xAxisIndex": panel, "yAxisIndex": panel, "data": cells}


def _ends(panel: dict[str, Any]) -> tuple[float, float]:
    values = [cell["value"][2] for cell in panel["data"]]
    return min(values), max(max(values), min(values) + 1e-9)
