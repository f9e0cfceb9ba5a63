"""The changes to the scenario, as a list that unfolds; each can be taken back alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from computeshift.experiments.config.changes import Change, name_of


class ChangeList:
    """The changes that the name of the run counts."""

    def __init__(self, take_back: Callable[[str], None]) -> None:
        """`take_back` is called with the key of the change to remove."""
        self.take_back = take_back
        with ui.expansion().classes("changes").props("dense") as self.list:
            self.rows = ui.column().classes("change-rows").props('role="list"')
        self.list.visible = False

    def show(self, scenario: str, changed: Sequence[Change]) -> None:
        """Show the changes of the run on the page."""
        self.list.visible = bool(changed)
        self.list.text = f"Changes: {name_of(scenario, changed)}"
        self.rows.clear()
        with self.rows:
            for change in changed:
                with ui.row(wrap=False).classes("change").props('role="listitem"'):
                    ui.label(str(change))
                    button = ui.button("Take back", on_click=lambda key=change.key: self.take_back(key))
                    button.props("flat dense no-caps").props["aria-label"] = f"Take back: {change.what}"
