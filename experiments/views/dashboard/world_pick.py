"""The choice of a world: by its number, or by what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui

from computeshift.experiments.results.picks import (
    HEADLINE,
    TYPICAL,
    event_in_words,
    happened,
    is_pick,
    names_of,
)
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.headline import HEADLINE as WORDS
from computeshift.experiments.views.format import count
from computeshift.experiments.views.plots.amounts import lacks

NUMBER = "number"
"""The option of worlds by their number."""


def picks(results: Results) -> dict[str, str]:
    """The named worlds of these results, in words: events with the number of worlds that share them."""
    words = {outcome: results.cast.worded(WORDS[outcome]) for outcome in HEADLINE}
    options = {TYPICAL: "Typical: nearest to the medians"}
    options |= {
        f"{which} {outcome}": f"{which.capitalize()}: {what}"
        for outcome, what in words.items()
        for which in ("highest", "lowest")
    }
    if lacks("agents", results):
        return options
    every = happened(results, names_of(results.firms))
    often = sorted(every, key=lambda event: -len(every[event]))
    return options | {
        event: f"{event_in_words(event)} ({count(len(every[event]))} of {count(results.sound)} worlds)"
        for event in often
        if len(every[event])
    }


class WorldPick:
    """A list of named worlds, which takes other names too, and a field for a number."""

    def __init__(self, label: str, world: int | str, on_change: Callable[[], None]) -> None:
        """`label` is that of the number; `on_change` is called when another world is chosen."""
        self.on_change = on_change
        self._quiet = False
        self._options: Mapping[str, str] = {}
        self.which = ui.select({}, label="Which world", with_input=True, new_value_mode="add-unique")
        self.which.props("dense outlined options-dense").classes("pick wide-pick")
        self.number = ui.number(label, min=0, precision=0)
        self.number.props("dense outlined debounce=350").classes("small-field")
        self.number.bind_visibility_from(self.which, "value", value=NUMBER)
        self.show(world)
        for element in (self.which, self.number):
            element.on_value_change(self._changed)

    def show(self, world: int | str) -> None:
        """Show which world is selected, without telling the page of it."""
        self._quiet = True
        self.which.set_options(_with(self._options, world), value=world if is_pick(world) else NUMBER)
        self.number.value = world if isinstance(world, int) else 0
        self._quiet = False

    @property
    def world(self) -> int | str:
        """The world that is chosen."""
        return int(self.number.value or 0) if self.which.value in (None, NUMBER) else str(self.which.value)

    def offer(self, options: Mapping[str, str], worlds: int) -> None:
        """Offer the named worlds and the numbers of a run; the choice stays."""
        self._options, self.number.max = options, worlds - 1
        self.show(self.world)

    def _changed(self) -> None:
        if not self._quiet:
            self.on_change()


def _with(options: Mapping[str, str], world: int | str) -> dict[str, str]:
    """Options, a number first, and a name that is not among them."""
    own = {str(world): str(world)} if is_pick(world) and world not in (NUMBER, *options) else {}
    return {NUMBER: "By its number", **options, **own}
