"""What of a config's ties and deals can change half-way, when its worlds go on from a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from computeshift.environment.setup import Edge, Setup
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.deals import DealConfig
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.errors import Problem

Ends = tuple[str, str, str]
"""Source, target and kind of a tie."""


def known_from_the_start(base: Setup, later: Setup) -> Setup:
    """A setup that knows ties and deals of a later one, none of which anybody acts on before.

    A market has its ties and deals from the start, each with its years: what is new waits for them.
    """
    new, old = ({_ends(edge): edge for edge in setup.edges} for setup in (later, base))
    edges = [new[ends] for ends in {**old, **new} if ends in new]
    numbers = {name: own for name, own in later.parameters.items() if name.startswith("deals.")}
    parameters = {**numbers, **base.parameters}
    return replace(base, edges=tuple(edges), deals=later.deals, parameters=parameters)


def refused_ties(base: str, at: int, config: Config, before: Config) -> Iterator[Problem]:
    """Ties over which firms could deal in other years until the year `at`."""
    one, other = ({_ends(e): e for e in (Edge(*tie) for tie in c.ties())} for c in (config, before))
    years = range(before.start + 1, at + 1)
    moved = [e for e in {**one, **other} if _open(one.get(e), years) != _open(other.get(e), years)]
    if moved:
        names = "; ".join(" ".join(ends) for ends in sorted(moved))
        right = f"give a new one a first year, {at + 1} or later; `cut` ends one with {at}"
        yield Problem(base, "", f"ties can't come or go half-way: {names}", right)


def refused_deals(at: int, config: Config, before: Config) -> Iterator[Problem]:
    """Deals that were signed by the year `at` on one side, and are not as on the other."""
    for name in {**before.deals, **config.deals}:
        old, new = before.deals.get(name), config.deals.get(name)
        if new is None and old is not None and old.signed <= at:
            wrong = f"it was signed in {old.signed}, and can't be undone from {at} on"
            right = f"break it: set deals.{name}.breaks.year and deals.{name}.breaks.by"
            yield Problem(parameter(f"deals.{name}"), name, wrong, right)
        elif old is None and new is not None and new.signed <= at:
            wrong = f"it is signed in {new.signed}, not after {at}"
            yield Problem(parameter(f"deals.{name}"), name, wrong, f"let it be signed in {at + 1} or later")
        elif old is not None and new is not None and min(old.signed, new.signed) <= at:
            for key in _fixed(at, old, new):
                wrong = f"the deal was signed in {min(old.signed, new.signed)}, not after {at}"
                right = f"only its numbers can change, and what happens to it after {at}: breaks, cut, delay"
                yield Problem(parameter(f"deals.{name}.{key}"), name, wrong, right)


def _fixed(at: int, old: DealConfig, new: DealConfig) -> Iterator[str]:
    """The keys that differ though they were decided by the year `at`."""
    one, other = old.settings(), new.settings()
    for key in one:
        event = key.partition(".")[0] if "." in key else None
        years = [side[f"{event}.year"] for side in (one, other)] if event else [at]
        if one[key] != other[key] and any(year is not None and year <= at for year in years):
            yield key


def _ends(edge: Edge) -> Ends:
    return edge.source, edge.target, edge.kind


def _open(edge: Edge | None, years: range) -> list[int]:
    """The years in which firms can deal over a tie; none if there is no such tie."""
    if edge is None:
        return []
    return [y for y in years if (edge.since or 0) <= y and (edge.until is None or y <= edge.until)]
