"""The figures of a report: each has pictures side by side, and choices for its reader."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.picks import pick
from computeshift.experiments.results.results import Results
from computeshift.experiments.views import plots
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.amounts import amounts, name_of
from computeshift.experiments.views.plots.common_axes import on_common_axes
from computeshift.experiments.views.plots.network import World
from computeshift.experiments.views.plots.picture import nothing
from computeshift.experiments.views.report.sides import Side, label

Cells = list[tuple[str, Picture]]
"""Pictures side by side, each with the name of its side."""
Draw = Callable[[Results, Results | None], Picture]
"""A picture of results, or of their differences to other results."""
_MEDIAN = "all worlds (median)"
_MANY = 3  # results: with as many, single worlds are left out, to keep the file small
_FANS = 360  # pictures of fans, 5 kB each: with more, three results side by side come to over 6 MB
_PICKS = ("typical", "highest stargate_share", "lowest stargate_share")
"""The single worlds of a report."""
_PRICES = ("rent", "utilisation", "tightness", "capex_per_gw", "price_index", "sentiment", "spread")
_ACCOUNTS = ("revenue", "burn", "cash", "debt", "valuation", "nav", "ltv", "capex", "gw", "leverage")
"""The main numbers of the market, and of firms that have them."""


@dataclass(frozen=True)
class Figure:
    """`choices` are a reader's options by name; `cells` the pictures of each combination of options.

    A figure without pictures says why in `missing`.
    """

    name: str
    heading: str
    choices: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[tuple[str, ...], Cells] = field(default_factory=dict)
    missing: str = ""

    @property
    def full(self) -> bool:
        """Whether each of its pictures needs the whole width of a page."""
        return self.name in ("network", "money", "rings", "claims", "cells", "fans_of_cells")

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width: its pictures are large, or stand side by side."""
        return self.full or any(len(cell) > 1 for cell in self.cells.values())


def figures(sides: Sequence[Side], pairs: bool) -> Iterator[Figure]:
    """All figures of a report, in order; `pairs`: with differences to the first side."""
    yield _network(sides, pairs)
    yield _by(sides, pairs, "shares", "Whose compute a lab uses", "lab", _customers(sides), _share)
    yield _one(sides, pairs, "owners", "Who owns the capacity", _owners)
    yield _one(sides, pairs, "labs", "What customers buy", plots.lab_market)
    yield _money(sides, pairs)
    yield _one(sides, pairs, "investments", "Who pays equity", plots.investments)
    yield _one(sides, pairs, "treasury", "Who holds cash and debt", plots.treasury)
    yield _one(sides, pairs, "loan_to_value", "Who nears its limit", plots.loan_to_value)
    yield _one(sides, pairs, "circular", "What comes back", plots.circular_money)
    yield from _deals(sides, pairs)
    yield _claims(sides, pairs)
    yield _one(sides, pairs, "claims_by_year", "When they come about", plots.claims_by_year)
    yield _by(sides, pairs, "fans", "Any outcome, with its spread", "outcome", _measures(sides, pairs), _fan)
    yield _by(sides, pairs, "limits", "What limited decisions", "firm", _deciders(sides), _limits)


# --- pictures of one option: another side may lack the firm ---


def _share(customer: str, results: Results, against: Results | None) -> Picture:
    if customer not in results.firms:
        return nothing(f"{named(customer)} is not in {name_of(results)}")
    return plots.shares(results, customer, against=against)


def _owners(results: Results, against: Results | None) -> Picture:
    return plots.shares(results, basis="ownership", against=against)


def _fan(name: str, results: Results, against: Results | None) -> Picture:
    firm, _, variable = name.rpartition(".")
    if firm and not amounts(results).has(firm, variable):
        return nothing(f"{name_of(results)} has no {name}")
    return plots.fan(results, name, against)


def _limits(firm: str, results: Results, against: Results | None) -> Picture:
    if firm not in (*results.firms, "stargate"):
        return nothing(f"{named(firm)} is not in {name_of(results)}")
    return plots.limits(results, firm, against)


# --- options ---


