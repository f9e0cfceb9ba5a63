"""What every question answers with: data. Its text, its JSON document and its figure are views."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.results.exported import Exported, Glossary
from computeshift.experiments.results.late import view

if TYPE_CHECKING:
    from rich.console import Console

COLUMNS = Path(__file__).with_name("columns.yaml")


@cache
def columns() -> dict[str, Any]:
    """Unit and meaning of each column, by question and table; those of all tables under `shared`."""
    known: dict[str, Any] = shipped_data(COLUMNS)
    return known


@dataclass(frozen=True, repr=False)
class Answer(Exported):
    """The answer to a question: its data, which `views.text` and `views.figures` show.

    `question` names the module of `text` that knows how.
    """

    question: ClassVar[str]

    origin: str = field(default="", kw_only=True)
    """What it is of, in a line: the scenario with its changes, worlds, seed, version."""

    def about(self) -> Glossary:
        """Unit and meaning of the columns of its tables, as far as they are known."""
        known = columns()
        return {"*": known["shared"], **known.get(self.question, {})}

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        document: dict[str, Any] = self._text.document(self)
        return document

    def show(self, console: Console) -> None:
        """Print it as tables that fit 80 columns."""
        self._text.show(self, console)

    def draw(self) -> Any:
        """Its picture, a `Picture`. UserError if answers to this question have none."""
        return replace(view("figures").draw(self), source=self.origin)

    def plot(self, path: str | Path, force: bool = False) -> Path:
        """Write its picture: FILE.html, which opens offline, FILE.svg or FILE.png. Return the file's path.

        UserError if it can't be written, or if the name belongs to a file that is no such picture;
        `force` writes over it.
        """
        written: Path = self.draw().write(path, force)
        return written

    def __repr__(self) -> str:
        """What `show` prints, so that a notebook shows it too."""
        text: str = view("text.table").printed(self.show)
        return text

    @property
    def _text(self) -> Any:
        """The module with its words."""
        return view(f"text.{self.question}")


class Found:
    """What an answer has besides if its words begin with a finding."""

    question: ClassVar[str]

    @property
    def finding(self) -> str:
        """What it says, in words."""
        text: str = view(f"text.{self.question}").finding(self)
        return text
