"""What explain answers with: a firm's year as a story, and which limits bound over all worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from computeshift.experiments.questions.answer import Answer
from computeshift.experiments.questions.explain.story import Sentence
from computeshift.experiments.results.excluded import Reasons, worlds_of
from computeshift.experiments.results.late import view

VENTURE = "stargate"


@dataclass(frozen=True, repr=False)
class Explanation(Answer):
    """The story of a firm's year, and how often each limit bound each firm.

    `bound` has one row per firm, decision, limit and year, with the `share` of worlds in which that limit
    bound. `venture` has one row per cause and year: in which share of worlds it was the largest shortfall
    behind the limit that bound Stargate's new sites, and how many GW it cut (`cut`, mean of all worlds,
    limits taken in the rule's order); `sites` has the GW ordered and started, means too. `tied` is
    whether anything is tied to Stargate; `picked` why the world is the one that was asked for by what it is.
    """

    question: ClassVar[str] = "explain"

    config: str
    firm: str
    year: int
    world: int
    nearest_to_median: bool
    picked: str
    worlds: int
    reasons: Reasons
    story: tuple[Sentence, ...]
    bound: pd.DataFrame
    venture: pd.DataFrame
    sites: pd.DataFrame
    tied: bool

    @property
    def left_out(self) -> int:
        """How many worlds are left out."""
        return len(worlds_of(self.reasons))

    def tables(self) -> dict[str, pd.DataFrame]:
        """`bound`, `stargate` (what held its new sites) and `sites`."""
        return {"bound": self.bound, VENTURE: self.venture, "sites": self.sites}

    def finding(self) -> str:
        """What cut most off Stargate's new sites in the year asked about, and what a cut is."""
        text: str = view("text.explain").finding(self)
        return text
