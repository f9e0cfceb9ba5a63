"""A firm's card: what it is, its numbers of a year, its partners, its strategy, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from computeshift.agents import KINDS
from computeshift.agents.kinds import Kind
from computeshift.agents.strategy import JOINED, strategies_of
from computeshift.environment.network import VENTURE
from computeshift.environment.ratings import in_words
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.facts import rows
from computeshift.experiments.config.names import owner_of, strategy_in_words
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.catalogue import line
from computeshift.experiments.views.format import percent, span
from computeshift.experiments.views.plots.amounts import Amounts, Array, amounts
from computeshift.experiments.views.plots.style import label

NUMBERS = {
    "revenue": "Revenue",
    "burn": "Burn",
    "used_gw": "Compute used",
    "gw": "Capacity on line",
    "capex": "Spent on building",
    "backlog": "Signed by labs, not yet paid",
    "cash": "Cash",
    "debt": "Debt",
    "valuation": "Value of its equity",
    "nav": "Net asset value",
    "ltv": "Loan to value",
}
"""What a card tells of a firm, in words, as far as it has that."""
PARTNERS = {
    "Supplied by": (("capacity", "chips"), False),
    "Supplies": (("capacity", "chips", "services"), True),
    "Funded by": (("equity", "debt", "capital_call"), False),
    "Funds": (("equity", "debt", "capital_call"), True),
}
"""The kinds of flows that make partners, and whether the firm is the source."""
MOST = 5  # partners of a kind
_OF = {"debt": " of loans", "chips": " of chips"}
LEAST = 0.005  # GW or $ bn, the median: a smaller flow makes no partner


@dataclass(frozen=True)
class Source:
    """Where a fact was published: what says it, the day, and the address."""

    name: str
    published: str
    url: str

    @property
    def words(self) -> str:
        """The source with its publisher, the site that the link leads to, and the day.

        >>> Source("Neowin on OpenAI's blog", "2026-01-18", "https://www.neowin.net/amp/openai").words
        "Neowin on OpenAI's blog (neowin.net), 2026-01-18"
        """
        site = (urlsplit(self.url).hostname or "").removeprefix("www.")
        return f"{self.name} ({site}), {self.published}"


@dataclass(frozen=True)
class Card:
    """A firm in a year, as words and numbers with their bands; empty where there is nothing to say."""

    firm: str
    name: str
    what: str
    year: int
    strategy: str
    strategy_line: str
    rating: str
    defaults: str
    numbers: dict[str, str]
    partners: dict[str, list[tuple[str, str]]]
    sources: tuple[Source, ...]


def firms_of(results: Results) -> dict[str, str]:
    """The firms that have a card, by name, as they are called in pictures."""
    with_venture = [VENTURE] if amounts(results).has(VENTURE, "gw") else []
    return {name: label(name) for name in [*results.firms, *with_venture]}


def card(results: Results, firm: str, year: int) -> Card:
    """The card of a firm; numbers are medians with P10 to P90 over worlds, each by itself."""
    own, config, at = amounts(results), results.config, results.years.index(year)
    kind = KINDS[results.firms.get(firm, firm)]
    chosen = config.firms[firm].strategy if firm in config.firms else ""
    strategies = strategies_of(kind.name) if chosen else {}
    return Card(
        firm,
        label(firm),
        _what(kind),
        year,
        strategy_in_words(chosen) if chosen else "",
        line(strategies[chosen]) if chosen in strategies else "",
        _rating(own, firm, at),
        _defaults(own, firm, at),
        {
            words: span(_band(values[:, at]), own.logged()[name][0])
            for name, words in NUMBERS.items()
            if (values := own.value(firm, name)) is not None and np.any(values[:, at])
        },
        {title: partners for title, how in PARTNERS.items() if (partners := _partners(own, firm, at, *how))},
        sources(config, firm),
    )


def _what(kind: Kind) -> str:
    """What a firm of this kind is: its class says it, or the roles that it plays."""
    if JOINED not in kind.name:
        return line(kind.written)
    *others, last = (role.label for role in kind.roles)
    return f"A {', '.join(others)} and {last} in one firm."


def _band(values: Array) -> Iterable[float]:
    return map(float, np.nanquantile(values, (0.1, 0.5, 0.9)))


def _rating(own: Amounts, firm: str, at: int) -> str:
    notches = own.value(firm, "rating")
    if notches is None:
        return ""
    best, middle, worst = map(in_words, _band(notches[:, at]))
    return f"{middle} ({best} to {worst})"


def _defaults(own: Amounts, firm: str, at: int) -> str:
    """In what part of the worlds it leaves dues unpaid in the year."""
    defaulted = own.value(firm, "defaulted")
    return "" if defaulted is None else percent(float(np.nanmean(defaulted[:, at])))


def _partners(own: Amounts, firm: str, at: int, kinds: tuple[str, ...], gives: bool) -> list[tuple[str, str]]:
    """The largest flows with other firms and institutions, each with its partner, the largest first."""
    found = list[tuple[float, str, str]]()
    for source, target, kind in own.between(kinds):
        if firm == (source if gives else target):
            spread = list(_band(own.amount(kind, source, target)[:, at]))
            if spread[1] >= LEAST:
                amount = f"{span(spread, own.units()[kind])}{_OF.get(kind, '')}"
                found.append((spread[1], label(target if gives else source), amount))
    return [(partner, amount) for _, partner, amount in sorted(found, reverse=True)[:MOST]]


def sources(config: Config, firm: str) -> tuple[Source, ...]:
    """The published sources of the facts that its parameters rest on, the latest first, each address once."""
    facts = dict.fromkeys(
        fact
        for name, number in config.parameters().items()
        if owner_of(name) == firm
        for fact in number.facts
    )
    published = {
        row["url"]: Source(row["source"], row["published"], row["url"])
        for fact in facts
        for row in rows().get(fact, [])
        if row["url"].startswith("https://")
    }
    return tuple(sorted(published.values(), key=lambda source: source.published, reverse=True))
