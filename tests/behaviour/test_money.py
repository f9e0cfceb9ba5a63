"""What money buys: where it is the limit, more of it is more compute; where it is not, it is not raised."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from computeshift.environment.setup import Array
from tests.behaviour.worlds import MEASURED, STORM, YEARS, Run, play

A_THIRD_MORE = np.log(4 / 3) / np.log(2)  # compute over money, both in logs: a third more for twice as much


def living_on(cash: float) -> Run:
    """Nobody buys shares in OpenAI: it lives on its revenue and on the cash that it has."""
    alone: dict[str, Any] = {"openai__dilution_limit": 0.0, "openai__funding_confidence": 0.0}
    alone["deals__openai_round"] = None
    return play(worlds=200, until=2026, openai__initial_cash=cash, **alone)


def money(run: Run, until: int = 2026) -> Array:
    """What it had to spend in these years, $ bn, besides what it raised: its cash and its revenue."""
    given = run.market.setup.parameters["openai.initial_cash"]
    return sum((run.agent("openai", "revenue", year) for year in range(2025, until + 1)), np.asarray(given))


@pytest.mark.parametrize("cash", [10.0, 20.0, 30.0])  # of 80 its plan or suppliers bind in half of the worlds
def test_where_money_is_the_limit_twice_the_money_gives_a_third_more_compute(cash: float) -> None:
    less, more = living_on(cash), living_on(2 * cash)
    gw = np.median(more.agent("openai", "capacity_gw", 2026) / less.agent("openai", "capacity_gw", 2026))
    means = np.median(money(more) / money(less))
    line = f"OpenAI's money times {means:.2f}, its GW two years on"
    MEASURED.append(f"{line:66s} {gw:10.2f} times")
    assert np.log(gw) >= A_THIRD_MORE * np.log(means), f"{line}: only times {gw:.2f}"


def test_where_money_binds_in_the_baseline_twice_of_all_money_gives_a_third_more_compute() -> None:
    """Cash is a small part of it: twenty times the cash are twice what OpenAI has to spend in three years."""
    usual, rich = (play(worlds=500, until=2027, openai__initial_cash=cash) for cash in (9, 180))
    (budget,) = (
        decision
        for decision in usual.market.decisions.log
        if (decision.firm, decision.name, decision.year) == ("openai", "compute_budget", 2027)
    )
    bound = budget.bound()["money"]
    had = [
        sum((run.agent("openai", "raised", y) for y in (2025, 2026, 2027)), money(run, 2027))
        for run in (usual, rich)
    ]
    means = np.median((had[1] / had[0])[bound])
    gw = np.median(
        (rich.agent("openai", "capacity_gw", 2027) / usual.agent("openai", "capacity_gw", 2027))[bound]
    )
    line = f"OpenAI's money to 2027 times {means:.2f}, where money binds ({bound.mean():.0%})"
    MEASURED.append(f"{line:66s} {gw:10.2f} times")
    assert bound.mean() > 0.3
    assert means > 1.8
    assert np.log(gw) >= A_THIRD_MORE * np.log(means), f"{line}: only times {gw:.2f}"


def test_money_to_spare_buys_compute_though_less_is_raised() -> None:
    usual, rich = (play(worlds=200, until=2028, openai__initial_cash=cash) for cash in (9, 90))
    more = np.median(rich.agent("openai", "capacity_gw", 2028) / usual.agent("openai", "capacity_gw", 2028))
    MEASURED.append(
        f"{'OpenAI starts with ten times the cash, and raises less: GW 2028':66s} {more:10.2f} times"
    )
    assert more > 1.08, f"GW of 2028: only times {more:.2f}"


def test_clouds_balance_sheets_differ_over_worlds() -> None:
    run = play(worlds=200)
    for cloud in ("microsoft", "oracle", "other_cloud"):
        for name in ("cash", "debt"):
            values: Array = run.agent(cloud, name, 2030)
            low, high = np.quantile(values, [0.1, 0.9])
            MEASURED.append(f"{cloud}'s {name} 2030, P10 and P90, $ bn {low:30.0f} {high:10.0f}")
            assert high > 1.2 * low > 0, f"{cloud}'s {name}: {low:.0f} to {high:.0f}"


def equity(strategy: str) -> Run:
    """The six where SoftBank plays a strategy."""
    return play(worlds=200, until=2027, softbank__strategy=strategy)


def test_softbanks_strategy_moves_openais_money() -> None:
    """Of what it pays beyond its usual strategy it takes most from others, who pay at once."""
    runs = {name: equity(name) for name in ("exit", "prudent", "vision", "allin")}
    for variable, strategies in (("subscribed", [*runs]), ("raised", [*runs][:3])):
        money = {
            name: sum((run.agent("openai", variable, year) for year in (2025, 2026, 2027)), np.zeros(200))
            for name, run in runs.items()
        }
        for less, more in pairwise(strategies):
            gain = money[more] - money[less]
            line = f"SoftBank plays {more} for {less}: OpenAI's equity {variable} to 2027, $ bn"
            MEASURED.append(f"{line:66s} {gain.mean():+10.1f}")
            assert gain.mean() > 1.96 * gain.std() / np.sqrt(gain.size), line


def test_of_what_was_signed_for_in_2025_a_part_is_paid_later() -> None:
    run = equity("vision")
    signed, paid, owed = (run.agent("openai", name, 2025) for name in ("subscribed", "raised", "committed"))
    by_softbank = run.flow("softbank", "openai", "equity", 2025)
    figures = {"signed for": signed, "paid": paid, "paid by SoftBank": by_softbank, "owed": owed}
    for name, amount in figures.items():
        low, middle, high = np.quantile(amount, [0.05, 0.5, 0.95])
        line = f"OpenAI's equity of 2025, {name}, P5, P50, P95, $ bn"
        MEASURED.append(f"{line:66s} {low:10.1f} {middle:6.1f} {high:6.1f}")
    holders = (*run.market.firms, "investors")
    lapsed = sum((run.flow(holder, "openai", "lapse", 2025) for holder in holders), np.zeros(200))
    np.testing.assert_allclose(signed, paid + owed + lapsed)
    assert (owed > 0).mean() > 0.9


def test_a_lab_that_counts_on_more_money_in_later_years_asks_for_more_now() -> None:
    less, more = (play(worlds=200, until=2025, rival_lab__funding_confidence=part) for part in (0.06, 0.2))
    asked = [run.agent("rival_lab", "asked", 2025) for run in (less, more)]
    line = "The rival lab counts on three times the money: it asks for more now, $ bn"
    MEASURED.append(f"{line:66s} {np.mean(asked[1] - asked[0]):+10.1f}")
    assert (asked[1] >= asked[0]).all()
    assert np.mean(asked[1]) > 1.1 * np.mean(asked[0])


def test_in_a_storm_outside_investors_have_less_however_much_labs_ask_for() -> None:
    calm, storm = play(worlds=200), play(worlds=200, **STORM)
    for year in (2026, 2028, 2030):
        usual = [run.model("outside_depth", year) / run.model("sentiment", year) for run in (calm, storm)]
        asked = storm.model("outside_asked", year) / calm.model("outside_asked", year)
        left = usual[1] / usual[0]
        had = storm.model("outside_depth", year) / calm.model("outside_depth", year)
        line = f"storm: outside depth in a usual mood {year}, asked of it, part of calm"
        MEASURED.append(f"{line:66s} {np.median(left):10.2f} {np.median(asked):6.2f}")
        assert (left < 1).mean() > 0.95, line  # but where in calm they are asked for less than they have
        assert (had < 0.7).all(), line


def test_money_that_answers_reaches_labs() -> None:
    fixed, answers = (play(worlds=200, capital__outside_response=part) for part in (0.0, 0.9))
    for lab in ("openai", "rival_lab"):
        gain = sum(
            (answers.agent(lab, "subscribed", y) - fixed.agent(lab, "subscribed", y) for y in YEARS),
            np.zeros(200),
        )
        line = f"outside money answers: {lab}'s equity signed for to 2030, $ bn"
        MEASURED.append(f"{line:66s} {gain.mean():+10.1f}")
        assert gain.mean() > 1.96 * gain.std() / np.sqrt(gain.size), line
