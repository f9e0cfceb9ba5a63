"""Reads the deals of a config: parties that their kind can tie, years in their order, every number known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, LISTED, DealKind, Number
from computeshift.environment.network import ENDS, INSTITUTIONS
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.deals import DealConfig, Tie
from computeshift.experiments.config.overlay import DEAL_WORDS, EVENTS
from computeshift.experiments.config.parameter import Parameter, parameter
from computeshift.experiments.config.schema import BreakSpec, DealSpec, Document, Spec
from computeshift.experiments.config.source import KeyPath
from computeshift.experiments.errors import instead

YEARS = (2000, 2065)
"""The years that a deal may have: any other is a slip of the pen."""
_NEEDED = {"from": "source", "to": "target", "signed": "signed", "first": "first", "last": "last"}
"""The keys that every deal has, with their fields."""
Complain = Callable[[KeyPath, str, str], None]


@dataclass
class DealReader:
    """Reads the section `deals` of a document; `complain` has what is wrong.

    `number` is the parameter that a spec means (None: it is broken). `fault` says what is wrong with a tie
    of a kind between two nodes: at its source or at its target, what, and what would be right.
    """

    document: Document
    complain: Complain
    number: Callable[[KeyPath, Spec, str, Bounds], Parameter | None]
    fault: Callable[[str, str, str], tuple[str, str, str] | None]
    nodes: AbstractSet[str]
    ties: tuple[Tie, ...]
    broken: AbstractSet[KeyPath]
    settings: AbstractSet[KeyPath]
    """The keys that settings have set."""

    def deals(self) -> dict[str, DealConfig]:
        """The deals by name, but those of which too little is known."""
        found = {name: self._deal(name, spec) for name, spec in self.document.deals.items()}
        return {name: deal for name, deal in found.items() if deal is not None}

    def _deal(self, name: str, spec: DealSpec) -> DealConfig | None:
        path = ("deals", name)
        kind = self._kind(path, spec)
        if kind is None:
            return None
        spec = self._scheduled(path, spec, kind)
        numbers = self._numbers(path, spec, kind)
        if self._lacks(path, spec):
            return None
        self._parties(path, spec, kind)
        self._backed(path, spec, kind)
        self._conditions(path, spec, kind)
        self._years(path, spec)
        self._breaks(path, spec)
        for event in EVENTS:
            self._event(path, event, spec, kind)
        return DealConfig(
            **spec.model_dump(include={"kind", "of", *_NEEDED.values()}),
            site=None if spec.site == spec.source else spec.site,
            conditions=tuple(spec.conditions),
            break_year=spec.breaks.year if spec.breaks else None,
            break_by=spec.breaks.by if spec.breaks else None,
            cut_year=spec.cut.year if spec.cut else None,
            delay_year=spec.delay.year if spec.delay else None,
            parameters=numbers,
        )

    def _kind(self, path: KeyPath, spec: DealSpec) -> DealKind | None:
        if spec.kind in DEAL_KINDS:
            return DEAL_KINDS[spec.kind]
        if (*path, "kind") not in self.broken:
            wrong = "it has no kind" if spec.kind is None else f"unknown kind of deal {spec.kind!r}"
            self.complain((*path, "kind"), wrong, instead(spec.kind or "", DEAL_KINDS))
        return None

    def _at(self, path: KeyPath, *others: str, of: str = "") -> KeyPath:
        """The key that is at fault, or another that a setting gave: that is what was changed.

        Others are keys of the same deal, or of the deal that it is `of`.
        """
        beside = (("deals", of or path[1], *other.split(".")) for other in others)
        return next((own for own in (path, *beside) if own in self.settings), path)

    def _lacks(self, path: KeyPath, spec: DealSpec) -> bool:
        """Whether keys are missing that every deal has."""
        missing = [key for key, field in _NEEDED.items() if getattr(spec, field) is None]
        if unsaid := [key for key in missing if (*path, key) not in self.broken]:
            self.complain(path, f"without {', '.join(unsaid)}", "give each a value")
        return bool(missing)

    # --- numbers ---

    def _scheduled(self, path: KeyPath, spec: DealSpec, kind: DealKind) -> DealSpec:
        """The deal with its schedule alone, if it has one: that says when it begins, and with how much."""
        if not spec.schedule:
            return spec
        if not kind.schedule:
            wrong = f"a deal of the kind {spec.kind!r} has no schedule"
            self.complain((*path, "schedule"), wrong, "leave it out")
            return spec.model_copy(update={"schedule": None})
        for name in (name for name, _ in _given(spec) if name in kind.schedule):
            wrong = f"it has a schedule, which says its {kind.schedule[0]} by year"
            at = self._at((*path, name), *(f"schedule.{year}" for year in spec.schedule))
            self.complain(at, wrong, f"leave one of them out, or write {name}: null")
        first, last = YEARS
        odd = [year for year in spec.schedule if not (year.isdecimal() and first <= int(year) <= last)]
        for year in odd:
            wrong = f"{year!r} is no year of a deal"
            self.complain((*path, "schedule", year), wrong, f"use {first} to {last}")
        years = {year: number for year, number in sorted(spec.schedule.items()) if year not in odd}
        begin = min(map(int, years), default=None)
        if spec.first not in (None, begin) and begin is not None:
            wrong = f"its schedule begins in {begin}, not in {spec.first}"
            self.complain((*path, "first"), wrong, "leave it out, or write first: null")
        for year in years:
            if spec.last is not None and int(year) > spec.last:
                wrong = f"it ends in {spec.last}, and its schedule goes on in {year}"
                at = self._at((*path, "schedule", year), "last")
                self.complain(at, wrong, f"let it last to {year} or longer")
        return spec.model_copy(update={"schedule": years, "first": begin})

    def _numbers(self, path: KeyPath, spec: DealSpec, kind: DealKind) -> dict[str, Parameter]:
        """The numbers of its kind: those that are given, and for the others their usual values."""
        given = {key: number for key, number in _given(spec) if self._is_known(path, key, spec, kind)}
        found: dict[str, Parameter | None] = {}
        for name in numbers_of(spec):
            known = kind.numbers[name if name in kind.numbers else kind.schedule[0]]
            at: KeyPath = (*path, *name.split("."))
            if name in given:
                found[name] = self._given_number(at, given[name], known)
            elif known.usual is not None:
                found[name] = _usual(known)
            elif not {at, (*path, "schedule")} & self.broken:
                wrong, also = f"without {name}, {known.doc}", ("conditions", "kind", name)
                self.complain(self._at(path, *also), wrong, f"give it a number, in {known.unit}")
        return {name: number for name, number in found.items() if number is not None}

    def _is_known(self, path: KeyPath, name: str, spec: DealSpec, kind: DealKind) -> bool:
        """Whether its kind has a number; a problem if not, or if it is written in another way."""
        group, _, inner = name.partition(".")
        if group == "schedule" and name not in spec.__pydantic_extra__:
            return True
        if inner and name in spec.__pydantic_extra__:
            self.complain((*path, name), "this is how a setting has it", f"write {group}: {{{inner}: ...}}")
        elif name not in kind.numbers:
            wrong = f"a deal of the kind {spec.kind!r} has no number {name!r}"
            near = instead(name, [*kind.numbers, *DEAL_WORDS])
            right = near if near.startswith("did") else instead(name, kind.numbers)
            self.complain(self._at((*path, *name.split(".")), "kind"), wrong, right)
        elif (condition := kind.numbers[name].condition) and condition not in spec.conditions:
            wrong = f"{name} counts only on the condition {condition!r}"
            at = self._at((*path, name), "conditions", "kind")
            self.complain(at, wrong, f"add that to its conditions, or write {name}: null")
        else:
            return True
        return False

    def _given_number(self, path: KeyPath, spec: Spec, known: Number) -> Parameter | None:
        """A number as it is given, in the unit that its kind demands, within its bounds."""
        if spec.unit not in (None, known.unit):
            self.complain((*path, "unit"), f"it is measured in {known.unit!r}", f"write unit: {known.unit}")
            return None
        return self.number(path, spec.model_copy(update={"unit": known.unit}), known.unit, known.bounds)

    # --- parties ---

    def _parties(self, path: KeyPath, spec: DealSpec, kind: DealKind) -> None:
        """Parties that there are, who can deal in what their kind of deal is about."""
        givers = {"from": str(spec.source)} | ({"site": spec.site} if spec.site else {})
        target = str(spec.target)
        unknown = {key: node for key, node in {**givers, "to": target}.items() if node not in self.nodes}
        for key, node in unknown.items():
            self.complain((*path, key), f"there is no firm {node!r}", instead(node, self.nodes))
        for key, giver in givers.items():
            if key == "site" and not kind.has_site:
                self.complain((*path, key), f"a deal of the kind {spec.kind!r} has no site", "leave it out")
            elif giver == target:
                self.complain((*path, key), f"{giver} can't deal with itself", "name another firm")
            elif not unknown and (fault := self._fault(giver, target, kind)):
                end, wrong, right = fault
                self.complain((*path, key if end == "source" else "to"), wrong, right)

    def _fault(self, giver: str, target: str, kind: DealKind) -> tuple[str, str, str] | None:
        """What is wrong with a deal's parties: at which end, what, and what would be right."""
        if kind.tie:
            return self.fault(giver, target, kind.tie)
        if giver in INSTITUTIONS and giver not in kind.sources:
            return "source", f"{giver} is no firm", "name a firm"
        if giver not in INSTITUTIONS and kind.from_role and kind.from_role not in self._roles(giver):
            right = f"use {' or '.join(kind.sources)}, or a firm of the kind {kind.from_role}"
            return "source", f"{giver} is no {kind.from_role}", right
        is_owner = kind.owners and self._lets(target)
        if target in INSTITUTIONS and not is_owner:
            return "target", f"{target} is no firm", "name a firm"
        if not kind.takes and not is_owner:
            return "target", f"{target} owns no capacity", "name a cloud, a lab with sites, or stargate"
        for end, node, wanted in zip(("source", "target"), (giver, target), kind.parties or (), strict=False):
            own = self.document.firms[node].kind or node
            if own != wanted:
                return end, f"{node} is of the kind {own!r}", f"name a firm of the kind {wanted}"
        able = next(node for node, (_, takes) in ENDS.items() if not kind.gives or kind.gives in takes)
        fault = self.fault(giver, able, kind.gives) if kind.gives else None
        if is_owner:
            return fault
        able = next(node for node, (gives, _) in ENDS.items() if kind.takes in gives)
        return fault or self.fault(able, target, kind.takes)

    def _roles(self, firm: str) -> tuple[str, ...]:
        return vocabulary.roles_of(self.document.firms[firm].kind or firm)

    def _lets(self, node: str) -> bool:
        """Whether somebody has capacity to let: all that is wrong then is to whom."""
        fault = self.fault(node, "customers", "capacity")
        return fault is not None and fault[0] == "target"

    def _backed(self, path: KeyPath, spec: DealSpec, kind: DealKind) -> None:
        """A deal of some kinds may back another one of its target, which it names."""
        path, deals = (*path, "of"), self.document.deals
        if spec.of is None:
            return
        if not kind.backs:
            self.complain(path, f"a deal of the kind {spec.kind!r} backs no other", "leave it out")
        elif spec.of == path[1] or spec.of not in deals:
            others = [name for name in deals if name != path[1]]
            self.complain(path, f"there is no other deal {spec.of!r}", instead(spec.of, others))
        elif (backed := deals[spec.of]).kind not in kind.backs:
            right = f"name a deal of the kind {' or '.join(kind.backs)}"
            wrong = f"it can't back {spec.of}, of the kind {backed.kind!r}"
            self.complain(self._at(path, "kind", of=spec.of), wrong, right)
        elif backed.target != spec.target:
            wrong = f"it backs {spec.target}, and what {spec.of} binds is {backed.target}"
            self.complain(self._at(path, "to", of=spec.of), wrong, f"name a deal to {spec.target}")

    def _conditions(self, path: KeyPath, spec: DealSpec, kind: DealKind) -> None:
        for condition in spec.conditions:
            if condition not in kind.conditions:
                right = instead(condition, kind.conditions) if kind.conditions else "leave it out"
                wrong = f"a deal of the kind {spec.kind!r} has no condition {condition!r}"
                self.complain((*path, "conditions"), wrong, right)
        target = self.document.firms.get(str(spec.target))
        if LISTED in spec.conditions and spec.target in self.nodes:
            if target is None:
                wrong, right = f"{spec.target} is no firm that is ever listed", "leave it out"
                self.complain((*path, "conditions"), wrong, right)
            elif LISTED not in target.__pydantic_extra__:
                wrong, right = f"nothing says when {spec.target} is listed", "give that firm listed: YEAR"
                self.complain((*path, "conditions"), wrong, right)

    # --- years ---

    def _years(self, path: KeyPath, spec: DealSpec) -> None:
        """It is signed, then something is due for the first time, and then for the last time."""
        signed, first, last = (spec.signed or 0, spec.first or 0, spec.last or 0)
        start = self.document.start
        years = {"signed": signed, "first": first, "last": last}
        odd = {key: year for key, year in years.items() if not YEARS[0] <= year <= YEARS[1]}
        for key, year in odd.items():
            self.complain((*path, key), f"{year} is no year of a deal", f"use {YEARS[0]} to {YEARS[1]}")
        if odd:
            return
        if first < signed:
            wrong = f"something is due in {first}, before it is signed in {signed}"
            right = f"let it begin in {signed} or later, or be signed by {first}"
            self.complain(self._at((*path, "first"), "signed"), wrong, right)
        if last < first:
            wrong = f"it ends in {last}, before its first year, {first}"
            at = self._at((*path, "last"), "first")
            self.complain(at, wrong, f"let it last to {first} or longer")
        elif signed > start and DEAL_KINDS[str(spec.kind)].of_the_start:
            wrong = f"it is about what there is at the start, {start}, and is signed in {signed}"
            self.complain((*path, "signed"), wrong, f"use {start} or earlier")
        elif last <= start:
            wrong = f"it ends in {last}, not after the start, {start}"
            self.complain((*path, "last"), wrong, f"use {start + 1} or later, or leave the deal out")
        self._outlived(path, spec)

    def _outlived(self, path: KeyPath, spec: DealSpec) -> None:
        """A tie may not end before the last deal over it."""
        ends = [spec.site or spec.source, spec.target, DEAL_KINDS[str(spec.kind)].tie]
        for tie in self.ties:
            if list(tie[:3]) == ends and len(tie) == 5 and tie[4] < (spec.last or 0):
                wrong = f"it ends in {spec.last}, and the tie {' '.join(tie[:3])} in {tie[4]}"
                right = "let the tie last as long, or break the deal before: breaks: {year: ..., by: ...}"
                if not (spec.breaks and spec.breaks.year and spec.breaks.year <= tie[4]):
                    self.complain((*path, "last"), wrong, right)

    def _breaks(self, path: KeyPath, spec: DealSpec) -> None:
        """It is broken in a year by one of its parties."""
        breaks, path = spec.breaks or BreakSpec(), (*path, "breaks")
        if breaks.year is None and breaks.by is None:
            return
        if breaks.year is None:
            self._without((*path, "year"), "the year in which it is broken", "year: YEAR")
        else:
            self._in_its_life((*path, "year"), breaks.year, spec, spec.last or 0)
        if breaks.by is None:
            self._without((*path, "by"), "the party that breaks it", f"by: {spec.source} or {spec.target}")
        elif breaks.by not in (spec.source, spec.target):
            right = f"use {spec.source} or {spec.target}"
            self.complain((*path, "by"), f"{breaks.by} is no party of it", right)

    def _event(self, path: KeyPath, event: str, spec: DealSpec, kind: DealKind) -> None:
        """What happens to it in a year needs that year, and by how much."""
        written, path = getattr(spec, event), (*path, event)
        if written is None:
            return
        needed = [name.partition(".")[2] for name in kind.numbers if name.startswith(f"{event}.")]
        if not needed:
            if written.year is not None:
                wrong = f"nothing of a deal of the kind {spec.kind!r} can be changed by a {event}"
                self.complain(path, wrong, "leave it out")
            return
        given = written.__pydantic_extra__
        if written.year is not None:
            after = 0 if event == "delay" else 1  # its dates may slip in the year in which it is signed
            self._in_its_life((*path, "year"), written.year, spec, _end(spec), after)
            for name in needed:
                if name not in given and (*path, name) not in self.broken:
                    self._without((*path, name), kind.numbers[f"{event}.{name}"].doc, f"{name}: NUMBER")
        elif given and (*path, "year") not in self.broken:
            self._without((*path, "year"), "the year in which it happens", "year: YEAR")

    def _without(self, path: KeyPath, meaning: str, right: str) -> None:
        spec = self.document.deals[str(path[1])]
        event = getattr(spec, str(path[2]))
        beside = [f"{path[2]}.{key}" for key in event.model_dump(exclude_none=True)]
        self.complain(self._at(path, *beside), f"without {path[-1]}, {meaning}", f"add {right}")

    def _in_its_life(self, path: KeyPath, year: int, spec: DealSpec, last: int, after: int = 1) -> None:
        """Something can happen to it only while it is in force, in a year that is simulated.

        That is `after` years from the year in which it is signed on.
        """
        first = max((spec.signed or 0) + after, self.document.start + 1)
        if not first <= year <= last:
            right = f"use {first} to {last}" if first < last else f"use {first}" if first == last else ""
            at = self._at(path, "signed", "last", "breaks.year")
            of = "" if at == path else f", the year of its {path[2]}"
            self.complain(at, f"it is not in force in {year}{of}", right or "leave it out")


