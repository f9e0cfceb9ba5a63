"""The changes to the scenario as chips: each says what is changed, and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from computeshift.experiments.config.changes import Change


class ChangeList:
    """The changes that the name of the run counts."""

    def __init__(self, take_back: Callable[[str], None]) -> None:
        """`take_back` is called with the key of the change to remove."""
        self.take_back = take_back
        with ui.row().classes("chips").props('role="list" aria-label="Changes"') as self.chips:
            pass
        self.chips.visible = False

    def show(self, changed: Sequence[Change]) -> None:
        """Show the changes of the run on the page."""
        self.chips.visible = bool(changed)
        self.chips.clear()
        with self.chips:
            for change in changed:
                with ui.row(wrap=False).classes("chip").props('role="listitem"'):
                    ui.label(f"{change.what}: {change.now}").classes("chip-now")
                    ui.label(f"instead of {change.before}").classes("chip-before")
                    button = ui.button(icon="close", on_click=lambda key=change.key: self.take_back(key))
                    button.props("flat round dense size=sm").props["aria-label"] = f"Take back: {change.what}"
