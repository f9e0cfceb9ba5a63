"""Rows make facts: contradicting ones one, fiscal years two calendar ones, none is lost."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.evidence.fact import Fact, facts_of, skipped
from computeshift.experiments.questions.evidence.history import HAPPENED
from tests.experiments.questions.evidence.synthetic import row, written

TOGETHER = ("Alphabet + Amazon", "capex")


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Makes facts of these rows and no others."""

    def makes(*rows: dict[str, str]) -> dict[str, Fact]:
        monkeypatch.setattr(history, "FILES", [written(tmp_path / "facts.csv", rows)])
        return {fact.name: fact for fact in facts_of(history.rows())[0]}

    return makes


def test_every_row_of_what_happened_is_in_a_fact_or_left_with_a_reason() -> None:
    rows = history.rows()
    facts, left = facts_of(rows)
    used = {known.where for fact in facts for known in fact.rows}
    unused = {each.row.where for each in left}
    assert used | unused == {known.where for known in rows if known.kind in HAPPENED}
    assert not used & unused
    assert all(each.why for each in left)


def test_contradicting_rows_are_one_fact_less_sure_than_either(only) -> None:  # type: ignore[no-untyped-def]
    rows = [row("OpenAI", "revenue", "2023", value) for value in (1.0, 1.5)]
    fact = only(*rows)["OpenAI/revenue/2023"]
    assert fact.value == 1.25
    assert fact.error == pytest.approx(math.hypot(0.1, math.log(1.5) / math.sqrt(2)))
    assert only(rows[0])["OpenAI/revenue/2023"].error == pytest.approx(0.1)


def test_events_add_up_stocks_stand_at_the_years_end_and_levels_grow(only) -> None:  # type: ignore[no-untyped-def]
    facts = only(
        row("OpenAI", "equity_raised", "2025-03", 40),
        row("OpenAI", "equity_raised", "2025-10", 10),
        row("OpenAI", "equity_raised", "2025-10", 12),
        row("SoftBank", "ltv", "2025-06", 0.1, unit="share"),
        row("SoftBank", "ltv", "2025-10", 0.2, unit="share"),
        row("SoftBank", "ltv", "2025-12", 0.3, unit="share"),
        row("Market", "ai_chip_stock_power", "2024-12", 5, unit="GW"),
        row("Market", "ai_chip_stock_power", "2025-12", 15, unit="GW"),
    )
    values = {name: fact.value for name, fact in facts.items()}
    assert values == {
        "OpenAI/equity_raised/2025": 51.0,
        "SoftBank/ltv/2025": 0.3,
        "Market/ai_chip_stock_power/2025": 3.0,
    }
    said = facts["Market/ai_chip_stock_power/2025"].of(pd.DataFrame({2024: [2.0], 2025: [8.0]}))
    assert said is not None
    assert said.tolist() == [4.0]


def test_the_same_information_counts_once(only) -> None:  # type: ignore[no-untyped-def]
    facts = only(
        row("OpenAI", "revenue", "2025", 13),
        row("OpenAI", "revenue", "2025-H1", 4),  # a part of it
        row("OpenAI", "revenue", "2026-Q1", 5),  # of a year that has no row
        row("Oracle", "capex", "FY2025", 21),  # June 2024 to May 2025
        row("Oracle", "capex", "2024-12..2025-11", 35),  # half of it is new
        row("Oracle", "capex", "FY2026-H1", 20),  # a part of that
        row("Oracle", "debt_total", "2025-05", 90),
        row("Oracle", "debt_total", "2025-08", 105),
    )
    assert {name: fact.value for name, fact in facts.items()} == {
        "OpenAI/revenue/2025": 13,
        "OpenAI/revenue/2026-Q1": 5,
        "Oracle/capex/FY2025": 21,
        "Oracle/capex/2024-12..2025-11": 35,
        "Oracle/debt_total/2025-08": 105,
    }


