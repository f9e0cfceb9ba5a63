"""Questions that an experiment's file has under `ask`: each is asked of the cells' results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from computeshift.experiments.config.arguments import chosen_year, known
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Document
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.table import QUESTIONS, REQUIRED, Question
from computeshift.experiments.results.claims import claim_or_outcome, claims_of
from computeshift.experiments.results.pooled import PooledResults
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.cells import Simulated
from computeshift.experiments.run.sample import years_of

POOLED = ("sensitivity", "discover")
"""The questions that are asked of all cells of a sampled experiment as one sample."""
PLAYED = ("rows", "by")
"""Options of questions that play worlds of their own, which results have not."""
READERS = tuple(q for q in QUESTIONS if {"source", "sources"} & {o.name for o in q.options})
"""The questions that can read results folders, and so can be asked of cells."""


@dataclass(frozen=True)
class Asked:
    """A question with its arguments. `cell` is the number of the cell that is asked; None for all.

    `sampled` names the settings over which all cells are one sample, where they are asked as one.
    """

    question: Question
    arguments: Mapping[str, Any]
    cell: int | None
    sampled: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it asks, such as `sensitivity stargate_share`, and of which cell if not of the first."""
        name = " ".join([self.question.name, *map(_words, self.arguments.values())])
        if self.sampled:
            return f"{name} over all cells"
        return name if self.cell in (None, 1) else f"{name} of cell {self.cell}"

    def of(self, simulated: Simulated) -> Answer:
        """The answer, from the results of all cells. UserError if they can't tell, or have none."""
        cells = simulated.results
        own = range(1, len(cells) + 1) if self.cell is None else [self.cell]
        known = [one.with_name(f"cell {n}") for n in own if (one := cells[n - 1]) is not None]
        if len(known) < len(own):
            raise UserError("a cell that is asked has no results")
        answer: Answer = self.question.function(**self._source(known, simulated), **self.arguments)
        return answer

    def _source(self, known: list[Results], simulated: Simulated) -> dict[str, Any]:
        if self.sampled:
            return {"source": PooledResults(simulated.folder, known, self._settings(simulated))}
        return {"sources": known} if self.cell is None else {"source": known[0]}

    def _settings(self, simulated: Simulated) -> list[dict[str, float]]:
        """The sampled settings of each cell, by the name of the parameter."""
        names = {key: key.removeprefix("firms.") for key in self.sampled}
        return [{name: float(own[key] or 0) for key, name in names.items()} for own in simulated.settings]


def _words(value: Any) -> str:
    """An argument in words: several, with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def asked(document: Document, cells: int, config: Config) -> list[Asked]:
    """The questions in an experiment's file, of cells such as this config.

    UserError for one that can't be asked of them, and for a name or year in it that is not there.
    """
    found = [_asked(entry, document, cells) for entry in document.ask]
    for one in found:
        _must_be_there(one, config)
    return found


def _asked(entry: Any, document: Document, cells: int) -> Asked:
    name, given = _entry(entry)
    question = next((one for one in READERS if one.name == name), None)
    if question is None:
        raise UserError(f"`ask`: there is no question {name!r}; {instead(name, [q.name for q in READERS])}")
    options = {option.name for option in question.options}
    arguments = dict(given) if isinstance(given, Mapping) else _of_value(question, given)
    many = "sources" in options
    pooled = document.samples is not None and name in POOLED and "cell" not in arguments
    cell = None if many or pooled else _cell(arguments.pop("cell", 1), cells)
    allowed = options - {"source", "sources", "worlds", "seed", "set", "base"} - set(PLAYED)
    for key in arguments:
        if key in PLAYED and key in options:
            right = "leave it out, or ask the config alone"
            raise UserError(f"`ask`: {name}: cells are read, and {key!r} is for what plays worlds; {right}")
        if key not in allowed:
            right = instead(str(key), [*sorted(allowed), *([] if many else ["cell"])])
            raise UserError(f"`ask`: {name} has no {key!r}; {right}")
    for missing in _required(question):
        if missing not in arguments:
            raise UserError(f"`ask`: {name} needs its {missing}; write {name}: {{{missing}: ...}}")
    if many and cells < 2:
        raise UserError(f"`ask`: {name} needs two cells or more")
    sampled = tuple(document.samples.of) if document.samples is not None and pooled else ()
    return Asked(question, arguments, cell, sampled)


def _must_be_there(one: Asked, config: Config) -> None:
    """UserError for an outcome, a claim or a year that a market of this config does not have."""
    given = one.arguments
    for outcome in (text for key in ("outcome", "outcomes") for text in _list(given.get(key))):
        claim_or_outcome(outcome, config, "ask")
    if "claim" in given:
        known(given["claim"], claims_of(config), "claim", "ask")
    for key in ("year", "years"):
        for year in _list(given.get(key)):
            chosen_year(year, years_of(config), "ask")
    if "firm" in given:
        known(given["firm"], config.firms, "firm", "ask")


def _list(value: Any) -> list[Any]:
    """One or several values as a list; none of None."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _entry(entry: Any) -> tuple[str, Any]:
    """A question's name and what it is given: `compare`, or `{sensitivity: stargate_share}`."""
    if isinstance(entry, str):
        return entry, None
    if isinstance(entry, Mapping) and len(entry) == 1:
        name, given = next(iter(entry.items()))
        return str(name), given
    raise UserError(f"`ask`: {entry!r} is no question; write a name, or {{sensitivity: stargate_share}}")


def _of_value(question: Question, given: Any) -> dict[str, Any]:
    """The arguments of a question that is given one value: the one that it can't do without."""
    if given is None:
        return {}
    required = next(_required(question), None)
    if required is None:
        raise UserError(f"`ask`: {question.name} takes no {given!r}; write {question.name} alone")
    return {required: given}


def _required(question: Question) -> Iterator[str]:
    """The arguments that a question can't do without, its sources aside."""
    return (o.name for o in question.options if o.default is REQUIRED and o.name not in ("source", "sources"))


def _cell(number: Any, cells: int) -> int:
    if type(number) is not int or not 1 <= number <= cells:
        raise UserError(f"`ask`: there is no cell {number!r}; use 1 to {cells}")
    return number
