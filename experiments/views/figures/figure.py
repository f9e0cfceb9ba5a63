"""What all figures share: an empty one of a size and title, and files that hold one."""

from __future__ import annotations

import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

from computeshift.experiments.results.files import Target
from computeshift.experiments.views.plots.picture import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figure(width: float = 8.0, height: float = 4.5, title: str = "") -> Figure:
    """An empty figure that no window and no global state know of; size in inches."""
    from matplotlib.figure import Figure

    empty = Figure(figsize=(width, height), layout="constrained")
    if title:
        empty.suptitle(title, fontsize="large", x=0.01, ha="left")
    return empty


def write(figure: Figure | Picture, to: Target) -> Path:
    """Write a figure: PNG, SVG, or one HTML page that opens offline. UserError if it can't be written."""
    if isinstance(figure, Picture):
        from computeshift.experiments.views.plots import server

        return server.write(figure, to)
    if to.suffix == ".png":
        keyword, _, text = to.mark.partition("\0")
        return to.write(lambda file: figure.savefig(file, format="png", dpi=150, metadata={keyword: text}))
    svg = _svg(figure, to.path.stem)
    written = svg.replace(">", f">{to.mark}", 1) if to.suffix == ".svg" else _page(figure, svg, to)
    return to.write(lambda file: file.write_text(written, encoding="utf-8"))


def _svg(figure: Figure, name: str) -> str:
    """A figure as an SVG element."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]


def _page(figure: Figure, svg: str, to: Target) -> str:
    """A page with the figure inside it, as SVG."""
    title = html.escape(figure.get_suptitle() or to.path.stem)
    style = "body{margin:2rem;font-family:sans-serif}svg{max-width:100%;height:auto}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{to.mark}<title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body>{svg}</body></html>\n"
    )
