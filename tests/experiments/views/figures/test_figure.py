"""Files of figures: a page opens offline and is the same each time; titles are text, not HTML."""

from __future__ import annotations

import re
from pathlib import Path

from computeshift.experiments.results.files import PICTURE, writable
from computeshift.experiments.views.figures.figure import figure, write


def page(folder: Path) -> str:
    """A page with one line, as a file of this folder."""
    folder.mkdir()
    drawing = figure(4.0, 3.0, title="A < B & C")
    drawing.subplots().plot([0, 1], [1, 0])
    return write(drawing, writable(folder / "it.html", PICTURE)).read_text("utf-8")


def test_a_page_is_the_same_each_time_loads_nothing_and_escapes_its_title(tmp_path: Path) -> None:
    text = page(tmp_path / "one")
    assert text == page(tmp_path / "other")
    assert "<title>A &lt; B &amp; C</title>" in text
    assert PICTURE.marks[".html"] in text
    assert not re.search(r"<script|<link|src=|href=\"http", text.replace('xlink:href="#', ""))
