"""The shape of a config, as pydantic reads it, and what to say where one departs from it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
)
from pydantic_core import ErrorDetails

from computeshift.agents.strategy import JOINED
from computeshift.experiments.config.overlay import DEAL_WORDS, Stack
from computeshift.experiments.config.source import KeyPath, dotted, place
from computeshift.experiments.config.years import START
from computeshift.experiments.errors import Problem, instead

STARTS = (2022, 2025)
"""The first and the last year at whose end a market may start."""
LAST_YEAR = 2035
MOST_WORLDS = 2**31 - 1
"""Tables number worlds with 32 bits."""
Shape = Literal["triangular", "uniform", "lognormal", "fixed"]


class Strict(BaseModel):
    """A part of a file as written: its keys are known, its values have the right type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Ground(Strict):
    """What a number rests on, as written: one of facts, source and assumed."""

    source: str | None = None
    published: datetime.date | None = None
    facts: list[str] = []
    assumed: str | None = None


class Spec(Ground):
    """A parameter as written: its unit, its numbers, its distribution and its ground."""

    unit: str | None = None
    low: FiniteFloat | None = None
    central: FiniteFloat | None = None
    high: FiniteFloat | None = None
    shape: Shape = "triangular"


class FactorSpec(Ground):
    """A factor as written: what it is, its ground, and the loading of each parameter by dotted name."""

    meaning: str | None = None
    loadings: dict[str, FiniteFloat] = {}


def _joined(written: Any) -> Any:
    """The kinds of a firm of several roles, or its strategies by role, as one text."""
    if isinstance(written, dict):
        written = [f"{role}={name}" for role, name in written.items()]
    if isinstance(written, list) and all(isinstance(part, str) for part in written):
        return JOINED.join(written)
    return written


Joined = Annotated[str, BeforeValidator(_joined)]


class FirmSpec(BaseModel):
    """A firm as written; every further key is a parameter.

    `kind: [cloud, lab]` is read as `cloud+lab`, `strategy: {lab: default}` as `lab=default`.
    """

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, Spec]
    kind: Joined | None = None
    strategy: Joined | None = None
    stream: str | None = None
    partner: str | None = None
    family: str | None = None


class ShockSpec(Strict):
    """A shock as written."""

    kind: str | None = None
    year: int | None = None
    until: int | None = None
    size: Spec | None = None
    probability: Spec | None = None


class BreakSpec(Strict):
    """The end of a deal before its time, as written: when, and which party breaks it."""

    year: int | None = None
    by: str | None = None


class EventSpec(BaseModel):
    """What happens to a deal in a year, as written; every further key is a number."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, Spec]
    year: int | None = None


def _list(written: Any) -> Any:
    """Words that are written as one text, with commas between them."""
    return [word.strip() for word in written.split(",")] if isinstance(written, str) else written


class DealSpec(BaseModel):
    """A deal as written; every further key is a number."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, Spec]
    kind: str | None = None
    source: Annotated[str | None, Field(alias="from")] = None
    target: Annotated[str | None, Field(alias="to")] = None
    site: str | None = None
    of: str | None = None
    signed: int | None = None
    first: int | None = None
    last: int | None = None
    schedule: dict[str, Spec] | None = None
    conditions: Annotated[list[str], BeforeValidator(_list)] = []
    breaks: BreakSpec | None = None
    cut: EventSpec | None = None
    delay: EventSpec | None = None


def _expression(written: Any) -> Any:
    """An outcome or an observable that is an expression alone."""
    return {"of": written} if isinstance(written, str) else written


class OutcomeSpec(Strict):
    """An outcome as written; an expression alone is its `of`."""

    of: str | None = None
    unit: str | None = None
    meaning: str | None = None


class ClaimSpec(Strict):
    """A claim as written. Its outcome is the name of one, or an expression."""

    sentence: str | None = None
    source: str | None = None
    outcome: str | None = None
    test: str | None = None
    figure: FiniteFloat | None = None
    when: str | None = None
    fails_if: str = ""
    settled_by: list[dict[str, Any]] = []
    unsettled_because: str = ""


class ObserveSpec(Strict):
    """What facts are compared with, as written; an expression alone is its `of`."""

    of: str | None = None
    kind: str | None = None
    unit: str | None = None
    theme: str | None = None


def _tie(written: list[Any]) -> list[Any]:
    """Three names, and a first and a last year where it has them; without a first one, that is null."""
    years = written[3:4] if len(written) == 4 else [year for year in written[3:] if year is not None]
    if all(isinstance(name, str) for name in written[:3]) and all(type(year) is int for year in years):
        return written
    raise ValueError


Tie = Annotated[list[Any], Field(min_length=3, max_length=5), AfterValidator(_tie)]


class Document(Strict):
    """A config after every overlay."""

    name: str = ""
    asks: str = ""
    start: Annotated[int, Field(ge=STARTS[0], le=STARTS[1])] = START
    known_until: datetime.date | None = None
    until: Annotated[int, Field(le=LAST_YEAR)] = 2030
    worlds: Annotated[int, Field(ge=1, le=MOST_WORLDS)] = 1000
    seed: Annotated[int, Field(ge=0)] = 1
    focus: str | None = None
    frontier: dict[str, Spec] = {}
    services: dict[str, Spec] = {}
    compute: dict[str, Spec] = {}
    tenants: dict[str, Spec] = {}
    capital: dict[str, Spec] = {}
    ratings: dict[str, Spec] = {}
    stargate: dict[str, Spec] = {}
    roles: dict[str, dict[str, Spec]] = {}
    firms: dict[str, FirmSpec] = {}
    edges: list[Tie | None] = []
    shocks: dict[str, ShockSpec] = {}
    deals: dict[str, DealSpec] = {}
    factors: dict[str, FactorSpec] = {}
    outcomes: dict[str, Annotated[OutcomeSpec, BeforeValidator(_expression)]] = {}
    claims: dict[str, ClaimSpec] = {}
    observe: dict[str, Annotated[ObserveSpec, BeforeValidator(_expression)]] = {}


