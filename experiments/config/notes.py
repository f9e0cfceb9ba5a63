"""What is right in a config, and may still not be what its writer meant: notes for `check`."""

from __future__ import annotations

from pathlib import Path

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.deals import DealConfig
from computeshift.experiments.config.expression import dated, parse, when
from computeshift.experiments.config.overlay import Stack
from computeshift.experiments.config.source import chain, place


def inherited_years(config: str | Path, base: str | Path | None = None) -> list[str]:
    """Shocks with a probability of their own and a year that another config gives their name, each in a line.

    >>> inherited_years("baseline")
    []
    """
    stack = Stack(chain(config, base))
    notes = []
    for name, shock in stack.tree.get("shocks", {}).items():
        chance, year = (place(stack.places, ("shocks", name, key)) for key in ("probability", "year"))
        if shock.get("year") is not None and _file(chance) != _file(year):
            wrong = f"with its probability it happens in {shock['year']} only, the year it has from {year}"
            notes.append(f"{chance}: shocks.{name}: {wrong}; write year: null to have it drawn every year")
    return notes


SIZES = ("$ bn", "$ bn per year", "GW", "GW per year")
"""Units of numbers that say how large a firm is."""


def sizes_by_default(config: str | Path, loaded: Config, base: str | Path | None = None) -> list[str]:
    """Firms that take sizes from the defaults of their roles, those of a small newcomer, each in a line.

    A size that is none by default is left out.

    >>> from computeshift.experiments.config.load import load
    >>> sizes_by_default("baseline", load("baseline"))
    []
    """
    stack = Stack(chain(config, base))
    notes = []
    for firm, known in loaded.firms.items():
        written = stack.tree["firms"].get(firm) or {}
        sizes = [
            f"{name} {number.central:g}"
            for name, number in known.parameters.items()
            if number.unit in SIZES and number.high and name not in written
        ]
        if sizes:
            where = place(stack.places, ("firms", firm))
            right = f"write them under firms.{firm} if it is larger"
            notes.append(
                f"{where}: firms.{firm}: has the size of a small newcomer: {', '.join(sizes)}; {right}"
            )
    return notes


def debts_without_a_lender(config: str | Path, loaded: Config, base: str | Path | None = None) -> list[str]:
    """Firms that owe something at the start and are tied to no lender, each in a line.

    >>> from computeshift.experiments.config.load import load
    >>> debts_without_a_lender("baseline", load("baseline"))
    []
    """
    places = Stack(chain(config, base)).places
    lent = {target for _, target, kind, *_ in loaded.ties() if kind == "debt"}
    owed = {name: firm.parameters.get("initial_debt") for name, firm in loaded.firms.items()}
    return [
        f"{place(places, ('firms', name, 'initial_debt'))}: firms.{name}: owes ${debt.central:g} bn at the "
        f"start, and no lender is tied to it: it repays from cash and never borrows; add the tie "
        f"[lenders, {name}, debt], or write initial_debt: 0"
        for name, debt in owed.items()
        if debt is not None and debt.high and name not in lent
    ]


def notes_beyond_debt(config: str | Path, loaded: Config, base: str | Path | None = None) -> list[str]:
    """Firms whose dated notes come to more than they owe at the start, by central values, each in a line.

    >>> from computeshift.experiments.config.load import load
    >>> notes_beyond_debt("baseline", load("baseline"))
    []
    """
    places = Stack(chain(config, base)).places
    dated: dict[str, float] = {}
    for deal in loaded.deals.values():
        if deal.kind == "notes":
            dated[deal.target] = dated.get(deal.target, 0.0) + _dated_after(deal, loaded.start)
    owed = {name: loaded.firms[name].parameters.get("initial_debt") for name in dated}
    return [
        f"{place(places, ('firms', name, 'initial_debt'))}: firms.{name}: notes of ${dated[name]:g} bn fall "
        f"due after the start, and it owes ${debt.central:g} bn (initial_debt): all of them are counted as "
        f"that much; write more debt, or smaller notes"
        for name, debt in owed.items()
        if debt is not None and dated[name] > debt.central
    ]


def _dated_after(deal: DealConfig, start: int) -> float:
    """What of notes falls due after the start, $ bn, by central values."""
    known = deal.parameters
    steps = {int(key.split(".")[1]): number.central for key, number in known.items() if "schedule." in key}
    years = range(deal.first, deal.last + 1)
    steps = steps or {year: known["amount"].central / len(years) for year in years}
    return sum(amount for year, amount in steps.items() if year > start)


def idle_products(config: str | Path, loaded: Config, base: str | Path | None = None) -> list[str]:
    """Clouds with numbers about products of their own that use nothing, each in a line.

    >>> from computeshift.experiments.config.load import load
    >>> idle_products("baseline", load("baseline"))
    []
    """
    places = Stack(chain(config, base)).places
    notes = []
    for name, firm in loaded.firms.items():
        part, growth, hosted = (
            firm.parameters.get(key) for key in ("initial_own_products", "own_growth", "initial_tenant_gw")
        )
        if part is None or growth is None or hosted is None:
            continue
        if part.high and not hosted.high:
            at = "initial_own_products"
            wrong = "nothing is used at the start (initial_tenant_gw: 0), and what is none can't grow"
            if part.low == 1:
                wrong += "; what it keeps from labs stays empty, as it rents nothing out"
            right = "write initial_tenant_gw, or leave it out"
        elif not part.high and (growth.low, growth.high) != (1, 1):
            at, wrong = "own_growth", "it has no products of its own (initial_own_products: 0)"
            right = "write initial_own_products, or leave it out"
        else:
            continue
        where = place(places, ("firms", name, at))
        notes.append(f"{where}: firms.{name}.{at}: moves nothing: {wrong}; {right}")
    return notes


def beyond_the_last_year(config: Config) -> list[str]:
    """Own outcomes and claims that are decided after the worlds end, each in a line.

    >>> from computeshift.experiments.config.load import load
    >>> beyond_the_last_year(load("baseline"))
    []
    """
    times = {f"claims.{name}": claim.when for name, claim in config.claims.items()}
    for name, own in config.outcomes.items():
        times[f"outcomes.{name}"] = str(when(tree)[1] or "") if dated(tree := parse(own.of)) else ""
    years = {name: int(time[-4:]) for name, time in times.items() if time[-4:].isdecimal()}
    return [
        f"{name}: undecided, its year is {year} and the worlds end in {config.until}"
        for name, year in years.items()
        if year > config.until
    ]


def deals_beyond_the_last_year(config: Config) -> list[str]:
    """Years of deals, but their last ones, that no world reaches, each in a line.

    >>> from computeshift.experiments.config.load import load
    >>> deals_beyond_the_last_year(load("baseline"))
    []
    """
    return [
        f"deals.{name}.{key}: {year} is after the last year simulated, {config.until}: it comes to nothing"
        for name, deal in config.deals.items()
        for key, year in deal.settings().items()
        if key != "last" and isinstance(year, int) and year > config.until
    ]


def _file(where: str) -> str:
    return where.rpartition(":")[0]
