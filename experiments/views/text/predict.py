"""The text of `predict`: claims, what would prove them wrong, headline outcomes, and the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.levers.headline import headlines
from computeshift.experiments.results.files import short
from computeshift.experiments.views.format import cell, count, percent, scale, unit_label, worlds
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded, some_years

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.questions.predictions.predict import Prediction

_READING = (
    "Probability: part of the worlds in which a claim holds, and half its 95% interval (Monte Carlo error "
    "alone: the scorecard says how far the model can be trusted). Outcomes: median, P5 to P95 below it."
)


def document(answer: Prediction) -> dict[str, Any]:
    """All of it as one JSON document: what the file says."""
    return answer.said.document()


def show(answer: Prediction, console: Console) -> None:
    """Print the claims, the headline outcomes, and where all of it is."""
    console.print(_claims(answer))
    console.print()
    console.print(_outcomes(answer))
    console.print()
    console.print(Text(_READING, style="dim"))
    console.print(Text(_rest(answer)))
    if answer.file is not None:
        console.print(Text(f"Predictions in {short(answer.file)}"), soft_wrap=True)


def chance(probability: float | None, error: float | None) -> str:
    """A probability with its Monte Carlo error.

    >>> chance(0.783, 0.025), chance(None, None)
    ('78.3% ± 2.5', 'undecided')
    """
    if probability is None or error is None:
        return "undecided"
    return f"{percent(probability, 1)} ± {percent(error, 1).removesuffix('%')}"


def _claims(answer: Prediction) -> Plain:
    table = Plain(f"How likely claims are, by {answer.said.config}", "claim, and what would prove it wrong")
    table.add_column("probability", justify="right", no_wrap=True)
    for claim in answer.said.claims:
        text = Text(claim.sentence).append(f"\n  {claim.falsified_by}", style="dim")
        table.add_row(text, chance(claim.probability, claim.error))
    return table


def _outcomes(answer: Prediction) -> Plain:
    rows = records(answer.outcomes)
    names = {headline.outcome: headline.short for headline in headlines().values()}
    years = some_years([row["year"] for row in rows])
    table = Plain("Headline outcomes", "", *map(str, years))
    cells: dict[tuple[str, str], dict[int, str]] = {}
    for row in rows:
        low, middle, high = (cell(row[name] * scale(row["unit"])) for name in ("p5", "p50", "p95"))
        cells.setdefault((row["outcome"], row["unit"]), {})[row["year"]] = banded(low, middle, high)
    for (outcome, unit), by_year in cells.items():
        name = f"{names.get(outcome) or named(outcome.replace('_', ' '))}, {unit_label(unit)}"
        table.add_row(name, *(by_year.get(year, "") for year in years))
    return table


def _rest(answer: Prediction) -> str:
    """What it was made of, and what else the file has."""
    said = answer.said
    facts = len({(one.entity, one.variable) for one in said.observables})
    return (
        f"{worlds(said.worlds)} from the end of {said.start} to {said.until}, seed {said.seed}; parameters "
        f"as known by {said.known_until.isoformat()}. Besides: 19 quantiles of what facts will say of "
        f"{count(facts)} variables, year by year."
    )
