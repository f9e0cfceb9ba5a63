"""Pictures without a browser: ECharts draws in a JavaScript engine, as an SVG that becomes a PNG."""

from __future__ import annotations

import html
import json
import struct
import zlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeshift.experiments.results.files import Target
from computeshift.experiments.views.plots.library import page

if TYPE_CHECKING:
    from computeshift.experiments.views.plots.picture import Picture

WIDTH = 1000  # px
_SHARPER = 2.0  # px of a PNG per px
_FONT = "DejaVu Sans"  # comes with matplotlib, so that a PNG is the same on every machine
_HEADER = 33  # bytes of a PNG before its second chunk
_TIMERS = ("setTimeout", "clearTimeout", "setInterval", "clearInterval")
_DRAW = """\
(({option, width, height}) => {
  const chart = echarts.init(null, null, {renderer: "svg", ssr: true, width, height});
  chart.setOption({...option, animation: false});
  return JSON.stringify(chart.renderToSVGString());
})(%s)"""


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
    """A picture as SVG, with its title above it and its note in its description."""
    size = {"width": WIDTH, "height": picture.height}
    option = picture.option | {"textStyle": picture.option["textStyle"] | {"fontFamily": "sans-serif"}}
    drawing: str = json.loads(_engine().eval(_DRAW % json.dumps({"option": option, **size})))
    about = f"<title>{html.escape(picture.title)}</title><desc>{html.escape(picture.note)}</desc>"
    return drawing.replace(">", f">{about}", 1)


def png(drawing: str) -> bytes:
    """An SVG as PNG, on white, in a font that comes along."""
    import matplotlib as mpl
    import resvg_py

    font = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            background="#ffffff",
            zoom=_SHARPER,
            skip_system_fonts=True,
            font_files=[str(font)],
            font_family=_FONT,
            sans_serif_family=_FONT,
        )
    )


def _engine() -> Any:
    """A JavaScript engine with ECharts in it: a new one per picture, since ECharts counts what it draws."""
    import quickjs

    engine = quickjs.Context()
    engine.eval("".join(f"globalThis.{name} = () => 0;" for name in _TIMERS))
    engine.eval(files(__package__).joinpath("echarts", "echarts.min.js").read_text("utf-8"))
    return engine


def _with_mark(image: bytes, mark: str) -> bytes:
    """A PNG with a text chunk after its header."""
    body = b"tEXt" + mark.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return image[:_HEADER] + chunk + image[_HEADER:]
