"""A firm's year told from the log: every number is a cell of it, every planted limit is found."""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from computeshift.experiments.cli.main import main
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.explain.binding import Log
from computeshift.experiments.questions.explain.explain import MAIN, explain
from computeshift.experiments.questions.explain.explanation import Explanation
from computeshift.experiments.questions.explain.story import CAUSES
from computeshift.experiments.results.results import Results
from computeshift.experiments.run.run import run
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.text.explain import SEEN
from computeshift.experiments.views.text.story import number as in_words
from tests.behaviour.worlds import play

WORLDS = 40


MOVED = 0.05  # notches, from which on a story tells what moved a rating


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("explain") / "run"
    return run("six", worlds=WORLDS, seed=1, block=16, out=folder, against=False)


@pytest.fixture(scope="module")
def answers(results: Results) -> list[Explanation]:
    """Of every firm its first year or a later one."""
    firms = [*results.firms, "stargate"]
    return [explain(results, *asked) for asked in zip(firms, itertools.cycle((2025, 2028)), strict=False)]


def numbers(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for sentence in told["story"]:
        yield from sentence["numbers"]


def test_the_table_holds_what_the_market_logged(results: Results) -> None:
    log = play(worlds=WORLDS).market.decisions.log
    rows = results.decisions.sort_values(["world"], kind="stable")
    one = rows[rows["world"] == 17]
    logged = [(d, limit) for d in log for limit in d.limits]
    assert one["limit"].tolist() == [limit for _, limit in logged]
    assert one["decision"].tolist() == [d.name for d, _ in logged]
    assert one["amount"].tolist() == [d.limits[limit][17] for d, limit in logged]
    assert one["bound"].tolist() == [d.bound()[limit][17] for d, limit in logged]


def test_one_limit_bound_each_decision(results: Results) -> None:
    by = ["world", "year", "firm", "decision"]
    assert (results.decisions.groupby(by, observed=True)["bound"].sum() == 1).all()
    assert (results.columns("decisions")["meaning"] != "").all()


def test_every_number_of_a_story_is_a_cell_of_the_log(results: Results, answers: list[Explanation]) -> None:
    whole = {name: results.read(name) for name in ("market", "agents", "flows", "deals", "decisions")}
    tables: dict[tuple[str, int, int], pd.DataFrame] = {}
    cells: dict[tuple[object, ...], pd.DataFrame] = {}
    for answer in answers:
        for number in numbers(json.loads(json.dumps(answer.document(), allow_nan=False))):
            cell = {k: v for k, v in number.items() if k not in ("value", "unit", "table", "column")}
            of_the_year = number["table"], cell.pop("world"), cell.pop("year")
            if of_the_year not in tables:
                name, world, year = of_the_year
                own = (whole[name]["world"] == world) & (whole[name]["year"] == year)
                tables[of_the_year] = whole[name][own]
            if (place := (*of_the_year, *cell.items())) not in cells:
                rows = tables[of_the_year]
                for key, value in cell.items():
                    rows = rows[rows[key] == value]
                cells[place] = rows
            rows = cells[place]
            assert len(rows) == 1 or number["table"] == "flows"
            value = rows[number["column"]].sum()
            if number["column"] in ("signed", "paid", "cut"):  # the change since the year before
                name, world, year = of_the_year
                known = whole[name]
                before = known[(known["world"] == world) & (known["year"] == year - 1)]
                value -= before[before["deal"] == cell["deal"]][number["column"]].sum()
            # A flow is a sum of rows, which pandas adds up in another order by groups.
            assert value == (pytest.approx(number["value"]) if len(rows) > 2 else number["value"])


def test_a_story_has_no_other_numbers(answers: list[Explanation]) -> None:
    parts = set()
    for answer in answers:
        for sentence in answer.story:
            parts.add(sentence.part)
            rest = sentence.text.replace("(1 = end of 2024)", "")
            for number in sorted(map(in_words, sentence.numbers), key=len, reverse=True):
                assert number in sentence.text
                rest = rest.replace(number, "")
            assert not re.search(r"\d", rest), sentence.text
    assert parts == {"saw", "decided", "flows", "ended"}


def test_news_is_told() -> None:
    answer = explain("softbank_crunch", "softbank", 2026, worlds=3)
    news = [sentence for sentence in answer.story if sentence.topic == "news"]
    assert [number.cell["column"] for sentence in news for number in sentence.numbers] == ["news_nav_fall"]


def test_a_rating_is_told_with_what_moved_it_most(results: Results) -> None:
    agents, told_causes = results.read("agents"), 0
    for firm in ("oracle", "openai", "stargate"):
        answer = explain(results, firm, 2028)
        own = agents[(agents["agent"] == firm) & (agents["world"] == answer.world)].set_index("year")
        moved = own.loc[2028, ["rating", *CAUSES]] - own.loc[2027, ["rating", *CAUSES]]
        change = float(own["rating"][2028] - own["rating"][2027])
        (told,) = (sentence for sentence in answer.story if sentence.topic == "rating")
        by = (moved[[*CAUSES]] * np.sign(moved["rating"])).astype(float)
        cause = by.idxmax()
        cells = [(number.cell["column"], number.cell["year"]) for number in told.numbers]
        causes = [(cause, 2028), (cause, 2027)] if abs(change) >= MOVED and by[cause] > 0 else []
        assert cells == [("rating", 2028), ("rating", 2027), *causes], firm
        told_causes += bool(causes)
    assert told_causes >= 2
    assert not [sentence for sentence in explain(results, "mgx", 2028).story if sentence.topic == "rating"]


def test_shares_add_up(answers: list[Explanation]) -> None:
    bound, venture = answers[0].bound, answers[0].venture
    assert bound.groupby(["firm", "decision", "year"])["share"].sum().to_numpy() == pytest.approx(1)
    assert venture.groupby("year")["share"].sum().to_numpy() == pytest.approx(1)


def test_the_median_world_is_beaten_by_no_other(results: Results, answers: list[Explanation]) -> None:
    for answer in answers:
        columns = {name: results.variable_or_empty(answer.firm, name).get(answer.year) for name in MAIN}
        table = pd.DataFrame(columns).dropna(axis="columns")
        away = (table - table.median()).abs()
        nearer = (away <= away.loc[answer.world]).all(axis="columns")
        assert nearer[nearer].index.tolist() == [answer.world] or (
            away.loc[nearer] == away.loc[answer.world]
        ).all(axis=None)


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"compute.power_per_year": 0.01}, "stargate/sites/power"),
        (
            {"softbank.ltv_limit": 1e-4, "softbank.saleable_share": 1e-4},
            "softbank/ticket_stargate/loan_to_value",
        ),
        ({"openai.funding_confidence": 0, "openai.fixed_cost": 500}, "openai/orders/expected_funds"),
    ],
)
def test_a_planted_limit_is_found_behind_stargate(
    settings: dict[str, float], cause: str, tmp_path: Path
) -> None:
    planted = run("six", worlds=10, set=settings, out=tmp_path / "run", against=False)
    log = Log(planted)
    found, bound = log.causes("stargate", "sites")[2026], log.bound("stargate", "sites")[2026]
    held = found[(bound != "orders") | ("/orders/" in cause)]  # others need no green fields
    assert len(held) >= 3
    assert (held == cause).mean() > 0.8


