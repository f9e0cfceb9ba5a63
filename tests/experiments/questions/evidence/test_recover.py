"""Recovery: ranks are even where the fit is right, and a wrong fit is found out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence.fact import Fact
from computeshift.experiments.questions.evidence.recover import OUTCOME, PARAMETER, Recovery, recover
from computeshift.experiments.questions.evidence.synthetic import facts_of_world
from computeshift.experiments.questions.evidence.weighing import DISCREPANCY
from computeshift.experiments.views.plots.recover import recover as picture_of
from tests.experiments.folders import without_glossary

WORLDS, TRUTHS = 2_000, 60


@pytest.fixture(scope="module")
def found() -> Recovery:
    return recover(worlds=WORLDS, recoveries=TRUTHS)


def test_the_calibration_recovers_what_the_facts_inform(found: Recovery) -> None:
    informed = found.of_kind(PARAMETER, informed=True)
    assert "services.initial_growth" in informed.index
    assert "deepseek.efficiency" not in informed.index
    assert (found.quantities["verdict"] != "even").sum() <= 2
    for kind in (PARAMETER, OUTCOME):
        coverage = found.covered(kind, "covered90")
        assert coverage is not None
        assert coverage[1] <= 0.95
        assert coverage[2] >= 0.85


def test_too_few_worlds_for_a_verdict_are_reported(found: Recovery) -> None:
    assert not found.enough
    assert found.recoveries["effective"].min() > 299
    assert "too few for a verdict on width" in repr(found)
    enough = replace(found, recoveries=found.recoveries.assign(effective_whole=400.0, temperature=1.0))
    assert "enough for a verdict" in repr(enough)


def test_facts_with_larger_errors_than_assumed_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def wild(says: pd.Series[float], facts: list[Fact], draws: np.random.Generator) -> list[Fact]:
        off = np.exp(1.5 * draws.choice([-1, 1]))
        made = facts_of_world(says, facts, draws)
        return [
            replace(one, value=one.value * off) if one.theme in ("sales", "burn") else one for one in made
        ]

    monkeypatch.setattr(f"{recover.__module__}.facts_of_world", wild)
    # Few facts, more worlds: else their likelihood is weakened so far that it hides what is wrong with it.
    judged = recover(worlds=3 * WORLDS, recoveries=2 * TRUTHS, fit_until=2023).quantities
    assert judged["verdict"]["openai_revenue"] == "too narrow"
    assert judged["covered90"]["openai_revenue"] < 0.85


def test_synthetic_facts_have_the_errors_that_weighing_assumes(found: Recovery) -> None:
    facts, says = found.fit.fitted, found.fit.says.iloc[0]
    draws = np.random.default_rng(1)
    made = [facts_of_world(says, facts, draws) for _ in range(2_000)]
    assert all(fact.value for one in made for fact in one)
    logs = pd.DataFrame([{f.name: np.log(f.value / says[f.name]) for f in one} for one in made])
    for fact in facts:
        if fact.name in logs:
            scale = np.hypot(fact.error, DISCREPANCY)
            inner = np.mean(
                np.abs(logs[fact.name].to_numpy(np.float64)) < 0.741 * scale
            )  # the middle half of Student's t with 4
            assert abs(inner - 0.5) < 0.05, fact.name
    same = ["OpenAI/revenue/2023", "OpenAI/annualised_revenue/2023"]
    other = "Oracle/debt_total/2024"
    ranks = logs.rank()
    assert np.corrcoef(ranks[same].to_numpy().T)[0, 1] > 0.3
    assert abs(np.corrcoef(ranks[[same[0], other]].to_numpy().T)[0, 1]) < 0.1


def test_the_same_seed_gives_the_same_bits_and_the_answer_is_data(found: Recovery) -> None:
    again = recover(worlds=WORLDS, recoveries=20)
    first = found.recoveries.index[:20]
    assert again.ranks.equals(found.ranks.loc[first])
    document = json.loads(json.dumps(found.document(), allow_nan=False))
    assert {sum(row["histogram"]) for row in document["quantities"]} == {TRUTHS}
    picture = picture_of(found)
    json.dumps(picture.option, allow_nan=False)
    assert set(picture.table.index) >= set(found.of_kind(PARAMETER, informed=True).index)


def test_what_can_not_be_recovered_is_refused() -> None:
    with pytest.raises(UserError, match="`recoveries`: 19 is too few; use at least 20"):
        recover(recoveries=19)
    with pytest.raises(UserError, match="1,000 worlds are too few for 101 recoveries: use at least 1,010"):
        recover(worlds=1_000, recoveries=101)


def test_its_tables_say_what_their_columns_are(found: Recovery) -> None:
    assert without_glossary(found) == []
