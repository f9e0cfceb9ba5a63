"""A report on paper: where each chart of a PDF stands, and how much of it has its series' colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

SCALE = 2  # pixels a point
MOST = 12  # colours of a chart that are looked for
FULL = ("network", "money", "claims", "rings")
MARGIN, GUTTER = 34.0, 14.4  # points: of the page, and between its two columns
KEY = 34.0  # points below a title that a legend takes: its swatches are no chart


@dataclass(frozen=True)
class Chart:
    """A chart that a report says it has: its title, its note, the colours of what it draws."""

    figure: str
    title: str
    note: str
    colours: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where words stand, points from the left and the bottom of a page."""

    page: int
    left: float
    bottom: float
    top: float


def charts(report: Path) -> Iterator[Chart]:
    """The charts that a report shows when it is opened, in their order."""
    found = re.search(r'id="data">(.*?)</script>', report.read_text("utf-8"), re.DOTALL)
    assert found
    data = json.loads(found[1])
    for figure in data["figures"]:
        chosen = [len(c["options"]) - 1 if c["name"] == "year" else 0 for c in figure["choices"]]
        for cell in figure["cells"][",".join(map(str, chosen))]:
            picture = data["pictures"][cell["picture"]]
            yield Chart(figure["name"], picture["title"], picture["note"], _colours(picture["option"]))


def _colours(option: dict[str, Any]) -> tuple[str, ...]:
    """What is drawn in: lines, bars and dots that the legend does not hide, nodes, cells."""
    hidden = {n for n, on in option.get("legend", {}).get("selected", {}).items() if not on}
    found = list[str]()
    for series in option["series"]:
        if series["type"] in ("graph", "sankey", "heatmap"):
            styles = (part["itemStyle"] for part in series["data"])
            found += [style["borderColor" if series["type"] == "graph" else "color"] for style in styles]
        elif series.get("color") and series["data"] and series.get("name") not in hidden:
            found.append(series["color"])
    return tuple(dict.fromkeys(found))[:MOST]


class Paper:
    """A PDF as words and pixels."""

    def __init__(self, file: Path) -> None:
        self._pdf = pdfium.PdfDocument(file)
        self._texts = [page.get_textpage() for page in self._pdf]
        self._pixels: dict[int, npt.NDArray[np.int16]] = {}

    def __len__(self) -> int:
        return len(self._pdf)

    def places(self, words: str) -> list[Place]:
        """Where words stand, in reading order."""
        found = []
        for number, text in enumerate(self._texts):
            search = text.search(words, match_case=True)
            while hit := search.get_next():
                boxes = [text.get_rect(i) for i in range(text.count_rects(*hit))]
                lefts, bottoms, _, tops = zip(*boxes, strict=True)
                found.append(Place(number, min(lefts), min(bottoms), max(tops)))
        return sorted(found, key=lambda at: (at.page, -at.top, at.left))

    def below(self, title: Place, words: str) -> Place | None:
        """Where words stand next below a title, in its column."""
        under = [
            at
            for at in self.places(words)
            if at.page == title.page and at.top < title.bottom and abs(at.left - title.left) < 6
        ]
        return under[0] if under else None

    def between(self, title: Place, note: Place, full: bool) -> npt.NDArray[np.int16]:
        """The pixels of the chart between its title and its note, rows x columns x 3."""
        page = self._pdf[title.page]
        wide, high = page.get_size()
        if title.page not in self._pixels:
            self._pixels[title.page] = page.render(scale=SCALE).to_numpy()[:, :, :3].astype(np.int16)
        width = wide - 2 * MARGIN if full else (wide - 2 * MARGIN - GUTTER) / 2
        rows = slice(int((high - title.bottom + KEY) * SCALE), int((high - note.top) * SCALE))
        columns = slice(int(title.left * SCALE), int((title.left + width) * SCALE))
        return self._pixels[title.page][rows, columns, ::-1]


def coloured(pixels: npt.NDArray[np.int16], colours: tuple[str, ...]) -> list[int]:
    """How many pixels have each colour, or have it as a surface that lets some of the white through."""
    packed = pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    values, counts = np.unique(packed, return_counts=True)  # a chart has few: each is compared once
    drawn = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1)
    found = []
    for colour in colours:
        pure = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        shades = (255 - (255 - pure) * opacity for opacity in (1.0, 0.85))
        near = np.any([np.abs(drawn - shade).max(axis=1) <= 12 for shade in shades], axis=0)
        found.append(int(counts[near].sum()))
    return found
