"""The table of levers in the docs is what the program says today."""

from __future__ import annotations

from docs.levers import current


def test_the_table_of_levers_is_todays() -> None:
    for file, text in current().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: python docs/levers.py writes it anew"
