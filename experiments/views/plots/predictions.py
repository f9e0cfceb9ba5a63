"""Predictions: how likely each claim is, one row per claim."""

from __future__ import annotations

import numpy as np

from computeshift.experiments.questions.predictions.predict import Prediction
from computeshift.experiments.views.colours import COLOURS
from computeshift.experiments.views.format import percent, worlds
from computeshift.experiments.views.plots.picture import Picture, sourced
from computeshift.experiments.views.plots.ranges import Ranges
from computeshift.experiments.views.plots.sentences import height, sentences
from computeshift.experiments.views.text.predict import chance


@sourced
def predictions(answer: Prediction) -> Picture:
    """A dot for the probability of each claim that the worlds decide, a line for its Monte Carlo error."""
    said = answer.said
    table = answer.claims.dropna(subset=["probability"])
    middle, error = (table[name].to_numpy(dtype=np.float64) for name in ("probability", "error"))
    spread = np.clip([middle - error, middle, middle + error], 0, 1)
    texts = [chance(share, half) for share, half in zip(middle, error, strict=True)]
    claims = list(table["sentence"])
    shares = [percent(share) for share in middle]
    option = sentences(claims, "share", Ranges("", COLOURS[0], spread, texts), numbers=[shares])
    title = f"How likely claims are, predicted on {said.made.isoformat()}"
    note = f"Share of {worlds(said.worlds)} of {said.config} in which each holds; line: its 95% interval. "
    note += "The interval is that of so many worlds alone: the model may be wrong by more."
    numbers = table[["name", "probability", "error", "falsified_by"]]
    return Picture("predictions", title, note, option, numbers, height(claims))
