"""Tables for other programs: the options --csv and --xlsx, tried before the work and written after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeshift.experiments.results.exported import Exported
    from computeshift.experiments.results.files import Target
    from computeshift.experiments.results.folder import Folder

Csv = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write the tables as CSV files into a folder, with units."),
]
Xlsx = Annotated[
    Path | None,
    typer.Option(metavar="FILE.xlsx", help="Write the tables as sheets of a workbook, with units."),
]


@dataclass(frozen=True)
class Exports:
    """Where tables are written to, as far as it was asked."""

    folder: Folder | None
    book: Target | None

    def write(self, made: Exported) -> list[str]:
        """Write the tables; a line for each place."""
        return list(self._written(made))

    def _written(self, made: Exported) -> Iterator[str]:
        if self.folder is not None:
            made.fill(self.folder)
            yield f"Tables in {self.folder.named}"
        if self.book is not None:
            made.save(self.book)
            yield f"Workbook in {self.book.named}"


def exports(csv: Path | None, xlsx: Path | None, force: bool) -> Exports:
    """The places of these options. UserError for one that can't be written."""
    if csv is None and xlsx is None:
        return Exports(None, None)
    from computeshift.experiments.results.exported import writable_workbook
    from computeshift.experiments.results.folder import writable_folder

    return Exports(
        None if csv is None else writable_folder(csv, force, "csv"),
        None if xlsx is None else writable_workbook(xlsx, force, "xlsx"),
    )
