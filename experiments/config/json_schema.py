"""The JSON Schemas of configs and of experiments, which editors read: what one file can say of itself.

It is of draft 7, which editors know. A config lays only some keys over another, so no key is required.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, get_args

from pydantic import BaseModel

from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, LISTED, LISTING, DealKind
from computeshift.environment.network import EDGE_KINDS, INSTITUTIONS
from computeshift.environment.shocks import PROBABILITY, SHOCKS, STRIKES
from computeshift.experiments.config import facts
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.experiment import Document as Experiments
from computeshift.experiments.config.load import load
from computeshift.experiments.config.names import capitalised
from computeshift.experiments.config.overlay import DEAL_WORDS, EVENTS, SECTIONS
from computeshift.experiments.config.read_deals import YEARS
from computeshift.experiments.config.resolve import FIRST_YEAR, NAME, TAKEN
from computeshift.experiments.config.schema import (
    LAST_YEAR,
    MOST_WORLDS,
    STARTS,
    ClaimSpec,
    FirmSpec,
    ObserveSpec,
    OutcomeSpec,
    Shape,
)
from computeshift.experiments.config.settling import Kind, Rule, Test

Schema = dict[str, Any]

_NUMBER: Schema = {"type": "number"}
_WORD: Schema = {"type": "string"}
_WORD_OR_NONE: Schema = {"type": ["string", "null"]}
_DATE: Schema = {"type": ["string", "null"], "format": "date"}
_AHEAD = 99
"""Years after the start at most: an editor reads `+2` as the number 2."""


def schema() -> Schema:
    """The schema of a config's file, with the kinds and strategies that are known here."""
    baseline = load("baseline")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A config of computeshift",
        **_object(_top(baseline)),
        "definitions": {
            "number": _any_number(),
            "default": _any_number(whole=False),
            "firm": _any_firm(),
            "year": _years(FIRST_YEAR),
            "facts": {"type": "array", "items": {"enum": sorted(facts.known())}},
            **{f"strategies of {kind}": _strategies(kind) for kind in vocabulary.kinds()},
            **{f"parameters of {kind}": _parameters_of(kind, baseline) for kind in vocabulary.kinds()},
            **{f"meanings for {kind}": _meanings_for(kind) for kind in _kinds_by_name(baseline).values()},
        },
    }


def schema_of_experiments() -> Schema:
    """The schema of an experiment's file: its keys and their types."""
    title = "An experiment of computeshift"
    return Experiments.model_json_schema() | {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
    }


def _top(baseline: Config) -> Mapping[str, Schema]:
    """Each key of a file."""
    first, last = STARTS
    return {
        "name": _about(_WORD, "The file's name without its suffix; it may be left out."),
        "asks": _about(_WORD, "The question that the config is about."),
        "extends": _about(_WORD_OR_NONE, "Config that this one is laid over: a name, or a file beside it."),
        "start": _about(_whole(first, last), "Year at whose end the market starts."),
        "known_until": _about(_DATE, "Day until which its numbers could be known."),
        "until": _about(_years(first + 1, LAST_YEAR), "Last simulated year, or +N: so many after the start."),
        "worlds": _about(_whole(1, MOST_WORLDS), "Number of worlds."),
        "seed": _about(_whole(0), "Random seed."),
        "focus": _about(_WORD_OR_NONE, "Lab that outcomes, claims and facts are about."),
        **{section: _section(section, baseline) for section in SECTIONS},
        "roles": _object({role: _defaults(role) for role in _roles()}),
        "firms": _firms(baseline),
        "edges": {"type": "array", "items": _tie(dated=True)},
        "cut": {"type": "array", "items": _tie(dated=False)},
        "shocks": _shocks(),
        "deals": _deals(),
        "factors": {"type": ["object", "null"], "additionalProperties": _or_none(_factor())},
        "outcomes": _entries({"anyOf": [_WORD, _words(OutcomeSpec)]}),
        "claims": _entries(_claim()),
        "observe": _entries({"anyOf": [_WORD, _words(ObserveSpec, kind=_one_of(Kind))]}),
    }


