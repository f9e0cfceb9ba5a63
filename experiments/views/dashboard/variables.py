"""What a fan can be drawn of: outcomes, and what the market and every firm log, in words to search by."""

from __future__ import annotations

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.levels import OUTCOMES_TABLE
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.results import Results

LOOKED_AT = 50  # worlds that tell which variables a firm has
MARKET = "The market"


def meanings(results: Results) -> dict[str, str]:
    """All that these results have a fan of, by the name that `plots.fan` takes.

    Each comes with its label, meaning, unit and name: a search finds any of them.
    """
    told = {
        name: _told(named(name), results.cast.worded(known.doc), known.unit, name)
        for name, known in OUTCOMES.items()
    }
    of_market = set(results.parts.numbers["market"])
    for name, (unit, doc) in OF_MARKET.items():
        if name in of_market:
            told[name] = _told(f"{MARKET}, {named(name)}", doc, unit, name)
    for name in _of_firms(results):
        firm, _, variable = name.rpartition(".")
        unit, doc = results.logged()[variable]
        told[name] = _told(f"{named(firm)} {named(variable)}", doc, unit, name)
    return told


def _told(words: str, meaning: str, unit: str, name: str) -> str:
    """One line on a variable.

    >>> _told("OpenAI burn", "What it spends beyond revenue.", "$ bn", "openai.burn")
    'OpenAI burn: What it spends beyond revenue ($ bn, openai.burn)'
    """
    return f"{capitalised(words)}: {meaning.rstrip('.')} ({f'{unit}, ' if unit else ''}{name})"


def _of_firms(results: Results) -> list[str]:
    """The firms' variables that are numbers, as `firm.variable`."""
    if "agents" not in results.parts.tables:
        kept = results.parts.numbers[OUTCOMES_TABLE]
        columns = [name.partition(".") for name in kept if "." in name]
        return [f"{results.cast.firm(part)}.{name}" for part, _, name in columns]
    numbers = [name for name in results.parts.numbers["agents"] if name in results.logged()]
    rows = results.read("agents", ["agent", *numbers], [("world", "<", LOOKED_AT)])
    known = rows.groupby("agent", sort=False, observed=True)[numbers].count()
    return [f"{firm}.{name}" for firm, counts in known.iterrows() for name in numbers if counts[name]]
