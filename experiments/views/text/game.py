"""How a solved game looks: tables on a screen, and a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.answer import COLOURS, figure
from computeshift.experiments.questions.games.equilibria import RESAMPLES
from computeshift.experiments.questions.games.payoffs import DISCOUNT
from computeshift.experiments.questions.games.profiles import told_profile
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.text.table import Plain, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console

    from computeshift.experiments.questions.games.game import Cell, Game

_LISTED = 12  # profiles at most in a table or a picture of more than two players
_PLAYED = 0.005  # chances below this are not worth a word


def show(game: Game, console: Console) -> None:
    """Print a game as tables that fit 80 columns."""
    payoffs = [_matrix(game, player) for player in game.players] if len(game.players) == 2 else []
    for table in (*payoffs, _profiles(game), _dominated(game), _mixes(game)):
        if table.row_count:
            console.print(table)
            console.print()
    for line in (*_cycles(game), *_warnings(game), game.finding):
        console.print(line, highlight=False)
    told = f"Mean payoffs in $ bn of the end of {game.start}, later money at {DISCOUNT:.1%} a year"
    told += (
        ", simultaneous 95% intervals over a player's other strategies in the same worlds; holds: in what "
        f"part of {RESAMPLES} resamples of the worlds."
    )
    console.print(told, style="dim", highlight=False)
    told = f"{len(game.cells)} profiles, {game.worlds} worlds each, to {game.until}, seed {game.seed}"
    console.print(told, highlight=False)


def _matrix(game: Game, player: str) -> Plain:
    """A player's payoffs: the first player's strategies by the second's."""
    rows, columns = game.players.values()
    first, second = map(named, game.players)
    whose = capitalised(f"{named(player)}'s payoff")
    title = f"{whose}: {first} plays the row, {second} the column; * its best reply"
    table = Plain(title, "", *columns, whole=True)
    for row in rows:
        cells = [game.cells[row, column] for column in columns]
        table.add_row(row, *(_payoff(cell, player) for cell in cells))
    table.note = f"Below: what {named(player)} loses against its best reply, ± 95% over paired worlds"
    return table


def _payoff(cell: Cell, player: str) -> str:
    mean, (gain, low, _) = cell.payoff[player][0], cell.gain[player]
    if gain == 0:
        return f"{short(mean)}*\n"
    return f"{short(mean)} \n[dim]{short(-gain)} ± {short(gain - low)}[/dim] "


def _profiles(game: Game) -> Plain:
    """The equilibria, other profiles that are one in some resamples, and what the config plays."""
    title = "Profiles that are an equilibrium (=), or were one in some resamples of the worlds"
    table = Plain(title, "", "holds", *map(named, game.players), whole=True)
    table.add_column("who would change, for how much")
    for cell in _surest(game):
        payoffs = (short(cell.payoff[player][0]) for player in game.players)
        name = ("= " if cell.equilibrium else "  ") + "\n  ".join(cell.profile)
        table.add_row(name, f"{cell.survives:.0%}", *payoffs, _changes(cell, list(game.players)))
    return table


def _surest(game: Game) -> list[Cell]:
    """The profiles worth a line: the surest, and what the config plays."""
    ranked = sorted(game.cells.values(), key=lambda cell: (not cell.equilibrium, -cell.survives))
    sure = [cell for cell in ranked if cell.equilibrium or cell.survives > 0][:_LISTED]
    here = game.cells[game.reference]
    return sure if here in sure else [*sure, here]


def _changes(cell: Cell, players: list[str]) -> str:
    told = [
        f"{named(player)} to {cell.reply[player]}, {short(gain)} ± {short(gain - low)}"
        for player, (gain, low, _) in cell.gain.items()
        if cell.reply[player] != cell.profile[players.index(player)]
    ]
    return "\n".join(told) or "nobody"


def _dominated(game: Game) -> Plain:
    table = Plain("Strictly dominated, in the order they fall", "", whole=True)
    table.add_column("holds", justify="right")
    table.add_column("strategy")
    table.add_column("always worse than")
    for lost in game.dominated:
        strategy = f"{named(lost.player)}: {lost.strategy}"
        table.add_row(f"round {lost.round}", f"{lost.survives:.0%}", strategy, _mix(lost.by))
    return table


