"""What discover answers with: the regions in which a claim fails, or holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

import pandas as pd

from computeshift.experiments.questions.answer import Answer, Found
from computeshift.experiments.questions.discover.meaning import Meaning
from computeshift.experiments.questions.discover.regions import Region
from computeshift.experiments.results.claims import Claim
from computeshift.experiments.results.excluded import LeavesOut, Reasons


@dataclass(frozen=True, repr=False)
class Discovery(Answer, Found, LeavesOut):
    """Where a claim fails, or holds: no region if it does so everywhere, nowhere, or without pattern.

    `cases` of the `worlds` are of interest: in them the claim holds, if `holds`, else it fails. `meanings`
    say what limits on factors and residuals mean for parameters.
    """

    question: ClassVar[str] = "discover"

    source: str
    claim: Claim
    holds: bool
    worlds: int
    cases: int
    reasons: Reasons
    from_posterior: bool
    dimensions: int
    regions: tuple[Region, ...]
    meanings: tuple[Meaning, ...] = ()

    @property
    def does(self) -> str:
        """What the claim does in the cases of interest."""
        return "holds" if self.holds else "fails"

    def tables(self) -> dict[str, pd.DataFrame]:
        """`regions`, their fit on unseen worlds, and their `limits`: one row each, regions from 1 on.

        With limits on factors or residuals also their `meanings`, one row per parameter behind them.
        """
        numbered = list(enumerate(self.regions, 1))
        regions = [{"region": number, **asdict(region.unseen)} for number, region in numbered]
        limits = [
            {"region": number, **asdict(limit), "column": limit.column.name}
            for number, region in numbered
            for limit in region.limits
        ]
        tables = {"regions": pd.DataFrame(regions), "limits": pd.DataFrame(limits)}
        return tables | ({"meanings": pd.DataFrame(self.meanings)} if self.meanings else {})
