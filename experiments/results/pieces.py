"""A piece of a long view: the worlds and years of a block that are asked for, one row per thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from computeshift.experiments.results.columns import About
from computeshift.experiments.results.deals import LABELS, deal_column, deals_of
from computeshift.experiments.results.reader import Parts
from computeshift.experiments.results.sheet import Block

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """Some worlds and years of a block of a table: flags `(W,)` and `(years,)` say which."""

    parts: Parts
    table: str
    block: Block
    worlds: Flags
    years: Flags

    def rows(self, names: Iterable[str]) -> pa.Table:
        """Columns of the block's part, of those that it has."""
        return self.parts.rows(self.table, self.block, list(names))

    def cells(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The chosen worlds and years of a column, `(worlds, years)`."""
        grid = values.reshape(len(self.years), -1)
        if not (self.years.all() and self.worlds.all()):
            grid = grid[np.ix_(self.years, self.worlds)]
        return grid.T

    def frame(self, flags: Flags, labels: Mapping[str, pd.Categorical[str]]) -> pd.DataFrame:
        """World, year and labels of the things that are flagged, `(worlds, years, things)`."""
        worlds = np.arange(self.block.first, self.block.last + 1, dtype=np.int32)[self.worlds]
        years = np.array(self.parts.years, np.int32)[self.years]
        own = {"world": worlds[:, None, None], "year": years[:, None]}
        row = {name: np.broadcast_to(numbers, flags.shape)[flags] for name, numbers in own.items()}
        things = np.broadcast_to(np.arange(flags.shape[2], dtype=np.int32), flags.shape)[flags]
        return pd.DataFrame(row | {name: words.take(things) for name, words in labels.items()})


def flows(piece: Piece, about: Mapping[str, About]) -> pd.DataFrame:
    """One row per world, year and posting."""
    rows = piece.rows(about)
    amounts, filled = _amounts(piece, rows, list(about))
    labels = _labels(about.values(), ("source", "target", "kind", "unit", "measure"))
    return piece.frame(filled, labels).assign(amount=amounts[filled])


def decisions(piece: Piece, about: Mapping[str, About]) -> pd.DataFrame:
    """One row per world, year, decision and limit."""
    limits = {name: of for name, of in about.items() if "limit" in of}
    taken = {name: name.removesuffix(f" {of['limit']}") for name, of in limits.items()}
    rows = piece.rows({*limits, *taken.values()})
    amounts, filled = _amounts(piece, rows, list(limits))
    bound = np.zeros(filled.shape, dtype=bool)
    there = frozenset(rows.column_names)
    for place, (name, decision) in enumerate(taken.items()):
        if decision in there:
            words = rows[decision].combine_chunks()
            number = words.dictionary.index(limits[name]["limit"]).as_py()
            bound[..., place] = piece.cells(words.indices.fill_null(-1).to_numpy() == number)
    labels = _labels(limits.values(), ("firm", "decision", "limit", "unit"))
    return piece.frame(filled, labels).assign(amount=amounts[filled], bound=bound[filled])


def agents(piece: Piece, about: Mapping[str, About]) -> pd.DataFrame:
    """One row per world, year and firm, one column per variable; empty where a firm has none."""
    rows = piece.rows(about)
    firms = list(dict.fromkeys(of["agent"] for of in about.values()))
    shape = *_shape(piece), len(firms)
    of_variable: dict[str, dict[str, str]] = {}
    there = frozenset(rows.column_names)
    for name, of in about.items():
        if name in there:
            of_variable.setdefault(of["variable"], {})[of["agent"]] = name
    columns = {
        variable: _column(piece, rows, [own.get(firm) for firm in firms])
        for variable, own in of_variable.items()
    }
    frame = piece.frame(np.ones(shape, dtype=bool), {"agent": pd.Categorical(firms, categories=firms)})
    return pd.concat([frame, pd.DataFrame(columns)], axis="columns")


def deals(piece: Piece, about: Mapping[str, About]) -> pd.DataFrame:
    """One row per world, year and deal under which something was ever due, one column per number."""
    every = deals_of(about.values())
    numbers = dict.fromkeys(of["variable"] for of in about.values())
    names = {number: [deal_column(deal.deal, number) for deal in every] for number in numbers}
    rows = piece.rows(name for own in names.values() for name in own)
    columns = {number: _amounts(piece, rows, own)[0] for number, own in names.items()}
    due = columns["signed"] > 0 if every else np.zeros((*_shape(piece), 0), dtype=bool)
    frame = piece.frame(due, _labels(map(asdict, every), list(LABELS)))
    return frame.assign(**{number: values[due] for number, values in columns.items()})


def _shape(piece: Piece) -> tuple[int, int]:
    """How many worlds and years are chosen."""
    return int(piece.worlds.sum()), int(piece.years.sum())


def _amounts(piece: Piece, rows: pa.Table, names: Sequence[str]) -> tuple[npt.NDArray[np.float64], Flags]:
    """The numbers of columns, `(worlds, years, columns)`, and which of them are there."""
    shape = *_shape(piece), len(names)
    amounts, filled = np.zeros(shape), np.zeros(shape, dtype=bool)
    there = frozenset(rows.column_names)  # which makes them anew whenever it is asked
    for place, name in enumerate(names):
        if name in there:
            amounts[..., place] = piece.cells(rows[name].fill_null(0.0).to_numpy())
            filled[..., place] = piece.cells(rows[name].is_valid().to_numpy())
    return amounts, filled


def _labels(about: Iterable[About], names: Sequence[str]) -> dict[str, pd.Categorical[str]]:
    """The labels of things."""
    every = list(about)
    words = {name: [of[name] for of in every] for name in names}
    return {name: pd.Categorical(own, categories=list(dict.fromkeys(own))) for name, own in words.items()}


def _column(piece: Piece, rows: pa.Table, names: Sequence[str | None]) -> Any:
    """A variable of several firms, `(worlds x years x firms,)`; `names` are the columns that have it."""
    own = [None if name is None else piece.cells(rows[name].to_numpy()) for name in names]
    like = next(cells for cells in own if cells is not None)
    nothing = np.full(like.shape, None if like.dtype == object else np.nan, like.dtype)
    every = np.stack([nothing if cells is None else cells for cells in own], axis=-1).ravel()
    return pd.Categorical(every) if like.dtype == object else every
