"""Claims: the twelve of the model, tested on outcomes whose truth is known."""

from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from computeshift.experiments.results import outcomes
from computeshift.experiments.results.claims import Claim, claims, evaluate, wilson
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome
from computeshift.experiments.results.results import Results
from computeshift.experiments.run import counterfactual
from computeshift.experiments.run.run import run

TWELVE = [
    "stargate_majority",
    "azure_still_grows",
    "burn_2027",
    "inference_overtakes",
    "softbank_largest",
    "softbank_stargate",
    "stargate_100",
    "stargate_500",
    "softbank_customer",
    "deepseek_disrupts",
    "softbank_unwinds",
    "no_reliance",
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run("six", worlds=60, out=tmp_path_factory.mktemp("claims") / "out")


def test_all_twelve_are_there_and_decided(results: Results) -> None:
    assert list(claims()) == TWELVE
    table = results.claims()
    assert table["name"].tolist() == TWELVE
    assert (table["worlds"] == 60).all()
    assert ((table["low"] <= table["probability"]) & (table["probability"] <= table["high"])).all()


def test_every_outcome_is_a_table_of_worlds_by_years(results: Results) -> None:
    for outcome in OUTCOMES.values():
        table = outcome.of(results)
        assert table.shape == (60, 6), outcome.name
        assert table.notna().all(axis=None), outcome.name
        assert outcome.unit
        assert outcome.doc


def test_a_claim_beyond_the_horizon_is_not_decided(tmp_path: Path) -> None:
    table = run("six", worlds=5, until=2027, out=tmp_path / "out").claims().set_index("name")
    assert table["worlds"]["stargate_majority"] == 0
    assert pd.isna(table["probability"]["stargate_500"])
    assert table["worlds"]["burn_2027"] == 5


def test_a_world_without_deepseek_is_compared(results: Results, tmp_path: Path) -> None:
    """In each block of the run, or when the claim is evaluated: to the same numbers."""
    stored = run("six", worlds=60, block=25, out=tmp_path / "out", against=True)
    assert "ai_lease_spending_against" in stored.market.columns
    assert "ai_lease_spending_against" not in results.market.columns
    spent = stored.counterpart_or_empty("ai_lease_spending")
    pd.testing.assert_frame_equal(spent, results.counterpart_or_empty("ai_lease_spending"), check_exact=True)
    assert (spent != results.market_variable("ai_lease_spending")).any(axis=None)
    pd.testing.assert_frame_equal(stored.claims(), results.claims())


def test_it_is_simulated_only_as_far_as_a_claim_needs_it(tmp_path: Path) -> None:
    long = run("six", worlds=2, until=2033, out=tmp_path / "out", against=True)
    spent = long.counterpart_or_empty("ai_lease_spending")
    assert [year for year in spent if spent[year].notna().all()] == [*range(2025, 2031)]
    assert evaluate(long).set_index("name")["worlds"]["deepseek_disrupts"] == 2


def test_another_version_of_the_model_does_not_decide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run("six", worlds=2, out=tmp_path / "out")
    monkeypatch.setattr(counterfactual, "model", lambda: "another")
    with pytest.warns(UserWarning, match="not decided, because the folder was run by another version"):
        assert evaluate(alone).set_index("name")["worlds"]["deepseek_disrupts"] == 0


def test_softbanks_money_counts_from_before_the_start(results: Results) -> None:
    paid = outcomes.softbank_in_openai(results) + outcomes.softbank_in_stargate(results)
    before = paid[2025] - results.flow("equity", "softbank")[2025]
    assert (before > 0).all()


@pytest.mark.parametrize(
    ("test", "when", "holds"),
    [
        ("at_least", "in 2026", [True, False]),
        ("above", "in 2026", [False, False]),
        ("below", "in 2025", [True, True]),
        ("at_least", "by 2026", [True, False]),
        ("at_least", "ever", [True, True]),
        ("at_least", "2026 to 2027", [False, False]),  # every year
        ("rises", "2025 to 2027", [False, True]),
    ],
)
def test_tests_mean_what_they_say(
    results: Results, monkeypatch: pytest.MonkeyPatch, test: str, when: str, holds: list[bool]
) -> None:
    known = pd.DataFrame({2025: [1.0, 1.0], 2026: [3.0, 2.0], 2027: [2.0, 5.0]})
    monkeypatch.setitem(OUTCOMES, "known", Outcome("known", "", "", lambda _: known))
    figure = None if test == "rises" else 3.0
    claim = Claim.model_validate(
        {"name": "n", "sentence": "", "source": "", "outcome": "known", "test": test}
        | {"figure": figure, "when": when}
    )
    found = claim.holds(results)
    assert found is not None
    assert found.tolist() == holds


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "nothing"},
        {"when": "soon"},
        {"figure": None},
        {"test": "rises"},
        {"colour": "red"},
    ],
)
def test_a_malformed_claim_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"name": "n", "sentence": "", "source": "", "outcome": "openai_burn"}
    right |= {"test": "at_least", "figure": 1, "when": "in 2027"}
    Claim.model_validate(right)
    with pytest.raises(ValidationError):
        Claim.model_validate(right | wrong)


def test_the_interval_narrows_with_worlds() -> None:
    low, high = wilson(500, 1000)
    assert (low, high) == pytest.approx((0.469, 0.531), abs=1e-3)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
