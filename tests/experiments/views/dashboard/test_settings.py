"""The query: as a link, as a saved config, as fields."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import computeshift as cs
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.source import names
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard import knobs
from computeshift.experiments.views.dashboard.config_file import config_text
from computeshift.experiments.views.dashboard.query import Query, from_link
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.selection import from_link as shown_in
from tests.experiments.folders import change, posterior

SETTINGS = {
    "softbank.strategy": "prudent",
    "services.elasticity": "0.8",
    "shocks.credit_crunch.size": "250",
    "shocks.credit_crunch.until": "2029",
    "openai.runway": "2",
    "worlds": "50",
    "seed": "3",
    "until": "2028",
}
words = st.text(st.characters(codec="utf-8"), min_size=1)


@settings(deadline=None)
@given(words, st.dictionaries(words.map(lambda word: f"a.{word}"), words), st.one_of(st.just(""), words))
def test_a_link_brings_back_query_and_selection(config: str, changes: dict[str, str], against: str) -> None:
    query = Query(config, changes, against)
    numbers = frozenset({"flows", "ltv"})
    inputs = {"hurts": "oracle", "outcome": "openai.burn in 2028 = 1 & 2, 3", "holds": ""}
    selection = Selection("money", 2027, 3, False, "a", "b.c", "d", 5, 2026, "e", "breaks", inputs, numbers)
    selection.story, selection.card = "f", "g"
    selection.form, selection.step_world = "dots", "openai gives compute back"
    pairs = parse_qsl(query.link(**selection.link()), keep_blank_values=True)
    found, parts = from_link(pairs, Query("six"))
    assert found == query
    assert shown_in(parts, ("money",)) == selection


@pytest.mark.parametrize("name", ["six", "multi_cloud", "demand_winter", "end_of_2022"])
def test_a_saved_config_is_the_same_to_the_last_number(tmp_path: Path, name: str) -> None:
    changes = SETTINGS if name != "end_of_2022" else {"until": "2025", "services.elasticity": "1"}
    scenarios, query, file = Scenarios(), Query(name, changes), tmp_path / "mine.yaml"
    file.write_text(config_text(query, scenarios), encoding="utf-8")
    as_file, as_asked = cs.load(file), scenarios.config(query)
    assert as_file.hash == as_asked.hash == cs.load(name, changes).hash
    assert as_file.worlds == as_asked.worlds


def test_what_the_command_line_named_is_saved_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, six: Results
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    (here / "own.yaml").write_text("extends: no_mgx\nworlds: 5000\nservices: {elasticity: 1.3}\n", "utf-8")
    monkeypatch.chdir(elsewhere)
    for named in (here / "own.yaml", six.folder):
        scenarios = Scenarios(str(named))
        query = scenarios.default.with_settings({"seed": "2"})
        file = elsewhere / "mine.yaml"
        file.write_text(config_text(query, scenarios), encoding="utf-8")
        assert cs.load(file).hash == scenarios.config(query).hash
        assert cs.load(file).worlds == min(scenarios.base(query.config).worlds, 1000)


def test_a_folder_of_many_worlds_is_shown_and_saved_with_all_of_them(six: Results) -> None:
    scenarios = Scenarios(str(six.folder))
    results = scenarios.results
    assert results
    scenarios._add(scenarios.default.config, cs.load(results.config, {"worlds": 3000}))
    query = scenarios.first(scenarios.default.config)
    assert scenarios.stored(query) is results
    assert "worlds: 3000\n" in config_text(query, scenarios)


def test_a_fork_is_named_and_not_saved_as_if_it_were_its_config(tmp_path: Path, six: Results) -> None:
    fork = cs.run(six.config, fork=six.folder, at=2027, out=tmp_path / "fork")
    scenarios = Scenarios(str(fork.folder))
    assert scenarios.origin(scenarios.default) == "forked from six at 2027"
    with pytest.raises(UserError, match="this folder is forked from six at 2027"):
        config_text(scenarios.default, scenarios)
    changed = scenarios.default.with_settings({"seed": "2"})
    assert scenarios.origin(changed).startswith("from the config's own draws, not forked")
    assert "seed: 2\n" in config_text(changed, scenarios)


def test_a_run_from_a_posterior_is_named_and_not_saved_as_if_it_were_its_config(six: Results) -> None:
    scenarios = Scenarios(str(six.folder))
    assert scenarios.results
    change(scenarios.results, posterior=posterior("f"))
    assert scenarios.origin(scenarios.default) == "drawn from f.parquet"
    with pytest.raises(UserError, match="this folder is drawn from f"):
        config_text(scenarios.default, scenarios)
    against = replace(scenarios.default, against="no_mgx")
    with pytest.raises(UserError, match=r"are drawn from f.parquet, those of no_mgx are not; use compare"):
        scenarios.other(against, scenarios.config(against))
    changed = against.with_settings({"seed": "2"})  # no longer the folder's worlds
    assert scenarios.other(changed, scenarios.config(changed)).seed == 2


def test_a_folder_or_file_named_like_a_config_does_not_hide_it(tmp_path: Path, six: Results) -> None:
    file = tmp_path / "six.yaml"
    file.write_text("extends: no_mgx\n", encoding="utf-8")
    for named, name in ((file, "file: six"), (six.folder, "folder: six")):
        scenarios = Scenarios(str(named))
        assert scenarios.default.config == scenarios.names[0] == name
        assert scenarios.base("six").hash == cs.load("six").hash


def test_it_opens_with_today_beside_the_sources_world_of_early_2025() -> None:
    scenarios = Scenarios()
    assert scenarios.default.config == "today"
    assert [scenarios.label(name) for name in scenarios.names[:2]] == ["today", "early 2025 (baseline)"]
    assert sorted(scenarios.names) == sorted(names())
    assert Scenarios("baseline").default.config == "baseline"


def test_a_folder_is_shown_until_something_is_changed(six: Results) -> None:
    scenarios = Scenarios(str(six.folder))
    stored = scenarios.stored(scenarios.default)
    assert stored is not None
    assert stored.folder == six.folder
    assert scenarios.stored(scenarios.default.with_settings({"seed": "2"})) is None


def test_the_name_counts_what_is_changed_and_nothing_else() -> None:
    scenarios = Scenarios()

    def name(config: str, **settings: str) -> str:
        changes = {key.replace("__", "."): text for key, text in settings.items()}
        return scenarios.config(Query(config, changes)).label

    assert name("six", worlds="50", seed="3", until="2028") == "six"
    assert name("six", softbank__strategy="vision") == "six"
    assert name("softbank_allin", softbank__strategy="prudent") == "softbank_allin, 1 change"
    assert name("softbank_crunch", shocks__nav_fall__size="0.5") == "softbank_crunch"
    two = name("six", services__elasticity="1.1", shocks__nav_fall__size="0.5")
    assert two == "six, 2 changes"  # a number that was drawn is fixed at its middle


def test_a_scenario_sets_what_it_sets_and_leaves_the_rest(tmp_path: Path) -> None:
    changes = {"softbank.strategy": "prudent", "shocks.nav_fall.probability": "0.3", "seed": "7"}
    (tmp_path / "few.yaml").write_text("extends: softbank_allin\nworlds: 30\n", "utf-8")
    scenarios = Scenarios(str(tmp_path / "few.yaml"))
    query = replace(scenarios.first("six").with_settings(changes), against="no_mgx")

    def chosen(name: str, query: Query = query) -> dict[str, str]:
        after = scenarios.choose(name, query)
        assert (after.config, after.against) == (name, "no_mgx")
        return dict(after.settings)

    assert chosen("no_mgx") == query.settings
    assert chosen("softbank_allin") == {k: v for k, v in query.settings.items() if k != "softbank.strategy"}
    assert chosen("softbank_crunch") == {"softbank.strategy": "prudent", "seed": "7"}
    assert chosen("few") == {"shocks.nav_fall.probability": "0.3", "seed": "7"}  # as many worlds as it has
    back = replace(query, config="softbank_allin")
    assert "softbank.strategy" not in chosen("six", back)  # what differed between both is as it says
    assert chosen("six", replace(query, config="nowhere")) == {}


def test_a_saved_config_says_what_is_changed() -> None:
    query = Query("softbank_allin", {"softbank.strategy": "prudent"})
    line = 'asks: "softbank_allin, 1 change: SoftBank\'s strategy: prudent (instead of allin)"\n'
    assert line in config_text(query, Scenarios())


def test_a_link_reaches_no_file(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("extends: six\n", encoding="utf-8")
    with pytest.raises(UserError, match="there is no config"):
        Scenarios().config(Query(str(file)))


def test_scenarios_of_different_starts_are_not_held_against_each_other() -> None:
    scenarios = Scenarios()
    with pytest.raises(UserError, match="end_of_2022 starts in 2022, six in 2024"):
        scenarios.other(Query("six", against="end_of_2022"), scenarios.base("six"))


def test_every_knob_is_there_and_every_shock_can_be_switched_on() -> None:
    config = cs.load("six")
    assert set(knobs.MAIN) <= set(knobs.knobs(config))
    switches = knobs.switches(config)
    assert {switch.name for switch in switches} == set(SHOCKS)
    assert not any(switch.on for switch in switches)
    on = cs.load(config, {switch.key("size"): switch.size for switch in switches})
    assert all(switch.on for switch in knobs.switches(on))


def test_numbers_are_found_by_name_meaning_unit_and_source() -> None:
    config = cs.load("six")
    assert [knob.key for knob in knobs.search(config, "softbank ltv_limit")] == ["softbank.ltv_limit"]
    assert "frontier.price_trend" in [k.key for k in knobs.search(config, "token_price_decline_factor")]
    assert [knob.key for knob in knobs.search(config, "nobody funds ahead")] == ["capital.window"]
    assert knobs.search(config, "no such thing") == []
