"""Events of a scenario on a time axis: scheduled shocks, and the years in which deals change or break."""

from __future__ import annotations

import functools
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ParamSpec

from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.format import percent
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.amounts import labels
from computeshift.experiments.views.plots.picture import Picture

P = ParamSpec("P")
NAME = "Events"
_HEIGHT = 0.95  # of the picture's: where the letters of events are


@dataclass(frozen=True)
class Event:
    """What the scenario has happen in a year, in words."""

    year: int
    text: str


def events_of(config: Config) -> list[Event]:
    """The dated events of a config.

    A shock that is drawn every year has no date, and one that can't strike is none.
    """
    return [*_shocks(config), *_changes(config)]


def _shocks(config: Config) -> Iterator[Event]:
    for name, shock in config.shocks.items():
        if shock.year is None or shock.probability.central <= 0 or shock.size.central == 0:
            continue
        kind, chance = SHOCKS[shock.kind], shock.probability.central
        lasts = kind.lasts and (shock.until or 0) > shock.year
        span = f", from {shock.year} to {shock.until}" if lasts else ""
        odds = "" if chance >= 1 else f", in {percent(chance)} of worlds"
        size = _size(shock.size.central, kind.unit)
        yield Event(shock.year, f"{capitalised(named(name))}: {kind.doc} ({size}{span}{odds})")


def _size(size: float, unit: str) -> str:
    """The size of a shock in words.

    >>> _size(0.5, "share"), _size(300, "basis points"), _size(9, "factor - 1")
    ('50%', '300 basis points', '10 times')
    """
    if unit == "factor - 1":
        return f"{1 + size:g} times"
    return percent(size) if unit == "share" else f"{size:g} {unit}"


def _changes(config: Config) -> Iterator[Event]:
    """Deals that are cut or broken; what is put off is part of its terms."""
    for name, deal in config.deals.items():
        by = f" by {named(deal.break_by)}" if deal.break_by else ""
        cut = deal.parameters.get("cut.share")
        if deal.cut_year is not None and cut is not None and cut.central > 0:
            yield Event(deal.cut_year, f"The deal {named(name)} is cut by {percent(cut.central)}")
        if deal.break_year is not None:
            yield Event(deal.break_year, f"The deal {named(name)} is broken{by}")


def eventful(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """A function whose picture over years has the events of the scenarios that it is of.

    Each year with events has a line with a letter, which the note explains, and the table a column `events`.
    Of two scenarios, an event of one alone says of which.
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
        records = [one for one in (*args, *kwargs.values()) if isinstance(one, Results)]
        return _with_events(draw(*args, **kwargs), sorted(_events(records), key=lambda event: event.year))

    return drawn


def _events(records: Sequence[Results]) -> Iterator[Event]:
    """The events of all scenarios, each once; one that not all of them have says whose it is."""
    having: dict[Event, list[str]] = {}
    for label, one in zip(labels(records), records, strict=True):
        for event in dict.fromkeys(events_of(one.config)):
            having.setdefault(event, []).append(label)
    for event, own in having.items():
        whose = "" if len(own) == len(records) else f", only in {' and '.join(own)}"
        yield replace(event, text=event.text + whose)


def _with_events(picture: Picture, events: Iterable[Event]) -> Picture:
    """A picture with the events of the years on its axis; as it is, where that has other things or none."""
    axis = next(iter(_listed(picture.option.get("xAxis", []))), {})
    events = [event for event in events if str(event.year) in axis.get("data", ())]
    if not events:
        return picture
    by_year: dict[int, list[str]] = {}
    for event in events:
        by_year.setdefault(event.year, []).append(event.text)
    told = {year: "; ".join(texts) for year, texts in by_year.items()}
    letters = dict(zip(told, string.ascii_lowercase, strict=False))
    words = " ".join(f"({letters[year]}) {year}: {text}." for year, text in told.items())
    table = picture.table.assign(events=picture.table["year"].map(told).fillna(""))
    return replace(
        picture, option=_marked(picture.option, told, letters), note=f"{picture.note} {words}", table=table
    )


def _listed(parts: Any) -> list[dict[str, Any]]:
    return parts if isinstance(parts, list) else [parts]


def _marked(option: dict[str, Any], told: dict[int, str], letters: dict[int, str]) -> dict[str, Any]:
    """The option with a series of events, on an axis of its own in the first panel."""
    axes = _listed(option["yAxis"])
    lane = {"type": "value", "show": False, "min": 0, "max": 1, "gridIndex": 0}
    lane["axisLabel"] = {"show": False}  # or room is kept for its labels
    marks = {
        "type": "scatter",
        "name": NAME,
        "color": style.FAINT,
        "symbol": "circle",
        "symbolSize": 17,
        "yAxisIndex": len(axes),
        "itemStyle": {"color": style.RULE, "opacity": 1},
        "dimensions": ["year", "height", {"name": "text", "type": "ordinal"}],
        "encode": style.POINT,
        "data": [
            {"value": [str(year), _HEIGHT, text], "label": {"formatter": letters[year]}}
            for year, text in told.items()
        ],
        "label": {"show": True, "color": style.INK, "fontSize": 11},
        "markLine": {"silent": True, "symbol": "none", "label": {"show": False}}
        | {"lineStyle": {"color": style.FAINT, "type": "dashed"}}
        | {"data": [{"xAxis": str(year)} for year in told]},
        "z": 6,
    }
    legend = option["legend"]
    names = [*legend.get("data", [one["name"] for one in option["series"]]), NAME]
    more = {"legend": legend | {"data": names}, "yAxis": [*axes, lane], "series": [*option["series"], marks]}
    return option | more
