"""What a report shows: figures, each of one or more pictures beside each other, with what can be chosen."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError, plain
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.results import Results
from computeshift.experiments.views import plots
from computeshift.experiments.views.format import minus
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.amounts import amounts
from computeshift.experiments.views.plots.common_axes import beside
from computeshift.experiments.views.plots.network import World

Cells = list[tuple[str, Picture]]
"""Pictures beside each other, each with whose it is."""
Draw = Callable[[Results, Results | None], Picture]
_MEDIAN = "all worlds (median)"
_MANY = 3  # results: with as many, single worlds are left out, to keep the file small
_FANS = 400  # pictures of fans, 5 kB each: with more, three results side by side come to over 6 MB
_PRICES = ("rent", "utilisation", "tightness", "capex_per_gw", "price_index", "sentiment", "spread")
_ACCOUNTS = ("revenue", "burn", "cash", "debt", "valuation", "nav", "ltv", "capex", "gw", "leverage")
"""The main numbers of the market, and of firms as far as they have them."""


@dataclass(frozen=True)
class Figure:
    """`choices` are the options a reader has, by name; `cells` what each combination shows.

    Where nothing can be shown, `missing` says why.
    """

    name: str
    heading: str
    choices: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[tuple[str, ...], Cells] = field(default_factory=dict)
    missing: str = ""

    @property
    def full(self) -> bool:
        """Whether each of its pictures wants the whole width of a page."""
        return self.name in ("network", "money", "claims")

    @property
    def wide(self) -> bool:
        """Whether it wants the whole width: its pictures are large, or stand beside each other."""
        return self.full or any(len(cell) > 1 for cell in self.cells.values())


@dataclass(frozen=True)
class Side:
    """Results, and what they go by in this report."""

    name: str
    results: Results


def figures(sides: Sequence[Side], pairs: bool) -> Iterator[Figure]:
    """All figures of a report, in the order they stand in; `pairs`: differences to the first are shown."""
    yield _network(sides, pairs)
    yield _by(sides, pairs, "shares", "Whose compute a lab uses", "lab", _customers(sides), _share)
    yield _one(sides, pairs, "owners", "Who owns the capacity", _owners)
    yield _one(sides, pairs, "labs", "What customers buy", plots.lab_market)
    yield _flows(sides, pairs)
    yield _one(sides, pairs, "investments", "Who pays equity", plots.investments)
    yield _one(sides, pairs, "treasury", "Who holds cash and debt", plots.treasury)
    yield _one(sides, pairs, "loan_to_value", "Who nears its limit", plots.loan_to_value)
    yield _one(sides, pairs, "circular", "What comes back", plots.circular_money)
    yield _claims(sides, pairs)
    yield _one(sides, pairs, "claims_by_year", "When they come about", plots.claims_by_year)
    yield _by(sides, pairs, "fans", "Any outcome, with its spread", "outcome", _measures(sides, pairs), _fan)
    yield _by(sides, pairs, "limits", "What bound whom", "firm", _deciders(sides), _limits)


def _share(customer: str, results: Results, against: Results | None) -> Picture:
    return plots.shares(results, customer, against=against)


def _owners(results: Results, against: Results | None) -> Picture:
    return plots.shares(results, basis="ownership", against=against)


def _fan(name: str, results: Results, against: Results | None) -> Picture:
    return plots.fan(results, name, against)


def _measures(sides: Sequence[Side], pairs: bool) -> list[str]:
    """What has a fan: outcomes, then the main numbers of the market and of firms, as many as fit the file."""
    most = _FANS // (2 * len(sides) - 1 if pairs else len(sides))
    firms = [f"{firm}.{name}" for firm in _deciders(sides) for name in _ACCOUNTS if _known(sides, firm, name)]
    return [*OUTCOMES, *_PRICES, *firms][: max(most, len(OUTCOMES))]


def _known(sides: Sequence[Side], firm: str, name: str) -> bool:
    """Whether a firm has a variable in some of the results."""
    for side in sides:
        with contextlib.suppress(UserError):  # it was not kept
            if amounts(side.results).has(firm, name):
                return True
    return False


def _limits(firm: str, results: Results, against: Results | None) -> Picture:
    return plots.limits(results, firm, against)


def _money(year: int, results: Results, against: Results | None) -> Picture:
    return plots.money_flows(results, year, against=against)


def _customers(sides: Sequence[Side]) -> list[str]:
    """Labs with several suppliers, in some of the results; the one that outcomes are about first."""
    ties = [tie for side in sides for tie in amounts(side.results).between(["capacity"])]
    targets = [target for _, target, _ in dict.fromkeys(ties)]
    labs = [lab for lab in dict.fromkeys(targets) if targets.count(lab) > 1]
    return sorted(labs, key=lambda lab: lab != sides[0].results.cast.firm(LAB))


def _deciders(sides: Sequence[Side]) -> list[str]:
    """The firms of all results, and Stargate, for which others decide."""
    return list(dict.fromkeys([*(firm for side in sides for firm in side.results.firms), "stargate"]))


def _beside(sides: Sequence[Side], pairs: bool, draw: Draw) -> Cells:
    """A picture a side, then the differences to the first. UserError if there is none."""
    cells, wrong = Cells(), list[UserError]()
    for side in sides:
        try:
            cells.append((_whose(side, sides), draw(side.results, None)))
        except UserError as error:
            wrong.append(error)
    if not cells:
        raise wrong[0]
    whose, drawn = zip(*cells, strict=True)
    cells = list(zip(whose, beside(drawn), strict=True))
    return cells + (_differences(sides, draw) if pairs and not wrong else [])


def _differences(sides: Sequence[Side], draw: Draw) -> Cells:
    """The differences to the first, those that can be told: one pair of worlds tells none of shares."""
    first, cells = sides[0], Cells()
    for side in sides[1:]:
        with contextlib.suppress(UserError):
            cells.append((f"{side.name} {minus(first.name)}", draw(side.results, first.results)))
    return cells


def _whose(side: Side, sides: Sequence[Side]) -> str:
    """Whose a picture is, where there are several."""
    return side.name if len(sides) > 1 else ""


def _one(sides: Sequence[Side], pairs: bool, name: str, heading: str, draw: Draw) -> Figure:
    """A figure without a choice."""
    try:
        return Figure(name, heading, {}, {(): _beside(sides, pairs, draw)})
    except UserError as error:
        return Figure(name, heading, missing=_nothing(error, sides))


def _by(
    sides: Sequence[Side],
    pairs: bool,
    name: str,
    heading: str,
    of: str,
    options: Sequence[str],
    draw: Callable[[str, Results, Results | None], Picture],
) -> Figure:
    """A figure with one choice; options that nothing can be shown of are left out."""
    cells: dict[tuple[str, ...], Cells] = {}
    for option in options:
        try:
            cells[(_told(option),)] = _beside(sides, pairs, functools.partial(draw, option))
        except UserError:
            continue
    if not cells:
        return Figure(name, heading, missing="Nothing to show: these worlds have none of it.")
    return Figure(name, heading, {of: [option for (option,) in cells]}, cells)


def _nothing(error: UserError, sides: Sequence[Side]) -> str:
    """Why there is nothing to show. Folders go by their names: where they lie is nobody's business."""
    told = plain(error)
    for folder in (side.results.folder for side in sides):
        if len(folder.parts) > 1:
            told = told.replace(str(folder), folder.name)
    return f"Nothing to show: {told}."


