"""The scorecard that comes with the program is what the program says today."""

from __future__ import annotations

from docs.scorecard import FILE, few
from docs.stamps import outdated


def test_the_measures_that_are_shipped_are_todays() -> None:
    stand = FILE.read_text(encoding="utf-8")
    assert outdated("scorecard", stand, few()) == [], "python docs/scorecard.py writes them anew"
