"""A distribution over worlds, drawn as bands over the years, as lines of worlds, or as dots of a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.arguments import whole
from computeshift.experiments.errors import UserError
from computeshift.experiments.views.colours import lighter
from computeshift.experiments.views.format import difference, quantity, scale, spans, unit_label, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import Array
from computeshift.experiments.views.plots.landmarks import CLAIM_COLOUR, FACT_COLOUR, Landmark, Landmarks

DOTS = (50, 20)
"""How many dots stand for all worlds: people read chances off such dots better than off densities (Kay et
al. 2016), and with 50 of them decide nearly as well as can be (Fernandes et al. 2018)."""
_QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_BANDS = (("P5 to P95", 0, 6, 0.85), ("P10 to P90", 1, 5, 0.7), ("P25 to P75", 2, 4, 0.45))
_COLOUR = style.CAPACITY
_LINES = 30  # single worlds: with more, no line can be followed
_COLUMNS = 30  # of dots, from the lowest to the highest
_ROOM = 300  # px, height of a dot plot


@dataclass(frozen=True)
class Drawing:
    """What `fan` needs of a form: the option, its numbers, and words that say how to read it."""

    option: dict[str, Any]
    table: pd.DataFrame
    words: str
    height: int = 400


@dataclass(frozen=True)
class Distribution:
    """Values of worlds, `(worlds, years)`, in a unit; differences (`sign`) have a sign and no landmarks."""

    worlds: pd.Index[int]
    years: list[int]
    values: Array
    unit: str
    sign: bool
    landmarks: Landmarks

    # --- over the years ---

    def band(self) -> Drawing:
        """The median, and bands around it."""
        spread = np.nanquantile(self.values, _QUANTILES, axis=0)
        ribbons = [
            ribbon
            for name, low, high, by in _BANDS
            for ribbon in style.ribbon(
                name, self.years, spread[low], spread[high], lighter(_COLOUR, by), self.unit, opacity=1.0
            )
        ]
        median = self._median("Median (P10 to P90)", spread[[1, 3, 5]])
        option = self._over_years([*ribbons, median], [median["name"], *(name for name, *_ in _BANDS)])
        table = pd.DataFrame(spread.T, columns=[f"p{100 * q:g}" for q in _QUANTILES])
        table.insert(0, "year", self.years)
        return Drawing(
            option, self.landmarks.beside(table), "Line: median; shades: bands." + self.landmarks.words()
        )

    def lines(self) -> Drawing:
        """The median, and the lines of worlds that are evenly spread by their last value."""
        chosen = _spread_out(self.values[:, -1])
        last = self.years[-1]
        series = [
            style.line("Single worlds", self.years, values, self._texts(world, values), self.unit)
            | {"color": lighter(_COLOUR, 0.4), "symbolSize": 4, "lineStyle": {"width": 1}}
            for world, values in zip(self.worlds[chosen], self.values[chosen], strict=True)
        ]
        median = self._median("Median (P10 to P90)", np.nanquantile(self.values, (0.1, 0.5, 0.9), axis=0))
        option = self._over_years([*series, median], [median["name"], "Single worlds"])
        option["tooltip"] |= {"trigger": "item"}
        table = pd.DataFrame(
            {
                "world": np.repeat(self.worlds[chosen], len(self.years)),
                "year": self.years * len(chosen),
                "value": self.values[chosen].ravel(),
            }
        )
        words = f"Thin lines: {len(chosen)} worlds, evenly spread by their value in {last}."
        words += self._without(self.values[:, -1], last)
        return Drawing(option, self.landmarks.beside(table), words + self.landmarks.words())

    def _median(self, name: str, spread: Array) -> dict[str, Any]:
        texts = spans(spread, self.unit, self.sign)
        line = style.line(name, self.years, spread[1], texts, self.unit)
        return line | {"color": _COLOUR, "lineStyle": {"width": 2.5}, "z": 5}

    def _texts(self, world: int, values: Array) -> list[str]:
        told = [self._told(float(value)) for value in values]
        return [f"world {world} in {year}: {text}" for year, text in zip(self.years, told, strict=True)]

    def _told(self, value: float) -> str:
        """A value in words: of a difference with its sign."""
        return difference(value, self.unit) if self.sign else quantity(value, self.unit)

    def _without(self, values: Array, year: int) -> str:
        """How many worlds have no value in a year, for a note that goes before; empty if all have one."""
        lacking = int((~np.isfinite(values)).sum())
        return f" {lacking} of {worlds(len(values))} have no value in {year}." if lacking else ""

    def _over_years(self, series: list[dict[str, Any]], legend: list[str]) -> dict[str, Any]:
        marks = self.landmarks.series(self.unit, self.years)
        option = style.by_year(self.years, self.unit, series=[*series, *marks])
        option["legend"]["data"] = [*legend, *(mark["name"] for mark in marks)]
        return option

    # --- of one year ---

    def dots(self, at: int, count: int) -> Drawing:
        """A quantile dot plot of the year at a place: each dot stands for as many worlds.

        UserError for a number of dots that there is not.
        """
        if whole(count, "dots") not in DOTS:
            raise UserError(f"`dots`: {count} is no number of dots; use {' or '.join(map(str, DOTS))}")
        year = self.years[at]
        known = np.sort(self.values[:, at][np.isfinite(self.values[:, at])])
        parts = (np.arange(count) + 0.5) / count
        values = np.quantile(known, parts)
        by, width = scale(self.unit), _width(values)
        marks = self.landmarks.of_year(year)
        middles, heights = zip(*_stacked(values, width), strict=True)
        places = [
            [round(x * by, 9), height, f"{self._told(value)}: {part:.0%} of worlds lie below"]
            for x, height, value, part in zip(middles, heights, values, parts, strict=True)
        ]
        series = {
            "type": "scatter",
            "name": "Dots",
            "color": _COLOUR,
            "itemStyle": {"opacity": 1},
            "across": _COLUMNS + 1,  # fit.js makes dots as large as they may be
            "dimensions": [unit_label(self.unit), "height", {"name": "text", "type": "ordinal"}],
            "encode": style.POINT,
            "data": places,
            "markLine": _lines_at(marks, by),
        }
        ends = [*values, *(one.value for one in marks)]
        option = style.base(
            grid={"left": 20, "right": 20, "top": 16, "bottom": 48},
            xAxis=style.value_axis(self.unit)
            | style.below(unit_label(self.unit))
            | {"min": (min(ends) - width) * by, "max": (max(ends) + width) * by, "splitLine": {"show": False}}
            | {"axisLabel": {"color": style.INK, "showMinLabel": False, "showMaxLabel": False}},
            yAxis={
                "type": "value",
                "show": False,
                "min": 0,
                "max": max(heights) + 0.5,
            },
            series=[series],
        )
        rows = [
            (f"dot {i}", part, value) for i, (part, value) in enumerate(zip(parts, values, strict=True), 1)
        ]
        rows += [(one.text, float((known < one.value).mean()), one.value) for one in marks]
        table = pd.DataFrame(rows, columns=["what", "quantile", "value"])
        which = "the worlds" if len(known) == len(self.values) else f"the {worlds(len(known))} with a value"
        each = f"Each of {count} dots is {100 / count:g}% of {which}: as many of them lie about there."
        each += self._without(self.values[:, at], year) + self.landmarks.words_of_year(year)
        return Drawing(option, table, each, _ROOM + 64)


def _spread_out(values: Array) -> npt.NDArray[np.intp]:
    """The places of worlds that are evenly spread by their values."""
    order: npt.NDArray[np.intp] = np.argsort(values, kind="stable")[: np.isfinite(values).sum()]
    if len(order) <= _LINES:
        return order
    chosen: npt.NDArray[np.intp] = order[((np.arange(_LINES) + 0.5) / _LINES * len(order)).astype(int)]
    return chosen


def _width(values: Array) -> float:
    """The width of a dot, in the unit of the values."""
    return float(values[-1] - values[0]) / _COLUMNS or max(abs(float(values[0])), 1.0) / _COLUMNS


def _stacked(values: Array, width: float) -> list[tuple[float, float]]:
    """The places of dots: those within a dot's width stand on each other, in their middle (Wilkinson 1999).

    >>> _stacked(np.array([1.0, 1.2, 3.0]), 0.5)
    [(1.1, 0.5), (1.1, 1.5), (3.0, 0.5)]
    """
    places, at = list[tuple[float, float]](), 0
    while at < len(values):
        end = int(np.searchsorted(values, values[at] + width, side="right"))
        middle = float(values[at] + values[end - 1]) / 2
        places += [(middle, i + 0.5) for i in range(end - at)]
        at = end
    return places


def _lines_at(marks: list[Landmark], by: float) -> dict[str, Any]:
    """Lines where landmarks are."""
    look = {
        "claim": {"color": CLAIM_COLOUR, "type": "dashed"},
        "fact": {"color": FACT_COLOUR, "type": "solid"},
    }
    lines = [{"xAxis": one.value * by, "lineStyle": look[one.kind] | {"width": 1.5}} for one in marks]
    return {"silent": True, "symbol": "none", "label": {"show": False}, "data": lines}
