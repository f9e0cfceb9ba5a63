"""A scenario over another start, and years that are counted from a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeshift.experiments.config.load import load
from computeshift.experiments.config.source import names, own_layer
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.measure import measure
from tests.experiments.conftest import Write

STARTS = ("six", "end_of_2022", "end_of_2023", "baseline", "today")
OF_TODAY = ("contract_breaks", "early_listing", "state_backstop")
SCENARIOS = tuple(name for name in names() if name not in STARTS)


@pytest.mark.parametrize("start", STARTS[1:])
def test_every_shipped_scenario_runs_on_every_start(start: str) -> None:
    first = load(start).start
    for name in SCENARIOS:
        if name == "multi_cloud":
            continue  # its firms are there
        if name in OF_TODAY and start != "today":
            continue  # they are about what was signed by then
        config = load(name, {"worlds": 1, "until": first + 2}, base=start)
        own = own_layer(Path("experiments/config/presets", f"{name}.yaml")).tree
        assert {config.shocks[shock].year for shock in own.get("shocks", {})} <= {first + 2}
        table = measure(config, lambda record: record.outcome_or_empty("openai_revenue")).table
        assert table[first + 2].notna().all(), name


def test_over_its_own_start_a_scenario_is_as_without_base() -> None:
    assert load("demand_winter", base="baseline") == load("demand_winter")
    assert load("circular_money", base="six") == load("circular_money")
    assert load("end_of_2023", base="end_of_2023") == load("end_of_2023")


def test_a_scenario_takes_from_the_other_start_all_that_it_does_not_say(write: Write) -> None:
    write("extends: toy.yaml\nservices: {elasticity: 0.7}\nuntil: 2032\n", "scenario.yaml")
    write("extends: scenario.yaml\nfirms: {openai: {cash: 4}}\n", "further.yaml")
    write("extends: toy.yaml\nstart: 2023\nseed: 9\nfirms: {softbank: {strategy: prudent}}\n", "early.yaml")
    config = load("further.yaml", base="early.yaml")
    assert config.name == "further on early"
    assert (config.start, config.until, config.seed) == (2023, 2032, 9)
    assert config.firms["softbank"].strategy == "prudent"
    assert config.services["elasticity"].central == 0.7
    assert config.firms["openai"].parameters["cash"].central == 4
    changed = load("further.yaml", {"openai.cash": 5}, base="early.yaml")
    assert changed.label == "further on early, 1 change"


def test_years_are_counted_from_the_start_that_the_config_has_in_the_end(write: Write) -> None:
    tie = "edges: [[softbank, openai, equity, +3]]"
    shock = 'shocks: {credit_crunch: {year: +1, until: "+2", size: 30}}'
    write(f"extends: toy.yaml\nuntil: +4\n{shock}\n{tie}\n")
    write("extends: toy.yaml\nstart: 2022\n", "early.yaml")
    for base, start in ((None, 2024), ("early.yaml", 2022)):
        config = load("mine.yaml", base=base)
        crunch = config.shocks["credit_crunch"]
        assert (config.until, crunch.year, crunch.until) == (start + 4, start + 1, start + 2)
        assert ("softbank", "openai", "equity", start + 3) in config.edges
    assert (
        load("toy.yaml", {"shocks.credit_crunch.year": "+2", "openai.cash": "+2"}).shocks["credit_crunch"]
        == load("toy.yaml", {"shocks.credit_crunch.year": 2026}).shocks["credit_crunch"]
    )


@pytest.mark.parametrize(
    ("config", "base", "message"),
    [
        (
            "mine.yaml",
            "short.yaml",
            "mine.yaml:3: shocks.credit_crunch.year: it can't begin in 2028: ",
        ),
        ("toy.yaml", "short.yaml", "toy.yaml:3: start: toy is a start itself, it can't be laid over short"),
        ("no_fund.yaml", "no_fund.yaml", None),
        (
            "fall.yaml",
            "no_fund.yaml",
            "fall.yaml:2: shocks.nav_fall: it changes nothing: there is",
        ),
        ("gone.yaml", "no_fund.yaml", "gone.yaml:2: firms.softbank: there is no 'softbank' to take out"),
        ("mine.yaml", "shrot.yaml", "`base`: shrot.yaml: there is no such file"),
        ("mine.yaml", "end_of_2O23", "`base`: there is no config 'end_of_2O23'; did you mean 'end_of_2023'?"),
        ("mine.yaml", 1024, "`base`: 1024 is no config: name one"),
        (
            "multi_cloud",
            "baseline",
            "`base`: multi_cloud adds google as cloud, and baseline has it as cloud and investor and lab; "
            "lay multi_cloud over a start without that firm, such as six",
        ),
    ],
)
def test_what_does_not_fit_the_other_start_is_named_where_it_stands(
    write: Write, config: str, base: str, message: str | None
) -> None:
    write("extends: toy.yaml\nshocks:\n  credit_crunch: {year: +4, until: null, size: 30}\n")
    write("extends: toy.yaml\nuntil: 2027\nstart: 2024\n", "short.yaml")
    write("extends: toy.yaml\nstart: 2024\nfirms: {softbank: null}\n", "no_fund.yaml")
    write("extends: toy.yaml\nshocks: {nav_fall: {year: +1, size: 0.5}}\n", "fall.yaml")
    write("extends: toy.yaml\nfirms: {softbank: null}\n", "gone.yaml")
    if message is None:
        load(config, base=base)
        return
    with pytest.raises(UserError) as wrong:
        load(config, base=base)
    assert message in str(wrong.value)


def test_a_config_that_is_loaded_has_its_start() -> None:
    with pytest.raises(UserError, match="`base`: no_mgx is loaded, it has its start; give its name or file"):
        load(load("no_mgx"), base="end_of_2023")
