"""Outcomes, claims and observables of a config's own, as resolved: every name in them is in the market."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from computeshift.environment.market import VARIABLES as OF_MARKET
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import (
    KEYWORDS,
    MARKET,
    ExpressionError,
    Flow,
    Name,
    Total,
    Tree,
    Variable,
    dated,
    is_name,
    leaves,
    parse,
    when,
)
from computeshift.experiments.config.quantities import holder, read, shipped, unit_of
from computeshift.experiments.config.schema import LAST_YEAR, ClaimSpec, Document, ObserveSpec, OutcomeSpec
from computeshift.experiments.config.settling import WHEN, Kind, Rule, Test
from computeshift.experiments.config.source import KeyPath
from computeshift.experiments.errors import instead

_AHEAD = re.compile(r"\+(\d{1,4})\b")

_RAISED = ("raised", "subscribed", "committed", "asked", "post_money", "valuation", "retained")
"""What a firm logs only if somebody may buy its equity."""
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("revenue", "burn", "capex", "ai_capex", "lease_income", "invested"), "flow"),
    **dict.fromkeys(("training_spend", "inference_spend", "turnover", "ai_lease_spending"), "flow"),
    **dict.fromkeys(("used_gw", "training_gw", "inference_gw", "served_gw", "utilisation"), "average"),
    **dict.fromkeys(("cash", "debt", "valuation", "nav", "ltv", "gw", "capacity_gw", "leased_gw"), "stock"),
    **dict.fromkeys(("committed", "unpaid"), "stock"),
    **dict.fromkeys(("raised", "subscribed"), "events"),
}  # fmt: skip
"""The kind of fact that a variable faces where nothing else is said."""
_UNITS = {"$ bn": "USD_bn", "GW": "GW", "share": "share"}
"""Units of facts by those of the market."""
Complain = Callable[[KeyPath, str, str], None]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnOutcome(_Frozen):
    """An expression with a name; `of` names variables, flows and shipped outcomes only."""

    of: str
    unit: str
    meaning: str


class OwnClaim(_Frozen):
    """A test on an expression, or on a shipped outcome."""

    sentence: str
    source: str
    outcome: str
    test: Test
    figure: float | None
    when: str
    fails_if: str = ""
    settled_by: tuple[Rule, ...] = ()
    unsettled_because: str = ""


class OwnObservable(_Frozen):
    """What facts of an entity's variable are compared with."""

    of: str
    kind: Kind
    unit: str
    theme: str


def of_expression(text: str, cast: Cast, own: Mapping[str, OwnOutcome], start: int | None) -> OwnOutcome:
    """The outcome that an expression means in a market; ExpressionError if it means none there."""
    tree = read(text, cast, {name: known.of for name, known in own.items()}, start)
    return OwnOutcome(of=str(tree), unit=unit_of(tree, cast), meaning=str(tree))


