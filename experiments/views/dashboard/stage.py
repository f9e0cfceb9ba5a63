"""The right side of a page: numbers on top, tabs, switches, and the pictures of the open tab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nicegui import background_tasks, ui

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.views.dashboard.asking import Asking
from computeshift.experiments.views.dashboard.frame import Frame
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.stepping import Stepping
from computeshift.experiments.views.dashboard.switches import Switches
from computeshift.experiments.views.dashboard.tabs import APART, ASK, FANS, STEP, TABS, Runs, Tab
from computeshift.experiments.views.dashboard.tiles import Tiles
from computeshift.experiments.views.plots import Picture

_WAITING = "This comes as soon as the first run is done."


class Pictures:
    """A tab of pictures, on the page."""

    def __init__(self, tab: Tab, selection: Selection, frame: Callable[[str], Frame]) -> None:
        """`frame` builds the frame of a picture of that name."""
        self.tab = tab
        self.selection = selection
        self.frame = frame
        self.frames: dict[str, Frame] = {}

    def build(self) -> None:
        """Build its frames."""
        self.frames = {name: self.frame(name) for name in self.tab.makers}

    @property
    def parts(self) -> Sequence[str]:
        """The names of its pictures: each is on the page before the next is made."""
        return tuple(self.tab.makers)

    def make(self, runs: Runs, selection: Selection, part: str) -> tuple[str, Picture]:
        """One of its pictures, with its name."""
        return part, self.tab.picture(part, runs, selection)

    def show(self, picture: tuple[str, Picture], title: str) -> None:
        """Put it in place; `title` names the run, or the difference, that it is of."""
        name, drawn = picture
        self.frames[name].show(drawn, title)

    def become(self) -> None:
        """Show as tables what the selection shows so."""
        for name, frame in self.frames.items():
            frame.become(name in self.selection.numbers)

    def show_message(self, message: str) -> None:
        """Say why there is nothing to show."""
        for frame in self.frames.values():
            frame.show_message(message)


View = Pictures | Stepping | Asking


class Stage:
    """The right side of a page."""

    def __init__(self, selection: Selection, on_select: Callable[[], None]) -> None:
        """`on_select` is called when another tab, year or picture is selected."""
        self.selection = selection
        self.on_select = on_select
        self.runs: Runs | None = None
        self.views: dict[str, tuple[View, ui.column]] = {}
        self._turn = 0
        self.tiles = Tiles()
        self.titles = {name: tab.title for name, tab in TABS.items()} | {
            STEP: Stepping.title,
            ASK: Asking.title,
        }
        with ui.tabs().props("no-caps dense align=left outside-arrows mobile-arrows") as self.tabs:
            self.tabs.props["aria-label"] = "Views"
            for name, title in self.titles.items():
                ui.tab(name, label=title)
        self.tabs.value = selection.tab
        self.tabs.classes("tabs").on_value_change(lambda event: self._select_tab(event.value))
        self.switches = Switches(selection, self._after_select)
        self.body = ui.column().classes("stage").props('role="tabpanel" tabindex=-1')
        self._open()  # before there are runs, so that a browser loads what draws while they are made

    # --- the selection ---

    def _select_tab(self, tab: str) -> None:
        if tab == self.selection.tab:
            return
        self.selection.tab = tab
        self.on_select()
        self._open()
        self.paint()

    def become(self, selection: Selection) -> None:
        """Select what another selection does; the pictures come with the next runs."""
        self.selection.become(selection)
        self.tabs.value = selection.tab
        self.switches.become()
        for view, _ in self.views.values():
            view.become()
        self._open()

    @property
    def whole(self) -> bool:
        """Whether the open tab needs whole runs."""
        tab = self.selection.tab
        return tab == STEP or (tab != ASK and TABS[tab].whole)

    def _open(self) -> None:
        """Bring the open tab to the front; it is built the first time."""
        tab = self.selection.tab
        self.body.props["aria-label"] = self.titles[tab]
        if self.runs is not None:
            self.switches.fit(() if tab in APART else TABS[tab].switches, compares=tab not in APART)
        if tab not in self.views:
            with self.body, ui.column().classes("stage") as place:
                view = self._view(tab)
                view.build()
            if self.runs is None:
                view.show_message(_WAITING)
            self.views[tab] = view, place
        for name, (_, place) in self.views.items():
            place.visible = name == tab

    def _frame(self, name: str) -> Frame:
        """The frame of a picture; it shows a table if that is selected."""

        def on_toggle(as_table: bool) -> None:
            one = {name}
            self.selection.numbers = (
                self.selection.numbers | one if as_table else self.selection.numbers - one
            )
            self.on_select()

        return Frame(name, name in self.selection.numbers, on_toggle, self._show_fan)

    def _show_fan(self, outcome: str) -> None:
        """Open the fan of an outcome, in its tab."""
        self.switches.choose_outcome(outcome)
        self.tabs.value = FANS

    def _view(self, tab: str) -> View:
        if tab == STEP:
            return Stepping(self.selection, self._after_select, self._frame)
        if tab == ASK:
            return Asking(self.selection, self._after_select, self._frame)
        return Pictures(TABS[tab], self.selection, self._frame)

    def _after_select(self) -> None:
        if self.selection.tab != STEP:  # there a step may be to another world
            self.tiles.show_year(self.selection.year)
        self.on_select()
        self.paint()

    # --- the runs ---

    async def show(self, runs: Runs) -> None:
        """Show other runs."""
        first, self.runs = self.runs is None, runs
        self.selection.about(runs.results.cast.firm(LAB))
        self.switches.offer(runs)
        if first:
            self._open()
        self._turn += 1
        if self.switches.offers_outcomes:  # one that these runs lack is not drawn
            await self._offer_outcomes(runs)
            await self._paint(runs, self._turn)
        else:
            await self._paint(runs, self._turn)
            background_tasks.create(self._offer_outcomes(runs), name="outcomes")  # the answer need not wait

    async def _offer_outcomes(self, runs: Runs) -> None:
        variables = await asyncio.to_thread(runs.variables)
        if runs is self.runs:
            self.switches.offer_outcomes(variables)

    def paint(self) -> None:
        """Make the open tab's pictures, then replace the last ones."""
        self._turn += 1
        if self.runs is not None and self.runs.whole >= self.whole:
            background_tasks.create(self._paint(self.runs, self._turn), name="paint")

    async def _paint(self, runs: Runs, turn: int) -> None:
        view, _ = self.views[self.selection.tab]
        selection = replace(self.selection)  # it may change while this is drawn
        try:
            headline = await asyncio.to_thread(runs.headline, selection)
            for at, part in enumerate(view.parts):
                content: Any = await asyncio.to_thread(view.make, runs, selection, part)
                if turn != self._turn:
                    return
                view.show(content, runs.title(selection))
                if at == 0:
                    stepping = self.selection.tab == STEP
                    year = self.selection.step_year if stepping else self.selection.year
                    self.tiles.show(headline, year)
        except UserError as mistake:  # a world that is not there
            if turn == self._turn:
                view.show_message(plain(mistake))
            return
        except Exception as error:
            if turn != self._turn:
                return  # what it reads may be deleted by now
            view.show_message(f"This is our bug, not yours: {type(error).__name__}: {error}")
            raise
        await self._offer_worlds(runs, view)

    async def _offer_worlds(self, runs: Runs, view: View) -> None:
        """Offer the named worlds where one can be chosen: no picture waits for them."""
        if isinstance(view, Stepping):
            choice = view.world_pick
        elif isinstance(view, Pictures) and "world" in view.tab.switches:
            choice = self.switches.world_pick
        else:
            return
        choice.offer(await asyncio.to_thread(runs.picks), runs.results.config)

    def close(self) -> None:
        """Give up what is being drawn and asked."""
        self._turn += 1
        for view, _ in self.views.values():
            if isinstance(view, Asking):
                view.close()
