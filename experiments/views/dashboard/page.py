"""A page of the dashboard: settings, a run at every change, and its pictures."""

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
from computeshift.experiments.views.dashboard.trust import Trust

PAUSE = 0.1  # seconds to wait for further changes before a run
NARROW = 900  # pixels: in a narrower window the settings fold away


class Page:
    """One browser's page. It shares with others only the scenarios, which never change."""

    def __init__(self, scenarios: Scenarios, query: Query, selection: Selection, folder: Path) -> None:
        """`folder` is for its runs; it is deleted with the page."""
        self.scenarios = scenarios
        self.engine = Engine(folder)
        self.client = ui.context.client
        self.job: Job | None = None
        self._turn = 0
        self._lock = asyncio.Lock()
        self._header()
        with ui.left_drawer(value=False, bordered=True).classes("drawer") as self.drawer:
            self.controls = Controls(scenarios, query, self.change)
        self.drawer.props(f"show-if-above width=330 breakpoint={NARROW}")
        self.status = Status(self.cancel, lambda: self.change(self.controls.query), self.controls.leave_out)
        self.change_list = ChangeList(lambda key: self.controls.leave_out([key]))
        Trust()
        self.stage = Stage(selection, self._on_select)
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
        """Cancel the current run, and run another query."""
        self._turn += 1
        self.cancel()
        background_tasks.create(self._answer(query, self._turn), name="run")

    def cancel(self) -> None:
        """Cancel the current run."""
        if self.job is not None:
            self.job.cancelled = True

    async def _answer(self, query: Query, turn: int) -> None:
        """Run a query and show its results, or the problem, unless there is a newer query."""
        await asyncio.sleep(PAUSE)
        try:
            await self._answer_now(query, turn)
        except Exception as error:
            self.status.show_bug(error)
            raise

    async def _answer_now(self, query: Query, turn: int) -> None:
        async with self._lock:
            if turn != self._turn:
                return
            self._write_link()
            try:
                runs = await self._runs(query)
            except Cancelled:
                if turn == self._turn:
                    self.status.show_cancelled()
                return
            except UserError as mistakes:
                if turn == self._turn:
                    self._show_problems(mistakes, query)
                return
        if turn == self._turn:
            await self.stage.show(runs)
            self.status.show_runs(runs, self.scenarios.origin(query))
            self.change_list.show(query.config, runs.changes)
            self.client.run_javascript(f"document.title = {json.dumps(f'{runs.name} - computeshift')}")

    async def _runs(self, query: Query) -> Runs:
        """The runs of a query. UserError if it is wrong, Cancelled if it was cancelled."""
        config = await asyncio.to_thread(self.scenarios.config, query)
        other = await asyncio.to_thread(self.scenarios.other, query, config) if query.against else None
        self.controls.show_problems([])
        whole, stored = self.stage.whole, self.scenarios.stored(query)
        results = stored or await self._run(config, whole)
        against = None if other is None else await self._run(other, whole)
        subject = await asyncio.to_thread(self.scenarios.subject, query, config, results)
        whole = whole or (stored is not None and other is None)
        return Runs(results, against, whole, config.changes, subject)

    async def _run(self, config: Config, whole: bool) -> Results:
        job = self.job = Job(config, whole)
        try:
            self.status.show_start(job, self.engine.needs(job))
            return await asyncio.to_thread(self.engine.run, job)
        finally:
            self.job = None

    # --- problems and links ---

    def _show_problems(self, mistakes: UserError, query: Query) -> None:
        """Show each problem at its field, or above the pictures if it has none."""
        rest = self.controls.show_problems(mistakes.problems)
        self.status.show_problems(rest, {parameter(key): key for key in query.settings})

    def _on_select(self) -> None:
        """After another tab or year is selected: run again if that needs whole runs."""
        self._write_link()
        runs = self.stage.runs
        if runs is not None and self.stage.whole > runs.whole:
            self.change(self.controls.query)

    def _write_link(self) -> None:
        """Keep the browser's address up to date, so that a reload shows the same."""
        query = self.controls.query.link(**self.stage.selection.link())
        self.client.run_javascript(f"history.replaceState(null, '', '?' + {json.dumps(query)})")

    def close(self) -> None:
        """After the browser is gone: cancel the current run and questions, and delete the runs."""
        self._turn += 1
        self.cancel()
        self.stage.close()
        shutil.rmtree(self.engine.folder, ignore_errors=True)
