"""A tab that selects for itself, and has no list of pictures."""

from __future__ import annotations

from collections.abc import Callable

from computeshift.experiments.views.dashboard.frame import Frame
from computeshift.experiments.views.dashboard.selection import Selection


class Apart:
    """What Step by hand and Ask have in common: the selection that they change, and where pictures go."""

    parts = ("",)
    """All of it is made at once."""

    def __init__(
        self, selection: Selection, on_change: Callable[[], None], frame: Callable[[str], Frame]
    ) -> None:
        """`on_change` is called after a change of the selection; `frame` builds the frame of that name."""
        self.selection = selection
        self.on_change = on_change
        self.place = frame
