"""Rules of claims: which made-up facts settle those of `today`, and what the others wait for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.predictions.predict import predict
from computeshift.experiments.questions.predictions.score import KNOWN, OPEN, SETTLED, score
from tests.experiments.questions.evidence.synthetic import row
from tests.experiments.questions.evidence.synthetic import written as facts_file
from tests.experiments.questions.predictions.handmade import claim, written

Row = dict[str, str]
AFTER = "2090-01-01"
"""After any day on which predictions are made."""


@pytest.fixture(autouse=True)
def _no_facts_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FILES", ())


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Predictions of `today`."""
    file = tmp_path_factory.mktemp("said") / "today.json"
    predict("today", worlds=40, out=file)
    return file


def made_up(entity: str, variable: str, period: object, value: float, unit: str = "USD_bn") -> Row:
    """A row that says that it is made up."""
    return row(
        entity, variable, str(period), value, unit=unit, published=AFTER, source="made up", note="made up"
    )


def scored(said: Path, rows: Iterable[Row]) -> pd.DataFrame:
    """The claims by name, scored by these rows alone."""
    return score(said, facts=facts_file(said.parent / "later.csv", rows)).claims.set_index("claim")


def told(said: Path, name: str, rows: Iterable[Row]) -> tuple[str, bool | None]:
    """What has become of a claim by these rows, and whether it holds."""
    claims = scored(said, rows)
    return str(claims["state"][name]), claims["holds"][name]


def ratings(agency: str, code: int, years: Iterable[int] = range(2026, 2031)) -> list[Row]:
    """What an agency says of Oracle at the ends of years."""
    return [made_up("Oracle", f"credit_rating_{agency}", f"{year}-12", code, "rating_code") for year in years]


GOOD = [*ratings("sp", 13), *ratings("moodys", 12), *ratings("fitch", 12)]
SALES = [made_up("OpenAI", "revenue", year, 50) for year in range(2026, 2031)]
CONTRACT = "compute_contract_Oracle"


@pytest.mark.parametrize(
    ("name", "rows", "state", "holds"),
    [
        ("oracle_keeps_grade", GOOD, SETTLED, True),
        ("oracle_keeps_grade", ratings("sp", 11, [2027]), SETTLED, False),  # junk with one agency
        ("oracle_keeps_grade", [*GOOD, *ratings("fitch", 11, [2031])], SETTLED, True),  # after its last year
        ("oracle_keeps_grade", ratings("sp", 13), OPEN, None),  # and what of the other agencies?
        ("oracle_keeps_grade", [*GOOD, *ratings("sp", 11, [2028])], OPEN, None),  # 13 or 11?
        ("anthropic_passes", [*SALES, made_up("Anthropic", "revenue", 2028, 51)], SETTLED, True),
        (
            "anthropic_passes",
            [*SALES, *(made_up("Anthropic", "revenue", year, 49) for year in range(2026, 2031))],
            SETTLED,
            False,
        ),
        ("anthropic_passes", [*SALES, made_up("Anthropic", "revenue", 2028, 49)], OPEN, None),
        ("softbank_keeps_policy", [made_up("SoftBank", "ltv", "2027-12", 0.26, "share")], SETTLED, False),
        (
            "softbank_keeps_policy",
            [made_up("SoftBank", "ltv", f"{year}-12", 0.2, "share") for year in range(2026, 2031)],
            OPEN,
            None,
        ),
        ("softbank_unwinds", [made_up("SoftBank", "ltv", "2027-12", 0.26, "share")], SETTLED, True),
        ("oracle_contract_kept", [made_up("OpenAI", CONTRACT, "2028-12", 250)], SETTLED, False),
        (
            "oracle_contract_kept",
            [made_up("OpenAI", CONTRACT, f"{year}-12", 300) for year in range(2026, 2031)],
            OPEN,
            None,
        ),
        ("openai_needs_rescue", [made_up("OpenAI", "equity_raised", 2027, 60)], OPEN, None),
    ],
)
def test_facts_settle_the_claims_of_today(
    said: Path, name: str, rows: list[Row], state: str, holds: bool | None
) -> None:
    assert told(said, name, rows) == (state, holds)


def test_rows_that_contradict_each_other_settle_nothing_and_are_told(said: Path) -> None:
    rows = [made_up("OpenAI", "free_cash_flow", 2027, -value) for value in (15, 25)]
    found = scored(said, rows).loc["burn_2027"]
    assert found["state"] == OPEN
    assert found["waits_for"] == "rows about OpenAI/free_cash_flow of 2027 contradict each other: 15 to 25"
    assert scored(said, [*rows[1:], made_up("OpenAI", "free_cash_flow", 2027, -21)]).loc["burn_2027", "holds"]
    agreed = scored(said, [made_up("OpenAI", "free_cash_flow", 2027, -value) for value in (12, 19)])
    assert not agreed.loc["burn_2027", "holds"]


