"""What `explain` answers: a firm's year as a story, and which limits bound over all worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.environment.decisions import meaning
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.answer import COLOURS, Answer, figure, records
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.questions.explain.story import Sentence
from computeshift.experiments.results.excluded import Reasons, left_out, worlds_of
from computeshift.experiments.views.text.table import Plain, some_years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console

VENTURE = "stargate"
PARTS = {
    "saw": "What it saw",
    "decided": "What it wanted, what it got, what bound it",
    "flows": "What flowed",
    "ended": "How the year ended",
}
SEEN = 0.005  # a share of worlds, or GW, that rounds to nothing is not shown
PANELS = 4
CUT = (
    "A cut is the GW that a limit takes off along the chain, in the rule's order; "
    "the shares of worlds tell whose limit was the last one that bound."
)


@dataclass(frozen=True, repr=False)
class Explanation(Answer):
    """The story of a firm's year, and how often which limit bound whom.

    `bound` has a row a firm, decision, limit and year with the `share` of worlds in which that limit
    bound. `venture` has a row a cause and year: in which share of worlds it was the largest shortfall
    behind the limit that bound Stargate's new sites, and how many GW it cut (`cut`, mean of all worlds,
    limits taken in the rule's order); `sites` has the GW ordered and started, means too. `tied` is
    whether anything is tied to Stargate.
    """

    config: str
    firm: str
    year: int
    world: int
    nearest_to_median: bool
    worlds: int
    reasons: Reasons
    story: tuple[Sentence, ...]
    bound: pd.DataFrame
    venture: pd.DataFrame
    sites: pd.DataFrame
    tied: bool

    @property
    def left_out(self) -> int:
        """How many worlds are left out."""
        return len(worlds_of(self.reasons))

    def document(self) -> dict[str, Any]:
        """All of it as one JSON document; a number of the story names the cell of the log it is."""
        told = [
            {
                "part": sentence.part,
                "text": sentence.text,
                "numbers": [{"value": n.value, "unit": n.unit, **n.cell} for n in sentence.numbers],
            }
            for sentence in self.story
        ]
        named = ("config", "firm", "year", "world", "nearest_to_median", "worlds", "left_out")
        asked = {name: getattr(self, name) for name in named}
        tables = {"bound": self.bound, VENTURE: self.venture, "sites": self.sites}
        return {**asked, "story": told, **{name: records(table) for name, table in tables.items()}}

    def show(self, console: Console) -> None:
        """Print the story, then the shares of worlds."""
        nearest = f", the one nearest to the median of {self.worlds}" if self.nearest_to_median else ""
        console.print(
            capitalised(f"{named(self.firm)} in {self.year}, in world {self.world}{nearest}\n"), style="bold"
        )
        for part, heading in PARTS.items():
            told = [sentence.text for sentence in self.story if sentence.part == part]
            if told:
                console.print(heading, style="bold")
            for text in told:
                console.print(f"- {text}", highlight=False, markup=False)
        console.print()
        for table in self._tables():
            console.print(table)
            console.print()
        console.print(self.finding(), highlight=False)
        if self.reasons:
            console.print(left_out(self.reasons), soft_wrap=True, markup=False)

    def finding(self) -> str:
        """What cut most off Stargate's new sites in the asked year, and what a cut is."""
        if not self.tied:
            return f"Nothing is tied to {named(VENTURE)}: nobody orders its sites, builds or pays for them."
        sites = self.sites.set_index("year").loc[self.year]
        now = self.venture[self.venture["year"] == self.year]
        first = now.iloc[now["cut"].argmax()]
        told = f"In {self.year} labs ordered {sites['ordered']:.2f} GW of new sites from Stargate, "
        told += f"{sites['started']:.2f} GW were started (means)"
        if first["cut"] < SEEN:
            return f"{told}."
        return f"{told}; {words_of(first['cause'])} cut most, {first['cut']:.2f} GW. {CUT}"

    def _tables(self) -> list[Plain]:
        """The tables that have something to tell."""
        if self.tied:
            return [self._table_of_limits(), *self._tables_of_causes()]
        return [] if self.firm == VENTURE else [self._table_of_limits()]

    def _table_of_limits(self) -> Plain:
        """What bound the firm's decisions: a row a limit, a column a year."""
        mine = self.bound[self.bound["firm"] == self.firm]
        table = self._empty(f"What bound {named(self.firm)}, % of {self.worlds} worlds")
        shown = ""
        for (decision, limit), shares in _by_year(mine, ["decision", "limit"], "share").items():
            if decision != shown:
                shown = decision
                table.add_row(f"[bold]{named(meaning(decision))}[/bold]")
            self._add(table, f"  {named(limit)}", shares)
        return table

    def _tables_of_causes(self) -> list[Plain]:
        """What held Stargate's new sites: the GW each cut, and how often it lay behind what bound."""
        cut = self._empty(f"Stargate's new sites, GW, mean of {self.worlds} worlds")
        for name in ("ordered", "started"):
            sites = self.sites.set_index("year")[name]
            cut.add_row(name, *(f"{sites[year]:.2f}" for year in self._shown()))
        last = self._empty(f"Largest shortfall behind the limit that bound, % of {self.worlds} worlds")
        cuts, shares = (_by_year(self.venture, ["cause"], name) for name in ("cut", "share"))
        for (cause,), gw in cuts.items():
            if max(gw.values()) >= SEEN:
                cells = (f"{gw.get(year, 0.0):.2f}" for year in self._shown())
                cut.add_row(f"cut by {words_of(cause)}", *cells)
            self._add(last, words_of(cause), shares[cause,])
        return [cut, last]

    def _empty(self, title: str) -> Plain:
        return Plain(title, "", *map(str, self._shown()))

    def _add(self, table: Plain, name: str, share: Mapping[int, float]) -> None:
        """Add a row of shares by year, - where nothing was decided, unless it hardly ever bound."""
        if max(share.values()) >= SEEN:
            table.add_row(name, *(f"{share[year]:.0%}" if year in share else "-" for year in self._shown()))

    def _shown(self) -> list[int]:
        """The years that fit 80 columns, the last among them."""
        return some_years(self.bound["year"])

    def draw(self) -> Figure:
        """Stacked bars of what bound the firm's main decisions, a panel a decision."""
        panels = self._panels()
        rows = (len(panels) + 1) // 2
        drawn = figure(9.0, 0.6 + 3.2 * rows, f"What bound {named(self.firm)}, by year")
        for i, (title, shares) in enumerate(panels.items()):
            axes = drawn.add_subplot(rows, min(len(panels), 2), i + 1)
            _stack(axes, title, shares)
        return drawn

    def _panels(self) -> dict[str, pd.DataFrame]:
        """The decisions that were held most often, causes x years each; Stargate's causes first."""
        panels = {}
        if self.firm == VENTURE:
            causes = self.venture.assign(cause=self.venture["cause"].map(words_of))
            wide = causes.pivot_table(
                index="cause", columns="year", values="share", sort=False, fill_value=0.0
            )
            panels["new sites: largest shortfall behind"] = wide
        mine = self.bound[self.bound["firm"] == self.firm]
        held = mine[~mine["limit"].isin(CONTENT)].groupby("decision", sort=False)["share"].sum()
        for decision in held.sort_values(ascending=False, kind="stable").index[: PANELS - len(panels)]:
            rows = mine[mine["decision"] == decision]
            wide = rows.pivot_table(index="limit", columns="year", values="share", sort=False)
            panels[named(meaning(str(decision)))] = wide.rename(index=named)
        return panels


