"""The line under the header: the runs on the page, the progress of a new run, problems."""

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
    """The state of the page in one place. The last good pictures stay, whatever happens."""

    def __init__(
        self,
        cancel: Callable[[], None],
        again: Callable[[], None],
        leave_out: Callable[[Iterable[str]], None],
    ) -> None:
        self._leave_out = leave_out
        self._job: Job | None = None
        self._since = 0.0
        self._name = ""
        with ui.row(wrap=False).classes("status"):
            self.line = ui.label("Running …").classes("status-line")
            self.line.props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).classes("status-bar")
            self.bar.props('aria-label="Progress" instant-feedback')
            self.cancel = ui.button("Cancel", on_click=cancel).props("outline dense no-caps color=negative")
            self.run = ui.button("Run", on_click=again).props("unelevated dense no-caps")
        self.needs = ui.label().classes("hint needs").props('role="status"')
        self.needs.bind_visibility_from(self.needs, "text", backward=bool)
        self.problems = ui.column().classes("problems").props('role="alert"')
        self.cancel.visible = self.bar.visible = self.run.visible = self.problems.visible = False
        self._timer = ui.timer(0.2, self._show_progress, active=False)

    def show_start(self, job: Job, needs: str) -> None:
        """Show that a run begins; `needs` says what it takes, if that is much."""
        self.needs.text = plain(needs)
        self._job, self._since = job, time.monotonic()
        self.run.visible = self.problems.visible = False
        self._timer.active = True

    def show_runs(self, runs: Runs, origin: str = "", of: int | None = None) -> None:
        """Name the runs on the page, and the origin of their worlds if that is not their config alone.

        `of` is how many worlds there will be, if these are the first of them.
        """
        self._rest()
        self.needs.text = ""
        self.problems.visible = False
        self._name = runs.name
        results, against = runs.results, runs.against
        manifest = results.manifest
        years = results.years
        parts = [
            runs.name,
            worlds(results.worlds) if of is None else f"first {results.worlds:,} of {worlds(of)}",
            f"seed {manifest.seed}",
            f"{years[0]} to {years[-1]}",
        ]
        if origin:
            parts.append(origin)
        if results.reasons:
            parts.append(left_out(results.reasons))
        if manifest.keep == "summary":
            parts.append("a summary without flows")
        if manifest.status != "finished":
            parts.append(f"not whole: {manifest.status}")
        text = ", ".join(parts)
        self.line.text = text if against is None else f"{text}; against {against.manifest.name}"

    def show_cancelled(self) -> None:
        """Show that the run was cancelled: the pictures are older than the settings."""
        self._rest()
        self.line.text = f"Cancelled. {self._last}"
        self.run.visible = True

    def show_bug(self, error: Exception) -> None:
        """Show an error of the program, not of the user."""
        self._rest()
        bug = f"This is our bug, not yours: {type(error).__name__}: {error}."
        self.line.text = f"{bug} {self._last}"
        self.run.visible = True

    def show_problems(self, problems: Sequence[Problem | str], keys: Mapping[str, str]) -> None:
        """Show that settings are wrong: at their fields, and these problems without a field."""
        self._rest()
        self.needs.text = ""
        self.line.text = f"Not run: a setting is wrong. {self._last}"
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
    def _last(self) -> str:
        """What the pictures show in the meantime."""
        if self._name:
            return f"The pictures are from before the change: {self._name}."
        return "There is nothing to show yet."

    def _rest(self) -> None:
        self._job = None
        self._timer.active = False
        self.cancel.visible = self.bar.visible = self.run.visible = False

    def _show_progress(self) -> None:
        """Show the progress of a run that takes more than a moment."""
        job = self._job
        if job is None or time.monotonic() - self._since < LONG:
            return
        count, drawing = job.config.worlds, job.done == job.config.worlds
        progress = f"Running {job.config.label}: {job.done:,} of {worlds(count)}"
        self.line.text = "Drawing …" if drawing else progress
        self.bar.value = job.done / count
        self.bar.visible = self.cancel.visible = not drawing
