"""The words a config may use: what agents and environment offer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import fields
from typing import Any

from computeshift.agents import KINDS
from computeshift.agents.kinds import clash
from computeshift.agents.stargate import StargateParameters
from computeshift.agents.strategy import JOINED as JOINED
from computeshift.agents.strategy import shipped, strategies_of
from computeshift.environment.bounds import Bounds, bounds_of, meanings_of
from computeshift.environment.capital import CapitalParameters
from computeshift.environment.compute import ComputeParameters
from computeshift.environment.frontier import FrontierParameters
from computeshift.environment.network import EDGE_KINDS
from computeshift.environment.ratings import RatingParameters
from computeshift.environment.services import ServicesParameters
from computeshift.environment.shocks import SHOCKS
from computeshift.environment.tenants import TenantParameters

_SECTIONS: dict[str, Any] = {
    "frontier": FrontierParameters,
    "services": ServicesParameters,
    "compute": ComputeParameters,
    "tenants": TenantParameters,
    "capital": CapitalParameters,
    "ratings": RatingParameters,
    "stargate": StargateParameters,
}


def sections() -> dict[str, tuple[str, ...]]:
    """The sections of a config that are no firm's, with their parameters."""
    return {name: _fields(kind) for name, kind in _SECTIONS.items()}


def kinds() -> tuple[str, ...]:
    """The kinds a firm may be of: the named firms and the roles."""
    known = sorted(KINDS.values(), key=lambda kind: not kind.named)
    return tuple(kind.name for kind in known if not kind.institution)


def role_kinds() -> tuple[str, ...]:
    """The kinds that are roles, of which a firm may have several."""
    return tuple(kind for kind in kinds() if not KINDS[kind].named)


def canonical(kind: str) -> str:
    """The name of a kind: of several roles, these in the order in which they act."""
    return KINDS[kind].name if JOINED in kind else kind


def clash_of(own: Iterable[str]) -> str:
    """Why these kinds, each a role, can't be one firm's; empty if they can."""
    return clash(tuple(KINDS[kind].roles[0] for kind in own))


def partner_kind(kind: str) -> str:
    """The usual kind of a firm's partner; empty for a kind whose rules speak of none."""
    return KINDS[kind].firm.partner_kind


def default_for(kind: str, role: str, parameter: str) -> str:
    """Which parameter of a kind of firm a role's default is for."""
    return KINDS[kind].default_for(role, parameter)


def parameters_of(kind: str) -> tuple[str, ...]:
    """The parameters of a kind of firm."""
    return tuple(KINDS[kind].bounds)


def bounds(owner: str) -> Mapping[str, Bounds]:
    """The bounds of the parameters of a section or a kind of firm, by name."""
    return bounds_of(_SECTIONS[owner]) if owner in _SECTIONS else KINDS[owner].bounds


def meanings(owner: str) -> Mapping[str, str]:
    """What each parameter of a section or a kind of firm is, by name; nothing of a kind not known here."""
    if owner in _SECTIONS:
        return meanings_of(_SECTIONS[owner])
    return KINDS[owner].meanings if owner in KINDS else {}


def roles_of(kind: str) -> tuple[str, ...]:
    """The roles whose defaults a kind of firm takes; a role, or a kind that is not known here, its own."""
    roles = KINDS[kind].defaults if kind in KINDS else tuple(kind.split(JOINED))
    return roles if kind in roles else (*roles, kind)


def strategies(kind: str) -> tuple[str, ...]:
    """The strategies of a kind of firm, the baseline first."""
    return tuple(strategies_of(kind))


def ends(kind: str) -> tuple[Container[str], Container[str]]:
    """The kinds of edges that may start, and end, at a kind of firm."""
    if kind not in KINDS:
        return EDGE_KINDS, EDGE_KINDS
    return KINDS[kind].gives, KINDS[kind].takes


def sponsors(kind: str) -> bool:
    """Whether a kind of firm can be a sponsor of Stargate."""
    return kind not in KINDS or "sponsor_share" in parameters_of(kind)


def changes_something(shock: str, kinds: Iterable[str]) -> bool:
    """Whether a kind of shock can change a market with these kinds of firms.

    What a user's own kind makes of a shock is not known: it may be anything.
    """
    wanted = SHOCKS[shock].firm
    return not wanted or any(kind == wanted or not _is_shipped(kind) for kind in kinds)


def _is_shipped(kind: str) -> bool:
    return kind in KINDS and all(map(shipped, (KINDS[kind].firm, *KINDS[kind].roles)))


def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
