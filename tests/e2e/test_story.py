"""The notebook is true: run afresh, its words and numbers are those that it shows."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOLD = ("text/plain", "text/markdown")
LARGEST = 4_000_000  # bytes


@pytest.fixture(scope="module")
def story() -> ModuleType:
    spec = importlib.util.spec_from_file_location("story", ROOT / "docs" / "story.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def stored(story: ModuleType) -> Any:
    return story.nbformat.read(story.NOTEBOOK, as_version=4)


def contents(notebook: Any) -> list[tuple[str, str, list[dict[str, str]]]]:
    """Of each cell its kind, its source, and what its outputs say; pictures are left out."""
    return [
        (
            cell.cell_type,
            cell.source,
            [
                {"kind": out.output_type}
                | {form: out.data[form] for form in TOLD if form in out.get("data", {})}
                for out in cell.get("outputs", [])
            ],
        )
        for cell in notebook.cells
    ]


def test_nothing_went_wrong_and_nothing_tells_of_the_machine(story: ModuleType, stored: Any) -> None:
    outputs = [out for cell in stored.cells for out in cell.get("outputs", [])]
    assert {out.output_type for out in outputs} == {"execute_result"}
    assert sum("<iframe" in out.data.get("text/html", "") for out in outputs) >= 5
    assert sum("image/png" in out.data for out in outputs) >= 4
    text = story.NOTEBOOK.read_text(encoding="utf-8")
    assert len(text.encode("utf-8")) < LARGEST
    assert not re.findall(r"/(?:home|root|tmp|work|Users|var)/|site-packages|\d\d:\d\d:\d\d", text)


def test_it_says_what_it_says_today(story: ModuleType, stored: Any) -> None:
    today = contents(story.current())
    assert len(today) == len(stored.cells)
    for now, then in zip(today, contents(stored), strict=True):
        assert now == then
