"""The text of `game`: the finding in words, tables that fit 80 columns, and the JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from computeshift.experiments.config.names import capitalised, named, possessive, strategy_in_words
from computeshift.experiments.questions.games.equilibria import RESAMPLES
from computeshift.experiments.questions.games.payoffs import DISCOUNT
from computeshift.experiments.questions.games.profiles import in_settings
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import cell as amount
from computeshift.experiments.views.format import interval, money, percent, worlds
from computeshift.experiments.views.text.outcomes import outcome_tables
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.games.game import Cell, Game
    from computeshift.experiments.questions.games.profiles import Profile

_LISTED = 12  # profiles at most in a table or a picture of more than two players
_ABREAST = 5  # strategies beside each other in a table
_PLAYED = 0.005  # chances below this are not worth a word


def document(game: Game) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    rests = game.rest_points
    return {
        "players": {name: list(own) for name, own in game.players.items()},
        "reference": _named(game, game.reference),
        "finding": finding(game),
        "unit": f"$ bn of the end of {game.start}, discounted at {percent(DISCOUNT, 1)} a year",
        "profiles": [asdict(cell) | {"profile": _named(game, cell.profile)} for cell in game.cells.values()],
        "dominated": [strategy._asdict() for strategy in game.dominated],
        "pure_equilibria": [
            {"profile": _named(game, cell.profile), "survives": cell.survives} for cell in game.pure
        ],
        "any_pure_equilibrium": game.any_pure,
        "mixed_equilibria": None if game.mixed is None else [asdict(mixed) for mixed in game.mixed],
        "degenerate": game.degenerate,
        "cycles": [[_named(game, profile) for profile in cycle] for cycle in game.cycles],
        "rest_points": None if rests is None else [{"mix": mix, "starts": share} for mix, share in rests],
        "worlds": game.worlds,
        "resamples": RESAMPLES,
        "seed": game.seed,
        "start": game.start,
        "until": game.until,
        "left_out": game.left_out,
        "not_played": game.not_played,
        **({"outcomes": records(game.outcomes)} if len(game.outcomes) else {}),
    }


def finding(game: Game) -> str:
    """What it says, in words."""
    players = list(game.players)
    here = game.cells[game.reference]
    text = "".join(
        f"Equilibrium: {in_words(players, cell.profile)}; it holds in {percent(cell.survives)} of resamples "
        "of the worlds. "
        for cell in game.pure
    )
    if not game.pure:
        text = "No equilibrium in pure strategies: in every profile some player would gain by a change. "
    text += f"Resamples with any equilibrium in pure strategies: {percent(game.any_pure)}. "
    text += f"The config's strategies ({in_words(players, game.reference)}) are "
    return text + ("an equilibrium." if here.equilibrium else f"no equilibrium: {_gains(here, players)}.")


def in_words(players: list[str], profile: Profile) -> str:
    """A profile as a person says it.

    >>> in_words(["openai", "google"], ("stay", "default+race"))
    'OpenAI stay, Google race'
    """
    played = zip(players, profile, strict=True)
    return ", ".join(f"{named(player)} {strategy_in_words(own)}" for player, own in played)


def _gains(cell: Cell, players: list[str]) -> str:
    """What the players of a profile would gain by their best replies."""
    return "; ".join(
        f"{named(player)} would gain {money(gain)} ({interval(low, high)}) with "
        f"{strategy_in_words(cell.reply[player])}"
        for player, (gain, low, high) in cell.gain.items()
        if cell.reply[player] != cell.profile[players.index(player)]
    )


def _named(game: Game, profile: Profile) -> dict[str, str]:
    return dict(zip(game.players, profile, strict=True))


def show(game: Game, console: Console) -> None:
    """Print the finding, then tables that fit 80 columns."""
    two = len(game.players) == 2
    payoffs = [table for player in game.players for table in _matrix(game, player)] if two else []
    own = outcome_tables(game.outcomes, in_settings(list(game.players), game.reference))
    for line in (finding(game), *_cycles(game), *_warnings(game)):
        console.print(line, highlight=False)
    console.print()
    for table in (*payoffs, _profiles(game), _dominated(game), _mixes(game), *own):
        if table.row_count:
            console.print(table)
            console.print()
    note = f"Mean payoffs in $ bn, discounted to the end of {game.start} at {percent(DISCOUNT, 1)} a year. "
    note += "Intervals: 95%, simultaneous over a player's other strategies in the same worlds. "
    note += f"Holds: share of {RESAMPLES} resamples of the worlds."
    console.print(note, style="dim", highlight=False)
    note = f"{len(game.cells)} profiles, {worlds(game.worlds)} each, to {game.until}, seed {game.seed}"
    console.print(note, highlight=False)


def _matrix(game: Game, player: str) -> Iterator[Plain]:
    """A player's payoffs: the first player's strategies by the second's, some of them beside each other."""
    rows, columns = game.players.values()
    first, second = map(named, game.players)
    whose = capitalised(f"{possessive(named(player))} payoff")
    title = f"{whose}: {first} plays the row, {second} the column; * its best reply"
    for start in range(0, len(columns), _ABREAST):
        some = columns[start : start + _ABREAST]
        table = Plain(title, "", *map(strategy_in_words, some))
        for row in rows:
            cells = [game.cells[row, column] for column in some]
            table.add_row(strategy_in_words(row), *(_payoff(cell, player) for cell in cells))
        table.note = f"Below: what {named(player)} loses against its best reply, ± 95% over paired worlds"
        yield table


