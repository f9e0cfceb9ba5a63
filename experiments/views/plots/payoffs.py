"""Payoffs of a firm's strategies, or of two players against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import capitalised, named, strategy_in_words
from computeshift.experiments.questions.games.game import Game
from computeshift.experiments.questions.games.strategies import Strategies
from computeshift.experiments.views.colours import COLOURS, lighter
from computeshift.experiments.views.format import percent, short, span, spans, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges, height, ranges
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.game import in_words, surest


@sourced
def payoffs(answer: Game | Strategies) -> Picture:
    """A firm's strategies against the one it plays, or two players' payoff matrix.

    Of more than two players: how often each profile is an equilibrium when the worlds are resampled.
    """
    if isinstance(answer, Strategies):
        return _strategies(answer)
    return _matrix(answer) if len(answer.players) == 2 else _profiles(answer)


def _strategies(answer: Strategies) -> Picture:
    """The paired difference of each strategy to the reference, and how often it is best or in distress."""
    table = answer.table
    names = [capitalised(strategy_in_words(str(name))) for name in table.index]
    spread = table[["difference_p10", "median_gain", "difference_p90"]].to_numpy(dtype=np.float64).T
    mean = table[["gain_low", "gain", "gain_high"]].to_numpy(dtype=np.float64).T
    gains = ranges(
        names,
        "$ bn",
        Ranges("median, P10 to P90", COLOURS[5], spread, spans(spread, "$ bn", sign=True)),
        Ranges("mean, 95% interval", COLOURS[0], mean, spans(mean, "$ bn", sign=True)),
        at=0,
    )
    chances = ranges(names, "share", *(_part(name, table[name], _CHANCES[name]) for name in _CHANCES))
    chances["xAxis"] |= {"min": 0, "max": 100}
    high = height(names, 2)
    panels = [
        Panel(f"Payoff less that of {strategy_in_words(answer.reference)}, in the same world", gains, high),
        Panel("How often it is best, and how often the firm is in distress", chances, high),
    ]
    option, high = stacked(panels)
    note = f"$ bn of the end of {answer.start}. {worlds(answer.worlds)}. {answer.finding}"
    title = f"Which strategy pays {named(answer.firm)} by {answer.until}"
    return Picture(f"payoffs_{answer.firm}", title, note, option, table.reset_index(names="strategy"), high)


_CHANCES = {"best": COLOURS[2], "distress": COLOURS[3]}


def _part(name: str, shares: pd.Series[float], colour: str) -> Ranges:
    """Shares of worlds as lines from zero."""
    values: Array = np.asarray(shares, dtype=np.float64)
    spread: Array = np.stack([np.zeros_like(values), values, values])
    return Ranges(name, colour, spread, [f"{name} in {percent(float(value))} of worlds" for value in values])


def _profiles(game: Game) -> Picture:
    """The surest profiles: in what part of resamples each is an equilibrium."""
    cells = surest(game)
    rows = [", ".join(map(strategy_in_words, cell.profile)) for cell in cells]
    survives = pd.Series([cell.survives for cell in cells])
    held = pd.Series([cell.equilibrium for cell in cells])
    option = ranges(
        rows,
        "share",
        _part("equilibrium of the means", survives.where(held), COLOURS[2]),
        _part("no equilibrium of the means", survives.where(~held), COLOURS[5]),
    )
    option["xAxis"] |= {"min": 0, "max": 100, "name": "% of resamples of the worlds"}
    note = f"Players: {', '.join(map(named, game.players))}; the last row is what the config plays, if it is "
    note += f"not among the others. {worlds(game.worlds)}. {game.finding}"
    table = pd.DataFrame([cell.profile for cell in cells], columns=list(game.players))
    table = table.assign(equilibrium=held, survives=survives)
    return Picture(f"payoffs_{'_'.join(game.players)}", _title(game), note, option, table, height(rows, 2))


def _title(game: Game) -> str:
    if not game.pure:
        return "No equilibrium in pure strategies"
    more = f" and {len(game.pure) - 1} more" if len(game.pure) > 1 else ""
    return f"Equilibrium: {in_words(list(game.players), game.pure[0].profile)}{more}"


def _matrix(game: Game) -> Picture:
    """Two maps, one per player, with the same rows and columns; equilibria are framed."""
    first, second = game.players
    high = 110 + 44 * len(game.players[first])
    panels = [
        Panel(f"Mean payoff of {named(player)}, $ bn", _map(game, player), high) for player in game.players
    ]
    option, high = stacked(panels)
    rows = [
        (*cell.profile, player, *cell.payoff[player], cell.gain[player][0], cell.equilibrium, cell.survives)
        for cell in game.cells.values()
        for player in game.players
    ]
    columns = [first, second, "player", "payoff", "low", "high", "gain_by_reply", "equilibrium", "survives"]
    note = f"Rows: {named(first)}; columns: {named(second)}; * best reply; framed: equilibrium. "
    note += f"Means over {worlds(game.worlds)}. {game.finding}"
    table = pd.DataFrame(rows, columns=columns)
    return Picture(f"payoffs_{first}_{second}", _title(game), note, option, table, high)


def _axis(names: tuple[str, ...]) -> dict[str, Any]:
    label = {"interval": 0, "color": style.INK}
    hidden = {"axisTick": {"show": False}, "axisLine": {"show": False}}
    return {"type": "category", "data": list(map(strategy_in_words, names)), "axisLabel": label} | hidden


def _map(game: Game, player: str) -> dict[str, Any]:
    """A player's mean payoff for each pair of strategies."""
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
    means = [game.cells[row, column].payoff[player][0] for row in rows for column in columns]
    least, most = min(means), max(means)
    across, down = _axis(columns), _axis(rows)
    across["axisLabel"] |= {"rotate": 30}
    return style.base(
        grid={"left": 12, "right": 12, "top": 4, "bottom": 12, "containLabel": True},
        xAxis=across,
        yAxis=down | {"inverse": True},
        visualMap={
            "show": False,
            "dimension": 2,
            "min": least,
            "max": max(most, least + 1e-9),
        }
        | {"inRange": {"color": [lighter(COLOURS[0], 0.92), lighter(COLOURS[0], 0.25)]}},
        series=[{"type": "heatmap", "data": cells}],
    )
