"""Which facts settle a claim: the published figures of its rules, year by year."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.periods import YEAR
from computeshift.experiments.config.settling import Rule
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.observables import Observable, Observables, observables_of
from computeshift.experiments.questions.predictions.file import PredictedClaim, PredictedRule
from computeshift.experiments.results.claims import COMPARES, Claim, claims, is_span, years_of

FACTS_OF: Final = {
    "openai_revenue": ("OpenAI/revenue",),
    "openai_valuation": ("OpenAI/valuation",),
    "stargate_capacity": ("Stargate/capacity_facility_power",),
    "softbank_ltv": ("SoftBank/ltv",),
}
"""Facts that are outcomes which no shipped claim is about: they settle claims of a config's own."""


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
        return "; ".join(map(_figure, self.facts))


# --- rules of claims ---


def rules_of(claim: Claim, config: Config, years: Sequence[int]) -> tuple[PredictedRule, ...]:
    """The rules that settle a claim in worlds of these years; none if no published figure does.

    A claim of a config without a rule is settled by the facts that are its outcome. UserError for a rule
    about a fact that neither the program nor the config knows and whose unit it does not give.
    """
    if claim.test == "below_against":
        return ()
    rules = claim.settled_by or _by_outcome(claim, config)
    for rule in rules:
        _must_be_known(claim, rule, observables_of(config))
    return tuple(
        PredictedRule(
            **rule.model_dump(exclude={"test", "figure", "when"}),
            test=rule.test or claim.test,
            figure=rule.figure if rule.test else claim.figure,
            when=rule.when or claim.when,
            years=tuple(years_of(rule.when or claim.when, list(years))),
        )
        for rule in rules
    )


def _by_outcome(claim: Claim, config: Config) -> tuple[Rule, ...]:
    """The rule of a claim without one: by what the program or a config's `observe` says of its outcome."""
    if claim.unsettled_because:
        return ()
    own = [name for name, observed in config.observe.items() if observed.of == claim.outcome]
    facts = facts_of().get(claim.outcome) or tuple(own[:1])
    return (Rule(facts=facts),) if facts else ()


def facts_of() -> dict[str, tuple[str, ...]]:
    """By outcome the facts that add up to it, as shipped claims have them."""
    ruled = [(claim.outcome, rule) for claim in claims().values() for rule in claim.settled_by]
    return FACTS_OF | {outcome: rule.facts for outcome, rule in ruled if rule.test is None}


def _must_be_known(claim: Claim, rule: Rule, observables: Observables) -> None:
    """UserError for a fact of which nobody says what its figures are."""
    names = [f"{entity}/{variable}" for entity, variable in observables]
    for name in (signed.removeprefix("-") for signed in rule.facts):
        if name not in names and rule.unit is None:
            right = f"{instead(name, names)}, or give the rule its unit and kind"
            raise UserError(f"claims.{claim.name}.settled_by: no facts are known as {name!r}; {right}")


def observables_in(claims: Iterable[PredictedClaim]) -> dict[tuple[str, str], Observable]:
    """The variables of facts that only the rules of these claims know: no world says anything of them."""
    return {
        _key(name): Observable(rule.kind, rule.unit, "", (), lambda _: pd.DataFrame(), signed=True)
        for claim in claims
        for rule in claim.rules
        for name in rule.facts
        if rule.kind and rule.unit
    }


def _key(name: str) -> tuple[str, str]:
    entity, _, variable = name.removeprefix("-").partition("/")
    return entity, variable


# --- verdicts ---


def verdict(claim: PredictedClaim, facts: Sequence[Fact]) -> Verdict | None:
    """What facts say of a claim; None as long as they leave it open.

    It fails with the first of its rules that does, and holds once all do.
    """
    found = [_by_rule(rule, facts) for rule in claim.rules]
    for one in found:
        if one and not one.holds:
            return one
    settled = [one for one in found if one]
    if not settled or len(settled) < len(found):
        return None
    return Verdict(True, tuple(fact for one in settled for fact in one.facts))


def _by_rule(rule: PredictedRule, facts: Sequence[Fact]) -> Verdict | None:
    """What facts say by one rule.

    It holds as soon as one of its years passes the test; it fails once all of them are known and none does.
    What is to be so in every year of a span fails with the first that is not; likewise what is to rise.
    """
    sums = _sums(rule, facts)
    if rule.test == "rises":
        found = _rises(rule, sums)
    elif rule.adds_up:
        found = _reached(rule, sums, facts)
    else:
        found = _passes(rule, sums)
    return found if found and rule.only in (None, "holds" if found.holds else "fails") else None


def waits_for(claim: PredictedClaim, facts: Sequence[Fact]) -> str:
    """What an open claim waits for: the facts and the years that are missing, and rows that contradict."""
    parts = [part for rule in claim.rules for part in _waits(rule, facts)]
    why = claim.unsettled_because or ("" if claim.rules else "no rule says which published figures settle it")
    return "; ".join([*parts, *([why] if why else [])])


