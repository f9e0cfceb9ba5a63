"""Scores worked out by hand, on predictions and facts written by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.evidence import history
from computeshift.experiments.questions.predictions.numbers import crps
from computeshift.experiments.questions.predictions.score import (
    KNOWN,
    OPEN,
    SETTLED,
    UNDECIDED,
    Scores,
    score,
)
from tests.experiments.folders import without_glossary
from tests.experiments.questions.evidence.synthetic import row
from tests.experiments.questions.evidence.synthetic import written as facts_file
from tests.experiments.questions.predictions.handmade import LATER, claim, number, spread, sure, written


@pytest.fixture(autouse=True)
def _no_facts_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "FILES", ())


def burned(year: int, amount: float, published: str = LATER) -> dict[str, str]:
    """A row that says what OpenAI burned in a year."""
    return row("OpenAI", "free_cash_flow", str(year), -amount, published=published)


def states(answer: Scores) -> dict[str, str]:
    return dict(zip(answer.claims["claim"], answer.claims["state"], strict=True))


def test_a_claim_of_one_fifth_that_fails_scores_four_hundredths(tmp_path: Path) -> None:
    file = written(
        tmp_path / "said.json",
        [claim("fails", 0.2, figure=30.0), claim("holds", 0.7), claim("never", 0.0)],
    )
    answer = score(file, facts=facts_file(tmp_path / "later.csv", [burned(2027, 25)]))
    rows = answer.claims.set_index("claim")
    assert rows["state"].to_list() == [SETTLED] * 3
    assert rows["holds"].to_list() == [False, True, True]
    assert rows["brier"].to_list() == pytest.approx([0.04, 0.09, 1.0])
    least = 0.5 / 1000  # what no world of 1,000 has may still happen
    assert rows["log"].to_list() == pytest.approx([-math.log(0.8), -math.log(0.7), -math.log(least)])
    means = answer.measures.set_index("known").loc[False]
    assert means["claims"] == 3
    assert means["brier"] == pytest.approx(1.13 / 3)
    assert means["brier_skill"] == pytest.approx(1 - 1.13 / 3 / 0.25)
    assert means["log_skill"] == pytest.approx(1 - rows["log"].mean() / math.log(2))
    assert rows.loc["fails", "settled_by"] == "OpenAI/free_cash_flow/2027 = -25 USD_bn"


@pytest.mark.parametrize(
    ("claimed", "figures", "state", "holds"),
    [
        ({"years": (2026, 2027), "when": "by 2027"}, {2026: 25}, SETTLED, True),
        ({"years": (2026, 2027), "when": "by 2027"}, {2027: 10}, OPEN, None),
        ({"years": (2026, 2027), "when": "by 2027"}, {2026: 5, 2027: 10}, SETTLED, False),
        ({"years": (2026, 2027), "when": "2026 to 2027"}, {2026: 25}, OPEN, None),
        ({"years": (2026, 2027), "when": "2026 to 2027"}, {2026: 25, 2027: 25}, SETTLED, True),
        ({"years": (2026, 2027), "when": "2026 to 2027"}, {2026: 5}, SETTLED, False),
        ({"test": "above"}, {2027: 20}, SETTLED, False),
        ({"test": "at_least"}, {2027: 20}, SETTLED, True),
        ({"test": "below"}, {2027: 0}, SETTLED, True),
        ({"test": "rises", "figure": None, "years": (2025, 2026, 2027)}, {2025: 1, 2026: 2}, OPEN, None),
        ({"test": "rises", "figure": None, "years": (2025, 2026, 2027)}, {2026: 2, 2027: 2}, SETTLED, False),
        (
            {"test": "rises", "figure": None, "years": (2025, 2026, 2027)},
            {2025: 1, 2026: 2, 2027: 3},
            SETTLED,
            True,
        ),
        ({"facts": ()}, {2027: 25}, OPEN, None),
    ],
)
def test_when_a_claim_is_settled(
    tmp_path: Path, claimed: dict[str, Any], figures: dict[int, float], state: str, holds: bool | None
) -> None:
    file = written(tmp_path / "said.json", [claim("it", 0.5, **claimed)])
    rows = [burned(year, amount) for year, amount in figures.items()]
    found = score(file, facts=facts_file(tmp_path / "later.csv", rows)).claims.iloc[0]
    assert (found["state"], found["holds"]) == (state, holds)


def test_the_difference_of_two_facts_settles_a_claim_and_what_is_missing_is_told(tmp_path: Path) -> None:
    more = claim(
        "more", 0.6, test="above", figure=0.0, years=(2027, 2028, 2029), when="by 2029",
        facts=("OpenAI/compute_spend_inference", "-OpenAI/compute_spend_rd"),
    )  # fmt: skip
    numbers = [number(name, 2027, sure(9)) for name in ("compute_spend_inference", "compute_spend_rd")]
    file = written(tmp_path / "said.json", [more], numbers)
    rows = [row("OpenAI", "compute_spend_inference", "2027", 8, published=LATER)]
    waiting = score(file, facts=facts_file(tmp_path / "half.csv", rows)).claims.iloc[0]
    names = "OpenAI/compute_spend_inference, OpenAI/compute_spend_rd"
    assert (waiting["state"], waiting["waits_for"]) == (OPEN, f"{names}: 2027 to 2029")
    rows.append(row("OpenAI", "compute_spend_rd", "2027", 9, published=LATER))
    still = score(file, facts=facts_file(tmp_path / "both.csv", rows)).claims.iloc[0]
    assert (still["state"], still["waits_for"]) == (OPEN, f"{names}: 2028, 2029")
    rows += [row("OpenAI", f"compute_spend_{name}", "2028", x) for name, x in (("inference", 9), ("rd", 8))]
    assert score(file, facts=facts_file(tmp_path / "all.csv", rows)).claims.iloc[0]["holds"]


def test_what_was_published_by_the_day_is_no_prediction(tmp_path: Path) -> None:
    file = written(
        tmp_path / "said.json",
        [claim("old", 0.9, years=(2025,)), claim("new", 0.9), claim("none", None)],
        [number("free_cash_flow", 2025, sure(-20)), number("revenue", 2025, sure(20))],
    )
    rows = [
        burned(2025, 25, published="2026-11-27"),
        burned(2027, 25, published="2028-02-01"),
        row("OpenAI", "revenue", "2025", 20, published="2026-11-28"),
    ]
    answer = score(file, facts=[facts_file(tmp_path / f"{i}.csv", [one]) for i, one in enumerate(rows)])
    assert states(answer) == {"old": KNOWN, "new": SETTLED, "none": UNDECIDED}
    known = answer.facts.set_index(["variable", "when"])["known"].to_dict()
    assert known == {
        ("revenue", "2025"): False, ("free_cash_flow", "2025"): True, ("free_cash_flow", "2027"): False,
    }  # fmt: skip
    assert answer.measures["claims"].to_list() == [1, 1]
    assert answer.measures["facts"].to_list() == [2, 1]
    assert "Known beforehand, so no prediction" in repr(answer)
    assert without_glossary(answer) == []


def test_the_end_of_a_year_is_not_known_in_october(tmp_path: Path) -> None:
    built = claim(
        "built", 0.5, figure=100.0, years=(2026,), when="in 2026", facts=("Stargate/spending_cumulative",)
    )
    table = number("spending_cumulative", 2026, sure(80), entity="Stargate", kind="stock")
    file = written(tmp_path / "said.json", [built], [table])
    october = row("Stargate", "spending_cumulative", "2026-10", 90, published="2026-11-01")
    early = score(file, facts=facts_file(tmp_path / "october.csv", [october]))
    assert states(early) == {"built": OPEN}
    assert early.facts["known"].to_list() == [True]
    december = row("Stargate", "spending_cumulative", "2026-12", 101, published=LATER)
    late = score(file, facts=facts_file(tmp_path / "both.csv", [october, december]))
    assert (states(late), late.claims["holds"].to_list()) == ({"built": SETTLED}, [True])
    assert late.facts["known"].to_list() == [False]
    assert late.facts["value"].to_list() == [101]


def test_the_crps_of_quantiles_is_that_of_what_they_stand_for() -> None:
    assert crps(np.array(sure(20.0)), 10.0) == pytest.approx(math.log(2))
    assert crps(np.array(sure(-20.0)), -10.0) == pytest.approx(math.log(2))
    assert crps(np.array(sure(5.0)), -10.0) == pytest.approx(math.log(100))  # as wrong as can be
    even = np.exp(spread(-0.5, 0.5))  # logs even from -1/2 to 1/2: in the middle 1/12, at the end 1/3
    assert crps(even, 1.0) == pytest.approx(0.0868, abs=1e-4)
    assert crps(even, 1.0) == pytest.approx(1 / 12, rel=0.05)
    assert crps(even, math.exp(0.5)) == pytest.approx(1 / 3, rel=0.05)
    assert crps(-even[::-1], -math.exp(0.2)) == pytest.approx(crps(even, math.exp(0.2)))
    normal = np.exp(scipy.stats.norm.ppf(np.arange(1, 20) / 20))
    assert crps(normal, 1.0) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), rel=0.05)


def test_numbers_beside_growth_that_continues(tmp_path: Path) -> None:
    predicted = {2025: (10, 20), 2026: (60, 100), 2027: (10, 50)}
    numbers = [number("revenue", year, spread(*ends)) for year, ends in predicted.items()]
    file = written(tmp_path / "said.json", [], numbers)
    rows = [
        row("OpenAI", "revenue", "2024", 10, published="2025-02-01"),
        row("OpenAI", "revenue", "2025", 12, published="2026-02-01"),
        row("OpenAI", "revenue", "2026", 66, published="2027-02-01"),  # not known on the day
        row("OpenAI", "revenue", "2027", 24, published="2028-02-01"),
    ]
    answer = score(file, facts=facts_file(tmp_path / "later.csv", rows))
    first, second, found = answer.facts.to_dict("records")
    assert (first["known"], second["known"], found["known"]) == (True, False, False)
    assert np.isnan(first["growth"])  # nothing known before it grew
    assert second["growth"] == pytest.approx(math.log(66 / 14.4))
    assert (second["covered50"], second["covered90"]) == (False, True)  # of 62 to 98, and of 70 to 90
    assert found["growth_value"] == pytest.approx(12 * 1.2**2)
    assert found["growth"] == pytest.approx(math.log(24 / 17.28))
    assert [found[name] for name in ("p5", "p25", "p50", "p75", "p95")] == pytest.approx([12, 20, 30, 40, 48])
    assert (found["covered50"], found["covered90"], found["between"]) == (True, True, False)
    logs = np.log(np.array(spread(10, 50)) / 24)
    losses = [
        (-q if q < 0 else 0) + (level - 1) * -q for q, level in zip(logs, np.arange(1, 20) / 20, strict=True)
    ]
    assert found["crps"] == pytest.approx(2 * np.mean(losses))
    means = answer.measures.set_index("known").loc[False]
    assert means["growth_facts"] == 2
    assert np.isnan(means["growth_skill"])  # two facts are too few


def test_parts_of_years_are_read_between_them_and_marked(tmp_path: Path) -> None:
    shape: dict[str, Any] = {"kind": "stock"}
    numbers = [
        *(number("revenue", year, sure(12)) for year in (2026, 2027)),
        *(number("cash_and_securities", year, sure(x), **shape) for year, x in ((2026, 10), (2027, 40))),
        *(number("annualised_revenue", year, sure(x), kind="rate") for year, x in ((2026, 10), (2027, 40))),
    ]
    file = written(tmp_path / "said.json", [], numbers)
    rows = [
        row("OpenAI", "revenue", "2027-H1", 6, published=LATER),
        row("OpenAI", "cash_and_securities", "2027-06", 20, published=LATER),
        row("OpenAI", "annualised_revenue", "2027-06", 20, published=LATER),
    ]
    answer = score(file, facts=facts_file(tmp_path / "later.csv", rows))
    assert answer.facts["p50"].to_list() == pytest.approx([6, 20, 20])  # the geometric mean of 10 and 40
    assert answer.facts["between"].all()
    assert answer.facts["crps"].to_list() == pytest.approx([0, 0, 0])


def test_rows_that_are_not_used_are_counted_and_told(tmp_path: Path) -> None:
    file = written(tmp_path / "said.json", [claim("it", 0.5)], [number("revenue", 2027, sure(20))])
    rows = [
        row("OpenAI", "revenu", "2027", 20, published=LATER),
        row("OpenAI", "revenue", "2035", 20, published="2036-02-01"),
        row("OpenAI", "revenue", "2023", 20, published=LATER),
        row("OpenAI", "revenue", "2027", 20, published=LATER, unit="GW"),
        row("OpenAI", "revenue", "2027", 30, published=LATER, kind="rumour"),
        row("SoftBank", "ltv", "2027-12", 0.2, published=LATER, unit="share"),
        burned(2027, 25),
    ]
    answer = score(file, facts=facts_file(tmp_path / "later.csv", rows))
    why = {left.row.where.rpartition(":")[2]: left.why for left in answer.skipped}
    assert why == {
        "2": "the model has no such variable; did you mean 'OpenAI/revenue'?",
        "3": "the predictions, 2025 to 2030, say nothing of it",
        "4": "it is about the time before the predictions, which begin with 2025",
        "5": "the model has it in USD_bn, not in GW",
        "6": "a rumour is not what happened",
        "7": "the predictions, 2025 to 2030, say nothing of it",
    }
    assert "Rows of the facts files that are not used: 6" in repr(answer)
    assert json.dumps(answer.document(), allow_nan=False)


def broken(file: Path, **keys: Any) -> Path:
    """The same file with other keys."""
    document = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**document, **keys}), encoding="utf-8")
    return file


def test_a_file_that_is_not_right_is_refused(tmp_path: Path) -> None:
    good = written(tmp_path / "said.json", [claim("it", 0.5)])
    text = good.read_text("utf-8")
    claims = json.loads(text)["claims"]
    rule = claims[0]["settled_by"][0]

    def refused(file: Path, message: str) -> None:
        with pytest.raises(UserError, match=message):
            score(file)
        good.write_text(text, encoding="utf-8")

    refused(tmp_path / "none.json", "can't read .*none.json: No such file")
    refused(
        broken(good, generator="another"), "said.json is no file of predictions: computeshift predict did"
    )
    refused(broken(good, format=3), r"in format 3, and this version reads formats 1 to 2: install that")
    good.write_text(text[: len(text) // 2], encoding="utf-8")
    refused(good, r"said.json:\d+: it is no JSON: .*; restore the file, or make it again")
    good.write_text("[1]", encoding="utf-8")
    refused(good, "is no file of predictions")
    refused(broken(good, sed=1), "said.json: sed: 1 does not belong here")
    refused(
        broken(good, claims=[{**claims[0], "test": "abov"}]), r"claims.0.test: 'abov' does not belong here"
    )
    refused(broken(good, claims=[{**claims[0], "probability": 1.5}]), r"claims.0.probability: 1.5 does not")
    refused(
        broken(good, claims=[{**claims[0], "settled_by": [{**rule, "facts": ["-OpenAI/free_cash_flw"]}]}]),
        r"claims.it.settled_by: no observable 'OpenAI/free_cash_flw'; did you mean 'OpenAI/free_cash_flow'\?",
    )
    flat = json.loads(text)["observables"]
    refused(
        broken(good, observables=[{**flat[0], "year": 10**30}]), r"observables.0.year: 10+ does not belong"
    )
    flat[0]["quantiles"]["p95"] = -99
    refused(broken(good, observables=flat), r"observables.0.quantiles: .*they do not rise")
    good.write_text("[" * 100_000, encoding="utf-8")
    refused(good, "said.json: it is nested too deeply; restore the file")
    good.write_text(text.replace('{"name": "it"', '{"name": "it", "name": "it"'), encoding="utf-8")
    refused(good, "said.json: an object has two entries about name")
    refused(broken(good, claims=[claims[0], claims[0]]), "claims has two entries about it")
    refused(broken(good, made="2999-01-01"), "it says that it was made on 2999-01-01, which is to come")
    refused(broken(good, until=2020), "until 2020 is not after the start")
    refused(broken(good, worlds=-5), "worlds: -5 does not belong here")
    refused(broken(good, claims=[{**claims[0], "sentence": "\x1b[31mred"}]), "it has control characters")
    refused(broken(good, claims=[{**claims[0], "figure": None}]), "has a figure")
    assert states(score(good)) == {"it": OPEN}


def test_an_empty_table_of_facts_scores_nothing(tmp_path: Path) -> None:
    answer = score(written(tmp_path / "said.json"))
    assert answer.claims.empty
    assert answer.facts.empty
    assert answer.measures[["claims", "facts"]].to_numpy().sum() == 0
    assert isinstance(answer.tables()["skipped"], pd.DataFrame)
    assert "Nothing that came later" in repr(answer)
