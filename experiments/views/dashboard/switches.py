"""The switches above the pictures: year and play, median or a world, difference or level, picks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from nicegui import ui

from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.card import firms_of
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.tabs import Runs
from computeshift.experiments.views.dashboard.world_pick import WorldPick
from computeshift.experiments.views.plots.fans import FORMS, measure_of

PACE = 1.2  # seconds per year, when the years play
MANY_YEARS = 7  # with more, every other year has a label, since all would overlap on a phone


class Switches:
    """Controls of the selection; `on_select` is called after a change. A tab shows those that it uses."""

    def __init__(self, selection: Selection, on_select: Callable[[], None]) -> None:
        self.selection = selection
        self.on_select = on_select
        self._quiet = False
        with ui.row().classes("bar") as self.bar:
            self._year()
            self._world()
            self.picks = {
                "customer": self._pick("customer", "Customer"),
                "outcome": self._pick("outcome", "Outcome or variable", searched=True),
                "form": self._form(),
                "firm": self._pick("firm", "Limits of"),
                "card": self._pick("card", "Firm to look at"),
            }
            self.difference = ui.toggle({True: "Difference", False: "Levels"}, value=selection.difference)
            self.difference.props("no-caps dense unelevated toggle-color=primary").classes("switch")
            self.difference.props('role="group" aria-label="Difference or levels"')
            self.difference.on_value_change(lambda event: self._select(difference=event.value))
        self.timer = ui.timer(PACE, self._advance, active=False)
        self.offered: tuple[str, ...] = ()
        self.variables: dict[str, str] = {}
        self.results: Results
        self.paired = self.compares = False
        self.fit(())

    # --- options ---

    def fit(self, switches: tuple[str, ...], compares: bool = True) -> None:
        """Show the switches of the open tab; `compares` if it can show differences."""
        self.compares = compares
        self._offer_difference()
        self.offered = switches
        self._offer_year()
        self.world_part.visible = "world" in switches
        for name, pick in self.picks.items():
            pick.visible = name in switches or (name == "card" and compares)
        if "year" not in switches:
            self._stop()

    def become(self) -> None:
        """Show what is selected; years, customers, firms and outcomes come with the next runs."""
        self._quiet = True
        world = self.selection.world
        self.world_pick.show(0 if world == "median" else world)
        self.kind.value = "median" if world == "median" else "world"
        self.picks["form"].value = self.selection.form
        self.difference.value = self.selection.difference
        self._quiet = False

    def offer(self, runs: Runs) -> None:
        """Offer the years, customers and firms of these runs."""
        self._quiet = True
        results, years = runs.results, runs.results.years
        self.selection.year = min(max(self.selection.year or years[-1], years[0]), years[-1])
        self.slider.props["min"], self.slider.props["max"] = years[0], years[-1]
        many = len(years) > MANY_YEARS
        self.slider.classes(add="many-years") if many else self.slider.classes(remove="many-years")
        self.slider.value = self.selection.year
        ties = results.ties()
        customers = list(dict.fromkeys(target for _, target, kind in ties if kind == "capacity"))
        self._fill("customer", {name: capitalised(named(name)) for name in customers})
        self.results = results
        self._fill("firm", {name: capitalised(named(name)) for name in [*results.firms, "stargate"]})
        self._fill("card", {"": "none", **firms_of(results)})
        self.paired = runs.against is not None
        self._offer_difference()
        self._quiet = False

    @property
    def offers_outcomes(self) -> bool:
        """Whether the open tab lets one choose an outcome."""
        return "outcome" in self.offered

    def offer_outcomes(self, variables: dict[str, str]) -> None:
        """Offer outcomes and variables: a long list, which is sent only where it is another."""
        if variables == self.variables and self.selection.outcome in self.picks["outcome"].options:
            return
        self._quiet = True
        self.variables = variables
        self._fill("outcome", self._with_expression(self.selection.outcome))
        self._quiet = False

    def pick_firm(self, firm: str) -> None:
        """Pick a firm to look at, or none."""
        if firm in self.picks["card"].options:
            self.picks["card"].value = firm

    def focus_firm(self) -> None:
        """Put the focus on the list of firms."""
        self.picks["card"].run_method("focus")

    def _offer_difference(self) -> None:
        self.difference.visible = self.paired and self.compares

    def _offer_year(self) -> None:
        """Show the year where a picture is of one: among fans, the dots are."""
        dots = "form" in self.offered and self.selection.form == "dots"
        self.year_part.visible = dots or "year" in self.offered
        if not self.year_part.visible:
            self._stop()

    def _fill(self, name: str, options: dict[str, str], value: str = "") -> None:
        value = value or getattr(self.selection, name)
        chosen = value if value in options else next(iter(options), None)
        if chosen is not None:
            setattr(self.selection, name, chosen)
        self.picks[name].set_options(options, value=chosen)

    # --- the year ---

    def _year(self) -> None:
        with ui.row(wrap=False).classes("year") as self.year_part:
            self.play = ui.button(icon="play_arrow", on_click=self._play).props(
                'round dense flat aria-label="Play the years"'
            )
            self.slider = ui.slider(min=0, max=1, step=1).props(
                'markers snap marker-labels aria-label="Year"'
            )
            self.slider.classes("year-slider").on_value_change(
                lambda event: self._select(year=int(event.value))
            )

    def _play(self) -> None:
        if self.timer.active:
            self._stop()
            return
        if self.slider.value >= self.slider.props["max"]:
            self.slider.value = self.slider.props["min"]
        self.timer.active = True
        self.play.props('icon=pause aria-label="Stop"')

    def _stop(self) -> None:
        self.timer.active = False
        self.play.props('icon=play_arrow aria-label="Play the years"')

    def _advance(self) -> None:
        if self.slider.value >= self.slider.props["max"]:
            self._stop()
        else:
            self.slider.value += 1

    # --- the others ---

    def _world(self) -> None:
        with ui.row(wrap=False).classes("world") as self.world_part:
            world = self.selection.world
            chosen = "median" if world == "median" else "world"
            self.kind = ui.toggle({"median": "Median", "world": "One world"}, value=chosen)
            self.kind.props("no-caps dense unelevated toggle-color=primary").classes("switch")
            self.kind.props('role="group" aria-label="Median or one world"')
            self.kind.on_value_change(self._select_world)
            with ui.row(wrap=False).classes("world") as one:
                self.world_pick = WorldPick("World", 0 if world == "median" else world, self._select_world)
            one.bind_visibility_from(self.kind, "value", value="world")

    def _select_world(self) -> None:
        self._select(world="median" if self.kind.value == "median" else self.world_pick.world)

    def _pick(self, name: str, label: str, searched: bool = False) -> ui.select:
        """A list; one that is `searched` takes an expression too, typed and ended with Enter."""
        new: Literal["add-unique"] | None = "add-unique" if searched else None
        pick = ui.select({}, label=label, with_input=searched, new_value_mode=new)
        pick.props("dense outlined options-dense")
        select = self._select_outcome if searched else lambda value: self._select(**{name: value})
        pick.on_value_change(lambda event: select(event.value))
        return pick.classes("pick wide-pick" if searched else "pick")

    def _form(self) -> ui.toggle:
        form = ui.toggle(dict(FORMS), value=self.selection.form)
        form.props("no-caps dense unelevated toggle-color=primary").classes("switch")
        form.props('role="group" aria-label="Band, lines or dots"')
        form.on_value_change(lambda event: self._select(form=event.value))
        return form

    def choose_outcome(self, name: str) -> None:
        """Choose another outcome, without telling the page of it."""
        self._quiet = True
        self._fill("outcome", self._with_expression(name), name)
        self._quiet = False

    def _select_outcome(self, text: str | None) -> None:
        """Select an outcome, a variable or an expression; one that means nothing here is refused."""
        if self._quiet or text is None or text in self.variables:
            return self._select(outcome=text or self.selection.outcome)
        try:
            measure_of(self.results, text)
        except UserError as mistake:
            ui.notify(plain(mistake), type="warning", multi_line=True)
            text = self.selection.outcome
        self.choose_outcome(text)
        self._select(outcome=text)

    def _with_expression(self, text: str) -> dict[str, str]:
        """What the list offers, and the expression that is selected, if this is one."""
        if text in self.variables:
            return self.variables
        try:
            measure_of(self.results, text)
        except UserError:
            return self.variables
        return self.variables | {text: text}

    def _select(self, **changes: Any) -> None:
        """Select something else."""
        if self._quiet:
            return
        for name, value in changes.items():
            setattr(self.selection, name, value)
        self._offer_year()
        self.on_select()
