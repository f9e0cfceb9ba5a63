"""Levers: all of them are pulled, each alone; what moves an outcome by enough is said to move it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.agents.softbank import Vision
from computeshift.agents.strategy import strategies_of, strategy
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.levers.headline import headlines
from computeshift.experiments.questions.levers.lever import levers_of, too_late
from computeshift.experiments.questions.levers.levers import Levers, effects_of, levers
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.run.run import run
from tests.experiments.folders import without_glossary

WORLDS = 40


@pytest.fixture(scope="module")
def twin() -> Iterator[str]:
    """A user's strategy that plays as the six's does."""

    @strategy("softbank", "twin")
    class Twin(Vision):
        """The same."""

    yield "twin"
    del strategies_of("softbank")["twin"]


@pytest.fixture(scope="module")
def six(twin: str) -> Levers:
    return levers("six", worlds=WORLDS, set={"until": 2027})


def test_levers_are_every_other_strategy_and_every_kind_of_shock(twin: str) -> None:
    config = load("six")
    pulled = levers_of(config)
    settings = [lever.setting for lever in pulled]
    assert len(set(settings)) == len(settings)
    assert f"softbank.strategy={twin}" in settings
    for name, firm in config.firms.items():
        own = [lever.value for lever in pulled if lever.kind == "strategy" and lever.owner == name]
        assert own == [known for known in strategies_of(firm.kind) if known != firm.strategy]
    assert {lever.owner for lever in pulled if lever.kind == "shock"} == SHOCKS.keys()
    dated = [name for name, deal in config.deals.items() if deal.kind == "notes"]
    assert dated
    assert [lever.owner for lever in pulled if lever.kind == "deal"] == [
        name for name in config.deals if name not in dated
    ]


def test_a_firm_of_several_roles_changes_its_strategy_in_one_of_them() -> None:
    config = load("baseline", {"meta.strategy": "build+race"})
    own = {lever.value for lever in levers_of(config) if (lever.kind, lever.owner) == ("strategy", "meta")}
    clouds, labs = (strategies_of(kind) for kind in ("cloud", "lab"))
    assert own == {
        *(f"{cloud}+race" for cloud in clouds if cloud != "build"),
        *(f"build+{lab}" for lab in labs if lab != "race"),
    }


def test_a_lever_is_the_config_with_its_setting() -> None:
    for lever in levers_of(load("six")):
        settings = dict(one.split("=") for one in lever.setting.split())
        assert lever.config.hash == load("six", settings).hash, lever.setting


def test_firms_that_share_a_strategy_also_play_it_together_and_count_once() -> None:
    pulled = levers_of(load("baseline", {"amazon.strategy": "build+default"}))
    (build,) = (one for one in pulled if (one.kind, one.value) == ("role", "build"))
    assert build.owner == "cloud"
    assert "amazon" not in build.setting  # it builds anyway
    assert {"china_cloud.strategy=build", "meta.strategy=build+default"} <= {*build.setting.split()}
    alone = [one for one in pulled if one.kind == "strategy" and one.counted_as == build.counted_as]
    assert [one.setting for one in alone] == build.setting.split()
    assert {one.owner for one in pulled if one.kind == "role"} == {"cloud", "lab", "lender"}
    named = [one.counted_as for one in pulled if one.owner in ("openai", "oracle", "microsoft")]
    assert len({*named}) == len(named) == 9


def test_a_deal_that_claims_of_the_config_speak_of_is_a_lever_too() -> None:
    today = load("today")
    (gone,) = (one for one in levers_of(today) if one.owner == "oracle_300")
    assert set(today.claims) - set(gone.config.claims) == {"oracle_contract_kept"}
    assert "oracle_300" not in gone.config.deals


def test_a_shock_that_is_on_is_switched_off() -> None:
    (off,) = (one for one in levers_of(load("credit_crunch", base="six")) if one.owner == "credit_crunch")
    assert off.setting == "shocks.credit_crunch.size=0"
    assert off.config.hash == load("six").hash


def test_a_shock_that_begins_after_the_last_year_is_left_out() -> None:
    config = load("six", {"until": 2025})
    assert too_late(config) == list(config.shocks)
    assert {lever.kind for lever in levers_of(config)} == {"strategy", "role", "deal"}


def test_there_are_eight_headlines_and_each_is_an_outcome() -> None:
    assert len(headlines()) == 8
    assert {headline.outcome for headline in headlines().values()} <= OUTCOMES.keys()


def test_a_lever_moves_by_a_tenth_of_the_width_with_an_interval_off_zero() -> None:
    draws = np.random.default_rng(3)
    first = pd.DataFrame({name: draws.normal(size=400) for name in ("far", "near", "unsure", "same")})
    width = first.quantile(0.9) - first.quantile(0.1)
    noise = pd.DataFrame({"far": 0.1, "near": 0.1, "unsure": 40.0, "same": 0.0}, index=first.index)
    shift = pd.Series({"far": -0.11, "near": 0.09, "unsure": 0.5, "same": 0.0}) * width
    scatter = noise * draws.normal(size=first.shape)
    found = effects_of(first, first + shift + scatter - scatter.mean(), width).set_index("outcome")
    assert found["part"].to_numpy() == pytest.approx([-0.11, 0.09, 0.5, 0.0])
    assert found["moves"].to_dict() == {"far": True, "near": False, "unsure": False, "same": False}
    assert found["worlds"]["unsure"] > 0.9  # it moves nearly every world, some up and some down
    assert found["worlds"]["same"] == 0


def test_where_worlds_do_not_differ_nothing_is_a_part_of_their_width() -> None:
    first = pd.DataFrame({"flat": np.ones(50)})
    found = effects_of(first, first + 1, pd.Series({"flat": 0.0}))
    assert found["part"].isna().all()
    assert not found["moves"].any()


def test_a_strategy_that_changes_nothing_moves_nothing_and_stands_last(six: Levers, twin: str) -> None:
    own = six.effects[six.effects["setting"] == f"softbank.strategy={twin}"]
    assert (own["difference"] == 0).all()
    assert not own["moves"].any()
    assert "SoftBank twin" in six.finding.partition("Without effect:")[2]


def test_the_table_says_of_each_lever_how_much_it_moves(six: Levers) -> None:
    table, effects = six.levers, six.effects
    assert len(effects) == len(table) * len(headlines())
    assert (table["moves"].diff().dropna() <= 0).all()
    moves = effects.groupby("setting")["moves"].sum()
    assert table.set_index("setting")["moves"].sort_index().to_dict() == moves.sort_index().to_dict()
    assert (effects["part"].abs() >= 0.1)[effects["moves"]].all()
    assert table["verdict"].eq("none").equals(table["moves"] == 0)
    away = effects[(effects["setting"] == "softbank.strategy=exit")].set_index("outcome")
    assert away["difference"]["softbank_ltv_peak"] < 0
    assert away["moves"]["softbank_ltv_peak"]


def test_each_strategy_moves_its_own_firm(six: Levers, twin: str) -> None:
    own = six.own.set_index("setting")
    firms = six.levers[six.levers["kind"] == "strategy"]
    assert {*own.index} == {*firms["setting"]}
    assert own["outcome"]["deepseek.strategy=niche"] == "deepseek.capacity_gw"
    assert own["outcome"]["banks.strategy=strict"] == "banks.lent"
    assert own["part"]["banks.strategy=strict"] < -0.1
    assert own["part"]["rival_lab.strategy=race"] > 0.1
    assert not own["moves"][f"softbank.strategy={twin}"]
    alone = repr(six).partition("These strategies move their own firm alone:")[2]
    told = " ".join(alone.partition("Effect of each lever")[0].split())  # as one line
    assert "DeepSeek niche (GW in use -" in told


def test_the_picture_has_a_column_for_the_firm_whose_strategy_it_is(six: Levers) -> None:
    option = six.draw().option
    assert option["xAxis"]["data"][-1] == "its own firm"
    last = [cell for cell in option["series"][0]["data"] if cell["value"][0] == len(six.outcomes)]
    assert len(last) == len(six.own)
    (niche,) = (cell for cell in last if "DeepSeek niche" in cell["tooltip"]["formatter"])
    assert option["yAxis"]["data"][niche["value"][1]] == "DeepSeek niche"
    assert niche["value"][2] < -0.1


def test_a_role_moves_something_if_it_does_together(six: Levers) -> None:
    strict = six.levers[six.levers["counted_as"] == "lender strict"]
    assert {*strict["kind"]} == {"strategy", "role"}
    assert strict["moves"][strict["kind"] == "role"].item() > 0
    assert "strict" not in six.finding.partition("Without effect:")[2]
    strategies = six.levers[six.levers["kind"].isin(["strategy", "role"])]["counted_as"].nunique()
    assert f" of {strategies} strategies, " in six.finding


def test_outcomes_that_a_market_lacks_are_named_and_own_ones_are_there(tmp_path: Path) -> None:
    config = tmp_path / "without.yaml"
    config.write_text(
        "asks: Without it?\nextends: six\nuntil: 2026\nfirms: {softbank: null}\n"
        "outcomes: {owed: oracle.debt}\n",
        encoding="utf-8",
    )
    answer = levers(config, worlds=WORLDS, outcomes=["oracle.debt in 2026"])
    assert answer.missing == ["softbank_ltv_peak"]
    same = answer.effects.pivot(index="setting", columns="outcome", values="difference")
    assert same["owed"].equals(same["oracle.debt in 2026"].rename("owed"))
    assert "Not in this market: softbank_ltv_peak." in repr(answer)
    assert not answer.levers["owner"].eq("softbank").any()


def test_a_results_folder_and_a_config_without_levers_are_refused(tmp_path: Path) -> None:
    run("six", worlds=1, out=tmp_path / "run")
    with pytest.raises(UserError, match="is a results folder: levers plays every change"):
        levers(tmp_path / "run")
    market = load("six", {"until": 2025})
    lone = {name: firm for name, firm in market.firms.items() if len(strategies_of(firm.kind)) == 1}
    with pytest.raises(UserError, match="has no levers"):
        levers(market.model_copy(update={"firms": lone, "edges": (), "deals": {}}))


def test_its_tables_say_what_their_columns_are(six: Levers) -> None:
    assert without_glossary(six) == []
