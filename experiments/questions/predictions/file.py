"""A file of dated predictions: one JSON document that says all that is needed to score it."""

from __future__ import annotations

import datetime
import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from computeshift.experiments.config.arguments import chosen_path
from computeshift.experiments.config.settling import Kind, Test
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.documents import read_document
from computeshift.experiments.results.files import Target, reason
from computeshift.experiments.results.quantiles import percentile

MARK: Final = "computeshift prediction"
FORMAT = 2
"""The format of the files that this version writes; it reads those before, too."""
LEVELS = tuple(percent / 100 for percent in range(5, 100, 5))
"""The 19 quantiles that stand for a distribution: enough for intervals and for a CRPS."""
NAMES = tuple(map(percentile, LEVELS))
ABOUT = (
    "probability: part of the worlds in which the claim holds; error: half the 95% interval that so many "
    "worlds leave it. quantiles: over worlds, p50 is the median. kind: flow, events and round are of a "
    "calendar year, average is a mean over it, stock is at its end, rate is its last month's flow times 12, "
    "growth is a year over the one before. CRPS: twice the mean quantile loss of the 19 quantiles, in logs "
    "of the ratio to the fact."
)

_REMEDY = "restore the file, or make it again with computeshift predict"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


def _quantiles(quantiles: dict[str, float]) -> dict[str, float]:
    """All 19 quantiles; ValueError for others, or if they fall."""
    if tuple(quantiles) != NAMES:
        raise ValueError(f"they are not {NAMES[0]}, {NAMES[1]} … {NAMES[-1]}")
    values = list(quantiles.values())
    if values != sorted(values):
        raise ValueError("they do not rise")
    return quantiles


def _plain(text: str) -> str:
    """Text that a terminal prints as it is; ValueError for control characters."""
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("it has control characters")
    return text


Text = Annotated[str, AfterValidator(_plain)]
"""Words without control characters, as a terminal would obey them."""
Count = Annotated[int, Field(ge=0)]
Year = Annotated[int, Field(ge=2000, lt=2100)]
"""A year of this century, as facts have them."""
Quantiles = Annotated[dict[str, float], AfterValidator(_quantiles)]
"""A distribution over worlds: the 19 quantiles by name, in order."""


class PredictedRule(_Frozen):
    """How facts settle a claim: the test that the sum of `facts` has to pass in one of the `years`.

    A fact is ENTITY/VARIABLE, `-` before one that is subtracted. `when` says whether all years have to pass.
    `unit` and `kind` are those of facts that the program does not know. See `config.settling.Rule`.
    """

    facts: tuple[Text, ...]
    test: Test
    figure: float | None
    when: Text
    years: tuple[Year, ...]
    unit: Text | None = None
    kind: Kind | None = None
    only: Literal["holds", "fails"] | None = None
    adds_up: bool = False

    @property
    def words(self) -> str:
        """The facts, the test and when."""
        figure = "" if self.figure is None else f" {self.figure:g}"
        only = f" (if it {self.only})" if self.only else ""
        return f"{' '.join(self.facts)} {self.test.replace('_', ' ')}{figure}, {self.when}{only}"


class PredictedClaim(_Frozen):
    """A claim and how likely it is; without a probability the worlds do not decide it.

    `years` are those that it is about, `settled_by` the rules by which facts settle it: it holds if all of
    them do, and fails with the first that fails. `unsettled_because` says why there is none, or why they do
    not settle it both ways.
    """

    name: Text
    sentence: Text
    source: Text
    outcome: Text
    test: Literal["at_least", "above", "below", "rises", "below_against"]
    figure: float | None
    when: Text
    years: tuple[Year, ...]
    probability: Annotated[float, Field(ge=0, le=1)] | None
    error: Annotated[float, Field(ge=0)] | None
    worlds: Count
    falsified_by: Text
    settled_by: tuple[PredictedRule, ...] = ()
    unsettled_because: Text = ""
    facts: Annotated[tuple[Text, ...], Field(exclude=True)] = ()
    """In files of format 1 the facts of its only rule, whose test is the claim's own."""

    @property
    def rules(self) -> tuple[PredictedRule, ...]:
        """The rules that settle it."""
        if not self.facts or self.test == "below_against":
            return self.settled_by
        return (
            PredictedRule(
                facts=self.facts, test=self.test, figure=self.figure, when=self.when, years=self.years
            ),
        )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.figure is None) != (self.test in ("rises", "below_against")):
            raise ValueError(
                f"a claim that is tested by {self.test} has {'no' if self.figure else 'a'} figure"
            )
        return self


