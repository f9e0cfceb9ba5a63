"""The table of levers: `python docs/levers.py` writes `levers.md` and its picture."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.experiments.questions.levers.levers import Levers  # noqa: E402
from computeshift.experiments.views.format import span, worlds  # noqa: E402
from computeshift.experiments.views.plots.server import svg  # noqa: E402
from computeshift.experiments.views.text.levers import (  # noqa: E402
    WHEN,
    cell,
    finding,
    label,
    moving,
    notes,
    of_firms,
    parts,
    reading,
)
from docs.stamps import stamp  # noqa: E402

PAGE = ROOT / "docs" / "levers.md"
PICTURE = ROOT / "docs" / "levers.svg"
WORLDS = 500
"""Enough for the verdicts: a tenth of a width is several standard errors of a paired mean."""
FEW: dict[str, Any] = {"worlds": 40, "set": {"until": 2027}}
"""Enough of the small cast to find words that are out of date."""


def page(answer: Levers) -> str:
    """The page."""
    lines = [
        "# What moves the baseline",
        "",
        "Written by `python docs/levers.py`; `tests/e2e/test_levers.py` compares it with today's program.",
        "",
        f"`computeshift levers {answer.config} --worlds {answer.worlds}`: {worlds(answer.worlds)} to "
        f"{answer.until}, seed {answer.seed}. How it is measured: [levers](guide/levers.md).",
        "",
        *(line + "  " for line in (finding(answer), *notes(answer))),
        "",
        f"![What each lever moves in the worlds of {answer.config}]({PICTURE.name})",
        "",
        "## Levers",
        "",
        *_table(answer),
        "",
        reading(answer, mark="Bold"),
        "",
        "## What a strategy moves of its own firm",
        "",
        *_own(answer),
        "",
        "## Outcomes",
        "",
        *_outcomes(answer),
    ]
    return "\n".join(lines) + "\n"


def _table(answer: Levers) -> list[str]:
    """One row per lever, the setting that makes it beside it; numbers of what it moves are bold."""
    lines = [
        f"| lever | setting | {' | '.join(answer.outcomes['short'])} | worlds |",
        f"|---|---|{'---:|' * len(answer.outcomes)}---:|",
    ]
    rows = zip(
        answer.levers.to_dict("records"), parts(answer).to_numpy(), moving(answer).to_numpy(), strict=True
    )
    for lever, own, moves in rows:
        numbers = [_cell(part, does) for part, does in zip(own, moves, strict=True)]
        numbers.append(f"{100 * lever['worlds']:.0f}")
        lines.append(f"| {label(lever)} | `{lever['setting']}` | {' | '.join(numbers)} |")
    return lines


def _own(answer: Levers) -> list[str]:
    """One row per strategy of a firm: the outcome of its own that it changes most."""
    lines = ["| strategy | outcome | effect |", "|---|---|---:|"]
    return lines + [
        f"| {name} | {short} | {_cell(part, moves)} |" for name, short, part, moves in of_firms(answer)
    ]


def _cell(part: float, moves: bool) -> str:
    text = cell(part, moves=False)
    return f"**{text}**" if moves else text


def _outcomes(answer: Levers) -> list[str]:
    """One row per outcome."""
    lines = ["| outcome | about | meaning | median (P10 to P90) |", "|---|---|---|---:|"]
    for row in answer.outcomes.to_dict("records"):
        meaning = f"{row['meaning'].rstrip('.')}, {WHEN[row['when']]}"
        values = span([row["p10"], row["p50"], row["p90"]], row["unit"])
        lines.append(f"| {row['short']} | {row['about']} | {meaning} | {values} |")
    return lines


def current(answer: Levers) -> dict[Path, str]:
    """What the page and its picture should be."""
    picture = replace(answer.draw(), source="")  # the page says what it is of
    return {PAGE: page(answer), PICTURE: svg(picture) + "\n"}


def stand() -> str:
    """The page and its picture as they stand."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (PAGE, PICTURE))


def few() -> str:
    """Both from few worlds."""
    return "\n".join(current(cs.levers("six", **FEW)).values())


if __name__ == "__main__":
    for file, text in current(cs.levers("baseline", worlds=WORLDS)).items():
        file.write_text(text, encoding="utf-8")
    stamp("table of levers", stand(), few())
