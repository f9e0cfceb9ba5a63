"""A results folder on disk: one part file per table and block, and a manifest of the blocks that are done.

A file appears whole or not at all: it is written under another name, flushed, then renamed. What the
manifest does not list is not there, so whatever stops a run, the folder stays sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.columns import numbers, words
from computeshift.experiments.results.files import HALF, reason, whole
from computeshift.experiments.results.manifest import MANIFEST, Manifest
from computeshift.experiments.results.sheet import Block

LOCK = ".lock"
FAILURES = "failures"
_BATCH = 65_536  # values written at a time; the usual 1,024 cost a tenth more


class WriteError(UserError):
    """The results can't be written: the disk is full, or the folder has gone or is read-only."""


class Store:
    """The files of a results folder."""

    def __init__(self, folder: Path, flush: bool = True) -> None:
        """Without `flush` nothing waits for the disk: for a folder that does not outlast the program."""
        self.folder = folder
        self.flush = flush

    def part(self, table: str, block: Block) -> Path:
        """The file of a block's table."""
        return self.folder / table / f"{_span(block)}.parquet"

    def holds(self, tables: Iterable[str], block: Block) -> bool:
        """Whether all of a block's files are there."""
        return all(self.part(table, block).is_file() for table in tables)

    def write(self, block: Block, tables: Mapping[str, pa.Table]) -> None:
        """Write a block's files, each in a thread of its own: encoding one overlaps with the disk's wait for
        another. WriteError if they can't be written; none is left half written.
        """

        def write(name: str) -> None:
            with self._whole(self.part(name, block)) as half:
                _write_parquet(tables[name], half)

        with ThreadPoolExecutor() as pool:
            list(pool.map(write, tables))

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest. WriteError if it can't be: the one that was there still stands."""
        with self._whole(self.folder / MANIFEST) as half:
            half.write_text(manifest.text(), "utf-8")

    def note_failure(self, block: Block, trace: str) -> None:
        """Store the traceback of a block that failed."""
        with self._whole(self._failure(block)) as half:
            half.write_text(trace, "utf-8")

    def forget_failures(self) -> None:
        """Drop the tracebacks of an earlier try."""
        for file in (self.folder / FAILURES).glob("*.txt"):
            file.unlink()

    def clean(self, blocks: Iterable[Block]) -> None:
        """Take away what is no file of these blocks: half written, or of blocks that were never noted."""
        listed = {f"{_span(block)}.parquet" for block in blocks}
        stray = (part for part in self.folder.glob("*/*.parquet") if part.name not in listed)
        for file in [*stray, *self.folder.rglob(f"*{HALF}")]:
            file.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder; UserError if one is in it. A run that died holds no lock."""
        lock = FileLock(self.folder / LOCK, thread_local=False)  # a pool's thread may take it
        try:
            lock.acquire(timeout=0)
        except Timeout:
            right = "wait for it to end, or choose another folder"
            raise UserError(f"another run is writing into {self.folder}: {right}") from None
        except OSError as error:
            raise WriteError(f"can't write in {self.folder}: {error.strerror}") from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _whole(self, file: Path) -> Iterator[Path]:
        """A name to write a file of the folder under, as `whole` has it. WriteError if it can't be."""
        try:
            file.parent.mkdir(exist_ok=True)
            with whole(file, self.flush) as half:
                yield half
        except OSError as error:
            raise WriteError(f"can't write {file}: {reason(error)}") from error

    def _failure(self, block: Block) -> Path:
        return self.folder / FAILURES / f"{_span(block)}.txt"


def _span(block: Block) -> str:
    """The worlds of a block as a file name; names sort as worlds do."""
    return f"{block.first:09d}-{block.last:09d}"


def _write_parquet(table: pa.Table, file: Path) -> None:
    """A fast codec and no statistics, which cost more than the writing: readers pick parts by block.

    The bytes of numbers lie apart by their weight, since the first ones of many numbers are alike. The
    metadata is written alone: Arrow's copy of the schema would hold it a second time.
    """
    with pq.ParquetWriter(
        file,
        table.schema,
        compression="lz4",
        use_dictionary=words(table.schema),
        use_byte_stream_split=numbers(table.schema),
        write_statistics=False,
        write_batch_size=_BATCH,
        store_schema=False,
    ) as writer:
        writer.write_table(table, row_group_size=max(len(table), 1))
        writer.add_key_value_metadata(table.schema.metadata)
