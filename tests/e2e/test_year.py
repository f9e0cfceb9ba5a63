"""The worked year and the diagram of the year are what the market does today."""

from __future__ import annotations

import pytest

import computeshift as cs
from docs.stepping import watched
from docs.year import current, phases


def test_the_worked_year_is_todays() -> None:
    for file, text in current().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: python docs/year.py writes it anew"


def test_a_market_that_is_watched_is_the_same_market() -> None:
    seen, alone = cs.market(), cs.market()
    moments = watched(seen)
    alone.step()
    flows = [flow for moment in moments for flow in moment.flows]
    assert [(one.source, one.target, one.kind, *one.amount) for one in flows] == [
        (one.source, one.target, one.kind, *one.amount) for one in alone.ledger.flows
    ]
    assert len([one for moment in moments for one in moment.decisions]) == len(alone.decisions.log)


def test_a_call_that_the_odd_page_does_not_list_is_an_error() -> None:
    moments = watched(cs.market())
    with pytest.raises(ValueError, match=r"odd\.md lists the year's calls"):
        phases(moments[1:])
