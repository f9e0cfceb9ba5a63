"""What the model says is what the fact is about, and what moves together has one theme."""

from __future__ import annotations

import itertools
from typing import cast

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.config.cast import Cast
from computeshift.experiments.questions.evidence import fitting
from computeshift.experiments.questions.evidence.observables import OBSERVABLES
from computeshift.experiments.results.record import Record
from computeshift.experiments.run.sample import Sample


class Planted:
    """A record of two worlds, where OpenAI's rounds are struck at 157 and 90."""

    cast = Cast({"openai": "openai"})
    firms = cast.firms

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """Worlds x years."""
        marks = {2023: [150.0, 90.0], 2024: [400.0, 20.0]}
        struck = {2023: [0.0, 0.0], 2024: [157.0, 90.0]}
        return pd.DataFrame({"valuation": marks, "post_money": struck}[name])


def test_a_round_is_struck_at_the_mark_before_it_and_a_sale_at_the_years_end() -> None:
    record = cast("Record", Planted())
    post = OBSERVABLES["OpenAI", "post_money_valuation"].read(record)
    sale = OBSERVABLES["OpenAI", "valuation"].read(record)
    assert post is not None
    assert sale is not None
    assert post.to_dict("list") == {2024: [157.0, 90.0]}
    assert sale[2024].tolist() == [400.0, 20.0]


class Earning(Planted):
    """Two worlds in which the other cloud owes 60 and earns 240, or owes nothing."""

    cast = Cast({"other_cloud": "cloud"})
    firms = cast.firms

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """Worlds x years."""
        return pd.DataFrame({2025: {"debt": [60.0, 0.0], "leverage": [0.25, 0.0]}[name]})


def test_what_a_cloud_earns_is_its_debt_over_its_leverage() -> None:
    earned = OBSERVABLES["Alphabet + Amazon", "operating_cash_flow"].read(cast("Record", Earning()))
    assert earned is not None
    assert earned[2025].tolist()[0] == 240
    assert np.isnan(earned[2025].tolist()[1])  # without debt the log does not say


@pytest.mark.parametrize(("source", "last"), [("end_of_2022", 2025), ("end_of_2023", 2025), ("six", 2026)])
def test_facts_that_move_together_over_worlds_have_one_theme(source: str, last: int) -> None:
    found = fitting.fit(source, last, last, sample=Sample(2_000))
    ranks = found.says[[fact.name for fact in found.informing]].rank().to_numpy()
    together = np.abs(np.corrcoef(ranks, rowvar=False))
    for (i, one), (j, other) in itertools.combinations(enumerate(found.informing), 2):
        if together[i, j] >= 0.9:
            assert one.theme == other.theme, (one.name, other.name)
