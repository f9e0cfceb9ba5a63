"""The market for compute: who may take what of a lab's orders."""

from __future__ import annotations

import numpy as np

import computeshift as cs


def test_rights_of_first_refusal_take_no_more_than_the_whole_order() -> None:
    market = cs.market("baseline", worlds=3)
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