def test_a_sponsors_sliver_is_nobodys_shortfall(results: Results) -> None:
    log = Log(results)
    key = "stargate", "works_budget"
    causes, bound = log.causes(*key), log.bound(*key) == "own_funds"
    first, *others = log.amounts(*key).items()
    money = dict(others)["own_funds"]
    rest = np.minimum.reduce([first[1], *(amount for name, amount in others if name != "own_funds")])
    sponsors = causes.apply(lambda year: year.str.contains("/ticket_"))
    slight = bound & (1 - money / rest < 0.01)
    assert slight.any(axis=None)
    assert sponsors.any(axis=None)
    assert not (sponsors & slight).any(axis=None)
    assert (causes.where(slight, "stargate/works_budget/own_funds") == "stargate/works_budget/own_funds").all(
        axis=None
    )


def test_a_labs_money_is_traced_to_its_owners_fear_of_dilution(tmp_path: Path) -> None:
    settings = {"openai.fixed_cost": 60, "openai.dilution_limit": 0.001, "capital.outside_depth": 900}
    planted = run("six", worlds=10, set=settings, out=tmp_path / "run", against=False)
    assert (Log(planted).causes("openai", "compute_budget")[2026] == "openai/equity_ask/dilution").all()


def test_cuts_add_up_to_what_was_ordered_and_not_started(answers: list[Explanation]) -> None:
    venture, sites = answers[0].venture, answers[0].sites.set_index("year")
    assert (venture["cut"] >= 0).all()
    missing = sites["ordered"] - sites["started"]
    assert venture.groupby("year")["cut"].sum().to_numpy() == pytest.approx(missing.to_numpy())


