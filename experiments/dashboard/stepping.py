"""Step by hand: one world, year by year, the network beside the story of a firm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from computeshift.experiments.dashboard.frame import Frame
from computeshift.experiments.dashboard.tabs import Have, Shown
from computeshift.experiments.explanation.explanation import PARTS
from computeshift.experiments.explanation.story import Sentence
from computeshift.experiments.names import capitalised, named
from computeshift.experiments.plots import Picture


@dataclass(frozen=True)
class Step:
    """A year of a world: the network, and a firm's story."""

    picture: Picture
    firms: list[str]
    firm: str
    story: tuple[Sentence, ...]


class Stepping:
    """The tab on which a single world is stepped through."""

    title = "Step by hand"

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called when another year, world or firm is asked for."""
        self.changed = changed
        self.world, self.at, self.firm = 0, 0, "openai"
        self.years: list[int] = []
        self._quiet = False

    def build(self) -> None:
        """Lay the tab out."""
        with ui.row().classes("bar"):
            self.number = ui.number("Step through world", value=self.world, min=0, precision=0)
            self.number.props("dense outlined debounce=350").classes("small-field")
            self.number.on_value_change(self._go_elsewhere)
            self.back = ui.button("Back", on_click=lambda: self._go(-1)).props("outline no-caps")
            self.next = ui.button("Next year", on_click=lambda: self._go(1)).props("unelevated no-caps")
            self.told = ui.label().classes("bar-told").props('role="status"')
        with ui.element("div").classes("beside"):
            self.frame = Frame("step")
            self.frame.chart.on_point_click(lambda event: self._ask(event.data.get("id")))
            with ui.element("section").classes("frame story"):
                self.pick = ui.select({}, label="Story of").props("dense outlined options-dense")
                self.pick.classes("full").on_value_change(lambda event: self._ask(event.value))
                self.lines = ui.column().classes("story-lines")

    def make(self, have: Have, shown: Shown) -> Step:
        """What there is to show of the year that was reached; UserError if the world is not there."""
        self.years = have.results.years
        self.at = min(self.at, len(self.years) - 1)
        year = self.years[self.at]
        alone = have.one_world(self.world)
        firms = alone.tellers()
        firm = self.firm if self.firm in firms else firms[0]
        picture = have.network(Shown(year=year, world=self.world, difference=False))
        return Step(picture, firms, firm, alone.story(firm, year))

    def show(self, made: Step, whose: str) -> None:
        """Show what was made."""
        self.frame.show(made.picture, whose)
        self._quiet = True
        self.pick.set_options({name: capitalised(named(name)) for name in made.firms}, value=made.firm)
        self._quiet = False
        self._tell(made.story)
        self.back.set_enabled(self.at > 0)
        self.next.set_enabled(self.at < len(self.years) - 1)
        self.told.text = f"{self.years[self.at]}: year {self.at + 1} of {len(self.years)}"

    def tell(self, message: str) -> None:
        """Say why there is nothing to show."""
        self.frame.tell(message)
        self.lines.clear()
        self.told.text = ""

    def _tell(self, story: tuple[Sentence, ...]) -> None:
        self.lines.clear()
        with self.lines:
            for part, heading in PARTS.items():
                told = [sentence.text for sentence in story if sentence.part == part]
                if told:
                    ui.label(heading).classes("story-part")
                for text in told:
                    ui.label(text).classes("story-line")

    def _ask(self, firm: Any) -> None:
        """Another firm's story is asked for."""
        if isinstance(firm, str) and not self._quiet and firm != self.firm:
            self.firm = firm
            self.changed()

    def _go_elsewhere(self) -> None:
        """Another world: from its first year."""
        if self.number.value is not None:
            self.world, self.at = int(self.number.value), 0
            self.changed()

    def _go(self, by: int) -> None:
        self.at += by
        self.changed()
