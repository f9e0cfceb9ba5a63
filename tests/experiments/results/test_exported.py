"""Tables out of the tool: what is written is what the tables have, whole, and over nothing else."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.cli.main import main
from computeshift.experiments.errors import UserError
from computeshift.experiments.results import exported, folder
from computeshift.experiments.results.exported import Exported
from tests.experiments.folders import without_glossary

ODD = "=SUM(A1)"
TABLES = {
    "gains: all": pd.DataFrame({"gain": [1 / 3, float("nan")], "sure": [True, False]}, index=["exit", ODD]),
    "Gains: all": pd.DataFrame({"year": [2025], "by": [("a", "b")], "link": ["https://example.org"]}),
    "a table whose name is longer than sheets allow": pd.DataFrame(columns=["year", "none"]),
}


@dataclass
class Toy(Exported):
    """Tables that are hard to write."""

    own: dict[str, pd.DataFrame] = field(default_factory=lambda: dict(TABLES))

    def tables(self) -> dict[str, pd.DataFrame]:
        return self.own

    def about(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        return {
            "*": {"year": ("", "calendar year")},
            "gains: all": {"gain": ("$ bn", "gain"), "*": ("", "another")},
        }


def test_a_workbook_has_a_sheet_per_table_and_one_with_units(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(Toy().write_xlsx(tmp_path / "toy.xlsx"))
    assert all(len(name) <= 31 for name in book.sheetnames)
    gains, others, empty, columns = (list(sheet.values) for sheet in book)
    assert gains == [("name", "gain", "sure"), ("exit", 1 / 3, True), (ODD, None, False)]
    assert others == [("year", "by", "link"), (2025, "a, b", "https://example.org")]
    assert empty == [("year", "none")]
    assert columns[:4] == [
        ("table", "column", "unit", "meaning"),
        ("gains: all", "name", None, "another"),
        ("gains: all", "gain", "$ bn", "gain"),
        ("gains: all", "sure", None, "another"),
    ]
    assert ("Gains: all", "year", None, "calendar year") in columns


def test_a_folder_has_a_file_per_table_and_one_with_units(tmp_path: Path) -> None:
    made = Toy().write_csv(tmp_path / "toy")
    assert {file.name for file in made.iterdir()} == {
        "gains_all.csv",
        "Gains_all_2.csv",  # the names of two tables may be alike
        "a_table_whose_name_is_longer_than_sheets_allow.csv",
        "columns.csv",
        "datapackage.json",
    }
    gains = pd.read_csv(made / "gains_all.csv", index_col="name")
    pd.testing.assert_frame_equal(gains, TABLES["gains: all"], check_names=False, check_dtype=False)
    pd.testing.assert_frame_equal(
        pd.read_csv(made / "columns.csv", keep_default_na=False), Toy().glossary(), check_dtype=False
    )


def test_earlier_tables_are_replaced_and_other_files_are_left_alone(tmp_path: Path) -> None:
    made = Toy({"a": pd.DataFrame({"x": [1]}), "b": pd.DataFrame({"x": [1]})}).write_csv(tmp_path / "toy")
    second = Toy({"a": pd.DataFrame({"x": [2]})})
    second.write_csv(made)
    assert {file.name for file in made.iterdir()} == {"a.csv", "columns.csv", "datapackage.json"}
    (made / "mine.csv").write_text("x\n")
    with pytest.raises(UserError, match=r"`folder`: .* holds other files than tables .*, such as mine.csv"):
        second.write_csv(made)
    Toy({"c": pd.DataFrame({"x": [3]})}).write_csv(made, force=True)
    assert (made / "mine.csv").read_text() == "x\n"
    assert (made / "c.csv").read_text() == "x\n3\n"
    (tmp_path / "note").write_text("x")
    with pytest.raises(UserError, match=r"note is a file; name a folder"):
        second.write_csv(tmp_path / "note")
    with pytest.raises(UserError, match=r"there is no folder .*nowhere"):
        second.write_csv(tmp_path / "nowhere" / "toy")


def test_a_list_that_names_files_elsewhere_deletes_nothing(tmp_path: Path) -> None:
    made = Toy({"a": pd.DataFrame({"x": [1]})}).write_csv(tmp_path / "toy")
    (tmp_path / "precious.csv").write_text("x")
    listed = (made / "datapackage.json").read_text()
    (made / "datapackage.json").write_text(listed.replace('"a.csv"', '"../precious.csv"'))
    Toy({"b": pd.DataFrame({"x": [1]})}).write_csv(made, force=True)
    assert (tmp_path / "precious.csv").exists()


def test_what_fails_half_way_leaves_the_earlier_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy({"a": pd.DataFrame({"x": [1]})})
    made, book = toy.write_csv(tmp_path / "toy"), toy.write_xlsx(tmp_path / "toy.xlsx")
    before = {file: file.read_bytes() for file in (*made.iterdir(), book)}

    def full(file: Path, text: str) -> None:
        file.write_text(text[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_write", full)
    monkeypatch.setattr(exported, "_write_workbook", lambda file, _: full(file, "half"))
    with pytest.raises(UserError, match="No space left on device"):
        toy.write_csv(made)
    with pytest.raises(UserError, match="No space left on device"):
        toy.write_xlsx(book)
    assert {file: file.read_bytes() for file in (*made.iterdir(), book)} == before
    assert {file.name for file in tmp_path.iterdir()} == {"toy", "toy.xlsx"}


def test_another_workbook_is_not_written_over(tmp_path: Path) -> None:
    pd.DataFrame({"x": [1]}).to_excel(tmp_path / "mine.xlsx")
    with pytest.raises(UserError, match=r"`file`: .*mine.xlsx exists and is not a workbook made by comp"):
        Toy().write_xlsx(tmp_path / "mine.xlsx")
    Toy().write_xlsx(tmp_path / "mine.xlsx", force=True)
    Toy().write_xlsx(tmp_path / "mine.xlsx")
    with pytest.raises(UserError, match=r"toy.xls has the wrong suffix; a workbook is FILE.xlsx"):
        Toy().write_xlsx(tmp_path / "toy.xls")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(SystemExit) as ended:
        main(["diff", "six", "no_mgx", "--xlsx", str(tmp_path / "toy.xlsx")])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.err.strip() == "--xlsx: workbooks are an extra: pip install 'computeshift[xlsx]'"
    assert said.out == ""


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "_ROWS", 1)
    with pytest.raises(UserError, match="gains: all has 2 rows, a sheet 1: write it as CSV"):
        Toy().write_xlsx(tmp_path / "toy.xlsx")


def test_a_run_and_a_question_write_their_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (
        ["run", "six", "--worlds", "3", "--until", "2026", "--out", "out", "--csv", "run"],
        ["diff", "out", "no_mgx", "--csv", "answer", "--xlsx", "answer.xlsx", "--json"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert not ended.value.code
    told = capsys.readouterr()
    assert told.out.count("Tables in run\n") == 1
    assert told.err.endswith("Tables in answer\nWorkbook in answer.xlsx\n")
    results = cs.open("out")
    shares = pd.read_csv("run/shares.csv")
    pd.testing.assert_frame_equal(shares, results.shares(errors=True), check_dtype=False)
    lab = pd.read_csv("run/lab.csv").query("variable == 'revenue'")
    assert set(lab["unit"]) == {"$ bn"}
    assert lab["p50"].tolist() == pytest.approx(results.firm("openai", ["revenue"])["p50"].tolist())
    outcomes = pd.read_csv("run/outcomes.csv").set_index(["outcome", "year"])
    assert outcomes.loc[("openai_revenue", 2026), "p90"] == pytest.approx(
        results.outcome("openai_revenue")[2026].quantile(0.9)
    )
    assert without_glossary(results) == []
