"""Payoffs: the sum of their parts, true to the books, the same in memory and on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.games.payoffs import (
    DISCOUNT,
    distress,
    meanings,
    parts,
    spent_on_capacity,
)
from computeshift.experiments.results.deals import LoggedDeal
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome
from computeshift.experiments.results.record import MarketRecord, Record
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.measure import measure
from computeshift.experiments.run.run import run
from computeshift.experiments.run.sample import Sample, opened

WORLDS = 40


@pytest.fixture(scope="module")
def record() -> Iterator[Record]:
    config = load("circular_money", base="six")
    with simulate(setup(config, design(config, WORLDS))) as market:
        yield MarketRecord(market)


def factors(years: int) -> np.ndarray:
    return (1 + DISCOUNT) ** -np.arange(1.0, years + 1)


def test_every_kind_has_a_payoff_of_parts_with_a_meaning() -> None:
    for kind in (*vocabulary.kinds(), "cloud+lab", "chipmaker+cloud+lab"):
        assert meanings(kind)
        assert all(meanings(kind).values())


def test_memory_and_disk_say_the_same_to_the_bit(tmp_path: Path, record: Record) -> None:
    folder = run("circular_money", base="six", worlds=WORLDS, out=tmp_path / "run", against=False)
    for firm in record.firms:
        assert np.array_equal(parts(record, firm), parts(folder, firm))
        assert distress(record, firm).tolist() == distress(folder, firm).tolist()


def test_a_lab_is_worth_to_its_first_owners_what_rounds_left_them(record: Record) -> None:
    value, retained = record.variable("openai", "valuation"), record.variable("openai", "retained")
    assert not record.variable("openai", "ai_capex").any(axis=None)  # it builds under `own` alone
    assert ((retained[2025] < 1) & (retained[2025] > 0.5)).all()
    owners = parts(record, "openai").sum(axis=1)
    worth = value[2030] + record.variable("openai", "cash")[2030]
    worth += record.variable("openai", "stake_value")[2030]
    expected = retained[2030] * worth * factors(6)[-1]
    expected -= record.flow("capital_call", target="openai") @ factors(6)
    assert owners.to_numpy() == pytest.approx(expected.to_numpy())


@dataclass
class Lab:
    """A record of one lab and one year: what it logs, and nothing that flows."""

    numbers: dict[str, float]
    firms: ClassVar[dict[str, str]] = {"lab": "openai"}
    cast: ClassVar[Cast] = Cast(firms)
    years: ClassVar[list[int]] = [2025]

    def remember(self, make: Callable[[Any], Any]) -> Any:
        return make(self)

    def variable(self, agent: str, name: str) -> pd.DataFrame:
        return pd.DataFrame({2025: [self.numbers[name]]})

    def flow(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        return pd.DataFrame({2025: [0.0]})

    def ties(self) -> list[tuple[str, str, str]]:
        return []

    def logged(self) -> dict[str, tuple[str, str]]:
        return {}

    def units(self) -> dict[str, str]:
        return {}

    def has(self, agent: str, name: str) -> bool:
        return name in self.numbers

    def market_variable(self, name: str) -> pd.DataFrame:
        return pd.DataFrame()

    def outcome(self, name: str) -> pd.DataFrame:
        return pd.DataFrame()

    flow_or_zero, variable_or_empty = flow, variable
    market_variable_or_empty, outcome_or_empty = market_variable, outcome
    counterpart_or_empty, evaluated = market_variable, outcome

    def deals_or_none(self) -> list[LoggedDeal]:
        return []

    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        raise UserError(f"no deal {name!r}")

    def deal_numbers(self, name: str, numbers: Sequence[str]) -> list[pd.DataFrame]:
        raise UserError(f"no deal {name!r}")

    def named(self, name: str) -> Outcome:
        return OUTCOMES[name]

    def owners(self) -> float:
        return float(parts(self, "lab").sum(axis=1)[0])


money = st.floats(0, 2000)


@given(st.floats(1, 2000), money, money, money, st.floats(0.1, 1), st.floats(0, 500), st.floats(0, 1))
def test_money_raised_at_a_fair_price_just_before_the_end_moves_no_payoff(
    valuation: float, cash: float, stake: float, built: float, retained: float, raised: float, kept: float
) -> None:
    """Whether it is kept as cash or put into a venture at its mark."""
    logged = {"valuation": valuation, "cash": cash, "stake_value": stake, "ai_capex": built}
    before = Lab(logged | {"retained": retained})
    worth = Lab(logged | {"retained": 1.0}).owners() * (1 + DISCOUNT)
    sold = {"cash": cash + raised * kept, "stake_value": stake + raised * (1 - kept)}
    sold["retained"] = retained * worth / (worth + raised)
    assert Lab(logged | sold).owners() == pytest.approx(before.owners())


def test_what_a_lab_builds_itself_is_its_owners_as_a_clouds_is() -> None:
    config = load("six", {"openai.strategy": "own"})
    with simulate(setup(config, design(config, WORLDS))) as market:
        built = MarketRecord(market)
        own = parts(built, "openai")["sites"]
        retained = built.variable("openai", "retained")[2030]
        spent = built.variable("openai", "ai_capex") @ factors(6)
    assert (own > 0).all()
    assert (own < retained * spent).all()


def test_softbank_gains_what_its_net_asset_value_gains(record: Record) -> None:
    gained = record.variable("softbank", "nav")[2030] * factors(6)[-1]
    gained -= record.variable("softbank", "initial_nav")[2025]
    own = parts(record, "softbank")
    assert own.sum(axis=1).to_numpy() == pytest.approx(gained.to_numpy())
    debt, cash = (record.variable("softbank", name)[2030] for name in ("debt", "cash"))
    usual = setup(
        load("circular_money", base="six"), design(load("circular_money", base="six"), WORLDS)
    ).parameters
    indebted = (debt > 0) & np.isclose(cash, usual["softbank.initial_cash"])  # its cash is as usual
    assert indebted.sum() > 10
    owed = -debt * factors(6)[-1]
    assert own["net_debt"][indebted].to_numpy() == pytest.approx(owed[indebted].to_numpy())


def undiscounted(record: Record, firm: str, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.setattr("computeshift.experiments.questions.games.payoffs.DISCOUNT", 0.0)
    return parts(record, firm)


@pytest.mark.parametrize("firm", ["microsoft", "deepseek", "oracle", "other_cloud"])
def test_a_clouds_parts_and_its_other_business_are_its_cash(
    record: Record, firm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cash it gained and paid to owners is what the parts say, and its other business besides."""
    own = undiscounted(record, firm, monkeypatch)
    received = record.flow("lease", target=firm) - record.flow("lease", firm, firm)
    tenants = record.variable(firm, "lease_income") - received
    other = record.flow("revenue", "outside", firm) - tenants
    other -= record.variable(firm, "capex") - spent_on_capacity(record, firm)
    paid = ["capacity", "services", "revenue_share", "running", "building", "paid"]
    total = own[[name for name in paid if name in own]].sum(axis=1) + other.sum(axis=1)
    lent = record.flow("debt", target=firm) - record.flow("repayment", firm) - record.flow("interest", firm)
    total += lent.sum(axis=1)
    owners = record.flow("dividend", firm) - record.flow("capital_call", target=firm)
    owners -= record.flow("share_issue", target=firm)  # sold for what they are worth: no payoff
    begun = load("circular_money", base="six").parameters()[f"{firm}.initial_cash"]
    assert not begun.uncertain
    expected = owners.sum(axis=1) + record.variable(firm, "cash")[2030] - begun.central
    assert total.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)


