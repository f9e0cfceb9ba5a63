"""The tables of sources in the docs are those of today's baseline."""

from __future__ import annotations

from docs.sources import PAGE, current


def test_the_tables_of_sources_are_todays() -> None:
    assert PAGE.read_text(encoding="utf-8") == current(), "python docs/sources.py writes them anew"
