"""A results folder on disk: five tables, a block of worlds at a time, and a manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TABLES = ("design", "agents", "market", "flows")
LOG = "decisions"  # the table of what bound each decision, which older folders lack
MANIFEST = "manifest.json"


class Store:
    """The Parquet files of a results folder, open for writing: a row group a block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def append(self, tables: Mapping[str, pa.Table]) -> None:
        """Append a block to every file."""
        for name, table in tables.items():
            if name not in self._writers:
                self._writers[name] = self._open(name, table.schema)
            self._writers[name].write_table(table, row_group_size=max(len(table), 1))

    def close(self) -> None:
        """Finish the files: only then can they be read."""
        for writer in self._writers.values():
            writer.close()

    def _open(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        # Limits are often equal, which zstd finds; other numbers are not worth its time.
        slow = [field.name for field in schema if name == LOG or not pa.types.is_floating(field.type)]
        words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        return pq.ParquetWriter(
            self.folder / f"{name}.parquet",
            schema,
            compression={field: "zstd" if field in slow else "snappy" for field in schema.names},
            use_dictionary=words,
            write_statistics=["world"],
        )


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest under a temporary name, then rename it: it is never half there."""
    half = folder / f".{MANIFEST}.part"
    half.write_text(json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    half.replace(folder / MANIFEST)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds results that this program wrote."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "computeshift" in manifest.get("versions", {})
