"""The tables of a block of worlds, as Arrow: its rows, each world after world, with units and meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

    from computeshift.environment.decisions import Decision
    from computeshift.environment.ledger import Flow

Docs = Mapping[str, tuple[str, str]]
Cells = Mapping[str, Sequence[Any]]
"""What was logged, by variable: cells `(W,)` or one for all worlds, a row each; None is empty."""

LABELS: Docs = {
    "world": ("", "number of the world; it has the same random draws in every run with this seed"),
    "year": ("", "calendar year"),
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
}
"""The columns that say what a row is about, with unit and meaning."""


@dataclass(frozen=True)
class Block:
    """Worlds that one market simulates together: `first … first + worlds - 1`."""

    first: int
    worlds: int

    @property
    def last(self) -> int:
        """The number of its last world."""
        return self.first + self.worlds - 1


class Sheet:
    """A table of one block: `k` rows, each for all of its worlds: slabs lie as the market had them."""

    def __init__(self, block: Block, years: Sequence[int], docs: Docs) -> None:
        self.worlds = worlds = block.worlds
        self.docs = {**LABELS, **docs}
        self._fields: list[pa.Field] = []
        self._columns: list[pa.Array] = []
        self._bits: dict[tuple[bool, ...], pa.Buffer | None] = {}
        numbers = np.arange(block.first, block.first + worlds, dtype=np.int32)
        self._add("world", pa.array(np.tile(numbers, len(years))))
        self._add("year", pa.array(np.repeat(np.asarray(years, dtype=np.int32), worlds)))

    def text(self, name: str, cells: Sequence[str | None]) -> None:
        """A column of words, `k` of them; None is empty."""
        words = list(dict.fromkeys(cell for cell in cells if cell is not None))
        codes = {word: code for code, word in enumerate(words)}
        repeated = np.repeat(np.array([codes.get(c or "", 0) for c in cells], np.int16), self.worlds)
        empty = np.array([cell is None for cell in cells])
        mask = np.repeat(empty, self.worlds) if empty.any() else None
        indices, dictionary = pa.array(repeated, mask=mask), pa.array(words, pa.string())
        values = pa.DictionaryArray.from_arrays(indices, dictionary, safe=False)
        self._add(name, values, nullable=mask is not None)

    def numbers(self, name: str, cells: Sequence[Any]) -> None:
        """A column of numbers: `k` cells, each `(W,)` or one for all worlds; None is empty."""
        nothing = np.zeros(self.worlds)
        slab = np.concatenate([nothing if c is None else self._every_world(c) for c in cells])
        bits = self._validity(tuple(cell is not None for cell in cells))
        values = pa.Array.from_buffers(pa.float64(), slab.size, [bits, pa.py_buffer(slab)])
        self._add(name, values, nullable=bits is not None)

    def flags(self, name: str, cells: Sequence[npt.NDArray[np.bool_]]) -> None:
        """A column of yes and no: `k` cells, each `(W,)`."""
        self._add(name, pa.array(np.concatenate(cells)))

    def _validity(self, valid: tuple[bool, ...]) -> pa.Buffer | None:
        """Arrow's bits of which rows hold a number, None if all do; columns often share them."""
        if valid not in self._bits:
            bits = np.packbits(np.repeat(np.array(valid), self.worlds), bitorder="little")
            self._bits[valid] = None if all(valid) else pa.py_buffer(bits)
        return self._bits[valid]

    def _every_world(self, cell: Any) -> npt.NDArray[np.float64]:
        return cell if np.shape(cell) == (self.worlds,) else np.full(self.worlds, cell, np.float64)

    def column(self, name: str, cells: Sequence[Any]) -> None:
        """A column of words or of numbers, as its cells are."""
        if any(isinstance(cell, str) for cell in cells):
            self.text(name, cells)
        else:
            self.numbers(name, cells)

    def table(self) -> pa.Table:
        """The block as an Arrow table, units and meanings in the schema."""
        return pa.Table.from_arrays(self._columns, schema=pa.schema(self._fields))

    def _add(self, name: str, values: pa.Array, nullable: bool = False) -> None:
        unit, doc = self.docs.get(name, ("", ""))
        about = {"unit": unit, "doc": doc}
        self._fields.append(pa.field(name, values.type, nullable=nullable, metadata=about))
        self._columns.append(values)


def cells_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns of a data collector's frame by name; what is empty is None.

    In a frame of one world cells are plain numbers, and pandas holds an empty one as NaN.
    """
    columns = frame.to_numpy(dtype=object).T.tolist()
    return {
        name: [None if _empty(cell) else cell for cell in cells]
        for name, cells in zip(frame.columns, columns, strict=True)
    }


def _empty(cell: object) -> bool:
    return (isinstance(cell, float) and np.isnan(cell)) or (isinstance(cell, str) and not cell)


def design_table(design: Mapping[str, npt.NDArray[Any]], units: Mapping[str, str]) -> pa.Table:
    """The block's design: one row per world, with the units of its parameters."""
    about = [{"unit": units.get(name, ""), "doc": LABELS.get(name, ("", ""))[1]} for name in design]
    kinds = [np.int32 if name == "world" else np.float64 for name in design]
    columns = [pa.array(column.astype(kind)) for column, kind in zip(design.values(), kinds, strict=True)]
    fields = zip(design, columns, about, strict=True)
    schema = pa.schema([pa.field(n, c.type, nullable=False, metadata=m) for n, c, m in fields])
    return pa.Table.from_arrays(columns, schema=schema)


def agents_sheet(block: Block, logged: Cells, years: Sequence[int], docs: Docs) -> Sheet:
    """The block's agents: one row per world, year and agent."""
    rows = len(logged["agent"]) // len(years)
    sheet = Sheet(block, [year for year in years for _ in range(rows)], docs)
    for name, cells in logged.items():
        sheet.column(name, cells)
    return sheet


def market_sheet(block: Block, logged: Cells, years: Sequence[int], docs: Docs) -> Sheet:
    """The block's market: one row per world and year."""
    sheet = Sheet(block, years, docs)
    for name, cells in logged.items():
        if name != "year":
            sheet.column(name, cells)
    return sheet


def flows_sheet(block: Block, flows: Sequence[Flow]) -> Sheet:
    """The block's flows: one row per world, year and posting."""
    sheet = Sheet(block, [flow.year for flow in flows], {})
    sheet.text("source", [flow.source for flow in flows])
    sheet.text("target", [flow.target for flow in flows])
    sheet.text("kind", [flow.kind for flow in flows])
    sheet.numbers("amount", [flow.amount for flow in flows])
    sheet.text("unit", [flow.unit for flow in flows])
    return sheet


def decisions_sheet(block: Block, decisions: Sequence[Decision]) -> Sheet:
    """The block's decisions: one row per world, year, decision and limit."""
    rows = [(taken, limit) for taken in decisions for limit in taken.limits]
    sheet = Sheet(block, [taken.year for taken, _ in rows], {})
    sheet.text("firm", [taken.firm for taken, _ in rows])
    sheet.text("decision", [taken.name for taken, _ in rows])
    sheet.text("limit", [limit for _, limit in rows])
    sheet.numbers("amount", [taken.limits[limit] for taken, limit in rows])
    sheet.text("unit", [taken.unit for taken, _ in rows])
    sheet.flags(
        "bound",
        [decided for taken in decisions for decided in taken.bound().values()],
    )
    return sheet
