"""The picture of `predict`: an ECharts picture, as new ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.predictions import predictions

if TYPE_CHECKING:
    from computeshift.experiments.questions.predictions.predict import Prediction
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Prediction) -> Picture:
    """How likely each claim is."""
    return predictions(answer)
