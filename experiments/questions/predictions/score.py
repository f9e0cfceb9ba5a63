"""score: what dated predictions were worth, by the facts that came after them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pandas as pd

from computeshift.experiments.errors import Problem, UserError, instead
from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.evidence.fact import Fact, Left, facts_of, skipped
from computeshift.experiments.questions.evidence.history import HAPPENED, Row, rows
from computeshift.experiments.questions.evidence.measures import LEAST_FACTS
from computeshift.experiments.questions.evidence.observables import Observables
from computeshift.experiments.questions.predictions.file import PredictedClaim, Predictions, read
from computeshift.experiments.questions.predictions.numbers import (
    COLUMNS,
    observables_of,
    quantiles_of,
    scored,
    tables_of,
)
from computeshift.experiments.questions.predictions.settling import (
    Verdict,
    evidence,
    observables_in,
    verdict,
    waits_for,
)

SETTLED, KNOWN, OPEN, UNDECIDED = "settled", "known beforehand", "open", "undecided"
"""What has become of a claim. An undecided one has no probability: the worlds lack its years or firms."""
COIN_BRIER, COIN_LOG = 0.25, math.log(2)
"""The scores of a coin, which gives every claim one half."""
_CLAIMS = (
    "claim", "sentence", "state", "probability", "error", "holds",
    "brier", "log", "published", "settled_by", "waits_for", "falsified_by",
)  # fmt: skip
_NOUGHT = 1e-12  # stands for a figure of zero where claims are settled: as a ratio it would be no fact


@dataclass(frozen=True, repr=False)
class Scores(Answer):
    """Predictions beside what happened.

    `claims` has one row per claim: its `state`, whether it `holds`, by which facts (`settled_by`) or what it
    waits for, and its scores. `facts` has one row per fact: its value, quantiles, whether they cover it, the
    CRPS and the error of growth that continues, both in logs of the ratio to the fact. `known` is true of
    what was published by the day on which the predictions were made. `measures` has two rows: the means of
    predictions, and apart those of what was known. `skipped` are rows of the user's files that settle and
    score nothing, with why.
    """

    question: ClassVar[str] = "score"

    said: Predictions
    claims: pd.DataFrame
    facts: pd.DataFrame
    measures: pd.DataFrame
    skipped: list[Left]

    def tables(self) -> dict[str, pd.DataFrame]:
        """`measures`, `claims`, `facts`, and the rows that are `skipped`."""
        columns = ["fact", "value", "where", "why"]
        left = pd.DataFrame([one.document() for one in self.skipped], columns=columns)
        return {"measures": self.measures, "claims": self.claims, "facts": self.facts, "skipped": left}


def score(predictions: str | Path, *, facts: str | Path | Sequence[str | Path] | None = None) -> Scores:
    """Score a file of `predict` on the facts that come with the program, and on those of more files.

    Claims by Brier's score and the logarithmic one, each beside a coin's; numbers by coverage and by the CRPS
    of their 19 quantiles, beside growth that continues. What was published by the day of the file is
    scored apart. UserError if the file or a file of facts can't be read, or something in them is wrong.
    """
    said = read(predictions)
    files = [facts] if isinstance(facts, str | Path) else list(facts or ())
    observables, tables = {**observables_in(said.claims), **observables_of(said)}, tables_of(said)
    _must_name_observables(said, observables, Path(predictions))
    every = rows(*files)
    early = [row for row in every if row.published <= said.made]
    (now, left), (before, _) = facts_of(every, observables), facts_of(early, observables)
    later = [fact for fact in now if fact.year > said.start]
    quantiles = {fact.name: quantiles_of(fact, tables.get((fact.entity, fact.variable))) for fact in later}
    facing = {fact.name: (fact, own) for fact in later if (own := quantiles[fact.name]) is not None}
    numbers = pd.DataFrame([scored(*one, before) for one in facing.values()], columns=list(COLUMNS))
    settling, known = _with_noughts(every, observables), _with_noughts(early, observables)
    verdicts = {claim.name: _state(claim, known, settling) for claim in said.claims}
    claims = pd.DataFrame(_claims(said, verdicts, settling), columns=list(_CLAIMS))
    left += [Left(row, f"a {row.kind} is not what happened") for row in every if row.kind not in HAPPENED]
    left += [Left(row, _why(fact, said)) for fact in now if fact.name not in facing for row in fact.rows]
    used = [fact for fact, _ in facing.values()]
    used += [fact for claim in said.claims for fact in evidence(claim, settling)]
    theirs = _unused(left, files, used)
    return Scores(
        said=said,
        claims=claims,
        facts=numbers,
        measures=pd.DataFrame([_measured(claims, numbers, known) for known in (False, True)]),
        skipped=[skipped(one, observables) if one.lacking else one for one in theirs],
    )


def _must_name_observables(said: Predictions, observables: Observables, file: Path) -> None:
    """UserError for a claim that facts are to settle which the predictions are not about."""
    known = [f"{entity}/{variable}" for entity, variable in observables]
    wrong = [
        Problem(str(file), f"claims.{claim.name}.settled_by", f"no observable {name!r}", instead(name, known))
        for claim in said.claims
        for rule in claim.rules
        for name in (signed.removeprefix("-") for signed in rule.facts)
        if name not in known
    ]
    if wrong:
        raise UserError(wrong)


# --- claims ---


def _with_noughts(table: Sequence[Row], observables: Observables) -> list[Fact]:
    """The facts that settle claims: figures of zero count."""
    return facts_of([replace(row, value=row.value or _NOUGHT) for row in table], observables)[0]


_Verdicts = dict[str, tuple[str, Verdict | None]]
"""By claim what has become of it, and what the facts say."""


def _state(claim: PredictedClaim, before: Sequence[Fact], now: Sequence[Fact]) -> tuple[str, Verdict | None]:
    """What has become of a claim: it was known, is settled since, or stays open."""
    if claim.probability is None:
        return UNDECIDED, None
    if early := verdict(claim, before):
        return KNOWN, early
    late = verdict(claim, now)
    return (SETTLED if late else OPEN), late


def _claims(said: Predictions, verdicts: _Verdicts, now: Sequence[Fact]) -> Iterator[dict[str, object]]:
    """One row per claim."""
    for claim in said.claims:
        state, found = verdicts[claim.name]
        yield {
            "claim": claim.name,
            "sentence": claim.sentence,
            "state": state,
            "probability": claim.probability,
            "error": claim.error,
            "holds": None if found is None else found.holds,
            "brier": math.nan if found is None else brier(claim, found.holds),
            "log": math.nan if found is None else log_score(claim, found.holds),
            "published": None if found is None else found.known.isoformat(),
            "settled_by": "" if found is None else found.words,
            "waits_for": waits_for(claim, now) if state in (OPEN, UNDECIDED) else "",
            "falsified_by": claim.falsified_by,
        }


def brier(claim: PredictedClaim, holds: bool) -> float:
    """The squared distance of a probability to what happened: 0 is perfect, 1 wholly wrong (Brier 1950)."""
    return ((claim.probability or 0.0) - holds) ** 2


def log_score(claim: PredictedClaim, holds: bool) -> float:
    """Minus the log of the probability of what happened (Good 1952): 0 is perfect.

    A probability is at least that of half a world: so many worlds can't tell less from nothing.
    """
    least = 0.5 / max(claim.worlds, 1)
    share = min(max(claim.probability or 0.0, least), 1 - least)
    return -math.log(share if holds else 1 - share)


# --- rows that are not used, and means ---


def _why(fact: Fact, said: Predictions) -> str:
    """Why a fact faces no prediction."""
    if fact.year <= said.start:
        return f"it is about the time before the predictions, which begin with {said.start + 1}"
    return f"the predictions, {said.start + 1} to {said.until}, say nothing of it"


def _unused(left: Sequence[Left], files: Sequence[str | Path], used: Sequence[Fact]) -> list[Left]:
    """The rows of the user's files that are in no fact that was used."""
    where = {row.where for fact in used for row in fact.rows}
    own = tuple(f"{Path(file).expanduser()}:" for file in files)
    theirs = {one.row.where: one for one in left if own and one.row.where.startswith(own)}
    return [one for place, one in theirs.items() if place not in where]


def _measured(claims: pd.DataFrame, facts: pd.DataFrame, known: bool) -> dict[str, object]:
    """The means of predictions, or of what was known beforehand; NaN of nothing."""
    settled = claims[claims["state"] == (KNOWN if known else SETTLED)]
    own = facts[facts["known"] == known]
    both = own.dropna(subset=["growth"])
    enough = len(both) >= LEAST_FACTS and both["growth"].sum() > 0
    return {
        "known": known,
        "claims": len(settled),
        "brier": settled["brier"].mean(),
        "brier_skill": 1 - settled["brier"].mean() / COIN_BRIER,
        "log": settled["log"].mean(),
        "log_skill": 1 - settled["log"].mean() / COIN_LOG,
        "facts": len(own),
        "covered50": own["covered50"].astype(float).mean(),
        "covered90": own["covered90"].astype(float).mean(),
        "crps": own["crps"].mean(),
        "growth_facts": len(both),
        "growth_skill": 1 - both["crps"].sum() / both["growth"].sum() if enough else math.nan,
    }
