"""The table of what is sunk, in the docs, is what the program says today."""

from __future__ import annotations

from docs.stamps import outdated
from docs.sunk import FEW, stand, table


def test_the_table_of_what_is_sunk_is_todays() -> None:
    assert outdated("what is sunk", stand(), table(FEW)) == [], "python docs/sunk.py writes it anew"
