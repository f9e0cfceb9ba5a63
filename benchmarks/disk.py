"""What a world takes on disk, table by table, and what fewer digits or another codec would save."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.page import table
from benchmarks.sizes import Sizes
from computeshift.experiments.run.run import run

CONFIG = "six"
WORLDS = 4_096


def disk_table(sizes: Sizes) -> str:
    """A row for each table of a run with everything stored, and one for all of them."""
    worlds = min(sizes.worlds, WORLDS)
    with tempfile.TemporaryDirectory() as folder:
        run(CONFIG, worlds=worlds, out=folder, keep="all")
        tables = {part.name: list(_read(part)) for part in sorted(Path(folder).iterdir()) if part.is_dir()}
        again = Path(folder) / "again.parquet"
        rows = [[f"`{name}`", *_costs(parts, worlds, again)] for name, parts in tables.items() if parts]
        every = [part for parts in tables.values() for part in parts]
        rows.append(["all", *_costs(every, worlds, again)])
    heads = ["table", "numbers per world", "bytes per number", "kB per world"]
    return table([*heads, "with zstd", "and in single precision"], rows)


def _read(folder: Path) -> Iterator[tuple[pa.Table, int]]:
    """The blocks of a table, each with its size in bytes."""
    for file in sorted(folder.glob("*.parquet")):
        yield pq.read_table(file), file.stat().st_size


def _costs(blocks: list[tuple[pa.Table, int]], worlds: int, again: Path) -> list[str]:
    numbers = sum(len(block) * len(_floats(block.schema)) for block, _ in blocks)
    stored = sum(size for _, size in blocks)
    packed = sum(_written(block, again) for block, _ in blocks)
    single = sum(_written(_single(block), again) for block, _ in blocks)
    kilobytes = [f"{size / worlds / 1e3:.1f}" for size in (stored, packed, single)]
    return [f"{numbers / worlds:,.0f}", f"{stored / numbers:.1f}", *kilobytes]


def _written(block: pa.Table, file: Path) -> int:
    """Bytes of a block that zstd compresses, at its usual level."""
    floats = _floats(block.schema)
    pq.write_table(block, file, compression="zstd", use_dictionary=False, use_byte_stream_split=floats)
    return file.stat().st_size


def _floats(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_floating(field.type)]


def _single(block: pa.Table) -> pa.Table:
    """With seven digits of each number instead of sixteen."""
    fields = [
        field.with_type(pa.float32()) if pa.types.is_floating(field.type) else field for field in block.schema
    ]
    return block.cast(pa.schema(fields), safe=False)
