"""From stacked layers to a config: roles' defaults, and every name checked against the model."""

from __future__ import annotations

import datetime
import re
from collections.abc import Container, Iterable, Mapping, Set

from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, LISTED, LISTING
from computeshift.environment.network import EDGE_KINDS, ENDS, INSTITUTIONS, VENTURE
from computeshift.environment.setup import Edge
from computeshift.environment.shocks import PROBABILITY, SHOCKS
from computeshift.experiments.config import facts as sources
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.config import Config, FirmConfig, ShockConfig
from computeshift.experiments.config.deals import DealConfig, Tie, tied
from computeshift.experiments.config.factor import Factor
from computeshift.experiments.config.factor import faults as faults_of_factors
from computeshift.experiments.config.names import owner_of
from computeshift.experiments.config.overlay import SECTIONS, SETTING, Stack
from computeshift.experiments.config.own import OwnReader
from computeshift.experiments.config.parameter import Parameter, faults, parameter
from computeshift.experiments.config.read_deals import DealReader, numbers_of
from computeshift.experiments.config.schema import LAST_YEAR, FactorSpec, FirmSpec, ShockSpec, Spec, read
from computeshift.experiments.config.source import KeyPath, dotted, place
from computeshift.experiments.errors import Problem, instead

NAME = re.compile(r"\w[\w-]*")  # of a firm or a shock: settings and columns of tables can name it
FIRST_YEAR = 2000  # of a tie: an earlier one is a slip of the pen
HALLS = ("initial_gw", "due_in_first_year")  # what says which halls a firm has at the start
ROUNDING = 1e-9  # GW
TAKEN = ("shocks", "deals", "factors", "factor", "residual")  # how other settings and columns of tables begin
_CERTAIN = Spec(unit="share", central=1.0, shape="fixed", assumed="because it is scheduled")
_NEVER = Spec(unit="share", central=0.0, shape="fixed", assumed="because no size is given")


def resolve(stack: Stack) -> Config:
    """The config that the stack means. Its problems are added to the stack's."""
    stack.name_lenders()
    return _Resolver(stack).config()


