"""The picture of `deals`: in which rings money returns in the year to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.views.colours import colours
from computeshift.experiments.views.format import worlds
from computeshift.experiments.views.plots.circle import circle

if TYPE_CHECKING:
    from computeshift.experiments.questions.deals.deals import Deals
    from computeshift.experiments.views.plots.picture import Picture


def draw(answer: Deals) -> Picture:
    """Firms on a circle, payments between them, and the rings among these."""
    firms = [*answer.payments["payer"], *answer.payments["payee"]]
    return circle(answer, answer.year, colours(firms), worlds(answer.worlds))
