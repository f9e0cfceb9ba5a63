"""The text of `score`: claims that are settled, claims that are open, facts, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.predictions.score import (
    COIN_BRIER,
    COIN_LOG,
    KNOWN,
    OPEN,
    SETTLED,
    UNDECIDED,
)
from computeshift.experiments.views.format import counted, figures, fixed, percent, worlds
from computeshift.experiments.views.text.predict import chance
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.predictions.score import Scores

_NAMED = 6  # rows of a file that are shown
_READING = (
    "Brier: squared distance of the probability to what happened; log: minus the log of the probability of "
    f"what happened. A coin has {COIN_BRIER} and {fixed(COIN_LOG, 3)}; 0 is perfect. CRPS is of logs: 0.1 is "
    "about a tenth of the fact; beside it, the error of growth that continues. in?: the narrower interval "
    "that holds the fact, 50% (P25 to P75) or 90% (P5 to P95). * quantiles read between calendar years."
)


def document(answer: Scores) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    said = answer.said.document()
    lists = ("claims", "outcomes", "observables", "about")
    return {
        "predictions": {key: value for key, value in said.items() if key not in lists},
        "findings": list(findings(answer)),
        **{name: records(table) for name, table in answer.tables().items()},
    }


def show(answer: Scores, console: Console) -> None:
    """Print what is settled and what is open, the facts, and the scores in words."""
    for table in (
        _settled(answer, SETTLED, "Claims that are settled"),
        _settled(answer, KNOWN, "Known beforehand, so no prediction"),
        _open(answer),
        _facts(answer, False, "Facts that came later"),
        _facts(answer, True, "Facts known beforehand, so no predictions"),
    ):
        if table.row_count:
            console.print(table)
            console.print()
    for line in findings(answer):
        console.print(Text(line))
    console.print(Text(_READING, style="dim"))


def findings(answer: Scores) -> Iterator[str]:
    """The scores in words, then which rows of the user's files are not used."""
    said = answer.said
    later, known = records(answer.measures)
    yield f"{said.config}, {worlds(said.worlds)}, as predicted on {said.made.isoformat()}."
    if later["claims"] or later["facts"]:
        yield f"Predictions: {_in_words(later)}."
    else:
        yield "Nothing that came later settles a claim or scores a number yet."
    if known["claims"] or known["facts"]:
        yield f"Known beforehand, and scored apart: {_in_words(known)}."
    if undecided := answer.claims.loc[answer.claims["state"] == UNDECIDED, "claim"].to_list():
        why = "because the worlds lack its years or firms, or begin after its sum did"
        yield f"Without a probability, {why}: {', '.join(undecided)}."
    if answer.skipped:
        rows = [f"{left.row.name}: {left.why}" for left in answer.skipped]
        more = "; and more, in the JSON document" if len(rows) > _NAMED else ""
        yield f"Rows of the facts files that are not used: {len(rows)} ({'; '.join(rows[:_NAMED])}{more})."


def _in_words(row: Mapping[str, Any]) -> str:
    """The measures of predictions, or of what was known."""
    parts = []
    if row["claims"]:
        parts.append(
            f"{counted(row['claims'], 'claim')} with a Brier score of {fixed(row['brier'], 3)} "
            f"(skill against a coin {fixed(row['brier_skill'], 2, sign=True)}) and a log score of "
            f"{fixed(row['log'], 3)} ({fixed(row['log_skill'], 2, sign=True)})"
        )
    if row["facts"]:
        parts.append(
            f"{counted(row['facts'], 'fact')}, {percent(row['covered50'])} of them between P25 and P75 and "
            f"{percent(row['covered90'])} between P5 and P95, with a CRPS of {fixed(row['crps'], 2)}"
            + _rival(row)
        )
    return "; ".join(parts)


def _rival(row: Mapping[str, Any]) -> str:
    if row["growth_skill"] is None:
        return f" (growth that continues speaks of {row['growth_facts']}, too few for a mean)"
    skill = fixed(row["growth_skill"], 2, sign=True)
    return f" (skill against growth that continues {skill}, over {row['growth_facts']})"


def _settled(answer: Scores, state: str, title: str) -> Plain:
    table = Plain(title, "claim, and the facts that settle it", "said", "holds", "Brier", "log")
    for row in records(answer.claims[answer.claims["state"] == state]):
        text = Text(row["sentence"]).append(f"\n  {row['settled_by']}", style="dim")
        holds = "yes" if row["holds"] else "no"
        scores = (fixed(row["brier"], 3), fixed(row["log"], 3))
        table.add_row(text, chance(row["probability"], row["error"]), holds, *scores)
    return table


def _open(answer: Scores) -> Plain:
    table = Plain("Claims that are open", "claim, and the facts that it waits for", "said")
    for row in records(answer.claims[answer.claims["state"] == OPEN]):
        text = Text(row["sentence"]).append(f"\n  {row['waits_for']}", style="dim")
        table.add_row(text, chance(row["probability"], row["error"]))
    return table


def _facts(answer: Scores, known: bool, title: str) -> Plain:
    table = Plain(title, "fact", "was", "median\nP5 to P95", "in?", "CRPS", "growth")
    for row in records(answer.facts[answer.facts["known"] == known]):
        name = named(f"{row['entity']} {row['variable']} {row['when']}") + ("*" if row["between"] else "")
        band = banded(*(figures(row[quantile]) for quantile in ("p5", "p50", "p95")))
        growth = "" if row["growth"] is None else fixed(row["growth"], 2)
        inside = "50%" if row["covered50"] else "90%" if row["covered90"] else "no"
        table.add_row(
            Text(f"{name}, {row['unit']}"), figures(row["value"]), band, inside, fixed(row["crps"], 2), growth
        )
    return table
