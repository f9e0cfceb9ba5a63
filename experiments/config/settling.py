"""How published figures settle a claim: which facts are added up, and the test that their sum has to pass."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, FiniteFloat, model_validator

SUM = re.compile(r"-?[^/\s]([^/]*[^/\s])?/[^/\s]+")
"""A fact that is added up: ENTITY/VARIABLE, `-` before one that is subtracted."""
WHEN = re.compile(r"(?P<how>in|by) (?P<year>\d{4})|(?P<first>\d{4}) to (?P<last>\d{4})|ever")
"""When a claim is decided: `FIRST to LAST` is about every year of a span, `by` about one of them."""
Test = Literal["at_least", "above", "below", "rises"]
Kind = Literal["flow", "average", "stock", "rate", "round", "events", "growth"]
"""What facts are of a variable: see `questions.evidence.observables`."""


def _fact(name: str) -> str:
    if not SUM.fullmatch(name):
        raise ValueError(f"{name!r} is not ENTITY/VARIABLE, as facts have it, such as Oracle/debt_total")
    return name


def known_time(text: str) -> str:
    """A time as claims have it; ValueError for any other text."""
    if not WHEN.fullmatch(text):
        raise ValueError(f"{text!r} is not 'in YEAR', 'by YEAR', 'FIRST to LAST' or 'ever'")
    return text


class Rule(BaseModel):
    """Facts of a year that add up, and what their sum has to be for a claim to hold.

    Without a `test` of its own it is the claim's with its figure, and likewise `when`. A variable that no
    world has needs the `unit` and the `kind` of its facts. `only` is the one verdict that it may give.
    What `adds_up` over years never falls: a sum of any day that passes settles it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    facts: tuple[Annotated[str, AfterValidator(_fact)], ...]
    test: Test | None = None
    figure: FiniteFloat | None = None
    when: Annotated[str, AfterValidator(known_time)] | None = None
    unit: str | None = None
    kind: Kind | None = None
    only: Literal["holds", "fails"] | None = None
    adds_up: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.facts:
            raise ValueError("a rule names one fact at least")
        if (self.figure is None) != (self.test in (None, "rises")):
            raise ValueError("at_least, above and below go with a figure, and a figure with one of them")
        if (self.unit is None) != (self.kind is None):
            raise ValueError("unit and kind of the facts go together")
        if self.adds_up and (len(self.facts) > 1 or self.test not in (None, "at_least", "above")):
            raise ValueError("what adds up is one fact, tested by at_least or above")
        return self
