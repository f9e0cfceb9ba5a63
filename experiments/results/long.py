"""Long views of the tables that have a column per thing: one row per thing, made when it is read."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.agents.kinds import variables
from computeshift.environment.deals import STATES
from computeshift.environment.ledger import MEASURES
from computeshift.experiments.config.arguments import known
from computeshift.experiments.results.columns import ROW, About
from computeshift.experiments.results.deals import DEALS, LABELS
from computeshift.experiments.results.pieces import Piece, agents, deals, decisions, flows
from computeshift.experiments.results.reader import Parts, Where, may_hold
from computeshift.experiments.results.sheet import Block

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agents": ("world", "year", "agent"),
    DEALS: ("world", "year", *LABELS, *STATES),
    "flows": ("world", "year", "source", "target", "kind", "amount", "unit", "measure"),
    "decisions": ("world", "year", "firm", "decision", "limit", "amount", "unit", "bound"),
}
"""The tables that are read as long views, with their columns; agents have one more per variable."""

_MAKE: Mapping[str, Callable[[Piece, Mapping[str, About]], pd.DataFrame]] = {
    "agents": agents,
    DEALS: deals,
    "flows": flows,
    "decisions": decisions,
}

_ABOUT: Mapping[str, tuple[str, str]] = {
    **{name: (about["unit"], about["meaning"]) for name, about in ROW.items()},
    "agent": ("", "name of the firm"),
    "firm": ("", "firm that decided"),
    "decision": ("", "what was decided"),
    "limit": ("", "what could bind the decision; what the firm wanted stands first"),
    "bound": ("", "whether this limit decided"),
    "source": ("", "payer or supplier"),
    "target": ("", "receiver of the payment or supply"),
    "kind": ("", "what flowed"),
    "amount": ("see unit", "how much flowed in the year, or what the limit allowed"),
    "unit": ("", "unit of the amount"),
    "measure": ("", f"what the amount measures: {', '.join(MEASURES)}"),
}

_ROWS_BY = {DEALS: ("signed",)}
"""Variables that say which rows a view has."""

HOLDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The comparisons of conditions."""


def view(parts: Parts, table: str, columns: Sequence[str] | None = None, where: Where = ()) -> pd.DataFrame:
    """A long view of a table, world after world, where conditions such as `("year", "==", 2030)` hold.

    Of the files it reads what `columns` and conditions need. UserError for a column or a comparison that
    does not exist, and if the table was not stored or can't be read.
    """
    every = columns_of(parts, table)
    for name in [*(columns or ()), *(name for name, _, _ in where)]:
        known(name, every, f"column of {table}")
    for _, how, _ in where:
        known(how, HOLDS, "comparison")
    chosen = list(every if columns is None else columns)
    names = {*chosen, *(name for name, _, _ in where), *_ROWS_BY.get(table, ())}
    about = _needed(parts, table, names, where)
    frame = pd.concat([_MAKE[table](piece, about) for piece in _pieces(parts, table, where)])
    for name, how, value in where:
        if name not in ("world", "year"):
            frame = frame[HOLDS[how](frame[name], value)]
    words = frame.select_dtypes(exclude=["number", "bool", "category"]).columns
    return frame.astype(dict.fromkeys(words, "category")).reindex(columns=chosen).reset_index(drop=True)


def columns_of(parts: Parts, table: str) -> dict[str, tuple[str, str]]:
    """The columns of a long view, with units and meanings."""
    about = {**_ABOUT, **LABELS, **STATES} if table == DEALS else _ABOUT
    row = {name: about[name] for name in COLUMNS[table]}
    return row | logged(parts) if table == "agents" else row


def kinds(parts: Parts) -> pd.DataFrame:
    """What flowed: one row per kind in order of first flow, with measure, unit and meaning."""
    about = parts.postings(parts.holds_flows).values()
    rows = {of["kind"]: [of[name] for name in ("measure", "unit", "meaning")] for of in about}
    return pd.DataFrame.from_dict(rows, "index", columns=["measure", "unit", "meaning"]).rename_axis("kind")


def logged(parts: Parts) -> dict[str, tuple[str, str]]:
    """What firms log: unit and meaning by name, of kinds that are not known here too."""
    stored = parts.about("agents").values() if "agents" in parts.tables else ()
    return variables() | {of["variable"]: (of["unit"], of["meaning"]) for of in stored if "variable" in of}


def _needed(parts: Parts, table: str, names: Collection[str], where: Where) -> dict[str, About]:
    """The stored columns of a view, by the names of its own columns and the labels that conditions name."""
    equal = {name: value for name, how, value in where if how == "=="}
    return {
        column: about
        for column, about in parts.about(table).items()
        if column not in ROW
        and all(about.get(label, value) == value for label, value in equal.items())
        and about.get("variable") in (None, *names)
    }


def _pieces(parts: Parts, table: str, where: Where) -> list[Piece]:
    near = [block for block in parts.blocks if may_hold(block, where)] or parts.blocks[:1]
    return [Piece(parts, table, block, *_chosen(parts, block, where)) for block in near]


def _chosen(parts: Parts, block: Block, where: Where) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which worlds of a block, and which years, conditions choose."""
    numbers = {
        "world": np.arange(block.first, block.last + 1, dtype=np.int32),
        "year": np.array(parts.years, np.int32),
    }
    chosen = {name: np.ones(own.shape, dtype=bool) for name, own in numbers.items()}
    for name, how, value in where:
        if name in numbers:
            chosen[name] &= HOLDS[how](numbers[name], value)
    return chosen["world"], chosen["year"]
