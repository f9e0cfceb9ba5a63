"""The stories that the dashboard tells: rows of `stories.yaml`, checked as they are read."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml.error import YAMLError

from computeshift.agents.kinds import KINDS
from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.environment.network import VENTURE
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import load
from computeshift.experiments.config.nodes import broken, shipped_data
from computeshift.experiments.config.source import names
from computeshift.experiments.errors import Problem, UserError, instead
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.run.measure import known_outcome
from computeshift.experiments.views.dashboard.tabs import TABS

FILE = Path(__file__).with_name("stories.yaml")
SENTENCES = 3
WORDS = ("year", "worlds", "start", "start of against")
FORMS = ("value", "value in against", "change", "chance", "chance in against", "rises most")
"""What may stand in braces: words alone, and forms of an outcome, a claim or a variable."""
PAIRED = ("change", "rises most")
"""Forms that need worlds that pair."""
_NUMBER = re.compile(
    r"\d+|\b(half|halves|thirds?|quarters?|twice|double|triple|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Slot:
    """A number that a sentence leaves out: its form, and the outcome, claim or variable that it is of."""

    form: str
    of: str


class Story(BaseModel):
    """A scenario held against another, the place on the page to look at, and a caption of sentences."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    scenario: str
    against: str
    tab: str
    year: int
    caption: tuple[str, ...]
    outcome: str = ""
    firm: str = ""
    customer: str = ""

    @property
    def paired(self) -> bool:
        """Whether the worlds of both scenarios pair: they start in the same year."""
        return load(self.scenario).start == load(self.against).start

    def looks_at(self, scenario: str, against: str) -> bool:
        """Whether a page with these scenarios shows it still, whatever else is set."""
        return scenario == self.scenario and against in (
            (self.against,) if self.paired else ("", self.against)
        )

    @property
    def selected(self) -> dict[str, str]:
        """What is selected on the page, as in a link."""
        parts = {"tab": self.tab, "year": str(self.year), "story": self.name}
        return parts | {key: pick for key in ("outcome", "firm", "customer") if (pick := getattr(self, key))}


def pieces(sentence: str) -> list[str | Slot]:
    """A sentence as its words and the numbers between them.

    >>> pieces("OpenAI burns {value: openai_burn} in {year}.")
    ['OpenAI burns ', Slot(form='value', of='openai_burn'), ' in ', Slot(form='year', of=''), '.']
    """
    parts: list[str | Slot] = list(_BRACES.split(sentence))
    for at in range(1, len(parts), 2):
        form, _, of = str(parts[at]).partition(":")
        parts[at] = Slot(form.strip(), of.strip())
    return parts


@functools.cache
def stories() -> dict[str, Story]:
    """The stories by name, in order; `check` looks closer at one of them."""
    return read(table(FILE))


def table(file: Path) -> Any:
    """The rows of a file. UserError with the line at which it is no YAML."""
    try:
        return shipped_data(file)
    except YAMLError as error:
        raise UserError([broken(file.name, error)]) from None


def read(table: Mapping[str, Any]) -> dict[str, Story]:
    """The rows of a table as stories. UserError with every key that is missing, unknown or malformed."""
    problems, found = list[Problem](), dict[str, Story]()
    for name, row in table.items():
        if not isinstance(row, Mapping):
            problems.append(Problem(FILE.name, name, "this is no story", "write its keys below it"))
            continue
        try:
            found[name] = Story.model_validate({"name": name, **row})
        except ValidationError as mistakes:
            problems += [_malformed(name, mistake) for mistake in mistakes.errors()]
    if problems:
        raise UserError(problems)
    return found


def _malformed(name: str, mistake: Any) -> Problem:
    key = str(mistake["loc"][0])
    unknown = mistake["type"] == "extra_forbidden"
    wrong, right = (
        ("there is no such key", instead(key, Story.model_fields)) if unknown else (mistake["msg"], "")
    )
    return Problem(f"{FILE.name}: {name}", key, wrong, right)


def check(story: Story) -> None:
    """UserError that says, for each thing that a story names and that is not there, what would be right."""
    if problems := _problems(story):
        raise UserError(problems)


def _problems(story: Story) -> list[Problem]:
    """What is wrong with a row whose keys are right."""
    found = list[Problem]()

    def wrong(key: str, what: str, right: str) -> None:
        found.append(Problem(f"{FILE.name}: {story.name}", key, what, right))

    for key in ("scenario", "against"):
        if (config := getattr(story, key)) not in names():
            wrong(key, f"there is no config {config!r}", instead(config, names()))
    if story.tab not in TABS:
        wrong("tab", f"there is no tab {story.tab!r}", instead(story.tab, TABS))
    if len(story.caption) != SENTENCES:
        wrong("caption", f"it has {len(story.caption)} sentences", f"write {SENTENCES}")
    if found:
        return found  # the rest needs configs that are there
    config, other = load(story.scenario), load(story.against)
    if not config.start < story.year <= config.until:
        wrong("year", f"{story.year} is not shown", f"use {config.start + 1} to {config.until}")
    firms = {"firm": [*config.cast.firms, VENTURE], "customer": list(config.cast.firms)}
    for key, known in firms.items():
        if (firm := getattr(story, key)) and firm not in known:
            wrong(key, f"there is no firm {firm!r}", instead(firm, known))
    if story.outcome and story.outcome not in OF_MARKET:
        try:
            outcome = known_outcome(story.outcome, config)
            if outcome.when:
                wrong("outcome", f"{story.outcome} is one number per world", f"leave {outcome.when!r} out")
        except UserError as mistake:
            wrong("outcome", str(mistake), "")
    for at, sentence in enumerate(story.caption, 1):
        for piece in pieces(sentence):
            for what, right in _of_piece(piece, config, other):
                wrong(f"caption, sentence {at}", what, right)
    return found


def _of_piece(piece: str | Slot, config: Config, other: Config) -> list[tuple[str, str]]:
    """What is wrong with a part of a sentence, and what would be right."""
    if isinstance(piece, str):
        typed = _NUMBER.search(piece)
        return [(f"{typed[0]!r} is a typed number", "let it be computed, in braces")] if typed else []
    known = FORMS if piece.of else WORDS
    if piece.form not in known:
        return [(f"there is no {{{piece.form}}}", instead(piece.form, known))]
    if piece.form in PAIRED and config.start != other.start:
        right = f"use {{value: {piece.of}}} and {{value in against: {piece.of}}}"
        return [(f"{piece.form!r} needs worlds that pair, and these start in different years", right)]
    try:
        _look_up(piece, other if piece.form.endswith("in against") else config)
    except UserError as mistake:
        return [(str(mistake), "")]
    return []


def _look_up(slot: Slot, config: Config) -> None:
    """UserError if there is no such outcome, claim or variable."""
    if slot.form.startswith("chance") and slot.of not in (known := claims_of(config)):
        raise UserError(f"there is no claim {slot.of!r}; {instead(slot.of, known)}")
    if slot.form.startswith(("value", "change")):
        known_outcome(slot.of, config)
    if slot.form == "rises most":
        logged = {name for kind in config.cast.firms.values() for name in KINDS[kind].variables}
        if slot.of not in logged:
            raise UserError(f"no firm has a variable {slot.of!r}; {instead(slot.of, logged)}")
