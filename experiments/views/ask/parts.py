"""What an answer prints, as parts for a page: the same paragraphs and tables, in the same order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from computeshift.experiments.questions.answer import Answer
    from computeshift.experiments.views.ask.call import Call
    from computeshift.experiments.views.plots.picture import Picture


@dataclass(frozen=True)
class Paragraph:
    """Words; `faint` where they say how to read the rest."""

    text: str
    faint: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table: its title, heads and rows, and a note below it; `right` says which columns are numbers."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    right: list[bool]
    note: str = ""


Part = Paragraph | Sheet


@dataclass(frozen=True)
class Shown:
    """An answer on a page: the call that it answers, a picture, and what the command prints.

    `verdict` is what it prints before its first table, `rest` all from there on.
    """

    call: Call
    picture: Picture
    verdict: list[Part] = field(default_factory=list)
    rest: list[Part] = field(default_factory=list)


def shown(call: Call, answer: Answer) -> Shown:
    """An answer as a page shows it."""
    every = parts(answer)
    at = next((i for i, part in enumerate(every) if isinstance(part, Sheet)), len(every))
    return Shown(call, answer.draw(), every[:at], every[at:])


def parts(answer: Answer) -> list[Part]:
    """What an answer prints."""
    listening = _Listening()
    answer.show(listening)
    return listening.parts


class _Listening(Console):
    """A console that keeps what is printed on it as parts."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO())
        self.parts: list[Part] = []

    def print(self, *objects: Any, **options: Any) -> None:
        """Keep a text, or a table."""
        for one in objects:
            self.parts += [_sheet(one)] if isinstance(one, Plain) else _paragraphs(one, options)


def _paragraphs(words: str | Text, options: Any) -> Iterator[Paragraph]:
    """A text without its empty lines; nothing where there is none."""
    text = _plain(words, options.get("markup") is not False)
    style = str(options.get("style") or getattr(words, "style", ""))
    if text:
        yield Paragraph(text, "dim" in style)


def _sheet(table: Plain) -> Sheet:
    columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
    return Sheet(
        table.heading,
        [_plain(column.header) for column in table.columns],
        [list(row) for row in zip(*columns, strict=True)],
        [column.justify == "right" for column in table.columns],
        table.note,
    )


def _plain(words: Any, markup: bool = True) -> str:
    """Words without colours."""
    text = Text.from_markup(words) if isinstance(words, str) and markup else words
    return str(text.plain if isinstance(text, Text) else text).strip()