def test_a_builder_without_crews_cuts_nearly_all(tmp_path: Path) -> None:
    planted = run("six", worlds=10, set={"oracle.venture_crews": 0.001}, out=tmp_path / "run", against=False)
    answer = explain(planted, "stargate", 2026)
    now = answer.venture[answer.venture["year"] == 2026].set_index("cause")["cut"]
    assert now["stargate/sites/crews"] > 0.9 * now.sum() > 0.2  # labs order less of so small a supplier
    assert "Stargate's construction crews" in answer.finding()
    assert "each cut is the GW that a limit takes off" in answer.finding()


def test_a_config_and_its_folder_give_the_same_answer(
    results: Results, capsys: pytest.CaptureFixture[str]
) -> None:
    from_folder = explain(results, "oracle", 2027)
    assert explain("six", "oracle", 2027, worlds=WORLDS, seed=1).document() == from_folder.document()
    with pytest.raises(SystemExit) as left:
        main(["explain", str(results.folder), "--firm", "oracle", "--year", "2027", "--json"])
    assert left.value.code in (None, 0)
    assert json.loads(capsys.readouterr().out) == from_folder.document()


def test_it_fits_80_columns_and_draws(answers: list[Explanation]) -> None:
    for answer in answers:
        to = Console(width=80, record=True, file=io.StringIO())
        answer.show(to)
        text = to.export_text()
        assert f"{capitalised(named(answer.firm))} in {answer.year}" in text
        assert answer.finding().split(":")[0] in " ".join(text.split())
        assert isinstance(answer.draw(), Picture)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--firm", "oracel", "--year", "2027"], "there is no firm 'oracel'; did you mean 'oracle'?"),
        (["--firm", "oracle", "--year", "2024"], "there is no year 2024: use 2025 to 2030"),
        (["--firm", "oracle", "--year", "x"], "--year: 'x' is not a whole number"),
        (["--firm", "oracle", "--year", "2027", "--world", "40"], "no world 40: use a whole number from 0"),
        (
            ["--firm", "oracle", "--year", "2027", "--world", "mean"],
            "there is no world 'mean': use a whole number",
        ),
        (["--firm", "oracle", "--year", "2027", "--seed", "2"], "is a results folder and runs nothing"),
    ],
)
def test_a_mistake_is_told_and_exits_with_2(
    results: Results, capsys: pytest.CaptureFixture[str], asked: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["explain", str(results.folder), *asked])
    assert left.value.code == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_folder_without_the_log_says_which_level_has_it(tmp_path: Path) -> None:
    few = run("six", worlds=2, out=tmp_path / "few", keep="flows", against=False)
    with pytest.raises(UserError, match='has no decisions: run it with `keep="all"`'):
        explain(str(few.folder), "oracle", 2027)


LATE = """
name: late
asks: What if SoftBank came later?
extends: six
cut: [[softbank, stargate, equity]]
edges: [[softbank, stargate, equity, 2027]]
"""
ALONE = """
name: alone
asks: What if there were no Stargate?
extends: six
cut:
- [stargate, openai, capacity]
- [oracle, stargate, build]
- [softbank, stargate, equity]
- [openai, stargate, equity]
- [oracle, stargate, equity]
- [mgx, stargate, equity]
"""


def printed(answer: Explanation) -> str:
    to = Console(width=80, record=True, file=io.StringIO())
    answer.show(to)
    return " ".join(to.export_text().split())


def test_ties_that_open_during_the_run_are_told_from_then_on(tmp_path: Path) -> None:
    results = run("end_of_2022", worlds=40, seed=1, out=tmp_path / "run", against=False)
    for place, firm in enumerate([*results.firms, "stargate"]):
        for year in results.years[place % 4 :: 4]:
            answer = explain(results, firm, year)
            text = printed(answer)
            assert "Stargate's new sites" in text
            json.dumps(answer.document(), allow_nan=False)
            empty = not any(sentence.part == "decided" for sentence in answer.story)
            assert empty == ("What it decided" not in text)
    assert not any(s.part == "decided" for s in explain(results, "mgx", 2023).story)