def _waits(rule: PredictedRule, facts: Sequence[Fact]) -> Iterator[str]:
    sums = _sums(rule, facts)
    names, missing = ", ".join(name.removeprefix("-") for name in rule.facts), _missing(rule, sums)
    only = {"holds": ", which can only prove it right", "fails": ", which can only prove it wrong"}
    if missing:
        so_far = max(_history(rule, facts), key=lambda fact: fact.period.end, default=None)
        known = "no figure so far" if so_far is None else f"so far {_figure(so_far)}"
        yield f"{names}: {missing}{only.get(rule.only or '', '')}" + (f" ({known})" if rule.adds_up else "")
    for year, one in sums.items():
        if _test(rule, one) is None:
            yield f"rows about {names} of {year} contradict each other: {one.low:g} to {one.high:g}"


def evidence(claim: PredictedClaim, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that count for a claim, whether they settle it or not."""
    own = [fact for rule in claim.rules for one in _sums(rule, facts).values() for fact in one.facts]
    return own + [fact for rule in claim.rules for fact in _history(rule, facts)]


# --- sums ---


@dataclass(frozen=True)
class _Sum:
    """The sum of a rule's facts in a year, lowest and highest by the rows about them."""

    low: float
    high: float
    facts: tuple[Fact, ...]


_Sums = dict[int, _Sum]
"""Sums by year."""


def _sums(rule: PredictedRule, facts: Iterable[Fact]) -> _Sums:
    """The sums in those years of a rule of which all facts are there."""
    known = {fact.name: fact for fact in facts}
    terms = [(-1 if name.startswith("-") else 1, name.removeprefix("-")) for name in rule.facts]
    sums = {}
    for year in rule.years:
        own = tuple(fact for _, name in terms if (fact := known.get(f"{name}/{year}")) and _whole(fact))
        if len(own) == len(terms):
            ends = [_ends(fact, sign) for (sign, _), fact in zip(terms, own, strict=True)]
            sums[year] = _Sum(sum(low for low, _ in ends), sum(high for _, high in ends), own)
    return sums


def _whole(fact: Fact) -> bool:
    """Whether a fact is about a whole year, or the very end of one: what is so in October may change."""
    return fact.period.end % YEAR == 0


def _ends(fact: Fact, sign: int = 1) -> tuple[float, float]:
    """The lowest and the highest figure that rows give a fact, times a sign."""
    if fact.growth:
        return sign * fact.value, sign * fact.value
    parts: dict[tuple[str, object], list[float]] = {}
    for row in fact.rows:
        part = row.period if fact.kind == "events" else None
        parts.setdefault((row.entity, part), []).append(sign * row.value)
    return sum(map(min, parts.values())), sum(map(max, parts.values()))


def _history(rule: PredictedRule, facts: Iterable[Fact]) -> list[Fact]:
    """Of what adds up every figure until the last year, of whichever day."""
    if not rule.adds_up or not rule.years:
        return []
    key = _key(rule.facts[0])
    return [one for one in facts if (one.entity, one.variable) == key and one.year <= rule.years[-1]]


def _missing(rule: PredictedRule, sums: _Sums) -> str:
    """The years that a rule waits for."""
    years = [year for year in rule.years if year not in sums]
    if rule.adds_up:
        return str(rule.years[-1]) if rule.years and rule.years[-1] in years else ""
    whole = len(years) > 2 and years[-1] - years[0] == len(years) - 1
    return f"{years[0]} to {years[-1]}" if whole else ", ".join(map(str, years))


# --- tests ---


def _test(rule: PredictedRule, one: _Sum) -> bool | None:
    """Whether a sum passes; None if the rows about it contradict each other in that."""
    if rule.figure is None:
        return True
    passes = {COMPARES[rule.test](end, rule.figure) for end in (one.low, one.high)}
    return passes.pop() if len(passes) == 1 else None


def _passes(rule: PredictedRule, sums: _Sums) -> Verdict | None:
    every_year = is_span(rule.when)
    tested = {year: _test(rule, one) for year, one in sums.items()}
    for year, passed in tested.items():
        if passed is not None and passed != every_year:
            return Verdict(passed, sums[year].facts)
    complete = len(sums) == len(rule.years) > 0 and None not in tested.values()
    return Verdict(every_year, _all(sums)) if complete else None


def _reached(rule: PredictedRule, sums: _Sums, facts: Sequence[Fact]) -> Verdict | None:
    """A sum that never falls: one that passes settles it, and so does the one of the last year."""
    for fact in _history(rule, facts):
        if _test(rule, _Sum(*_ends(fact), (fact,))):
            return Verdict(True, (fact,))
    last = sums.get(rule.years[-1]) if rule.years else None
    return Verdict(False, last.facts) if last and _test(rule, last) is False else None


def _rises(rule: PredictedRule, sums: _Sums) -> Verdict | None:
    pairs = list(itertools.pairwise(rule.years))
    for before, year in pairs:
        if before in sums and year in sums and sums[year].high <= sums[before].low:
            return Verdict(False, (*sums[before].facts, *sums[year].facts))
    complete = len(sums) == len(rule.years) > 1
    rose = complete and all(sums[year].low > sums[before].high for before, year in pairs)
    return Verdict(True, _all(sums)) if rose else None


def _all(sums: _Sums) -> tuple[Fact, ...]:
    return tuple(fact for one in sums.values() for fact in one.facts)


def _figure(fact: Fact) -> str:
    return f"{fact.name} = {fact.value:g} {fact.unit}"
