"""One year of a market, seen line by line: what each line of its step decided, paid and changed."""

from __future__ import annotations

import inspect
import itertools
import linecache
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from computeshift.agents.kinds import variables
from computeshift.environment import market as markets
from computeshift.environment.decisions import Decision
from computeshift.environment.ledger import Flow
from computeshift.environment.market import ComputeMarket

_STEP = inspect.unwrap(ComputeMarket.step).__code__
_BOOKKEEPING = ("ledger.", "decisions.", "sense.")  # calls that the ODD page leaves out

Numbers = dict[tuple[str, str], float]
"""By owner (a firm, or `market`) and name, what is logged, in the one world."""


@dataclass(frozen=True)
class Moment:
    """What a call of `ComputeMarket.step` did: the numbers before and after, and what it logged."""

    call: str
    decisions: list[Decision]
    flows: list[Flow]
    before: Numbers
    after: Numbers


def watched(market: ComputeMarket) -> list[Moment]:
    """Step a market of one world by one year; a moment for each call that the ODD page lists."""
    stops: list[tuple[int, int, int, Numbers]] = []

    def at_line(frame: FrameType, event: str, _: Any) -> Any:
        if event in ("line", "return"):
            log = len(market.decisions.log), len(market.ledger.flows)
            stops.append((frame.f_lineno, *log, _numbers(market)))
        return at_line

    tracing = sys.gettrace()
    sys.settrace(lambda frame, *_: at_line if frame.f_code is _STEP else None)
    try:
        market.step()
    finally:
        sys.settrace(tracing)
    return [
        Moment(call, market.decisions.log[d:d_end], market.ledger.flows[f:f_end], before, after)
        for (line, d, f, before), (_, d_end, f_end, after) in itertools.pairwise(stops)
        if (call := _call(line))
    ]


def _call(line: int) -> str:
    """The call in a line of the step, such as `capital.clear`; empty if it is none, or keeps books only."""
    text = linecache.getline(_STEP.co_filename, line).strip()
    if not (text.startswith("self.") and text.endswith(")")):
        return ""
    call = text.removeprefix("self.").removesuffix("(self)").removesuffix("()")
    return "" if call.startswith(_BOOKKEEPING) else call


def _numbers(market: ComputeMarket) -> Numbers:
    """All that is logged, as it stands; without what has no number yet."""
    found: Numbers = {}
    for owner, names in _owners(market):
        holder: Any = market if owner == "market" else market.firms[owner]
        for name in names:
            try:
                with np.errstate(all="ignore"):
                    value = getattr(market, name) if owner == "market" else holder.logged(name)
            except (AttributeError, LookupError):
                continue  # it is known only later in the first year
            if value is not None and not isinstance(value, str):
                found[owner, name] = float(np.broadcast_to(np.asarray(value), (1,))[0])
    return found


def _owners(market: ComputeMarket) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "market", {name: about for name, about in markets.VARIABLES.items() if not name.startswith("news_")}
    for firm in market.firms:
        yield firm, variables()
