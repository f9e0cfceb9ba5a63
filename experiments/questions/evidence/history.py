"""What happened: the rows of a facts file, checked, and each with the years that it is about."""

from __future__ import annotations

import csv
import datetime
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config.arguments import chosen_path
from computeshift.experiments.config.facts import FILES, REPLACES, standing, valued
from computeshift.experiments.config.periods import YEAR, Period, period
from computeshift.experiments.errors import Problem, UserError, instead

COLUMNS = (
    "entity", "variable", "period", "value", "unit", "kind",
    "published", "source", "url", "confidence", "note",
)  # fmt: skip
HAPPENED = ("actual", "analyst estimate")
PLANNED = ("company projection", "announced commitment")
KINDS = (*HAPPENED, *PLANNED, "rumour")
ERROR = {"high": 0.1, "medium": 0.2, "low": 0.4}
"""Standard error of a log by confidence. Assumed, because audited and leaked figures of one year
(OpenAI's revenue of 2023 and 2024, its compute of 2024) differ by about a tenth to a half."""


@dataclass(frozen=True)
class Row:
    """A row of a facts file; `where` is its file and line."""

    where: str
    entity: str
    variable: str
    period_text: str
    value: float
    unit: str
    kind: str
    published: datetime.date
    source: str
    confidence: str

    @property
    def name(self) -> str:
        """ENTITY/VARIABLE/PERIOD."""
        return f"{self.entity}/{self.variable}/{self.period_text}"

    @property
    def period(self) -> Period | None:
        """The months that it is about, if it is about a year, a part of one or a span of months."""
        return period(self.entity, self.period_text)

    @property
    def happened(self) -> bool:
        """Whether it says what was: an actual, or an estimate made once its period was over."""
        if self.kind != "analyst estimate" or self.period is None:
            return self.kind in HAPPENED
        return self.published >= day_after(self.period)


def day_after(when: Period) -> datetime.date:
    """The first day after a period."""
    year, months = divmod(when.end, YEAR)
    return datetime.date(year, months + 1, 1)


def rows(*more: str | Path | None) -> list[Row]:
    """The facts that come with the program, and those of more files with the same columns.

    A row that is there twice counts once, and one that another replaces not at all. UserError if a file
    can't be read or lacks a column, or a row has a bad number, period or date, an unknown kind or
    confidence, or replaces no row: all of them, with their lines. What the model lacks, an entity, a
    variable or a unit, is no error: such a row is skipped later.
    """
    files = (*FILES, *(chosen_path(file, "facts") for file in more if file is not None))
    lines = [line for each in files for line in _read(each)]
    if wrong := list(_corrects_nothing(lines)):
        raise UserError(wrong)
    different: dict[tuple[object, ...], Row] = {}
    for row in map(_row, standing(lines)):
        different.setdefault(_content(row), row)
    return list(different.values())


def _corrects_nothing(lines: Sequence[dict[str, str]]) -> Iterator[Problem]:
    """The rows that are to replace a row that is nowhere."""
    known = {valued(line) for line in lines}
    for line in lines:
        if (target := line.get(REPLACES, "")) and target not in known:
            wrong = f"there is no row {target!r}, ENTITY/VARIABLE/PERIOD=VALUE"
            yield Problem(line["where"], REPLACES, wrong, instead(target, known))


def _content(row: Row) -> tuple[object, ...]:
    """All that a row says, without where it says it."""
    return (row.name, row.value, row.unit, row.kind, row.published, row.source, row.confidence)


def _read(file: Path) -> list[dict[str, str]]:
    """The lines of a file, each with where it stands; UserError for all that is wrong with them."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                right = f"its columns are {','.join(COLUMNS)}"
                raise UserError(f"{file}:1: no column {', '.join(missing)}; {right}")
            numbered = [(reader.line_num, line) for line in reader]
    except OSError as error:
        raise UserError(f"`facts`: can't read {file}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"`facts`: {file} is no CSV file in UTF-8: {error}") from error
    if wrong := [fault for number, line in numbered for fault in _faults(f"{file}:{number}", line)]:
        raise UserError(wrong)
    return [{**line, "where": f"{file}:{number}"} for number, line in numbered]


def _faults(where: str, line: dict[str, str | None]) -> Iterator[Problem]:
    """What is wrong with a line."""
    if None in line or None in line.values():
        columns = len(line) - (None in line)
        yield Problem(where, "", f"it has not {columns} cells", "quote a text with a comma in it")
        return
    cells = {key: str(value) for key, value in line.items()}
    for column in ("entity", "variable", "period"):
        if not cells[column].strip():
            yield Problem(where, column, "it is empty")
    if not _number(cells["value"]):
        yield Problem(where, "value", f"{cells['value']!r} is no number")
    if not _dated(cells["period"]):
        wrong = f"{cells['period']!r} is no period"
        yield Problem(where, "period", wrong, "write 2025, 2025-10, 2025-Q4, 2025-H1 or FY2025")
    if not cells["unit"].strip():
        yield Problem(where, "unit", "it is empty")
    choices = {"kind": KINDS, "confidence": tuple(ERROR)}
    for column, known in choices.items():
        if cells[column] not in known:
            wrong = f"there is no {column} {cells[column]!r}"
            yield Problem(where, column, wrong, instead(cells[column], known))
    try:
        datetime.date.fromisoformat(cells["published"])
    except ValueError:
        yield Problem(where, "published", f"{cells['published']!r} is no date", "write YEAR-MONTH-DAY")


def _dated(text: str) -> bool:
    """Whether the years and months that a period names exist."""
    years = re.findall(r"\d{3,}", text)
    month = re.fullmatch(r"(?:FY)?\d{4}-(\d\d)", text)
    return all(re.fullmatch(r"(?:19|20)\d\d", year) for year in years) and (
        month is None or 1 <= int(month[1]) <= 12
    )


def _number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _row(line: dict[str, str]) -> Row:
    return Row(
        where=line["where"],
        entity=line["entity"],
        variable=line["variable"],
        period_text=line["period"],
        value=float(line["value"]),
        unit=line["unit"],
        kind=line["kind"],
        published=datetime.date.fromisoformat(line["published"]),
        source=line["source"],
        confidence=line["confidence"],
    )
