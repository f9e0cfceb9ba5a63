"""The scorecard that comes with the program is what the program says today."""

from __future__ import annotations

import pandas as pd

import computeshift as cs
from computeshift.experiments.questions.evidence.measures import shipped


def test_the_measures_that_are_shipped_are_todays() -> None:
    today = cs.scorecard().measures.reset_index(drop=True)
    pd.testing.assert_frame_equal(shipped(), today, check_dtype=False, rtol=1e-6)
