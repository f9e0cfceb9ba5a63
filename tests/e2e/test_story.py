"""The notebook is true: its words and numbers are those that it would show if it were run today."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from docs import story
from docs.stamps import outdated

LARGEST = 6_000_000  # bytes, that code hosts still show


@pytest.fixture(scope="module")
def stored() -> Any:
    return nbformat.read(story.NOTEBOOK, as_version=4)


def test_nothing_went_wrong_and_nothing_tells_of_the_machine(stored: Any) -> None:
    outputs = [out for cell in stored.cells for out in cell.get("outputs", [])]
    assert {out.output_type for out in outputs} == {"execute_result"}
    assert sum("<iframe" in out.data.get("text/html", "") for out in outputs) >= 5
    assert sum("image/png" in out.data for out in outputs) >= 4
    text = story.NOTEBOOK.read_text(encoding="utf-8")
    assert len(text.encode("utf-8")) < LARGEST
    assert not re.findall(r"/(?:home|root|tmp|work|Users|var)/|site-packages|\d\d:\d\d:\d\d", text)


def test_it_says_what_it_says_today(stored: Any) -> None:
    assert [cell.source for cell in stored.cells] == [cell.source for cell in story.cells()]
    assert outdated("story", story.contents(stored), story.few()) == [], "python docs/story.py runs it anew"