class _Resolver:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.document, self.broken = read(stack)

    def config(self) -> Config:
        written = self.document
        self._names()
        self._horizon()
        self._roles()
        sections = {name: self._section(name) for name in SECTIONS}
        firms = {name: firm for name, spec in written.firms.items() if (firm := self._firm(name, spec))}
        shocks = {n: shock for n, spec in written.shocks.items() if (shock := self._shock(n, spec))}
        self._shocks_together(shocks)
        edges = tuple(self._edges())
        deals = self._deals(edges)
        self._check_trade(tied(edges, deals))
        owners = {VENTURE: sections[VENTURE]} | {name: firm.parameters for name, firm in firms.items()}
        self._halls_of_the_start(owners, deals)
        own = self._own(tied(edges, deals))
        return Config(
            name=written.name,
            asks=written.asks,
            start=written.start,
            known_until=self._known_until(),
            until=written.until,
            worlds=written.worlds,
            seed=written.seed,
            focus=self._focus(),
            edges=edges,
            firms=firms,
            shocks=shocks,
            deals=deals,
            factors=self._factors(firms),
            outcomes=own.outcomes(),
            claims=own.claims(),
            observe=own.observe(),
            changes=(),  # known to `load`, which has the config without settings too
            **sections,
        )

    def _problem(self, path: KeyPath, wrong: str, right: str) -> None:
        places = self.stack.places
        self.stack.problems.append(Problem(place(places, path), dotted(places, path), wrong, right))

    def _names(self) -> None:
        """Names of firms, shocks and factors that no setting could name. (A config has its file's name.)"""
        for group in ("firms", "shocks", "deals", "factors"):
            owned: Mapping[str, object] = getattr(self.document, group)
            for name in owned:
                if not NAME.fullmatch(name):
                    wrong = f"{name!r} can't be the name of a {group[:-1]}"
                    self._problem((group, name), wrong, "use letters, digits, _ and -")

    def _horizon(self) -> None:
        start, until = self.document.start, self.document.until
        if until <= start:
            self._problem(("until",), f"{until} is not after the start, {start}", f"use {start + 1} or later")

    def _known_until(self) -> datetime.date:
        """The day until which its author could know things, by default 31 March after the start."""
        start, written = self.document.start, self.document.known_until
        first, usual = datetime.date(start, 12, 31), datetime.date(start + 1, 3, 31)
        if written is not None and written < first:
            wrong = f"{written} is before the start, the end of {start}"
            self._problem(("known_until",), wrong, f"use {first} or later, such as {usual}")
        return written or usual

    def _focus(self) -> str | None:
        """The lab that outcomes are about, if the config names one."""
        focus, firms = self.document.focus, self.document.firms
        if focus is None:
            return None
        labs = [name for name in firms if "lab" in vocabulary.roles_of(self._kind(name))]
        if focus not in labs:
            wrong = f"{focus} is no lab" if focus in firms else f"there is no firm {focus!r}"
            self._problem(("focus",), wrong, instead(focus, labs))
        return focus

    def _roles(self) -> None:
        """Defaults of a role that no kind has, or for parameters that no firm of the role has."""
        for role, defaults in self.document.roles.items():
            heirs = [kind for kind in vocabulary.kinds() if role in vocabulary.roles_of(kind)]
            known = {name for kind in heirs for name in vocabulary.parameters_of(kind)}
            if not heirs:
                roles = {role for kind in vocabulary.kinds() for role in vocabulary.roles_of(kind)}
                self._problem(("roles", role), "unknown role", instead(role, roles))
                continue
            for name in defaults:
                if name not in known:
                    self._problem(("roles", role, name), "unknown parameter", instead(name, known))

    def _section(self, section: str) -> dict[str, Parameter]:
        specs: dict[str, Spec] = getattr(self.document, section)
        wanted = vocabulary.sections()[section]
        return self._parameters((section,), wanted, {}, specs, vocabulary.bounds(section))

    def _firm(self, name: str, spec: FirmSpec) -> FirmConfig | None:
        kind, path = spec.kind or name, ("firms", name)
        if name in (*SECTIONS, *INSTITUTIONS, *TAKEN):
            self._problem(path, "this name is taken by the market itself", "choose another")
        if not self._is_kind((*path, "kind"), kind):
            return None
        kind = vocabulary.canonical(kind)
        strategy = self._strategy((*path, "strategy"), kind, spec.strategy)
        defaults: dict[str, tuple[KeyPath, Spec]] = {}
        for role in vocabulary.roles_of(kind):
            for key, default in self.document.roles.get(role, {}).items():
                parameter_name = vocabulary.default_for(kind, role, key)
                defaults.setdefault(parameter_name, (("roles", role, key), default))
        wanted = vocabulary.parameters_of(kind)
        specs, bounds = dict(spec.__pydantic_extra__), vocabulary.bounds(kind)
        listed = self._listed((*path, LISTED), kind, specs.pop(LISTED, None))
        own = self._parameters(path, wanted, defaults, specs, bounds) | listed
        self._partner((*path, "partner"), name, kind, spec.partner)
        self._family((*path, "family"), name, kind, spec.family)
        return FirmConfig(
            kind=kind,
            strategy=strategy,
            stream=spec.stream,
            partner=spec.partner,
            family=spec.family,
            parameters=own,
        )

    def _listed(self, path: KeyPath, kind: str, spec: Spec | None) -> dict[str, Parameter]:
        """The year in which a firm is listed, if its config says one."""
        if spec is None:
            return {}
        if "equity" not in vocabulary.ends(kind)[1]:
            self._problem(path, f"{path[1]} sells no shares to others", "leave it out")
            return {}
        date = self._number_in(path, spec, LISTING.unit, LISTING.bounds)
        return {LISTED: date} if date else {}

    def _family(self, path: KeyPath, firm: str, kind: str, family: str | None) -> None:
        """A lab can share the models of another lab, one that shares nobody else's."""
        firms = self.document.firms
        if family is None:
            return
        if family not in firms:
            self._problem(path, f"there is no firm {family!r}", instead(family, firms))
        elif family == firm:
            self._problem(path, f"{firm} can't share its own models", "name another lab, or leave it out")
        elif firms[family].family is not None:
            self._problem(path, f"{family} shares models of another lab itself", "name that lab")
        elif any("lab" not in vocabulary.roles_of(own) for own in (kind, self._kind(family))):
            self._problem(path, f"{firm} and {family} are not both labs", "leave it out")

    def _partner(self, path: KeyPath, firm: str, kind: str, partner: str | None) -> None:
        """A partner is another firm, that can be what rules of the firm's kind take it for."""
        if partner is None:
            return
        usual, firms = vocabulary.partner_kind(kind), self.document.firms
        if partner not in firms:
            self._problem(path, f"there is no firm {partner!r}", instead(partner, firms))
        elif not usual:
            self._problem(path, f"no rule of the kind {kind!r} speaks of a partner", "leave it out")
        elif partner == firm:
            self._problem(path, f"{firm} can't be its own partner", "name another firm")
        elif (role := vocabulary.roles_of(usual)[0]) not in vocabulary.roles_of(self._kind(partner)):
            self._problem(path, f"{partner} is no {role}", f"name a {role}")

    def _is_kind(self, path: KeyPath, kind: str) -> bool:
        """Whether there is such a kind of firm, or all roles of a firm of several."""
        own = kind.split(vocabulary.JOINED)
        for part in own:
            if part not in vocabulary.kinds():
                right = instead(part, vocabulary.kinds())
                right += "" if right.startswith("did") else "; or import or `load` the file with it"
                self._problem(path, f"unknown kind of firm {part!r}", right)
            elif len(own) > 1 and part not in (roles := vocabulary.role_kinds()):
                wrong = f"{part!r} has rules of its own, and can't be one role of several"
                self._problem(path, wrong, f"use some of {', '.join(roles)}")
            elif own.count(part) > 1:
                self._problem(path, f"{part!r} is there twice", "name each role once")
            else:
                continue
            return False
        if len(own) > 1 and (wrong := vocabulary.clash_of(own)):
            self._problem(path, f"{', '.join(own)} can't be one firm's: {wrong}", "leave one of them out")
            return False
        return True

    def _strategy(self, path: KeyPath, kind: str, written: str | None) -> str:
        """The strategy of a firm; of several roles `ROLE=STRATEGY` for some, the usual one for the others."""
        known = vocabulary.strategies(kind)
        if not known:
            right = f"register one: @strategy({kind!r}, NAME)"
            self._problem(path[:-1], f"the kind {kind!r} has no strategy", right)
            return ""
        if written is None:
            return known[0]
        if "=" not in written:
            if written not in known:
                self._problem(path, f"unknown strategy {written!r}", instead(written, known))
            return written
        roles = kind.split(vocabulary.JOINED)
        chosen = {role: vocabulary.strategies(role)[0] for role in roles}
        for role, name in (part.partition("=")[::2] for part in written.split(vocabulary.JOINED)):
            if role not in chosen:
                self._problem((*path, role), f"{path[1]} has no role {role!r}", instead(role, roles))
            elif name not in vocabulary.strategies(role):
                right = instead(name, vocabulary.strategies(role))
                self._problem((*path, role), f"unknown strategy {name!r}", right)
            else:
                chosen[role] = name
        return vocabulary.JOINED.join(chosen.values())

    def _parameters(
        self,
        path: KeyPath,
        wanted: tuple[str, ...],
        defaults: dict[str, tuple[KeyPath, Spec]],
        specs: dict[str, Spec],
        bounds: Mapping[str, Bounds],
    ) -> dict[str, Parameter]:
        """The wanted parameters of one owner, its own before its roles'."""
        for name in specs:
            if name not in wanted:
                self._problem((*path, name), "unknown parameter", instead(name, wanted))
        found: dict[str, Parameter] = {}
        for name in wanted:
            default_path, default = defaults.get(name, ((), None))
            within = bounds.get(name)
            if name in specs:
                unit = default.unit if default else None
                usual = self.stack.ranges.get((*path, name), _range(default))
                sound = self._parameter((*path, name), specs[name], unit, within, usual)
            else:
                sound = self._parameter(default_path, default, None, within) if default else None
            if sound:
                found[name] = sound
        known = {*specs, *defaults}
        missing = [n for n in wanted if n not in known and (*path, n) not in self.broken]
        if missing and path not in self.broken:
            self._problem(path, f"without {', '.join(missing)}", "give each a value, or extend a config")
        return found

    def _parameter(
        self,
        path: KeyPath,
        spec: Spec,
        unit: str | None,
        bounds: Bounds | None,
        usual: Bounds | None = None,
    ) -> Parameter | None:
        """The parameter a spec means, or None if it has faults (which are reported once)."""
        if path in self.broken:
            return None
        unit, usual = spec.unit or unit, usual or self.stack.ranges.get(path)
        wrongs = [*faults(spec, unit, bounds, usual), *sources.unknown(spec.facts)]
        for key, wrong, right in wrongs:
            self._problem((*path, key) if key else path, wrong, right)
        if wrongs:
            self.broken.add(path)
            return None
        return parameter(spec, unit, bounds, usual)

    def _check_trade(self, edges: tuple[Tie, ...]) -> None:
        """Somebody sells to customers and somebody leases capacity in the first year, and every lab can."""
        first = self.document.start + 1
        early = [edge[:3] for edge in edges if (Edge(*edge).since or 0) <= first]
        year = f" in {first}" if len(early) < len(edges) else ""
        if not any(edge[1:] == ("customers", "services") for edge in early):
            right = "tie a lab: [LAB, customers, services]"
            self._problem(("edges",), f"nobody sells to customers{year}", right)
        if not any(kind == "capacity" for *_, kind in early):
            right = "tie a cloud: [CLOUD, LAB, capacity]"
            self._problem(("edges",), f"nobody leases capacity{year}", right)
        served = {edge[1] for edge in edges if edge[2] == "capacity"}
        for firm in self.document.firms:
            if (
                "capacity" in self._ends(firm)[1]
                and firm not in served
                and all(own in vocabulary.kinds() for own in self._kind(firm).split(vocabulary.JOINED))
            ):
                self._problem(
                    ("firms", firm), "a lab without a supplier", f"tie one: [CLOUD, {firm}, capacity]"
                )

    def _edges(self) -> Iterable[Tie]:
        nodes = {*self.document.firms, *INSTITUTIONS}
        for i, edge in enumerate(self.document.edges):
            if edge is None:
                continue
            source, target, kind, *years = edge
            self._years_of_edge(i, Edge(*edge))
            for end in (source, target):
                if end not in nodes:
                    self._problem(("edges", i), f"there is no firm {end!r}", instead(end, nodes))
            if kind not in EDGE_KINDS:
                self._problem(("edges", i), f"unknown kind of edge {kind!r}", instead(kind, EDGE_KINDS))
            elif {source, target} <= nodes and (fault := self._fault_of_tie(source, target, kind)):
                self._problem(("edges", i), *fault[1:])
            yield (source, target, kind, *years)

    def _years_of_edge(self, i: int, edge: Edge) -> None:
        """Years that there are; a last one that is simulated, and not before the first."""
        for year in (edge.since, edge.until):
            if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
                wrong, right = f"{year} is no year of this market", f"use {FIRST_YEAR} to {LAST_YEAR}"
                self._problem(("edges", i), wrong, right)
                return
        first = max(edge.since or 0, self.document.start + 1)
        if edge.until is not None and edge.until < first:
            wrong = f"it ends in {edge.until}, before anybody can deal over it"
            self._problem(("edges", i), wrong, f"use {first} or later, or leave the tie out")

    def _fault_of_tie(self, source: str, target: str, kind: str) -> tuple[str, str, str] | None:
        """Both ends must be able to deal in what a tie carries: which one can't, why, what would be right."""
        gives, takes = self._ends(source)[0], self._ends(target)[1]
        can_sponsor = source not in INSTITUTIONS and vocabulary.sponsors(self._kind(source))
        if source == target and kind != "capacity":
            wrong = f"{source} can't give {kind!r} to itself"
            return "target", wrong, "a firm is tied to itself by 'capacity' alone"
        if kind not in gives:
            return "source", f"{source} has no {kind!r} to give", EDGE_KINDS[kind]
        if kind not in takes:
            return "target", f"{target} takes no {kind!r}", EDGE_KINDS[kind]
        if (target, kind) == ("stargate", "equity") and not can_sponsor:
            return "source", f"{source} cannot sponsor Stargate", "give it a sponsor_share"
        return None

    def _ends(self, node: str) -> tuple[Container[str], Container[str]]:
        return ENDS[node] if node in INSTITUTIONS else vocabulary.ends(self._kind(node))

    def _kind(self, firm: str) -> str:
        return self.document.firms[firm].kind or firm

    def _shock(self, name: str, spec: ShockSpec) -> ShockConfig | None:
        kind, path = spec.kind or name, ("shocks", name)
        if kind not in SHOCKS:
            self._problem((*path, "kind"), f"unknown kind of shock {kind!r}", instead(kind, SHOCKS))
            return None
        if spec.year is None and spec.probability is None:
            self._problem(path, "it has neither a year nor a probability", "give it one of them")
        if spec.year is not None and spec.year <= self.document.start:
            wrong = f"{spec.year} is not after the start, {self.document.start}"
            self._problem((*path, "year"), wrong, f"use {self.document.start + 1} or later")
        self._shock_end(path, spec, kind)
        known, certain = SHOCKS[kind], spec.probability or _CERTAIN
        size = self._number_in((*path, "size"), spec.size or _NEVER, known.unit, known.bounds)
        chance = self._number_in((*path, "probability"), certain, "share", PROBABILITY)
        if size is None or chance is None:
            return None
        if size.high > 0 and chance.high > 0:
            self._shock_acts(path, spec, kind)
        return ShockConfig(kind=kind, year=spec.year, until=spec.until, size=size, probability=chance)

    def _deals(self, edges: tuple[Tie, ...]) -> dict[str, DealConfig]:
        """The deals, whose parties the market has."""
        nodes = {*self.document.firms, *INSTITUTIONS}
        places = self.stack.places
        settings = {path for path, where in places.items() if where.startswith(SETTING)}
        reader = DealReader(
            *(self.document, self._problem, self._parameter, self._fault_of_tie),
            *(nodes, edges, self.broken, settings),
        )
        return reader.deals()

    def _halls_of_the_start(
        self, owners: Mapping[str, Mapping[str, Parameter]], deals: Mapping[str, DealConfig]
    ) -> None:
        """Halls that are let at the start are a part of those that the lessee has then, by central values."""
        start, let = self.document.start, dict[str, float]()
        for name, deal in deals.items():
            numbers = owners.get(deal.target, {})
            halls = [numbers[own].central for own in HALLS if own in numbers]
            in_force = deal.kind == "lease" and max(deal.signed, deal.first) <= start
            known = deal.let_in(start) if in_force else None
            if known is None or not halls:
                continue
            (key, gw), has = known, sum(halls)
            let[deal.target] = let.get(deal.target, 0.0) + gw
            if let[deal.target] > has + ROUNDING:
                wrong = f"{let[deal.target]:g} GW of halls are let to it at the start, and {deal.target} has "
                wrong += f"{has:g} GW then ({' and '.join(HALLS)})"
                right = "let it begin later, or with less, or give the firm a larger fleet"
                self._problem(("deals", name, *key.split(".")), wrong, right)

    def _own(self, edges: tuple[Tie, ...]) -> OwnReader:
        """The config's own outcomes, claims and observables, read against its firms."""
        written = self.document
        firms = {name: self._kind(name) for name in written.firms}
        cast = Cast(firms, written.focus, deals=tuple(written.deals))
        sells = {target for _, target, kind, *_ in edges if kind == "equity"}
        return OwnReader(written, cast, sells, self._problem, self.broken)

    def _shock_acts(self, path: KeyPath, spec: ShockSpec, kind: str) -> None:
        """A shock of some size must be able to begin, and to change something."""
        last, firms = self.document.until, self.document.firms
        if (spec.year or 0) > last:
            wrong = f"it can't begin in {spec.year}: the last year simulated is {last}"
            self._problem((*path, "year"), wrong, f"let it begin by {last}, or simulate until {spec.year}")
        if not vocabulary.changes_something(kind, map(self._kind, firms)):
            wrong = f"it changes nothing: there is no firm of the kind {SHOCKS[kind].firm!r}"
            self._problem(path, wrong, "leave it out, or use a start with such a firm")

    def _factors(self, firms: Mapping[str, FirmConfig]) -> dict[str, Factor]:
        """The factors, whose loadings are of numbers that the config has, or that draw by its stream."""
        known = self._names_of_numbers(firms)
        gone = self.stack.gone - {owner_of(name) for name in known}
        written = {name: _without(spec, gone) for name, spec in self.document.factors.items()}
        unsure = [name for name in self.document.firms if name not in firms]
        for keys, wrong, right in faults_of_factors(written, known, unsure):
            self._problem(("factors", *keys), wrong, right)
        return {
            name: Factor(**{**spec.model_dump(), "meaning": spec.meaning or ""})
            for name, spec in written.items()
        }

    def _names_of_numbers(self, firms: Mapping[str, FirmConfig]) -> list[str]:
        """The dotted name of every number that the config should have, sound or not."""
        owners = dict(vocabulary.sections())
        for name, firm in firms.items():
            own = tuple(dict.fromkeys((*vocabulary.parameters_of(firm.kind), *firm.parameters)))
            owners |= dict.fromkeys((name, firm.stream or name), own)
        owners |= {f"shocks.{name}": ("size", "probability") for name in self.document.shocks}
        deals = {name: spec for name, spec in self.document.deals.items() if spec.kind in DEAL_KINDS}
        owners |= {f"deals.{name}": tuple(numbers_of(spec)) for name, spec in deals.items()}
        return [f"{owner}.{name}" for owner, own in owners.items() for name in own]

    def _shock_end(self, path: KeyPath, spec: ShockSpec, kind: str) -> None:
        """`until` must mean something: of a shock with a year, of a kind that lasts."""
        if spec.until is None or spec.until == spec.year:
            return
        if spec.year is None:
            written = (*path, "year") if (*path, "year") in self.stack.places else (*path, "until")
            wrong = f"it is drawn anew each year and lasts one: its until, {spec.until}, means nothing"
            self._problem(written, wrong, "write until: null, or give it a year")
        elif spec.until < spec.year:
            self._problem((*path, "until"), f"it ends in {spec.until}, before it begins", "end it later")
        elif not SHOCKS[kind].lasts:
            wrong = f"a {kind} acts in its first year only, {spec.year}"
            self._problem((*path, "until"), wrong, "leave until out")

    def _shocks_together(self, shocks: dict[str, ShockConfig]) -> None:
        """Shocks of a kind that may be on in the same year add up to the whole at most."""
        for kind, known in SHOCKS.items():
            own = {name: s for name, s in shocks.items() if s.kind == kind and s.probability.high > 0}
            for year in range(self.document.start + 1, self.document.until + 1):
                on = [name for name, shock in own.items() if shock.on(year, known.lasts)]
                together = sum(own[name].size.high for name in on)
                if together > known.bounds.high + 1e-9:
                    *others, last = [name for name in on if own[name].size.high > 0]
                    added = f" together with {', '.join(others)}" if others else ""
                    wrong = f"in {year} it may come to {together:g}{added}, in {known.unit}"
                    self._problem(
                        ("shocks", last, "size"), wrong, f"{known.bounds.high:g} is the most that can act"
                    )
                    break

    def _number_in(self, path: KeyPath, spec: Spec, unit: str, bounds: Bounds) -> Parameter | None:
        """A number that has one unit, such as a shock's size, within its bounds."""
        if spec.unit not in (None, unit) and spec is not _NEVER:
            self._problem((*path, "unit"), f"it is measured in {unit!r}", f"write unit: {unit}")
            return None
        return self._parameter(path, spec.model_copy(update={"unit": unit}), unit, bounds)


def _range(spec: Spec | None) -> Bounds | None:
    """The range of a role's default, if there is one."""
    if spec is None or spec.low is None or spec.high is None:
        return None
    return Bounds(spec.low, spec.high)


def _without(spec: FactorSpec, gone: Set[str]) -> FactorSpec:
    """A factor without the loadings of firms, shocks and deals that are gone."""
    kept = {name: own for name, own in spec.loadings.items() if owner_of(name) not in gone}
    return spec.model_copy(update={"loadings": kept})
