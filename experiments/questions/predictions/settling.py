"""Which facts settle a claim: the published figures that its outcome is made of, year by year."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.periods import YEAR
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.predictions.file import PredictedClaim
from computeshift.experiments.results.claims import COMPARES, is_span

FACTS_OF: Mapping[str, tuple[str, ...]] = {
    "stargate_share": ("OpenAI/share_of_compute_stargate",),
    "azure_share": ("OpenAI/share_of_compute_microsoft",),
    "azure_spending": ("OpenAI/compute_spend_microsoft",),
    "openai_burn": ("-OpenAI/free_cash_flow",),
    "openai_revenue": ("OpenAI/revenue",),
    "openai_valuation": ("OpenAI/valuation",),
    "inference_minus_training": ("OpenAI/compute_spend_inference", "-OpenAI/compute_spend_rd"),
    "softbank_in_openai": ("SoftBank/investment_in_OpenAI_cumulative",),
    "softbank_in_stargate": ("SoftBank/investment_in_Stargate_cumulative",),
    "stargate_spent": ("Stargate/spending_cumulative",),
    "stargate_capacity": ("Stargate/capacity_facility_power",),
    "softbank_pays_openai": ("SoftBank/payments_to_OpenAI",),
    "softbank_ltv": ("SoftBank/ltv",),
}
"""By outcome the facts that add up to it, `-` before one that is taken off.

Others are in no accounts: what a market without a firm would have spent, or whether SoftBank's bet is worth
half of its cost.
"""


@dataclass(frozen=True)
class Verdict:
    """Whether a claim holds by the facts; `facts` are those that say so, `known` when they were out."""

    holds: bool
    facts: tuple[Fact, ...]

    @property
    def known(self) -> datetime.date:
        """The day on which the last of the rows that settle it was published, by its first source."""
        return max(min(row.published for row in fact.rows) for fact in self.facts)

    @property
    def words(self) -> str:
        """The facts with their figures."""
        return "; ".join(f"{fact.name} = {fact.value:g} {fact.unit}" for fact in self.facts)


def facts_of(outcome: str, config: Config) -> tuple[str, ...]:
    """The facts that add up to an outcome, by the program or a config's `observe`; none if unknown."""
    own = [name for name, observed in config.observe.items() if observed.of == outcome]
    return FACTS_OF.get(outcome) or tuple(own[:1])


def verdict(claim: PredictedClaim, facts: Iterable[Fact]) -> Verdict | None:
    """What facts say of a claim; None as long as they leave it open.

    It holds as soon as one of its years passes the test; it fails once all of them are known and none does.
    What is to be so in every year of a span fails with the first that is not; likewise what is to rise.
    """
    known = _years(claim, {fact.name: fact for fact in facts})
    if claim.test == "rises":
        return _rises(claim, known)
    if claim.figure is None or claim.test not in COMPARES:
        return None
    passes = {year: COMPARES[claim.test](value, claim.figure) for year, (value, _) in known.items()}
    every_year = is_span(claim.when)
    for year, passed in passes.items():
        if passed != every_year:
            return Verdict(passed, known[year][1])
    return Verdict(every_year, _all(known)) if known and len(known) == len(claim.years) else None


def missing(claim: PredictedClaim, facts: Sequence[Fact]) -> list[int]:
    """The years of which a claim that facts can settle still waits for some."""
    known = _years(claim, {fact.name: fact for fact in facts})
    return [year for year in claim.years if year not in known] if claim.facts else []


_Known = dict[int, tuple[float, tuple[Fact, ...]]]
"""By year the value of a claim's outcome, and the facts that it is the sum of."""


def _years(claim: PredictedClaim, facts: Mapping[str, Fact]) -> _Known:
    """The outcome of a claim in those of its years of which all facts are there."""
    terms = [(-1 if name.startswith("-") else 1, name.removeprefix("-")) for name in claim.facts]
    known = {}
    for year in claim.years if terms else ():
        own = tuple(fact for _, name in terms if (fact := facts.get(f"{name}/{year}")) and _whole(fact))
        if len(own) == len(terms):
            known[year] = (sum(sign * fact.value for (sign, _), fact in zip(terms, own, strict=True)), own)
    return known


def _whole(fact: Fact) -> bool:
    """Whether a fact is about a whole year, or the very end of one: what is so in October may change."""
    return fact.period.end % YEAR == 0


def _rises(claim: PredictedClaim, known: _Known) -> Verdict | None:
    for before, year in itertools.pairwise(claim.years):
        if before in known and year in known and known[year][0] <= known[before][0]:
            return Verdict(False, (*known[before][1], *known[year][1]))
    return Verdict(True, _all(known)) if len(known) == len(claim.years) > 1 else None


def _all(known: _Known) -> tuple[Fact, ...]:
    return tuple(fact for _, facts in known.values() for fact in facts)
