"""What the numbers of the largest effect rest on is what the limits say."""

from __future__ import annotations

from docs.grounds import few, stand
from docs.stamps import outdated


def test_the_table_of_grounds_is_todays() -> None:
    assert outdated("grounds", stand(), few()) == [], "python docs/grounds.py writes it anew"