def test_debt_at_the_discount_rate_is_worth_nothing(record: Record) -> None:
    """Credit is the interest above the discount rate, and write-offs, whatever is borrowed when."""
    debt = record.variable("oracle", "debt")
    written_off = record.flow("write_off", "oracle")
    got = record.flow("debt", target="oracle") - record.flow("repayment", "oracle")
    before = debt.shift(axis=1)
    before[2025] = debt[2025] - got[2025] + written_off[2025]
    spared = DISCOUNT * before - record.flow("interest", "oracle") + written_off
    assert parts(record, "oracle")["credit"].to_numpy() == pytest.approx((spared @ factors(6)).to_numpy())


def test_a_chipmaker_hands_its_owners_what_its_parts_say(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = undiscounted(record, "nvidia", monkeypatch)
    owners = record.flow("dividend", "nvidia") - record.flow("capital_call", target="nvidia")
    assert (own["chips"] + own["paid"]).to_numpy() == pytest.approx(owners.sum(axis=1).to_numpy())


def test_what_is_built_late_is_left_and_what_is_built_early_is_worn(record: Record) -> None:
    own = parts(record, "microsoft")
    assert ((own["fleet"] > 0) & (own["fleet"] < -own["building"])).all()


def test_results_without_what_a_part_needs_are_refused(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(agent: str, name: str) -> pd.DataFrame:
        return pd.DataFrame()

    monkeypatch.setattr(record, "variable_or_empty", nothing)
    with pytest.raises(UserError, match="nothing of valuation of openai: run them again"):
        parts(record, "openai")


def test_distress_is_a_default_or_a_broken_limit(record: Record) -> None:
    softbank = (record.variable("softbank", "breached") > 0).any(axis=1)
    assert distress(record, "softbank").tolist() == softbank.astype(float).tolist()
    assert distress(record, "mgx").sum() == 0


def test_blocks_do_not_matter() -> None:
    config = opened("six", Sample(worlds=WORLDS))
    whole = measure(config, lambda told: parts(told, "openai")).table
    pieces = measure(config, lambda told: parts(told, "openai"), block=7).table
    pd.testing.assert_frame_equal(whole, pieces, check_exact=True)
