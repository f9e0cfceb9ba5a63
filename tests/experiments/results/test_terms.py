"""Values of expressions, as a plain calculation has them: in memory, in a folder and in a summary."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import computeshift as cs
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import At, Binary, Number, Running, Tree, Variable, parse
from computeshift.experiments.questions.sensitivity.target import target_of, targets_of
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.record import Record
from computeshift.experiments.results.terms import table_of
from computeshift.experiments.views import plots, summary

YEARS = [2025, 2026, 2027]
OWN = """\
extends: six
asks: Who owes what?
outcomes:
  oracle_debt: {of: oracle.debt, meaning: Oracle's debt}
  margin: (openai.revenue - openai.burn) / openai.revenue
claims:
  owes:
    {sentence: Oracle owes $110 bn., source: I, outcome: oracle_debt, test: above, figure: 110, when: by 2026}
  later: {sentence: Oracle owes more., source: me, outcome: oracle.debt in 2030, test: above, figure: 1}
observe:
  Anthropic/revenue: rival_lab.revenue
"""
WITH_DEAL = (
    OWN.replace("outcomes:", "outcomes:\n  bound: deal(left, abilene)")
    + """\
deals:
  abilene: {kind: capacity, from: oracle, to: openai, signed: 2025, first: 2026, last: 2032, gw: 2, price: 12}
"""
)


class Made:
    """A record of one world with numbers that are given, None for no value."""

    cast = Cast({"oracle": "oracle"})
    firms = cast.firms
    years = YEARS

    def __init__(self, debt: list[float], gw: list[float]) -> None:
        self.numbers = {"debt": debt, "gw": gw}

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        return pd.DataFrame([self.numbers[name]], columns=YEARS)

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        return pd.DataFrame([[0.0] * len(YEARS)], columns=YEARS)

    market_variable = market_variable_or_empty


def by_hand(tree: Tree, numbers: dict[str, list[float]]) -> list[float]:
    """The values of a tree year by year, with Python's numbers alone."""
    match tree:
        case Number(value):
            return [value] * len(YEARS)
        case Variable(_, name):
            return numbers[name]
        case Binary(sign, left, right):
            pairs = zip(by_hand(left, numbers), by_hand(right, numbers), strict=True)
            return [_one(sign, a, b) for a, b in pairs]
        case Running(how, inner):
            own = by_hand(inner, numbers)
            functions: dict[str, Callable[[list[float]], float]]
            functions = {"cumulative": math.fsum, "max": max, "min": min}
            so_far = functions[how]
            return [so_far(own[: i + 1]) if not math.isnan(own[i]) else math.nan for i in range(len(own))]
        case At(inner, how, year):
            own = by_hand(inner, numbers)
            last = len(YEARS) if year is None else YEARS.index(year) + 1
            known = [value for value in own[last - 1 if how == "in" else 0 : last] if not math.isnan(value)]
            return [max(known, default=math.nan)] * len(YEARS)
    raise AssertionError(tree)


def _one(sign: str, a: float, b: float) -> float:
    if sign == "/":
        return a / b if b else math.nan
    return {"+": a + b, "-": a - b, "*": a * b}[sign]


numbers = st.lists(st.integers(-9, 9).map(float), min_size=3, max_size=3)
EXPRESSIONS = (
    "oracle.debt - oracle.gw * 2",
    "cumulative(oracle.debt) / 3",
    "max(oracle.debt) - min(oracle.gw)",
    "oracle.debt / (oracle.debt in 2025)",
    "(oracle.debt by 2026) * oracle.gw",
    "max(oracle.debt / 2)",
    "oracle.gw - (oracle.debt ever)",
)


@settings(max_examples=20)
@given(numbers, numbers)
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_values_are_those_of_a_calculation_by_hand(text: str, debt: list[float], gw: list[float]) -> None:
    tree = parse(text)
    table = table_of(tree, cast(Record, Made(debt, gw)))
    assert np.allclose(table.iloc[0], by_hand(tree, {"debt": debt, "gw": gw}), equal_nan=True)


@given(numbers)
def test_one_number_for_all_years_stands_in_its_year(debt: list[float]) -> None:
    def row(text: str) -> list[Any]:
        return list(table_of(parse(text), cast(Record, Made(debt, debt))).iloc[0].astype(object).fillna("-"))

    assert row("oracle.debt in 2026") == ["-", debt[1], "-"]
    assert row("oracle.debt by 2026") == ["-", max(debt[:2]), "-"]
    assert row("oracle.debt ever") == ["-", "-", max(debt)]
    assert row("(oracle.debt in 2027) - (oracle.debt in 2025)") == ["-", "-", debt[2] - debt[0]]
    assert row("oracle.debt in 2028") == row("oracle.debt by 2028") == ["-", "-", "-"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[cs.Results, cs.Results]:
    """The same worlds in full and as a summary."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(WITH_DEAL, encoding="utf-8")
    whole, short = (
        cs.run(folder / "own.yaml", worlds=8, until=2027, out=folder / keep, keep=keep)
        for keep in ("all", "summary")
    )
    return whole, short


def test_a_summary_has_what_its_config_defines(runs: tuple[cs.Results, cs.Results]) -> None:
    whole, short = runs
    names = ("oracle_debt", "margin", "oracle.debt", "rival_lab.revenue", "stargate_share in 2026")
    for name in names:
        pd.testing.assert_frame_equal(whole.outcome(name), short.outcome(name), check_exact=True)
    revenue = whole.variable("openai", "revenue")
    margin = (revenue - whole.variable("openai", "burn")) / revenue
    pd.testing.assert_frame_equal(whole.outcome("margin"), margin, check_exact=True)
    with pytest.raises(cs.UserError, match=r"has no oracle\.gw: run it with `keep=\"agents\"`"):
        short.outcome("oracle.gw / 2")
    with pytest.raises(cs.UserError, match="its time is 'in 2030', and the worlds end in 2027"):
        whole.outcome("oracle.debt in 2030")
    pd.testing.assert_frame_equal(whole.claims(), short.claims())


def test_numbers_of_deals_are_summed_over_those_between_two_firms(
    runs: tuple[cs.Results, cs.Results],
) -> None:
    whole, short = runs
    named = whole.deal("abilene", "left")
    between = named + whole.deal("oracle openai", "left")
    for text, table in (("deal(left, abilene)", named), ("deal(left, oracle, openai)", between)):
        pd.testing.assert_frame_equal(whole.outcome(text), table, check_exact=True)
    owed = whole.outcome("deal(left, any, openai)")
    np.testing.assert_allclose(owed, whole.variable("openai", "commitments"), rtol=1e-12)
    assert not whole.outcome("deal(left, microsoft, rival_lab)").any(axis=None)
    pd.testing.assert_frame_equal(short.outcome("bound"), named, check_exact=True)
    for text in ("deal(paid, abilene)", "deal(left, oracle, openai)"):
        with pytest.raises(cs.UserError, match=r"has no deals: run it with `keep=\"agents\"`"):
            short.outcome(text)


def test_own_claims_hold_fail_or_are_undecided(runs: tuple[cs.Results, cs.Results]) -> None:
    whole, _ = runs
    held = whole.claims().set_index("name")
    owed = (whole.variable("oracle", "debt")[[2025, 2026]] > 110).any(axis=1)
    assert held["probability"]["owes"] == owed.mean()
    assert held["worlds"][["owes", "later"]].tolist() == [8, 0]


def test_a_claim_is_undecided_in_worlds_where_its_outcome_has_no_value(
    runs: tuple[cs.Results, cs.Results],
) -> None:
    class Known:
        def outcome_or_empty(self, name: str) -> pd.DataFrame:
            return pd.DataFrame({2025: [120.0, math.nan, 1.0], 2026: [math.nan, math.nan, 1.0], 2027: 120.0})

    held = claims_of(runs[0].config)["owes"].holds(cast(Record, Known()))
    assert held is not None
    assert held.to_dict() == {0: True, 2: False}


def test_they_are_in_summaries_pictures_and_targets(runs: tuple[cs.Results, cs.Results]) -> None:
    whole, short = runs
    rows = [row for row in summary.document(short)["outcomes"] if row["outcome"] == "oracle_debt"]
    assert [row["p50"] for row in rows] == pytest.approx(whole.variable("oracle", "debt").median().tolist())
    assert "owes" in plots.claims(whole).table["claim"].to_list()
    fan = plots.fan(whole, "oracle.debt / oracle.gw").table
    assert fan["p50"].tolist() == pytest.approx(
        (whole.variable("oracle", "debt") / whole.variable("oracle", "gw")).median().tolist()
    )
    with pytest.raises(cs.UserError, match="a fan needs one per year: leave 'in 2026' out"):
        plots.fan(whole, "oracle.debt in 2026")
    target = target_of("oracle.debt in 2026", None, whole)
    assert target.column(target.of(whole)).equals(whole.variable("oracle", "debt")[2026].rename(target.name))
    with pytest.raises(cs.UserError, match=r"has a time of its own \(in 2026\): leave out `years`"):
        targets_of("oracle.debt in 2026", 2027, whole)


def test_every_side_of_a_comparison_has_them(runs: tuple[cs.Results, cs.Results], tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    asked = ["oracle.debt in 2026"]
    answer = cs.compare(["six", file], outcomes=asked, worlds=30, set={"until": 2027})
    rows = answer.outcomes.set_index("outcome")
    assert (rows.loc[["oracle_debt", "margin", *asked], "pairs"] == 30).all()
    assert (rows.loc[["oracle_debt", "margin", *asked], "difference"] == 0).all()
    assert {"owes", "later"} <= set(answer.claims["claim"])
    with pytest.raises(cs.UserError, match=r"no_mgx on six: 'mgx\.cash': there is no firm 'mgx'"):
        cs.compare(["six", "no_mgx"], base="six", outcomes=["mgx.cash"], worlds=30)
    other = tmp_path / "other.yaml"
    other.write_text("extends: six\noutcomes: {oracle_debt: oracle.debt * 2}\n", encoding="utf-8")
    with pytest.raises(cs.UserError, match=r"oracle_debt of .* is oracle.debt \* 2, of another oracle.debt"):
        cs.compare([file, other], worlds=30)


def test_a_report_has_the_claims_and_outcomes_of_its_folders(
    runs: tuple[cs.Results, cs.Results], tmp_path: Path
) -> None:
    text = cs.report(runs[1], tmp_path / "report.html").read_text("utf-8")
    assert "Oracle owes $110 bn." in text
    assert "Oracle&#x27;s debt" in text
