"""The settings' column: scenario, worlds, strategies, shocks, and the numbers that matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nicegui import ui

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.names import in_words
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import Problem, UserError, plain
from computeshift.experiments.views.dashboard import knobs
from computeshift.experiments.views.dashboard.fields import Field, Fields
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios

LISTED = 20  # numbers found at most
NOTHING = "nothing"
SCENARIOS = ("config", "against")  # fields that are no settings


class Controls:
    """What is asked, as fields. `changed` is called with what is asked now."""

    def __init__(self, scenarios: Scenarios, query: Query, changed: Callable[[Query], None]) -> None:
        self.scenarios = scenarios
        self.query = query
        self.changed = changed
        self.fields = Fields(self._set)
        self.body = ui.column().classes("controls")
        self.build()

    def build(self) -> None:
        """Lay the fields out anew: a scenario decides which firms, shocks and numbers there are."""
        self.fields.forget()
        self.body.clear()
        with self.body:
            self._scenario()
            try:
                config = self.scenarios.base(self.query.config)
            except UserError:
                return  # told at the scenario's field when it is checked
            self._run(config)
            self._strategies(config)
            self._shocks(config)
            self._numbers(config)

    # --- what changes ---

    def _set(self, changes: dict[str, str | None]) -> None:
        query = self.query.laid(changes)
        if query != self.query:
            self.query = query
            self.changed(query)

    def _choose(self, name: str) -> None:
        before, self.query = self.query, self.scenarios.choose(name, self.query)
        dropped = [key for key in before.settings if key not in self.query.settings]
        if dropped:
            ui.notify(f"As {name} has it: {', '.join(map(in_words, dropped))}", type="info", multi_line=True)
        self.build()
        self.changed(self.query)

    def _hold_against(self, name: str) -> None:
        self.query = replace(self.query, against="" if name == NOTHING else name)
        self.changed(self.query)

    def reset(self) -> None:
        """Leave out every setting, and what it is held against."""
        self.query = self.scenarios.first(self.query.config)
        self.build()
        self.changed(self.query)

    def leave_out(self, keys: Iterable[str]) -> None:
        """Leave out settings that no field on the page can mend."""
        self.query = self.query.laid(dict.fromkeys(keys))
        self.build()
        self.changed(self.query)

    # --- what is wrong ---

    def tell(self, problems: Iterable[Problem | str]) -> list[Problem | str]:
        """Tell each problem at its field; those that have none are handed back."""
        self.fields.clear()
        keys = {parameter(key): key for key in self.query.settings} | dict(
            zip(SCENARIOS, SCENARIOS, strict=True)
        )
        left = []
        for problem in problems:
            key = keys.get(problem.where, "") if isinstance(problem, Problem) else ""
            if not key or not self.fields.tell(key, told(problem)):
                left.append(problem)
        return left

    # --- the parts ---

    def _scenario(self) -> None:
        names = self.scenarios.names
        chosen, against = self.query.config, self.query.against
        scenario = self._select("config", "Scenario", names, chosen)
        scenario.on_value_change(lambda event: self._choose(event.value))
        if chosen in names:
            ui.label(self.scenarios.about(chosen)).classes("hint")
        other = self._select("against", "Against", [NOTHING, *names], against or NOTHING)
        other.on_value_change(lambda event: self._hold_against(event.value))
        told = "With a second scenario, the reference, everything is shown as this minus the reference."
        ui.label(told).classes("hint")

    def _select(self, key: str, label: str, names: list[str], value: str) -> Field:
        field = ui.select(names if value in names else [value, *names], label=label, value=value)
        field.props("dense outlined options-dense hide-bottom-space")
        self.fields.known[key] = field
        return field

    def _run(self, config: Config) -> None:
        names = {"worlds": "Worlds", "seed": "Seed", "until": "Until"}
        with ui.row(wrap=False).classes("run"):
            for key, label in names.items():
                given = self.query.settings.get(key, "")
                self.fields.text(key, label, given, placeholder=str(getattr(config, key)))
        self.fields.told_here(names)

    def _strategies(self, config: Config) -> None:
        with self._part("Strategies"):
            for choice in knobs.choices(config):
                self.fields.strategy(choice, self.query.settings.get(f"{choice.firm}.strategy", ""))

    def _shocks(self, config: Config) -> None:
        with self._part("Shocks"):
            for switch in knobs.switches(config):
                self.fields.switch(switch, self.query.settings)

    def _numbers(self, config: Config) -> None:
        known = knobs.knobs(config)
        settings = self.query.settings
        with self._part("Numbers that matter most"):
            ui.label("Empty: each world draws its own, low | central | high. Set: fixed in all.").classes(
                "hint"
            )
            for key in knobs.matter(config):
                if key in known:
                    self.fields.knob(known[key], settings.get(key, ""))
        with self._part("More numbers", opened=False):
            words = ui.input("Search", placeholder="elasticity, softbank, GW …").props(
                "dense outlined clearable debounce=250"
            )
            others = ui.column().classes("part-list")
            words.on_value_change(lambda event: self._find(config, event.value or "", others))
            self._find(config, "", others)

    def _find(self, config: Config, words: str, to: ui.column) -> None:
        """List the numbers that have these words, or those that are set."""
        settings = self.query.settings
        matter = set(knobs.matter(config))
        found = [knob for knob in knobs.found(config, words) if knob.key not in matter]
        listed = [knob for knob in found if words or knob.key in settings]
        to.clear()
        with to:
            for knob in listed[:LISTED]:
                self.fields.knob(knob, settings.get(knob.key, ""), ground=True)
            if words and not listed:
                ui.label(f"No other number has {words!r} in its name, unit or source.").classes("hint")
            elif len(listed) > LISTED:
                ui.label(f"{len(listed) - LISTED} more: add a word.").classes("hint")
            elif not words:
                ui.label(f"{len(found)} numbers: search by name, unit or source.").classes("hint")

    def _part(self, title: str, opened: bool = True) -> ui.expansion:
        return ui.expansion(title, value=opened).classes("part").props("dense")


def told(problem: Problem | str) -> str:
    """A problem as the command line tells it, but for where it stands: that is here."""
    if isinstance(problem, str):
        return plain(problem)
    return plain(problem.wrong + (f"; {problem.right}" if problem.right else ""))
