"""The stories and the answer: what the table may say, and that every number is that of the runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.answer import Reference, answer, leads, without
from computeshift.experiments.views.dashboard.caption import caption
from computeshift.experiments.views.dashboard.stories import FILE, Story, check, read, stories, table
from computeshift.experiments.views.format import short

ROW: dict[str, Any] = {
    "title": "A story",
    "scenario": "softbank_crunch",
    "against": "baseline",
    "tab": "shares",
    "year": 2027,
    "caption": [
        "OpenAI burns {value: openai_burn} in {year}, {change: openai_burn} against "
        "{value in against: openai_burn}.",
        "It burns what was said in {chance: burn_2027} of {worlds}.",
        "In {year} {rises most: rating}.",
    ],
}


@pytest.mark.parametrize("name", stories())
def test_every_story_that_is_shipped_is_sound(name: str) -> None:
    check(stories()[name])


def test_there_are_six_of_them() -> None:
    assert len(stories()) == len(shipped_data(FILE)) == 6


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tabs": "money"}, "stories.yaml: mine: tabs: there is no such key; did you mean 'tab'?"),
        ({"year": "soon"}, "stories.yaml: mine: year: Input should be a valid integer"),
        ({"scenario": "basline"}, "scenario: there is no config 'basline'; did you mean 'baseline'?"),
        ({"tab": "share"}, "tab: there is no tab 'share'; did you mean 'shares'?"),
        ({"year": 2024}, "year: 2024 is not shown; use 2025 to 2030"),
        ({"caption": ["One."]}, "caption: it has 1 sentences; write 3"),
        (
            {1: "It burns $20 bn."},
            "caption, sentence 2: '20' is a typed number; let it be computed, in braces",
        ),
        ({0: "{chance: burn}."}, "sentence 1: there is no claim 'burn'; did you mean 'burn_2027'?"),
        ({0: "{value: openai_brn}."}, "there is no outcome 'openai_brn'; did you mean 'openai_burn'?"),
        ({0: "{mean: openai_burn}."}, "sentence 1: there is no {mean}; use one of"),
        ({2: "{yaer}."}, "sentence 3: there is no {yaer}; did you mean 'year'?"),
        ({1: "It loses half of it."}, "sentence 2: 'half' is a typed number; let it be computed, in braces"),
        ({2: "{rises most: ratng}."}, "no firm has a variable 'ratng'; did you mean 'rating'?"),
        ({"outcome": "ai_capx"}, "outcome: there is no outcome 'ai_capx'; did you mean 'ai_capex'?"),
        ({"outcome": "openai.revenu"}, "mine: outcome: 'openai.revenu': "),
        ({"outcome": "oracle.debt in 2028"}, "outcome: oracle.debt in 2028 is one number per world; leave"),
        ({"firm": "stargat"}, "firm: there is no firm 'stargat'; did you mean 'stargate'?"),
        ({"customer": "opnai"}, "customer: there is no firm 'opnai'; did you mean 'openai'?"),
        (
            {"against": "today"},
            "'change' needs worlds that pair, and these start in different years; use {value",
        ),
    ],
)
def test_what_is_wrong_in_the_table_is_told_with_what_would_be_right(
    change: dict[str | int, Any], told: str
) -> None:
    sentences = [change.get(at, sentence) for at, sentence in enumerate(ROW["caption"])]
    row = ROW | {"caption": sentences} | {key: value for key, value in change.items() if isinstance(key, str)}
    with pytest.raises(UserError) as mistake:
        check(read({"mine": row})["mine"])
    assert told in str(mistake.value)


def test_a_file_that_is_no_yaml_and_a_row_that_is_no_story_are_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("mine:\n  title: 'A story\n  tab: shares\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^mine\.yaml:\d: broken YAML: .*; mend the quotes"):
        table(file)
    with pytest.raises(UserError, match=r"stories\.yaml: mine: this is no story; write its keys below it"):
        read({"mine": "a story"})


def test_a_market_and_a_firms_variable_can_be_an_outcome_to_look_at() -> None:
    for outcome in ("rent", "openai.revenue", "ai_capex"):
        check(read({"mine": ROW | {"outcome": outcome, "firm": "stargate", "customer": "openai"}})["mine"])


def test_a_caption_has_the_numbers_of_its_runs(six: Results, crunch: Results) -> None:
    burns, claims = (run.outcome("openai_burn")[2027] for run in (crunch, six)), crunch.claims()
    burn, before = burns
    low, middle, high = burn.quantile([0.1, 0.5, 0.9])
    holds = claims.set_index("name").probability["burn_2027"]
    first, second, third = caption(Story(name="mine", **ROW), crunch, six, 2027)
    assert first.startswith(f"OpenAI burns ${middle:.0f} bn ({low:.0f} to {high:.0f}) in 2027, ")
    assert f"against ${before.median():.0f} bn" in first
    assert second == f"It burns what was said in {holds:.0%} of 40 worlds."
    rises = {
        firm: (crunch.variable(firm, "rating") - six.variable(firm, "rating"))[2027].median()
        for firm in ("openai", "microsoft", "softbank", "oracle")
    }
    assert max(rises, key=lambda firm: float(rises[firm])) == "softbank"
    most = f"In 2027 the rating that weakens most (+ is weaker) is that of SoftBank: +{rises['softbank']:.2g}"
    assert third.startswith(most)
    assert caption(Story(name="mine", **ROW), six, six, 2027)[2] == "In 2027 no rating weakens."


def test_what_a_summary_did_not_keep_is_unknown(tmp_path: Path) -> None:
    few = cs.run("six", worlds=4, keep="summary", out=tmp_path / "summary")
    assert (
        caption(Story(name="mine", **ROW), few, few, 2027)[2]
        == "In 2027 which rating weakens most is unknown."
    )
    assert answer(few).startswith("In 2030 OpenAI runs on ")


def test_the_answer_counts_worlds_by_their_largest_supplier(six: Results, crunch: Results) -> None:
    def compute(results: Results, year: int = 2030) -> Any:
        return results.flow("capacity", target="openai")[year]

    shares = {
        name: six.outcome(f"{name}_share")[2030] for name in ("stargate", "azure", "oracle", "other_cloud")
    }
    first = (pd.DataFrame(shares).idxmax(axis=1) == "stargate").sum()
    assert leads(six, 2030)["stargate"] == first / 40
    told = answer(six)
    assert told.startswith(f"In 2030 OpenAI runs on {short(compute(six).median())} GW of compute (")
    assert "in 80% of 40 worlds)" in told
    assert f"Stargate in {first / 40:.0%}" in told
    early = answer(six, Reference(six, "in six"), 2026)
    part = f"{leads(six, 2026)['microsoft']:.0%}"
    assert early.startswith(f"In 2026 OpenAI runs on {short(compute(six, 2026).median())} GW of compute (")
    assert f", as much as in six; its largest supplier is Microsoft in {part} of worlds ({part}" in early
    assert leads(six, 2026)["microsoft"] > leads(six, 2030)["microsoft"]
    against = answer(crunch, Reference(six, "in six"))
    apart = compute(crunch) - compute(six)
    low, less, high = apart.quantile([0.1, 0.5, 0.9])
    assert f", {abs(less):.2f} GW less than in six (" in against
    assert f" ({short(low, sign=True)} to {short(high, sign=True)}); " in against
    assert f"({leads(six, 2030)['stargate']:.0%}" in against


def test_what_differs_is_said_of_one_change_and_of_many(six: Results) -> None:
    config = cs.load("six", {"softbank.strategy": "exit", "services.elasticity": "0.8"})
    assert without(config.changes[:1], six).words == "with SoftBank's strategy at vision"
    assert without(config.changes, six).words == "without the 2 changes"


def test_a_market_in_which_the_lab_uses_nothing_has_an_answer(
    six: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "computeshift.experiments.views.dashboard.answer._used", lambda run, _: 0 * run.outcome("trust")[2030]
    )
    assert answer(six) == "In 2030 OpenAI uses no compute, in 40 worlds."


def test_a_lab_that_hardly_any_world_has_left_has_an_answer(
    six: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "computeshift.experiments.views.dashboard.answer.leads", lambda *_: pd.Series({"azure": 0.001})
    )
    assert answer(six).endswith("its largest supplier is Azure in 0% of worlds.")
