"""Reads a results folder part by part: memory grows with what is read, not with what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from computeshift.experiments.config.arguments import known
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.columns import About, about_columns, joined, numbers, words
from computeshift.experiments.results.levels import FLOWS, OUTCOMES_TABLE, TABLES
from computeshift.experiments.results.manifest import Manifest
from computeshift.experiments.results.sheet import Block
from computeshift.experiments.results.store import Store

Where = Sequence[tuple[str, str, Any]]
Tie = tuple[str, str]
Slab = npt.NDArray[np.float64]
"""One number per world and year, `(W, years)`."""

_HELD = 2**28  # bytes of flows that stay in memory: a run of 20,000 worlds fits, a million does not
_FOOTERS = 64  # files of which what stands where is remembered: reading it costs twice what a column does


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
        self._schemas: dict[str, pa.Schema] = {}
        self._about: dict[str, dict[str, About]] = {}
        self._numbers: dict[str, list[str]] = {}
        self._flows: dict[str, dict[Tie, Slab]] = {}

    def read(self, table: str, columns: Sequence[str] | None = None, where: Where = ()) -> pd.DataFrame:
        """Rows of a stored table, in the order of worlds. UserError if it was not stored or can't be read."""
        import pyarrow.dataset as ds

        schema = self.schema(table)
        for name in [*(columns or ()), *(name for name, _, _ in where)]:
            known(name, schema.names, f"column of {table}")
        near = [block for block in self.blocks if may_hold(block, where)] or self.blocks[:1]
        chosen = None if columns is None else list(dict.fromkeys([*columns, "world"]))
        with _broken(self.folder / table):
            files = [self._part(table, block) for block in near]
            source = ds.dataset(files, format="parquet", schema=schema)
            condition = pq.filters_to_expression(list(where)) if where else None
            rows = source.to_table(columns=chosen, filter=condition)
        frame: pd.DataFrame = rows.to_pandas()
        if not frame["world"].is_monotonic_increasing:
            frame = frame.sort_values("world", kind="stable", ignore_index=True)
        return frame if columns is None else frame[list(columns)]

    def schema(self, table: str) -> pa.Schema:
        """The columns of a stored table, those of every block. UserError if it can't be read."""
        if table not in self._schemas:
            self._schemas[table] = joined(map(_schema, (self._part(table, block) for block in self.blocks)))
        return self._schemas[table]

    def about(self, table: str) -> dict[str, About]:
        """What the columns of a stored table are about, by name."""
        if table not in self._about:
            self._about[table] = about_columns(self.schema(table))
        return self._about[table]

    def numbers(self, table: str) -> list[str]:
        """The names of a table's columns of numbers; none where it is not stored."""
        if table not in self._numbers:
            self._numbers[table] = numbers(self.schema(table)) if table in self.tables else []
        return self._numbers[table]

    def slabs(self, table: str, names: Sequence[str]) -> list[Slab]:
        """Columns of numbers of a table that has one row per world and year; nothing else is read."""
        slabs = [np.full((len(self.worlds), len(self.years)), np.nan) for _ in names]
        for block, mine in self._places():
            rows = self.rows(table, block, names)
            for slab, name in zip(slabs, names, strict=True):
                if name in rows.column_names:
                    slab[mine] = self._cells(rows[name]).T
        return slabs

    def flows(self, kind: str) -> dict[Tie, Slab]:
        """What flowed of a kind, by source and target in order of first flow.

        Summed in the order of posting, as the market itself would: to the last bit.
        """
        if kind not in self._flows:
            if sum(slab.nbytes for own in self._flows.values() for slab in own.values()) > _HELD:
                self._flows.clear()
            table = self.holds_flows if kind in FLOWS else "flows"
            self._flows[kind] = self._summed(table, self.postings(table, kind))
        return self._flows[kind]

    @property
    def holds_flows(self) -> str:
        """The table that has flows: all of them, or the few of a summary."""
        return "flows" if "flows" in self.tables else OUTCOMES_TABLE

    def postings(self, table: str, kind: str | None = None) -> dict[str, About]:
        """The columns of a table that hold flows, in order of first flow; of one kind, or of all."""
        about = self.about(table).items()
        own = [(name, of) for name, of in about if "kind" in of and kind in (None, of["kind"])]
        return dict(sorted(own, key=lambda item: item[1].get("since", "")))

    def _summed(self, table: str, postings: Mapping[str, About]) -> dict[Tie, Slab]:
        ties = {name: (about["source"], about["target"]) for name, about in postings.items()}
        slabs = {tie: np.zeros((len(self.worlds), len(self.years))) for tie in ties.values()}
        for block, mine in self._places():
            rows = self.rows(table, block, list(ties))
            for name in rows.column_names:
                slabs[ties[name]][mine] += self._cells(rows[name].fill_null(0.0)).T
        return slabs

    def rows(self, table: str, block: Block, names: Sequence[str]) -> pa.Table:
        """Columns of a block's part, of those that it has; its rows stand year after year."""
        part = self._part(table, block)
        schema = self.schema(table)
        as_words = words(schema.field(name) for name in names if schema.get_field_index(name) >= 0)
        with (
            _broken(part),
            pq.ParquetFile(part, read_dictionary=as_words, metadata=_footer(part, part.stat()[6:9])) as file,
        ):
            return file.read(columns=list(names))

    def _cells(self, column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
        """A column of a part as `(years, W)`; what is empty is NaN."""
        cells: npt.NDArray[np.float64] = column.to_numpy()
        return cells.reshape(len(self.years), -1)

    def _places(self) -> Iterator[tuple[Block, slice]]:
        """Each block, and the place of its worlds in a slab."""
        before = 0
        for block in self.blocks:
            yield block, slice(before, before + block.worlds)
            before += block.worlds

    def _part(self, table: str, block: Block) -> Path:
        if table not in self.tables:
            known(table, dict.fromkeys(name for tables in TABLES.values() for name in tables), "table")
            level = next(level for level, tables in TABLES.items() if table in tables)
            raise UserError(f'{self.folder} has no {table}: run it with `keep="{level}"`')
        return self._store.part(table, block)


def may_hold(block: Block, where: Where) -> bool:
    """Whether a block can have rows where conditions hold, by what they ask of the world."""
    return all(
        _may_hold(block.first, block.last, how, world) for name, how, world in where if name == "world"
    )


def _may_hold(first: int, last: int, how: str, world: int) -> bool:
    return {"==": first <= world <= last, ">=": last >= world, "<": first < world}.get(how, True)


@lru_cache(maxsize=_FOOTERS)
def _footer(part: Path, version: tuple[float, ...]) -> pq.FileMetaData:
    """What stands where in a file, as of its size and the time when it was written."""
    return pq.read_metadata(part)


def _schema(part: Path) -> pa.Schema:
    with _broken(part):
        return pq.read_schema(part)


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
