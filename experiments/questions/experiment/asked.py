"""Questions that an experiment's file has under `ask`: each is asked of the cells' results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeshift.experiments.config.experiment import Document
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.table import QUESTIONS, REQUIRED, Question
from computeshift.experiments.results.results import Results

READERS = tuple(q for q in QUESTIONS if {"source", "sources"} & {o.name for o in q.options})
"""The questions that can read results folders, and so can be asked of cells."""


@dataclass(frozen=True)
class Asked:
    """A question with its arguments. `cell` is the number of the cell that is asked; None for all."""

    question: Question
    arguments: Mapping[str, Any]
    cell: int | None

    @property
    def name(self) -> str:
        """What it asks, such as `sensitivity stargate_share`, and of which cell if not of the first."""
        name = " ".join([self.question.name, *map(_words, self.arguments.values())])
        return name if self.cell in (None, 1) else f"{name} of cell {self.cell}"

    def of(self, cells: Sequence[Results | None]) -> Answer:
        """The answer, from the results of all cells. UserError if they can't tell, or have none."""
        own = range(1, len(cells) + 1) if self.cell is None else [self.cell]
        known = [one.with_name(f"cell {n}") for n in own if (one := cells[n - 1]) is not None]
        if len(known) < len(own):
            raise UserError("a cell that is asked has no results")
        sources = {"sources": known} if self.cell is None else {"source": known[0]}
        answer: Answer = self.question.function(**sources, **self.arguments)
        return answer


def _words(value: Any) -> str:
    """An argument in words: several, with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def asked(document: Document, cells: int) -> list[Asked]:
    """The questions in an experiment's file. UserError for one that can't be asked of its cells."""
    return [_asked(entry, cells) for entry in document.ask]


def _asked(entry: Any, cells: int) -> Asked:
    name, given = _entry(entry)
    question = next((one for one in READERS if one.name == name), None)
    if question is None:
        raise UserError(f"`ask`: there is no question {name!r}; {instead(name, [q.name for q in READERS])}")
    options = {option.name for option in question.options}
    arguments = dict(given) if isinstance(given, Mapping) else _of_value(question, given)
    many = "sources" in options
    cell = None if many else _cell(arguments.pop("cell", 1), cells)
    allowed = options - {"source", "sources", "worlds", "seed", "set"}
    for key in arguments:
        if key not in allowed:
            right = instead(str(key), [*sorted(allowed), *([] if many else ["cell"])])
            raise UserError(f"`ask`: {name} has no {key!r}; {right}")
    for missing in _required(question):
        if missing not in arguments:
            raise UserError(f"`ask`: {name} needs its {missing}; write {name}: {{{missing}: ...}}")
    if many and cells < 2:
        raise UserError(f"`ask`: {name} needs two cells or more")
    return Asked(question, arguments, cell)


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
