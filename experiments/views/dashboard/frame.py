"""A picture on the page: its title, its note, its chart, and its numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from computeshift.experiments.config.changes import in_files
from computeshift.experiments.errors import plain
from computeshift.experiments.views.format import figures

if TYPE_CHECKING:
    import pandas as pd

    from computeshift.experiments.views.plots import Picture

ROWS = 200  # of a table on the page; the CSV has all of them


class Frame:
    """The frame of a picture, which stays until the next picture or message."""

    def __init__(
        self,
        name: str,
        as_table: bool,
        on_toggle: Callable[[bool], None],
        on_row: Callable[[str], None] | None = None,
    ) -> None:
        """`on_toggle` is called when it changes between chart and table, `on_row` with the outcome behind a
        row that is chosen.
        """
        self.on_toggle = on_toggle
        self.on_row = on_row
        self.picture: Picture | None = None
        with ui.element("section").classes("frame") as self.section:
            self.section.props["data-frame"] = name
            self.whose = ui.label().classes("frame-whose")
            with ui.row(wrap=False).classes("frame-head"):
                self.title = ui.label().classes("frame-title").props('role="heading" aria-level="2"')
                self.numbers = ui.button("Numbers", on_click=self._toggle).props("flat dense no-caps size=sm")
                self.csv = ui.button("CSV", on_click=self._download).props("flat dense no-caps size=sm")
            self.note = ui.label().classes("frame-note")
            self.wrong = ui.label().classes("frame-wrong").props('role="status"')
            ui.label("Swipe sideways to see all of it.").classes("cue")
            with ui.element("div").classes("chart").props('role="group"') as self.around:
                self.chart = ui.echart({}).props('role="img"')
                self.chart.on("componentClick", self._click, ["componentType", "value", "data"])
            self.rows = ui.select([], label="Show the fan of a claim").props("dense outlined options-dense")
            self.rows.classes("pick wide-pick").on_value_change(lambda event: self._open_row(event.value))
            self.table = ui.table(rows=[], columns=[]).props("dense flat").classes("frame-table")
        self._set_table(as_table)
        self.show_message("Drawing …")

    def show(self, picture: Picture, whose: str) -> None:
        """Replace the last picture; `whose` names the run, or the difference, of this one."""
        if picture.missing:
            self.show_message(plain(picture.missing))
            return
        same_kind = self.picture is not None and _kind(self.picture) == _kind(picture)
        self.picture = picture
        self.whose.text, self.title.text = whose, picture.title
        self.note.text, self.wrong.text = " ".join(filter(None, [picture.note, picture.source])), ""
        self.chart.props["aria-label"] = f"{picture.title}, {whose}"
        self.around.props["aria-label"] = f"Picture: {picture.title}"
        self.chart.options.clear()
        self.chart.options.update(picture.option)
        self.chart.update()
        self.rows.set_options(list(picture.under), value=None)
        self._fill()
        self._arrange()
        self._fit(same_kind)

    def _click(self, event: GenericEventArguments) -> None:
        """Open the row of a sentence, or of a mark, that is clicked."""
        value, data = event.args.get("value"), event.args.get("data")
        mark = data.get("id") if isinstance(data, dict) else None
        self._open_row(value if event.args["componentType"] == "yAxis" else mark)

    def _open_row(self, row: object) -> None:
        if self.picture is not None and self.on_row is not None and isinstance(row, str):
            behind = self.picture.under.get(row)
            self.rows.value = None
            if behind is not None:
                self.on_row(behind.outcome)

    def _fit(self, same_kind: bool) -> None:
        """Draw it as the browser's window and its reader have it; ECharts keeps axes of the same kind."""
        if self.picture is not None:
            size = json.dumps({"width": self.picture.width, "height": self.picture.height})
            same = json.dumps(same_kind)
            self.chart.client.run_javascript(f"fitChart({self.chart.id}, {size}, {same})")

    def show_message(self, message: str) -> None:
        """Say why there is no picture."""
        self.picture = None
        self.whose.text = self.title.text = self.note.text = ""
        self.wrong.text = message
        self._arrange()

    def _arrange(self) -> None:
        there = self.picture is not None
        self.chart.visible = there and not self.table.visible
        self.numbers.visible = self.csv.visible = there
        self.rows.visible = there and self.picture is not None and bool(self.picture.under)
        for button in (self.numbers, self.csv):
            button.props["aria-label"] = f"{button.text}: {self.title.text}"
        self.wrong.visible = bool(self.wrong.text)

    def _toggle(self) -> None:
        self.become(not self.table.visible)
        self.on_toggle(self.table.visible)

    def become(self, as_table: bool) -> None:
        """Show it as a table or as a chart."""
        if as_table != self.table.visible:
            self._set_table(as_table)
            self._fill()
            self._arrange()
            self._fit(same_kind=False)

    def _set_table(self, as_table: bool) -> None:
        self.table.visible = as_table
        self.numbers.text = "Picture" if as_table else "Numbers"

    def _fill(self) -> None:
        if self.picture is None or not self.table.visible:
            return
        table = self.picture.table.head(ROWS)
        self.table.columns = [
            {"name": str(name), "label": str(name), "field": str(name), "align": _side(table[name])}
            for name in table
        ]
        self.table.rows = [
            {"id": at, **{str(name): _cell(value) for name, value in row.items()}}
            for at, row in enumerate(table.to_dict("records"))
        ]

    def _download(self) -> None:
        if self.picture is not None:
            name = f"{in_files(self.whose.text)}-{self.picture.name}.csv"
            ui.download.content(self.picture.table.to_csv(index=False), name, "text/csv")


def _kind(picture: Picture) -> str:
    """The kind of a picture, without its year."""
    return re.sub(r"_\d{4}", "", picture.name)


def _side(column: pd.Series[Any]) -> str:
    return "right" if column.dtype.kind in "if" else "left"


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return figures(value, most=4) if math.isfinite(value) else ""
    return value if isinstance(value, int | bool) else str(value)
