"""Landmarks of an outcome: what claims ask of it and by when, and what is known of it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from computeshift.experiments.config.names import named
from computeshift.experiments.config.periods import counted_in
from computeshift.experiments.questions.evidence.fact import Fact, facts_of
from computeshift.experiments.questions.evidence.history import rows
from computeshift.experiments.questions.evidence.observables import Observable, observables_of
from computeshift.experiments.results.claims import Claim
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import percent, quantity, scale
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import amounts

CLAIM_COLOUR, FACT_COLOUR = COLOURS[3], style.INK
VARIABLES = {
    "openai_burn": "openai.burn",
    "openai_revenue": "openai.revenue",
    "openai_valuation": "openai.valuation",
    "softbank_ltv": "softbank.ltv",
    "softbank_nav": "softbank.nav",
    "stargate_capacity": "stargate.gw",
}
"""Outcomes that are a firm's variable, by whose name facts know them."""
_YEAR = 12  # months: a flow of a part of a year is no point of a yearly one


Kind = Literal["claim", "fact"]


@dataclass(frozen=True)
class Landmark:
    """A claim's figure or a known fact: its year, its value in the outcome's unit, and what it is.

    `first` is the first year that a claim looks at; of a fact it is its year.
    """

    kind: Kind
    year: int
    value: float
    text: str
    first: int


@dataclass(frozen=True)
class Landmarks:
    """The landmarks of an outcome, in order of time."""

    every: tuple[Landmark, ...] = ()

    def of_year(self, year: int) -> list[Landmark]:
        """Those that are about a year."""
        return [one for one in self.every if one.first <= year <= one.year]

    def series(self, unit: str, years: Sequence[int]) -> list[dict[str, Any]]:
        """Their series over these years: diamonds at the dates of claims, dots where facts are."""
        return [_series(kind, own, unit, years) for kind in _LOOKS if (own := self._of(kind))]

    def words(self) -> str:
        """What they are, in words, for a note that goes before."""
        return "".join(f" {_LOOKS[one.kind].mark} in {one.year}: {one.text}" for one in self.every)

    def words_of_year(self, year: int) -> str:
        """The same of those about a year, which are lines in its picture."""
        return "".join(f" {_LOOKS[one.kind].line}: {one.text}" for one in self.of_year(year))

    def beside(self, table: pd.DataFrame) -> pd.DataFrame:
        """A table with a column `year`, and columns for the landmarks of its years, if there are any."""
        columns = {}
        for kind, own in ((kind, self._of(kind)) for kind in _LOOKS):
            if own:
                years = dict.fromkeys(one.year for one in own)
                texts = {year: " ".join(one.text for one in own if one.year == year) for year in years}
                columns[f"{kind}s"] = table["year"].map(texts).fillna("")
        return table.assign(**columns)

    def _of(self, kind: Kind) -> list[Landmark]:
        return [one for one in self.every if one.kind == kind]


@dataclass(frozen=True)
class _Look:
    name: str
    colour: str
    symbol: str
    size: int
    mark: str
    line: str


_LOOKS: dict[Kind, _Look] = {
    "claim": _Look("What a claim asks", CLAIM_COLOUR, "diamond", 14, "Diamond", "Dashed line"),
    "fact": _Look("Known fact", FACT_COLOUR, "circle", 9, "Dark dot", "Solid line"),
}


def landmarks(results: Record, name: str) -> Landmarks:
    """The landmarks of an outcome or a variable in the years of these worlds."""
    every = [*_claims_on(results, name), *_facts_on(results, name)]
    return Landmarks(tuple(sorted(every, key=lambda one: one.year)))


def _claims_on(results: Record, name: str) -> list[Landmark]:
    """What claims ask of an outcome, and how often that is so; those that these worlds decide."""
    own, known = amounts(results), list(results.years)
    found = []
    for claim in own.claims.values():
        years, held = claim.years(known), claim.holds(own) if _asks(results, claim, name) else None
        if years and held is not None and claim.figure is not None:
            text = f"{claim.sentence} It holds in {percent(float(held.mean()))} of worlds."
            found.append(Landmark("claim", years[-1], claim.figure, text, years[0]))
    return found


def _asks(results: Record, claim: Claim, name: str) -> bool:
    return claim.figure is not None and name in _names(results, claim.outcome)


def _names(results: Record, measure: str) -> tuple[str, ...]:
    """What these worlds call an outcome, an expression or a firm's variable, and outcomes that are it."""
    variable = VARIABLES.get(measure, measure)
    firm, dot, own = variable.partition(".")
    here = f"{results.cast.firm(firm)}.{own}" if dot and own.isidentifier() else variable
    return here, *(outcome for outcome, known in VARIABLES.items() if known == variable)


def _facts_on(results: Record, name: str) -> list[Landmark]:
    """What is known of an outcome or variable in the years of these worlds: one figure per year.

    A flow counts if it is of twelve months, those of the calendar first. A stock is of the day that its
    text says. Only results have a config, which says what facts are about.
    """
    if not isinstance(results, Results):
        return []
    found = dict[int, Landmark]()
    for fact, observable in sorted(_known(results, name), key=lambda pair: pair[0].period.calendar):
        year = counted_in(fact.entity, fact.when) or fact.year
        if year in results.years:
            said = quantity(fact.value, _UNITS.get(fact.unit, fact.unit))
            what = f"{fact.entity}, {named(fact.variable)}, {fact.when}"
            found[year] = Landmark(
                "fact", year, fact.value / observable.factor, f"{what}: {said} ({fact.sources}).", year
            )
    return list(found.values())


_UNITS = {"USD_bn": "$ bn", "JPY_tn": "tn yen"}


def _known(results: Results, name: str) -> list[tuple[Fact, Observable]]:
    """The facts about an outcome or variable, each with what it is in the model."""
    every = observables_of(results.config)
    facts = results.remember(_own_facts) if results.config.observe else _shipped_facts()
    pairs = [(fact, every[fact.entity, fact.variable]) for fact in facts if fact.kind != "growth"]
    return [
        (fact, observable)
        for fact, observable in pairs
        if name in _names(results, observable.measure)
        and (fact.kind != "flow" or fact.period.months == _YEAR)
    ]


def _own_facts(results: Results) -> list[Fact]:
    return facts_of(rows(), observables_of(results.config))[0]


@functools.cache
def _shipped_facts() -> list[Fact]:
    return facts_of(rows())[0]


# --- how they are drawn ---


def _series(kind: Kind, marks: list[Landmark], unit: str, years: Sequence[int]) -> dict[str, Any]:
    """A point per landmark; of a claim also a line to its date, from its first year if it has several."""
    look = _LOOKS[kind]
    heights = style.rounded(np.array([one.value for one in marks]) * scale(unit))
    points = {
        "type": "scatter",
        "name": look.name,
        "color": look.colour,
        "symbol": look.symbol,
        "symbolSize": look.size,
        "itemStyle": {"opacity": 1},
        "dimensions": ["year", "height", {"name": "text", "type": "ordinal"}],
        "encode": style.POINT,
        "data": [[str(one.year), height, one.text] for one, height in zip(marks, heights, strict=True)],
        "z": 7,
    }
    if kind == "fact":
        return points
    lines = [
        [
            {"coord": [str(years[0] if one.first == one.year else one.first), height]},
            {"coord": [str(one.year), height]},
        ]
        for one, height in zip(marks, heights, strict=True)
    ]
    dashed = {"color": look.colour, "type": "dashed", "width": 1.5}
    quiet = {"silent": True, "symbol": "none", "label": {"show": False}}
    return points | {"markLine": quiet | {"lineStyle": dashed, "data": lines}}