def _by_year(table: pd.DataFrame, by: list[str], value: str) -> dict[tuple[str, ...], dict[int, float]]:
    """A value by year, for each group of a table in its order."""
    found: dict[tuple[str, ...], dict[int, float]] = {}
    for *group, year, number in table[[*by, "year", value]].itertuples(index=False, name=None):
        found.setdefault(tuple(group), {})[year] = number
    return found


def words_of(cause: str) -> str:
    """A cause in words.

    >>> words_of("softbank/ticket_stargate/loan_to_value")
    "SoftBank's loan to value"
    """
    firm, _, limit = cause.split("/")
    return f"{named(firm)}'s {named(limit)}"


def _stack(axes: Axes, title: str, shares: pd.DataFrame) -> None:
    """Stacked bars: a bar a year, a colour a limit, then hatched; what hardly ever bound is left out."""
    shares = shares[shares.max(axis="columns") >= SEEN]
    years = [str(year) for year in shares.columns]
    foot = pd.Series(0.0, index=shares.columns)
    for i, (limit, share) in enumerate(shares.iterrows()):
        again, colour = divmod(i, len(COLOURS))
        bars = axes.bar(years, 100 * share, bottom=100 * foot, color=COLOURS[colour], label=str(limit))
        for bar in bars:
            bar.set(hatch="//" * again, edgecolor="white", linewidth=0)
        foot = foot + share
    axes.set_title(title, fontsize="medium", loc="left")
    axes.set_ylabel("% of worlds")
    axes.set_ylim(0, 100)
    axes.legend(fontsize="x-small", loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=2, frameon=False)