def test_a_sponsor_holds_nothing_before_its_tie(tmp_path: Path) -> None:
    (tmp_path / "late.yaml").write_text(LATE)
    results = run(tmp_path / "late.yaml", worlds=40, seed=1, out=tmp_path / "run", against=False)
    for firm in ("stargate", "softbank"):
        venture = explain(results, firm, 2026).venture
        held = venture[venture["cause"] == "softbank/ticket_stargate/loan_to_value"].set_index("year")
        assert (held.loc[:2026, ["share", "cut"]] == 0).all(axis=None)
        assert (held.loc[2027:, "cut"] > 0).all()
        assert (held.loc[2027:, "share"] > 0).any()  # a later limit of the chain may have bound instead
        assert venture.groupby("year")["share"].sum().to_numpy() == pytest.approx(1)
    offered = Log(results).bound("softbank", "ticket_stargate").notna()
    assert not offered.loc[:, :2026].any(axis=None)
    assert offered.loc[:, 2027:].all(axis=None)
    text = printed(explain(results, "softbank", 2026))
    assert "equity offered to Stargate pledged share of the round - - " in text
    assert "Equity offered to Stargate" not in text


def test_a_stargate_tied_to_nothing_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "alone.yaml").write_text(ALONE)
    answer = explain(tmp_path / "alone.yaml", "stargate", 2026, worlds=5)
    assert "Nothing is tied to Stargate" in answer.finding()
    text = printed(answer)
    assert "0.00 GW" not in text
    assert "What it decided" not in text
    assert "% of 5 worlds" not in text


def test_worlds_none_of_which_is_finite_are_told_by_name(tmp_path: Path) -> None:
    folder = run("six", worlds=2, out=tmp_path / "run", against=False).folder
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "left_out": {"odd": [[0, 1]]}}))
    with pytest.raises(UserError, match="no world is left of 2: odd"):
        explain(str(folder), "oracle", 2027)


def test_the_picture_has_every_cause_and_tells_them_apart(answers: list[Explanation]) -> None:
    answer = next(answer for answer in answers if answer.firm == "stargate")
    often = answer.venture.groupby("cause")["share"].max()
    ten = pd.concat(
        [answer.venture.assign(cause=f"stargate/sites/cause_{i}", share=0.1) for i in range(10)]
    ).drop_duplicates(["cause", "year"])
    for venture, causes in ((answer.venture, (often >= SEEN).sum()), (ten, 10)):
        option = dataclasses.replace(answer, venture=venture).draw().option
        bars = {series["name"]: series["color"] for series in option["series"] if series["xAxisIndex"] == 0}
        assert len(set(bars.values())) == len(bars) == causes
        assert option["legend"][0]["data"] == list(bars)


def test_a_limit_has_one_colour_in_every_panel(answers: list[Explanation]) -> None:
    for picture in (answer.draw() for answer in answers):
        drawn = picture.option.get("series", [])
        names = {series["name"] for series in drawn}
        assert len({(series["name"], series["color"]) for series in drawn}) == len(names)
        assert bool(names) != bool(picture.missing)


def test_who_buys_into_a_lab_that_cannot_pay_is_told_of_both_and_an_outcome_asks_for_it(
    tmp_path: Path,
) -> None:
    settings = {"shocks.demand_fall.size": 1, "shocks.sentiment_fall.size": 0.6}
    results = run("six", worlds=20, seed=1, set=settings, out=tmp_path / "run", against=False)
    price, part = (results.outcome(o) for o in ("flow(acquisition, any, openai)", "openai.acquired"))
    assert ((price[2028] > 0) == (part[2028] > 0)).all()
    world = int(np.argmax(part[2028]))
    told = printed(explain(results, "openai", 2028, world=world))
    assert "Shares sold to other firms to pay unpaid bills: $" in told
    assert "shares bought because it could not pay from Microsoft $" in told
    assert "shares bought because it could not pay to OpenAI $" in printed(
        explain(results, "microsoft", 2028, world=world)
    )