# --- numbers ---


def _any_number(whole: bool = True) -> Schema:
    """A parameter as written: a bare number, or its distribution and, as a `whole`, what it rests on."""
    value = {"type": ["number", "null"]}
    spec = _object(
        {
            "unit": _WORD_OR_NONE,
            **dict.fromkeys(("low", "central", "high"), value),
            "shape": {"enum": list(get_args(Shape))},
            **_GROUNDS,
        }
    )
    rules = _whole_spec() if whole else {}
    return {"if": {"type": "object"}, "then": {**spec, **rules}, "else": {"type": "number"}}


def _number(bounds: Bounds | None = None, about: str = "", unit: str | None = None) -> Schema:
    """A parameter with its bounds, and with the unit that it must be in."""
    known = {"$ref": "#/definitions/number"}
    if bounds is None:
        return known
    within = {"minimum": bounds.low, "maximum": bounds.high}
    properties: Schema = dict.fromkeys(("low", "central", "high"), within)
    if unit is not None:
        properties["unit"] = {"enum": [unit, None]}
    return _about({"allOf": [known], **within, "properties": properties}, about)


_GROUNDS: Mapping[str, Schema] = {
    "source": _WORD_OR_NONE,
    "published": _DATE,
    "facts": {"$ref": "#/definitions/facts"},
    "assumed": _WORD_OR_NONE,
}


def _given(key: str, value: Schema) -> Schema:
    """That a key is there, and has such a value."""
    return {"properties": {key: value}, "required": [key]}


_ONE_GROUND: list[Schema] = [
    _given("facts", {"type": "array", "minItems": 1}),
    _given("source", _WORD) | {"allOf": [_given("published", _WORD)]},
    _given("assumed", {"type": "string", "pattern": "^because"}),
]
"""What a number, or a factor, rests on: one of these."""


_SOME_GROUND: Mapping[str, Schema] = {
    "facts": {"type": "array", "minItems": 1},
    "source": _WORD,
    "assumed": _WORD,
}


def _whole_spec() -> Schema:
    """What a distribution needs: its numbers, and one thing that it rests on."""
    fixed = {"properties": {"shape": {"const": "fixed"}}, "required": ["shape"]}
    shaped = {"properties": {"shape": {"const": "uniform"}}, "required": ["shape"]}
    lognormal = {"properties": {"shape": {"const": "lognormal"}}, "required": ["shape"]}
    positive = {key: {"exclusiveMinimum": 0} for key in ("low", "central", "high")}
    low_and_high = {"allOf": [_given("low", _NUMBER), _given("high", _NUMBER)]}
    central = _given("central", _NUMBER)
    return {
        "oneOf": _ONE_GROUND,
        "allOf": [
            {"if": fixed, "then": central, "else": low_and_high},
            {"if": {"not": {"anyOf": [fixed, shaped]}}, "then": central},
            {"if": lognormal, "then": {"properties": positive}},
        ],
    }


def _section(section: str, baseline: Config) -> Schema:
    return _numbers(section, vocabulary.sections()[section], baseline)


def _numbers(owner: str, names: Iterable[str], baseline: Config) -> Schema:
    """The parameters of an owner, each with its meaning, unit and bounds for whoever writes it."""
    known, bounds, meanings = baseline.parameters(), vocabulary.bounds(owner), vocabulary.meanings(owner)
    numbers = {}
    for name in names:
        usual = known.get(f"{owner}.{name}")
        about = [_sentence(meanings[name]), f"In {usual.unit}." if usual else "", f"From {bounds[name]}."]
        numbers[name] = _number(bounds[name], " ".join(filter(None, about)))
    return _object(numbers)


# --- firms ---


def _roles() -> list[str]:
    return sorted({role for kind in vocabulary.kinds() for role in vocabulary.roles_of(kind)})


def _defaults(role: str) -> Schema:
    """The defaults of a role: parameters of any kind that has it, which `check` reads where one is used."""
    heirs = [kind for kind in vocabulary.kinds() if role in vocabulary.roles_of(kind)]
    meanings = {name: text for kind in heirs for name, text in vocabulary.meanings(kind).items()}
    default = {"allOf": [{"$ref": "#/definitions/default"}]}
    return _object({name: _about(default, _sentence(text)) for name, text in meanings.items()})


