"""Ask: questions about what is on the page, each on demand, beside the page's own runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from nicegui import background_tasks, ui

from computeshift.experiments.views.ask.inputs import Options
from computeshift.experiments.views.ask.subject import Subject, of_folder
from computeshift.experiments.views.ask.table import ASKS, Ask
from computeshift.experiments.views.dashboard.apart import Apart
from computeshift.experiments.views.dashboard.inquiry import Inquiry
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.tabs import Runs


@dataclass(frozen=True)
class Offer:
    """What may be asked of what is on the page: options and first choices of the inputs, and the cost."""

    subject: Subject
    options: dict[str, Options]
    picks: dict[str, str]
    cost: str


class Asking(Apart):
    """The tab that asks questions."""

    title = "Ask"

    def build(self) -> None:
        """Build the tab; a question's part is built when it is chosen first."""
        self.inquiries: dict[str, Inquiry] = {}
        self._turns = asyncio.Lock()
        if self.selection.ask not in ASKS:
            self.selection.ask = next(iter(ASKS))
        titles = {name: ask.title for name, ask in ASKS.items()}
        self.pick = ui.select(titles, label="Question", value=self.selection.ask)
        self.pick.props("dense outlined options-dense").classes("question")
        self.pick.on_value_change(lambda event: self._choose(event.value))
        self.wrong = ui.label().classes("frame-wrong").props('role="status"')
        self.wrong.visible = False
        self.body = ui.column().classes("stage")

    def _choose(self, name: str) -> None:
        if name != self.selection.ask:
            self.selection.ask = name
            self.selection.inputs = self.inquiries[name].picks if name in self.inquiries else {}
            self._show_only(name)
            self.on_change()

    def _choose_inputs(self, inputs: Mapping[str, str]) -> None:
        self.selection.inputs = inputs
        self.on_change()

    def become(self) -> None:
        """Show the question that is selected."""
        self.selection.ask = self.selection.ask if self.selection.ask in ASKS else next(iter(ASKS))
        self.pick.value = self.selection.ask
        self._show_only(self.selection.ask)

    def _show_only(self, name: str) -> None:
        for own, inquiry in self.inquiries.items():
            inquiry.place.visible = own == name

    def make(self, runs: Runs, selection: Selection, _: str = "") -> Offer:
        """What may be asked, and with which inputs."""
        ask, subject = ASKS[selection.ask], runs.subject or of_folder(runs.results)
        options = {one.name: one.options(subject) for one in ask.inputs}
        chosen = selection.inputs
        picks = {
            one.name: pick
            if (pick := chosen.get(one.name)) is not None and (one.free or pick in options[one.name])
            else one.first(subject, options[one.name])
            for one in ask.inputs
        }
        return Offer(subject, options, picks, ask.cost(subject, picks))

    def show(self, offer: Offer, _: str) -> None:
        """Show the chosen question; answers to all say if they are about what was before."""
        self.wrong.visible = False
        inquiry = self._inquiry(ASKS[self.selection.ask])
        inquiry.offer(offer.subject, offer.options, offer.picks, offer.cost)
        self._show_only(self.selection.ask)
        for one in self.inquiries.values():
            one.compare_with(offer.subject)

    def _inquiry(self, ask: Ask) -> Inquiry:
        if ask.name not in self.inquiries:
            with self.body:
                inquiry = Inquiry(ask, lambda: self.place(f"ask_{ask.name}"), self._ask, self._choose_inputs)
            self.inquiries[ask.name] = inquiry
        return self.inquiries[ask.name]

    def _ask(self, inquiry: Inquiry) -> None:
        background_tasks.create(inquiry.ask(self._turns), name="ask")

    def show_message(self, message: str) -> None:
        """Say why nothing can be asked."""
        self.wrong.text, self.wrong.visible = message, True

    def close(self) -> None:
        """Cancel all questions."""
        for inquiry in self.inquiries.values():
            inquiry.close()
