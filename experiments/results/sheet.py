"""A table of a block of worlds, as Arrow: one row per year and world, one column per thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from computeshift.experiments.results.columns import ROW, About, described


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
    """A table of one block, filled column by column, a cell per year.

    A cell is `(W,)` or one value for all worlds; None is empty. Rows stand year after year, and in each
    year world after world: so a cell lies as the market had it.
    """

    def __init__(self, block: Block, years: Sequence[int]) -> None:
        self.worlds = block.worlds
        self._about: dict[str, About] = {}
        self._fields: list[pa.Field] = []
        self._columns: list[pa.Array] = []
        self._bits: dict[tuple[bool, ...], pa.Buffer | None] = {}
        numbers = np.arange(block.first, block.first + block.worlds, dtype=np.int32)
        self._add("world", pa.array(np.tile(numbers, len(years))), ROW["world"])
        self._add("year", pa.array(np.repeat(np.asarray(years, np.int32), block.worlds)), ROW["year"])

    def numbers(self, name: str, cells: Sequence[Any], about: About) -> None:
        """A column of numbers."""
        slab, bits = self._slab(cells, np.float64)
        values = pa.Array.from_buffers(pa.float64(), slab.size, [bits, pa.py_buffer(slab)])
        self._add(name, values, about, nullable=bits is not None)

    def words(self, name: str, words: Sequence[str], cells: Sequence[Any], about: About) -> None:
        """A column of words; its cells are the numbers of the words."""
        codes, bits = self._slab(cells, np.int8)
        indices = pa.Array.from_buffers(pa.int8(), codes.size, [bits, pa.py_buffer(codes)])
        values = pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()), safe=False)
        self._add(name, values, about, nullable=bits is not None)

    def column(self, name: str, cells: Sequence[Any], about: About) -> None:
        """A column of words or of numbers, as its cells are."""
        if not any(isinstance(cell, str) for cell in cells):
            return self.numbers(name, cells, about)
        words = list(dict.fromkeys(cell for cell in cells if cell is not None))
        self.words(name, words, [None if cell is None else words.index(cell) for cell in cells], about)

    def table(self) -> pa.Table:
        """The block as an Arrow table."""
        return pa.Table.from_arrays(self._columns, schema=described(self._fields, self._about))

    def _slab(self, cells: Sequence[Any], kind: type) -> tuple[npt.NDArray[Any], pa.Buffer | None]:
        """The cells one after the other, and Arrow's bits of which rows hold something, None if all do."""
        every = [self._every_world(0 if cell is None else cell, kind) for cell in cells]
        valid = tuple(cell is not None for cell in cells)
        if valid not in self._bits:  # columns often share them
            bits = np.packbits(np.repeat(np.array(valid), self.worlds), bitorder="little")
            self._bits[valid] = None if all(valid) else pa.py_buffer(bits)
        return np.concatenate(every), self._bits[valid]

    def _every_world(self, cell: Any, kind: type) -> npt.NDArray[Any]:
        cell = np.asarray(cell, kind)
        return cell if cell.shape == (self.worlds,) else np.full(self.worlds, cell)

    def _add(self, name: str, values: pa.Array, about: About, nullable: bool = False) -> None:
        self._fields.append(pa.field(name, values.type, nullable=nullable))
        self._columns.append(values)
        self._about[name] = about
