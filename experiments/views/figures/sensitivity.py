"""The picture of `sensitivity`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.indices import indices
from computeshift.experiments.views.plots.tornado import tornado

if TYPE_CHECKING:
    from computeshift.experiments.questions.sensitivity.answer import Sensitivity
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Sensitivity) -> Picture:
    """The indices of the top factors and a tornado; of groups, or of several outcomes or years, a map."""
    return indices(answer) if answer.by or len(answer.explained) > 1 else tornado(answer)