def _mixes(game: Game) -> Plain:
    """Mixed equilibria of two players, or rest points of more."""
    if game.mixed is not None:
        table = Plain("Equilibria in mixed strategies", "", whole=True)
        rows = [(found.mix, f"holds in {found.survives:.0%}") for found in game.mixed]
    else:
        table = Plain("Where smoothed best replies (logit) come to rest", "", whole=True)
        rows = [(mix, f"{share:.0%} of starts") for mix, share in game.rest_points or ()]
    table.add_column("")
    for mix, told in rows:
        mixed = (f"{named(player)}: {_mix(own)}" for player, own in mix.items())
        table.add_row(told, "\n".join(mixed))
    return table


def _mix(chances: dict[str, float]) -> str:
    """A mix in words.

    >>> _mix({"stay": 1.0}), _mix({"stay": 0.25, "shift": 0.75, "own": 0.0})
    ('stay', 'stay 25%, shift 75%')
    """
    played = {name: chance for name, chance in chances.items() if chance > _PLAYED}
    if len(played) == 1:
        return next(iter(played))
    return ", ".join(f"{name} {chance:.0%}" for name, chance in played.items())


def _cycles(game: Game) -> Iterator[str]:
    players = list(game.players)
    for cycle in game.cycles:
        steps = " -> ".join(told_profile(players, profile) for profile in [*cycle, cycle[0]])
        yield f"Best replies go round in {len(cycle)} steps: {steps}"


def _warnings(game: Game) -> Iterator[str]:
    if game.degenerate:
        yield "The game is degenerate (payoffs tie): it may have more equilibria than are listed."
    if game.rest_points is not None:
        lost = 1 - sum(share for _, share in game.rest_points)
        if lost > _PLAYED:
            yield f"From {lost:.0%} of its starting points the logit dynamics never came to rest."
    if game.reasons:
        yield left_out(game.reasons)
    for player, names in game.not_played.items():
        yield f"No folder plays {', '.join(names)} of {named(player)}"


def draw(game: Game) -> Figure:
    """Two players' payoffs as maps with the equilibria framed; for more, the surest equilibria."""
    if len(game.players) == 2:
        return _maps(game)
    surest = _surest(game)[::-1]
    drawn = figure(8.0, 1.5 + 0.45 * len(surest), _title(game))
    axes = drawn.subplots()
    colours = [COLOURS[2] if cell.equilibrium else COLOURS[5] for cell in surest]
    axes.barh([", ".join(c.profile) for c in surest], [100 * c.survives for c in surest], color=colours)
    axes.set_xlim(0, 100)
    axes.set_xlabel(
        "% of resamples of the worlds (green: equilibrium of the means)\n"
        f"players: {', '.join(map(named, game.players))}; last line: what the config plays"
    )
    return drawn


def _title(game: Game) -> str:
    if not game.pure:
        return "No equilibrium in pure strategies"
    more = f" and {len(game.pure) - 1} more" if len(game.pure) > 1 else ""
    return f"Equilibrium: {told_profile(list(game.players), game.pure[0].profile)}{more}"


def _maps(game: Game) -> Figure:
    first, second = map(named, game.players)
    rows, columns = (len(own) for own in game.players.values())
    drawn = figure(1.5 + 2 * 1.15 * columns, 1.9 + 0.6 * rows, _title(game))
    for axes, player in zip(drawn.subplots(1, 2, sharey=True), game.players, strict=True):
        _map(game, player, axes)
    told = f"{capitalised(first)}: rows, {second}: columns; * best reply; framed: equilibrium"
    drawn.supxlabel(told, fontsize="medium")
    return drawn


def _map(game: Game, player: str, axes: Axes) -> None:
    rows, columns = game.players.values()
    means = np.array([[game.cells[r, c].payoff[player][0] for c in columns] for r in rows])
    axes.imshow(means, cmap="Blues", aspect="auto")
    middle = (means.min() + means.max()) / 2
    for (y, x), mean in np.ndenumerate(means):
        cell = game.cells[rows[y], columns[x]]
        text = short(mean) + ("*" if cell.gain[player][0] == 0 else "")
        axes.text(x, y, text, ha="center", va="center", color="white" if mean > middle else "black")
        if cell.equilibrium:
            frame = [x - 0.46, x + 0.46, x + 0.46, x - 0.46, x - 0.46]
            axes.plot(frame, [y - 0.46, y - 0.46, y + 0.46, y + 0.46, y - 0.46], color=COLOURS[3], lw=2.5)
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_title(f"Mean payoff of {named(player)}, $ bn", fontsize="medium")
