"""A page of the dashboard: settings, a run at every change, and its pictures."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace

from nicegui import background_tasks, ui

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard import selection as selections
from computeshift.experiments.views.dashboard.answer import Reference, answer, without
from computeshift.experiments.views.dashboard.caption import caption
from computeshift.experiments.views.dashboard.card import card, firms_of
from computeshift.experiments.views.dashboard.card_view import CardView
from computeshift.experiments.views.dashboard.change_list import ChangeList
from computeshift.experiments.views.dashboard.controls import Controls
from computeshift.experiments.views.dashboard.engine import Cancelled, Engine, Job
from computeshift.experiments.views.dashboard.history import History, Pairs
from computeshift.experiments.views.dashboard.opening import Opening
from computeshift.experiments.views.dashboard.query import Query, from_link
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.stage import Stage
from computeshift.experiments.views.dashboard.status import Status
from computeshift.experiments.views.dashboard.stories import Story, check, stories
from computeshift.experiments.views.dashboard.tabs import APART, STEP, TABS, Runs
from computeshift.experiments.views.dashboard.toolbar import save, share
from computeshift.experiments.views.dashboard.trust import Trust

PAUSE = 0.05  # seconds to wait for further changes before a run
NARROW = 900  # pixels: in a narrower window the settings fold away
FEW = 1000  # worlds that a new page shows first, while all of them are played
MANY = 5 * FEW  # worlds: with fewer, all of them come about as soon


class Page:
    """One browser's page. It shares with others only the scenarios, which never change."""

    def __init__(self, scenarios: Scenarios, query: Query, selection: Selection, engine: Engine) -> None:
        """The folder of the engine is deleted with the page."""
        self.scenarios = scenarios
        self.engine = engine
        self.client = ui.context.client
        self.job: Job | None = None
        self._turn = 0
        self._lock = asyncio.Lock()
        self._told: tuple[Story, Runs, Results] | None = None
        self._reference: Reference | None = None
        self.history = History(self.client, self._go_to)
        self._header()
        with ui.left_drawer(value=False, bordered=True).classes("drawer") as self.drawer:
            self.controls = Controls(scenarios, query, self.change)
        self.drawer.props(f'show-if-above width=330 breakpoint={NARROW} aria-label="Settings"')
        self.card = CardView(lambda: self.pick(""))
        self.opening = Opening(self.tell)
        self.status = Status(self.cancel, lambda: self.change(self.controls.query), self.controls.leave_out)
        self.change_list = ChangeList(lambda key: self.controls.leave_out([key]))
        Trust()
        self.stage = Stage(selection, self._on_select)
        with self.header:
            skip = ui.link("Skip to the pictures", f"#{self.stage.body.html_id}").classes("skip")
        skip.move(target_index=0)
        ui.on("escape", lambda event: self._escape(event.args))
        ui.on("firm", lambda event: self.pick(str(event.args)))
        self.client.on_delete(self.close)
        self.change(query)

    def _header(self) -> None:
        with ui.header().classes("top") as self.header:
            self.fold = ui.button(icon="menu", on_click=lambda: self.drawer.toggle())
            self.fold.props('flat dense aria-label="Settings"')
            ui.label("computeshift").classes("brand").props('role="heading" aria-level="1"')
            ui.space()
            for label, icon, act in (
                ("Reset changes", "restart_alt", lambda: self.controls.reset()),
                ("Copy link", "link", lambda: share(self.controls.query, self.stage.selection)),
                ("Save as config", "save_alt", lambda: save(self.controls.query, self.scenarios)),
            ):
                button = ui.button(label, icon=icon, on_click=act).classes("act")
                button.props("flat dense no-caps").props["aria-label"] = label

    def _escape(self, width: object) -> None:
        """Close the card; or fold the settings away where they lie over the pictures. The focus goes back."""
        if self.stage.selection.card:
            self.pick("")
            self.stage.switches.focus_firm()
        elif isinstance(width, int) and width <= NARROW and self.drawer.value:
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
            self._end_story(query)
            self._write_link()
            try:
                if self.stage.runs is None:
                    await self._first_look(query, turn)
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
            await self._show(query, runs)
            self.change_list.show(runs.changes)
            self.client.run_javascript(f"document.title = {json.dumps(f'{runs.name} - computeshift')}")
            await self._explain(query, runs, turn)

    async def _first_look(self, query: Query, turn: int) -> None:
        """Show a few of the worlds, so that there is a picture while all of them are played."""
        config = await asyncio.to_thread(self.scenarios.config, query)
        if config.worlds <= MANY or self.scenarios.stored(query) is not None:
            return
        runs = await self._runs(query.with_settings({"worlds": str(FEW)}))
        if turn == self._turn:
            await self._show(query, runs, config.worlds)

    async def _show(self, query: Query, runs: Runs, of: int | None = None) -> None:
        """Show runs, which are the first `of` so many worlds if that is given."""
        self._reference = _against(runs)
        await self.stage.show(runs)
        await self._card()
        self.status.show_runs(runs, self.scenarios.origin(query), of)
        await self._say()

    async def _say(self) -> None:
        """Give the answer of the runs on the page, as of the selected year."""
        runs, reference, year = self.stage.runs, self._reference, self.stage.selection.year
        if runs is None or year not in (None, *runs.results.years):
            return  # the runs that a link's year is of are still to come
        sentence = await asyncio.to_thread(answer, runs.results, reference, year)
        if (runs, reference, year) == (self.stage.runs, self._reference, self.stage.selection.year):
            self.opening.show_answer(sentence)

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

    # --- what the pictures do not say ---

    async def _explain(self, query: Query, runs: Runs, turn: int) -> None:
        """Complete the answer and the caption, with runs that only they need; a newer query ends it."""
        story = stories().get(self.stage.selection.story)
        try:
            async with self._lock:
                reference = _against(runs)
                if reference is None and runs.changes and turn == self._turn:
                    unchanged = self.scenarios.unchanged(query) or await self._beside(query, query.config)
                    reference = without(runs.changes, unchanged)
                beside = runs.against
                if story is not None and not story.paired and turn == self._turn:
                    beside = await self._beside(query, story.against)
        except (Cancelled, UserError):
            return  # the answer stays without it
        if turn != self._turn:
            return
        self._reference = reference
        await self._say()
        self._told = None if story is None or beside is None else (story, runs, beside)
        await self._caption()

    async def _beside(self, query: Query, name: str) -> Results:
        """A scenario without changes, in as many worlds as the query has. Cancelled by a newer query."""
        config = await asyncio.to_thread(self.scenarios.beside, query, name)
        job = self.job = Job(config, whole=False)
        try:
            return await asyncio.to_thread(self.engine.run, job)
        finally:
            self.job = None

    async def _caption(self) -> None:
        """Show the caption of the story that is told, as of the selected year."""
        if self._told is None:
            self.opening.show_story("", ())
            return
        story, runs, beside = self._told
        year = self.stage.selection.year
        self.opening.show_story(
            story.name, await asyncio.to_thread(caption, story, runs.results, beside, year)
        )

    async def tell(self, name: str) -> None:
        """Tell a story: go where it looks. An empty name ends the one that is told."""
        if not name:
            self.stage.selection.story, self._told = "", None
            self._write_link()
            await self._caption()
            return
        story = stories()[name]
        try:
            await asyncio.to_thread(check, story)
        except UserError as mistake:
            ui.notify(plain(mistake), type="warning", multi_line=True)
            return
        first, now = self.scenarios.first(story.scenario), self.controls.query
        size = {key: now.settings[key] for key in ("worlds", "seed") if key in now.settings}
        query = replace(first, against=story.against if story.paired else "").with_settings(size)
        self.go(query, selections.from_link(story.selected, tuple(TABS)))

    def pick(self, firm: str) -> None:
        """Open the card of a firm, and show it in all charts of a tab; an empty name closes it."""
        if firm != self.stage.selection.card and self.stage.selection.tab != STEP:
            self.stage.switches.pick_firm(firm)

    async def _card(self) -> None:
        """Show the card of the firm that is picked, as of the selected year."""
        runs, selection = self.stage.runs, self.stage.selection
        firms = {} if runs is None else firms_of(runs.results)
        self.client.run_javascript(f"linkFirms({json.dumps(firms)}, {json.dumps(selection.card)})")
        if runs is None or selection.card not in firms:
            self.card.hide()
            return
        firm, year = selection.card, selection.year
        shown = await asyncio.to_thread(card, runs.results, firm, year)
        other, reference = runs.against, None
        if other is not None and firm in firms_of(other) and year in other.years:
            reference = await asyncio.to_thread(card, other, firm, year)
        if (firm, year) == (selection.card, selection.year):
            self.card.show(shown, runs.name, reference, other.manifest.name if other else "")

    def _end_story(self, query: Query) -> None:
        """End a story where the page has come to other scenarios than its own."""
        story = stories().get(self.stage.selection.story)
        if story is None or not story.looks_at(query.config, query.against):
            self.stage.selection.story, self._told = "", None
            self.opening.show_story("", ())

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
        else:
            background_tasks.create(self._say(), name="answer")
            background_tasks.create(self._caption(), name="caption")
            background_tasks.create(self._card(), name="card")

    def _write_link(self) -> None:
        """Keep the browser's address up to date, so that a reload shows the same."""
        self.history.write(self.controls.query, self.stage.selection)

    def _go_to(self, pairs: Pairs) -> None:
        """Show what a link shows, to which the browser has gone back or forward."""
        query, parts = from_link(pairs, self.scenarios.default)
        self.go(query, selections.from_link(parts, (*TABS, *APART)), arrived=True)

    def go(self, query: Query, selection: selections.Selection, arrived: bool = False) -> None:
        """Show another query and another selection; `arrived` if the address says so already."""
        if arrived:
            self.history.arrive(query, selection)
        self.controls.become(query)
        self.stage.become(selection)
        self.change(query)

    def close(self) -> None:
        """After the browser is gone: cancel the current run and questions, and delete the runs."""
        self._turn += 1
        self.cancel()
        self.stage.close()
        shutil.rmtree(self.engine.folder, ignore_errors=True)


def _against(runs: Runs) -> Reference | None:
    """The reference that is chosen on the page."""
    against = runs.against
    return None if against is None else Reference(against, f"in {against.manifest.name}")
