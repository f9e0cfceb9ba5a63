"""ECharts as text for a page, and a picture as a page of its own."""

from __future__ import annotations

import base64
import gzip
import html
import json
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from computeshift.experiments.config.changes import in_files

if TYPE_CHECKING:
    from computeshift.experiments.views.plots.picture import Picture


@cache
def plain_echarts() -> str:
    """ECharts as it is published."""
    return files(__package__).joinpath("echarts", "echarts.min.js").read_text("utf-8")


@cache
def echarts() -> str:
    """ECharts as a script for a page."""
    return script(plain_echarts())


@cache
def part(name: str) -> str:
    """A style or a script of the pages that have pictures."""
    return files(__package__).joinpath("page", name).read_text("utf-8")


def script(text: str) -> str:
    """A script that may stand within a page: it does not end its element, and no address stands in it.

    Namespaces and licences name addresses, which nothing opens: with escaped slashes they mean the same.
    """
    return text.replace("://", ":\\/\\/").replace("</script", "<\\/script")


def inlined(data: Any) -> str:
    """Data as JSON that may stand within a script element: nothing in it ends that, or is an address."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--").replace("://", ":\\/\\/")


CELL = (
    '<article class="cell"><header><h3><span class="whose"></span><span class="title"></span></h3>'
    '<button type="button">Data (CSV)</button></header>'
    '<p class="cue" hidden>Swipe sideways to see all of it.</p>'
    '<div class="sideways"><div class="chart" role="img"></div></div>'
    '<div class="paper" aria-hidden="true"></div><p class="note"></p><p class="source"></p>'
    '<details class="numbers"><summary>Numbers</summary><div tabindex="0"></div></details></article>'
)
"""The place of a picture on a page, which `cell.js` fills."""


def data_of(picture: Picture, whose: str = "") -> dict[str, Any]:
    """A picture as the data of `cell.js`; `whose` names the run, or the difference, that it is of."""
    rows = [
        [None if cell != cell else cell for cell in row]
        for row in picture.table.astype(object).to_numpy().tolist()
    ]
    under = {row: made for row, behind in picture.under.items() if not (made := behind.draw()).missing}
    return {
        "file": "-".join(word for word in (in_files(whose), picture.name) if word),
        "title": picture.title,
        "note": picture.note,
        "source": picture.source,
        "height": picture.height,
        "width": picture.width,
        "option": picture.option,
        "table": {"columns": list(map(str, picture.table.columns)), "rows": rows},
        "under": {row: data_of(made, whose) for row, made in under.items()},
    }


_HEAD = """\
<!doctype html><html lang="en"><head><meta charset="utf-8">$mark
<meta name="viewport" content="width=device-width, initial-scale=1"><title>$title</title>"""
_PAGE = Template(
    f'{_HEAD}<style>\n$style</style></head><body><main class="full">{CELL}</main>'
    """<noscript><p>The picture needs JavaScript; it is within this file.</p></noscript>
<script type="application/json" id="data">$data</script><script>
(async () => {
  const packed = Uint8Array.from(atob("$library"), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  for (const text of [await new Response(stream).text(), document.getElementById("code").textContent]) {
    const element = document.createElement("script");
    element.textContent = text;
    document.head.append(element);
  }
})();
</script><script type="text/plain" id="code">$code</script></body></html>"""
)
_WORDS = Template(f"{_HEAD}</head><body><p>$words</p></body></html>")


def page(picture: Picture, mark: str = "") -> str:
    """A picture as an HTML page that needs no other file; `mark` is an element for its head.

    It fits a phone, shows its numbers, saves them as CSV, and prints.
    """
    title = html.escape(picture.title)
    if picture.missing:
        return _WORDS.substitute(mark=mark, title=title, words=html.escape(repr(picture)))
    return _PAGE.substitute(
        mark=mark,
        title=title,
        style="".join(map(part, ("cell.css", "picture.css"))),
        data=inlined(data_of(picture)),
        code=script("".join(map(part, ("fit.js", "cell.js", "picture.js")))),
        library=_packed(),
    )


def framed(picture: Picture, still: bytes) -> str:
    """A picture in a frame of its own, for a notebook; the frame needs no other file.

    Where a viewer shows no frames, such as a code host, `still` is seen: the same picture as a PNG.
    """
    image = base64.b64encode(still).decode("ascii")
    style = f"width:100%;height:{picture.height + 150}px;border:0"
    title, source = html.escape(picture.title), html.escape(page(picture))
    words = html.escape(picture.alternative)
    return (
        f'<img alt="{words}" style="max-width:100%" src="data:image/png;base64,{image}">'
        f'<iframe title="{title}" style="{style}" srcdoc="{source}"></iframe>'
    )


@cache
def _packed() -> str:
    """ECharts in a third of its size: a notebook has it once per picture."""
    return base64.b64encode(gzip.compress(plain_echarts().encode("utf-8"), mtime=0)).decode("ascii")
