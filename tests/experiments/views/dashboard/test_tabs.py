"""Runs and what shows them: runs that are cancelled, pictures of every tab, numbers on top, one world."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.engine import RECENT, Ahead, Cancelled, Engine, Job
from computeshift.experiments.views.dashboard.headline import figures, headline
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.stepping import Stepping
from computeshift.experiments.views.dashboard.tabs import STEP, TABS, Runs
from computeshift.experiments.views.dashboard.variables import meanings
from computeshift.experiments.views.dashboard.world import OneWorld
from computeshift.experiments.views.dashboard.world_pick import world_of
from computeshift.experiments.views.plots import amounts


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    class Impatient(Job):
        def progress(self, done: int, worlds: int) -> None:
            self.cancelled = done > 0
            super().progress(done, worlds)

    engine = Engine(tmp_path / "runs")
    with pytest.raises(Cancelled):
        engine.run(Impatient(cs.load("six", {"worlds": 3000})))
    assert list((tmp_path / "runs").iterdir()) == []


def test_recent_runs_are_not_repeated(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    configs = [cs.load("six", {"worlds": 10, "seed": seed}) for seed in range(RECENT + 1)]
    first = engine.run(Job(configs[0]))
    assert engine.run(Job(configs[0])) is first
    for config in configs[1:]:
        engine.run(Job(config))
    assert len(list(tmp_path.iterdir())) == RECENT
    again = engine.run(Job(configs[0]))
    assert again is not first


def test_a_run_of_a_page_is_that_of_the_command_line_without_waiting_for_the_disk(
    tmp_path: Path, six: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(file: int) -> None:
        raise AssertionError("a page's folder does not outlast it")

    monkeypatch.setattr(os, "fsync", waits)
    own = Engine(tmp_path).run(Job(cs.load("six", {"worlds": 40}), whole=False))
    pd.testing.assert_frame_equal(own.agents, six.agents)


def test_pages_share_the_run_that_was_begun_ahead_of_them(tmp_path: Path) -> None:
    config = cs.load("six", {"worlds": 10})
    ahead = Ahead(config, tmp_path / "first")
    one, other = (Engine(tmp_path / name, ahead) for name in ("one", "other"))
    assert one.run(Job(config, whole=False)) is other.run(Job(config, whole=False)) is ahead.results()
    assert one.run(Job(config)) is not ahead.results()  # a whole run has more
    assert other.run(Job(cs.load(config, {"seed": 2}), whole=False)).manifest.seed == 2
    ahead.close()


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("paired", [False, True])
def test_every_tab_has_its_pictures(six: Results, crunch: Results, tab: str, paired: bool) -> None:
    runs, selection = Runs(six, crunch if paired else None), Selection(tab=tab, year=2027)
    pictures = TABS[tab].pictures(runs, selection)
    assert list(pictures) == list(TABS[tab].makers)
    assert not any(picture.missing for picture in pictures.values())
    less = {name: "softbank_crunch" in picture.title for name, picture in pictures.items()}
    assert less == {name: paired and name not in ("bonds", "rings") for name in pictures}


def test_the_headline_is_what_the_results_say(six: Results, crunch: Results) -> None:
    [share, *_] = figures(six)
    shares = six.shares().set_index(["supplier", "year"]).loc[("stargate", 2029), :]
    low, middle, high = 100 * shares.to_numpy(dtype=float)
    tile = f"{middle:.1f}%", f"{low:.1f} to {high:.1f}%"
    assert share.texts(2029) == tile
    assert share.texts(2040) == ("-", "")
    spent = next(f for f in figures(six, six) if f.name == "stargate_spent")
    assert spent.texts(2029) == ("$0.0 bn", "$0.0 to $0.0 bn")
    used = next(f for f in figures(crunch, six) if f.name == "openai_compute")
    both = (results.variable("openai", "used_gw")[2030] for results in (crunch, six))
    less = next(both) - next(both)
    assert used.texts(2030)[0] == f"{less.median():+.1f} GW"


def test_the_headline_is_of_the_selected_world(six: Results, crunch: Results) -> None:
    runs, burn = Runs(six, crunch), float(six.outcome("openai_burn")[2027].loc[3])

    def tile(**selection: Any) -> tuple[str, str, str]:
        headline = runs.headline(Selection(**selection))
        value, band = headline.figures[3].texts(2027)
        return value, band, headline.what

    alone = f"{'-' if burn < 0 else ''}${abs(burn):,.1f} bn"
    assert tile(tab=STEP, step_world=3) == (alone, "", "world 3: six")
    assert tile(tab="network", world=3, difference=False) == (alone, "", "world 3: six")
    assert tile(tab="shares", world=3)[2].endswith("P10 to P90: six minus softbank_crunch on six")
    assert tile(tab=STEP, step_world=999)[0] == "-"
    assert headline(six).what == "median, and P10 to P90"


def test_a_world_alone_has_the_story_of_explain(six: Results) -> None:
    alone = OneWorld(six, 7)
    assert alone.story("oracle", 2026) == cs.explain(six, "oracle", 2026, world=7).story
    assert alone.storytellers()[-1] == "stargate"
    with pytest.raises(UserError, match="there is no world 40: use 0 to 39"):
        OneWorld(six, 40)


def test_fans_are_offered_of_all_that_is_logged_and_each_can_be_drawn(tmp_path: Path, six: Results) -> None:
    summary = cs.run("six", worlds=4, keep="summary", out=tmp_path / "summary")
    offered = meanings(six)
    assert offered["softbank.debt"] == "SoftBank debt: debt at the end of the year ($ bn, softbank.debt)"
    assert offered["rent"].startswith("The market, rent: what labs and tenants pay, mean of all contracts (")
    assert {"openai.used_gw", "stargate.gw", "stargate_share"} <= set(offered)
    assert set(meanings(summary)) < set(offered)
    for results in (six, summary):
        for name in meanings(results):
            assert TABS["fans"].makers["fan"](Runs(results), Selection(outcome=name)).table.shape[1] > 1


def test_pictures_that_a_summary_lacks_say_how_to_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(cs.run("six", worlds=4, keep="summary", out=tmp_path / "summary"))
    selection = Selection(year=2027)
    network = TABS["network"].pictures(runs, selection)["network"]
    assert network.missing == 'six has no flows: run it with `keep="flows"`'
    step = Stepping.make(runs, replace(selection, step_world=1))
    assert step.picture.missing == 'six has no log of decisions: run it with `keep="all"`'
    monkeypatch.setattr(amounts, "MANY", 3)
    for name, tab in TABS.items():
        pictures = tab.pictures(Runs(runs.results), selection).values()
        missing = [picture.missing for picture in pictures if picture.missing]
        assert missing or name == "claims"
        for reason in missing:
            assert reason.startswith("a run of more than 3 worlds keeps a summary: use fewer worlds, ")


def test_a_world_is_typed_as_a_number_or_as_what_it_is(six: Results) -> None:
    assert world_of("17", six.config) == 17
    assert world_of("highest openai_burn", six.config) == "highest openai_burn"
    for text, told in (
        ("median", "'median' is of all worlds: type the number of one, or what it is"),
        ("p90", "'p90' is of all worlds"),
        ("40", "there is no world 40: use 0 to 39"),
        ("typicl", "there is no world 'typicl'.*did you mean 'typical'"),
    ):
        with pytest.raises(UserError, match=told):
            world_of(text, six.config)
    for quantile in ("median", "p90"):
        with pytest.raises(
            UserError, match=f"'{quantile}' is of all worlds, and this is of one: use 0 to 39"
        ):
            Stepping.make(Runs(six), Selection(step_world=quantile))


def test_the_year_of_dots_stays_selected_where_another_form_has_all_years(six: Results) -> None:
    dots, band = (
        TABS["fans"].makers["fan"](Runs(six), Selection(outcome="openai_burn", form=form, year=2028))
        for form in ("dots", "band")
    )
    assert dots.title.endswith(", 2028")
    assert {*six.years} <= {*band.table["year"]}


def test_a_mistake_in_a_link_takes_the_place_of_its_picture(six: Results) -> None:
    selection = Selection(tab="money", year=2027, world=999)
    pictures = TABS["money"].pictures(Runs(six), selection)
    assert pictures["flows"].missing.startswith("there is no world 999")
    assert not pictures["treasury"].missing