def _told(option: str) -> str:
    """An option as it is read: a firm's variable is told with whose it is."""
    firm, _, name = option.rpartition(".")
    if firm:
        return f"{capitalised(named(firm))}'s {named(name)}"
    return f"The market's {named(option)}" if option in _PRICES else capitalised(named(option))


def _network(sides: Sequence[Side], pairs: bool) -> Figure:
    """The network of every year, as far as there is one."""
    heading = "Who gives compute and money to whom"
    try:
        choices, cells = _networks(sides, pairs)
    except UserError as error:
        return Figure("network", heading, missing=_nothing(error, sides))
    return Figure("network", heading, choices, cells)


def _networks(
    sides: Sequence[Side], pairs: bool
) -> tuple[dict[str, list[str]], dict[tuple[str, ...], Cells]]:
    """Medians, single worlds, and differences, year by year: what can be chosen, and what it shows."""
    years = [str(year) for year in sides[0].results.years]
    shows: dict[str, list[tuple[str, dict[int, Picture]]]] = {
        _MEDIAN: [(_whose(side, sides), _network_of(side, sides)) for side in sides]
    }
    for side in sides[1:] if pairs else ():
        told = f"{side.name} {minus(sides[0].name)}"
        shows[told] = [(told, plots.network_years(side.results, against=sides[0].results))]
    for label, world in _worlds(sides[0].results).items() if len(sides) < _MANY else ():
        if all(world in amounts(side.results).worlds for side in sides):
            shows[label] = [(_whose(side, sides), _network_of(side, sides, world)) for side in sides]
    cells: dict[tuple[str, ...], Cells] = {
        (show, year): [(name, drawn[int(year)]) for name, drawn in drawings if int(year) in drawn]
        for show, drawings in shows.items()
        for year in years
    }
    return {"show": list(shows), "year": years}, cells


def _network_of(side: Side, sides: Sequence[Side], world: World = "median") -> dict[int, Picture]:
    """A side's network by year, nodes at the same places and edges of the same scale as the others'."""
    others = [one.results for one in sides if one is not side]
    return plots.network_years(side.results, world, beside=others)


def _worlds(results: Results) -> dict[str, int]:
    """Three worlds to look at: with little, middling and much compute served in the last year."""
    served = amounts(results).market_variable("served_gw").iloc[:, -1]
    order = served.sort_values().index
    ranks = {"little": 0.1, "middling": 0.5, "much": 0.9}
    found = {word: int(order[int(np.floor(part * (len(order) - 1)))]) for word, part in ranks.items()}
    year = results.years[-1]
    return {f"world {world}: {word} compute by {year}": world for word, world in found.items()}


def _flows(sides: Sequence[Side], pairs: bool) -> Figure:
    """The money of every year."""
    years = [str(year) for year in sides[0].results.years]
    heading, cells = "Whose money goes where", dict[tuple[str, ...], Cells]()
    for year in years:
        try:
            cells[(year,)] = _beside(sides, pairs, functools.partial(_money, int(year)))
        except UserError as error:
            return Figure("money", heading, missing=_nothing(error, sides))
    return Figure("money", heading, {"year": years}, cells)


def _claims(sides: Sequence[Side], pairs: bool) -> Figure:
    """All sides in one picture, and the differences."""
    try:
        cells = [("", plots.claims(*(side.results for side in sides)))]
    except UserError as error:
        return Figure("claims", "What holds of what was said", missing=_nothing(error, sides))
    if pairs:
        cells += _differences(sides, lambda own, first: plots.claims(own, against=first))
    return Figure("claims", "What holds of what was said", {}, {(): cells})
