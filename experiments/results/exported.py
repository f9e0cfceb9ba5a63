"""Tables out of the tool: a folder of CSV files, or a workbook, each with a table of units and meanings."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.changes import in_files
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import WORKBOOK, Target, writable
from computeshift.experiments.results.folder import Folder, writable_folder

if TYPE_CHECKING:
    from xlsxwriter import Workbook

GLOSSARY = "columns"
"""The table with unit and meaning of each column of the others."""
EVERY = "*"
"""In a glossary: a column that is not named, or a table."""
_ROWS = 1_048_575  # of a sheet, below its heads
_TITLE = 31  # letters of a sheet's name
_PAGE = 15_000  # cells up to which columns are made as wide as what is in them

Glossary = Mapping[str, Mapping[str, Sequence[str]]]
"""By table and column: unit and meaning."""


class Exported(ABC):
    """What has tables that can be written for other programs."""

    @abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables, by name."""

    @abstractmethod
    def about(self) -> Glossary:
        """Unit and meaning of the columns of its tables, as far as they are known."""

    def glossary(self) -> pd.DataFrame:
        """One row per column of its tables: `table`, `column`, `unit` and `meaning`.

        Where units differ from row to row, the unit is "see unit": the column `unit` has it.
        """
        about = self.about()
        rows = [
            (name, column, *_entry(about, name, column))
            for name, table in self.tables().items()
            for column in map(str, flat(table))
        ]
        return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])

    def write_csv(self, folder: str | Path, force: bool = False) -> Path:
        """Write each table as TABLE.csv into a folder, and `columns.csv` with units and meanings.

        The folder is a new or an empty one, or one of earlier tables, which are replaced. UserError if it
        can't be written, or if it holds other files; `force` leaves these where they are.
        """
        return self.fill(writable_folder(folder, force, "folder"))

    def write_xlsx(self, file: str | Path, force: bool = False) -> Path:
        """Write each table as a sheet of FILE.xlsx, and a sheet `columns` with units and meanings.

        UserError if it can't be written, if another file than such a workbook stands there (`force`
        writes over it), if a table has more rows than a sheet, or without the extra `xlsx`.
        """
        return self.save(writable_workbook(file, force, "file"))

    def fill(self, folder: Folder) -> Path:
        """Write the tables into a folder that was tried before."""
        sheets = self._sheets()
        names = _unlike(map(in_files, sheets), "_{}")
        texts = (table.to_csv(index=False) for table in sheets.values())
        return folder.write({f"{name}.csv": text for name, text in zip(names, texts, strict=True)})

    def save(self, target: Target) -> Path:
        """Write the tables into a workbook that was tried before."""
        sheets = self._sheets()
        for name, table in sheets.items():
            if len(table) > _ROWS:
                raise UserError(f"{name} has {len(table):,} rows, a sheet {_ROWS:,}: write it as CSV")
        return target.write(lambda half: _write_workbook(half, sheets))

    def _sheets(self) -> dict[str, pd.DataFrame]:
        tables = {name: flat(table) for name, table in self.tables().items()}
        return {**tables, GLOSSARY: self.glossary()}


def writable_workbook(file: str | Path, force: bool, parameter: str) -> Target:
    """The file of a workbook, tried before any work is done for it. UserError as `writable` has it.

    UserError, with the line that installs it, without the library that writes workbooks.
    """
    _library(parameter)
    return writable(file, WORKBOOK, force, parameter)


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """A table without index: what the index says of its rows is a column, the first.

    >>> flat(pd.DataFrame({"gain": [1.5]}, index=["exit"])).to_dict("records")
    [{'name': 'exit', 'gain': 1.5}]
    """
    says = table.index.name is not None or pd.api.types.is_string_dtype(table.index)
    known = table.reset_index(names=table.index.name or "name") if says else table.reset_index(drop=True)
    mixed = {column: known[column].map(_plain) for column in known if known[column].dtype == object}
    return known.assign(**{str(column): values for column, values in mixed.items()})


def _plain(value: Any) -> Any:
    """A cell as other programs read it: several names as one text."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _entry(about: Glossary, table: str, column: str) -> tuple[str, str]:
    """Unit and meaning of a column: of its own, of every such column, or of all others of its table."""
    own, every = about.get(table, {}), about.get(EVERY, {})
    unit, meaning = own.get(column) or every.get(column) or own.get(EVERY) or ("", "")
    return unit, meaning


# --- workbooks ---


def _library(parameter: str) -> Any:
    """The library that writes workbooks. UserError, with the line that installs it, if it is missing."""
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise UserError(f"`{parameter}`: workbooks are an extra: pip install 'computeshift[xlsx]'") from None
    return xlsxwriter


def _write_workbook(file: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write a workbook: a sheet per table, its heads above the rows in view."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Workbook = _library("file").Workbook(str(file), options)
    book.set_properties({"author": "computeshift", "comments": "computeshift tables"})
    head = book.add_format({"bold": True})
    for title, table in zip(_titles(sheets), sheets.values(), strict=True):
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, map(str, table), head)
        for at, column in enumerate(table):
            sheet.write_column(1, at, map(_cell, table[column].tolist()))
        if table.size <= _PAGE:
            sheet.autofit()
    book.close()


def _cell(value: Any) -> Any:
    """A value of a sheet; a number that is unknown is an empty cell."""
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, int | float | str) else str(value)


def _titles(names: Iterable[str]) -> Iterator[str]:
    """Names that a workbook allows: short, without some signs, each once."""
    return _unlike((re.sub(r"[\[\]:*?/\\]+", "-", name) for name in names), " ({})", _TITLE)


def _unlike(names: Iterable[str], mark: str, most: int | None = None) -> Iterator[str]:
    """Names of at most so many letters, each once: one that comes again is marked with a number.

    Capitals do not tell names apart, as in file systems they may not.

    >>> list(_unlike(["debt", "Debt", "cash"], "_{}"))
    ['debt', 'Debt_2', 'cash']
    """
    seen = set[str]()
    for name in names:
        title, number = name[:most], 2
        while title.lower() in seen:
            end = mark.format(number)
            title, number = f"{name[: None if most is None else most - len(end)]}{end}", number + 1
        seen.add(title.lower())
        yield title
