"""A figure of matplotlib as a picture: until every answer is drawn by ECharts."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.picture import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from computeshift.experiments.questions.answer import Answer

_WIDTH = 1000  # px


def picture(answer: Answer) -> Picture:
    """The picture of an answer."""
    drawn = answer.draw()
    return drawn if isinstance(drawn, Picture) else _still(drawn, answer)


def _still(figure: Figure, answer: Answer) -> Picture:
    """A figure as an image in a chart."""
    import matplotlib as mpl

    wide, high = figure.get_size_inches()
    height = round(_WIDTH * high / wide)
    title = figure.get_suptitle()
    figure.suptitle("")
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": answer.question}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    image = f"data:image/svg+xml;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
    style = {"image": image, "width": _WIDTH, "height": height}
    option = {"graphic": [{"type": "image", "left": 0, "top": 0, "style": style}], "series": []}
    table = next(iter(answer.tables().values()))
    return Picture(answer.question, title, "", option, table, height)
