"""The information set: what could be known in March after the start, and nothing else, sets a number."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import pytest

from computeshift.environment.setup import Edge
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.facts import (
    FACTS,
    MORE_FACTS,
    PROJECT_FACTS,
    known_by,
    last_year,
    rows,
    standing,
)
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.config.periods import period
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.claims import claims
from computeshift.experiments.views.catalogue import configs

SHARED = Path(__file__).parents[4] / "shared" / "facts"


def usable(row: dict[str, str], config: Config) -> bool:
    """An actual about the start year or before; a plan or an estimate published by `known_until`.

    Nobody counted chips in 2022: what was estimated later of a state before 2024 counts as an actual.
    """
    if row["kind"] == "actual" or (row["kind"] == "analyst estimate" and config.start < 2024):
        return last_year(row) <= config.start
    return datetime.date.fromisoformat(row["published"]) <= config.known_until


@pytest.mark.parametrize("config", [entry.name for entry in configs()])
def test_every_number_rests_on_what_was_known(config: str) -> None:
    loaded = load(config)
    start, priors = loaded.start, load("baseline").parameters()
    for name, parameter in loaded.parameters().items():
        if start < 2024 and parameter == priors.get(name):
            continue  # the baseline's, as a prior
        assert parameter.unit, name
        for fact in parameter.facts:
            assert any(usable(row, loaded) for row in rows()[fact]), f"{name}: {fact}"
            assert parameter.published is None, name
        if parameter.published is not None:
            assert parameter.published <= loaded.known_until, f"{name}: {parameter.source}"
        if parameter.assumed:
            assert parameter.assumed.startswith("because "), name
        grounds = [bool(parameter.facts), bool(parameter.source), bool(parameter.assumed)]
        assert sum(grounds) == 1, name


LATER = {"openai.sponsor_share", "softbank.sponsor_share", "oracle.sponsor_share", "mgx.sponsor_share"} | {
    "openai.revenue_share"  # in force since 2019, in the press since 2024
}
"""Numbers of an early start that rest on later knowledge: who may sponsor what came in 2025 is given with
the ties of that year. The list may only become shorter."""


@pytest.mark.parametrize("config", ["end_of_2022", "end_of_2023"])
def test_few_numbers_of_an_early_start_rest_on_later_knowledge(config: str) -> None:
    loaded = load(config)
    start, priors = loaded.start, load("baseline").parameters()
    later, named = set(), set()
    for name, parameter in loaded.parameters().items():
        late = parameter.published is not None and parameter.published > loaded.known_until
        if late or not all(any(usable(row, loaded) for row in rows()[fact]) for fact in parameter.facts):
            later.add(name)
        ground = " ".join([parameter.assumed or "", parameter.source or "", *parameter.facts])
        if parameter == priors.get(name) and any(int(y) > start for y in re.findall(r"20\d\d", ground)):
            named.add(name)
    assert later == LATER
    assert named <= LATER  # no reason of a prior names a later year
    assert later == set(loaded.grounded_after()) == set(loaded.grounded_after(start))


STATE = ("initial_", "due_in_", "stake_in_", "paid_into_")
NONE_THEN = (
    "openai.",
    "deepseek.initial_other_capex",
    "deepseek.initial_debt",
    "deepseek.initial_coupon",
    "deepseek.initial_tenant_gw",
    "other_cloud.initial_other_capex",
    "coreweave.initial_other_capex",
    "xai.initial_",
    "rival_lab.initial_",
    "stargate.initial_",
)
NO_STATE = (
    ".initial_china_share",
    ".initial_efficiency",
    ".initial_price",
    ".initial_run_rate",
    ".initial_own_products",
    "rival_lab.initial_consumer_share",
)
"""Sales in China are none but for Chinese labs; efficiency is counted against a usual lab's of the time, a
run rate against that of others; the rival lab sells what others leave of each segment."""
SAME_A_YEAR_LATER = {
    "stargate.due_in_first_year",  # there was no plan of it yet
    "stargate.due_in_second_year",
    "microsoft.initial_budget",  # pledged in January 2023, paid by and by: OpenAI's opening cash holds it
    "microsoft.initial_coupon",  # it sold no notes that year
    "microsoft.stake_in_openai",
    "softbank.stake_in_openai",
    "softbank.paid_into_openai",
    "deepseek.initial_cash",
    "deepseek.initial_revenue",
    "deepseek.initial_training_share",
    "deepseek.due_in_second_year",
    "deepseek.initial_cash_flow",
    "deepseek.initial_crews",
}
"""What of the state at the end of 2023 was as it had been a year before."""


def state(config: str) -> dict[str, Parameter]:
    """The numbers of a config that say how things stand at its start; those of none then left out."""
    numbers = load(config).parameters()
    return {
        name: number
        for name, number in numbers.items()
        if name.rpartition(".")[2].startswith(STATE)
        and not (number.central == 0 and name.startswith(NONE_THEN))
        and not (name.endswith(NO_STATE) and not number.uncertain)
    }


def test_the_state_of_an_early_start_is_of_its_year() -> None:
    now, before, first = (state(name) for name in ("baseline", "end_of_2023", "end_of_2022"))
    assert not [name for name, number in first.items() if number == now.get(name)]
    assert not [name for name, number in before.items() if number == now.get(name)]
    assert {name for name, number in before.items() if number == first.get(name)} == SAME_A_YEAR_LATER


def test_each_start_has_the_firms_that_were_there() -> None:
    cast = {start: set(load(start).firms) for start in ("end_of_2022", "end_of_2023", "baseline", "today")}
    assert cast["end_of_2023"] == cast["baseline"] == cast["today"] - {"amd", "stargate_sites"}
    assert cast["baseline"] - cast["end_of_2022"] == {"xai"}  # founded in 2023
    for start in ("end_of_2022", "end_of_2023"):  # MGX was founded in 2024, Stargate in 2025
        ties = [Edge(*tie) for tie in load(start).ties()]
        assert {tie.since for tie in ties if tie.source == "mgx"} == {2024, 2025}
        assert {tie.since for tie in ties if tie.target == "stargate"} == {2025}


def test_a_later_cut_knows_more() -> None:
    for config in ("end_of_2022", "end_of_2023"):
        loaded = load(config)
        counts = [len(loaded.grounded_after(year)) for year in range(loaded.start - 1, 2025)]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > counts[1] > counts[-1] == 0
    assert load("six").grounded_after(2024) == []
    assert "microsoft.refusal" in load("six").grounded_after(2023)


def test_what_was_known_when_is_a_field_of_a_config(tmp_path: Path) -> None:
    assert load("six").known_until == datetime.date(2025, 3, 31)
    assert load("end_of_2022").known_until == datetime.date(2023, 3, 31)
    file = tmp_path / "early.yaml"
    file.write_text("extends: six\nknown_until: 2025-01-10\n", encoding="utf-8")
    early = load(file)
    assert early.hash == load("six").hash  # it moves no world
    assert Config.model_validate(early.to_json()) == early
    assert apply(early, {"seed": 4}).known_until == early.known_until
    assert early.known_by(2022) == datetime.date(2023, 1, 10)
    late = early.grounded_after()
    assert "microsoft.refusal" in late  # Microsoft's blog of 21 January 2025
    assert "microsoft.ai_capex_share" not in late  # that of 3 January
    file.write_text("extends: six\nknown_until: 2024-06-30\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"known_until: 2024-06-30 is before the start, the end of 2024"):
        load(file)
    with pytest.raises(UserError, match="write it in a config file"):
        apply(early, {"known_until": "2025-02-01"})


@pytest.mark.parametrize(
    ("fact", "first"),
    [
        ("OpenAI/revenue/2022", 2022),  # an actual, published in 2023
        ("Market/ai_chip_stock_power/2022-12", 2022),  # an estimate of what there was, published in 2026
        ("OpenAI/revenue/2029", 2024),  # a plan of October 2024
        ("Market/token_price_decline_factor/per year", 2024),  # a rate, published in November 2024
        ("SoftBank/ltv/2024-06", 2024),
    ],
)
def test_a_fact_is_known_from_its_period_or_its_publication_on(fact: str, first: int) -> None:
    ends = [(year, datetime.date(year, 12, 31)) for year in (first - 1, first, first + 1)]
    assert [known_by(fact, year, day) for year, day in ends] == [False, True, True]


MAY_EQUAL_A_CLAIM = {
    "softbank.japan_commitment": "the signed commitment of February 2025; the claim asks whether it is paid",
    "compute.convertible_most": "usual halls that can be refitted; the claim is about OpenAI's suppliers",
    "softbank.initial_debt": "SoftBank's debt at the start, from its net asset value and loan to value",
    "oracle.initial_cash_flow": "Oracle's operating cash flow of fiscal 2024",
    "microsoft.initial_revenue": "Microsoft's own AI services; the claim is about SoftBank's payments",
    "openai.initial_consumer_share": "consumers' part of its revenue; the claim is about its suppliers",
    "services.habit": "customers that stay from year to year; the claim is about OpenAI's suppliers",
}
"""Parameters whose central value is a claim's figure, each with the reason why it may be."""


