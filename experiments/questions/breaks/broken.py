"""The deals of a config that can be broken in a year, each with the config in which it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from computeshift.environment.setup import Edge
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.deals import DealConfig
from computeshift.experiments.config.load import apply
from computeshift.experiments.config.overlay import EVENTS
from computeshift.experiments.results.deals import GIVEN, LoggedDeal


@dataclass(frozen=True)
class Break:
    """A deal that is broken; `config` has the break, and `setting` is what a config file writes for it.

    `along` names the deals of the config that end with it.
    """

    deal: LoggedDeal
    setting: str
    config: Config
    along: tuple[str, ...] = ()


def breaks_of(config: Config, year: int, signed: Iterable[LoggedDeal]) -> list[Break]:
    """Every deal that can be broken in a year: those of the config, and those that pairs sign themselves.

    A deal of the config must be signed before that year, and neither over nor broken by then; the firm that
    owes its money breaks it. Of the deals that a pair signs by itself, `signed`, none stands alone: their
    tie ends with the year before, and everything over it.
    """
    return [*_given(config, year), *_signed(config, year, signed)]


def _given(config: Config, year: int) -> Iterator[Break]:
    for name, deal in config.deals.items():
        if deal.signed < year <= _last(deal):
            known = LoggedDeal(name, deal.kind, deal.source, deal.target, deal.site or deal.source, GIVEN)
            key, by = f"deals.{name}", known.payer
            late = [event for event in EVENTS if (getattr(deal, f"{event}_year") or 0) >= year]
            settings = {f"{key}.breaks.year": year, f"{key}.breaks.by": by}
            broken = apply(config, {**{f"{key}.{event}": None for event in late}, **settings})
            yield Break(known, f"deals: {{{name}: {{breaks: {{year: {year}, by: {by}}}}}}}", broken)


def _signed(config: Config, year: int, signed: Iterable[LoggedDeal]) -> Iterator[Break]:
    ties = {tie[:3]: Edge(*tie) for tie in config.ties()}
    for deal in signed:
        tie = ties.get(deal.tie)
        if tie is not None and (tie.until is None or tie.until >= year):
            ended = (*deal.tie, tie.since, year - 1)
            edges = tuple(ended if own[:3] == deal.tie else own for own in config.ties())
            along = tuple(name for name, own in config.deals.items() if _over(own, deal.tie, name, year))
            since = "null" if tie.since is None else tie.since
            setting = f"edges: [[{', '.join(deal.tie)}, {since}, {year - 1}]]"
            yield Break(deal, setting, config.model_copy(update={"edges": edges}), along)


def _over(deal: DealConfig, tie: tuple[str, str, str], name: str, year: int) -> bool:
    """Whether a deal of the config runs over a tie in a year or later."""
    known = LoggedDeal(name, deal.kind, deal.source, deal.target, deal.site or "", GIVEN)
    return known.tie == tie and _last(deal) >= year


def _last(deal: DealConfig) -> int:
    """The last year of a deal: the one before its break, where it has one."""
    return deal.last if deal.break_year is None else min(deal.last, deal.break_year - 1)
