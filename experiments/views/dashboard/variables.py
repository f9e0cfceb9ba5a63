"""Everything that has a fan: outcomes, and the variables of market and firms, in words for a search."""

from __future__ import annotations

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.levels import OUTCOMES_TABLE
from computeshift.experiments.results.levels import VARIABLES as STORED
from computeshift.experiments.results.outcomes import OUTCOMES, own_outcomes
from computeshift.experiments.results.results import Results

MARKET = "The market"


def meanings(results: Results) -> dict[str, str]:
    """Everything that these results have a fan of, by the name for `plots.fan`.

    Each has its label, meaning, unit and name, so that a search finds any of them.
    """
    lines = {
        name: _line(named(name), results.cast.worded(outcome.doc), outcome.unit, name)
        for name, outcome in OUTCOMES.items()
    }
    for name, outcome in own_outcomes(results.config).items():
        if not outcome.when:
            lines[name] = _line(named(name), outcome.doc, outcome.unit, name)
    of_market = set(results.parts.numbers("market"))
    for name, (unit, doc) in OF_MARKET.items():
        if name in of_market:
            lines[name] = _line(f"{MARKET}, {named(name)}", doc, unit, name)
    for name in _of_firms(results):
        firm, _, variable = name.rpartition(".")
        unit, doc = results.logged()[variable]
        lines[name] = _line(f"{named(firm)} {named(variable)}", doc, unit, name)
    return lines


def _line(words: str, meaning: str, unit: str, name: str) -> str:
    """One line on a variable.

    >>> _line("OpenAI burn", "What it spends beyond revenue.", "$ bn", "openai.burn")
    'OpenAI burn: What it spends beyond revenue ($ bn, openai.burn)'
    """
    return f"{capitalised(words)}: {meaning.rstrip('.')} ({f'{unit}, ' if unit else ''}{name})"


def _of_firms(results: Results) -> list[str]:
    """The firms' variables that are numbers, as `firm.variable`."""
    if "agents" not in results.parts.tables:
        stored = results.parts.numbers(OUTCOMES_TABLE)
        columns = [(part, name) for part, names in STORED.items() for name in names]
        there = [(part, name) for part, name in columns if f"{part}.{name}" in stored]
        return [f"{results.cast.firm(part)}.{name}" for part, name in there]
    return results.parts.numbers("agents")