def _measures(sides: Sequence[Side], pairs: bool) -> list[str]:
    """Outcomes, then the main numbers of the market and of firms, as many as fit the file."""
    most = _FANS // (2 * len(sides) - 1 if pairs else len(sides))
    accounts = [
        f"{firm}.{name}"
        for firm in _deciders(sides)
        for name in _ACCOUNTS
        if any(amounts(side.results).has(firm, name) for side in sides)
    ]
    own = [outcome.name for outcome in amounts(sides[0].results).own.values() if not outcome.when]
    return [*OUTCOMES, *own, *_PRICES, *accounts][: max(most, len(OUTCOMES) + len(own))]


def _customers(sides: Sequence[Side]) -> list[str]:
    """Labs with several suppliers on some side; the lab that outcomes are about comes first."""
    ties = [tie for side in sides for tie in amounts(side.results).between(["capacity"])]
    targets = [target for _, target, _ in dict.fromkeys(ties)]
    labs = [lab for lab in dict.fromkeys(targets) if targets.count(lab) > 1]
    return sorted(labs, key=lambda lab: lab != sides[0].results.cast.firm(LAB))


def _deciders(sides: Sequence[Side]) -> list[str]:
    """The firms of all sides, and Stargate, for which others decide."""
    return list(dict.fromkeys([*(firm for side in sides for firm in side.results.firms), "stargate"]))


def _option_label(option: str) -> str:
    """An option for its reader: a firm's variable with its owner.

    >>> _option_label("openai.cash"), _option_label("rent"), _option_label("stargate_share")
    ("OpenAI's cash", "The market's rent", 'Stargate share')
    """
    firm, _, name = option.rpartition(".")
    if firm:
        return f"{possessive(capitalised(named(firm)))} {named(name)}"
    return f"The market's {named(option)}" if option in _PRICES else capitalised(named(option))


# --- figures ---


def _one(sides: Sequence[Side], pairs: bool, name: str, heading: str, draw: Draw) -> Figure:
    """A figure without a choice."""
    cells = _cells(sides, pairs, draw)
    if isinstance(cells, str):
        return _missing(name, heading, cells)
    return Figure(name, heading, {}, {(): cells})


def _by(
    sides: Sequence[Side],
    pairs: bool,
    name: str,
    heading: str,
    choice: str,
    options: Sequence[str],
    draw: Callable[[str, Results, Results | None], Picture],
) -> Figure:
    """A figure with one choice; options without any picture are left out."""
    every = {option: _cells(sides, pairs, functools.partial(draw, option)) for option in options}
    cells: dict[tuple[str, ...], Cells] = {
        (_option_label(option),): cell for option, cell in every.items() if isinstance(cell, list)
    }
    if not cells:
        return _missing(name, heading, "these worlds have none of it")
    return Figure(name, heading, {choice: [option for (option,) in cells]}, cells)


def _missing(name: str, heading: str, reason: str) -> Figure:
    """A figure without pictures."""
    return Figure(name, heading, missing=f"Nothing to show: {plain(reason)}.")


def _cells(sides: Sequence[Side], pairs: bool, draw: Draw) -> Cells | str:
    """One picture per side, then the differences to the first side; a reason if no side has a picture."""
    pictures = {label(side, sides): draw(side.results, None) for side in sides}
    there = {name: picture for name, picture in pictures.items() if not picture.missing}
    if not there:
        return next(iter(pictures.values())).missing
    cells = list(zip(there, on_common_axes(list(there.values())), strict=True))
    return cells + (_differences(sides, draw) if pairs and len(there) == len(sides) else [])


def _differences(sides: Sequence[Side], draw: Draw) -> Cells:
    """The differences to the first side; one pair of worlds has none of shares."""
    first, *others = sides
    pictures = [(side.minus(first), draw(side.results, first.results)) for side in others]
    return [(name, picture) for name, picture in pictures if not picture.missing]


def _network(sides: Sequence[Side], pairs: bool) -> Figure:
    """The network: medians, differences and single worlds, each year by year."""
    heading = "Who gives compute and money to whom"
    years, shows = sides[0].results.years, dict(_networks(sides, pairs))
    cells: dict[tuple[str, ...], Cells] = {
        (show, str(year)): cell
        for show, views in shows.items()
        for year in years
        if (cell := _there(views, year))
    }
    if not cells:
        return _missing("network", heading, shows[_MEDIAN][0][1][years[0]].missing)
    names = list(dict.fromkeys(show for show, *_ in cells))
    return Figure("network", heading, {"show": names, "year": list(map(str, years))}, cells)


