"""What is shown of what was played: numbers on top, tabs, switches, and the pictures of the open tab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import background_tasks, ui

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.errors import UserError
from computeshift.experiments.views.dashboard.frame import Frame
from computeshift.experiments.views.dashboard.shown import Shown
from computeshift.experiments.views.dashboard.stepping import Stepping
from computeshift.experiments.views.dashboard.switches import Switches
from computeshift.experiments.views.dashboard.tabs import STEP, TABS, Have, Tab
from computeshift.experiments.views.dashboard.tiles import Tiles


class Pictures:
    """A tab of pictures, on the page."""

    def __init__(self, tab: Tab, frame: Callable[[str], Frame]) -> None:
        """`frame` lays out a place for a picture of that name."""
        self.tab = tab
        self.frame = frame
        self.frames: dict[str, Frame] = {}

    def build(self) -> None:
        """Lay its frames out."""
        self.frames = {name: self.frame(name) for name in self.tab.makers}

    def make(self, have: Have, shown: Shown) -> dict[str, Any]:
        """Its pictures, each or why there is none."""
        return self.tab.make(have, shown)

    def show(self, made: dict[str, Any], whose: str) -> None:
        """Put them in place; `whose` names what they are of."""
        for name, picture in made.items():
            frame = self.frames[name]
            frame.tell(picture) if isinstance(picture, str) else frame.show(picture, whose)

    def tell(self, message: str) -> None:
        """Say why there is nothing to show."""
        for frame in self.frames.values():
            frame.tell(message)


class Stage:
    """The right side of a page."""

    def __init__(self, shown: Shown, moved: Callable[[], None]) -> None:
        """`moved` is called when another tab or year is looked at."""
        self.shown = shown
        self.moved = moved
        self.have: Have | None = None
        self.views: dict[str, tuple[Pictures | Stepping, ui.column]] = {}
        self._turn = 0
        self.tiles = Tiles()
        self.titles = {name: tab.title for name, tab in TABS.items()} | {STEP: Stepping.title}
        with ui.tabs().props("no-caps dense align=left outside-arrows mobile-arrows") as tabs:
            tabs.props["aria-label"] = "What is shown"
            for name, title in self.titles.items():
                ui.tab(name, label=title)
        tabs.value = shown.tab
        tabs.classes("tabs").on_value_change(lambda event: self._turned_to(event.value))
        self.switches = Switches(shown, self._looked_elsewhere)
        self.body = ui.column().classes("stage").props('role="tabpanel" tabindex=-1')
        with self.body:
            self.nothing = ui.label("The pictures come here as soon as the first worlds are played.")
        self.nothing.classes("nothing")

    # --- what is looked at ---

    def _turned_to(self, tab: str) -> None:
        self.shown.tab = tab
        self.moved()
        if self.have is not None:
            self._open()
            self.paint()

    @property
    def whole(self) -> bool:
        """Whether the open tab needs whole runs."""
        return self.shown.tab == STEP or TABS[self.shown.tab].whole

    def _open(self) -> None:
        """Bring the open tab to the front; it is laid out when it is opened first."""
        tab = self.shown.tab
        self.body.props["aria-label"] = self.titles[tab]
        self.switches.fit(() if tab == STEP else TABS[tab].switches, compares=tab != STEP)
        if tab not in self.views:
            with self.body, ui.column().classes("stage") as place:
                view = self._view(tab)
                view.build()
            self.views[tab] = view, place
        for name, (_, place) in self.views.items():
            place.visible = name == tab

    def _frame(self, name: str) -> Frame:
        """A place for a picture, a table where the page looks at its numbers."""

        def turned(as_table: bool) -> None:
            one = {name}
            self.shown.numbers = self.shown.numbers | one if as_table else self.shown.numbers - one
            self.moved()

        return Frame(name, name in self.shown.numbers, turned)

    def _view(self, tab: str) -> Pictures | Stepping:
        if tab == STEP:
            return Stepping(self.shown, self._looked_elsewhere, self._frame)
        return Pictures(TABS[tab], self._frame)

    def _looked_elsewhere(self) -> None:
        if self.shown.tab != STEP:  # there a step may be to another world
            self.tiles.turn_to(self.shown.year)
        self.moved()
        self.paint()

    # --- what there is to show ---

    async def show(self, have: Have) -> None:
        """Show what was played."""
        first, self.have = self.have is None, have
        self.shown.about(have.results.cast.firm(LAB))
        self.switches.offer(have, await asyncio.to_thread(have.variables))
        if first:
            self.nothing.delete()
            self._open()
        self._turn += 1
        await self._paint(have, self._turn)

    def paint(self) -> None:
        """Make the open tab's pictures, then put them in place of the last ones."""
        self._turn += 1
        if self.have is not None and self.have.whole >= self.whole:
            background_tasks.create(self._paint(self.have, self._turn), name="paint")

    async def _paint(self, have: Have, turn: int) -> None:
        view, _ = self.views[self.shown.tab]
        shown = replace(self.shown)  # it may move while this is drawn
        try:
            made: Any = await asyncio.to_thread(view.make, have, shown)
            headline = await asyncio.to_thread(have.headline, shown)
        except UserError as wrong:
            if turn == self._turn:
                view.tell(have.why_not(wrong))
            return
        except Exception as error:
            view.tell(f"This is our bug, not yours: {type(error).__name__}: {error}")
            raise
        if turn == self._turn:
            view.show(made, have.whose(shown))
            self.tiles.show(headline, self.shown.step_year if self.shown.tab == STEP else self.shown.year)
