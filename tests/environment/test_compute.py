"""The market for compute: who may take what of a lab's orders."""

from __future__ import annotations

import numpy as np

import computeshift as cs
from computeshift.environment.commitments import SIGNED_AHEAD


def test_rights_of_first_refusal_take_no_more_than_the_whole_order() -> None:
    market = cs.market("six", worlds=3)
    compute = market.compute
    for supplier in compute.suppliers:
        part = {"microsoft": 0.9, "oracle": 0.6}.get(supplier.name, 0.0)
        right = np.full(3, part)
        supplier.first_refusal = lambda lab, right=right: right  # type: ignore[method-assign,misc]
    before = {name: compute.bond(name, "openai") for name in compute.supplier_index}
    compute.order("openai", np.full(3, 10.0))
    got = {name: compute.bond(name, "openai") - before[name] for name in before}
    np.testing.assert_allclose(got["microsoft"], 6)
    np.testing.assert_allclose(got["oracle"], 4)
    np.testing.assert_allclose(sum(got.values()), 10)


def test_a_firm_that_is_cloud_and_lab_trains_in_its_own_sites_first() -> None:
    home = {}
    for first in (0, 0.9):
        market = cs.market("baseline", worlds=20, set={"meta.own_lab_first": first})
        before = market.compute.bond("meta", "meta")
        market.compute.order("meta", np.full(20, 10.0))
        home[first] = (market.compute.bond("meta", "meta") - before) / 10
    np.testing.assert_allclose(home[0.9], 0.9 + 0.1 * home[0])
    assert (home[0] < 0.8).all()
    assert (market.firms["meta"].supplier.first_refusal("openai") == 0).all()  # type: ignore[union-attr]


def test_what_is_brought_forward_is_due_at_once_and_costs_spot() -> None:
    market = cs.market("six", worlds=3)
    compute, prices = market.compute, market.compute.prices
    compute.order("openai", np.full(3, 8.0))
    for lab in compute.labs:
        part = compute.ordered_by(lab.name) * (0.5 if lab.name == "openai" else 0.0)
        lab.brought_forward = lambda part=part: part  # type: ignore[method-assign,misc]
    ordered = compute.ordered_from("stargate")
    np.testing.assert_allclose(compute.due_from("stargate"), ordered / 3)
    compute.hasten()
    mine = np.array([[lab.name == "openai"] for _, lab in compute.ties])
    np.testing.assert_allclose(compute.early, np.where(mine, compute.backlog / 2, 0.0))
    np.testing.assert_allclose(compute.due_from("stargate"), ordered / 2 / 3 + ordered / 2)
    tie = compute.tie_index["oracle", "openai"]
    new = np.full_like(compute.contract, 4.0)
    early = np.full_like(new, 1.0)
    usual = prices.offer[compute.supplier_of]
    spot = np.maximum(prices.spot * prices.worth[compute.supplier_of], usual)
    np.testing.assert_allclose(prices._asked(early, new)[tie], (3 * usual[tie] + spot[tie]) / 4)
    np.testing.assert_array_equal(prices._asked(0 * early, new), usual)


def test_one_customer_has_no_more_than_its_part_of_a_clouds_book() -> None:
    market = cs.market("six", worlds=5, set={"compute.customer_cap": 0.3})
    market.step()
    compute = market.compute
    firm, eight_years_on = compute.commitments, market.year + SIGNED_AHEAD
    owed = firm.by_tie(firm.level(eight_years_on)) - firm.held + compute.backlog
    signed = compute._signed(np.full((len(compute.labs), 5), 1e4))
    left = compute._signable(owed)
    for number, supplier in enumerate(compute.suppliers):
        ours = compute.tie_index.get((supplier.name, "openai"))
        if ours is None or supplier.name == "openai":
            continue
        most = 0.3 * supplier.book() - owed[ours]
        if supplier.name == "stargate":  # its sites are built for one tenant
            np.testing.assert_allclose(signed[ours], left[number])
        else:
            assert (signed[ours] <= np.maximum(most, 0) + 1e-9).all()
        if supplier.name == "microsoft":  # which has no other lab to sign with
            np.testing.assert_allclose(signed[ours], np.minimum(np.maximum(most, 0), left[number]))
        if supplier.name == "other_cloud":  # the rival lab stands for all others: it is no one customer
            together = signed[ours] + signed[compute.tie_index["other_cloud", "rival_lab"]]
            np.testing.assert_allclose(together, left[number])