def _firms(baseline: Config) -> Schema:
    """Firms by name; one that has the name of a kind is of that kind, unless it says another."""
    taken = [*SECTIONS, *INSTITUTIONS, *TAKEN]
    others = {name: _described(kind) for name, kind in _kinds_by_name(baseline).items()}
    firms = {kind: _firm(kind) for kind in vocabulary.kinds()} | others
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{NAME.pattern})$", "not": {"enum": taken}},
        "properties": {name: _or_none(firm) for name, firm in firms.items()},
        "additionalProperties": _or_none({"$ref": "#/definitions/firm"}),
    }


def _kinds_by_name(baseline: Config) -> dict[str, str]:
    """The kinds of the baseline's firms that do not have the name of a kind, such as `google`."""
    return {name: firm.kind for name, firm in baseline.firms.items() if name not in vocabulary.kinds()}


def _described(kind: str) -> Schema:
    """A firm that is of this kind in the baseline: the config below may have it of another, so no rule."""
    return {"allOf": [{"$ref": "#/definitions/firm"}, {"$ref": f"#/definitions/meanings for {kind}"}]}


def _meanings_for(kind: str) -> Schema:
    known = vocabulary.meanings(kind).items()
    return {"properties": {name: {"description": _sentence(meaning)} for name, meaning in known}}


def _firm(usual: str) -> Schema:
    """A firm that has the name of a kind: without another kind, it has its parameters and strategies."""
    unsaid = {"properties": {"kind": {"type": "null"}}}
    rule = {"if": unsaid, "then": {"$ref": f"#/definitions/parameters of {usual}"}}
    return {"allOf": [{"$ref": "#/definitions/firm"}, {"if": {"type": "object"}, "then": rule}]}


def _any_firm() -> Schema:
    """A firm: its words, and the parameters and strategies of its kind, if it says its kind."""
    words = dict.fromkeys(FirmSpec.model_fields, _WORD_OR_NONE)
    kinds = [
        {
            "if": _given("kind", {"enum": [kind, [kind]]}),
            "then": {"$ref": f"#/definitions/parameters of {kind}"},
        }
        for kind in vocabulary.kinds()
    ]
    return {
        "type": "object",
        "properties": {
            **words,
            LISTED: _or_none(_number()),
            "kind": _kind(),
            "strategy": {"type": ["string", "object", "array", "null"]},
        },
        "additionalProperties": _number(),
        "propertyNames": {"enum": [*FirmSpec.model_fields, *_parameters_of_any()]},
        "allOf": kinds,
    }


def _parameters_of_any() -> list[str]:
    """The parameters that firms of any kind have, or of any roles together."""
    roles = vocabulary.role_kinds()
    several = [own for count in range(2, len(roles) + 1) for own in combinations(roles, count)]
    joined = [vocabulary.JOINED.join(own) for own in several if not vocabulary.clash_of(own)]
    kinds = (*vocabulary.kinds(), *map(vocabulary.canonical, joined))
    return sorted({LISTED, *(name for kind in kinds for name in vocabulary.parameters_of(kind))})


def _kind() -> Schema:
    """A kind, or the roles of a firm of several."""
    kinds, roles = list(vocabulary.kinds()), list(vocabulary.role_kinds())
    joined = rf"^(?:{'|'.join(roles)})(?:\{vocabulary.JOINED}(?:{'|'.join(roles)}))+$"
    several = {"type": "array", "items": {"enum": roles}, "minItems": 1, "uniqueItems": True}
    one = {"type": "array", "items": {"enum": kinds}, "minItems": 1, "maxItems": 1}
    return {"anyOf": [{"enum": [*kinds, None]}, {"type": "string", "pattern": joined}, several, one]}


