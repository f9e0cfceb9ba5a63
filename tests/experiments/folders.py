"""Results folders for tests: with a manifest that their run did not write; two that hold the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from computeshift.experiments.results.deals import DEALS
from computeshift.experiments.results.exported import Exported
from computeshift.experiments.results.manifest import MANIFEST, PosteriorTerms
from computeshift.experiments.results.results import Results
from computeshift.experiments.results.results import open as open_results


def posterior(digit: str) -> PosteriorTerms:
    """A posterior whose SHA-256 is one digit again and again."""
    return PosteriorTerms(file=f"kept/{digit}.parquet", sha256=64 * digit, rows=1_000, laid=(), kept=())


def change(results: Results, **fields: Any) -> None:
    """Give opened results another manifest; the folder keeps its own."""
    results.manifest = results.manifest.model_copy(update=fields)


def linked(results: Results, folder: Path, **fields: Any) -> Results:
    """The same worlds in a new folder, whose manifest has these fields instead of its own."""
    folder.mkdir()
    for file in results.folder.iterdir():
        if file.name not in (MANIFEST, ".lock"):
            (folder / file.name).symlink_to(file)
    document = results.manifest.model_copy(update=fields).text()
    (folder / MANIFEST).write_text(document, encoding="utf-8")
    return open_results(folder)


def edit(folder: Path, **keys: Any) -> None:
    """Write keys over those of a folder's manifest, of any type."""
    document = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(document | keys), encoding="utf-8")


def without_glossary(made: Exported) -> list[str]:
    """The columns of tables that say nothing of what they are."""
    known = made.glossary()
    unknown = known[known["meaning"] == ""]
    return (unknown["table"] + ": " + unknown["column"]).tolist()


def same(one: Results, other: Results) -> None:
    """The same worlds to the last bit, whatever the blocks.

    As they are stored; a block knows nothing of a deal before one of its own worlds signs it, so of deals
    the long view, where that is zero.
    """
    assert one.parts.tables == other.parts.tables
    for table in one.parts.tables:
        mine, theirs = (own.read(table) if table == DEALS else own.parts.read(table) for own in (one, other))
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
