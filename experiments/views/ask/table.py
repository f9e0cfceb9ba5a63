"""The questions that a page can ask of what it shows: inputs, and what each costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from computeshift.agents.strategy import strategies_of
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.evidence.scored import STARTS
from computeshift.experiments.questions.table import QUESTIONS, Question
from computeshift.experiments.run.joint import Joint
from computeshift.experiments.views.ask import inputs
from computeshift.experiments.views.ask.inputs import Input
from computeshift.experiments.views.ask.subject import Named, Subject
from computeshift.experiments.views.format import worlds

Picks = Mapping[str, str]
"""What is chosen, by the name of the input."""
ROWS = 128  # of Sobol's base sample: a first look in seconds; the intervals say how sure it is
DISCOVERED = 10_000  # worlds: the regions of fewer are seldom confirmed
SCORED = 2000  # worlds per start, of which 1,000 at least must make sense


@dataclass(frozen=True)
class Ask:
    """A question on a page: its inputs, and in words the `cost` of asking it with these.

    `plays`: it plays a config even where the page shows a results folder. `fixed` are options that it always
    has. `anyhow`: it is about the model, whatever the page shows.
    """

    name: str
    inputs: tuple[Input, ...]
    cost: Callable[[Subject, Picks], str]
    plays: bool = False
    fixed: Mapping[str, Any] = field(default_factory=dict)
    anyhow: bool = False

    @property
    def question(self) -> Question:
        """The question of the command line."""
        return next(question for question in QUESTIONS if question.name == self.name)

    @property
    def title(self) -> str:
        """The question in words."""
        return f"{self.name.capitalize()}: {self.question.asks}"

    def of(self, subject: Subject) -> Named:
        """The config or folder that it is about."""
        return subject.played if self.plays else subject.shown

    def about(self, subject: Subject) -> str:
        """What it is about, in words, with the worlds if they are those of the page."""
        if self.anyhow:
            return "The model, from each of its starts"
        named, years = self.of(subject), subject.years
        size = [] if self.fixed else [worlds(named.source.worlds)]
        return ", ".join([named.label, *size, f"seed {subject.config.seed}", f"{years[0]} to {years[-1]}"])

    def key(self, subject: Subject) -> tuple[str, str]:
        """What is the same for subjects with the same answer."""
        return self.about(subject), "" if self.anyhow else subject.config.hash

    def defaults(self, subject: Subject) -> dict[str, str]:
        """What is chosen at first, by input."""
        return {one.name: one.first(subject, one.options(subject)) for one in self.inputs}


# --- what they cost ---


def _played(count: int) -> str:
    return f"Plays {worlds(count)}."


def _read(subject: Subject, _: Picks) -> str:
    return "Reads the worlds of the folder." if subject.reads else _played(subject.config.worlds)


def _compared(subject: Subject, _: Picks) -> str:
    return _played(subject.config.worlds * (1 if subject.reads else 2))


def _profiles(subject: Subject, picks: Picks) -> str:
    """Every combination of the strategies of the firms that are chosen."""
    own = [strategies_of(firm.kind) for name, firm in subject.config.firms.items() if name in picks.values()]
    return _anew(subject, subject.played.source.worlds * math.prod(map(len, own)))


def _varied(subject: Subject, _: Picks) -> str:
    return _anew(subject, ROWS * (len(Joint.of(subject.config).inputs) + 3))


def _searched(subject: Subject, _: Picks) -> str:
    return _anew(subject, DISCOVERED)


def _anew(subject: Subject, count: int) -> str:
    """So many worlds that are played, and which these are where the page shows a folder."""
    return f"{_played(count)}{_drawn(subject)}"


def _drawn(subject: Subject) -> str:
    return " They are drawn anew from the config of the folder." if subject.reads else ""


def _broken(subject: Subject, _: Picks) -> str:
    each = f"Plays {worlds(subject.played.source.worlds)} twice for each deal, calm and in a storm."
    return f"{each}{_drawn(subject)}"


def _scored(_: Subject, __: Picks) -> str:
    return f"{_played(len(STARTS) * SCORED)} It is about the model, whatever scenario is on the screen."


_FIRM = Input("firm", "firm", "Firm", inputs.players, inputs.lab)
_YEAR = Input("year", "year", "Year", inputs.years, inputs.last)

ASKS = {
    ask.name: ask
    for ask in (
        Ask("risk", (), _read),
        Ask(
            "breaks",
            (
                Input("hurts", "hurts", "Firm that is hurt", inputs.firms, inputs.lab),
                Input("year", "year", "Year of the break", inputs.years, inputs.middle),
            ),
            _broken,
            plays=True,
        ),
        Ask("deals", (_YEAR,), _read),
        Ask("strategies", (_FIRM,), _profiles, plays=True),
        Ask(
            "game",
            (
                Input("first", "players", "First player", inputs.players, inputs.lab),
                Input("second", "players", "Second player", inputs.players, inputs.rival),
            ),
            _profiles,
            plays=True,
        ),
        Ask(
            "sensitivity",
            (Input("outcome", "outcome", "Outcome", inputs.outcomes, inputs.any_, free=True),),
            _varied,
            plays=True,
            fixed={"rows": ROWS},
        ),
        Ask(
            "discover",
            (
                Input("claim", "claim", "Claim", inputs.claims, inputs.open_claim),
                Input("holds", "holds", "Where it", inputs.ways, inputs.any_),
            ),
            _searched,
            plays=True,
            fixed={"worlds": DISCOVERED},
        ),
        Ask(
            "compare",
            (Input("reference", "sources", "Compare with", inputs.references, inputs.reference),),
            _compared,
        ),
        Ask("scorecard", (), _scored, fixed={"worlds": SCORED}, anyhow=True),
    )
}
"""The questions by name, in the order in which a page lists them."""


def asked(name: str) -> Ask:
    """The question of a name; UserError, with the nearest name, if no page asks it."""
    if name not in ASKS:
        raise UserError(f"`ask`: there is no question {name!r}; {instead(name, ASKS)}")
    return ASKS[name]
