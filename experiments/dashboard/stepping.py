"""Step by hand: one world, year by year, the network beside the story of each firm."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from computeshift.experiments import plots
from computeshift.experiments.dashboard.frame import Frame
from computeshift.experiments.dashboard.tabs import Have, Shown
from computeshift.experiments.explanation.explanation import PARTS
from computeshift.experiments.explanation.story import Sentence
from computeshift.experiments.names import capitalised, named
from computeshift.experiments.plots import Picture

Stories = dict[str, tuple[Sentence, ...]]


class Stepping:
    """The tab on which a single world is stepped through."""

    title = "Step by hand"

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when another year or world is asked for."""
        self.changed = changed
        self.world, self.at, self.years = 0, 0, [0]
        self.open = "openai"

    def build(self) -> None:
        """Lay the tab out."""
        with ui.row().classes("bar"):
            self.number = ui.number("World", value=self.world, min=0, precision=0, on_change=self._other)
            self.number.props("dense outlined debounce=400").classes("small-field")
            ui.button("Another world", on_click=lambda: self.number.set_value(self.world + 1)).props(
                "flat no-caps"
            )
            self.back = ui.button("Back", on_click=lambda: self._go(-1)).props("outline no-caps")
            self.next = ui.button("Next year", on_click=lambda: self._go(1)).props("unelevated no-caps")
            self.told = ui.label().classes("bar-told").props('role="status"')
        with ui.element("div").classes("beside"):
            self.frame = Frame("step", 520)
            with ui.element("section").classes("frame stories"):
                self.stories = ui.column().classes("stories-list")

    def make(self, have: Have, shown: Shown) -> tuple[Picture, Stories]:
        """The network and the stories of the year that was reached; UserError if the world is not there."""
        self.years = have.results.years
        self.at = min(self.at, len(self.years) - 1)
        year = self.years[self.at]
        alone = have.one_world(self.world)
        picture = plots.network_years(have.results, self.world)[year]
        return picture, alone.stories(year)

    def show(self, made: tuple[Picture, Stories]) -> None:
        """Show what was made."""
        picture, stories = made
        self.frame.show(picture)
        self._tell(stories)
        last = len(self.years) - 1
        self.back.set_enabled(self.at > 0)
        self.next.set_enabled(self.at < last)
        self.told.text = f"{self.years[self.at]}: year {self.at + 1} of {last + 1}"

    def tell(self, message: str) -> None:
        """Say why there is nothing to show."""
        self.frame.tell(message)
        self.stories.clear()
        self.told.text = ""

    def _tell(self, stories: Stories) -> None:
        self.stories.clear()
        with self.stories:
            ui.label("What each firm saw, decided and came to").classes("frame-title")
            for firm, sentences in stories.items():
                opened = firm == self.open
                with ui.expansion(capitalised(named(firm)), value=opened, group="stories") as story:
                    story.on_value_change(lambda e, firm=firm: self._opened(firm, e.value))
                    for part, heading in PARTS.items():
                        told = [sentence.text for sentence in sentences if sentence.part == part]
                        if told:
                            ui.label(heading).classes("story-part")
                        for text in told:
                            ui.label(text).classes("story-line")

    def _opened(self, firm: str, is_open: bool) -> None:
        if is_open:
            self.open = firm

    def _other(self) -> None:
        if self.number.value is not None:
            self.world, self.at = int(self.number.value), 0
            self.changed()

    def _go(self, by: int) -> None:
        self.at += by
        self.changed()