def test_no_figure_of_a_claim_is_an_input() -> None:
    # Money and shares; figures of 0 and 1 are signs and flags. $19 bn is the other press figure for Stargate.
    figures = {claim.figure for claim in claims().values()} - {None, 0.0, 1.0} | {19.0}
    assert 3.0 in figures
    like = {
        name
        for name, parameter in load("six").parameters().items()
        if parameter.unit.startswith(("$ bn", "share"))
        and not parameter.unit.startswith(("share per year", "share per share", "share per trust"))
        and parameter.central in figures
    }
    tenths = {name for name in like if load("six").parameters()[name].central == 0.1}
    assert like - tenths == set(MAY_EQUAL_A_CLAIM)
    # A tenth is a common round number; the claim of a tenth is about Microsoft's share of OpenAI's compute.
    assert not {name for name in tenths if "microsoft" in name and "openai" in name}


@pytest.mark.skipif(not SHARED.exists(), reason="the shared copy is not beside this checkout")
@pytest.mark.parametrize("file", [FACTS, MORE_FACTS], ids=lambda file: file.name)
def test_the_project_has_its_own_copy_of_the_facts(file: Path) -> None:
    assert file.read_bytes() == (SHARED / file.name).read_bytes()


def test_the_projects_own_rows_are_about_2025_at_the_latest() -> None:
    with PROJECT_FACTS.open(encoding="utf-8", newline="") as lines:
        own = list(csv.DictReader(lines))
    for row in own:
        about = period(row["entity"], row["period"])
        assert about is not None, row
        assert about.end <= 2026 * 12 + row["period"].startswith("FY"), row  # fiscal years to January 2026
        assert row["source"], row
        assert row["url"].startswith("https://"), row


def test_a_correction_replaces_a_row_wherever_it_stands() -> None:
    old = {"entity": "A", "variable": "b", "period": "2025", "value": "1.50", "replaces": ""}
    other = old | {"value": "1.5"}
    new = old | {"value": "2", "replaces": "A/b/2025=1.50"}
    assert standing([old, new, other]) == [new, other]
    same = old | {"replaces": "A/b/2025=1.50"}  # another unit, say: it does not replace itself
    assert standing([old, same]) == [same]
