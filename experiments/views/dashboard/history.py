"""The browser's history: the address says what is on the page, Back and Forward go through its changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl

from nicegui import Client, ui

from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.selection import Selection

Pairs = list[tuple[str, str]]


class History:
    """A page's part of the history. A year, a world or a pick replaces the address and is no step of its own.

    Another query, tab, story, question or input of one is a step, which the browser's Back button takes
    back.
    """

    def __init__(self, client: Client, go: Callable[[Pairs], None]) -> None:
        """`go` is called with the pairs of the link that the browser has gone to."""
        self.client = client
        self.go = go
        self._last: tuple[object, ...] | None = None
        self._link = ""
        ui.on("history", lambda event: self._gone(str(event.args)))

    def write(self, query: Query, selection: Selection) -> None:
        """Put what is on the page into the address, as a step if it is one."""
        step, link = _step(query, selection), query.link(**selection.link())
        how = "replaceState" if self._last in (None, step) else "pushState"
        self._last = step
        if link != self._link:
            self._link = link
            self.client.run_javascript(f"history.{how}(null, '', '?' + {json.dumps(link)})")

    def arrive(self, query: Query, selection: Selection) -> None:
        """Know that the address shows this already."""
        self._last, self._link = _step(query, selection), ""

    def _gone(self, search: str) -> None:
        if search.removeprefix("?") != self._link:  # not a link within the page
            self.go(parse_qsl(search.removeprefix("?"), keep_blank_values=True))


def _step(query: Query, selection: Selection) -> tuple[object, ...]:
    """What the Back button brings back."""
    return query, selection.tab, selection.story, selection.ask, dict(selection.inputs)
