"""The line under the header: what is shown, what is being played and how far it is, what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from nicegui import ui

from computeshift.experiments.errors import Problem, plain
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.dashboard.engine import Job
from computeshift.experiments.views.dashboard.tabs import Runs
from computeshift.experiments.views.format import worlds

LONG = 0.5  # seconds after which a run shows its progress


class Status:
    """Tells in one place where the page stands. The last good picture stays whatever it tells."""

    def __init__(
        self,
        give_up: Callable[[], None],
        again: Callable[[], None],
        leave_out: Callable[[Iterable[str]], None],
    ) -> None:
        self._leave_out = leave_out
        self._job: Job | None = None
        self._since = 0.0
        self._shown = ""
        with ui.row(wrap=False).classes("status"):
            self.line = ui.label("Playing …").classes("status-line")
            self.line.props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).classes("status-bar")
            self.bar.props('aria-label="Progress" instant-feedback')
            self.cancel = ui.button("Cancel", on_click=give_up).props("outline dense no-caps color=negative")
            self.run = ui.button("Run", on_click=again).props("unelevated dense no-caps")
        self.needs = ui.label().classes("hint needs").props('role="status"')
        self.needs.bind_visibility_from(self.needs, "text", backward=bool)
        self.problems = ui.column().classes("problems").props('role="alert"')
        self.cancel.visible = self.bar.visible = self.run.visible = self.problems.visible = False
        self._timer = ui.timer(0.2, self._look, active=False)

    def plays(self, job: Job, needs: str) -> None:
        """A run begins; `needs` says what it takes, if that is much."""
        self.needs.text = plain(needs)
        self._job, self._since = job, time.monotonic()
        self.run.visible = self.problems.visible = False
        self._timer.active = True

    def shows(self, runs: Runs, origin: str = "") -> None:
        """What was asked is there; its worlds came from `origin`, if not from their config alone."""
        self._rest()
        self.needs.text = ""
        self.problems.visible = False
        self._shown = runs.name
        results, against = runs.results, runs.against
        manifest = results.manifest
        years = results.years
        parts = [
            runs.name,
            worlds(results.worlds),
            f"seed {manifest.seed}",
            f"{years[0]} to {years[-1]}",
        ]
        if origin:
            parts.append(origin)
        if results.reasons:
            parts.append(left_out(results.reasons))
        if manifest.keep == "summary":
            parts.append("a summary: what flowed was not kept")
        if manifest.status != "finished":
            parts.append(f"not whole: {manifest.status}")
        told = ", ".join(parts)
        self.line.text = told if against is None else f"{told}; against {against.manifest.name}"

    def given_up(self) -> None:
        """The run was given up: what is shown is older than the settings."""
        self._rest()
        self.line.text = f"Cancelled. {self._what_is_there}"
        self.run.visible = True

    def failed(self, error: Exception) -> None:
        """The program went wrong, not the user."""
        self._rest()
        told = f"This is our bug, not yours: {type(error).__name__}: {error}."
        self.line.text = f"{told} {self._what_is_there}"
        self.run.visible = True

    def refused(self, problems: Sequence[Problem | str], keys: Mapping[str, str]) -> None:
        """Something is wrong with the settings: at their fields, or in these problems."""
        self._rest()
        self.needs.text = ""
        self.line.text = f"Not run: a setting is wrong. {self._what_is_there}"
        self.problems.clear()
        self.problems.visible = bool(problems)
        with self.problems:
            for problem in problems:
                key = keys.get(problem.where) if isinstance(problem, Problem) else None
                with ui.row(wrap=False).classes("problem"):
                    ui.label(plain(problem))
                    if key:
                        leave = ui.button("Leave it out", on_click=lambda key=key: self._leave_out([key]))
                        leave.props("flat dense no-caps")

    @property
    def _what_is_there(self) -> str:
        if self._shown:
            return f"What is shown is from before the change: {self._shown}."
        return "There is nothing to show yet."

    def _rest(self) -> None:
        self._job = None
        self._timer.active = False
        self.cancel.visible = self.bar.visible = self.run.visible = False

    def _look(self) -> None:
        """Show how far the run is, once it takes long enough to be worth a look."""
        job = self._job
        if job is None or time.monotonic() - self._since < LONG:
            return
        count, drawing = job.config.worlds, job.done == job.config.worlds
        told = f"Playing {job.config.label}: {job.done:,} of {worlds(count)}"
        self.line.text = "Drawing …" if drawing else told
        self.bar.value = job.done / count
        self.bar.visible = self.cancel.visible = not drawing