_FILE_KEYS = [*Document.model_fields, "extends", "cut"]
_OWN: dict[str | int, tuple[type[BaseModel], str]] = {
    "outcomes": (OutcomeSpec, "write an expression, or {of: ..., unit: ..., meaning: ...}"),
    "claims": (
        ClaimSpec,
        "write {sentence: ..., source: ..., outcome: ..., test: ..., figure: ..., when: ...}",
    ),
    "observe": (ObserveSpec, "write an expression, or {of: ..., kind: ..., unit: ..., theme: ...}"),
}
"""The sections of own outcomes, claims and observables: the schema of an entry, and what to write."""
_PERCENT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*%\s*")
_A_MAPPING = "write a mapping, KEY: VALUE"
_A_TIE = "write [source, target, kind], or [source, target, kind, first year, last year]"
_EVENTS = {
    "schedule": "write {YEAR: GW, YEAR: GW}",
    "breaks": "write {year: YEAR, by: FIRM}",
    "cut": "write {year: YEAR, share: NUMBER}",
    "delay": "write {year: YEAR, years: NUMBER}",
}
"""What to write of a deal that has a schedule, is broken, cut or late."""
_RIGHT = {
    "float_type": "write a number",
    "finite_number": "write a finite number",
    "string_type": "write a text",
    "bool_type": "write true or false",
    "list_type": "write a list, [A, B]",
    "dict_type": _A_MAPPING,
    "model_type": "write a number, or {unit: ..., low: ..., central: ..., high: ..., assumed: ...}",
    "date_type": "write a date such as 2025-01-21",
    "too_short": _A_TIE,
    "too_long": _A_TIE,
    "value_error": _A_TIE,
}


def read(stack: Stack) -> tuple[Document, set[KeyPath]]:
    """What the stacked layers say, and the keys that had to be left out for being malformed.

    Their problems are added to the stack's.
    """
    broken: set[KeyPath] = set()
    while True:
        try:
            return Document.model_validate(stack.tree), broken
        except ValidationError as errors:
            for error in errors.errors(include_url=False):
                path = error["loc"]
                stack.problems.append(problem(error, stack.places, _keys(path)))
                stack.prune(path)
                broken.update(path[:length] for length in range(2, len(path) + 1))


def problem(error: ErrorDetails, places: Mapping[KeyPath, str], keys: Iterable[str]) -> Problem:
    """What pydantic found wrong, in our words; `keys` are those that are known where it stands."""
    path, value = error["loc"], error["input"]
    where, key, context = place(places, path), dotted(places, path), error.get("ctx", {})
    value_text = "nothing" if value is None else _short(repr(value))
    match error["type"]:
        case "extra_forbidden" if path[0] == "deals" and len(path) == 4 and str(path[3]).isdecimal():
            return Problem(where, key, "this is no schedule", f"{_EVENTS['schedule']} under `schedule`")
        case "extra_forbidden":
            return Problem(where, key, "unknown key", instead(str(path[-1]), keys))
        case "literal_error":
            known = get_args(Shape) if path[-1] == "shape" else [str(context["expected"])]
            return Problem(where, key, f"unknown {value_text}", instead(str(value), known))
        case "int_type" | "int_from_float":
            return Problem(where, key, f"{value_text} is not a whole number")
        case "greater_than_equal":
            return Problem(where, key, f"{value_text} is too few", f"use at least {context['ge']}")
        case "less_than_equal" if path == ("worlds",):
            return Problem(where, key, f"{value:,} is too many", f"use at most {context['le']:,}")
        case "less_than_equal":
            return Problem(where, key, f"{value_text} is too late", f"use {context['le']} at the latest")
        case "model_type" | "dict_type" if path[0] == "deals" and len(path) == 3 and path[2] in _EVENTS:
            return Problem(where, key, f"{value_text} is not what belongs here", _EVENTS[str(path[2])])
        case "model_type" if len(path) == 3 and path[0] in ("firms", "deals") and isinstance(value, str):
            right = instead(str(path[2]), DEAL_WORDS if path[0] == "deals" else ("kind", "strategy"))
            if right.startswith("did"):
                return Problem(where, key, "unknown key", right)
        case "model_type" if path[0] in _OWN and len(path) == 2:
            return Problem(where, key, f"{value_text} is not what belongs here", _OWN[path[0]][1])
        case "model_type" if path[0] in ("firms", "shocks", "deals", "factors") and len(path) == 2:
            return Problem(where, key, f"{value_text} is no {str(path[0])[:-1]}", _A_MAPPING)
    right = _RIGHT.get(error["type"], error["msg"])
    if percent := isinstance(value, str) and _PERCENT.fullmatch(value):
        right = f"write {float(percent[1]) / 100:g}"
    return Problem(where, key, f"{value_text} is not what belongs here", right)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _keys(path: KeyPath) -> list[str]:
    if len(path) == 1:
        return _FILE_KEYS
    if path[0] == "shocks" and len(path) == 3:
        return list(ShockSpec.model_fields)
    if path[0] == "deals" and len(path) == 4 and path[2] == "breaks":
        return list(BreakSpec.model_fields)
    if path[0] in _OWN:
        return list(_OWN[path[0]][0].model_fields)
    if path[0] == "factors":
        return list(FactorSpec.model_fields)
    return list(Spec.model_fields)