def test_an_open_claim_says_what_it_waits_for_and_why_nothing_will_do(said: Path) -> None:
    waiting = scored(said, ratings("sp", 13, range(2026, 2029)))["waits_for"]
    assert waiting["oracle_keeps_grade"] == (
        "Oracle/credit_rating_sp: 2029, 2030; Oracle/credit_rating_moodys: 2026 to 2030; "
        "Oracle/credit_rating_fitch: 2026 to 2030"
    )
    assert waiting["softbank_unwinds"].startswith(
        "SoftBank/ltv: 2026 to 2030, which can only prove it right;"
    )
    assert waiting["lenders_lose_tenth"].startswith("lenders do not report losses on AI apart")
    spent = "Stargate/spending_cumulative: 2027 (no figure so far)"
    assert waiting["stargate_100"] == spent  # undecided: its sum began before these worlds


def test_rows_that_count_for_an_open_claim_are_not_called_unused(said: Path) -> None:
    rows = facts_file(said.parent / "rated.csv", ratings("sp", 13, [2026]))
    assert score(said, facts=rows).skipped == []


def test_a_sum_that_began_before_the_start_counts_with_what_came_before(said: Path) -> None:
    name, variable = "softbank_largest", "investment_in_OpenAI_cumulative"
    early = row("SoftBank", variable, "2025-12", 34.6, published="2026-02-12", source="made up")
    assert told(said, name, [early]) == (KNOWN, True)
    in_october = made_up("SoftBank", variable, "2027-10", 15)
    assert told(said, name, [in_october]) == (SETTLED, True)
    too_little = made_up("SoftBank", variable, "2025-12", 9)
    waiting = scored(said, [too_little]).loc[name]
    assert (waiting["state"], waiting["waits_for"]) == (
        OPEN, f"SoftBank/{variable}: 2030 (so far SoftBank/{variable}/2025 = 9 USD_bn)",
    )  # fmt: skip
    assert scored(said, []).loc[name, "waits_for"] == f"SoftBank/{variable}: 2030 (no figure so far)"
    end = made_up("SoftBank", variable, "2030-12", 13)
    assert told(said, name, [too_little, end]) == (SETTLED, False)


def test_a_file_of_the_first_format_is_scored_by_its_facts(tmp_path: Path) -> None:
    file = written(tmp_path / "said.json", [claim("it", 0.8)])
    document = json.loads(file.read_text("utf-8"))
    [old] = document["claims"]
    del old["settled_by"], old["unsettled_because"]
    old["facts"] = ["-OpenAI/free_cash_flow"]
    file.write_text(json.dumps({**document, "format": 1}), encoding="utf-8")
    rows = facts_file(tmp_path / "later.csv", [made_up("OpenAI", "free_cash_flow", 2027, -25)])
    assert score(file, facts=rows).claims[["state", "holds"]].to_numpy().tolist() == [[SETTLED, True]]


OWN = """\
asks: What then?
extends: baseline
claims:
  graded:
    {{sentence: Oracle is good., source: us, outcome: oracle.rating, test: below, figure: 10.5, when: by +3,
    settled_by: [{rule}]}}
"""


def test_an_own_claim_may_have_a_rule_on_facts_that_the_program_does_not_know(tmp_path: Path) -> None:
    config, file = tmp_path / "ours.yaml", tmp_path / "said.json"
    rule = "{facts: [Oracle/stars], unit: stars, kind: stock, test: at_least, figure: 3, when: by +2}"
    config.write_text(OWN.format(rule=rule), encoding="utf-8")
    said = predict(config, worlds=40, out=file)
    assert said.claims.set_index("name").loc["graded", "settled_by"] == "Oracle/stars at least 3, by 2026"
    rows = [made_up("Oracle", "stars", "2026-12", 4, "stars")]
    assert scored(file, rows).loc["graded", "holds"]
    config.write_text(OWN.format(rule="{facts: [Oracle/debt_totl]}"), encoding="utf-8")
    with pytest.raises(
        cs.UserError, match=r"claims.graded.settled_by: no facts are known as 'Oracle/debt_totl'"
    ):
        predict(config, worlds=40)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("{facts: []}", "ours.yaml:6: claims.graded.settled_by: rule 1: a rule names one fact at least"),
        ("{fact: [Oracle/capex]}", "settled_by: fact: unknown key; did you mean 'facts'"),
        ("{facts: [capex]}", "settled_by: facts.0: 'capex' is not ENTITY/VARIABLE"),
        ("{facts: [Oracle/capex], when: soon}", "'soon' is not 'in YEAR'"),
        ("{facts: [Oracle/capex], figure: 3}", "a figure with one of them"),
        ("{facts: [Oracle/stars], unit: stars}", "unit and kind of the facts go together"),
        ("{facts: [Oracle/capex, Oracle/x], adds_up: true}", "what adds up is one fact"),
        ("{facts: [Oracle/capex], only: true}", "settled_by: only: Input should be 'holds' or 'fails'"),
    ],
)
def test_a_rule_that_is_not_right_is_refused(tmp_path: Path, rule: str, wrong: str) -> None:
    config = tmp_path / "ours.yaml"
    config.write_text(OWN.format(rule=rule), encoding="utf-8")
    with pytest.raises(cs.UserError) as refused:
        cs.load(config)
    assert wrong in str(refused.value)
