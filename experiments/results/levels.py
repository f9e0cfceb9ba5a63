"""What a run stores of its worlds: everything, or the outcomes that questions are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.agents.kinds import variables
from computeshift.environment.ledger import FLOWS as KINDS
from computeshift.environment.ledger import MONEY, measure
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import MARKET, Flow, OfDeals, Total, Tree, Variable, leaves
from computeshift.experiments.results.columns import About
from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of, own_outcome
from computeshift.experiments.results.sheet import Block, Sheet

if TYPE_CHECKING:
    from computeshift.experiments.config.config import Config
    from computeshift.experiments.results.record import Record

Keep = Literal["summary", "agents", "flows", "all"]
DECISIONS = "decisions"
OUTCOMES_TABLE = "outcomes"

TABLES: dict[Keep, tuple[str, ...]] = {
    "summary": ("design", "market", OUTCOMES_TABLE),
    "agents": ("design", "market", OUTCOMES_TABLE, "agents", DEALS),
    "flows": ("design", "market", "agents", DEALS, "flows"),
    "all": ("design", "market", "agents", DEALS, "flows", DECISIONS),
}
"""The tables of each level. Where flows are stored, outcomes are read off them and need no table."""

AGAINST = "_against"
"""How the names of columns end that come from the market without a firm."""

MANY = 20_000
"""Worlds above which a run stores the summary by default: everything would be over 400 MB."""

FLOWS = ("capacity", "equity")
"""Kinds of flows that a summary has tie by tie: shares of compute, and investments."""

VARIABLES = {"openai": ("revenue", "burn", "training_spend", "inference_spend", "capacity_gw")}
"""Variables of firms that a summary has besides the outcomes: what the tables of a run show.

The columns have these names, whatever the firm is called that stands for this one.
"""


def usual(worlds: int) -> Keep:
    """What a run of so many worlds stores by default.

    >>> usual(1_000), usual(1_000_000)
    ('all', 'summary')
    """
    return "all" if worlds <= MANY else "summary"


def flow_column(kind: str, source: str, target: str) -> str:
    """The name of the column that holds what flowed along one tie.

    >>> flow_column("equity", "mgx", "openai")
    'equity mgx openai'
    """
    return f"{kind} {source} {target}"


def own_columns(config: Config) -> dict[str, Outcome]:
    """By expression the outcome whose column holds it: a config's own, and what its claims and facts need."""
    own = {known.of: own_outcome(name, known) for name, known in config.outcomes.items()}
    texts = [claim.outcome for claim in config.claims.values()]
    texts += [observable.of for observable in config.observe.values()]
    others = (text for text in texts if text not in own and text not in OUTCOMES)
    return own | {text: outcome_of(text, config.cast, {}) for text in others}


def variable_column(cast: Cast, firm: str, name: str) -> str:
    """The name of the column of outcomes that holds a firm's variable, if one does.

    >>> variable_column(Cast({"oai": "openai"}), "oai", "burn")
    'openai.burn'
    """
    known = (part for part, own in VARIABLES.items() if name in own and cast.firm(part) == firm)
    return f"{next(known, '')}.{name}"


def stores(keep: Keep, tree: Tree, cast: Cast) -> bool:
    """Whether a run of this level stores all that an expression is made of, without a column of its own.

    >>> from computeshift.experiments.config.expression import parse
    >>> cast = Cast({"openai": "openai", "oracle": "oracle"})
    >>> stores("summary", parse("openai.burn / 2"), cast), stores("summary", parse("oracle.debt"), cast)
    (True, False)
    """
    return all(_stores(keep, leaf, cast) for leaf in leaves(tree))


def _stores(keep: Keep, leaf: Tree, cast: Cast) -> bool:
    tables = TABLES[keep]
    match leaf:
        case Flow(kind):
            return "flows" in tables or kind in FLOWS
        case Total():
            return "agents" in tables
        case OfDeals():
            return DEALS in tables
        case Variable(owner, name) if owner != MARKET:
            return "agents" in tables or variable_column(cast, cast.of_kind(owner), name)[0] != "."
    return True


def counterpart_column(name: str) -> str:
    """The name of the market's column that holds a variable of the same worlds without a firm.

    >>> counterpart_column("ai_lease_spending")
    'ai_lease_spending_against'
    """
    return f"{name}{AGAINST}"


def outcomes_sheet(block: Block, record: Record, own: Sequence[Outcome] = ()) -> Sheet:
    """The block's outcomes: one row per world and year; empty where there is none, or a world is left out.

    `own` are those of its config, beside those that come with the package.
    """
    sheet = Sheet(block, record.years)
    for name, about, table in _columns(record, own):
        sheet.numbers(name, list(every_world(table, block, record.years).T), about)
    return sheet


def every_world(table: pd.DataFrame, block: Block, years: Sequence[int]) -> npt.NDArray[np.float64]:
    """A table's numbers for every world of a block and these years, `(W, years)`; NaN where it has none."""
    if table.shape != (block.worlds, len(years)):
        worlds = np.arange(block.first, block.first + block.worlds)
        table = table.reindex(index=worlds, columns=list(years))
    return table.to_numpy(np.float64)


def _columns(record: Record, own: Sequence[Outcome]) -> Iterator[tuple[str, About, pd.DataFrame]]:
    """Each column's name, what it is about, and its values, worlds x years."""
    for outcome in OUTCOMES.values():
        about = {"unit": outcome.unit, "meaning": record.cast.worded(outcome.doc)}
        yield outcome.name, about, record.outcome_or_empty(outcome.key)
    for outcome in own:
        yield outcome.name, {"unit": outcome.unit, "meaning": outcome.doc}, outcome.of(record)
    for part, names in VARIABLES.items():
        firm = record.cast.firm(part)
        for name in names:
            unit, doc = variables()[name]
            about = {"unit": unit, "meaning": f"{firm}: {doc}"}
            yield f"{part}.{name}", about, record.variable_or_empty(firm, name)
    for source, target, kind in record.ties():
        if kind in FLOWS:
            tie = {"kind": kind, "source": source, "target": target}
            unit = MONEY if kind == "equity" else "GW"
            about = {"unit": unit, "meaning": KINDS[kind][1], **tie}
            about["measure"] = measure(kind, unit)
            yield flow_column(kind, source, target), about, record.flow(kind, source, target)
