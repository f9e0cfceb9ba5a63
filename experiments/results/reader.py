"""Reads a results folder part by part: memory grows with what is read, not with what is there."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from computeshift.experiments.config.arguments import known
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.levels import TABLES
from computeshift.experiments.results.manifest import Manifest
from computeshift.experiments.results.store import Store
from computeshift.experiments.results.tables import Block

Where = Sequence[tuple[str, str, Any]]
Slab = npt.NDArray[np.float64]
"""One number per world and year, `(W, years)`."""

_HELD = 2**28  # bytes of flows that stay in memory: a run of 20,000 worlds fits, a million does not


class Parts:
    """The tables of a results folder, as the blocks that its manifest lists left them.

    Slabs hold every world, `worlds` of them, in the order of their numbers.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.tables = TABLES[manifest.keep]
        self.blocks = manifest.blocks
        self.years = list(range(manifest.config.start + 1, manifest.until + 1))
        numbers = [np.arange(block.first, block.first + block.worlds) for block in self.blocks]
        self.worlds = np.concatenate(numbers) if numbers else np.array([], dtype=int)
        self._store = Store(folder)
        self._flows: dict[str, dict[tuple[str, str], Slab]] = {}

    def read(self, table: str, columns: Sequence[str] | None = None, where: Where = ()) -> pd.DataFrame:
        """Rows of a table, in the order of worlds. UserError if it was not stored or can't be read."""
        import pyarrow.dataset as ds

        for name in [*(columns or ()), *(name for name, _, _ in where)]:
            known(name, self.schema(table).names, f"column of {table}")
        worlds = [(how, world) for name, how, world in where if name == "world"]
        near = [block for block in self.blocks if all(_may_hold(block, *one) for one in worlds)]
        files = [self._part(table, block) for block in near or self.blocks[:1]]
        chosen = None if columns is None else list(dict.fromkeys([*columns, "world"]))
        with _broken(self.folder / table):
            source = ds.dataset(files, format="parquet", schema=self.schema(table))
            condition = pq.filters_to_expression(list(where)) if where else None
            rows = source.to_table(columns=chosen, filter=condition)
        frame: pd.DataFrame = rows.to_pandas()
        if not frame["world"].is_monotonic_increasing:
            frame = frame.sort_values("world", kind="stable", ignore_index=True)
        return frame if columns is None else frame[list(columns)]

    def schema(self, table: str) -> pa.Schema:
        """The columns of a table. UserError if it was not stored or can't be read."""
        part = self._part(table, self.blocks[0])
        with _broken(part):
            return pq.read_schema(part)

    @functools.cached_property
    def numbers(self) -> dict[str, list[str]]:
        """The names of each table's columns of numbers; none where it is not stored."""
        every = dict.fromkeys(name for tables in TABLES.values() for name in tables)
        stored = {table: self.schema(table) if table in self.tables else () for table in every}
        return {table: [f.name for f in s if pa.types.is_floating(f.type)] for table, s in stored.items()}

    def slabs(self, table: str, values: Sequence[str], where: tuple[str, str] | None = None) -> list[Slab]:
        """Columns of a table that has one row per world and year, where a column of words is a word."""
        slabs = [np.full((len(self.worlds), len(self.years)), np.nan) for _ in values]
        for rows, block, mine in self._rows(table, values, where):
            cells = self._cells(rows, block)
            for slab, name in zip(slabs, values, strict=True):
                slab[mine].reshape(-1)[cells] = rows[name].to_numpy()
        return slabs

    def flows(self, kind: str) -> dict[tuple[str, str], Slab]:
        """What flowed of a kind, by source and target in order of first flow.

        Summed in the order of posting, as the market itself would: to the last bit.
        """
        if kind not in self._flows:
            ties: dict[tuple[str, str], Slab] = {}
            for rows, block, mine in self._rows("flows", ["source", "target", "amount"], ("kind", kind)):
                for tie, summed in self._summed(rows, block).items():
                    slab = ties.setdefault(tie, np.zeros((len(self.worlds), len(self.years))))
                    slab[mine] = summed
            if sum(slab.nbytes for slabs in self._flows.values() for slab in slabs.values()) > _HELD:
                self._flows.clear()
            self._flows[kind] = ties
        return self._flows[kind]

    def _summed(self, rows: pa.Table, block: Block) -> dict[tuple[str, str], Slab]:
        """A part's flows, summed over each tie, `(W, years)`."""
        cells, amounts = self._cells(rows, block), rows["amount"].to_numpy()
        sources, targets = (rows[end].combine_chunks() for end in ("source", "target"))
        count = len(targets.dictionary)
        ties = sources.indices.to_numpy().astype(np.int64) * count + targets.indices.to_numpy()
        summed: dict[tuple[str, str], Slab] = {}
        for tie in pd.unique(ties):
            ends = sources.dictionary[tie // count].as_py(), targets.dictionary[tie % count].as_py()
            at = ties == tie
            flat = np.bincount(cells[at], weights=amounts[at], minlength=block.worlds * len(self.years))
            summed[ends] = np.asarray(flat, dtype=np.float64).reshape(block.worlds, -1)
        return summed

    def _rows(
        self, table: str, values: Sequence[str], where: tuple[str, str] | None
    ) -> Iterator[tuple[pa.Table, Block, slice]]:
        """Each part's rows, its block, and the place of its worlds in a slab."""
        columns = ["world", "year", *values, *([where[0]] if where else [])]
        before = 0
        for block in self.blocks:
            part = self._part(table, block)
            with _broken(part):
                rows = pq.ParquetFile(part).read(columns=columns)
            if where is not None:
                words = rows[where[0]].combine_chunks()
                code = words.dictionary.index(where[1]).as_py()
                rows = rows.filter(pa.array(words.indices.to_numpy() == code))
            yield rows, block, slice(before, before + block.worlds)
            before += block.worlds

    def _cells(self, rows: pa.Table, block: Block) -> npt.NDArray[np.int64]:
        """Where rows of a block stand, if its numbers are laid out world after world."""
        worlds = rows["world"].to_numpy().astype(np.int64) - block.first
        return np.asarray(worlds * len(self.years) + rows["year"].to_numpy() - self.years[0])

    def _part(self, table: str, block: Block) -> Path:
        if table not in self.tables:
            known(table, dict.fromkeys(name for tables in TABLES.values() for name in tables), "table")
            level = next(level for level, tables in TABLES.items() if table in tables)
            raise UserError(f'{self.folder} has no {table}: run it with `keep="{level}"`')
        return self._store.part(table, block)


def _may_hold(block: Block, how: str, world: int) -> bool:
    """Whether a block can have rows where a condition on the world holds."""
    first, last = block.first, block.first + block.worlds - 1
    return {"==": first <= world <= last, ">=": last >= world, "<": first < world}.get(how, True)


@contextmanager
def _broken(path: Path) -> Iterator[None]:
    """UserError for a file that is gone, cut off or was written over."""
    try:
        yield
    except FileNotFoundError as error:
        right = "the same run into the same folder makes it again"
        raise UserError(f"{path} can't be read: it is gone; {right}") from error
    except (pa.ArrowInvalid, OSError) as error:
        right = "delete it, and the same run into the same folder makes it again"
        raise UserError(f"{path} can't be read: it is broken; {right}") from error
