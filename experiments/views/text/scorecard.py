"""The text of `scorecard`: its measures as tables, where to trust it in words, and the JSON document."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from computeshift.experiments.questions.evidence.scorecard import Scorecard
from computeshift.experiments.questions.evidence.scored import GROUPS, OTHER
from computeshift.experiments.views.format import count, fixed, percent
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain
from computeshift.experiments.views.text.trust import trust

if TYPE_CHECKING:
    from rich.console import Console

_NAMED = 4  # facts of a kind, by name
_SAME = 0.01  # log P95 over P5 of worlds that hardly differ
_NOTE = (
    "Each number is of the worlds as drawn; below it, fitted on facts about the years before the one scored. "
    "50%, 90%: facts within the worlds' interval of that size. CRPS, bias of the median and width (P95 over "
    "P5) are means of logs: 0.1 is about a tenth. Then skill, 1 less CRPS over the error of a rival: last "
    "growth continued, the company's plan of the time, the worlds' own median. 1 is perfect; below 0 the "
    "rival is better."
)


def document(answer: Scorecard) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        "starts": [_start(name, answer) for name in answer.fits],
        "measures": records(answer.measures),
        "weighed": records(answer.weighed),
        "facts": records(answer.facts),
        "not_scored": answer.not_scored,
        "not_faced": answer.not_faced,
        "skipped": [left.document() for left in answer.skipped],
    }


def _start(name: str, answer: Scorecard) -> dict[str, Any]:
    """A start: its worlds, and which parameters rest on what became known later."""
    fit = answer.fits[name]
    return {
        "start": name,
        "year": fit.config.start,
        "seed": fit.config.seed,
        "worlds": len(fit.says),
        "left_out": fit.left_out,
        "hash": fit.config.hash,
        "grounded_later": answer.later[name],
    }


def show(answer: Scorecard, console: Console) -> None:
    """Print the measures by group, and by start and years ahead, then where to trust the model."""
    console.print(_by_group(answer))
    console.print()
    console.print(_by_start(answer))
    console.print()
    for line in (*trust(answer.measures), *_rest(answer)):
        console.print(line, highlight=False, markup=False)


def _by_group(answer: Scorecard) -> Plain:
    """One row per group of facts, then the core facts and all."""
    facts, starts = len(answer.facts) // 2, len(answer.fits)
    table = _table(f"{facts} facts, from {starts} starts, by what they are about", "facts about")
    known = [*GROUPS, *([OTHER] if (answer.facts["group"] == OTHER).any() else [])]
    for group in known:
        _add(table, GROUPS.get(group, group), answer, group=group)
    _add(table, "core facts", answer, group="core")
    _add(table, "all", answer)
    return table


def _by_start(answer: Scorecard) -> Plain:
    """One row per start and years ahead."""
    table = _table("By start and years ahead", "start, years ahead")
    rows = answer.measures[(answer.measures["start"] != "all") & (answer.measures["ahead"] != "all")]
    for start, ahead in dict.fromkeys(zip(rows["start"], rows["ahead"], strict=True)):
        _add(table, f"{start}, {ahead}", answer, start=start, ahead=ahead)
    table.note = _NOTE
    return table


def _table(title: str, first: str) -> Plain:
    return Plain(
        title, first, "facts", "50%", "90%", "CRPS", "bias", "width", "growth", "plan", "median", whole=True
    )


def _add(table: Plain, name: str, answer: Scorecard, **keys: str) -> None:
    """A row: the measures as drawn, below them fitted."""
    drawn, fitted = (_cells(answer.measure(way=way, **keys)) for way in ("drawn", "fitted"))
    facts = str(answer.measure(way="drawn", **keys)["facts"])
    table.add_row(
        name, facts, *(f"{one}\n[dim]{other}[/dim]" for one, other in zip(drawn, fitted, strict=True))
    )


def _cells(row: Mapping[str, Any]) -> list[str]:
    """The measures of a row; nothing where there are too few facts."""
    shares = ["" if math.isnan(row[name]) else percent(row[name]) for name in ("covered50", "covered90")]
    logs = [_number(row["crps"]), _number(row["bias"], True), _number(row["width"])]
    return shares + logs + [_number(row[rival], True) for rival in ("growth", "plan", "median")]


def _number(value: float, sign: bool = False) -> str:
    return "" if math.isnan(value) else fixed(value, 2, sign)


def _rest(answer: Scorecard) -> list[str]:
    """What it rests on, in sentences: the worlds, later knowledge, and facts and rows that do not count."""
    fits = answer.fits.values()
    worlds = " and ".join(sorted({count(len(fit.says)) for fit in fits}))
    least = answer.weighed["effective_worlds"].min()
    later = ", ".join(f"{len(names)} of {start}" for start, names in answer.later.items())
    sentences = [
        f"{worlds} worlds per start; fitted, they are worth {count(least)} at least. Parameters that rest on "
        f"what became known after their start: {later}."
    ]
    if same := _same(answer):
        sentences.append(
            f"On {len(same)} facts the worlds hardly differ (P5 to P95 less than 1%), so they are "
            f"covered by chance alone: {_some(same)}."
        )
    rows = [f"{left.row.name}: {left.why}" for left in answer.skipped]
    counted = {
        "Facts that face worlds and are not in the list of scored facts": answer.not_scored,
        "Facts of the list that face no world": answer.not_faced,
        "Rows of the facts file that face no world": rows,
    }
    return sentences + [f"{what}: {len(names)} ({_some(names)})." for what, names in counted.items() if names]


def _same(answer: Scorecard) -> list[str]:
    """The facts on which fitted worlds hardly differ."""
    facts = answer.facts[(answer.facts["way"] == "fitted") & (answer.facts["width"] < _SAME)]
    return list(facts["start"] + ": " + facts["entity"] + "/" + facts["variable"] + "/" + facts["when"])


def _some(names: list[str]) -> str:
    """The first of these names."""
    more = "; and more, in the JSON document" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
