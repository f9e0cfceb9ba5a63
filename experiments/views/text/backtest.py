"""The text of `backtest`: its facts as a table, what they come to in words, and the JSON document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.evidence.backtest import LEAST_FACTS, Backtest
from computeshift.experiments.questions.evidence.scores import RIVALS
from computeshift.experiments.views.format import figures, fixed, percent, worlds
from computeshift.experiments.views.text.fit import how_weighed, skipped_rows
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded

if TYPE_CHECKING:
    from rich.console import Console


def document(answer: Backtest) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    skills = {name: answer.skill(name) for name in ("crps_prior", *RIVALS)}
    return {
        **answer.fit.document(),
        "score": answer.score,
        "facts": records(answer.facts),
        "coverage": answer.coverage,
        "crps": float(answer.facts["crps"].mean()),
        "skill": {
            name.removeprefix("crps_"): {"skill": skill, "facts": count}
            for name, (skill, count) in skills.items()
        },
        "not_covered": [left.document() for left in answer.not_covered],
        "grounded_later": answer.later,
    }


def show(answer: Backtest, console: Console) -> None:
    """Print each fact with what was foreseen, then coverage, skill and what they rest on."""
    console.print(_facts(answer))
    for line in _sentences(answer):
        console.print(line, highlight=False, markup=False)


def _facts(answer: Backtest) -> Plain:
    """One row per fact."""
    title = f"What {answer.fit.config.label} said of {answer.score}, and what was"
    heads = ("was", "median\nP5 to P95", "in?", "CRPS", "growth", "plan")
    table = Plain(title, "fact, source", *heads)
    table.columns[0].overflow = "fold"
    for row in answer.facts.to_dict("records"):
        band = banded(*(figures(row[name]) for name in ("p5", "p50", "p95")))
        scores = ["" if math.isnan(row[key]) else fixed(row[key], 2) for key in ("crps", *RIVALS)]
        name = named(f"{row['entity']} {row['variable']} {row['when']}")
        about = f"{escape(name)}, {row['unit']}\n[dim]{escape(row['source'])}[/dim]"
        table.add_row(about, figures(row["value"]), band, "yes" if row["covered"] else "no", *scores)
    return table


def _sentences(answer: Backtest) -> list[str]:
    """What it comes to, in sentences."""
    count, inside = len(answer.facts), int(answer.facts["covered"].sum())
    sentences = [
        f"{inside} of {count} facts ({percent(answer.coverage)}) lie between P5 and P95; 90% would if "
        "the model were right and its spread honest.",
        "CRPS is the mean distance of the worlds to the fact less half of that between them, in logs: "
        "0.1 is about a tenth of the fact. Beside it, what two rivals were wrong by.",
    ]
    sentences += [_skilled(answer, rival, name) for rival, name in RIVALS.items()]
    if answer.fit.fitted:
        sentences.append(_skilled(answer, "crps_prior", "its own worlds unweighed"))
        sentences.append(how_weighed(answer.fit))
    else:
        sentences.append(
            f"Nothing to fit: no fact about {answer.fit.until} or before is simulated from the end of "
            f"{answer.fit.config.start} on. {worlds(len(answer.fit.says))} are scored as drawn."
        )
    day = answer.fit.config.known_by(answer.fit.until)
    sentences.append(
        f"{len(answer.later)} parameters rest on information from after {day:%B} {day.year}"
        + (": the test is not blind to it (the JSON document names them)." if answer.later else ".")
    )
    sentences += skipped_rows(answer.fit)
    if answer.not_covered:
        rows = f"{len(answer.not_covered)} rows about {answer.score}"
        sentences.append(f"{rows} have no counterpart in the model (in the JSON document).")
    return sentences


def _skilled(answer: Backtest, rival: str, name: str) -> str:
    """How the worlds did against a rival, in a sentence."""
    skill, compared = answer.skill(rival)
    if compared == 0:
        return f"No fact to compare with {name}."
    if compared < LEAST_FACTS:
        return f"Against {name}: too few facts ({compared}) for a mean, see CRPS beside it above."
    if skill is None:
        return f"Against {name}: it was never wrong, over {compared} facts."
    better = "better" if skill > 0 else "worse"
    return (
        f"Against {name}: skill {fixed(skill, 2, sign=True)}, {better} over {compared} facts (1 is perfect)."
    )
