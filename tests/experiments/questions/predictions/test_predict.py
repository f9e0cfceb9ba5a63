"""Predictions: a file says what the worlds say, the same for the same seed, and is whole or not there."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.questions.evidence.observables import OBSERVABLES
from computeshift.experiments.questions.levers.headline import headlines
from computeshift.experiments.questions.predictions import predict as module
from computeshift.experiments.questions.predictions.file import LEVELS, NAMES, read
from computeshift.experiments.questions.predictions.predict import Prediction, predict
from computeshift.experiments.questions.predictions.settling import facts_of
from computeshift.experiments.results.claims import claims, claims_of
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.measure import measure
from tests.experiments.folders import without_glossary

WORLDS = 40


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return cs.run("six", worlds=WORLDS, out=tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def answer() -> Prediction:
    return predict("six", worlds=WORLDS)


def test_it_says_what_the_worlds_say(answer: Prediction, results: Results) -> None:
    held = results.claims().set_index("name")
    said = answer.claims.set_index("name")
    assert list(said.index) == list(claims())
    for column, expected in (("probability", held["probability"]), ("worlds", held["worlds"])):
        assert said[column].to_list() == pytest.approx(expected.to_list(), rel=1e-5)
    half = (held["high"] - held["low"]) / 2
    assert said["error"].to_list() == pytest.approx(half.to_list(), rel=1e-5)
    outcomes = {(one.outcome, one.year): one for one in answer.said.outcomes}
    assert {name for name, _ in outcomes} == {headline.outcome for headline in headlines().values()}
    revenue = results.outcome("openai_revenue")
    for year in results.years:
        quantiles = dict(zip(NAMES, revenue[year].quantile(list(LEVELS)), strict=True))
        assert outcomes["openai_revenue", year].quantiles == pytest.approx(quantiles, rel=1e-5)
    assert without_glossary(answer) == []


def test_every_observable_is_predicted_as_a_fact_would_name_it(answer: Prediction, results: Results) -> None:
    said = {(one.entity, one.variable, one.year): one for one in answer.said.observables}
    there = {key for key, one in OBSERVABLES.items() if one.read(results) is not None}
    assert {key[:2] for key in said} == there  # all but those of firms that only the full cast has
    assert len(OBSERVABLES) - len(there) == 18
    rate, year = (said["OpenAI", name, 2027].quantiles["p50"] for name in ("annualised_revenue", "revenue"))
    assert rate > 1.1 * year  # the last month's flow, of sales that grow
    capacity = results.market_variable("capacity_gw")
    growth = said["Market", "ai_chip_stock_power", 2026]
    assert growth.quantiles["p50"] == pytest.approx((capacity[2026] / capacity[2025]).median(), rel=1e-5)
    assert (growth.unit, growth.fact_unit) == ("x_per_year", "GW")


def test_facts_that_settle_a_claim_add_up_to_its_outcome() -> None:
    """In every world and year, so that a claim is judged on what its probability is of."""

    def of(record: Record) -> pd.DataFrame:
        for outcome, names in facts_of().items():
            terms = []
            for name in names:
                entity, variable = name.removeprefix("-").split("/")
                table = OBSERVABLES[entity, variable].read(record)
                assert table is not None
                terms.append(table * (-1 if name.startswith("-") else 1))
            np.testing.assert_allclose(sum(terms), record.outcome_or_empty(outcome), rtol=1e-12, atol=1e-12)
        return pd.DataFrame({"seen": record.market_variable("capacity_gw").iloc[:, -1]})

    measure(cs.load("six", {"worlds": 4}), of)
    assert set(facts_of()) <= set(OUTCOMES)


def test_every_shipped_claim_says_what_settles_it_or_why_nothing_does() -> None:
    every = claims_of(cs.load("today"))
    assert len(every) == 19
    assert all(claim.fails_if for claim in every.values())
    both_ways = {name for name, claim in every.items() if claim.settled_by and not claim.unsettled_because}
    one_way = {name for name, claim in every.items() if claim.settled_by and claim.unsettled_because}
    never = {name for name, claim in every.items() if not claim.settled_by}
    assert len(both_ways) == 12
    assert one_way == {"softbank_unwinds", "softbank_keeps_policy", "oracle_contract_kept"}
    assert all(rule.only for name in one_way for rule in every[name].settled_by)
    assert never == {"deepseek_disrupts", "openai_needs_rescue", "circular_tenth", "lenders_lose_tenth"}
    assert all(every[name].unsettled_because for name in never)


def test_the_same_config_and_seed_make_the_same_file_but_for_the_date(
    answer: Prediction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "today", lambda: datetime.date(2026, 1, 2))
    again = predict("six", worlds=WORLDS, out=tmp_path / "later.json")
    assert again.file is not None
    text = again.file.read_text("utf-8")
    assert text.replace("2026-01-02", answer.said.made.isoformat()) == answer.said.text()
    assert read(again.file) == again.said
    assert json.loads(text) == again.document()
    other = predict("six", worlds=WORLDS, seed=2).said
    assert (other.seed, answer.said.seed) == (2, 1)
    assert other.claims != answer.said.claims


def test_a_folder_says_the_same_as_its_config_and_names_its_changes(
    answer: Prediction, results: Results
) -> None:
    assert predict(results).said.model_dump(exclude={"made"}) == answer.said.model_dump(exclude={"made"})
    changed = predict("six", worlds=WORLDS, set={"softbank.strategy": "prudent"}).said
    assert changed.changes == ("SoftBank's strategy: prudent (instead of vision)",)
    assert changed.config == "six, 1 change"


def test_a_claim_about_years_before_the_start_is_undecided_and_own_claims_are_settled_by_own_facts(
    tmp_path: Path,
) -> None:
    config = tmp_path / "ours.yaml"
    config.write_text(
        "asks: What then?\nextends: six\n"
        "observe:\n  Ours/debt: {of: oracle.debt, kind: stock, unit: USD_bn}\n"
        "outcomes:\n  peak: {of: max(oracle.debt), unit: $ bn, meaning: Oracle's highest debt}\n"
        "claims:\n  indebted: {sentence: Oracle owes much., source: us, outcome: oracle.debt, test: above,"
        " figure: 150, when: by 2028}\n",
        encoding="utf-8",
    )
    said = predict(config, worlds=WORLDS).said
    mine = {claim.name: claim for claim in said.claims}["indebted"]
    assert [rule.facts for rule in mine.settled_by] == [("Ours/debt",)]
    assert mine.years == (2025, 2026, 2027, 2028)
    assert mine.falsified_by == "oracle.debt is at most 150 in every year to 2028."
    assert "Ours" in {one.entity for one in said.observables}
    assert "peak" in {one.outcome for one in said.outcomes}
    short = predict("six", worlds=WORLDS, set={"until": 2026}).said
    late = {claim.name: claim for claim in short.claims}["burn_2027"]
    assert (late.probability, late.error, late.years, late.worlds) == (None, None, (), 0)


def test_a_market_without_a_firm_is_scored_on_what_it_has(tmp_path: Path) -> None:
    config = tmp_path / "ours.yaml"
    config.write_text("asks: And without it?\nextends: six\nfirms: {softbank: null}\n", encoding="utf-8")
    said = predict(config, worlds=WORLDS, out=tmp_path / "said.json").said
    assert "SoftBank" not in {one.entity for one in said.observables}
    facts = cs.score(tmp_path / "said.json").facts
    assert "SoftBank" not in set(facts["entity"])
    assert len(facts) > 15


def test_it_replaces_predictions_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"precious": 1}', encoding="utf-8")
    with pytest.raises(cs.UserError, match=r"mine.json exists and is not a prediction made by computeshift"):
        predict("six", worlds=WORLDS, out=file)
    assert file.read_text("utf-8") == '{"precious": 1}'
    predict("six", worlds=WORLDS, out=file, force=True)
    predict("six", worlds=WORLDS, out=file)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    with pytest.raises(cs.UserError, match=r"a prediction is FILE.json"):
        predict("six", out=tmp_path / "mine.csv")
    with pytest.raises(cs.UserError, match="20 worlds are too few for P5 and P95: use at least 30"):
        predict("six", worlds=20)
