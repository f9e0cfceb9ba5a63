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

if TYPE_CHECKING:
    from computeshift.experiments.views.plots.picture import Picture


@cache
def echarts() -> str:
    """ECharts as a script for a page."""
    return script(files(__package__).joinpath("echarts", "echarts.min.js").read_text("utf-8"))


def script(text: str) -> str:
    """A script that may stand within a page: it does not end its element, and no address stands in it.

    Namespaces and licences name addresses, which nothing opens: with escaped slashes they mean the same.
    """
    return text.replace("://", ":\\/\\/").replace("</script", "<\\/script")


def inlined(data: Any) -> str:
    """Data as JSON that may stand within a script element: nothing in it ends that, or is an address."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--").replace("://", ":\\/\\/")


_PAGE = Template("""\
<!doctype html><html lang="en"><head><meta charset="utf-8">$mark<title>$title</title><style>
body { margin: 0; font: 14px/1.4 system-ui, sans-serif; color: #222; background: #fff; }
h3 { font-size: 1rem; margin: 0; } p { font-size: .85rem; color: #666; margin: .3rem 0 0; }
</style></head><body><h3>$title</h3><div id="chart" style="height:${height}px"></div><p>$note</p>
<script type="application/json" id="option">$option</script><script>
(async () => {
  const packed = Uint8Array.from(atob("$library"), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const library = document.createElement("script");
  library.textContent = await new Response(stream).text();
  document.head.append(library);
  const chart = echarts.init(document.getElementById("chart"), null, { renderer: "svg" });
  chart.setOption(JSON.parse(document.getElementById("option").textContent));
  addEventListener("resize", () => chart.resize());
})();
</script></body></html>""")
_AROUND = 90  # px, height of title and note


def page(picture: Picture, mark: str = "") -> str:
    """A picture as an HTML page that needs no other file; `mark` is an element for its head."""
    return _PAGE.substitute(
        mark=mark,
        title=html.escape(picture.title),
        note=html.escape(picture.note),
        height=picture.height,
        option=inlined(picture.option),
        library=_packed(),
    )


def framed(picture: Picture) -> str:
    """A picture in a frame of its own, for a notebook; the frame needs no other file."""
    style = f"width:100%;height:{picture.height + _AROUND}px;border:0"
    title, source = html.escape(picture.title), html.escape(page(picture))
    return f'<iframe title="{title}" style="{style}" srcdoc="{source}"></iframe>'


@cache
def _packed() -> str:
    """ECharts in a third of its size: a notebook has it once per picture."""
    return base64.b64encode(gzip.compress(echarts().encode("utf-8"), mtime=0)).decode("ascii")
