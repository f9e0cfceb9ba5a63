"""Parts of the page that are filled when they are opened: what stays closed costs a new page nothing."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui


def fill_when_opened(part: ui.expansion, fill: Callable[[], None]) -> None:
    """Call `fill` inside a part when it is first opened; now if it is open already."""
    filled = False

    def opened() -> None:
        nonlocal filled
        if part.value and not filled:
            filled = True
            with part:
                fill()

    part.on_value_change(opened)
    opened()
