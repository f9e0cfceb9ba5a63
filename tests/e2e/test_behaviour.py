"""The page on how the market behaves, and its pictures, are what the program says today."""

from __future__ import annotations

from docs.behaviour import PICTURES, current


def test_the_page_on_behaviour_is_todays() -> None:
    files = current()
    assert set(PICTURES.iterdir()) <= files.keys()
    for file, text in files.items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: python docs/behaviour.py writes it"