def _parameters_of(kind: str, baseline: Config) -> Schema:
    """A firm of a kind: the parameters and strategies that it may have."""
    known = _numbers(kind, vocabulary.parameters_of(kind), baseline)
    words: Schema = {name: {} for name in FirmSpec.model_fields}
    if "equity" in vocabulary.ends(kind)[1]:
        about = f"{_sentence(LISTING.doc)} From {LISTING.bounds}."
        words[LISTED] = _or_none(_number(LISTING.bounds, about, LISTING.unit))
    strategy = {"$ref": f"#/definitions/strategies of {kind}"}
    return {
        "properties": {**words, "strategy": strategy, **known["properties"]},
        "additionalProperties": False,
    }


def _strategies(kind: str) -> Schema:
    return {"enum": [*vocabulary.strategies(kind), None]}


# --- ties, shocks, deals, factors ---


def _tie(dated: bool) -> Schema:
    ends = [_WORD, _WORD, {"enum": list(EDGE_KINDS)}]
    if not dated:
        return {"type": "array", "items": ends, "minItems": 3, "maxItems": 3}
    year = {"$ref": "#/definitions/year"}
    first = {"if": {"maxItems": 4}, "then": {"items": [{}, {}, {}, year]}}
    years = {"items": [*ends, _or_none(year), _or_none(year)], "additionalItems": False}
    return {"type": "array", **years, "minItems": 3, "maxItems": 5, **first}


def _shocks() -> Schema:
    """Shocks by name; one that has the name of a kind is of that kind, unless it says another."""
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{NAME.pattern})$"},
        "properties": {
            kind: _or_none(_about(_shock(kind), _sentence(known.doc))) for kind, known in SHOCKS.items()
        },
        "additionalProperties": _or_none(_shock(None)),
    }


def _shock(usual: str | None) -> Schema:
    year = {"anyOf": [{"type": "null"}, _years(STARTS[0] + 1)]}
    keys: Schema = {
        "kind": {"enum": [*SHOCKS, None]},
        "year": year,
        "until": year,
        "size": _or_none(_number()),
        "probability": _or_none(_number(PROBABILITY, _sentence(STRIKES), "share")),
    }
    sizes = {kind: {"properties": {"size": _or_none(_size(kind))}} for kind in SHOCKS}
    rules = [{"if": _given("kind", {"const": kind}), "then": size} for kind, size in sizes.items()]
    if usual is not None:
        rules.append({"if": {"properties": {"kind": {"type": "null"}}}, "then": sizes[usual]})
    return {**_object(keys), "allOf": rules}


def _size(kind: str) -> Schema:
    known = SHOCKS[kind]
    about = f"{_sentence(known.doc)} In {known.unit}. From {known.bounds}."
    return _number(known.bounds, about, known.unit)


def _deals() -> Schema:
    """Deals by name, each with the numbers of its kind."""
    deal = {"allOf": [_any_deal(), *(_deal(kind) for kind in DEAL_KINDS)]}
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": f"^(?:{NAME.pattern})$"},
        "additionalProperties": _or_none({"if": {"type": "object"}, "then": deal, "else": False}),
    }


def _any_deal() -> Schema:
    """A deal: its words, and what the numbers of all kinds are called."""
    year = _or_none(_years(*YEARS))
    words = dict.fromkeys(("from", "to", "site", "of"), _WORD_OR_NONE)
    kinds = {"kind": {"enum": [*DEAL_KINDS, None]}} | dict.fromkeys(("signed", "first", "last"), year)
    conditions = sorted({name for kind in DEAL_KINDS.values() for name in kind.conditions})
    one = f"(?:{'|'.join(conditions)})"
    text = {"type": "string", "pattern": rf"^\s*{one}(?:\s*,\s*{one})*\s*$"}
    return _object(
        {
            **words,
            **kinds,
            "conditions": {"anyOf": [text, {"type": "array", "items": {"enum": conditions}}]},
            "schedule": {},
            "breaks": _or_none(_object({"year": year, "by": _WORD_OR_NONE})),
            **{name: {} for kind in DEAL_KINDS.values() for name in kind.numbers if "." not in name},
            **{event: {} for event in EVENTS},
        }
    )


