"""The picture of each question's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from computeshift.experiments.errors import UserError
from computeshift.experiments.views.colours import colours
from computeshift.experiments.views.format import worlds
from computeshift.experiments.views.plots.backtest import backtest
from computeshift.experiments.views.plots.breaks import breaks
from computeshift.experiments.views.plots.calibrate import calibrate
from computeshift.experiments.views.plots.cells import over_cells
from computeshift.experiments.views.plots.circle import circle
from computeshift.experiments.views.plots.compare import compare
from computeshift.experiments.views.plots.explain import explain
from computeshift.experiments.views.plots.indices import indices
from computeshift.experiments.views.plots.known_later import known_later
from computeshift.experiments.views.plots.levers import levers
from computeshift.experiments.views.plots.payoffs import payoffs
from computeshift.experiments.views.plots.predictions import predictions
from computeshift.experiments.views.plots.recover import recover
from computeshift.experiments.views.plots.regions import regions
from computeshift.experiments.views.plots.risk import risk
from computeshift.experiments.views.plots.scorecard import scorecard
from computeshift.experiments.views.plots.tornado import tornado

if TYPE_CHECKING:
    from computeshift.experiments.questions.answer import Answer
    from computeshift.experiments.questions.deals.deals import Deals
    from computeshift.experiments.questions.experiment.experiment import ExperimentTable
    from computeshift.experiments.questions.sensitivity.answer import Sensitivity
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Answer) -> Picture:
    """The picture of an answer. UserError if answers to its question have none."""
    if answer.question not in FIGURES:
        raise UserError(f"{answer.question} has no figure")
    picture: Picture = FIGURES[answer.question](answer)
    return picture


def _deals(answer: Deals) -> Picture:
    """Firms on a circle, payments between them, and the rings among these, in the year to look at."""
    firms = [*answer.payments["payer"], *answer.payments["payee"]]
    return circle(answer, answer.year, colours(firms), worlds(answer.worlds))


def _experiment(answer: ExperimentTable) -> Picture:
    """The first outcome in its last year: a map of a grid, points of samples, or a list of cases."""
    return over_cells(answer, answer.quantities[0].name)


def _sensitivity(answer: Sensitivity) -> Picture:
    """The indices of the top factors and a tornado; of groups, or of several outcomes or years, a map."""
    return indices(answer) if answer.by or len(answer.explained) > 1 else tornado(answer)


FIGURES: dict[str, Callable[[Any], Picture]] = {
    "backtest": backtest,
    "breaks": breaks,
    "calibrate": calibrate,
    "compare": compare,
    "deals": _deals,
    "discover": regions,
    "experiment": _experiment,
    "explain": explain,
    "game": payoffs,
    "known_later": known_later,
    "levers": levers,
    "predict": predictions,
    "recover": recover,
    "risk": risk,
    "scorecard": scorecard,
    "sensitivity": _sensitivity,
    "strategies": payoffs,
}
"""The function that draws the answer, by question."""
