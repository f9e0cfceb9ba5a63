"""The log of limits: one limit bound each decision, and what was decided is what was done."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.environment.decisions import DECISIONS, HAIR, LIMITS, TICKET, Decision, least, meaning
from computeshift.environment.setup import Array
from tests.behaviour.worlds import Run, play

YEARS = range(2025, 2031)
CONFIGS = ("six", "circular_money", "softbank_crunch", "multi_cloud")


def taken(run: Run, firm: str, name: str, year: int) -> Decision:
    (found,) = (d for d in run.market.decisions.log if (d.firm, d.name, d.year) == (firm, name, year))
    return found


def bound(run: Run, firm: str, name: str, year: int) -> list[str]:
    """The name of the limit that bound, by world."""
    decision = taken(run, firm, name, year)
    decided = decision.bound()
    return [next(limit for limit in decided if decided[limit][world]) for world in range(run.market.worlds)]


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_the_first_within_a_hair_of_the_least_bound(amounts: list[list[float]]) -> None:
    limits: dict[str, Array] = {f"limit {i}": np.array(row) for i, row in enumerate(amounts)}
    decision = Decision(2025, "firm", "sites", "GW", limits)
    held = np.array(amounts)
    assert np.array_equal(least(limits), held.min(axis=0))
    decided = np.array(list(decision.bound().values()))
    assert (decided.sum(axis=0) == 1).all()
    for world, place in enumerate(decided.argmax(axis=0)):
        assert held[place, world] <= held[:, world].min() + HAIR
        assert (held[:place, world] > held[:, world].min() + HAIR).all()


@pytest.mark.parametrize("config", CONFIGS)
def test_a_decision_is_taken_once_a_year_in_words_we_know(config: str) -> None:
    log = play(config, worlds=40).market.decisions.log
    counted = Counter((d.year, d.firm, d.name) for d in log)
    assert set(counted.values()) == {1}
    assert {d.year for d in log} == set(YEARS)
    for decision in log:
        assert meaning(decision.name)
        assert decision.limits.keys() <= LIMITS.keys()
        known = f"{TICKET}TARGET" if decision.name.startswith(TICKET) else decision.name
        assert DECISIONS[known][0] == decision.unit
        for amount in decision.limits.values():
            assert amount.shape == (40,)
            assert np.isfinite(amount).all()


@pytest.mark.parametrize("year", [2025, 2028, 2030])
def test_what_was_decided_is_what_was_done(year: int) -> None:
    run = play(worlds=40, deals__openai_round=None)

    def decided(firm: str, name: str) -> Array:
        return least(taken(run, firm, name, year).limits)

    for owner in ("stargate", "oracle", "microsoft", "other_cloud", "deepseek", "openai"):
        assert np.array_equal(decided(owner, "sites"), run.agent(owner, "started_gw", year)), owner
        assert np.array_equal(decided(owner, "conversions"), run.agent(owner, "converted_gw", year)), owner
    for lab in ("openai", "rival_lab"):
        assert np.array_equal(decided(lab, "answers"), run.agent(lab, "inference_gw", year))
        assert np.array_equal(decided(lab, "equity_ask"), run.agent(lab, "asked", year))
        assert np.array_equal(decided(lab, "compute_budget"), run.agent(lab, "wanted_gw", year))
        honoured = run.agent(lab, "honoured_share", year) * run.agent(lab, "lease_due", year)
        assert decided(lab, "lease_payment") == pytest.approx(honoured)
    for asker in ("openai", "stargate", "rival_lab"):
        signed = run.agent(asker, "subscribed", year)
        for investor in (*run.market.firms, "investors"):
            for kind in ("rescue", "acquisition"):
                signed = signed - run.flow(investor, asker, kind, year)
        assert decided(asker, "round") == pytest.approx(signed)
    for backer in ("softbank", "mgx", "oracle", "openai"):
        paid = run.flow(backer, "stargate", "equity", year)
        assert decided(backer, "ticket_stargate") == pytest.approx(paid, abs=1e-9)


PLANTED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("microsoft", "sites", "power", {"compute__power_per_year": 0.01}),
    ("other_cloud", "sites", "crews", {"other_cloud__initial_crews": 0.001}),
    ("softbank", "ticket_stargate", "loan_to_value", {"softbank__ltv_limit": 1e-4}),
    ("microsoft", "completions", "chip_supply", {"compute__chips_per_year": 0.01}),
    ("openai", "compute_budget", "money", {"openai__fixed_cost": 60, "openai__dilution_limit": 0.001}),
    ("openai", "round", "asked", {"capital__outside_depth": 900}),
]


@pytest.mark.parametrize(("firm", "decision", "limit", "settings"), PLANTED)
def test_a_limit_that_is_made_tight_binds(
    firm: str, decision: str, limit: str, settings: dict[str, Any]
) -> None:
    if limit == "loan_to_value":
        settings = {**settings, "softbank__saleable_share": 1e-4}
    run = play(worlds=20, **settings)
    assert set(bound(run, firm, decision, 2026)) == {limit}
    assert set(bound(play(worlds=20), firm, decision, 2026)) != {limit}