def _payoff(cell: Cell, player: str) -> str:
    mean, (gain, low, _) = cell.payoff[player][0], cell.gain[player]
    if gain == 0:
        return f"{amount(mean)}*\n"
    return f"{amount(mean)} \n[dim]{amount(-gain)} ± {amount(gain - low)}[/dim] "


def _profiles(game: Game) -> Plain:
    """The equilibria, other profiles that are one in some resamples, and what the config plays."""
    title = "Profiles that are an equilibrium (=) in all worlds, or in some resamples of them"
    table = Plain(title, "", "holds", *map(named, game.players), whole=True)
    table.add_column("best change, and its gain")
    for cell in surest(game):
        payoffs = (amount(cell.payoff[player][0]) for player in game.players)
        name = ("= " if cell.equilibrium else "  ") + "\n  ".join(map(strategy_in_words, cell.profile))
        table.add_row(name, percent(cell.survives), *payoffs, _changes(cell, list(game.players)))
    return table


def surest(game: Game) -> list[Cell]:
    """The profiles worth a line: the surest, and what the config plays."""
    ranked = sorted(game.cells.values(), key=lambda cell: (not cell.equilibrium, -cell.survives))
    sure = [cell for cell in ranked if cell.equilibrium or cell.survives > 0][:_LISTED]
    here = game.cells[game.reference]
    return sure if here in sure else [*sure, here]


def _changes(cell: Cell, players: list[str]) -> str:
    changes = [
        f"{named(player)} to {strategy_in_words(cell.reply[player])}, {amount(gain)} ± {amount(gain - low)}"
        for player, (gain, low, _) in cell.gain.items()
        if cell.reply[player] != cell.profile[players.index(player)]
    ]
    return "\n".join(changes) or "none"


def _dominated(game: Game) -> Plain:
    table = Plain("Strictly dominated strategies, in the order of elimination", "", whole=True)
    table.add_column("holds", justify="right")
    table.add_column("strategy")
    table.add_column("always worse than")
    for lost in game.dominated:
        strategy = f"{named(lost.player)}: {strategy_in_words(lost.strategy)}"
        table.add_row(f"round {lost.round}", percent(lost.survives), strategy, _mix(lost.by))
    return table


def _mixes(game: Game) -> Plain:
    """Mixed equilibria of two players, or rest points of more."""
    if game.mixed is not None:
        table = Plain("Equilibria in mixed strategies", "", whole=True)
        rows = [(mixed.mix, f"holds in {percent(mixed.survives)}") for mixed in game.mixed]
    else:
        table = Plain("Rest points of smoothed best replies (logit)", "", whole=True)
        rows = [(mix, f"{percent(share)} of starts") for mix, share in game.rest_points or ()]
    table.add_column("")
    for mix, note in rows:
        mixed = (f"{named(player)}: {_mix(own)}" for player, own in mix.items())
        table.add_row(note, "\n".join(mixed))
    return table


def _mix(chances: dict[str, float]) -> str:
    """A mix in words.

    >>> _mix({"stay": 1.0}), _mix({"stay": 0.25, "shift": 0.75, "own": 0.0})
    ('stay', 'stay 25%, shift 75%')
    """
    mixed = {name: chance for name, chance in chances.items() if chance > _PLAYED}
    if len(mixed) == 1:
        return strategy_in_words(next(iter(mixed)))
    return ", ".join(f"{strategy_in_words(name)} {percent(chance)}" for name, chance in mixed.items())


def _cycles(game: Game) -> Iterator[str]:
    players = list(game.players)
    for cycle in game.cycles:
        steps = " -> ".join(in_words(players, profile) for profile in [*cycle, cycle[0]])
        yield f"Best replies form a cycle of {len(cycle)} steps: {steps}"


def _warnings(game: Game) -> Iterator[str]:
    if game.degenerate:
        yield "The game is degenerate (payoffs tie): it may have more equilibria than are listed."
    if game.rest_points is not None:
        lost = 1 - sum(share for _, share in game.rest_points)
        if lost > _PLAYED:
            yield f"Logit dynamics does not converge from {percent(lost)} of its starting points."
    if game.reasons:
        yield left_out(game.reasons)
    for player, names in game.not_played.items():
        missing = ", ".join(map(strategy_in_words, names))
        yield f"Strategies of {named(player)} without a results folder: {missing}"
