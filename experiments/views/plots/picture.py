"""A picture: an ECharts option, how to read it, and the numbers behind it."""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.results.files import PICTURE, writable
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.origin import origin

if TYPE_CHECKING:
    import pandas as pd

P = ParamSpec("P")


@dataclass(frozen=True)
class Behind:
    """The outcome that a row of a picture is about, and how its fan is made."""

    outcome: str
    draw: Callable[[], Picture]


@dataclass(frozen=True)
class Picture:
    """A picture as data: report, dashboard, notebook and files show the same one.

    A picture without anything to show says why in `missing`; its option and its table are then empty.
    """

    name: str
    """A word for files and links, such as `network_2027`."""
    title: str
    note: str
    """How to read it: units, over how many worlds."""
    option: dict[str, Any]
    """What ECharts draws: plain data, ready for JSON."""
    table: pd.DataFrame
    """The numbers in the picture."""
    height: int = 400
    """The height it needs, px."""
    width: int = 0
    """The least width it needs, px: on a narrower screen it is moved sideways."""
    missing: str = ""
    """Why there is nothing to show, in words; empty if there is something."""
    source: str = ""
    """What it is of: the scenario with its changes, worlds, seed, version."""
    under: Mapping[str, Behind] = field(default_factory=dict, compare=False, repr=False)
    """What is behind its rows, by their names: a click on a row opens the fan of that outcome."""

    @property
    def alternative(self) -> str:
        """What it shows, for those who do not see it; `table` has its numbers."""
        return f"{self.title}. {self.note}"

    def write(self, path: str | Path, force: bool = False) -> Path:
        """Write it: FILE.html, which opens offline, FILE.svg or FILE.png. Return the file's path.

        UserError if it can't be written, or if the name belongs to a file that is no such picture;
        `force` writes over it.
        """
        from computeshift.experiments.views.plots import server

        return server.write(self, writable(path, PICTURE, force))

    def __repr__(self) -> str:
        if self.missing:
            return f"Nothing to show: {self.missing}"
        return f"{self.title}\n{self.table.round(4)}\n{self.note}"

    def _repr_html_(self) -> str:
        if self.missing:
            return f"<p>{html.escape(repr(self))}</p>"
        from computeshift.experiments.views.plots import server
        from computeshift.experiments.views.plots.library import framed

        return framed(self, server.png(server.svg(self), sharpness=1))


def nothing(reason: str) -> Picture:
    """A picture with nothing to show, and the reason in words.

    >>> nothing("nobody invests")
    Nothing to show: nobody invests
    """
    import pandas as pd

    return Picture("nothing", "", "", {}, pd.DataFrame(), missing=reason)


def sourced(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """A function whose picture says what it is of: of which of its arguments, results or an answer."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
        return replace(draw(*args, **kwargs), source=source_of(*args, *kwargs.values()))

    return drawn


def source_of(*given: object) -> str:
    """What results and answers are of, in a line; nothing where none of these says so."""
    results = [one for one in given if isinstance(one, Results)]
    answers = [one.origin for one in given if isinstance(one, Answer)]
    return " | ".join(filter(None, [*dict.fromkeys(answers), origin(*results)]))
