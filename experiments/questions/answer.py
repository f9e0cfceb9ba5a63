"""What every question answers with: a document, tables on a screen, and a picture."""

from __future__ import annotations

import html
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from computeshift.experiments.results.files import PICTURE, Target, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#333333")
"""Okabe and Ito's palette (2008), which colour-blind people can tell apart, the darkest first."""


class Answer(Protocol):
    """The answer to a question."""

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; what is unknown is null."""
        ...

    def show(self, console: Console) -> None:
        """Print it as tables that fit 80 columns."""
        ...

    def draw(self) -> Figure:
        """Its picture."""
        ...

    def plot(self, path: str | Path, force: bool = False) -> Path:
        """Write its picture: FILE.html, which opens offline, or FILE.png.

        UserError if it can't be written, or if another file than such a picture stands there; `force`
        writes over it.
        """
        return write_picture(self, writable(path, PICTURE, force))

    def __repr__(self) -> str:
        """What `show` prints, so that a notebook shows it too."""
        from rich.console import Console

        text = io.StringIO()
        self.show(Console(file=text, width=88))
        return text.getvalue()


def figure(width: float = 8.0, height: float = 4.5, title: str = "") -> Figure:
    """An empty figure that no window and no global state know of; size in inches."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), layout="constrained")
    if title:
        made.suptitle(title, fontsize="large", x=0.01, ha="left")
    return made


def write_picture(answer: Answer, to: Target) -> Path:
    """Write an answer's picture: a PNG, or one HTML page that opens offline. UserError if it can't be."""
    drawn = answer.draw()
    if to.suffix == ".png":
        keyword, _, text = to.mark.partition("\0")
        return to.write(lambda file: drawn.savefig(file, format="png", dpi=150, metadata={keyword: text}))
    page = _page(drawn, to.path.stem, to.mark)
    return to.write(lambda file: file.write_text(page, encoding="utf-8"))


def _page(drawn: Figure, name: str, mark: str) -> str:
    """A page with the figure inside it, as SVG."""
    import matplotlib as mpl

    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        drawn.savefig(written, format="svg", metadata={"Date": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    title = html.escape(drawn.get_suptitle() or name)
    style = "body{margin:2rem;font-family:sans-serif}svg{max-width:100%;height:auto}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{mark}<title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body>{svg}</body></html>\n"
    )


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, ready for JSON: what is not a finite number is null."""
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