def test_events_of_part_of_a_year_are_not_the_years_until_it_is_over(only) -> None:  # type: ignore[no-untyped-def]
    early = [row("OpenAI", "equity_raised", f"2026-0{month}", 5, published="2026-09-30") for month in (1, 3)]
    assert only(*early) == {}
    later = row("OpenAI", "revenue", "2026", 30, published="2027-02-01")
    assert only(*early, later)["OpenAI/equity_raised/2026"].value == 10
    whole = row("OpenAI", "equity_raised", "2026", 12, published="2027-02-01")
    assert only(*early, later, whole)["OpenAI/equity_raised/2026"].value == 12
    half = row("OpenAI", "equity_raised", "2026-H1", 11, published="2027-02-01")
    autumn = row("OpenAI", "equity_raised", "2026-10", 3, published="2027-02-01")
    assert only(*early, later, half, autumn)["OpenAI/equity_raised/2026"].value == 14


def test_rounds_of_a_year_are_priced_in_whichever_month(only) -> None:  # type: ignore[no-untyped-def]
    fact = only(row("OpenAI", "post_money_valuation", "2025-03", 300))["OpenAI/post_money_valuation/2025"]
    said = fact.of(pd.DataFrame({2025: [300.0]}))
    assert said is not None
    assert said.tolist() == [300]


def test_firms_that_the_model_has_as_one_add_up_where_both_are_there(tmp_path: Path) -> None:
    file = written(
        tmp_path / "mine.csv", [row("Alphabet", "capex", "2026", 180), row("Amazon", "capex", "2027", 9)]
    )
    facts, left = facts_of(history.rows(file))
    sums = {fact.when: fact.value for fact in facts if (fact.entity, fact.variable) == TOGETHER}
    assert sums["2025"] == pytest.approx(91.447 + 131.819)
    assert not {"2026", "2027"} & set(sums)
    why = {each.row.name: each.why for each in left if each.row.where.startswith(str(file))}
    assert why == dict.fromkeys(
        ("Alphabet/capex/2026", "Amazon/capex/2027"), "no row of the same time about all of Alphabet, Amazon"
    )


def test_plans_and_forecasts_are_no_facts_and_a_wrong_unit_is_told(only) -> None:  # type: ignore[no-untyped-def]
    plan = row("OpenAI", "revenue", "2025", 11, kind="company projection")
    forecast = row("OpenAI", "revenue", "2025", 11, kind="analyst estimate", published="2025-12-31")
    assert only(plan, forecast) == {}
    assert len(only({**forecast, "published": "2026-01-01"})) == 1
    assert only({**forecast, "published": "2026-01-01", "unit": "GW"}) == {}


def test_a_negative_revenue_is_refused_and_a_negative_cash_flow_is_not(only) -> None:  # type: ignore[no-untyped-def]
    assert len(only(row("OpenAI", "free_cash_flow", "2025", -8))) == 1
    with pytest.raises(UserError, match=r"facts.csv:2: value: OpenAI/revenue can't be -8; use 0 or more"):
        only(row("OpenAI", "revenue", "2025", -8))


@pytest.mark.parametrize(
    ("entity", "variable", "unit", "why"),
    [
        ("OpenAI", "revenu", "USD_bn", "no such variable; did you mean 'OpenAI/revenue'?"),
        ("Amazon", "capexx", "USD_bn", "no such variable; did you mean 'Amazon/capex'?"),
        ("Open AI", "Revenue", "USD_bn", "no such variable; did you mean 'OpenAI/revenue'?"),
        ("NVIDIA", "revenue", "USD_bn", "the model has no such variable"),
        ("OpenAI", "revenue", "EUR_bn", "the model has it in USD_bn, not in EUR_bn"),
    ],
)
def test_a_row_of_which_the_model_lacks_something_is_skipped_with_the_reason(
    tmp_path: Path, entity: str, variable: str, unit: str, why: str
) -> None:
    file = written(tmp_path / "mine.csv", [row(entity, variable, "2025", 1, unit=unit)])
    left = [each for each in facts_of(history.rows(file))[1] if each.row.where == f"{file}:2"]
    assert [each.lacking for each in left] == [True]
    assert skipped(left[0]).why.endswith(why)
