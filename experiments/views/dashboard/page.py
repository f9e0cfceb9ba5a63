"""A page of the dashboard: settings, what is played at every change, and what is shown of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from nicegui import background_tasks, ui

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.change_list import ChangeList
from computeshift.experiments.views.dashboard.controls import Controls
from computeshift.experiments.views.dashboard.engine import Cancelled, Engine, Job
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.stage import Stage
from computeshift.experiments.views.dashboard.status import Status
from computeshift.experiments.views.dashboard.tabs import Runs
from computeshift.experiments.views.dashboard.toolbar import save, share

PAUSE = 0.1  # seconds in which further changes are awaited before it is played
NARROW = 900  # pixels: in a narrower window the settings fold away


class Page:
    """One browser's page. It shares nothing with others but the scenarios, which never change."""

    def __init__(self, scenarios: Scenarios, query: Query, selection: Selection, folder: Path) -> None:
        """`folder` is where it may write; it is gone when the page is."""
        self.scenarios = scenarios
        self.engine = Engine(folder)
        self.client = ui.context.client
        self.job: Job | None = None
        self._turn = 0
        self._playing = asyncio.Lock()
        self._header()
        with ui.left_drawer(value=False, bordered=True).classes("drawer") as self.drawer:
            self.controls = Controls(scenarios, query, self.change)
        self.drawer.props(f"show-if-above width=330 breakpoint={NARROW}")
        self.status = Status(self.give_up, lambda: self.change(self.controls.query), self.controls.leave_out)
        self.change_list = ChangeList(lambda key: self.controls.leave_out([key]))
        self.stage = Stage(selection, self._moved)
        with self.header:
            skip = ui.link("Skip to the pictures", f"#{self.stage.body.html_id}").classes("skip")
        skip.move(target_index=0)
        ui.on("escape", lambda event: self._escape(event.args))
        self.client.on_delete(self.close)
        self.change(query)

    def _header(self) -> None:
        with ui.header().classes("top") as self.header:
            self.fold = ui.button(icon="menu", on_click=lambda: self.drawer.toggle())
            self.fold.props('flat dense aria-label="Settings"')
            ui.label("computeshift").classes("brand").props('role="heading" aria-level="1"')
            ui.space()
            for label, icon, act in (
                ("Reset", "restart_alt", lambda: self.controls.reset()),
                ("Copy link", "link", lambda: share(self.controls.query, self.stage.selection)),
                ("Save as config", "save_alt", lambda: save(self.controls.query, self.scenarios)),
            ):
                button = ui.button(label, icon=icon, on_click=act).classes("act")
                button.props("flat dense no-caps").props["aria-label"] = label

    def _escape(self, width: object) -> None:
        """Fold the settings away where they lie over the pictures, and hand the focus back."""
        if isinstance(width, int) and width <= NARROW and self.drawer.value:
            self.drawer.hide()
            self.client.run_javascript(f"getElement({self.fold.id}).$el.focus()")

    # --- a change ---

    def change(self, query: Query) -> None:
        """Something else is asked: give up what is in hand, and play this."""
        self._turn += 1
        self.give_up()
        background_tasks.create(self._play(query, self._turn), name="play")

    def give_up(self) -> None:
        """Give up what is being played."""
        if self.job is not None:
            self.job.given_up = True

    async def _play(self, query: Query, turn: int) -> None:
        """Play what is asked, unless something else was asked since; show it, or tell why not."""
        await asyncio.sleep(PAUSE)
        try:
            await self._play_now(query, turn)
        except Exception as error:
            self.status.failed(error)
            raise

    async def _play_now(self, query: Query, turn: int) -> None:
        async with self._playing:
            if turn != self._turn:
                return
            self._write_link()
            try:
                runs = await self._played(query)
            except Cancelled:
                if turn == self._turn:
                    self.status.given_up()
                return
            except UserError as wrong:
                if turn == self._turn:
                    self._tell(wrong, query)
                return
        if turn == self._turn:
            await self.stage.show(runs)
            self.status.shows(runs, self.scenarios.origin(query))
            self.change_list.show(query.config, runs.changes)
            self.client.run_javascript(f"document.title = {json.dumps(f'{runs.name} - computeshift')}")

    async def _played(self, query: Query) -> Runs:
        """What is asked, played; UserError if it is wrong, Cancelled if it was given up."""
        config = await asyncio.to_thread(self.scenarios.config, query)
        other = (
            await asyncio.to_thread(self.scenarios.other, query.against, config) if query.against else None
        )
        self.controls.tell([])
        whole, kept = self.stage.whole, self.scenarios.kept(query)
        results = kept or await self._run(config, whole)
        against = None if other is None else await self._run(other, whole)
        return Runs(results, against, whole or (kept is not None and other is None), config.changes)

    async def _run(self, config: Config, whole: bool) -> Results:
        job = self.job = Job(config, whole)
        try:
            self.status.plays(job, self.engine.needs(job))
            return await asyncio.to_thread(self.engine.play, job)
        finally:
            self.job = None

    # --- what is told ---

    def _tell(self, wrong: UserError, query: Query) -> None:
        """Tell what is wrong at its field, where it has one."""
        left = self.controls.tell(wrong.problems)
        self.status.refused(left, {parameter(key): key for key in query.settings})

    def _moved(self) -> None:
        """Another tab or year is looked at: play again if that needs more than was played."""
        self._write_link()
        runs = self.stage.runs
        if runs is not None and self.stage.whole > runs.whole:
            self.change(self.controls.query)

    def _write_link(self) -> None:
        """Keep the browser's address up to date, so that a reload shows the same."""
        query = self.controls.query.link(**self.stage.selection.link())
        self.client.run_javascript(f"history.replaceState(null, '', '?' + {json.dumps(query)})")

    def close(self) -> None:
        """The browser is gone: give up what is in hand, and leave nothing behind."""
        self._turn += 1
        self.give_up()
        shutil.rmtree(self.engine.folder, ignore_errors=True)
