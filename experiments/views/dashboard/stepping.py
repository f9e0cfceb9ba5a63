"""Step by hand: one world, year by year, the network beside the story of a firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.explain.story import Sentence
from computeshift.experiments.results.levels import DECISIONS
from computeshift.experiments.views.dashboard.apart import Apart
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.tabs import Runs
from computeshift.experiments.views.dashboard.world_pick import WorldPick
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.amounts import lacks
from computeshift.experiments.views.plots.picture import nothing
from computeshift.experiments.views.plots.style import in_sentence, label
from computeshift.experiments.views.text.explain import PARTS


@dataclass(frozen=True)
class Step:
    """A year of a world: the network, and the story of a firm; None if the selected one has no story."""

    picture: Picture
    years: list[int]
    year: int
    firms: list[str]
    firm: str
    story: tuple[Sentence, ...] | None


class Stepping(Apart):
    """The tab that steps through a single world."""

    title = "Step by hand"
    years: Sequence[int] = ()
    _quiet = False

    def build(self) -> None:
        """Build the tab."""
        with ui.row().classes("bar"):
            self.world_pick = WorldPick("Step through world", self.selection.step_world, self._go_to_world)
            self.back = ui.button("Back", on_click=lambda: self._go(-1)).props("outline no-caps")
            self.next = ui.button("Next year", on_click=lambda: self._go(1)).props("unelevated no-caps")
            self.back.enabled = self.next.enabled = False  # until there are years
            self.progress = ui.label().classes("bar-progress").props('role="status"')
        with ui.element("div").classes("beside"):
            self.frame = self.place("step")
            self.frame.chart.on_point_click(lambda event: self._select_firm(event.data.get("id")))
            with ui.element("section").classes("frame story"):
                self.pick = ui.select({}, label="Story of").props("dense outlined options-dense")
                self.pick.classes("full").on_value_change(lambda event: self._select_firm(event.value))
                self.lines = ui.column().classes("story-lines")

    @staticmethod
    def make(runs: Runs, selection: Selection, _: str = "") -> Step:
        """The current year of the world. UserError if that world is not there."""
        years = runs.results.years
        year = min(max(selection.step_year, years[0]), years[-1])
        if reason := lacks(DECISIONS, runs.results):
            return Step(nothing(reason), years, year, [], selection.step_firm, ())
        alone = runs.one_world(runs.number(selection.step_world))
        firms = alone.storytellers()
        picture = runs.network(Selection(year=year, world=selection.step_world, difference=False))
        story = alone.story(selection.step_firm, year) if selection.step_firm in firms else None
        return Step(picture, years, year, firms, selection.step_firm, story)

    def show(self, step: Step, whose: str) -> None:
        """Show a step."""
        self.years, self.selection.step_year = step.years, step.year
        self.frame.show(step.picture, whose)
        self._quiet = True
        options = {name: capitalised(named(name)) for name in step.firms}
        self.pick.set_options(options, value=step.firm if step.firm in options else None)
        self._quiet = False
        self._show_story(step)
        at = step.years.index(step.year)
        self.back.set_enabled(at > 0)
        self.next.set_enabled(at < len(step.years) - 1)
        self.progress.text = f"{step.year}: year {at + 1} of {len(step.years)}"

    def become(self) -> None:
        """Show the world that is selected."""
        self._quiet = True
        self.world_pick.show(self.selection.step_world)
        self._quiet = False
        self.frame.become("step" in self.selection.numbers)

    def show_message(self, message: str) -> None:
        """Say why there is nothing to show."""
        self.frame.show_message(message)
        self.lines.clear()
        self.progress.text = ""

    def _show_story(self, step: Step) -> None:
        self.lines.clear()
        with self.lines:
            if step.story is None:
                name = in_sentence(label(step.firm))
                ui.label(f"There is no story of {name}: only firms decide. Choose one above.").classes("hint")
            for part, heading in PARTS.items():
                sentences = [sentence.text for sentence in step.story or () if sentence.part == part]
                if sentences:
                    ui.label(heading).classes("story-part")
                for text in sentences:
                    ui.label(text).classes("story-line")

    def _select_firm(self, firm: Any) -> None:
        """Show another firm's story."""
        if isinstance(firm, str) and not self._quiet and firm != self.selection.step_firm:
            self.selection.step_firm = firm
            self.on_change()

    def _go_to_world(self) -> None:
        """Step through another world, from its first year."""
        if not self._quiet:
            self.selection.step_world, self.selection.step_year = self.world_pick.world, 0
            self.on_change()

    def _go(self, by: int) -> None:
        self.selection.step_year = min(max(self.selection.step_year + by, self.years[0]), self.years[-1])
        self.on_change()