def _deal(kind: str) -> Schema:
    """A deal of a kind, if it says its kind: the numbers that it may have, in their units and bounds."""
    known = DEAL_KINDS[kind]
    numbers = {
        name: _or_none(_number(n.bounds, f"{_sentence(n.doc)} In {n.unit}. From {n.bounds}.", n.unit))
        for name, n in known.numbers.items()
    }
    events = {event: _event(event, numbers) for event in EVENTS}
    own = {name: number for name, number in numbers.items() if "." not in name}
    words: Schema = {name: {} for name in DEAL_WORDS if name not in EVENTS}
    words["schedule"] = _schedule(known) if known.schedule else {"enum": [None, {}]}
    if not known.conditions:
        words["conditions"] = {"maxItems": 0}
    then = {"properties": {**words, **own, **events}, "additionalProperties": False}
    return {"if": _given("kind", {"const": kind}), "then": {**then, "description": _sentence(known.doc)}}


def _schedule(kind: DealKind) -> Schema:
    """A number of a deal by calendar year."""
    of = kind.numbers[kind.schedule[0]]
    meaning = f"In place of {' and '.join(kind.schedule)}, by year: {kind.by_year}. In {of.unit}."
    return _about(
        {
            "type": ["object", "null"],
            "propertyNames": {"pattern": r"^(?:\d{4}|\+?\d{1,2})$"},
            "additionalProperties": _or_none(_number(of.bounds, unit=of.unit)),
        },
        meaning,
    )


def _event(event: str, numbers: Mapping[str, Schema]) -> Schema:
    """What happens to a deal in a year, and by how much."""
    by = {name.partition(".")[2]: number for name, number in numbers.items() if name.startswith(f"{event}.")}
    return _or_none(_object({"year": _or_none(_years(*YEARS)), **by})) if by else {"type": "null"}


def _factor() -> Schema:
    loading = {"type": "number", "minimum": -1, "maximum": 1}
    keys: Schema = {
        "meaning": _WORD_OR_NONE,
        "loadings": {"type": "object", "additionalProperties": loading},
        **_GROUNDS,
    }
    nothing = {"not": {"anyOf": [_given(key, value) for key, value in _SOME_GROUND.items()]}}
    return {**_object(keys), "oneOf": [*_ONE_GROUND, nothing]}


# --- parts ---


def _words(model: type[BaseModel], **others: Schema) -> Schema:
    """A mapping with the keys of a model, each a text or nothing."""
    return _object(dict.fromkeys(model.model_fields, _WORD_OR_NONE) | others)


def _claim() -> Schema:
    """A claim, with the rules that settle it by facts."""
    figure = {"type": ["number", "null"]}
    rule = _words(
        Rule,
        facts={"type": "array", "items": _WORD, "minItems": 1},
        test=_one_of(Test),
        figure=figure,
        kind=_one_of(Kind),
        only={"enum": ["holds", "fails", None]},
        adds_up={"type": "boolean"},
    )
    rules = {"type": "array", "items": {**rule, "required": ["facts"]}}
    return _words(ClaimSpec, figure=figure, test=_one_of(Test), settled_by=rules)


def _one_of(words: Any) -> Schema:
    return {"enum": [*get_args(words), None]}


def _entries(entry: Schema) -> Schema:
    return {"type": "object", "additionalProperties": entry}


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _or_none(value: Schema) -> Schema:
    return {"anyOf": [{"type": "null"}, value]}


def _about(value: Schema, meaning: str) -> Schema:
    return {**value, "description": meaning} if meaning else value


def _sentence(meaning: str) -> str:
    """A meaning as a sentence; empty if there is none."""
    return f"{capitalised(meaning)}." if meaning else ""


def _whole(least: int, most: int | None = None) -> Schema:
    return {"type": "integer", "minimum": least} | ({} if most is None else {"maximum": most})


def _years(least: int, most: int = LAST_YEAR) -> Schema:
    """A year, or so many after the start, whether an editor reads `+2` as a number or as a text."""
    text = {"type": "string", "pattern": r"^\+\d{1,2}$"}
    return {"anyOf": [_whole(least, most), _whole(1, _AHEAD), text]}
