"""The table of levers in the docs is what the program says today."""

from __future__ import annotations

from docs.levers import few, stand
from docs.stamps import outdated


def test_the_table_of_levers_is_todays() -> None:
    assert outdated("table of levers", stand(), few()) == [], "python docs/levers.py writes it anew"
