"""What the rivals of a forecast say: growth goes on, and a plan is what was public when one had to know."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.evidence.fact import Fact, facts_of
from computeshift.experiments.questions.evidence.fitting import Fit
from computeshift.experiments.questions.evidence.scores import _plan, continued
from tests.experiments.questions.evidence.synthetic import row, written

PLAN = {"kind": "company projection"}


@pytest.fixture
def rivals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """What the rivals say of each fact of these rows at the end of 2024, growth and plan, by name."""

    def said(
        *rows: dict[str, str], known_until: datetime.date | None = None
    ) -> dict[str, tuple[float, float]]:
        monkeypatch.setattr(history, "FILES", [written(tmp_path / "facts.csv", rows)])
        every = history.rows()
        facts: list[Fact] = facts_of(every)[0]
        config = load("six")
        if known_until is not None:
            config = config.model_copy(update={"known_until": known_until})
        fit = cast("Fit", SimpleNamespace(history=facts, rows=every, until=2024, config=config))
        return {
            fact.name: (continued(facts, 2024, fact), _plan(fit, fact)) for fact in facts if fact.year > 2024
        }

    return said


def test_growth_goes_on_for_as_long_as_it_is_between_like_periods(rivals) -> None:  # type: ignore[no-untyped-def]
    said = rivals(
        *[
            row("Microsoft", "capex_incl_finance_leases", f"FY{year}", 10 * 2**year / 2**2023)
            for year in (2023, 2024, 2025)
        ],
        row("Microsoft", "capex_incl_finance_leases", "2025", 90),  # no calendar year before it
        row("Oracle", "debt_total", "2023-12", 81),
        row("Oracle", "debt_total", "2024-12", 90),
        row("Oracle", "debt_total", "2025-06", 95),
    )
    assert said["Microsoft/capex_incl_finance_leases/FY2025"][0] == pytest.approx(40)
    assert math.isnan(said["Microsoft/capex_incl_finance_leases/2025"][0])
    assert said["Oracle/debt_total/2025-06"][0] == pytest.approx(90 * math.sqrt(90 / 81))  # half a year on


def test_a_plan_is_the_last_one_of_each_firm_by_the_day_when_one_had_to_know(rivals) -> None:  # type: ignore[no-untyped-def]
    rows = [
        row("OpenAI", "revenue", "2025", 13),
        row("OpenAI", "revenue", "2025", 11, published="2024-09-27", **PLAN),
        row("OpenAI", "revenue", "2025", 12, published="2025-02-21", **PLAN),
        row("OpenAI", "revenue", "2025", 20, published="2025-04-24", **PLAN),
        row("Oracle", "debt_total", "2025-12", 110),
        row("Oracle", "debt_total", "2025", 100, published="2025-01-01", **PLAN),
        row("Alphabet", "capex", "2025", 91),
        row("Amazon", "capex", "2025", 131),
        row("Alphabet", "capex_guidance", "2025", 75, published="2025-02-04", **PLAN),
    ]
    said = {name: plan for name, (_, plan) in rivals(*rows).items()}
    assert said["OpenAI/revenue/2025"] == 12
    assert said["Oracle/debt_total/2025"] == 100
    assert math.isnan(said["Alphabet + Amazon/capex/2025"])  # Amazon planned nothing
    assert rivals(*rows, known_until=datetime.date(2025, 1, 15))["OpenAI/revenue/2025"][1] == 11
    both = row("Amazon", "capex_guidance", "2025", 100, published="2025-02-06", **PLAN)
    assert rivals(*rows, both)["Alphabet + Amazon/capex/2025"][1] == 175