@dataclass
class OwnReader:
    """Reads the sections `outcomes`, `claims` and `observe` of a document; `complain` has what is wrong.

    `sells` are the firms whose equity somebody may buy.
    """

    document: Document
    cast: Cast
    sells: Container[str]
    complain: Complain
    broken: Container[KeyPath] = ()
    """Entries whose problems are known already."""
    _texts: dict[str, str] = field(default_factory=dict)
    _broken: set[str] = field(default_factory=set)
    _open: list[str] = field(default_factory=list)

    def outcomes(self) -> dict[str, OwnOutcome]:
        """The outcomes, those that are about others written out."""
        specs = self.document.outcomes
        for name in specs:
            self._resolve(name)
        return {name: self._outcome(specs[name], self._texts[name]) for name in specs if name in self._texts}

    def claims(self) -> dict[str, OwnClaim]:
        """The claims, on outcomes that are written out."""
        found = {name: self._claim(name, spec) for name, spec in self.document.claims.items()}
        return {name: claim for name, claim in found.items() if claim is not None}

    def observe(self) -> dict[str, OwnObservable]:
        """The observables by ENTITY/VARIABLE."""
        found = {name: self._observable(name, spec) for name, spec in self.document.observe.items()}
        return {name: observable for name, observable in found.items() if observable is not None}

    # --- outcomes ---

    def _outcome(self, spec: OutcomeSpec, text: str) -> OwnOutcome:
        unit = spec.unit if spec.unit is not None else unit_of(parse(text), self.cast)
        return OwnOutcome(of=text, unit=unit, meaning=spec.meaning or text)

    def _resolve(self, name: str) -> None:
        """Note what an outcome is, after those that it is about."""
        path = ("outcomes", name)
        if name in self._texts or name in self._broken or not self._is_free(path, name):
            return
        self._open.append(name)
        tree = self._read((*path, "of"), self.document.outcomes[name].of)
        self._open.remove(name)
        if tree is not None:
            self._texts[name] = str(tree)
        else:
            self._broken.add(name)

    def _is_free(self, path: KeyPath, name: str) -> bool:
        """Whether an outcome or a claim may have this name."""
        group = str(path[0])[:-1]
        if not is_name(name) or name in KEYWORDS:
            right = "choose another word" if name in KEYWORDS else "use letters, digits and _"
            self.complain(
                path, f"{name!r} can't be the name of {'an' if group == 'outcome' else 'a'} {group}", right
            )
        elif name in shipped() or name in OF_MARKET or name in _shipped_claims():
            self.complain(path, f"{name!r} is taken by what comes with computeshift", "choose another name")
        elif group == "claim" and name in self.document.outcomes:
            self.complain(path, f"{name!r} is the name of an outcome too", "choose another name")
        else:
            return True
        return False

    def _read(self, path: KeyPath, text: str | None) -> Tree | None:
        """An expression; None, and what is wrong with it, if it is none."""
        if path[:2] in self.broken:
            return None
        if not text:
            self.complain(path, "there is no expression", "write one such as oracle.debt")
            return None
        try:
            own = {leaf.name for leaf in leaves(parse(text)) if isinstance(leaf, Name)}
            for name in own & self.document.outcomes.keys():
                if name in self._open:
                    circle = " -> ".join([*self._open[self._open.index(name) :], name])
                    raise ExpressionError(f"outcomes in a circle: {circle}", "let one name none of them")
                self._resolve(name)
                if name not in self._texts:
                    return None  # what is wrong with that one is known
            tree = read(text, self.cast, self._texts, self.document.start)
            self._must_be_sold(tree)
        except ExpressionError as error:
            self.complain(path, f"{text!r}: {error.wrong}", error.right)
            return None
        return tree

    def _must_be_sold(self, tree: Tree) -> None:
        """ExpressionError for what only firms log that sell equity, of one that does not."""
        for leaf in leaves(tree):
            if not isinstance(leaf, Variable) or leaf.name not in _RAISED:
                continue
            if leaf.owner != MARKET and holder(leaf.owner, self.cast) not in self.sells:
                right = f"tie it, [investors, {leaf.owner}, equity], or name another firm"
                raise ExpressionError(f"{leaf.owner} has no {leaf.name}: nobody may buy its equity", right)

    # --- claims ---

    def _claim(self, name: str, spec: ClaimSpec) -> OwnClaim | None:
        path = ("claims", name)
        if path in self.broken or not self._is_free(path, name):
            return None
        lacking = [key for key in ("sentence", "source", "outcome", "test") if not getattr(spec, key)]
        if lacking:
            self.complain(
                path, f"without {', '.join(lacking)}", "a claim has a sentence that an outcome decides"
            )
            return None
        tree, test = self._read((*path, "outcome"), spec.outcome), str(spec.test)
        if test not in get_args(Test):
            self.complain((*path, "test"), f"unknown test {test!r}", instead(test, get_args(Test)))
        elif (spec.figure is None) != (test == "rises"):
            wrong, right = ("without a figure", "add figure: NUMBER")
            if test == "rises":
                wrong, right = "what rises has no figure", "leave figure out"
            self.complain((*path, "figure"), wrong, right)
        elif tree is not None and (time := self._when(path, spec, tree)):
            own = spec.model_dump(exclude={"outcome", "when", "settled_by"})
            return OwnClaim(**own, outcome=str(tree), when=time, settled_by=self._rules(path, spec))
        return None

    def _rules(self, path: KeyPath, spec: ClaimSpec) -> tuple[Rule, ...]:
        """The rules that settle a claim by facts, but those that are wrong."""
        return tuple(rule for index in range(len(spec.settled_by)) if (rule := self._rule(path, spec, index)))

    def _rule(self, path: KeyPath, spec: ClaimSpec, index: int) -> Rule | None:
        written = dict(spec.settled_by[index])
        if isinstance(when := written.get("when"), str):
            written["when"] = self._years_ahead(when)
        try:
            return Rule.model_validate(written)
        except ValidationError as errors:
            for error in errors.errors(include_url=False):
                unknown = error["type"] == "extra_forbidden"
                where = ".".join(map(str, error["loc"])) or f"rule {index + 1}"
                wrong = "unknown key" if unknown else error["msg"].removeprefix("Value error, ")
                right = instead(str(error["loc"][-1]), Rule.model_fields) if unknown else ""
                self.complain((*path, "settled_by"), f"{where}: {wrong}", right)
            return None

    def _years_ahead(self, text: str) -> str:
        """A time with the years that it means: `+2` is two years after the start."""
        return _AHEAD.sub(lambda n: str(self.document.start + int(n[1])), text)

    def _when(self, path: KeyPath, spec: ClaimSpec, tree: Tree) -> str:
        """When a claim is decided; nothing, and what is wrong with it, if that can't be."""
        start, key = self.document.start, (*path, "when")
        given = None if spec.when is None else self._years_ahead(spec.when)
        if dated(tree):
            how, year = when(tree)
            time = how if year is None else f"{how} {year}"
            if given not in (None, time):
                self.complain(key, f"its outcome says when: {time}", "leave when out")
            elif spec.test == "rises":
                self.complain((*path, "test"), "one number does not rise", "give it an outcome of many years")
            else:
                return time
            return ""
        found = WHEN.fullmatch(given or "")
        if found is None:
            wrong = "without when" if given is None else f"{given!r} is no time"
            self.complain(key, wrong, "write 'in YEAR', 'by YEAR', 'FIRST to LAST' or 'ever'")
            return ""
        years = [int(year) for year in (found["first"], found["last"], found["year"]) if year]
        if years != sorted(years) or any(not start < year <= LAST_YEAR for year in years):
            self.complain(key, f"{given!r} is no time of these worlds", f"use {start + 1} to {LAST_YEAR}")
            return ""
        return str(given)

    # --- observables ---

    def _observable(self, name: str, spec: ObserveSpec) -> OwnObservable | None:
        path = ("observe", name)
        entity, _, variable = name.partition("/")
        if not entity or not variable or "/" in variable:
            right = "write it as facts have it, such as Anthropic/revenue"
            self.complain(path, f"{name!r} is not ENTITY/VARIABLE", right)
            return None
        tree = self._read((*path, "of"), spec.of)
        if tree is None:
            return None
        if dated(tree):
            self.complain((*path, "of"), f"{tree} is one number for all years", "leave its time out")
            return None
        kind, unit = spec.kind or _kind(tree), spec.unit or _UNITS.get(unit_of(tree, self.cast))
        if kind not in get_args(Kind):
            wrong = f"unknown kind {kind!r}" if kind else f"it can't be told what facts of {tree} are of"
            self.complain((*path, "kind"), wrong, instead(kind, get_args(Kind)))
            return None
        if unit is None:
            self.complain((*path, "unit"), f"the unit of facts of {tree} can't be told", "add unit: USD_bn")
            return None
        return OwnObservable(of=str(tree), kind=kind, unit=unit, theme=spec.theme or name)  # type: ignore[arg-type]


def _kind(tree: Tree) -> str:
    """What facts of a tree are of, if all that it is made of says the same."""
    kinds = {
        "flow" if isinstance(leaf, Flow) else _KINDS.get(leaf.name, "")
        for leaf in leaves(tree)
        if isinstance(leaf, Flow | Variable | Total | Name)
    }
    return kinds.pop() if len(kinds) == 1 else ""


def _shipped_claims() -> Mapping[str, Any]:
    """The claims that come with the package: a room above has them, so they are found late."""
    known: Mapping[str, Any] = import_module("computeshift.experiments.results.claims").claims()
    return known