class PredictedOutcome(_Frozen):
    """A headline outcome of a year, as quantiles over worlds."""

    outcome: Text
    meaning: Text
    unit: Text
    year: Year
    quantiles: Quantiles


class PredictedObservable(_Frozen):
    """What a fact about a year will say; `fact_unit` is the unit of such rows in a facts file."""

    entity: Text
    variable: Text
    kind: Kind
    fact_unit: Text
    unit: Text
    year: Year
    quantiles: Quantiles


class Predictions(_Frozen):
    """What a file says. `model` is the digest of the files that decide numbers, `hash` that of the config."""

    generator: Literal["computeshift prediction"] = MARK
    format: int = FORMAT
    made: datetime.date
    version: Text | None
    config: Text
    hash: Text
    model: Text
    posterior: Text | None
    start: Year
    until: Year
    known_until: datetime.date
    worlds: Count
    left_out: Count
    seed: Count
    changes: tuple[Text, ...]
    about: Text = ABOUT
    claims: tuple[PredictedClaim, ...]
    outcomes: tuple[PredictedOutcome, ...]
    observables: tuple[PredictedObservable, ...]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.until <= self.start:
            raise ValueError(f"until {self.until} is not after the start, {self.start}")
        _must_differ("claims", (claim.name for claim in self.claims))
        _must_differ("outcomes", ((own.outcome, own.year) for own in self.outcomes))
        _must_differ("observables", ((own.entity, own.variable, own.year) for own in self.observables))
        return self

    def document(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return self.model_dump(mode="json")

    def text(self) -> str:
        """The file: JSON with a line for each key, claim and distribution."""
        return "{\n" + ",\n".join(_lines(self.document())) + "\n}\n"

    def write(self, to: Target) -> Path:
        """Write the file, whole or not at all. UserError if it can't be written."""
        return to.write(lambda half: half.write_text(self.text(), encoding="utf-8"))


def _must_differ(key: str, names: Iterable[object]) -> None:
    """ValueError if two entries are about the same."""
    seen = set[object]()
    for name in names:
        if name in seen:
            raise ValueError(f"{key} has two entries about {name}")
        seen.add(name)


def _loads(text: str) -> Any:
    """What JSON says; ValueError if a key is twice in an object."""
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _must_differ("an object", (key for key, _ in pairs))
    return dict(pairs)


def read(path: str | Path) -> Predictions:
    """The predictions of a file.

    UserError if it can't be read, is broken, or not ours, or of a format that this version does not read.
    """
    file = chosen_path(path, "predictions")
    try:
        said = read_document(file, Predictions, lambda found: _must_be_ours(file, found), _REMEDY, _loads)
        if said.made > datetime.date.today():
            raise ValueError(f"it says that it was made on {said.made}, which is to come")
        return said
    except OSError as error:
        raise UserError(f"`predictions`: can't read {file}: {reason(error)}") from error
    except ValueError as error:
        raise UserError(f"{file}: {error}; {_REMEDY}") from error


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """The entries of a document; a list of rows has a line for each."""
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join(f"  {_json(row)}" for row in value)
            yield f" {_json(key)}: [\n{rows}\n ]"
        else:
            yield f" {_json(key)}: {_json(value)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _must_be_ours(file: Path, document: Any) -> None:
    """UserError for a document without our mark, or of another format."""
    if not isinstance(document, dict) or document.get("generator") != MARK:
        raise UserError(f"{file} is no file of predictions: computeshift predict did not write it")
    if (found := document.get("format")) not in range(1, FORMAT + 1):
        writer = f"{file} was written by computeshift {document.get('version')} in format {found!r}"
        raise UserError(f"{writer}, and this version reads formats 1 to {FORMAT}: install that version")
