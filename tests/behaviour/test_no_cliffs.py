"""No cliffs: what a firm leaves unpaid moves outcomes by about as much, in steps of 1% of its dues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array
from tests.behaviour.twins import twins
from tests.behaviour.worlds import MEASURED

STEPS = 41  # gaps of 0% to 40% of dues
GAP = np.arange(STEPS) / 100
DEFERRABLE = 0.1  # of dues: with more, owners' help would cover the gap, and nothing would be lost
HELPED = (("openai", "rescue"), ("openai", "acquisition"))
STEEPEST = 1.5  # change of an outcome over the change of a gap


def after(market: Any, part: Any, phase: str, act: Callable[[], None], year: int) -> None:
    """Let something happen right after a phase of one year."""
    usual = getattr(part, phase)

    def both() -> None:
        usual()
        if market.year == year:
            act()

    object.__setattr__(part, phase, both)


def flow(market: ComputeMarket, source: str, target: str, kind: str) -> Array:
    """What went from one to the other this year, `(W,)`."""
    flows = (f for f in market.ledger.this_year() if (f.source, f.target, f.kind) == (source, target, kind))
    return sum((f.amount for f in flows), market.ledger.zero)


def steepest(outcome: Array) -> float:
    """The largest change between neighbours, as a share of the first world's, over the step of the gap."""
    return float(np.abs(np.diff(outcome)).max() / np.abs(outcome[0]) / 0.01)


@pytest.mark.parametrize("bought", [False, True])
@pytest.mark.parametrize("world", [1, 2, 3])  # in world 0 owners cover every gap, so none is left
def test_a_labs_gap_costs_about_as_much_as_it_is(world: int, bought: bool) -> None:
    market = twins(world, STEPS, {"compute.deferrable": DEFERRABLE})
    if not bought:
        for firm in market.firms.values():
            firm.means_to_buy = lambda: np.zeros(STEPS)  # type: ignore[method-assign]
    lab: Any = market.lab("openai")
    measured: dict[str, Array] = {}

    def leave_a_gap() -> None:
        """OpenAI has what it owes for 2027, less a part of its leases."""
        due = sum((bill for name, bill in market.compute.bills("openai").items() if name != "openai"), 0.0)
        owed: Any = due * (1 - GAP) + lab.running_cost(lab.revenue)
        market.ledger.cash["openai"] = owed

    after(market, market.services, "clear", leave_a_gap, 2027)
    while market.year < 2028:
        market.step()
        openai, stargate = market.firms["openai"], market.firms["stargate"]
        if market.year == 2027:
            due = market.compute.by_lab(np.where(market.compute.unbilled, 0.0, market.compute.billed))[0]
            others = [name for name in lab.leases if name != "openai"]
            unpaid: Any = sum(flow(market, "openai", supplier, "unpaid") for supplier in others)
            helped: Any = sum(f.amount for f in market.ledger.this_year() if (f.target, f.kind) in HELPED)
            np.testing.assert_allclose(lab.deferred + lab.price_cuts + helped + unpaid, GAP * due, atol=1e-9)
            np.testing.assert_allclose(lab.deferred, np.minimum(GAP, DEFERRABLE) * due, atol=1e-9)
            assert helped[-1] > 1e-9 > helped[0]
            assert (unpaid[-1] < 1e-9) == bought  # here buyers have the means for all of it
            owed: Any = due + lab.running_cost(lab.revenue)
            np.testing.assert_allclose(openai.default_degree, unpaid / owed, atol=1e-12)
            measured["value 2027"] = market.capital.value["openai"]
            measured["what its owners of the start hold 2027"] = market.capital.retained["openai"]
            measured["GW at the end of 2027"] = market.compute.contracted_by("openai")
            for supplier in others:  # pair by pair, to the last cent
                lost = lab.leases[supplier] - flow(market, "openai", supplier, "lease")
                np.testing.assert_allclose(flow(market, "openai", supplier, "unpaid"), lost, atol=1e-12)
    measured["mood 2028"] = market.capital.sentiment
    measured["loan to cost 2028"] = stargate.supplier.loan  # type: ignore[union-attr]
    measured["revenue 2028"] = lab.revenue
    measured["value 2028"] = market.capital.value["openai"]
    measured["GW at the end of 2028"] = market.compute.contracted_by("openai")
    for name, outcome in measured.items():
        slope = steepest(outcome)
        case = f"world {world}{', bought' if bought else ''}"
        MEASURED.append(f"OpenAI pays 0% to 40% too little in 2027, {case}: {name:38s} {slope:10.2f}")
        assert slope <= STEEPEST, f"{name}: {slope:.2f} times the gap at the steepest; {outcome}"