def numbers_of(spec: DealSpec) -> list[str]:
    """The names of the numbers that a deal of a known kind has; a schedule's have their year in it."""
    kind = DEAL_KINDS[str(spec.kind)]
    scheduled = [f"schedule.{year}" for year in spec.schedule or ()]
    others = [
        name
        for name, known in kind.numbers.items()
        if not (scheduled and name in kind.schedule)
        and known.condition in ("", *spec.conditions)
        and not (known.optional and name not in spec.__pydantic_extra__)
    ]
    return [*scheduled, *others]


def _given(spec: DealSpec) -> Iterator[tuple[str, Spec]]:
    """The numbers that a deal gives, those of its schedule and events with a dot in their names."""
    yield from spec.__pydantic_extra__.items()
    yield from ((f"schedule.{year}", number) for year, number in (spec.schedule or {}).items())
    for event in EVENTS:
        if (written := getattr(spec, event)) is not None:
            yield from ((f"{event}.{name}", number) for name, number in written.__pydantic_extra__.items())


def _end(spec: DealSpec) -> int:
    """The last year in which something can happen to it: the one before it is broken."""
    last, broken = spec.last or 0, spec.breaks.year if spec.breaks else None
    return last if broken is None else min(last, broken - 1)


def _usual(known: Number) -> Parameter:
    """A number that is not given."""
    why = f"because no other is given: {known.doc}"
    return parameter(Spec(central=known.usual, shape="fixed", assumed=why), known.unit, known.bounds)
