"""Meanings: every shipped number says in one line what it is, wherever a user meets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from nicegui import Client, ui

from computeshift.agents import KINDS
from computeshift.agents.strategy import shipped
from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config import registry as vocabulary
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.json_schema import schema
from computeshift.experiments.config.load import load
from computeshift.experiments.config.meanings import meanings, with_meanings
from computeshift.experiments.config.names import capitalised
from computeshift.experiments.views.dashboard.fields import Fields
from computeshift.experiments.views.dashboard.knobs import knobs

LONGEST = 90
SMALL = {"a", "an", "at", "by", "for", "in", "it", "its", "of", "on", "the", "to"}
OWNERS = (*vocabulary.sections(), *(name for name, kind in KINDS.items() if shipped(kind.written)))


@pytest.fixture(scope="module")
def today() -> Config:
    """A config with every kind of firm and of deal."""
    return load("today")


@pytest.mark.parametrize("owner", OWNERS)
def test_each_parameter_of_an_owner_says_in_one_line_what_it_alone_is(owner: str) -> None:
    known = vocabulary.meanings(owner)
    assert set(known) == set(vocabulary.bounds(owner))
    assert len(set(known.values())) == len(known), "two of them have the same meaning"
    for name, meaning in known.items():
        assert 10 < len(meaning) <= LONGEST, name
        assert meaning == meaning.strip(" .\n"), name
        assert "\n" not in meaning, name
        assert not re.search(r"\$|\bGW\b", meaning), f"{name} repeats its unit"
        assert set(re.findall(r"\w+", meaning.lower())) - SMALL - set(name.split("_")), name


@pytest.mark.parametrize("name", reading.names())
def test_every_number_of_a_shipped_config_has_its_meaning(name: str) -> None:
    assert [key for key, meaning in meanings(load(name)).items() if not meaning] == []


def test_numbers_of_firms_shocks_and_deals_have_the_meaning_of_their_own_kind(today: Config) -> None:
    known = meanings(today)
    assert known["tenants.habit"] != known["services.habit"]
    assert known["google.runway"] == known["openai.runway"] == vocabulary.meanings("lab")["runway"]
    assert known["shocks.nav_fall.size"] == SHOCKS["nav_fall"].doc
    assert known["shocks.nav_fall.probability"].startswith("probability that it strikes")
    assert known["deals.aws_38.cut.share"] == DEAL_KINDS["capacity"].numbers["cut.share"].doc
    assert known["deals.meta_notes.schedule.2027"] == "what falls due in that year"


def test_json_has_them_beside_the_numbers(today: Config) -> None:
    shown = with_meanings(today)
    assert shown["services"]["habit"]["meaning"].startswith("weight of last year's market share")
    assert (
        shown["firms"]["google"]["parameters"]["runway"]["meaning"] == "period whose costs a round is to pay"
    )
    assert shown["shocks"]["nav_fall"]["size"]["meaning"] == SHOCKS["nav_fall"].doc
    assert shown["deals"]["aws_38"]["parameters"]["gw"]["meaning"] == "capacity at full size"


def test_an_editor_shows_them() -> None:
    known: dict[str, Any] = schema()
    described = {owner: known["properties"][owner]["properties"] for owner in vocabulary.sections()}
    described |= {k: known["definitions"][f"parameters of {k}"]["properties"] for k in vocabulary.kinds()}
    for owner, properties in described.items():
        for name, meaning in vocabulary.meanings(owner).items():
            assert properties[name]["description"].startswith(f"{capitalised(meaning)}. "), (owner, name)
    of_google = known["definitions"]["meanings for cloud+lab+investor"]["properties"]
    assert of_google["own_work"]["description"].startswith("Part of the distance left")
    google = known["properties"]["firms"]["properties"]["google"]
    assert "#/definitions/meanings for cloud+lab+investor" in str(google)
    roles = known["properties"]["roles"]["properties"]
    assert roles["lab"]["properties"]["own_work"]["description"].startswith("Part of the distance left")


def test_a_field_of_the_dashboard_shows_it(today: Config) -> None:
    knob = knobs(today)["capital.window"]
    with Client(ui.page("/")) as client:
        Fields(lambda changes: None).knob(knob, "")
    texts = [element.text for element in client.elements.values() if isinstance(element, ui.label)]
    client.delete()
    assert texts[:2] == [
        "The capital market's window",
        "Level of investors' mood below which nobody funds a lab ahead of need",
    ]