def _there(views: Sequence[tuple[str, Mapping[int, Picture]]], year: int) -> Cells:
    """The pictures of a year that show something."""
    return [(name, views[year]) for name, views in views if year in views and not views[year].missing]


def _networks(
    sides: Sequence[Side], pairs: bool
) -> Iterator[tuple[str, list[tuple[str, dict[int, Picture]]]]]:
    """The options of the network, each with the pictures by year of every side."""
    first, *others = sides
    yield _MEDIAN, [(label(side, sides), _network_of(side, sides)) for side in sides]
    for side in others if pairs else ():
        name = side.minus(first)
        yield name, [(name, plots.network_years(side.results, against=first.results))]
    for show, world in _worlds(first.results).items() if len(sides) < _MANY else ():
        if all(world in amounts(side.results).worlds for side in sides):
            yield show, [(label(side, sides), _network_of(side, sides, world)) for side in sides]


def _network_of(side: Side, sides: Sequence[Side], world: World = "median") -> dict[int, Picture]:
    """A side's network by year, with the places and scales of the others' networks."""
    others = [one.results for one in sides if one is not side]
    return plots.network_years(side.results, world, beside=others)


def _worlds(results: Results) -> dict[str, int]:
    """Worlds to look at, by what they are, as far as this market has it."""
    found = dict[str, int]()
    for name in _PICKS:
        with contextlib.suppress(UserError):
            one = pick(results, name)
            found[f"world {one.world}: {one.words}"] = one.world
    return found


def _money(sides: Sequence[Side], pairs: bool) -> Figure:
    """The money of every year."""
    heading, cells = "Whose money goes where", dict[tuple[str, ...], Cells]()
    for year in sides[0].results.years:
        of_year = _cells(sides, pairs, functools.partial(_money_of, year))
        if isinstance(of_year, str):
            return _missing("money", heading, of_year)
        cells[(str(year),)] = of_year
    return Figure("money", heading, {"year": [year for (year,) in cells]}, cells)


def _money_of(year: int, results: Results, against: Results | None) -> Picture:
    if year not in results.years:
        return nothing(f"{name_of(results)} has no year {year}")
    return plots.money_flows(results, year, against=against)


def _deals(sides: Sequence[Side], pairs: bool) -> Iterator[Figure]:
    """Who is bound to whom for how long, in which rings money returns, and the backlog of suppliers.

    The first two have rows and places of their own: one run at a time.
    """
    years = list(map(str, sides[0].results.years))
    yield _alone(sides, "bonds", "Deals: who is bound to whom, for how long", _bonds, [])
    yield _alone(sides, "rings", "Deals: in which rings money returns", _rings, years)
    yield _one(sides, pairs, "backlogs", "Deals: backlog by supplier", plots.backlogs)


def _alone(
    sides: Sequence[Side],
    name: str,
    heading: str,
    draw: Callable[[Results, str], Picture],
    years: Sequence[str],
) -> Figure:
    """A figure whose reader chooses the run, where there are several, and the year."""
    cells, missing = dict[tuple[str, ...], Cells](), ""
    for side in sides:
        for year in years or [""]:
            picture = draw(side.results, year)
            missing = picture.missing or missing
            if not picture.missing:
                chosen = (side.name if len(sides) > 1 else "", year)
                cells[tuple(filter(None, chosen))] = [(label(side, sides), picture)]
    if not cells:
        return _missing(name, heading, missing)
    choices = [*(["run"] if len(sides) > 1 else []), *(["year"] if years else [])]
    options = {choice: list(dict.fromkeys(key[at] for key in cells)) for at, choice in enumerate(choices)}
    return Figure(name, heading, options, cells)


def _bonds(results: Results, _: str) -> Picture:
    return plots.bonds(results)


def _rings(results: Results, year: str) -> Picture:
    if int(year) not in results.years:
        return nothing(f"{name_of(results)} has no year {year}")
    return plots.money_rings(results, int(year))


def _claims(sides: Sequence[Side], pairs: bool) -> Figure:
    """All sides in one picture, and the differences."""
    heading = "Which claims of the sources hold"
    picture = plots.claims(*(side.results for side in sides))
    if picture.missing:
        return _missing("claims", heading, picture.missing)
    differences = _differences(sides, lambda own, first: plots.claims(own, against=first)) if pairs else []
    return Figure("claims", heading, {}, {(): [("", picture), *differences]})
