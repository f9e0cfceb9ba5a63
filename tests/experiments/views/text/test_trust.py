"""Where to trust the model: the words follow from the numbers."""

from __future__ import annotations

from typing import Any

from computeshift.experiments.questions.evidence.scorecard import Scorecard
from computeshift.experiments.views.text.trust import trust


def with_measures(card: Scorecard, group: str, **values: Any) -> str:
    """What is said if the measures of a group, fitted, are these."""
    table = card.measures.copy()
    rows = (table["group"] == group) & (table["start"] == "all") & (table["ahead"] == "all")
    table.loc[rows & (table["way"] == "fitted"), [*values]] = [*values.values()]
    return " ".join(trust(table))


def test_a_group_is_trusted_if_it_is_covered_and_its_median_near(card: Scorecard) -> None:
    said = with_measures(card, "supply", covered90=0.9, bias=-0.1)
    assert "Trust it with supply (90% of 31 facts within, the median 10% too low):" in said
    assert "Do not trust it with a lab's operations (" in said
    for bias, covered in ((-0.5, 0.9), (0.0, 0.5)):
        said = with_measures(card, "supply", covered90=covered, bias=bias)
        assert "Do not trust it with a lab's operations" in said
        assert f"supply ({covered:.0%} of 31 facts within, the median" in said.split("Do not trust")[1]


def test_a_group_with_few_facts_is_not_judged(card: Scorecard) -> None:
    said = with_measures(card, "prices", facts=4)
    assert "Too few facts to judge: prices (4)." in said
    assert "prices (5" not in said


def test_narrow_and_wide_intervals_are_called_so(card: Scorecard) -> None:
    assert "too narrow, given how far the median is off" in with_measures(card, "all", covered90=0.5)
    assert "wider than needed" in with_measures(card, "all", covered90=0.99)
    fair = with_measures(card, "all", covered90=0.9)
    assert "too narrow" not in fair
    assert "wider" not in fair
