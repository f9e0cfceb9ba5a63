"""The text of `recover`: what the facts inform, how often intervals hold the truth, and the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from computeshift.experiments.questions.evidence.ranks import EVEN
from computeshift.experiments.questions.evidence.recover import INTERVALS, OUTCOME, PARAMETER, Recovery
from computeshift.experiments.questions.evidence.weighing import EFFECTIVE
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import count, fixed, percent, share_with_interval, worlds
from computeshift.experiments.views.text.fit import skipped_rows
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 12  # parameters at most
BINS = 10
_NAMES = {PARAMETER: "parameters", OUTCOME: "outcomes"}
_NOTE = (
    "sd: standard deviation of the posterior over that of the prior, mean over recoveries. 50%, 90%: how "
    "often that interval held the truth. p: how probable ranks as uneven are if the calibration is right. "
    "A verdict other than even has p below 5% after a correction for the number of quantities tested."
)


def document(answer: Recovery) -> dict[str, Any]:
    """All of it as one JSON document; what is unknown is null."""
    quantities = records(answer.quantities.reset_index(names="name"))
    return {
        "fit": answer.fit.document(),
        "year": answer.year,
        "enough_worlds": answer.enough,
        "weakened": answer.weakened,
        "coverage": [_coverage(answer, kind, interval) for kind in _NAMES for interval in INTERVALS],
        "quantities": [row | {"histogram": histogram(answer, row["name"])} for row in quantities],
        "unknown": answer.unknown,
        "recoveries": records(answer.recoveries.reset_index()),
        "findings": _sentences(answer),
    }


def histogram(answer: Recovery, name: str) -> list[int]:
    """How many ranks of a quantity lie in each tenth."""
    return [int(number) for number in np.histogram(answer.ranks[name], BINS, (0.0, 1.0))[0]]


def _coverage(answer: Recovery, kind: str, interval: str) -> dict[str, Any]:
    mean, low, high = answer.covered(kind, interval) or (None, None, None)
    return {"of": _NAMES[kind], "interval": interval, "mean": mean, "low": low, "high": high}


def show(answer: Recovery, console: Console) -> None:
    """Print what the facts inform, and what the ranks say of it."""
    console.print(_parameters(answer))
    console.print()
    console.print(_outcomes(answer))
    console.print()
    for line in _sentences(answer):
        console.print(line, highlight=False, markup=False)


def _parameters(answer: Recovery) -> Plain:
    """The parameters that the facts inform most, then others with uneven ranks."""
    informed, others = (answer.of_kind(PARAMETER, informed=which) for which in (True, False))
    rows = pd.concat([informed.head(SHOWN), others[others["verdict"] != EVEN].head(SHOWN)])
    tried = count(len(answer.recoveries))
    return _table(f"Parameters that the facts inform, over {tried} recoveries", "parameter", rows)


def _outcomes(answer: Recovery) -> Plain:
    """All outcomes."""
    table = _table(f"Outcomes in {answer.year}", "outcome", answer.of_kind(OUTCOME))
    table.note = _NOTE
    return table


def _table(title: str, of: str, rows: pd.DataFrame) -> Plain:
    table = Plain(title, of, "sd", "50%", "90%", "p", "verdict", whole=True)
    for name, row in rows.iterrows():
        shares = [percent(row[interval]) for interval in INTERVALS]
        table.add_row(str(name), fixed(row["sd_ratio"], 2), *shares, fixed(row["p"], 3), row["verdict"])
    return table


def _sentences(answer: Recovery) -> list[str]:
    """What it comes to, in sentences."""
    fit, tried = answer.fit, len(answer.recoveries)
    facts, zero = len(fit.fitted), answer.recoveries["zero"].mean()
    sentences = [
        _informed(answer),
        *(_covered(answer, kind) for kind in _NAMES if len(answer.of_kind(kind, informed=True))),
        _verdict(answer),
        _effective(answer),
        f"{count(tried)} true worlds of {worlds(len(fit.says))} from the end of {fit.config.start}, seed "
        f"{fit.config.seed}, each with synthetic facts in place of {facts} about {fit.until} or before. "
        f"A fact that is zero in the true world is left out there: {fixed(zero, 1)} on average.",
    ]
    if answer.unknown:
        sentences.append(
            f"Not ranked, the same in every world or unknown in some: {', '.join(answer.unknown)}."
        )
    if fit.reasons:
        sentences.append(f"{left_out(fit.reasons)}.")
    return sentences + skipped_rows(fit)


def _informed(answer: Recovery) -> str:
    """How many parameters the facts inform."""
    every = answer.of_kind(PARAMETER)
    informed = int(every["informed"].sum())
    return (
        f"The facts inform {informed} of {len(every)} uncertain parameters: their posterior is at least a "
        "tenth narrower than the prior. They say little or nothing of the others."
    )


def _covered(answer: Recovery, kind: str) -> str:
    """How often intervals of what the facts inform hold the truth."""
    found = [answer.covered(kind, interval) for interval in INTERVALS]
    half, most = (share_with_interval(*one) for one in found if one is not None)
    return (
        f"Of informed {_NAMES[kind]}, 50% intervals hold the truth in {half} of cases and 90% intervals in "
        f"{most}; in brackets, 95% confidence intervals."
    )


def _verdict(answer: Recovery) -> str:
    """Which quantities have uneven ranks."""
    uneven = answer.quantities[answer.quantities["verdict"] != EVEN]
    if uneven.empty:
        return "No ranks are clearly uneven: nothing speaks against the calibration."
    named = ", ".join(f"{name} ({verdict})" for name, verdict in uneven["verdict"].items())
    return f"Ranks are uneven, which speaks against the posterior of: {named}."


def _effective(answer: Recovery) -> str:
    """What posteriors are worth, and whether that is enough to judge their width."""
    table = answer.recoveries
    whole = table["effective_whole"]
    text = (
        f"With the whole likelihood, posteriors are worth {count(whole.median())} worlds in the median "
        f"({count(whole.min())} to {count(whole.max())})"
    )
    if not answer.weakened:
        return f"{text}: enough for a verdict."
    text += (
        f". In {percent(answer.weakened)} of recoveries it was worth fewer than {EFFECTIVE} and was weakened "
        "to keep that many"
    )
    if answer.enough:
        return f"{text}: those posteriors are wider than the facts allow."
    return (
        f"{text}. That is too few for a verdict on width: posteriors may be too wide for lack of worlds, and "
        "a parameter may seem uninformed. Use more worlds."
    )
