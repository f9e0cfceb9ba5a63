"""Reading a facts file: what is wrong is told with its line, what is there twice counts once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from computeshift.experiments.config.facts import FACTS, FILES
from computeshift.experiments.config.periods import period
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.evidence.fact import facts_of
from computeshift.experiments.questions.evidence.history import COLUMNS, day_after, rows
from tests.experiments.questions.evidence.synthetic import row, written


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"value": "1,3"}, "mine.csv:3: value: '1,3' is no number"),
        ({"value": "nan"}, "mine.csv:3: value: 'nan' is no number"),
        ({"unit": ""}, "mine.csv:3: unit: it is empty"),
        (
            {"period": "20255"},
            "mine.csv:3: period: '20255' is no period; write 2025, 2025-10, 2025-Q4, 2025-H1 or FY2025",
        ),
        ({"period": "2025-13"}, "mine.csv:3: period: '2025-13' is no period"),
        ({"kind": "actuals"}, "did you mean 'actual'?"),
        ({"confidence": "sure"}, "use one of high, low, medium"),
        ({"published": "June"}, "'June' is no date"),
        ({"entity": ""}, "mine.csv:3: entity: it is empty"),
    ],
)
def test_a_bad_cell_is_told_with_its_line(tmp_path: Path, cell: dict[str, str], message: str) -> None:
    good = row("OpenAI", "revenue", "2025", 1)
    file = written(tmp_path / "mine.csv", [good, {**good, **cell}])
    with pytest.raises(UserError, match=r"mine\.csv:3") as refused:
        rows(file)
    assert message in str(refused.value)


def test_a_file_without_a_column_or_with_a_short_line_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("entity,variable\nOpenAI,revenue\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"mine\.csv:1: no column period, value"):
        rows(file)
    file.write_text(",".join(COLUMNS) + "\nOpenAI,revenue\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"mine\.csv:2: it has not 11 cells"):
        rows(file)
    with pytest.raises(UserError, match="can't read"):
        rows(tmp_path / "nowhere.csv")


def test_a_copy_of_the_facts_with_a_row_appended_adds_that_row_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    added = row("OpenAI", "revenue", "2025", 13.2)
    lines = FACTS.read_text(encoding="utf-8") + ",".join(added[name] for name in COLUMNS) + "\n"
    file.write_text(lines, encoding="utf-8")
    assert [known.value for known in rows(file)[len(rows()) :]] == [13.2]


def test_a_period_ends_where_the_firms_books_close() -> None:
    ends = {("Oracle", "FY2025"): "2025-06-01", ("SoftBank", "FY2025"): "2026-04-01"}
    ends |= {("OpenAI", "FY2025"): "2026-01-01", ("OpenAI", "2025-12"): "2026-01-01"}
    for (firm, text), day in ends.items():
        when = period(firm, text)
        assert when is not None
        assert day_after(when).isoformat() == day


def test_a_correction_replaces_the_row_that_it_names(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    columns = (*COLUMNS, "replaces")
    correction = row("OpenAI", "revenue", "2025", 13.2) | {"replaces": "OpenAI/revenue/2025=13.07"}

    def write() -> None:
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns)
            writer.writeheader()
            writer.writerow(correction)

    write()
    same = [known for known in rows(file) if known.name == "OpenAI/revenue/2025" and known.kind == "actual"]
    assert [known.value for known in same] == [13.2]
    assert len(rows(file)) == len(rows())
    correction["replaces"] = "OpenAI/revenue/2025=13.1"
    write()
    with pytest.raises(UserError, match=r"mine.csv:2: replaces: there is no row 'OpenAI/revenue/2025=13.1'"):
        rows(file)


def test_no_fact_rests_on_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> list[object]:
        return [(fact.name, fact.value, fact.error, fact.period) for fact in facts_of(rows())[0]]

    with_notes = made()
    files = []
    for known in FILES:
        with known.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            bare = [line | {"note": ""} for line in reader]
        files.append(tmp_path / known.name)
        with files[-1].open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, reader.fieldnames or ())
            writer.writeheader()
            writer.writerows(bare)
    monkeypatch.setattr(history, "FILES", files)
    assert made() == with_notes
