"""How far to trust the model: a line that unfolds into the words and the table of the scorecard."""

from __future__ import annotations

from nicegui import ui

from computeshift.experiments.questions.evidence.measures import shipped
from computeshift.experiments.views.dashboard.unfolding import fill_when_opened
from computeshift.experiments.views.text.trust import SCORED, headline, table, trust


class Trust:
    """The scorecard that comes with the program."""

    def __init__(self) -> None:
        fill_when_opened(ui.expansion(headline(shipped())).classes("unfolds").props("dense"), _words)


def _words() -> None:
    """What the line stands for, in words and by group of facts."""
    measures = shipped()
    heads, *rows = table(measures)
    for text in (*trust(measures), SCORED):
        ui.label(text.replace("`", "")).classes("trust")
    ui.table(
        columns=[{"name": head, "label": head, "field": head, "align": "left"} for head in heads],
        rows=[dict(zip(heads, row, strict=True)) for row in rows],
        row_key=heads[0],
    ).props("dense flat hide-bottom")
