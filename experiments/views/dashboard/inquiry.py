"""One question on the page: its inputs, its progress, and its answer or why there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import ui

from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.views.ask.call import call
from computeshift.experiments.views.ask.inputs import Options
from computeshift.experiments.views.ask.parts import Part, Sheet, Shown, shown
from computeshift.experiments.views.ask.subject import Subject
from computeshift.experiments.views.ask.table import Ask, Picks
from computeshift.experiments.views.dashboard.engine import Cancelled
from computeshift.experiments.views.dashboard.fields import Field
from computeshift.experiments.views.dashboard.frame import Frame
from computeshift.experiments.views.format import worlds

LONG = 40  # letters of an option that needs a wider list


@dataclass
class Work:
    """A question that is being answered, which another thread may watch or cancel."""

    since: float = 0.0
    done: int = 0
    total: int = 0
    cancelled: bool = False

    def progress(self, done: int, total: int) -> None:
        """Note the progress. Cancelled if it was cancelled."""
        if self.cancelled:
            raise Cancelled
        self.done, self.total = done, total

    def answer(self, ask: Ask, subject: Subject, picks: Picks) -> Shown:
        """Ask the question. UserError as it has it, Cancelled if it was cancelled."""
        self.progress(0, 0)
        self.since = time.monotonic()
        asked = call(ask, subject, picks)
        return shown(asked, asked.answer(self.progress))

    def __str__(self) -> str:
        if not self.since:
            return "Waiting for the question before …"
        seconds = f"{time.monotonic() - self.since:.0f} s"
        if self.cancelled:
            return f"Cancelling, {seconds}"
        if self.done < self.total:
            return f"Playing, {seconds}: {self.done:,} of {worlds(self.total)}"
        return f"Running, {seconds}"


class Inquiry:
    """A question, on the page."""

    def __init__(
        self,
        question: Ask,
        frame: Callable[[], Frame],
        on_ask: Callable[[Inquiry], None],
        on_pick: Callable[[Mapping[str, str]], None],
    ) -> None:
        """`on_ask` is called to ask it, `on_pick` with all inputs after another choice."""
        self.question = question
        self.on_pick = on_pick
        self.picks: Mapping[str, str] = {}
        self.subject: Subject
        self.answered: tuple[str, str] | None = None
        self.work: Work | None = None
        self._quiet = self._gone = False
        self._fields: dict[str, Field] = {}
        with ui.column().classes("stage") as self.place:
            self.place.props["data-question"] = question.name
            self._inputs(on_ask)
            self._progress()
            self._answer(frame)
        self._timer = ui.timer(0.2, self._tick, active=False)

    # --- the parts ---

    def _inputs(self, on_ask: Callable[[Inquiry], None]) -> None:
        ui.label(self.question.question.help).classes("hint")
        with ui.row().classes("bar"):
            for one in self.question.inputs:
                field = ui.select(
                    {},
                    label=one.label,
                    with_input=one.free,
                    new_value_mode="add-unique" if one.free else None,
                )
                field.props("dense outlined options-dense").classes("pick")
                field.on_value_change(lambda event, name=one.name: self._pick(name, event.value))
                self._fields[one.name] = field
            self.button = ui.button("Ask", on_click=lambda: on_ask(self)).props("unelevated no-caps")
            self.cost = ui.label().classes("hint")

    def _progress(self) -> None:
        with ui.row(wrap=False).classes("status asking") as self.running:
            self.line = ui.label().classes("asking-line")
            self.line.props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).classes("status-bar")
            self.bar.props('aria-label="Progress of the question" instant-feedback')
            self.stop = ui.button("Cancel the question", on_click=self.cancel)
            self.stop.props("outline dense no-caps color=negative")
        with ui.column().classes("problems").props('role="alert"') as self.wrong:
            self.problem = ui.label().classes("problem-words")
        self.running.visible = self.wrong.visible = False

    def _answer(self, frame: Callable[[], Frame]) -> None:
        with ui.column().classes("stage") as self.answer:
            self.stale = ui.label().classes("stale").props('role="status"')
            with ui.element("section").classes("frame answer"):
                self.about = ui.label().classes("frame-whose")
                self.verdict = ui.column().classes("answer-parts")
            self.frame = frame()
            with ui.element("section").classes("frame answer"):
                self.rest = ui.column().classes("answer-parts")
        self.answer.visible = False

    # --- what may be asked ---

    def offer(self, subject: Subject, options: Mapping[str, Options], picks: Picks, cost: str) -> None:
        """Offer what may be asked of what is on the page now."""
        self.subject, self.picks, self.cost.text = subject, dict(picks), cost
        self._quiet = True
        for name, field in self._fields.items():
            own = {picks[name]: picks[name], **options[name]} if picks[name] else dict(options[name])
            field.set_options(own, value=picks[name])
            if any(len(words) > LONG for words in own.values()):
                field.classes("wide-pick")
        self._quiet = False

    def _pick(self, name: str, value: str | None) -> None:
        if not self._quiet and value is not None:
            self.picks = {**self.picks, name: value}
            self.on_pick(self.picks)

    def compare_with(self, subject: Subject) -> None:
        """Say if the answer is about what was on the page before."""
        self.stale.text = ""
        now = self.question.key(subject)
        if self.answered is not None and self.answered != now:
            before = f"This is about what was on the screen before: {self.answered[0]}."
            self.stale.text = f"{before} Now: {now[0]}. Ask again."
        self.stale.visible = bool(self.stale.text)

    # --- asking ---

    async def ask(self, turns: asyncio.Lock) -> None:
        """Ask with what is chosen, when the questions before are answered; show the answer."""
        subject, work = self.subject, Work()
        self.work = work
        self._begin()
        try:
            async with turns:
                found = await asyncio.to_thread(work.answer, self.question, subject, dict(self.picks))
        except Cancelled:
            self._end("Cancelled.")
        except UserError as mistake:
            self._end(wrong=plain(mistake))
        except Exception as error:
            self._end(wrong=f"This is our bug, not yours: {type(error).__name__}: {error}")
            raise
        else:
            self._end()
            self._show(found, subject)

    def cancel(self) -> None:
        """Cancel the question."""
        if self.work is not None:
            self.work.cancelled = True

    def close(self) -> None:
        """After the browser is gone: cancel the question, and show no more."""
        self._gone = True
        self.cancel()

    def _begin(self) -> None:
        self.button.disable()
        self.wrong.visible = False
        self.running.visible = self.stop.visible = self._timer.active = True
        self._tick()

    def _end(self, line: str = "", wrong: str = "") -> None:
        self.work = None
        if self._gone:
            return
        self._timer.active = self.stop.visible = self.bar.visible = False
        self.button.enable()
        self.line.text, self.problem.text = line, wrong
        self.running.visible, self.wrong.visible = bool(line), bool(wrong)

    def _tick(self) -> None:
        if self.work is not None:
            self.line.text = str(self.work)
            self.bar.visible = self.work.total > 0
            self.bar.value = self.work.done / max(self.work.total, 1)

    def _show(self, found: Shown, subject: Subject) -> None:
        if self._gone:
            return
        self.answered = self.question.key(subject)
        self.about.text = self.answered[0]
        self.answer.visible = True
        self.frame.show(found.picture, self.about.text)
        for place, parts in ((self.verdict, found.verdict), (self.rest, found.rest)):
            place.clear()
            with place:
                for part in parts:
                    _part(part)
        with self.verdict:
            ui.label(f"The command line says the same. {found.call.first}".strip()).classes("hint")
            with ui.row(wrap=False).classes("command"):
                command = found.call.command
                ui.label(command).classes("command-words")
                copy = ui.button("Copy", on_click=lambda: ui.clipboard.write(command))
                copy.props("flat dense no-caps size=sm").props["aria-label"] = "Copy the command"
        self.compare_with(self.subject)


def _part(part: Part) -> None:
    """A paragraph, or a table that scrolls sideways."""
    if not isinstance(part, Sheet):
        ui.label(part.text).classes("hint" if part.faint else "answer-line")
        return
    if part.title:
        ui.label(part.title).classes("sheet-title").props('role="heading" aria-level="3"')
    columns = [
        {"name": str(i), "label": head, "field": str(i), "align": "right" if right else "left"}
        for i, (head, right) in enumerate(zip(part.heads, part.right, strict=True))
    ]
    rows = [{"id": at} | {str(i): cell for i, cell in enumerate(row)} for at, row in enumerate(part.rows)]
    ui.table(columns=columns, rows=rows, row_key="id").props("dense flat hide-bottom").classes("sheet")
    if part.note:
        ui.label(part.note).classes("hint")
