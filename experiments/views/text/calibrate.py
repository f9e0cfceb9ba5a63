"""The text of `calibrate`: the parameters that moved, the facts fitted, and the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.markup import escape

from computeshift.experiments.config.names import named
from computeshift.experiments.questions.evidence.calibrate import QUANTILES, Calibration
from computeshift.experiments.results.files import short
from computeshift.experiments.results.quantiles import percentile
from computeshift.experiments.views.format import figures, fixed, percent
from computeshift.experiments.views.text.fit import how_weighed, skipped_rows
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, banded

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 12  # parameters at most
_TOGETHER = (
    "A parameter that loads on a factor moves with it: facts about one such parameter move the factor, and "
    "so the others that load on it."
)


def document(answer: Calibration) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    return {
        **answer.fit.document(),
        "threshold": answer.threshold,
        "facts": records(answer.facts),
        "not_covered": [left.document() for left in answer.not_covered],
        "parameters": records(answer.moved.reset_index(names="name")),
        "rows": len(answer.rows),
        "file": None if answer.file is None else str(answer.file),
    }


def show(answer: Calibration, console: Console) -> None:
    """Print the parameters that moved most, the facts fitted, and how far to trust them."""
    beyond = answer.moved[answer.moved["distance"] > answer.threshold]
    console.print(_parameters(beyond, "Parameters that the facts moved most: median, P10 to P90"))
    if len(answer.factors):
        console.print(_parameters(answer.factors, "Factors, standard normal before: median, P10 to P90"))
        console.print(_TOGETHER, style="dim")
    console.print(facts_table(answer))
    uncertain = "uncertain parameters and factors" if len(answer.factors) else "uncertain parameters"
    text = (
        f"{len(beyond)} of {len(answer.moved)} {uncertain} moved further than chance would "
        f"(distance above {fixed(answer.threshold, 2)}); the facts say little of the others. "
    )
    console.print(text + how_weighed(answer.fit), highlight=False)
    rows = f"{len(answer.not_covered)} rows about the years that were fitted"
    console.print(f"{rows} have no counterpart in the model (in the JSON document).", highlight=False)
    for line in skipped_rows(answer.fit):
        console.print(line, highlight=False)
    if answer.file is not None:
        console.print(f"Posterior in {short(answer.file)}, {len(answer.rows)} rows", soft_wrap=True)


def _parameters(moved: pd.DataFrame, title: str) -> Plain:
    """One row per parameter or factor, of those that moved most."""
    table = Plain(title, "parameter", "prior", "posterior", "narrower", "distance")
    for parameter, row in moved.head(SHOWN).iterrows():
        prior, after = (_range(row, of) for of in ("prior", "posterior"))
        table.add_row(str(parameter), prior, after, percent(row["shrinkage"]), fixed(row["distance"], 2))
    return table


def facts_table(answer: Calibration) -> Plain:
    """One row per fact fitted."""
    title = "Facts fitted: what was, and what the worlds say (median, P10 to P90)"
    table = Plain(title, "fact, group", "was", "prior", "posterior")
    table.columns[0].overflow = "fold"
    for fact, row in answer.facts.set_index("fact").iterrows():
        prior, after = (_range(row, of) for of in ("prior", "posterior"))
        name = escape(named(str(fact).replace("/", " ")))
        about = f"{name}, {row['unit']}\n[dim]{escape(row['group'])}[/dim]"
        table.add_row(about, figures(row["value"]), prior, after)
    return table


def _range(row: pd.Series[Any], of: str) -> str:
    return banded(*(figures(row[f"{of}_{percentile(q)}"]) for q in QUANTILES))
