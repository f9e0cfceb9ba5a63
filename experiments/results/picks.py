"""A world picked by what it is: a typical one, one with the most of something, or one with an event.

`typical`
    Of all worlds the one in which no headline outcome of any year is far from its median: the farthest is
    nearest, by ranks, so that a world of a median share and an extreme burn is not typical. Worlds drawn
    from a posterior come as often as their weight, so their medians are the posterior's.
`highest NAME`, `lowest NAME`
    The world with the largest or the smallest value of an outcome or an expression, at its time or in the
    last year. `highest oracle.debt in 2028` is one.
`FIRM EVENT`, `SHOCK strikes`
    Of the worlds in which that happened in some year, the one nearest to their own medians.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from computeshift.agents.kinds import KINDS
from computeshift.environment.decisions import HAIR
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.arguments import chosen_world
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.outcomes import outcome_of
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.stored import StoredRecord

TYPICAL = "typical"
HEADLINE = (
    *("stargate_share", "azure_share", "openai_compute"),
    *("openai_burn", "stargate_spent", "softbank_ltv"),
)
"""The outcomes that the dashboard has on top."""
TYPICAL_BY = (*HEADLINE, "openai_revenue")
"""The headline outcomes by which a world is typical."""
EVENTS = {
    "gives compute back": "given_back",
    "puts dues off": "deferred",
    "is bought into": "acquired",
    "exceeds its loan limit": "breached",
    "defaults": "defaulted",
}
"""What happens to firms, by the variable that is above zero where it does."""
STRIKES = "strikes"
_MOST = re.compile(r"(highest|lowest) (.+)", re.IGNORECASE)
_QUANTILE = re.compile(r"median|p\d+(\.\d+)?")
_EXAMPLES = (TYPICAL, "highest stargate_share", "lowest stargate_share")


@dataclass(frozen=True)
class Pick:
    """A world, and why it is the one: `words` say how many worlds share what it was picked for."""

    world: int
    words: str


def is_pick(world: object) -> bool:
    """Whether a world is told by what it is: by a text that is no quantile.

    >>> is_pick("typical"), is_pick("p90"), is_pick(17)
    (True, False, False)
    """
    return isinstance(world, str) and not _QUANTILE.fullmatch(world)


def number_of(
    record: Record, world: int | float | str, numbers: Iterable[int], quantiles: bool = True
) -> int | float:
    """A world's number, told by what it is or as `chosen_world` has it, or a quantile.

    `numbers` are those of the worlds that there are. UserError as `pick` and `chosen_world` have it.
    """
    return pick(record, str(world)).world if is_pick(world) else chosen_world(world, numbers, quantiles)


def in_words(record: Record, world: int | float | str) -> str:
    """A world within a note: its number, and what it was picked for."""
    if not is_pick(world):
        return f"world {world}"
    found = pick(record, str(world))
    return f"world {found.world} ({found.words})"


def must_be_pick(world: object, config: Config) -> None:
    """UserError for a text that is no pick in any world of a config."""
    if not is_pick(world):
        return
    name = _plain(str(world))
    if most := _MOST.fullmatch(name):
        outcome_of(most[2], config.cast, config.outcomes, config.start)
    elif name.lower() != TYPICAL:
        _event(name, config.cast.firms, range(config.worlds))


def pick(record: Record, world: str) -> Pick:
    """The world of a name such as `typical`, `lowest openai_burn` or `openai gives compute back`.

    UserError, with the nearest name, for one that there is not, and where no world has it.
    """
    name, every = _plain(world), record.market_variable("turnover").index
    if name.lower() == TYPICAL:
        words = f"nearest to the medians of the headline outcomes, of {len(every):,} worlds"
        return Pick(_nearest(record, every), words)
    if most := _MOST.fullmatch(name):
        return _extreme(record, most[1].lower(), most[2])
    event = _event(name, record.firms, every)
    worlds, words = happened(record, [event])[event], event_in_words(event)
    if worlds.empty:
        others = [other for other, own in happened(record, names_of(record.firms)).items() if len(own)]
        right = instead(event, [TYPICAL, *others])
        raise UserError(f"`world`: {words} in none of {len(every):,} worlds; {right}")
    shared = f"as in {len(worlds):,} of {len(every):,} worlds; of these the nearest to their medians"
    return Pick(_nearest(record, worlds), f"{words}, {shared}")


def names_of(firms: Mapping[str, str]) -> list[str]:
    """The names of all events: what may happen to these firms, given with their kinds, and news."""
    own = [
        f"{firm} {event}"
        for firm, kind in firms.items()
        for event, variable in EVENTS.items()
        if kind not in KINDS or variable in KINDS[kind].variables
    ]
    return own + [f"{kind} {STRIKES}" for kind in SHOCKS]


def happened(record: Record, events: Iterable[str]) -> dict[str, pd.Index[int]]:
    """By event the worlds in which it happened in some year."""
    asked = [(event, *event.split(" ", 1)) for event in events]
    firms = [(who, EVENTS[what]) for _, who, what in asked if what != STRIKES]
    tables: dict[tuple[str, str], pd.DataFrame] = {}
    if isinstance(record, StoredRecord) and "agents" in record.parts.tables:
        tables = record.several(firms)  # at once: to read one takes as long
    found = {}
    for event, who, what in asked:
        if what == STRIKES:
            table = record.market_variable_or_empty(f"news_{who}")
        else:
            variable = EVENTS[what]
            known = tables.get((who, variable))
            table = record.variable_or_empty(who, variable) if known is None else known
        found[event] = table.index[(table > HAIR).any(axis=1)]
    return found


def event_in_words(event: str) -> str:
    """An event as a person says it.

    >>> event_in_words("openai gives compute back"), event_in_words("nav_fall strikes")
    ('OpenAI gives compute back', 'NAV fall strikes')
    """
    who, _, what = event.partition(" ")
    return f"{capitalised(named(who))} {what}"


def _plain(world: str) -> str:
    return " ".join(world.split())


def _event(name: str, firms: Mapping[str, str], numbers: Any) -> str:
    """The event of a name, its firm as configs or as people write it. UserError if there is none.

    `numbers` are those of the worlds that there are, in order.
    """
    known = names_of(firms)
    spelt = {alias.lower(): event for event in known for alias in (event_in_words(event), event)}
    if name.lower() in spelt:
        return spelt[name.lower()]
    right = f"use a whole number from {numbers[0]} to {numbers[-1]}, 'median', 'typical', 'highest OUTCOME', "
    right += f"'lowest OUTCOME' or an event such as {known[0]!r}"
    near = instead(name, [*_EXAMPLES, *known])
    raise UserError(f"there is no world {name!r}: {right}{f'; {near}' if near.endswith('?') else ''}")


def _extreme(record: Record, which: str, text: str) -> Pick:
    """The world with the highest or the lowest value."""
    table = record.outcome(text).dropna(axis="columns", how="all")
    values = table.iloc[:, -1].dropna()
    best = values.max() if which == "highest" else values.min()
    same = values.index[values == best]
    what = f"{named(text)} in {table.columns[-1]}" if text.isidentifier() else text
    tied = f", as in {len(same):,} of them" if len(same) > 1 else ""
    return Pick(int(same[0]), f"{which} {what} of {len(values):,} worlds{tied}")


def _nearest(record: Record, worlds: pd.Index[int]) -> int:
    """Of some worlds the one whose farthest headline outcome is nearest to their median, by ranks."""
    table = record.remember(_headlines).loc[worlds]
    ranks = table.rank(pct=True)
    farthest = (ranks - ranks.mean()).abs().max(axis=1).fillna(0.0)  # one world alone is typical
    return int(farthest.index[int(np.argmin(farthest))])


def _headlines(record: Record) -> pd.DataFrame:
    """The headline outcomes of all years that vary: one row per world."""
    tables = [table for name in TYPICAL_BY if len(table := record.outcome_or_empty(name))]
    if not tables:
        raise UserError("`world`: no headline outcome has a value here: use a world's number")
    every = pd.concat(tables, axis=1, ignore_index=True)
    known = every.reindex(record.market_variable("turnover").index).dropna(axis="columns")
    return known.loc[:, known.nunique() > 1]
