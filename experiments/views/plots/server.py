"""Pictures without a browser: ECharts draws in a JavaScript engine, as an SVG that becomes a PNG."""

from __future__ import annotations

import html
import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeshift.experiments.results.files import Target
from computeshift.experiments.views.plots.library import page, part, plain_echarts
from computeshift.experiments.views.plots.style import FAINT, INK

if TYPE_CHECKING:
    from computeshift.experiments.views.plots.picture import Picture

WIDTH = 1000  # px
_FONT = "Arimo"
"""The font of a PNG, see `fonts/README.md`. A browser without it shows others of the same widths."""
_FONTS = f"{_FONT}, Arial, Helvetica, sans-serif"
_LETTERS = f"font-family:{_FONTS};"
_MARGIN = 16  # px, around a still picture
_HEADER = 33  # bytes of a PNG before its second chunk
_TIMERS = ("setTimeout", "clearTimeout", "setInterval", "clearInterval")
_DRAW = """\
(({picture, texts, width}) => {
  const lines = texts.map(({text, size, weight}) => text && wrapped(text, `${weight} ${size}px`, width));
  if (!picture) return JSON.stringify({lines, chart: "", height: 0});
  const { option, height } = fitted(picture, width);
  const chart = echarts.init(null, null, {renderer: "svg", ssr: true, width, height});
  chart.setOption({...option, animation: false});
  return JSON.stringify({lines, chart: chart.renderToSVGString(), height});
})(%s)"""


@dataclass(frozen=True)
class _Text:
    """A paragraph of a still picture."""

    text: str
    size: int
    colour: str
    weight: str = "normal"

    @property
    def line(self) -> int:
        """The height of a line, px."""
        return round(1.35 * self.size)


def write(picture: Picture, to: Target) -> Path:
    """Write a picture: one HTML page that opens offline, SVG or PNG. UserError if it can't be written."""
    if to.suffix == ".html":
        text = page(picture, to.mark)
        return to.write(lambda file: file.write_text(text, encoding="utf-8"))
    drawing = svg(picture)
    if to.suffix == ".svg":
        marked = drawing.replace(">", f">{to.mark}", 1)
        return to.write(lambda file: file.write_text(marked, encoding="utf-8"))
    marked_png = _with_mark(png(drawing), to.mark)
    return to.write(lambda file: file.write_bytes(marked_png))


def svg(picture: Picture) -> str:
    """A picture as SVG: its title above it, how to read it and what it is of below.

    The same picture is the same text each time.
    """
    above = _Text(picture.title, 18, INK, "bold")
    below = (_Text(picture.missing or picture.note, 13, INK), _Text(picture.source, 11, FAINT))
    texts = (above, *below)
    chart = None if picture.missing else {"option": _in_font(picture.option), "height": picture.height}
    width = max(WIDTH, picture.width)
    given = {"picture": chart, "texts": list(map(asdict, texts)), "width": width}
    drawn: dict[str, Any] = json.loads(_engine().eval(_DRAW % json.dumps(given)))
    head, at = _written([(above, drawn["lines"][0])], _MARGIN)
    at += _MARGIN / 2
    inner = drawn["chart"].replace(_LETTERS, "")  # of the whole: once, not with every word
    middle = inner.replace("<svg ", f'<svg x="{_MARGIN}" y="{at:g}" ', 1)
    foot, end = _written(zip(below, drawn["lines"][1:], strict=True), at + drawn["height"] + _MARGIN / 2)
    size = width + 2 * _MARGIN, end + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{size[0]}" height="{size[1]:g}" '
        f'viewBox="0 0 {size[0]} {size[1]:g}" font-family="{_FONTS}">'
        f"<title>{html.escape(picture.title)}</title><desc>{html.escape(picture.note)}</desc>"
        f'<rect width="100%" height="100%" fill="#fff"/>{head}{middle}{foot}</svg>'
    )


def _in_font(option: dict[str, Any]) -> dict[str, Any]:
    return option | {"textStyle": option.get("textStyle", {}) | {"fontFamily": _FONTS}}


def _written(paragraphs: Iterable[tuple[_Text, list[str]]], at: float) -> tuple[str, float]:
    """Paragraphs below each other from a height on, and the height where they end, px."""
    found = []
    for text, lines in paragraphs:
        for line in lines:
            at += text.line
            look = f'font-size="{text.size}" font-weight="{text.weight}" fill="{text.colour}"'
            place = f'x="{_MARGIN}" y="{at - text.line / 4:g}"'
            found.append(f"<text {place} {look}>{html.escape(line)}</text>")
    return "".join(found), at


def png(drawing: str, sharpness: float = 2) -> bytes:
    """An SVG as PNG, in a font that comes along; `sharpness` is how many px it has per px of the SVG."""
    import resvg_py

    with as_file(files(__package__).joinpath("fonts")) as fonts:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=drawing,
                background="#ffffff",
                zoom=float(sharpness),
                skip_system_fonts=True,
                font_files=sorted(str(font) for font in fonts.glob("*.ttf")),
                font_family=_FONT,
                sans_serif_family=_FONT,
            )
        )


def _engine() -> Any:
    """A JavaScript engine with ECharts in it: a new one per picture, since ECharts counts what it draws."""
    import quickjs

    engine = quickjs.Context()
    engine.eval("".join(f"globalThis.{name} = () => 0;" for name in _TIMERS))
    engine.eval(plain_echarts())
    engine.eval(part("fit.js"))
    return engine


def _with_mark(image: bytes, mark: str) -> bytes:
    """A PNG with a text chunk after its header."""
    body = b"tEXt" + mark.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return image[:_HEADER] + chunk + image[_HEADER:]
