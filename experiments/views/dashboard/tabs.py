"""The tabs: the pictures of each, and the switches that it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from computeshift.experiments.config.changes import Change
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.picks import is_pick, pick
from computeshift.experiments.results.results import Results
from computeshift.experiments.views import plots
from computeshift.experiments.views.ask.subject import Subject
from computeshift.experiments.views.dashboard.headline import Headline, headline
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.variables import meanings
from computeshift.experiments.views.dashboard.world import OneWorld
from computeshift.experiments.views.dashboard.world_pick import picks
from computeshift.experiments.views.format import minus
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.network import World
from computeshift.experiments.views.plots.picture import nothing

STEP, ASK = "step", "ask"
"""The words in a link of the tabs Step by hand and Ask, which have no pictures of this kind."""
APART = (STEP, ASK)
FANS = "fans"
"""The word in a link of the tab that has the fan of every outcome."""


@dataclass
class Runs:
    """The results on a page, and those of the reference if there is one; pictures are made once."""

    results: Results
    against: Results | None = None
    whole: bool = True
    changes: tuple[Change, ...] = ()
    subject: Subject | None = None
    _cache: dict[object, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the run, such as `baseline, 2 changes`."""
        return self.results.manifest.name

    def title(self, selection: Selection) -> str:
        """The name of what the numbers are of: the run, or the run minus the reference."""
        other = self.other(selection)
        return self.name if other is None else f"{self.name} {minus(other.manifest.name)}"

    def other(self, selection: Selection) -> Results | None:
        """The reference, if differences are selected; Step by hand and Ask never show differences."""
        return self.against if selection.difference and selection.tab not in APART else None

    def network(self, selection: Selection) -> Picture:
        """The network of the year; all years are made at once, so that a slider can run over them."""
        key = ("network", selection.world, self.other(selection) is None)
        if key not in self._cache:
            self._cache[key] = plots.network_years(self.results, selection.world, self.other(selection))
        years: dict[int, Picture] = self._cache[key]  # type: ignore[assignment]
        return years[selection.year]

    def headline(self, selection: Selection) -> Headline:
        """The numbers on top, of the world or the median that the open tab shows."""
        world, other = self.number(_world(selection)), self.other(selection)
        key = ("headline", world, other is None)
        if key not in self._cache:
            self._cache[key] = headline(self.results, other, world, self.title(selection))
        return self._cache[key]  # type: ignore[return-value]

    def variables(self) -> dict[str, str]:
        """The meanings of everything that has a fan, by name."""
        if "variables" not in self._cache:
            self._cache["variables"] = meanings(self.results)
        return self._cache["variables"]  # type: ignore[return-value]

    def picks(self) -> dict[str, str]:
        """The named worlds of the run, in words."""
        if "picks" not in self._cache:
            self._cache["picks"] = picks(self.results)
        return self._cache["picks"]  # type: ignore[return-value]

    def number(self, world: World) -> World:
        """A world's number, which may be told by what it is; or the median. UserError if there is none."""
        key = ("pick", world)
        if key not in self._cache:
            self._cache[key] = pick(self.results, str(world)).world if is_pick(world) else world
        return self._cache[key]  # type: ignore[return-value]

    def one_world(self, world: World) -> OneWorld:
        """One of the worlds, read alone; UserError if there is none of that number, and for a quantile."""
        if not isinstance(world, int):
            last = self.results.worlds - 1
            raise UserError(f"{world!r} is of all worlds, and this is of one: use 0 to {last}, or 'typical'")
        key = ("world", world)
        if key not in self._cache:
            self._cache[key] = OneWorld(self.results, world)
        return self._cache[key]  # type: ignore[return-value]


def _world(selection: Selection) -> World:
    """The world that the open tab shows, or the median."""
    if selection.tab == STEP:
        return selection.step_world
    switches = () if selection.tab == ASK else TABS[selection.tab].switches
    return selection.world if "world" in switches else "median"


Maker = Callable[[Runs, Selection], Picture]


def _claims(runs: Runs, selection: Selection) -> Picture:
    """The claims: how often they hold in each run, or the differences."""
    if (other := runs.other(selection)) is not None:
        return plots.claims(runs.results, against=other)
    return plots.claims(runs.results, *([] if runs.against is None else [runs.against]))


def _year_of_dots(selection: Selection) -> int | None:
    """The year that is selected, where the fan is drawn as dots: other forms have all years."""
    return selection.year or None if selection.form == "dots" else None


@dataclass(frozen=True)
class Tab:
    """A tab: its title on the page, its pictures, its switches.

    It needs `whole` runs if it shows claims or limits.
    """

    title: str
    makers: Mapping[str, Maker]
    switches: tuple[str, ...] = ()
    whole: bool = False

    def pictures(self, runs: Runs, selection: Selection) -> dict[str, Picture]:
        """Its pictures by name."""
        return {name: self.picture(name, runs, selection) for name in self.makers}

    def picture(self, name: str, runs: Runs, selection: Selection) -> Picture:
        """One of its pictures; the mistake in a selection, such as a world that is not there, takes its
        place.
        """
        try:
            return self.makers[name](runs, selection)
        except UserError as mistake:
            return nothing(str(mistake))


TABS = {
    "network": Tab("Network", {"network": Runs.network}, ("year", "world")),
    "shares": Tab(
        "Shares",
        {
            "use": lambda r, s: plots.shares(r.results, s.customer or None, against=r.other(s)),
            "ownership": lambda r, s: plots.shares(r.results, basis="ownership", against=r.other(s)),
            "labs": lambda r, s: plots.lab_market(r.results, against=r.other(s)),
        },
        ("customer",),
    ),
    "money": Tab(
        "Money",
        {
            "flows": lambda r, s: plots.money_flows(r.results, s.year, s.world, against=r.other(s)),
            "investments": lambda r, s: plots.investments(r.results, against=r.other(s)),
            "treasury": lambda r, s: plots.treasury(r.results, against=r.other(s)),
            "ltv": lambda r, s: plots.loan_to_value(r.results, against=r.other(s)),
            "circular": lambda r, s: plots.circular_money(r.results, against=r.other(s)),
        },
        ("year", "world"),
    ),
    "deals": Tab(
        "Deals",
        {
            "bonds": lambda r, s: plots.bonds(r.results),
            "rings": lambda r, s: plots.money_rings(r.results, s.year),
            "backlogs": lambda r, s: plots.backlogs(r.results, r.other(s)),
        },
        ("year",),
    ),
    "claims": Tab(
        "Claims",
        {
            "claims": _claims,
            "by_year": lambda r, s: plots.claims_by_year(r.results, r.other(s)),
        },
        whole=True,
    ),
    FANS: Tab(
        "Fans and limits",
        {
            "fan": lambda r, s: plots.fan(r.results, s.outcome, r.other(s), s.form, _year_of_dots(s)),
            "limits": lambda r, s: plots.limits(r.results, s.firm, r.other(s)),
        },
        ("outcome", "form", "firm"),
        whole=True,
    ),
}
"""The tabs by their word in a link."""
