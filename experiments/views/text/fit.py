"""How worlds were weighed by facts, in words: what `backtest` and `calibrate` share."""

from __future__ import annotations

from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.results.excluded import left_out
from computeshift.experiments.views.format import count, fixed, worlds

_NAMED = 6  # skipped rows, by name


def skipped_rows(fit: Fit) -> list[str]:
    """Which rows of the user's file were skipped; nothing if none."""
    if not fit.skipped:
        return []
    count, named = len(fit.skipped), [f"{one.row.name} ({one.why})" for one in fit.skipped[:_NAMED]]
    more = ", and more (in the JSON document)" if count > _NAMED else ""
    rows = "1 row of the facts file was" if count == 1 else f"{count} rows of the facts file were"
    return [f"{rows} skipped: {', '.join(named)}{more}."]


def how_weighed(fit: Fit) -> str:
    """By how many facts, how many worlds that leaves in effect, and what was left out."""
    how = fit.document()
    later, same = len(how["fitted_published_later"]), len(how["not_varying"])
    facts, groups = len(how["fitted"]), len(how["groups"])
    text = (
        f"{worlds(how['worlds'])} from the end of {how['start']}, weighed by {facts} facts about "
        f"{how['fit_until']} or before ({later} of them published later), are worth "
        f"{count(how['effective_worlds'])}. {facts - same} of {facts} facts inform"
        + (f": {same} {'does' if same == 1 else 'do'} not vary over worlds. " if same else ". ")
        + f"They make {groups} groups that move together, and a group counts as one fact"
    )
    if how["temperature"] < 1:
        text += (
            f". The likelihood was raised to the power {fixed(how['temperature'], 2)} to keep that many "
            "worlds, which weakens every fact alike"
        )
    if fit.reasons:
        text += f"; {left_out(fit.reasons)}"
    return text + "."
