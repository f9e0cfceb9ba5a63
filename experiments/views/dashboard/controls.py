"""The settings' column: scenario, worlds, strategies, shocks, deals, and the numbers that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nicegui import ui

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import loadings_in_words
from computeshift.experiments.config.names import capitalised, in_words, named
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import Problem, plain
from computeshift.experiments.views import catalogue
from computeshift.experiments.views.dashboard import knobs
from computeshift.experiments.views.dashboard.fields import Field, Fields
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.unfolding import fill_when_opened

LISTED = 20  # numbers listed at most
NOTHING = "nothing"
SCENARIOS = ("config", "against")  # fields that are no settings


class Controls:
    """The query as fields; `on_change` is called with the new query."""

    def __init__(self, scenarios: Scenarios, query: Query, on_change: Callable[[Query], None]) -> None:
        self.scenarios = scenarios
        self.query = query
        self.on_change = on_change
        self.fields = Fields(self._set)
        self.body = ui.column().classes("controls")
        self.build()

    def build(self) -> None:
        """Build the fields: a scenario decides which firms, shocks and numbers there are."""
        self.fields.forget()
        self.body.clear()
        with self.body:
            self._scenario()
            if self.query.config not in self.scenarios.names:
                return  # its field shows the problem
            config = self.scenarios.base(self.query.config)
            self._run(config)
            self._strategies(config)
            self._shocks(config)
            self._deals(config)
            self._numbers(config)
            self._factors(config)

    # --- changes ---

    def _set(self, changes: dict[str, str | None]) -> None:
        query = self.query.with_settings(changes)
        if query != self.query:
            self.query = query
            self.on_change(query)

    def _choose(self, name: str) -> None:
        before, self.query = self.query, self.scenarios.choose(name, self.query)
        dropped = [key for key in before.settings if key not in self.query.settings]
        if dropped:
            ui.notify(f"As {name} has it: {', '.join(map(in_words, dropped))}", type="info", multi_line=True)
        self.build()
        self.on_change(self.query)

    def _choose_reference(self, name: str) -> None:
        self.query = replace(self.query, against="" if name == NOTHING else name)
        self.on_change(self.query)

    def become(self, query: Query) -> None:
        """Show another query, without a word to the page."""
        self.query = query
        self.build()

    def reset(self) -> None:
        """Remove every setting, and the reference."""
        self.query = self.scenarios.first(self.query.config)
        self.build()
        self.on_change(self.query)

    def leave_out(self, keys: Iterable[str]) -> None:
        """Remove settings, such as those without a field on the page."""
        self.query = self.query.with_settings(dict.fromkeys(keys))
        self.build()
        self.on_change(self.query)

    # --- problems ---

    def show_problems(self, problems: Iterable[Problem | str]) -> list[Problem | str]:
        """Show each problem at its field; returns the problems without a field."""
        self.fields.clear()
        keys = {parameter(key): key for key in self.query.settings} | dict(
            zip(SCENARIOS, SCENARIOS, strict=True)
        )
        rest = []
        for problem in problems:
            key = keys.get(problem.where, "") if isinstance(problem, Problem) else ""
            if not key or not self.fields.show_problem(key, text_of(problem)):
                rest.append(problem)
        return rest

    # --- the parts ---

    def _scenario(self) -> None:
        names = self.scenarios.names
        chosen, against = self.query.config, self.query.against
        scenario = self._select("config", "Scenario", names, chosen)
        scenario.on_value_change(lambda event: self._choose(event.value))
        if chosen in names:
            ui.label(self.scenarios.about(chosen)).classes("hint")
        other = self._select("against", "Against", [NOTHING, *names], against or NOTHING)
        other.on_value_change(lambda event: self._choose_reference(event.value))
        hint = "With a second scenario, the reference, everything is shown as this minus the reference."
        ui.label(hint).classes("hint")

    def _select(self, key: str, label: str, names: list[str], value: str) -> Field:
        listed = names if value in names else [value, *names]
        options = {name: self.scenarios.label(name) for name in listed}
        field = ui.select(options, label=label, value=value)
        field.props("dense outlined options-dense hide-bottom-space")
        self.fields.by_key[key] = field
        return field

    def _run(self, config: Config) -> None:
        names = {"worlds": "Worlds", "seed": "Seed", "until": "Until"}
        with ui.row(wrap=False).classes("run"):
            for key, label in names.items():
                text = self.query.settings.get(key, "")
                self.fields.text(key, label, text, placeholder=str(getattr(config, key)))
        self.fields.messages_here(names)

    def _strategies(self, config: Config) -> None:
        with self._part("Strategies"):
            for choice in knobs.choices(config):
                self.fields.strategy(choice, self.query.settings.get(f"{choice.firm}.strategy", ""))

    def _shocks(self, config: Config) -> None:
        with self._part("Shocks"):
            for switch in knobs.switches(config):
                self.fields.switch(switch, self.query.settings)

    def _deals(self, config: Config) -> None:
        """Every deal; the part is open where a setting is a deal's, so that its field shows a problem."""
        if config.deals:
            is_set = any(key.startswith("deals.") for key in self.query.settings)
            fill_when_opened(self._part("Deals", is_set), lambda: self._commitments(config))

    def _commitments(self, config: Config) -> None:
        """Each deal: how large it is, and when and by whom it is broken. Other numbers are searched for."""
        every, settings = knobs.knobs(config), self.query.settings
        for deal in knobs.commitments(config):
            ui.label(capitalised(named(deal.name))).classes("knob-words")
            ui.label(capitalised(deal.what)).classes("hint")
            for key in deal.numbers:
                self.fields.knob(every[key], settings.get(key, ""))
            with ui.row(wrap=False).classes("shock-parts"):
                for key, (label, value) in deal.breaks.items():
                    self.fields.text(key, label, settings.get(key, value))
            self.fields.messages_here({key: label for key, (label, _) in deal.breaks.items()})

    def _numbers(self, config: Config) -> None:
        every = knobs.knobs(config)
        settings = self.query.settings
        with self._part("Numbers that move Stargate's share most"):
            ui.label("Empty: each world draws its own, low | central | high. Set: fixed in all.").classes(
                "hint"
            )
            for key in knobs.main_numbers(config):
                if key in every:
                    self.fields.knob(every[key], settings.get(key, ""))
        with self._part("More numbers", opened=False):
            words = ui.input("Search", placeholder="elasticity, softbank, GW …").props(
                "dense outlined clearable debounce=250"
            )
            others = ui.column().classes("part-list")
            words.on_value_change(lambda event: self._find(config, event.value or "", others))
            self._find(config, "", others)

    def _factors(self, config: Config) -> None:
        """What parameters are drawn together by, where the scenario has it."""
        rows = catalogue.factors(config)
        if not rows:
            return
        with self._part("Factors", opened=False):
            for row in rows:
                ui.label(f"{capitalised(named(row.name))}: {row.meaning}").classes("knob-words")
                ui.label(f"Loadings: {loadings_in_words(row.loadings)}").classes("hint")
                ui.label(row.ground).classes("hint")

    def _find(self, config: Config, words: str, to: ui.column) -> None:
        """List the numbers with these words, or those that are set."""
        settings = self.query.settings
        main = {*knobs.main_numbers(config), *(k for deal in knobs.commitments(config) for k in deal.numbers)}
        matches = [knob for knob in knobs.search(config, words) if knob.key not in main]
        listed = [knob for knob in matches if words or knob.key in settings]
        to.clear()
        with to:
            for knob in listed[:LISTED]:
                self.fields.knob(knob, settings.get(knob.key, ""), ground=True)
            if words and not listed:
                ui.label(f"No other number has {words!r} in its name, meaning, unit or source.").classes(
                    "hint"
                )
            elif len(listed) > LISTED:
                ui.label(f"{len(listed) - LISTED} more: add a word.").classes("hint")
            elif not words:
                ui.label(f"{len(matches)} numbers: search by name, meaning, unit or source.").classes("hint")

    def _part(self, title: str, opened: bool = True) -> ui.expansion:
        return ui.expansion(title, value=opened).classes("part").props("dense")


def text_of(problem: Problem | str) -> str:
    """A problem in the words of the command line, without its place, which is the field."""
    if isinstance(problem, str):
        return plain(problem)
    return plain(problem.wrong + (f"; {problem.right}" if problem.right else ""))
