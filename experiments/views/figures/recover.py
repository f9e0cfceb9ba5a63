"""The picture of `recover`: an ECharts picture, as new ones are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.recover import recover

if TYPE_CHECKING:
    from computeshift.experiments.questions.evidence.recover import Recovery
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Recovery) -> Picture:
    """How ranks of true values are distributed, beside what even ranks would be."""
    return recover(answer)
