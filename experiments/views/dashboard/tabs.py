"""The tabs: which pictures each has, and which of the switches above it they heed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from computeshift.experiments.config.changes import Change
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.levels import MANY
from computeshift.experiments.results.results import Results
from computeshift.experiments.views import plots
from computeshift.experiments.views.dashboard.headline import Headline, headline
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.variables import meanings
from computeshift.experiments.views.dashboard.world import OneWorld
from computeshift.experiments.views.format import minus
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.network import World

STEP = "step"
"""The word in a link of the tab that is no tab of pictures."""
NOTHING = "these results"
"""In what pictures tell that found nothing of theirs in what was kept."""


@dataclass
class Runs:
    """What was played: the results, and those they are held against; pictures are made once."""

    results: Results
    against: Results | None = None
    whole: bool = True
    changes: tuple[Change, ...] = ()
    _made: dict[object, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of what was played, such as `baseline, 2 changes`."""
        return self.results.manifest.name

    def whose(self, selection: Selection) -> str:
        """Whose numbers are shown: those of what was played, or what they are minus the reference's."""
        other = self.other(selection)
        return self.name if other is None else f"{self.name} {minus(other.manifest.name)}"

    def other(self, selection: Selection) -> Results | None:
        """The reference of what is shown, if differences are; a world is stepped through as it is."""
        return self.against if selection.difference and selection.tab != STEP else None

    def network(self, selection: Selection) -> Picture:
        """The network of the year; all years are made at once, so that a slider can run over them."""
        key = ("network", selection.world, self.other(selection) is None)
        if key not in self._made:
            self._made[key] = plots.network_years(self.results, selection.world, self.other(selection))
        years: dict[int, Picture] = self._made[key]  # type: ignore[assignment]
        return years[selection.year]

    def headline(self, selection: Selection) -> Headline:
        """The numbers on top: of the world or the median, and the year, that the open tab looks at."""
        world, other = _world(selection), self.other(selection)
        key = ("headline", world, other is None)
        if key not in self._made:
            self._made[key] = headline(self.results, other, world, self.whose(selection))
        return self._made[key]  # type: ignore[return-value]

    def variables(self) -> dict[str, str]:
        """What a fan can be drawn of: the meanings by name."""
        if "variables" not in self._made:
            self._made["variables"] = meanings(self.results)
        return self._made["variables"]  # type: ignore[return-value]

    def why_not(self, wrong: UserError) -> str:
        """What a person is told who sees no picture: never the path of a run that is gone with the page."""
        told = plain(wrong)
        for results in (self.results, *([] if self.against is None else [self.against])):
            short = told.startswith(f"{results.folder} has no ")
            if results.worlds > MANY and results.manifest.keep == "summary" and (short or NOTHING in told):
                return f"a run of more than {MANY:,} worlds keeps a summary: use fewer worlds to see this"
            if short:
                return told.replace(str(results.folder), "this folder", 1)
        return told

    def one_world(self, world: int) -> OneWorld:
        """One of the worlds, read alone; UserError if there is none of that number."""
        key = ("world", world)
        if key not in self._made:
            self._made[key] = OneWorld(self.results, world)
        return self._made[key]  # type: ignore[return-value]


def _world(selection: Selection) -> World:
    """The world that the open tab looks at, or the median."""
    if selection.tab == STEP:
        return selection.step_world
    return selection.world if "world" in TABS[selection.tab].switches else "median"


Maker = Callable[[Runs, Selection], Picture]


def _claims(runs: Runs, selection: Selection) -> Picture:
    """The claims: by how much oftener they hold, or how often in each of both."""
    if (other := runs.other(selection)) is not None:
        return plots.claims(runs.results, against=other)
    return plots.claims(runs.results, *([] if runs.against is None else [runs.against]))


@dataclass(frozen=True)
class Tab:
    """A tab: its name on the page, its pictures, its switches.

    It needs `whole` runs if it shows claims or limits.
    """

    title: str
    makers: Mapping[str, Maker]
    switches: tuple[str, ...] = ()
    whole: bool = False

    def make(self, runs: Runs, selection: Selection) -> dict[str, Picture | str]:
        """Its pictures, or why one can't be drawn."""
        made: dict[str, Picture | str] = {}
        for name, maker in self.makers.items():
            try:
                made[name] = maker(runs, selection)
            except UserError as wrong:
                made[name] = runs.why_not(wrong)
        return made


TABS = {
    "network": Tab("Network", {"network": Runs.network}, ("year", "world")),
    "shares": Tab(
        "Shares",
        {
            "use": lambda h, s: plots.shares(h.results, s.customer or None, against=h.other(s)),
            "ownership": lambda h, s: plots.shares(h.results, basis="ownership", against=h.other(s)),
            "labs": lambda h, s: plots.lab_market(h.results, against=h.other(s)),
        },
        ("customer",),
    ),
    "money": Tab(
        "Money",
        {
            "flows": lambda h, s: plots.money_flows(h.results, s.year, s.world, against=h.other(s)),
            "investments": lambda h, s: plots.investments(h.results, against=h.other(s)),
            "treasury": lambda h, s: plots.treasury(h.results, against=h.other(s)),
            "ltv": lambda h, s: plots.loan_to_value(h.results, against=h.other(s)),
            "circular": lambda h, s: plots.circular_money(h.results, against=h.other(s)),
        },
        ("year", "world"),
    ),
    "claims": Tab(
        "Claims",
        {
            "claims": _claims,
            "by_year": lambda h, s: plots.claims_by_year(h.results, h.other(s)),
        },
        whole=True,
    ),
    "fans": Tab(
        "Fans and limits",
        {
            "fan": lambda h, s: plots.fan(h.results, s.outcome, against=h.other(s)),
            "limits": lambda h, s: plots.limits(h.results, s.firm, h.other(s)),
        },
        ("outcome", "firm"),
        whole=True,
    ),
}
"""The tabs by their word in a link."""
