"""What is put on the page: words that came from a config are words, whatever they say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from nicegui import Client, ui

import computeshift as cs
from computeshift.experiments.questions.evidence.measures import measure, shipped
from computeshift.experiments.questions.evidence.scored import GROUPS
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.answer import Reference
from computeshift.experiments.views.dashboard.controls import Controls
from computeshift.experiments.views.dashboard.fields import Fields
from computeshift.experiments.views.dashboard.frame import Frame
from computeshift.experiments.views.dashboard.headline import Figure, Headline
from computeshift.experiments.views.dashboard.knobs import Knob
from computeshift.experiments.views.dashboard.page import Page
from computeshift.experiments.views.dashboard.query import Query
from computeshift.experiments.views.dashboard.scenarios import Scenarios
from computeshift.experiments.views.dashboard.selection import Selection
from computeshift.experiments.views.dashboard.stage import Stage
from computeshift.experiments.views.dashboard.status import Status
from computeshift.experiments.views.dashboard.tabs import TABS, Runs, Tab
from computeshift.experiments.views.dashboard.tiles import Tiles
from computeshift.experiments.views.dashboard.trust import Trust
from computeshift.experiments.views.plots import Picture
from computeshift.experiments.views.plots.picture import nothing
from computeshift.experiments.views.text.trust import headline

HOSTILE = 'x" onclick="alert(2)" :foo="alert(1)" b="'


@pytest.fixture
def client() -> Iterator[Client]:
    """A page that no browser has opened."""
    with Client(ui.page("/")) as client:
        yield client
    client.delete()


def test_a_hostile_name_stays_a_name(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Frame, "_fit", lambda frame, same_kind: None)  # asks a browser
    Fields(lambda changes: None).knob(Knob("a.b", HOSTILE, HOSTILE, 0, 1, 2, "", ""), "")
    Frame(HOSTILE, False, print).show(Picture("p", HOSTILE, "", {}, pd.DataFrame()), "six")
    props: list[dict[str, Any]] = [dict(element.props) for element in client.elements.values()]
    assert not [key for own in props for key in own if key.startswith(":") or key in ("onclick", "b")]
    labels = [own["aria-label"] for own in props if HOSTILE in str(own.get("aria-label"))]
    of_buttons = [HOSTILE, f"Numbers: {HOSTILE}", f"CSV: {HOSTILE}"]
    of_picture = [*of_buttons, f"Picture: {HOSTILE}", f"{HOSTILE}, six"]
    assert labels == [f"Source of {HOSTILE}: a.b: ", f"{HOSTILE}, {HOSTILE}", *of_picture]


def test_every_problem_of_a_row_is_shown(client: Client) -> None:
    fields = Fields(lambda changes: None)
    names = {"worlds": "Worlds", "seed": "Seed"}
    for key, name in names.items():
        fields.text(key, name, "")
    fields.messages_here(names)
    for _ in range(2):  # not shown twice
        fields.clear()
        assert fields.show_problem("worlds", "0 is too few")
        assert fields.show_problem("seed", "1.5 is no whole number")
    texts = [label.text for label in client.elements.values() if isinstance(label, ui.label)]
    assert texts == ["Worlds: 0 is too few\nSeed: 1.5 is no whole number"]


def test_a_deal_has_fields_for_its_size_and_its_break(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    years = "signed: 2026, first: 2026, last: 2028"
    deal = f"{{kind: equity, from: mgx, to: openai, {years}, amount: 1, pre_money: 9}}"
    file.write_text(f"asks: What if?\nextends: six\ndeals: {{help: {deal}}}\n", encoding="utf-8")
    scenarios, asked = Scenarios(str(file)), list[Query]()
    settings = {"deals.help.breaks.by": "mgx"}
    controls = Controls(scenarios, scenarios.default.with_settings(settings), asked.append)
    fields = {key: field for key, field in controls.fields.by_key.items() if key.startswith("deals.help.")}
    assert {key.removeprefix("deals.help."): field.value for key, field in fields.items()} == {
        **{"amount": "", "pre_money": "", "breaks.year": "", "breaks.by": "mgx"}
    }
    fields["deals.help.breaks.year"].value = "2027"
    deal_now = scenarios.config(asked[-1]).deals["help"]
    assert (deal_now.break_year, deal_now.break_by) == (2027, "mgx")


@pytest.mark.parametrize("deleted", [False, True])
def test_nothing_more_is_drawn_once_the_page_is_closed(
    deleted: bool, client: Client, six: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, drawn = Stage(Selection(tab="money"), lambda: None), list[str]()
    stage.switches.offer(Runs(six))

    def picture(tab: Tab, name: str, runs: Runs, selection: Selection) -> Picture:
        drawn.append(name)
        stage.close()
        if deleted:
            raise FileNotFoundError(runs.results.folder)
        return nothing("")

    monkeypatch.setattr(Tab, "picture", picture)
    asyncio.run(stage._paint(Runs(six), stage._turn))
    assert drawn == [next(iter(TABS["money"].makers))]


def test_an_answer_against_another_reference_is_not_shown_late(
    six: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, told = object.__new__(Page), list[str]()
    page.stage = SimpleNamespace(runs=Runs(six), selection=Selection(year=2027))  # type: ignore[assignment]
    page.opening = SimpleNamespace(show_answer=told.append)  # type: ignore[assignment]
    page._reference = Reference(six, "in six")

    def slowly(results: Results, reference: Reference, year: int) -> str:
        assert year in results.years
        page._reference = None  # meanwhile other runs have come
        return reference.words

    monkeypatch.setattr("computeshift.experiments.views.dashboard.page.answer", slowly)
    asyncio.run(page._say())
    page.stage.selection.year = 2099  # of a link whose runs are still to come
    asyncio.run(page._say())
    assert told == []


def test_the_scorecard_is_in_sight(client: Client) -> None:
    Trust()
    measures = shipped()
    (part,) = (one for one in client.elements.values() if isinstance(one, ui.expansion))
    part.value, line = True, part.text
    facts = measure(measures, way="fitted")
    assert line == headline(measures)
    assert f"{facts['covered90']:.0%} of {facts['facts']} facts" in line
    (rows,) = (one.rows for one in client.elements.values() if isinstance(one, ui.table))
    assert [row["facts about"] for row in rows] == [*GROUPS.values(), "all"]


def test_a_tile_says_whose_number_it_is(client: Client) -> None:
    bands = pd.DataFrame({"p10": [1.0], "p50": [2.0], "p90": [3.0]}, index=[2025])
    figure = Figure("openai_burn", "The rival lab's burn", "", "$ bn", False, False, bands)
    Tiles().show(Headline([figure], "median"), 2025)
    texts = [label.text for label in client.elements.values() if isinstance(label, ui.label)]
    at = texts.index("The rival lab's burn")
    assert texts[at + 1 : at + 3] == ["$2.0 bn", "$1.0 to $3.0 bn"]
    assert "OpenAI's burn" not in texts


def test_the_line_tells_one_world_and_where_it_came_from(client: Client, tmp_path: Path) -> None:
    status = Status(lambda: None, lambda: None, lambda keys: None)
    one = cs.run("six", worlds=1, until=2026, keep="agents", out=tmp_path / "one")
    status.show_runs(Runs(one), "forked from long at 2025")
    assert status.line.text == "six, 1 world, seed 1, 2025 to 2026, forked from long at 2025"


def test_a_frame_shows_why_it_has_no_picture(client: Client) -> None:
    frame = Frame("treasury", False, print)
    frame.show(nothing('six has no flows: run it with `keep="flows"`'), "six")
    assert frame.wrong.text == "six has no flows: run it with keep=flows"
    assert not frame.chart.visible
    assert frame.whose.text == ""
