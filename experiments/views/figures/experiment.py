"""The picture of `experiment`: its first outcome over the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.plots.cells import over_cells

if TYPE_CHECKING:
    from computeshift.experiments.questions.experiment.experiment import ExperimentTable
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: ExperimentTable) -> Picture:
    """The first outcome in its last year: a map of a grid, points of samples, or a list of cases."""
    return over_cells(answer, answer.quantities[0].name)
